"""Forms of those who come, and of what is kept of a meeting: minutes and takeaways."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from minga.meetings import selectors
from minga.meetings.forms import PlainForm, day_field, long_text
from minga.meetings.models import Attendance, Meeting, Takeaway


class _SaidOfOneself(PlainForm):
    """What people may say of themselves, for counts of who takes part."""

    gender = forms.ChoiceField(
        label=_("Are you a woman or a man?"),
        choices=[*Attendance.Gender.choices, ("", _("I prefer not to say"))],
        required=False,
        initial="",
        widget=forms.RadioSelect,
        help_text=_("Only for counts of who takes part; counts below five are not shown."),
    )


class RegisterForm(_SaidOfOneself):
    """How somebody with an account comes: for one of their organizations, or for themselves."""

    organization = forms.ChoiceField(label=_("For which organization do you come?"), required=False)

    field_order = ["organization", "gender"]

    def __init__(self, organizations: Any, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.organizations = {str(one.pk): one for one in organizations}
        own = [(key, one.name) for key, one in self.organizations.items()]
        self.fields["organization"].choices = [("", _("for none: I come for myself")), *own]

    def said(self) -> dict[str, str]:
        """Return what the service takes."""
        one = self.organizations.get(self.cleaned_data["organization"])
        return {
            "organization": one.name if one else "",
            "organization_type": one.type if one else "",
            "gender": self.cleaned_data["gender"],
        }


def _type_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("What kind of organization is it?"),
        choices=lambda: [("", _("Not said")), *selectors.organization_types()],
        required=False,
    )


class ComeAsGuestForm(_SaidOfOneself):
    """How somebody without an account comes to a public hearing."""

    name = forms.CharField(label=_("Name"), max_length=200)
    organization = forms.CharField(label=_("Organization (optional)"), max_length=200, required=False)
    organization_type = _type_field()
    email = forms.EmailField(
        label=_("E-mail address (optional)"),
        help_text=_(
            "For mails about this meeting alone: the date for your calendar, and every change. It is shown to "
            "nobody, and deleted when the meeting is over or you leave the list."
        ),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    agrees = forms.BooleanField(
        label=_("I agree that those who organize the meeting keep my name and what I say here on its list."),
        help_text=_("You can take this back at any time with the code that you get."),
    )

    field_order = ["name", "organization", "organization_type", "gender", "email", "agrees"]

    def said(self) -> dict[str, str]:
        """Return what the service takes."""
        kept = ("name", "organization", "organization_type", "gender", "email")
        return {name: self.cleaned_data[name] for name in kept}


class AddGuestForm(PlainForm):
    """Somebody who came without being on the list."""

    name = forms.CharField(label=_("Name"), max_length=200)
    organization = forms.CharField(label=_("Organization (optional)"), max_length=200, required=False)
    organization_type = _type_field()
    gender = forms.ChoiceField(
        label=_("Woman or man, if the person said so"),
        choices=[("", _("Not said")), *Attendance.Gender.choices],
        required=False,
    )

    def guests(self) -> list[dict[str, str]]:
        """Return what the service takes."""
        return [self.cleaned_data]


class CodeForm(PlainForm):
    """The code of a guest."""

    code = forms.CharField(label=_("Your code"), max_length=40)


# ---------------------------------------------------------------- what is kept
class MinutesForm(PlainForm):
    """A version of the minutes, after the one that was seen."""

    text = long_text(_("What was said and decided"), 20, 100_000)
    language = forms.ChoiceField(label=_("In which language?"), choices=settings.LANGUAGES)
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, initial=0)


class TakeawayForm(PlainForm):
    """Something worth keeping, in a sentence or two."""

    kind = forms.ChoiceField(label=_("What is it?"), choices=Takeaway.Kind.choices)
    text = long_text(_("In a sentence or two"), 3, 1000)
    language = forms.ChoiceField(label=_("In which language?"), choices=settings.LANGUAGES)
    session = forms.ChoiceField(label=_("In which session did it come up?"), required=False)
    owner = forms.CharField(
        label=_("Of an action: who does it?"),
        max_length=200,
        required=False,
        help_text=_(
            "An organization or a role rather than the name of a person: everyone who sees the meeting reads it."
        ),
    )
    due_on = day_field(_("Of an action: until when?"), required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, initial=0)

    def __init__(self, meeting: Meeting, *arguments: Any, takeaway: Takeaway | None = None, **named: Any) -> None:
        if takeaway is not None:
            plain = ("kind", "text", "language", "owner", "due_on")
            known = {name: getattr(takeaway, name) for name in plain}
            named.setdefault("initial", known | {"session": str(takeaway.session_id or ""), "seen": takeaway.revision})
        super().__init__(*arguments, **named)
        self.sessions = {str(one.pk): one for one in meeting.sessions.all()}
        choices = [(key, one.title) for key, one in self.sessions.items()]
        self.fields["session"].choices = [("", _("none")), *choices]

    def takeaway(self) -> dict[str, Any]:
        """Return what the service takes."""
        given = self.cleaned_data
        plain = ("kind", "text", "language", "owner", "due_on")
        return {name: given[name] for name in plain} | {"session": self.sessions.get(given["session"])}

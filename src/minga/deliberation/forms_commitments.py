"""Forms of commitments: promising, reporting, putting right."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from minga.deliberation.forms_consulting import PlainForm
from minga.deliberation.models import Commitment
from minga.members import selectors as members

#: A promise that is done is not put off any more.
_LONGEST = 3000


class _OwnedForm(PlainForm):
    """Who answers for a commitment, and how one will see that it worked."""

    organization = forms.ChoiceField(
        label=_("Which organization answers for it?"),
        help_text=_("From the directory. Its own people can then report how far it is."),
        required=False,
    )
    owner = forms.CharField(
        label=_("Or which office, in words?"),
        help_text=_("An office, not the name of a person. Shown in public."),
        max_length=200,
        required=False,
    )
    about = forms.CharField(
        label=_("Details (optional)"), max_length=_LONGEST, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    indicator = forms.CharField(label=_("How will one see that it worked? (optional)"), max_length=300, required=False)
    indicator_link = forms.CharField(
        label=_("Permanent link to the figure (optional)"),
        help_text=_("Best a figure of an index on this site, or any https address that will stay."),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr", "inputmode": "url"}),
    )
    baseline = forms.CharField(
        label=_("Value at the beginning (optional)"),
        help_text=_("Before anything is done, with its year."),
        max_length=200,
        required=False,
    )
    target = forms.CharField(
        label=_("Target (optional)"), help_text=_("The value to be reached."), max_length=200, required=False
    )

    def __init__(self, *arguments: Any, chosen: Any = None, **named: Any) -> None:
        super().__init__(*arguments, **named)
        listed = {str(one.mark): one for one in members.listed_organizations().order_by("name")}
        if chosen is not None:
            listed[str(chosen.mark)] = chosen
        self.organizations = listed
        names = [(mark, one.name) for mark, one in listed.items()]
        self.fields["organization"].choices = [("", _("None of these")), *names]

    def _owned(self) -> dict[str, Any]:
        given = self.cleaned_data
        named = ("owner", "about", "indicator", "indicator_link", "baseline", "target")
        return {name: given[name] for name in named} | {"organization": self.organizations.get(given["organization"])}


class CommitmentForm(_OwnedForm):
    """What is promised, from which clause, by whom and until when."""

    clause = forms.ChoiceField(label=_("From which clause does it follow?"))
    title = forms.CharField(
        label=_("What will be done?"), help_text=_("One sentence that one can check later."), max_length=200
    )
    due_on = forms.DateField(label=_("Until when?"), widget=forms.DateInput(attrs={"type": "date"}))
    #: asked where the day is past, so that a slip does not stand in public as overdue
    is_past = forms.BooleanField(label=_("Yes, this day is past"), required=False)

    field_order = ("clause", "title", "organization", "owner", "due_on", "is_past")

    def __init__(self, clauses: list[tuple[str, str]], *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["clause"].choices = clauses

    def clean(self) -> dict[str, Any]:
        """Ask about a day that is past already."""
        given = super().clean() or {}
        due = given.get("due_on")
        if due is not None and due < timezone.localdate() and not given.get("is_past"):
            self.add_error("due_on", _("This day is past: the commitment would stand in public as overdue at once. "
                                       "Correct it, or tick the box below it."))  # fmt: skip
        return given

    @property
    def asks_about_day(self) -> bool:
        """Whether the day was past when the form was sent."""
        return self.is_bound and ("due_on" in self.errors or bool(self["is_past"].value()))

    def commitment(self) -> dict[str, Any]:
        """Return what the service takes beside the clause."""
        return self._owned() | {name: self.cleaned_data[name] for name in ("title", "due_on")}


class ReportForm(PlainForm):
    """How far a commitment is, and what happened."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    status = forms.ChoiceField(label=_("How far is it?"), choices=Commitment.Status.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("What happened?"),
        help_text=_("Shown in public. Do not write names of people."),
        max_length=_LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    value = forms.CharField(
        label=_("Value of the indicator now"),
        help_text=_(
            "With its day or year, so that it can be compared with the one at the beginning. It may be left out "
            "until the commitment is done."
        ),
        max_length=200,
        required=False,
    )
    due_on = forms.DateField(
        label=_("Due on"),
        help_text=_("Who puts a commitment off says why."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *arguments: Any, may_decide: bool, is_measured: bool = True, **named: Any) -> None:
        super().__init__(*arguments, **named)
        if not is_measured:
            del self.fields["value"]
        if not may_decide:
            del self.fields["due_on"]
            own = (Commitment.Status.PLANNED, Commitment.Status.GOING, Commitment.Status.DONE)
            self.fields["status"].choices = [(each.value, each.label) for each in own]

    def update(self) -> dict[str, Any]:
        """Return what the service takes."""
        return dict(self.cleaned_data)


class AmendForm(_OwnedForm):
    """Putting right who answers for a commitment and how it is measured."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("What is put right, and why?"),
        help_text=_("Shown in public. Do not write names of people."),
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    due_on = forms.DateField(
        label=_("Due on"),
        help_text=_("Who puts a commitment off says why."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    field_order = ("organization", "owner", "due_on")

    def changes(self) -> dict[str, Any]:
        """Return what the service takes."""
        given = self.cleaned_data
        day = {"due_on": given["due_on"]} if given["due_on"] else {}
        return self._owned() | {name: given[name] for name in ("seen", "note")} | day

"""The form with which anybody speaks in a consultation: several points, and what people wish to say of themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from minga.deliberation import wording_consulting as wording
from minga.deliberation.engine.vocabulary import STRATA
from minga.deliberation.forms_consulting import PlainForm
from minga.deliberation.models import Round
from minga.text.contacts import without_contacts

#: Boxes for points, and the most characters of all of them together.
POINTS = 5
MOST = 5000
#: Stays on the device until it is sent. Names and addresses do not: others may use the same device.
_KEPT = {"data-keep": ""}
_PREFER_NOT = ("", _("I prefer not to say"))


class SpeakForm(PlainForm):
    """What somebody says, point by point, and who they are if they wish."""

    language = forms.ChoiceField(
        label=_("In which language do you write?"), choices=settings.LANGUAGES, widget=forms.Select(attrs=_KEPT)
    )
    may_publish = forms.BooleanField(
        label=_("My words may be shown in public, without my name."),
        help_text=_(
            "The team reads them before they are shown. Without this only the team reads them; they are counted and "
            "answered all the same."
        ),
        required=False,
        widget=forms.CheckboxInput(attrs=_KEPT),
    )
    name = forms.CharField(label=_("Your name (optional)"), max_length=200, required=False)
    organization = forms.CharField(label=_("Your organization (optional)"), max_length=200, required=False)
    email = forms.EmailField(
        label=_("E-mail address (optional)"),
        help_text=_("Only for questions about what you said. Never shown."),
        max_length=254,
        required=False,
    )
    #: it was shown that these words were sent before, and they shall be sent all the same
    again = forms.BooleanField(required=False, widget=forms.HiddenInput)
    #: what looks like a telephone number or an address was shown, and shall stay
    reachable = forms.BooleanField(required=False, widget=forms.HiddenInput)
    #: drawn with the page: the same page sent twice, by a double press or after going back, is taken in once
    sending = forms.RegexField(regex=r"^[0-9a-f]{32}$", widget=forms.HiddenInput)

    def __init__(self, rounds: Iterable[Round], *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.rounds = {str(one.number): one for one in rounds}
        for number in range(1, POINTS + 1):
            self.fields[f"point-{number}"] = forms.CharField(
                label=_("What do you want to say?") if number == 1 else _("Point %(number)s") % {"number": number},
                help_text=_("In your own words, in your own language.") if number == 1 else "",
                max_length=MOST,
                required=number == 1,
                widget=forms.Textarea(attrs={"rows": 6 if number == 1 else 3, "data-keep": "", "dir": "auto"}),
            )
        if self.rounds:
            self.fields["round"] = forms.ChoiceField(
                label=_("For which place do you speak?"),
                choices=[("", _("For none of them")), *((key, one.title) for key, one in self.rounds.items())],
                required=False,
                widget=forms.Select(attrs=_KEPT),
            )
        for stratum, values in STRATA.items():
            self.fields[f"stratum-{stratum}"] = self._stratum(stratum, values)

    @staticmethod
    def _stratum(stratum: str, values: Iterable[str]) -> forms.Field:
        label = wording.STRATUM_NAMES[stratum]
        if not values:
            return forms.CharField(label=label, max_length=80, required=False, widget=forms.TextInput(attrs=_KEPT))
        choices = [_PREFER_NOT, *((value, wording.stratum_value(stratum, value)) for value in values)]
        return forms.ChoiceField(label=label, choices=choices, required=False, widget=forms.Select(attrs=_KEPT))

    @property
    def first_point(self) -> Any:
        """The box that everybody sees, as a bound field."""
        return self["point-1"]

    @property
    def further_points(self) -> list[Any]:
        """The boxes after the first one, as bound fields."""
        return [self[f"point-{number}"] for number in range(2, POINTS + 1)]

    @property
    def stratum_fields(self) -> list[Any]:
        """What people may say of themselves, as bound fields."""
        return [self[f"stratum-{stratum}"] for stratum in STRATA]

    @property
    def unfolds(self) -> bool:
        """Whether a box after the first one holds words or an error, so that it must be seen."""
        return any(field.value() or field.errors for field in self.further_points)

    def clean(self) -> dict[str, Any]:
        """Hold all points together to the limit, and say by how much they exceed it."""
        given = super().clean() or {}
        length = sum(len(given.get(f"point-{number}") or "") for number in range(1, POINTS + 1))
        if length > MOST:
            self.add_error(
                "point-1",
                forms.ValidationError(
                    _("Your points have %(length)s characters together, and %(most)s are possible. Shorten them."),
                    params={"length": length, "most": MOST},
                ),
            )
        return given

    def without_contacts(self) -> None:
        """Show the form again, with telephone numbers and e-mail addresses taken out of its words."""
        self.data = self.data.copy()
        for number in range(1, POINTS + 1):
            name = f"point-{number}"
            self.data[name] = without_contacts(self.data.get(name, ""))

    @property
    def points(self) -> list[str]:
        """What was said, without empty boxes."""
        said = [self.cleaned_data[f"point-{number}"].strip() for number in range(1, POINTS + 1)]
        return [one for one in said if one]

    @property
    def strata(self) -> dict[str, str]:
        """What people said of themselves; what they left out is left out."""
        said = {stratum: self.cleaned_data[f"stratum-{stratum}"].strip() for stratum in STRATA}
        return {stratum: value for stratum, value in said.items() if value}

    @property
    def round(self) -> Round | None:
        """The round that was chosen."""
        return self.rounds.get(self.cleaned_data.get("round", ""))

"""Forms of panels: setting one up, inviting, the page of questions in both rounds, and publishing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from minga.readiness.engine.instrument import Instrument, Item
from minga.readiness.forms import Card, PageForm, country_choices, sector_choices
from minga.readiness.models import Panel, PanelAnswer, Panellist

_WITHIN = {
    0.5: _("half a level: strict"),
    1.0: _("one level: usual"),
    1.5: _("one level and a half: wide"),
}
_MOST_OF_A_GROUP = 15


class PanelForm(forms.Form):
    """What a panel is about, who runs it, how it was chosen, and its rule of agreement."""

    organization = forms.ChoiceField(label=_("Who runs the panel?"), required=False)
    name = forms.CharField(label=_("Name of the panel"), max_length=120)
    country = forms.ChoiceField(label=_("Which country?"))
    reach = forms.ChoiceField(
        label=_("How far does it reach?"),
        choices=Panel.Reach.choices,
        initial=Panel.Reach.COUNTRY,
        widget=forms.RadioSelect,
    )
    place = forms.CharField(label=_("Which region or city?"), max_length=120, required=False)
    sector = forms.ChoiceField(label=_("Which sector?"), required=False)
    about = forms.CharField(
        label=_("How were the people chosen?"),
        help_text=_("Shown beside the result. Do not write names of people."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    within = forms.TypedChoiceField(
        label=_("When does the panel agree on a question?"),
        help_text=_(
            "When the middle half of the panel lies within so many levels. Fixed now, so that nobody can choose it "
            "after seeing the answers."
        ),
        coerce=float,
        choices=[(str(value), words) for value, words in _WITHIN.items()],
        initial="1.0",
        widget=forms.RadioSelect,
    )

    def __init__(
        self, organizations: Iterable[Any], language: str, may_alone: bool, *arguments: Any, **named: Any
    ) -> None:
        super().__init__(*arguments, **named)
        self.label_suffix = ""
        self.organizations = {str(one.pk): one for one in organizations}
        owned = [(key, one.name) for key, one in self.organizations.items()]
        self.fields["organization"].choices = [("", _("The secretariat")), *owned] if may_alone else owned
        self.fields["organization"].required = not may_alone
        self.fields["country"].choices = country_choices(language)
        self.fields["sector"].choices = [("", _("All industry")), *sector_choices(language)[1:]]
        for group, label in Panellist.Group.choices:
            self.fields[f"planned-{group}"] = forms.IntegerField(
                label=label, required=False, min_value=0, max_value=_MOST_OF_A_GROUP
            )

    @property
    def planned_fields(self) -> list[Any]:
        """The numbers of people planned, as bound fields."""
        return [self[name] for name in self.fields if name.startswith("planned-")]

    def clean(self) -> dict[str, Any]:
        """Ask for the name of a region or a city, and leave a country without one."""
        given = super().clean() or {}
        if given.get("reach") == Panel.Reach.COUNTRY:
            given["place"] = ""
        elif given.get("reach") and not given.get("place"):
            self.add_error("place", _("Name the region or the city."))
        return given

    def panel(self) -> dict[str, Any]:
        """Return what the service takes."""
        given = self.cleaned_data
        named = ("name", "country", "reach", "place", "sector", "about", "within")
        return {name: given[name] for name in named} | {
            "organization": self.organizations.get(given["organization"]),
            "planned": {group: given[f"planned-{group}"] or 0 for group in Panellist.Group.values},
        }


class SeatInviteForm(forms.Form):
    """From which group somebody is asked, and in which language the paper shall be."""

    group = forms.ChoiceField(label=_("From which group?"), choices=Panellist.Group.choices)
    language = forms.ChoiceField(label=_("In which language shall the invitation be?"), choices=settings.LANGUAGES)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.label_suffix = ""


class SeatForm(forms.Form):
    """What a panellist says of herself, and whether she agrees to be counted."""

    gender = forms.ChoiceField(
        label=_("Are you a woman or a man?"),
        choices=[*Panellist.Gender.choices, ("", _("I prefer not to say"))],
        required=False,
        widget=forms.RadioSelect,
    )
    counted = forms.BooleanField(
        label=_("I agree to be counted where the composition of the panel is shown: by group, and as woman or man."),
        help_text=_("Counts below five are not shown. You can take this back at any time."),
        required=False,
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.label_suffix = ""


class PublishForm(forms.Form):
    """What the panel did not agree on, in its own words."""

    dissent = forms.CharField(
        label=_("What did the panel not agree on? (optional)"),
        help_text=_("Shown with the result, so that the view of a minority is not lost. Do not write names of people."),
        max_length=3000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.label_suffix = ""


class PanelPageForm(PageForm):
    """One page of a panel's questions: in the second round the first answer stands there, to keep or to change."""

    def __init__(
        self,
        instrument: Instrument,
        items: Iterable[Item],
        answers: Mapping[str, PanelAnswer],
        before: Mapping[str, PanelAnswer],
        data: Mapping[str, str] | None = None,
    ) -> None:
        self.before = before
        super().__init__(instrument, items, answers, data)

    def _card(self, item: Item) -> Card:
        card = super()._card(item)
        earlier = self.before.get(item.id)
        if self.data is None and item.id not in self.answers and earlier is not None:
            card.value, card.reason = earlier.value, earlier.reason
        return card


def within_words(within: float) -> Any:
    """Say a panel's rule of agreement."""
    return _WITHIN.get(within, str(within))

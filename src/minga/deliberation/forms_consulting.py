"""Forms of consultations: beginning one, its settings, rounds, the team, and the words of whoever speaks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from minga import members as world
from minga.deliberation import forms_population as population_lines
from minga.deliberation import wording_consulting as wording
from minga.deliberation.models import Consultation, Level, Round, TeamMember
from minga.text import sorting_key

_LONGEST_ABOUT = 5000
#: What the settings take as it is typed.
_SETTINGS = (
    "title", "about", "language", "level", "country", "place", "policy", "reference_source", "closes_on", "letters_to",
)  # fmt: skip


def country_choices(language: str) -> list[tuple[str, Any]]:
    """Return every country by its name in a language."""
    named = [(one.iso2, one.name(language)) for one in world.countries()]
    return [("", _("Choose the country")), *sorted(named, key=lambda pair: sorting_key(pair[1]))]


class PlainForm(forms.Form):
    """A form whose labels are questions and need no colon."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.label_suffix = ""


class TranslatedForm(PlainForm):
    """A form that also asks for a title and a description in each language of the site."""

    def _add_translations(self, title: Any) -> None:
        """Add the fields; `title` is the label of the shorter ones, with a place for the language."""
        for code, name in settings.LANGUAGES:
            self.fields[f"title-{code}"] = forms.CharField(
                label=title % {"language": name}, max_length=200, required=False
            )
            self.fields[f"about-{code}"] = forms.CharField(
                label=_("What it is about (%(language)s)") % {"language": name},
                max_length=_LONGEST_ABOUT,
                required=False,
                widget=forms.Textarea(attrs={"rows": 4}),
            )

    @property
    def translated_fields(self) -> list[Any]:
        """The fields of the translations, as bound fields."""
        return [self[name] for name in self.fields if "-" in name]

    @staticmethod
    def shown_translations(row: Any) -> dict[str, str]:
        """Return what these fields show of a row that has translations."""
        return {
            f"{name}-{code}": texts.get(name, "")
            for code, texts in row.translations.items()
            for name in ("title", "about")
        }

    def translations(self) -> dict[str, dict[str, str]]:
        """Return the translations that have a title, without the language in which all of it is written."""
        given = self.cleaned_data
        return {
            code: {name: given[f"{name}-{code}"] for name in ("title", "about")}
            for code, _name in settings.LANGUAGES
            if given[f"title-{code}"] and code != given["language"]
        }


class _PlacedForm(PlainForm):
    """A form that asks how far something reaches."""

    country = forms.ChoiceField(label=_("Which country?"), required=False)
    place = forms.CharField(label=_("Which region or city?"), max_length=120, required=False)

    def __init__(self, language: str, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["country"].choices = country_choices(language)

    def clean(self) -> dict[str, Any]:
        """Ask for what the reach needs, beside the field that lacks it."""
        given = super().clean() or {}
        level = given.get("level")
        if level and level != Level.ALLIANCE and not given.get("country") and "country" not in self.errors:
            self.add_error("country", wording.REFUSALS["country"])
        if level in {Level.REGION, Level.CITY} and not given.get("place"):
            self.add_error("place", wording.REFUSALS["place"])
        return given


class ConsultationForm(_PlacedForm):
    """What is asked, by whom and where: all that a consultation needs to begin."""

    title = forms.CharField(
        label=_("What is asked?"), help_text=_("A question or a short title, in plain words."), max_length=200
    )
    about = forms.CharField(
        label=_("What is it about, and what happens with the voices?"),
        help_text=_("Say who decides in the end, until when, and what is open and what is not."),
        max_length=_LONGEST_ABOUT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    language = forms.ChoiceField(label=_("In which language is this written?"), choices=settings.LANGUAGES)
    organization = forms.ChoiceField(label=_("Who asks?"), required=False)
    level = forms.ChoiceField(
        label=_("How far does it reach?"), choices=Level.choices, initial=Level.COUNTRY, widget=forms.RadioSelect
    )
    slug = forms.SlugField(
        label=_("Word in the address (optional)"),
        help_text=_("Small letters, digits and hyphens, such as ai-strategy. It stays as it is."),
        max_length=60,
        required=False,
    )

    def __init__(
        self, organizations: Iterable[Any], language: str, may_alone: bool, *arguments: Any, **named: Any
    ) -> None:
        super().__init__(language, *arguments, **named)
        self.organizations = {str(one.pk): one for one in organizations}
        owned = [(key, one.name) for key, one in self.organizations.items()]
        alone = [("", _("The secretariat of the alliance"))] if may_alone else []
        self.fields["organization"].choices = [*alone, *owned]
        self.fields["organization"].required = not may_alone

    def clean_slug(self) -> str:
        """Take the word in small letters."""
        return str(self.cleaned_data["slug"]).lower()

    def consultation(self) -> dict[str, Any]:
        """Return what the service takes."""
        named = ("title", "about", "language", "level", "country", "place", "slug")
        organization = self.organizations.get(self.cleaned_data["organization"])
        return {name: self.cleaned_data[name] for name in named} | {"organization": organization}


class SettingsForm(_PlacedForm, TranslatedForm):
    """Everything that a consultation says of itself, in several languages, with its rules and its population."""

    title = forms.CharField(label=_("What is asked?"), max_length=200)
    about = forms.CharField(
        label=_("What is it about, and what happens with the voices?"),
        help_text=_("Say who decides in the end, until when, and what is open and what is not."),
        max_length=_LONGEST_ABOUT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    language = forms.ChoiceField(label=_("In which language is this written?"), choices=settings.LANGUAGES)
    level = forms.ChoiceField(label=_("How far does it reach?"), choices=Level.choices, widget=forms.RadioSelect)
    closes_on = forms.DateField(
        label=_("Planned last day (optional)"),
        help_text=_("Everyone sees it. Closing stays your step: nothing closes by itself."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    letters_to = forms.CharField(
        label=_("Where can letters and e-mails be sent? (optional)"),
        help_text=_("Postal address, e-mail address or both, in one line. Everyone sees it."),
        max_length=300,
        required=False,
    )
    policy = forms.CharField(
        label=_("Rules of moderation (optional)"),
        help_text=_("One rule a line. Left empty, the rules that you see below apply, in every language."),
        max_length=_LONGEST_ABOUT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    population = forms.CharField(
        label=_("Shares of the population (optional)"),
        max_length=_LONGEST_ABOUT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
    )
    reference_source = forms.CharField(
        label=_("Source of these shares"),
        help_text=_("For example: census 2024, table 3."),
        max_length=300,
        required=False,
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=100)

    def __init__(self, language: str, *arguments: Any, **named: Any) -> None:
        super().__init__(language, *arguments, **named)
        self._add_translations(_("Title (%(language)s)"))
        self.fields["population"].help_text = population_lines.help_text()

    @classmethod
    def of(cls, consultation: Consultation, seen: str, language: str) -> SettingsForm:
        """Return the form as it stands for a consultation."""
        initial = {name: getattr(consultation, name) for name in _SETTINGS} | {"seen": seen}
        initial["population"] = population_lines.lines_of(consultation.reference_population)
        return cls(language, initial=initial | cls.shown_translations(consultation))

    def clean_population(self) -> population_lines.Population:
        """Read the shares line by line; what cannot be read is named with its line."""
        return population_lines.read_lines(str(self.cleaned_data["population"]))

    def changes(self) -> dict[str, Any]:
        """Return what the service takes."""
        given = self.cleaned_data
        return {name: given[name] for name in _SETTINGS} | {
            "translations": self.translations(),
            "reference_population": given["population"],
        }


class RoundForm(_PlacedForm):
    """A round: its place, its days, and the larger round into which it rolls up."""

    title = forms.CharField(label=_("Name of the round"), max_length=200)
    level = forms.ChoiceField(
        label=_("How far does it reach?"), choices=Level.choices, initial=Level.CITY, widget=forms.RadioSelect
    )
    parent = forms.TypedChoiceField(
        label=_("Into which round does it roll up?"), coerce=int, empty_value=None, required=False
    )
    opens_on = forms.DateField(
        label=_("Opens on (optional)"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    closes_on = forms.DateField(
        label=_("Last day (optional)"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=100, required=False)

    def __init__(self, rounds: Iterable[Round], language: str, *arguments: Any, **named: Any) -> None:
        super().__init__(language, *arguments, **named)
        self.fields["parent"].choices = [
            ("", _("None: it stands for itself")),
            *((one.number, one.title) for one in rounds),
        ]

    @classmethod
    def of(cls, round: Round, seen: str, rounds: Iterable[Round], language: str) -> RoundForm:
        """Return the form as it stands for a round; `seen` is its mark."""
        named = ("title", "level", "country", "place", "opens_on", "closes_on")
        initial = {name: getattr(round, name) for name in named} | {"seen": seen}
        initial["parent"] = round.parent.number if round.parent else None
        return cls([one for one in rounds if one.pk != round.pk], language, initial=initial)


class TeamForm(PlainForm):
    """Whom to let work on a consultation, and on what."""

    email = forms.EmailField(
        label=_("E-mail address of the account"),
        help_text=_("The person must have signed up on this site."),
        max_length=254,
    )
    task = forms.ChoiceField(label=_("What will they do?"), choices=TeamMember.Task.choices, widget=forms.RadioSelect)

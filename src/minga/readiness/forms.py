"""Forms of readiness: the start, a page of questions, goals and limits, resuming, claiming."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from minga import members as world
from minga.readiness import keys, selectors
from minga.readiness.engine.instrument import Instrument, Item
from minga.readiness.models import Answer, Assessment, Given, Share
from minga.text import sorting_key
from minga.web.numbers import read_number

_MANUFACTURING = "C"
_NOTE_LENGTH = 2000


def sector_choices(language: str) -> list[tuple[str, Any]]:
    """Return the divisions of ISIC by section; manufacturing stands first, since the questions are about it."""
    sections = sorted(world.sectors("section"), key=lambda section: (section.code != _MANUFACTURING, section.code))
    divisions = world.sectors("division")
    grouped = [
        (section.name(language), [(d.code, d.name(language)) for d in divisions if d.section == section.code])
        for section in sections
    ]
    return [("", _("Choose the main activity")), *grouped]


def country_choices(language: str) -> list[tuple[str, Any]]:
    """Return every country by its name in a language."""
    named = [(one.iso2, one.name(language)) for one in world.countries()]
    return [("", _("Choose the country")), *sorted(named, key=lambda pair: sorting_key(pair[1]))]


class _Form(forms.Form):
    """A form whose labels are questions and need no colon."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.label_suffix = ""


class StartForm(_Form):
    """What the check must know of a business before it can ask the right questions."""

    sector = forms.ChoiceField(label=_("What is the main activity of the site?"))
    country = forms.ChoiceField(label=_("Which country is the site in?"))
    size = forms.ChoiceField(
        label=_("How many people work in the business?"), choices=Assessment.Size.choices, widget=forms.RadioSelect
    )
    name = forms.CharField(
        label=_("What shall we call your business? (optional)"),
        help_text=_("Shown on your own pages and on your report only. Any name will do."),
        required=False,
        max_length=120,
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        language = get_language() or "en"
        self.fields["sector"].choices = sector_choices(language)
        self.fields["country"].choices = country_choices(language)
        self.fields["name"].widget.attrs["autocomplete"] = "organization"


class ConfirmForm(StartForm):
    """The same answers again, hidden, with the overlays the business wants."""

    overlays = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["overlays"].choices = [(overlay.id, overlay.id) for overlay in selectors.overlays()]


class GoalsForm(_Form):
    """What matters most, and how far the business can go; all of it may be skipped."""

    goals = forms.MultipleChoiceField(
        label=_("What matters most in the next year? Choose up to three."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("One of the goals is not in the list. Choose from the list.")},
    )
    cash_limit = forms.ChoiceField(
        label=_("How much can one step cost from outside?"),
        help_text=_("Steps that cost more are listed apart, under “later”."),
        widget=forms.RadioSelect,
    )
    horizon_limit = forms.ChoiceField(label=_("How long may one step take?"), widget=forms.RadioSelect)
    location = forms.ChoiceField(
        label=_("Where is the site?"),
        required=False,
        choices=[*Assessment.Location.choices, ("", _("I prefer not to say"))],
        widget=forms.RadioSelect,
        help_text=_(
            "Only for figures of large groups that show whether businesses in rural areas fall behind. "
            "It never changes your level."
        ),
    )

    def __init__(self, instrument: Instrument, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["goals"].choices = list(instrument.codes.kpi.items())
        self.fields["cash_limit"].choices = list(instrument.codes.cost_band.items())
        self.fields["horizon_limit"].choices = list(instrument.codes.horizon.items())

    def clean_goals(self) -> list[str]:
        """Refuse a fourth goal: with more than three, nothing comes first."""
        goals = self.cleaned_data["goals"]
        if len(goals) > 3:
            raise forms.ValidationError(
                _("You chose %(count)s goals. Keep the three that matter most."), params={"count": len(goals)}
            )
        return list(goals)


class CodeForm(_Form):
    """A form with a printed code, which no browser should complete, correct or write small."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["code"].widget.attrs |= {
            "autocomplete": "off",
            "autocapitalize": "characters",
            "spellcheck": "false",
        }


class ResumeForm(CodeForm):
    """The printed code."""

    code = forms.CharField(
        label=_("Your code"),
        help_text=_("16 letters and digits, such as 7QK4-0M2X-V9TB-3HFA. Small letters and spaces are fine."),
        max_length=40,
    )

    def clean_code(self) -> str:
        """Read the code in its one spelling."""
        code = keys.tidy_code(self.cleaned_data["code"])
        if code is None:
            raise forms.ValidationError(
                _("This is not a complete code: a code has 16 letters and digits. Compare it with your paper.")
            )
        return code


@dataclass
class Card:
    """One item as its page shows it: what was given now, else what is stored."""

    item: Item
    #: texts that stand in the base language because the page's language lacks them
    fallback: tuple[str, ...]
    choices: list[tuple[str, str, str]]
    value: str
    reason: str
    note: str
    version: int
    error: str = ""
    conflict: Answer | None = None

    @property
    def is_fallback(self) -> bool:
        return bool({"text", "*"}.intersection(self.fallback)) or any(f.startswith("levels") for f in self.fallback)


class PageForm:
    """One page of questions. Django's own form would need a class an item; this reads the same fields by item."""

    def __init__(
        self,
        instrument: Instrument,
        items: Iterable[Item],
        answers: Mapping[str, Answer],
        data: Mapping[str, str] | None = None,
    ) -> None:
        self.instrument, self.answers, self.data = instrument, answers, data
        self.cards = [self._card(item) for item in items]

    def _card(self, item: Item) -> Card:
        stored = self.answers.get(item.id)
        # PostgreSQL cannot store the character NUL, and nobody types it
        sent = {name: text.replace("\x00", "") for name, text in (self.data or {}).items()}
        fallback = ("*",) if "*" in self.instrument.untranslated else self.instrument.fallback(item.id)
        card = Card(
            item=item,
            fallback=fallback,
            choices=self._choices(item),
            value=sent.get(item.id, stored.value if stored else ""),
            reason=sent.get(f"{item.id}-reason", stored.reason if stored else "").strip(),
            note=sent.get(f"{item.id}-note", stored.note if stored else "").strip(),
            version=self._seen_version(item, stored),
        )
        if self.data is not None:
            card.error = self._error(card)
        return card

    def _seen_version(self, item: Item, stored: Answer | None) -> int:
        """Return the version that the sender saw; on a fresh page, the one that is stored."""
        if self.data is not None:
            return seen_version(self.data.get(f"{item.id}-version"))
        return stored.version if stored else 0

    def _choices(self, item: Item) -> list[tuple[str, str, str]]:
        """Return (value, label, text) of every radio button of an item."""
        labels = self.instrument.scale.labels
        return [(str(level), labels[level], text) for level, text in enumerate(item.levels)]

    def _error(self, card: Card) -> str:
        known = {value for value, _label, _text in card.choices} | {Given.UNKNOWN.value}
        if card.item.na_allowed:
            known.add(Given.NOT_APPLICABLE.value)
        if card.value and card.value not in known:
            return str(_("This choice is not on the list. Choose one of the statements."))
        if card.value == Given.NOT_APPLICABLE and not card.reason:
            return str(_("Say in a few words why this does not apply to you."))
        if max(len(card.reason), len(card.note)) > _NOTE_LENGTH:
            return str(_("The note is longer than 2,000 characters. Shorten it."))
        if not card.value and (card.reason or card.note):
            return str(_("Choose a statement too: a note alone cannot be saved."))
        return ""

    @property
    def is_valid(self) -> bool:
        return not any(card.error for card in self.cards)

    @property
    def given(self) -> list[Card]:
        """The cards with a valid answer, ready to be saved."""
        return [card for card in self.cards if card.value and not card.error]


def seen_version(text: str | None) -> int:
    """Read a version; whatever is no number means that nothing was seen."""
    return read_number(text) or 0


class InviteForm(_Form):
    """Whom to ask: by role, in which language, and whether a mail brings the link."""

    role = forms.ChoiceField(
        label=_("Who is it?"),
        required=False,
        help_text=_("Each role gets only the questions it can judge. Choose the role, not the person’s name."),
    )
    language = forms.ChoiceField(label=_("In which language shall the invitation be?"), choices=settings.LANGUAGES)
    address = forms.EmailField(
        label=_("Send it to this e-mail address (optional)"),
        required=False,
        help_text=_("Used once to send the invitation, and not stored. You also get a link and a code to hand over."),
    )

    def __init__(self, roles: Iterable[tuple[str, str, int]], by_mail: bool, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        asked = [
            (role, ngettext("%(name)s, %(count)s question", "%(name)s, %(count)s questions", count) % words)
            for role, name, count in roles
            for words in [{"name": name, "count": count}]
        ]
        self.fields["role"].choices = [*asked, ("", _("Somebody who can judge every question"))]
        if not by_mail:
            del self.fields["address"]
        else:
            self.fields["address"].widget.attrs["autocomplete"] = "off"


class ClientForm(StartForm):
    """A client's business, and how the client agreed that an adviser writes the answers down."""

    how = forms.ChoiceField(
        label=_("How did the client agree?"),
        choices=[(how.value, how.label) for how in Share.How if how != Share.How.ONLINE],
        widget=forms.RadioSelect,
    )
    given_on = forms.DateField(
        label=_("On which day?"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )
    agreed = forms.BooleanField(
        label=_("I read these words aloud, or hold them signed, and the client said yes."),
        error_messages={"required": _("Without the client’s yes nothing can be stored.")},
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["name"].label = _("What does the client call the business? (optional)")
        self.fields["name"].help_text = _("Shown to the client and to you. Any name will do.")
        self.fields["given_on"].initial = timezone.localdate()

    def clean_given_on(self) -> Any:
        """Refuse a day that lies ahead."""
        day = self.cleaned_data["given_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day lies ahead. Give the day on which the client agreed."))
        return day


class ShareForm(ResumeForm):
    """Which adviser is let in, and to do what."""

    right = forms.ChoiceField(
        label=_("What may the adviser do?"),
        choices=[
            ("read", _("Read: my answers’ progress and the report")),
            ("answer", _("Read, and write answers down for me; they are marked as assisted")),
        ],
        initial="read",
        widget=forms.RadioSelect,
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["code"].label = _("The adviser’s code")
        self.fields["code"].help_text = _("The adviser finds it on the page “My clients” and gives it to you.")

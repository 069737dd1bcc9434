"""Forms of taking in: an upload, the columns of a spreadsheet, one letter typed in, and who sent it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from minga.deliberation import wording_consulting, wording_intake
from minga.deliberation.engine.incoming import Said
from minga.deliberation.engine.incoming_dates import DAY_FIRST, MONTH_FIRST, UNDECIDED
from minga.deliberation.engine.vocabulary import STRATA
from minga.deliberation.forms_consulting import PlainForm
from minga.deliberation.models import Round, Source
from minga.deliberation.services.checking import LATER, SHORT, WHOLE
from minga.deliberation.services.intake import MOST_FILES
from minga.deliberation.services.sources import LONGEST, Author

_NOT_SAID = ("", _("not said"))
_GUESS = ("", _("recognize it by itself"))


class _ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class _ManyFilesField(forms.FileField):
    """Several files in one field."""

    widget = _ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Check each file as a single one is checked."""
        given = data if isinstance(data, list | tuple) else [data]
        return [super(_ManyFilesField, self).clean(one, initial) for one in given or [None]]


class AboutSenderForm(PlainForm):
    """What is known of whoever sent something: every field may be left empty."""

    def __init__(self, rounds: Iterable[Round], *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.rounds = {str(one.number): one for one in rounds}
        for stratum, values in STRATA.items():
            self.fields[f"stratum-{stratum}"] = _stratum(stratum, values)
        if self.rounds:
            self.fields["round"] = forms.ChoiceField(
                label=_("Round"),
                choices=[("", _("none of them")), *((key, one.title) for key, one in self.rounds.items())],
                required=False,
            )

    @property
    def stratum_fields(self) -> list[Any]:
        """The strata, as bound fields."""
        return [self[f"stratum-{stratum}"] for stratum in STRATA]

    def strata(self) -> dict[str, str]:
        """Return what is known."""
        given = {stratum: self.cleaned_data.get(f"stratum-{stratum}", "") for stratum in STRATA}
        return {stratum: value for stratum, value in given.items() if value}

    def chosen_round(self) -> Round | None:
        """Return the round, if one was chosen."""
        return self.rounds.get(self.cleaned_data.get("round", ""))


def _stratum(stratum: str, values: Iterable[str]) -> forms.Field:
    label = wording_consulting.STRATUM_NAMES[stratum]
    if not values:
        return forms.CharField(label=label, max_length=80, required=False)
    choices = [_NOT_SAID, *((value, wording_consulting.stratum_value(stratum, value)) for value in values)]
    return forms.ChoiceField(label=label, choices=choices, required=False)


class UploadForm(AboutSenderForm):
    """Files, and what holds for all of them unless a row says otherwise."""

    files = _ManyFilesField(
        label=_("Files"),
        help_text=_(
            "Word (.docx, .odt, .rtf), PDF with text, plain text, e-mail (.eml, .msg, .mbox), spreadsheets (.xlsx, "
            ".ods, .csv: one row a submission), or any number of these in one .zip. At most 100 files at once."
        ),
        allow_empty_file=True,  # the check names it
        widget=_ManyFilesInput(
            attrs={
                "accept": ".docx,.odt,.rtf,.pdf,.txt,.md,.html,.eml,.msg,.mbox,.xlsx,.ods,.csv,.tsv,.zip",
                "data-most": str(MOST_FILES),
                "data-too-many": wording_intake.REFUSALS["many"],
            }
        ),
    )
    kind = forms.ChoiceField(
        label=_("Plain text files are"),
        choices=[(Source.Kind.LETTER, _("letters")), (Source.Kind.NOTES, _("workshop notes"))],
        widget=forms.RadioSelect,
        initial=Source.Kind.LETTER,
    )
    voices = forms.ChoiceField(
        label=_("What becomes a voice?"),
        choices=[
            (SHORT, _("Short submissions become one voice each; longer ones wait to be split by a person")),
            (WHOLE, _("Every submission becomes one voice")),
            (LATER, _("Every submission waits to be split by a person")),
        ],
        widget=forms.RadioSelect,
        initial=SHORT,
    )
    language = forms.ChoiceField(label=_("Language"), choices=[_GUESS, *settings.LANGUAGES], required=False)
    may_publish = forms.BooleanField(
        label=_("Everyone who wrote agreed that the words are shown in public, without the name."),
        help_text=_("Leave it empty if you are not sure. A column of a spreadsheet can say it row by row."),
        required=False,
    )

    def given(self) -> dict[str, Any]:
        """Return what holds for all of it."""
        kept = {name: self.cleaned_data[name] for name in ("kind", "voices", "language", "may_publish")}
        return kept | {"strata": self.strata()}


class ColumnsForm(PlainForm):
    """What one spreadsheet holds: the row with the names of its columns, which one is what, and the order of dates."""

    def __init__(self, table: Mapping[str, Any], *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, prefix=f"file-{table['key']}", **named)
        #: not `name`, which is one of the fields
        self.file_name = table["name"]
        self.key = table["key"]
        self.header_line = table["header_line"]
        self.is_known = "text" in table["columns"]
        self.is_suggested = not self.is_known and bool(table.get("asked"))
        if len(table["beginnings"]) > 1:
            self.fields["header"] = forms.TypedChoiceField(
                label=_("Which row names the columns?"),
                choices=[
                    (line, _("Row %(number)s: %(words)s") % {"number": line, "words": words})
                    for line, words in table["beginnings"]
                ],
                coerce=int,
                empty_value=None,
                required=False,
                initial=table["header_line"],
            )
        columns = [(name, _with_samples(name, table["samples"])) for name in table["header"]]
        for field, label in wording_intake.COLUMNS.items():
            self.fields[field] = forms.ChoiceField(
                label=label,
                choices=[("", _("no column")), *columns],
                required=False,
                initial=table["columns"].get(field, ""),
            )
        self.fields["text"] = forms.MultipleChoiceField(
            label=wording_intake.COLUMNS["text"],
            help_text=_(
                "Where several questions were asked, tick each. Every answer becomes a voice under its question."
            ),
            # a question of another script than the page keeps its own direction
            choices=[(name, f"\u2068{shown}\u2069") for name, shown in columns],
            required=False,
            widget=forms.CheckboxSelectMultiple,
            initial=[table["columns"]["text"], *table.get("more", ())] if self.is_known else table.get("asked", ()),
        )
        if table["asks_order"]:
            self.fields["order"] = forms.ChoiceField(
                label=_("In dates such as 3/4/2026, which comes first?"),
                choices=[
                    ("", _("not said")),
                    (DAY_FIRST, _("the day: 3 April")),
                    (MONTH_FIRST, _("the month: 4 March")),
                ],
                required=False,
                initial=table["order"].replace(UNDECIDED, ""),
            )

        self.fields["is_left_out"] = forms.BooleanField(
            label=_("Leave this spreadsheet out"), required=False, initial=table.get("is_left_out", False)
        )

    def clean(self) -> dict[str, Any]:
        """Ask for the text where it was known and is no more; what nobody has named yet may wait."""
        given = super().clean() or {}
        if self.is_known and not self._is_named(given):
            self.demand_text()
        return given

    def demand_text(self) -> None:
        """Say that something has to be chosen here."""
        self.add_error("text", _("Say which column holds the text, or leave this spreadsheet out."))

    @property
    def others(self) -> list[Any]:
        """Who sent it and when: the fields between the text and the last word."""
        return [self[name] for name in self.fields if name not in {"header", "text", "is_left_out"}]

    @property
    def is_named(self) -> bool:
        """Whether somebody said what becomes of this spreadsheet."""
        return self._is_named(self.cleaned_data)

    def _is_named(self, given: Mapping[str, Any]) -> bool:
        return bool(given.get("text") or given.get("is_left_out")) or self._has_moved(given)

    def _has_moved(self, given: Mapping[str, Any]) -> bool:
        return (given.get("header") or self.header_line) != self.header_line

    def said(self) -> Said:
        """Return what was said; under another row the names of the columns decide anew."""
        given = self.cleaned_data
        texts = given["text"]
        columns = {name: given[name] for name in wording_intake.COLUMNS if given[name] and name != "text"}
        columns |= {"text": texts[0]} if texts else {}
        header = given.get("header") or self.header_line
        if self._has_moved(given):
            return Said({}, header, given.get("order", ""), is_left_out=given["is_left_out"])
        return Said(columns, header, given.get("order", ""), texts[1:], given["is_left_out"])


def _with_samples(column: str, samples: Mapping[str, Iterable[str]]) -> str:
    """Name a column with what stands in its first cells."""
    shown = " · ".join(samples.get(column, ()))
    return f"{column}: {shown}" if shown else column


class LookedForm(PlainForm):
    """The word that what the voices leave out was looked at."""

    looked = forms.BooleanField(
        label=_("I have looked at the words left out. They need no answer."),
        help_text=_("Otherwise these sources wait until somebody has read them."),
        required=False,
    )


class ConfirmForm(LookedForm):
    """The word that what was found is taken in."""

    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    twins = forms.BooleanField(
        label=_("Take in those that are here already, too."),
        help_text=_("Only if you know that different people sent the same words."),
        required=False,
    )


class _SenderForm(AboutSenderForm):
    author_name = forms.CharField(label=_("Name"), max_length=200, required=False)
    author_organization = forms.CharField(label=_("Organization"), max_length=200, required=False)
    author_address = forms.EmailField(label=_("E-mail address"), max_length=254, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=[_GUESS, *settings.LANGUAGES], required=False)
    may_publish = forms.BooleanField(
        label=_("The sender agreed that the words are shown in public, without the name."), required=False
    )

    def author(self) -> Author:
        """Return who sent it."""
        given = self.cleaned_data
        return Author(given["author_name"], given["author_organization"], given["author_address"])


class SourceForm(_SenderForm):
    """One submission that somebody types or pastes."""

    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=[
            (Source.Kind.LETTER, _("a letter, or a note of a telephone call")),
            (Source.Kind.NOTES, _("notes of a workshop")),
            (Source.Kind.EMAIL, _("an e-mail")),
        ],
        widget=forms.RadioSelect,
        initial=Source.Kind.LETTER,
    )
    text = forms.CharField(
        label=_("The words"),
        help_text=_("As they were said or written, in the language in which they were."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 12, "dir": "auto"}),
    )
    received_on = forms.DateField(
        label=_("When did it come in?"), widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
    is_one = forms.BooleanField(
        label=_("It says one thing: make one voice of it."),
        help_text=_("Otherwise the next page helps you to split it."),
        required=False,
    )

    def clean_received_on(self) -> Any:
        """Refuse a day that has not come."""
        day = self.cleaned_data["received_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet. Correct the date."))
        return day


class DescribeForm(_SenderForm):
    """Who sent a source, as far as the letter tells."""

    @classmethod
    def of(cls, source: Source, rounds: Iterable[Round], given: Any = None) -> DescribeForm:
        """Return the form filled with what is known, or with what was given."""
        known = {name: getattr(source, name) for name in ("author_name", "author_organization", "author_address")}
        known |= {"language": source.language, "may_publish": source.may_publish}
        known |= {f"stratum-{name}": value for name, value in source.strata.items()}
        form = cls(rounds, given, initial=known | {"round": str(source.round.number) if source.round else ""})
        if source.sender_agrees is not None:
            form.fields["may_publish"].disabled = True
            form.fields["may_publish"].help_text = _("The sender decided this, and alone can change it.")
        return form


class VoiceForm(PlainForm):
    """The words of a voice, trimmed, and their language."""

    text = forms.CharField(
        label=_("Words"),
        help_text=_("Leave out what does not belong, such as names. Put no word in: these are the sender’s."),
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=[("", _("not known")), *settings.LANGUAGES], required=False
    )

"""Forms of drafts: beginning one, its clauses and their shape, publishing, adopting, and notes of readers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from minga.deliberation import wording_drafting as wording
from minga.deliberation.engine.passages import cut, passages
from minga.deliberation.engine.trace import REASON
from minga.deliberation.forms_consulting import PlainForm
from minga.deliberation.models import Disposition, Draft
from minga.deliberation.services import noting
from minga.deliberation.services.clause_rows import LONGEST
from minga.deliberation.services.reshaping import FIRST_PART, OTHER_PARTS
from minga.deliberation.services.withdrawing import LONGEST_REASON


def _words(rows: int, language: str = "", **attributes: Any) -> forms.Textarea:
    spoken = {"lang": language} if language else {}
    return forms.Textarea(attrs={"rows": rows, "dir": "auto", **spoken, **attributes})


class NewDraftForm(PlainForm):
    """What a draft begins with."""

    title = forms.CharField(
        label=_("Title of the draft"), max_length=200, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    kind = forms.ChoiceField(
        label=_("What shall it begin with?"),
        help_text=_("A template brings the clauses that such a text commonly has. Everything can be changed."),
        choices=Draft.Template.choices,
        widget=forms.RadioSelect,
    )
    language = forms.ChoiceField(label=_("In which language is it written?"), choices=settings.LANGUAGES)


class TitleForm(PlainForm):
    """Another title for a draft."""

    title = NewDraftForm.base_fields["title"]


class WithdrawForm(PlainForm):
    """Why a draft is withdrawn."""

    reason = forms.CharField(
        label=_("Why is it withdrawn?"),
        help_text=_("Everyone reads this on the page of the draft."),
        max_length=LONGEST_REASON,
        widget=_words(4),
    )


# ---------------------------------------------------------------- clauses
class _ChangeForm(PlainForm):
    """A change of the draft, with the answers that led to it."""

    answers = forms.MultipleChoiceField(
        label=_("Which answers led to this?"),
        help_text=_(
            "Accepted answers, first those that no clause carries yet. Whoever sent the voices sees the change."
        ),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, carried: Sequence[tuple[Disposition, Any]], *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._known = {str(answer.pk): answer for answer, _words in carried}
        self.fields["answers"].choices = [(str(answer.pk), words) for answer, words in carried]
        if not carried:
            del self.fields["answers"]

    @property
    def dispositions(self) -> list[Disposition]:
        """The answers that were chosen."""
        return [self._known[key] for key in self.cleaned_data.get("answers", [])]


class ClauseForm(_ChangeForm):
    """The words of a clause. `seen` is the mark of the words that were on the screen."""

    heading = forms.CharField(
        label=_("Heading"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto", "data-keep": ""}),
    )
    text = forms.CharField(
        label=_("Text"),
        help_text=_("An empty line begins a new paragraph; a line that begins with a hyphen is an item of a list."),
        max_length=LONGEST,
        required=False,
        widget=_words(10, **{"data-keep": ""}),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    field_order = ("heading", "text", "answers", "seen")

    def clean(self) -> dict[str, Any]:
        """Ask for words."""
        given = super().clean() or {}
        if not self.errors and not (given.get("heading") or given.get("text")):
            self.add_error("text", wording.REFUSALS["empty"])
        return given


class PlaceForm(PlainForm):
    """Where a clause shall stand."""

    AFTER, UNDER, FIRST = "after", "under", "first"
    how = forms.ChoiceField(
        label=_("Where shall it stand?"),
        choices=[
            (AFTER, _("behind the clause chosen below, on the same level")),
            (UNDER, _("under the clause chosen below")),
            (FIRST, _("at the very beginning")),
        ],
        widget=forms.RadioSelect,
    )
    target = forms.ChoiceField(label=_("Which clause?"), required=False)

    def __init__(self, rows: Iterable[Any], *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["target"].choices = clause_choices(rows)

    def clean(self) -> dict[str, Any]:
        """Ask for a clause where one is needed."""
        given = super().clean() or {}
        if given.get("how") in {self.AFTER, self.UNDER} and not given.get("target") and "target" not in self.errors:
            self.add_error("target", _("Choose a clause."))
        return given

    @property
    def place(self) -> tuple[str, int | None]:
        """The place as the service takes it: "after" or "under", and the number of the clause; None: the beginning."""
        given = self.cleaned_data
        if given["how"] == self.FIRST:
            return self.UNDER, None
        return given["how"], int(given["target"])


def clause_choices(rows: Iterable[Any]) -> list[tuple[str, Any]]:
    """Return clauses to choose from, in the order of the draft, those under another one set in."""
    named = [(str(row.number), "\u2003" * row.depth + wording.clause_name(row)) for row in rows]
    return [("", _("Choose a clause")), *named]


class SplitForm(_ChangeForm):
    """Where a clause is cut: a box before each of its passages, and a heading for each new clause."""

    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(
        self,
        carried: Sequence[tuple[Disposition, Any]],
        row: Any,
        behind: Sequence[tuple[Disposition, Any]],
        *arguments: Any,
        **named: Any,
    ) -> None:
        super().__init__(carried, *arguments, **named)
        self.row = row
        self._behind = {f"part-{count}": str(answer.pk) for count, (answer, _name) in enumerate(behind, start=1)}
        choices = [
            ("", _("every part")),
            (FIRST_PART, _("the first part alone")),
            (OTHER_PARTS, _("what is cut off alone")),
        ]
        for field, (_answer, name) in zip(self._behind, behind, strict=True):
            self.fields[field] = forms.ChoiceField(label=name, choices=choices, required=False)
        self.passages = passages(row.text)
        for place in range(1, len(self.passages)):
            self.fields[f"begins-{place}"] = forms.BooleanField(label=_("A new clause begins here"), required=False)
            self.fields[f"heading-{place}"] = forms.CharField(
                label=_("Its heading (optional)"), max_length=200, required=False,
                widget=forms.TextInput(attrs={"dir": "auto"}),
            )  # fmt: skip

    @property
    def cuts(self) -> list[tuple[str, Any, Any]]:
        """Each passage with the box and the heading before it; the first one has none."""
        return [
            (passage, self[f"begins-{place}"] if place else None, self[f"heading-{place}"] if place else None)
            for place, passage in enumerate(self.passages)
        ]

    def clean(self) -> dict[str, Any]:
        """Ask for at least one cut."""
        given = super().clean() or {}
        if not self.errors and not self._begins(given):
            self.add_error(None, wording.REFUSALS["parts"])
        return given

    @property
    def shared_out(self) -> list[Any]:
        """The fields that say of each answer from before to which part it belongs."""
        return [self[name] for name in self._behind]

    @property
    def belongs(self) -> dict[str, str]:
        """To which part each answer belongs that does not belong to all, by its id."""
        return {key: self.cleaned_data[name] for name, key in self._behind.items() if self.cleaned_data[name]}

    def _begins(self, given: dict[str, Any]) -> list[int]:
        return [place for place in range(1, len(self.passages)) if given.get(f"begins-{place}")]

    @property
    def parts(self) -> list[tuple[str, str]]:
        """Heading and text of each part."""
        given = self.cleaned_data
        begins = self._begins(given)
        headings = [self.row.heading, *(given[f"heading-{place}"] for place in begins)]
        return list(zip(headings, cut(self.row.text, begins), strict=True))


class MergeForm(ClauseForm):
    """The words of a clause that is made of two; `seen_other` is the mark of the second one's words."""

    seen_other = forms.CharField(widget=forms.HiddenInput)


class RemoveForm(_ChangeForm):
    """Taking a clause out."""

    seen = forms.CharField(widget=forms.HiddenInput)


# ---------------------------------------------------------------- versions
class PublishForm(PlainForm):
    """What is new in a version."""

    note = forms.CharField(
        label=_("What is new in this version? (optional)"),
        help_text=_("A few sentences for readers. Every change is listed by itself."),
        max_length=3000,
        required=False,
        widget=_words(4),
    )
    unwritten = forms.BooleanField(label=_("Publish it although nobody has written these clauses yet"))

    def __init__(self, *arguments: Any, unwritten: int, **named: Any) -> None:
        super().__init__(*arguments, **named)
        if not unwritten:
            del self.fields["unwritten"]


class AdoptForm(PlainForm):
    """Which decision adopts the draft."""

    decision = forms.CharField(
        label=_("Which decision adopts it?"),
        help_text=_("Who decided and when, or the permanent link of the decision. Shown to everyone."),
        max_length=300,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )


# ---------------------------------------------------------------- notes
class NoteForm(PlainForm):
    """What somebody says to a clause: a comment, other words for it, or both."""

    text = forms.CharField(label=_("Your comment"), max_length=noting.LONGEST, required=False, widget=_words(5))
    proposed = forms.CharField(
        label=_("Other words for this clause"),
        help_text=_("Change what stands here. Leave it as it is if you only want to comment."),
        max_length=LONGEST,
        required=False,
        widget=_words(8),
    )
    language = forms.ChoiceField(label=_("In which language do you write?"), choices=settings.LANGUAGES)
    version = forms.IntegerField(widget=forms.HiddenInput)
    #: drawn with the page: the same words sent twice by a double press are taken in once
    sending = forms.UUIDField(widget=forms.HiddenInput)


def _reason(label: Any, *, required: bool) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=_("At least 40 characters. The author reads it, and everyone beside the clause. Write no names."),
        min_length=REASON,
        max_length=3000,
        required=required,
        widget=_words(3),
    )


class ReasonForm(PlainForm):
    """Why something is not shown or not taken in."""

    reason = _reason(_("Why?"), required=True)


class AmendmentForm(ClauseForm):
    """Proposed words on their way into the draft: as they are, or changed with a reason."""

    reason = _reason(_("If you change the proposed words: why?"), required=False)
    field_order = ("heading", "text", "reason", "seen")

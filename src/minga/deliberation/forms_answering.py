"""The form with which a voice, a theme or a statement is answered."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from minga.deliberation import wording_answering as wording
from minga.deliberation import wording_drafting
from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import Clause, Consultation, Disposition, Voice
from minga.deliberation.selectors import answering as covering
from minga.deliberation.services import answering

#: The field beside which a refusal stands.
_FIELDS = {"answer": "answer", "reason": "reason", "duplicate": "duplicate_of", "circle": "duplicate_of",
           "itself": "duplicate_of", "covered": "covered_by"}  # fmt: skip


def name_of(clause: Clause | None) -> str:
    """Return how the form calls a clause, as the trace does."""
    return "" if clause is None else f"{clause.draft.slug}/{clause.code}"


def _clauses(consultation: Consultation) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the clauses that everyone may read, text by text: their place, their name and their first words."""
    return [
        (
            text.title,
            [
                (
                    f"{text.slug}/{row.code}",
                    f"{row.place} · {wording_drafting.clause_title(row.code, row.heading, row.text)}",
                )
                for row in rows
            ],
        )
        for text, rows in covering.texts_that_cover(consultation)
    ]


class AnswerForm(forms.Form):
    """An answer with its reason, and who gives it."""

    answer = forms.ChoiceField(
        label=_("Answer"), choices=Disposition.Answer.choices, widget=forms.RadioSelect(attrs={"data-keep": ""})
    )
    duplicate_of = forms.CharField(
        label=_("Which voice says the same? (for “said by another voice too”)"),
        help_text=_("Its number, such as V12. Its answer then counts for this voice too."),
        max_length=12,
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr", "data-keep": ""}),
    )
    covered_by = forms.ChoiceField(
        label=_("Which clause says so? (for “already covered”)"),
        help_text=_("Shown as a link beside the answer. Where another text says it, name that text in the reason."),
        required=False,
        widget=forms.Select(attrs={"data-keep": ""}),
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_(
            "Shown in public and to the sender. At least 40 characters, unless the voice is accepted as it is. "
            "Do not write names of people."
        ),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "data-least": "40", "data-keep": ""}),
    )
    responder = forms.CharField(
        label=_("Who answers"), help_text=_("An office, as shown in public; not a person’s name."), max_length=200
    )

    def __init__(self, target: Any, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.target = target
        #: the rule by which the answer was refused, once it was
        self.code = ""
        self.label_suffix = ""
        if not isinstance(target, Voice):
            del self.fields["duplicate_of"]
            answers = [choice for choice in Disposition.Answer.choices if choice[0] != "duplicate_of"]
            self.fields["answer"].choices = answers
        if clauses := _clauses(answering.consultation_of(target)):
            self.fields["covered_by"].choices = [("", _("choose")), *clauses]
        else:
            del self.fields["covered_by"]

    def clean_duplicate_of(self) -> Voice | None:
        """Find the voice of that number in the same consultation."""
        typed = re.fullmatch(r"[Vv]?\s*(\d{1,9})", self.cleaned_data["duplicate_of"].strip())
        if typed is None:
            return None
        consultation: Consultation = answering.consultation_of(self.target)
        return consultation.voices.filter(number=int(typed.group(1))).first()

    def clean_covered_by(self) -> Clause | None:
        """Find the clause of that name."""
        slug, _slash, code = self.cleaned_data["covered_by"].rpartition("/")
        if not slug:
            return None
        consultation = answering.consultation_of(self.target)
        return covering.covering_clauses(consultation).filter(draft__slug=slug, number=int(code[1:])).first()

    def give(self, *, replaces: str, language: str, by: Any) -> Disposition | None:
        """Give the answer; None where it cannot be, and the form then says why."""
        try:
            return answering.give_answer(
                target=self.target, replaces=replaces, language=language, by=by, **self.cleaned_data
            )
        except ActError as refused:
            self.add_error(_FIELDS.get(refused.code), str(wording.refusal(refused.code)))
            self.code = refused.code
            return None

"""What files of drafts and answers are made of: the words of voices that may be shown, names of themes, versions."""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet

from minga.deliberation.engine.trace import Trace
from minga.deliberation.models import ClauseVersion, Consultation, Draft, DraftVersion, Statement
from minga.deliberation.selectors import voices
from minga.deliberation.selectors.tracing import trace_of


def public_voices(consultation: Consultation) -> set[str]:
    """Return the names of the voices whose words may be shown in public."""
    return {f"V{number}" for number in voices.public_voices(consultation).values_list("number", flat=True)}


def theme_names(consultation: Consultation) -> dict[str, str]:
    """Return the names of themes by their codes."""
    return {f"T{number}": name for number, name in consultation.themes.values_list("number", "name")}


def statement_texts(consultation: Consultation) -> dict[str, str]:
    """Return the words of the statements that were answered, by their names in the trace."""
    found = _answered_statements(consultation).values_list("conversation__slug", "number", "text")
    return {f"{talk}/{number}": text for talk, number, text in found}


def _answered_statements(consultation: Consultation) -> QuerySet[Statement]:
    answered = Statement.objects.filter(dispositions__consultation=consultation, state=Statement.State.ACCEPTED)
    return answered.order_by().distinct()


def languages(consultation: Consultation) -> dict[str, str]:
    """Return the languages of themes, answered statements and answers, by their names in the trace."""
    themes = consultation.themes.values_list("number", "language")
    statements = _answered_statements(consultation).values_list("conversation__slug", "number", "language")
    answers = consultation.dispositions.exclude(reason="").values_list("pk", "language")
    return (
        {f"T{number}": language for number, language in themes}
        | {f"{talk}/{number}": language for talk, number, language in statements}
        | {str(pk): language for pk, language in answers}
    )


def clauses_named(consultation: Consultation) -> dict[str, ClauseVersion]:
    """Return the last published words of every clause that was in a draft, by its name in the trace."""
    rows = ClauseVersion.objects.filter(clause__draft__consultation=consultation)
    rows = rows.exclude(clause__draft__state=Draft.State.WITHDRAWN)
    rows = rows.filter(version__lte=F("clause__draft__version")).select_related("clause__draft")
    return {f"{row.clause.draft.slug}/{row.clause.code}": row for row in rows.order_by("version")}


def has_public_replies(consultation: Consultation) -> bool:
    """Whether everyone may take the answers along: once no more voices are taken in."""
    return consultation.state in {Consultation.State.CLOSED, Consultation.State.ADOPTED}


def versions_of(draft: Draft, version: int) -> QuerySet[DraftVersion]:
    """Return the published versions up to one, the first first."""
    return draft.versions.filter(number__lte=version).order_by("number")


def published_trace(consultation: Consultation, draft: Draft | None = None) -> Trace:
    """Return the trace without what is still being written."""
    return trace_of(consultation, draft)


def last_change(consultation: Consultation) -> Any:
    """Return when the last answer was given, or else when the consultation was begun; the date on a file of answers."""
    last = consultation.dispositions.order_by("-at").values_list("at", flat=True).first()
    return last or consultation.created_at

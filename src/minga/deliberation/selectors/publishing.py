"""What files of drafts and answers are made of: the words of voices that may be shown, names of themes, versions."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from minga.deliberation.engine.trace import Trace
from minga.deliberation.models import Consultation, Draft, DraftVersion, Statement
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
    answered = Statement.objects.filter(dispositions__consultation=consultation, state=Statement.State.ACCEPTED)
    found = answered.values_list("conversation__slug", "number", "text").distinct()
    return {f"{talk}/{number}": text for talk, number, text in found}


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

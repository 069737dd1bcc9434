"""What a person can take along of consultations, and what erasing her deletes; each subject has its own part."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import transaction

from minga.deliberation.models import (
    AnomalyFlag,
    Citation,
    ClauseRevision,
    Disposition,
    DraftVersion,
    ModerationAct,
    Source,
    TeamMember,
    ThemeLink,
)
from minga.deliberation.services.committing import erase_commitments, export_commitments
from minga.deliberation.services.participants import erase_taking_part, export_taking_part
from minga.deliberation.services.receipts import export_receipts, withdraw_source

#: Where somebody's work on a consultation is noted under the mark that stands for them in the audit trail.
_WORK: tuple[tuple[str, Any, str, str], ...] = (
    ("theme_found", ThemeLink, "by_mark", "at"),
    ("answer", Disposition, "by_mark", "at"),
    ("evidence", Citation, "by_mark", "cited_on"),
    ("clause_written", ClauseRevision, "by_mark", "at"),
    ("version_published", DraftVersion, "by_mark", "published_at"),
    ("moderated", ModerationAct, "by_mark", "at"),
    ("flag_decided", AnomalyFlag, "decided_by_mark", "decided_at"),
    ("taken_in", Source, "taken_in_by_mark", "received_at"),
)


def export_person(person: Any) -> dict[str, Any]:
    """Return what a person sent, where she took part as a member, and her work on consultations."""
    return {
        "submissions": export_receipts(person.account) if person.account else [],
        "conversations": export_taking_part(person),
        "commitments": export_commitments(person.account) if person.account else [],
        "tasks": [
            {"consultation": one.consultation.slug, "task": one.task, "since": one.since.isoformat()}
            for one in TeamMember.objects.filter(person=person).select_related("consultation").order_by("since")
        ],
        "work": list(_work(person.reference)),
    }


def _work(mark: str) -> Iterator[dict[str, str]]:
    """Yield each thing that somebody did at a desk: its kind, its id and its time."""
    for kind, model, marked, timed in _WORK:
        for pk, at in model.objects.filter(**{marked: mark}).order_by(timed).values_list("pk", timed):
            yield {"kind": kind, "id": str(pk), "at": at.isoformat()}


@transaction.atomic
def erase_person(person: Any) -> int:
    """Delete the words that a person sent signed in, her places in conversations and her tasks; return how many rows.

    Numbers and answers stay where they stood, so that the chain of others holds; her marks point to nobody any more.
    """
    erased = erase_taking_part(person)
    if person.account:
        erased += erase_commitments(person.account)
        for source in Source.objects.filter(account=person.account):
            withdraw_source(source=source)
            erased += Source.objects.filter(pk=source.pk).update(account=None, receipt_hash="")
    tasks, _by_kind = TeamMember.objects.filter(person=person).delete()
    return erased + tasks

"""Publishing a version of a draft, from which on its clauses stay as they are."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from minga.deliberation.engine.errors import ActError, TraceError
from minga.deliberation.models import ClauseVersion, Draft, DraftVersion
from minga.deliberation.selectors import drafts as selectors
from minga.deliberation.services.clause_rows import locked
from minga.deliberation.services.marks import mark_of
from minga.members import services as members


@transaction.atomic
def publish_version(*, draft: Draft, note: str = "", by: Any = None, at: datetime | None = None) -> DraftVersion:
    """Publish what was written as the next version; from now on it never changes.

    `at` is the invented day of a sample; everybody else publishes now.

    Raises
    ------
    ActError
        The consultation is not public, nothing changed, no clause stands, or the clauses come from each other in a
        circle.
    """
    found = locked(draft)
    number = found.version + 1
    if not found.consultation.is_public:
        raise ActError("preparation", "The consultation is still in preparation. Open it, then publish the draft.")
    if not ClauseVersion.objects.filter(clause__draft=found, version=number).exists():
        raise ActError("unchanged", "Nothing was changed since the last version, so there is nothing to publish.")
    if not selectors.standing(found, number):
        raise ActError("blank", "No clause stands in the draft. Write one first.")
    try:
        selectors.lineage_of(found, number)
    except TraceError as wrong:
        raise ActError("lineage", str(wrong)) from None
    version = DraftVersion(
        draft=found,
        number=number,
        note=note.strip(),
        text_hash=selectors.text_hash(found, number),
        published_at=at or timezone.now(),
        by_mark=mark_of(by),
    )
    # raw: the moment is stored as it stands here, for the database lets nobody set it later
    version.save_base(raw=True, force_insert=True)
    found.version = draft.version = number
    found.save(update_fields=["version"])
    members.record(by=by, act="draft.published", on=found.reference, reason=f"version {number}")
    return version

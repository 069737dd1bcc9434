"""Withdrawing a draft: nothing more is written in it, and everyone reads why where it stood."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import Consultation, Draft
from minga.deliberation.services.clause_rows import locked
from minga.members import services as members

LONGEST_REASON = 600


@transaction.atomic
def withdraw_draft(*, draft: Draft, reason: str, by: Any = None) -> None:
    """Withdraw a draft of which a version is published: its versions stay, the answers that it carried wait again.

    Raises
    ------
    ActError
        It is adopted or withdrawn already, nothing of it is published, or no reason is given.
    """
    # held as in an adoption, which this may complete
    consultation = Consultation.objects.select_for_update().get(pk=draft.consultation_id)
    found = locked(draft)
    if not found.version:
        raise ActError("unpublished", "Nothing of this draft is published. Delete it instead.")
    why = reason.strip()
    if not why or len(why) > LONGEST_REASON:
        raise ActError("why", f"Say in 1 to {LONGEST_REASON} characters why the draft is withdrawn: everyone reads it.")
    found.state, found.withdrawn_at, found.withdrawn_why = Draft.State.WITHDRAWN, timezone.now(), why
    found.save(update_fields=["state", "withdrawn_at", "withdrawn_why"])
    drafts = consultation.drafts
    if drafts.filter(state=Draft.State.ADOPTED).exists() and not drafts.filter(state=Draft.State.WRITING).exists():
        consultation.state = Consultation.State.ADOPTED
        consultation.save(update_fields=["state", "changed_at"])
    members.record(by=by, act="draft.withdrawn", on=found.reference, reason=f"version {found.version}")
    draft.refresh_from_db()

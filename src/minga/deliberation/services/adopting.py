"""Adopting a draft: only when every voice is answered, and never by the person who published its last version."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import polars as pl
from django.db import transaction
from django.utils import timezone

from minga.deliberation.engine.audit import adoptable
from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import Consultation, Draft
from minga.deliberation.selectors import adoption as selectors
from minga.deliberation.services import finding
from minga.deliberation.services.clause_rows import locked
from minga.deliberation.services.marks import mark_of
from minga.members import services as members


class NotAdoptable(ActError):
    """A draft cannot be adopted yet; `missing` says what stands in the way, one row per problem."""

    def __init__(self, missing: pl.DataFrame) -> None:
        first = missing["message"][0]
        super().__init__("missing", f"{missing.height} things stand in the way of adopting this draft. First: {first}")
        self.missing = missing


@transaction.atomic
def adopt(draft: Draft, by: Any, decision: str, *, at: datetime | None = None) -> Draft:
    """Adopt the last published version of a draft; after that nothing in it changes any more.

    Parameters
    ----------
    draft : Draft
    by : Person or Account
        Another person than the one who published the last version.
    decision : str
        Which decision adopts it: a permanent link, or who decided and when, in words.
    at : datetime, optional
        The invented day of a sample; everybody else adopts now.

    Raises
    ------
    NotAdoptable
        A voice or a statement that all groups agree on has no answer, or another rule of the trace is broken;
        ``missing`` lists all of it.
    ActError
        Nothing is published, something newer is being written, the consultation still takes voices in, the decision is
        not named, the last votes of a conversation stand in no map, or the same person published it.
    """
    # the consultation is held too, so that no voice comes in between the count and the decision
    consultation = Consultation.objects.select_for_update().get(pk=draft.consultation_id)
    found = locked(draft)
    refusal = selectors.refusal(found, consultation, mark_of(by), decision)
    if refusal is not None:
        raise refusal
    problems = selectors.missing(found, consultation)
    if not adoptable(problems):
        raise NotAdoptable(problems.filter(pl.col("blocks")))
    found.state, found.adopted_at = Draft.State.ADOPTED, at or timezone.now()
    found.adopted_by_mark, found.decision = mark_of(by), decision.strip()
    found.save(update_fields=["state", "adopted_at", "adopted_by_mark", "decision"])
    if not consultation.drafts.filter(state=Draft.State.WRITING).exists():
        consultation.state = Consultation.State.ADOPTED
        consultation.save(update_fields=["state", "changed_at"])
    finding.index(consultation)
    members.record(by=by, act="draft.adopted", on=found.reference, reason=f"version {found.version}")
    draft.refresh_from_db()
    return draft

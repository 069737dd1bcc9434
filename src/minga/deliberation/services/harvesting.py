"""Voices out of meetings and conversations: each takeaway, each statement is one, and comes in once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from minga.deliberation.engine.errors import ActError
from minga.deliberation.engine.submissions import tidy_text
from minga.deliberation.models import Consultation, Conversation, Round, Source, Statement, Voice
from minga.deliberation.selectors import harvesting
from minga.deliberation.services.sources import Part, TakenIn, take_in
from minga.members import services as members


@transaction.atomic
def voices_from_takeaways(
    *, consultation: Consultation, meeting: Any, takeaways: Iterable[Any], round: Round | None = None, by: Any = None
) -> TakenIn:
    """Take in takeaways of a meeting as voices; those that are here already are left out.

    Raises
    ------
    ActError
        "known" where nothing is left, "adopted" after adoption.
    """
    locked = Consultation.objects.select_for_update().get(pk=consultation.pk)
    there = set(Voice.objects.filter(consultation=locked, takeaway__isnull=False).values_list("takeaway", flat=True))
    new = [one for one in takeaways if one.meeting_id == meeting.pk and one.pk not in there]
    text, parts = _together([(tidy_text(one.text), one.language, {"takeaway": one}) for one in new])
    return take_in(
        locked,
        Source.Kind.MEETING,
        text,
        voices=parts,
        round=round,
        may_publish=meeting.is_public,
        language=meeting.language,
        received_at=meeting.ends_at,
        place=meeting.title[:80],
        meeting=meeting,
        by=by,
        with_receipt=False,
    )


@transaction.atomic
def voices_from_conversation(
    *, conversation: Conversation, which: str = harvesting.ACCEPTED, by: Any = None
) -> TakenIn:
    """Take in statements of a conversation as voices: all accepted ones, or those that all groups agree on.

    Statements that are here already are left out. They were public, so their words may be shown.

    Raises
    ------
    ActError
        "known" where nothing is left, "adopted" after adoption.
    """
    locked = Consultation.objects.select_for_update().get(pk=conversation.consultation_id)
    new: Sequence[Statement] = list(harvesting.statements_to_take(conversation, which))
    text, parts = _together([(tidy_text(one.text), one.language, {"statement": one}) for one in new])
    taken = take_in(
        locked,
        Source.Kind.CONVERSATION,
        text,
        voices=parts,
        round=conversation.round,
        may_publish=True,
        language=conversation.language,
        place=conversation.title[:80],
        by=by,
        with_receipt=False,
    )
    members.record(by=by, act="conversation.heard", on=conversation.reference)
    return taken


def _together(said: Sequence[tuple[str, str, dict[str, Any]]]) -> tuple[str, list[Part]]:
    """Put texts below each other, and say where each one stands."""
    if not said:
        raise ActError("known", "All of this is in the consultation already.")
    parts, at = [], 0
    for text, language, of in said:
        parts.append(Part(text, at, at + len(text), language, **of))
        at += len(text) + 2
    return "\n\n".join(text for text, _language, _of in said), parts

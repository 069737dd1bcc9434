"""What meetings and conversations hold for a consultation that is not in it yet."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from minga.deliberation.models import Consultation, Conversation, Statement, Voice
from minga.deliberation.selectors import access, tracing, voices
from minga.deliberation.selectors.voices import Story
from minga.meetings import selectors as meetings

#: Which statements of a conversation: all accepted ones, or those that all groups agree on or reject.
ACCEPTED, CONSENSUS = "accepted", "consensus"


def takeaways_for(consultation: Consultation, account: Any) -> list[tuple[Any, list[tuple[Any, bool]]]]:
    """Return meetings that an account may see with their takeaways, and whether each is in the consultation already."""
    there = set(
        Voice.objects.filter(consultation=consultation, takeaway__isnull=False).values_list("takeaway", flat=True)
    )
    found: dict[Any, list[tuple[Any, bool]]] = {}
    for one in meetings.takeaways_open_to(account):
        found.setdefault(one.meeting, []).append((one, one.pk in there))
    return list(found.items())


def voices_of_meeting(meeting: Any) -> list[tuple[Consultation, list[Story]]]:
    """Return the voices that takeaways of a meeting became and that everyone may read, with the way of each."""
    asked = access.public_consultations().filter(voices__takeaway__meeting=meeting).distinct().order_by("opened_at")
    found = []
    for consultation in asked:
        own = voices.public_voices(consultation).filter(takeaway__meeting=meeting).select_related("takeaway")
        if told := voices.stories(consultation, own.order_by("takeaway__number")):
            found.append((consultation, told))
    return found


def statements_to_take(conversation: Conversation, which: str) -> QuerySet[Statement]:
    """Return the statements of a conversation that can be taken in as voices and are not yet."""
    found = conversation.statements.filter(state=Statement.State.ACCEPTED, is_meta=False, voices=None)
    if which == CONSENSUS:
        ground = tracing.consensus_of(conversation.consultation)
        own = [name.rpartition("/") for name in ground]
        numbers = [int(number) for slug, _slash, number in own if slug == conversation.slug]
        found = found.filter(number__in=numbers)
    return found.order_by("number")


def conversations_for(consultation: Consultation) -> list[tuple[Conversation, int, int]]:
    """Return conversations with how many statements, and how many that all groups agree on, can still be taken in."""
    return [
        (
            one,
            statements_to_take(one, ACCEPTED).count(),
            statements_to_take(one, CONSENSUS).count(),
        )
        for one in consultation.conversations.exclude(state=Conversation.State.DRAFT)
    ]

"""Data protection of participants: what a member may take along, what is erased, and what is forgotten with time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from minga.deliberation.models import Conversation, EntryCode, Participant, Statement
from minga.deliberation.selectors import taking_part as selectors
from minga.deliberation.services.taking_part import delete_trace


def export_participant(participant: Participant) -> dict[str, Any]:
    """Give out everything that is kept of somebody in one conversation."""
    return {
        "conversation": participant.conversation.slug,
        "pseudonym": str(participant.pseudonym),
        "joined_at": participant.joined_at.isoformat(),
        "verified_member": participant.is_member,
        "said_of_oneself": participant.strata,
        "votes": [
            {"statement": vote.statement.number, "text": _words(vote.statement, participant), "vote": vote.value,
             "at": vote.at.isoformat()}
            for vote in participant.votes.select_related("statement").order_by("pk")
        ],
        "statements": [
            {"number": one.number, "text": one.text, "language": one.language, "state": one.state,
             "at": one.created_at.isoformat()}
            for one in participant.statements.order_by("number")
        ],
    }  # fmt: skip


def _words(statement: Statement, participant: Participant) -> str:
    """Return the words of a statement; those that were rejected may be about somebody, and are their author's alone."""
    is_hidden = statement.state == Statement.State.REJECTED and statement.author_id != participant.pk
    return "" if is_hidden else statement.text


def export_taking_part(person: Any) -> list[dict[str, Any]]:
    """Give out what a person did as a verified member; a guest's place is known to the guest's browser alone."""
    return [export_participant(one) for one in selectors.places_of_person(person).order_by("pk")]


def erase_taking_part(person: Any) -> int:
    """Delete what a person did as a verified member; return how many places it was."""
    places = list(selectors.places_of_person(person))
    for one in places:
        delete_trace(participant=one)
    return len(places)


def forget_participants() -> int:
    """Cut the way from browsers and members to their votes, and what they said of themselves, some time after the end.

    The votes stay under their random sign, and the report keeps its counts. Invitation codes go as well.
    """
    ended = Conversation.objects.filter(
        state=Conversation.State.CLOSED,
        closed_at__lt=timezone.now() - timedelta(days=settings.PARTICIPANT_DAYS),
    )
    EntryCode.objects.filter(conversation__in=ended).delete()
    known = Participant.objects.filter(conversation__in=ended).exclude(token_hash__startswith=selectors.FORGOTTEN)
    # the sign of the place is known to nobody as a key, so it may stand where the key was
    sign = Concat(Value(selectors.FORGOTTEN), Cast("pseudonym", CharField()))
    return known.update(token_hash=sign, strata={}, language="")

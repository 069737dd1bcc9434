"""Taking part in a conversation: whose place a browser or an account opens, what it may do, and what it has done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from minga.deliberation.engine.routing import META, draw
from minga.deliberation.models import Consultation, Conversation, MapRun, Participant, Statement
from minga.members import selectors as members
from minga.web import codes

#: Begins the sign of a place to which nothing leads any more; the hash of a secret has no hyphen.
FORGOTTEN = "-"


# ---------------------------------------------------------------- whose place
def token_of_secret(secret: str) -> str:
    """Return what the database keeps of a browser's secret."""
    return codes.hash_of(secret)


def token_of_member(conversation: Conversation, person: Any) -> str:
    """Return the sign of a member in one conversation.

    It takes the site's own key to calculate it, so that the database alone does not tell whose it is, nor that two
    places in two conversations are the same person's.
    """
    said = f"{conversation.pk.hex}:{person.mark.hex}"
    return salted_hmac("minga.deliberation.member", said, algorithm="sha256").hexdigest()


def is_member(person: Any) -> bool:
    """Whether a person belongs to an organization, or holds a mandate today."""
    return members.organizations_of(person).exists() or members.mandates_of(person).exists()


def places_of(conversation: Conversation, *tokens: str) -> dict[str, Participant]:
    """Return the places that signs open, by sign."""
    found = conversation.participants.filter(token_hash__in=[token for token in tokens if token])
    return {one.token_hash: one for one in found}


def place_of_guest(conversation: Conversation, secret: str) -> Participant | None:
    """Return the place that a browser's secret opens; None where it opens none, or the conversation is for members."""
    if conversation.entry == Conversation.Entry.MEMBER:
        return None
    token = token_of_secret(secret)
    return places_of(conversation, token).get(token)


def places_of_person(person: Any) -> QuerySet[Participant]:
    """Return the places that a person has as a verified member, in all conversations."""
    tokens = [token_of_member(one, person) for one in Conversation.objects.only("pk")]
    return Participant.objects.filter(token_hash__in=tokens, is_member=True).select_related("conversation")


# ---------------------------------------------------------------- what may be done
def is_running(conversation: Conversation) -> bool:
    """Whether votes are taken."""
    return takes_votes(conversation.state, conversation.closes_at, conversation.consultation.state)


def takes_votes(state: str, closes_at: datetime | None, consultation_state: str) -> bool:
    """Whether a conversation of this state takes votes now, in a consultation of that state."""
    is_over = closes_at is not None and closes_at <= timezone.now()
    return state == Conversation.State.OPEN and not is_over and consultation_state != Consultation.State.DRAFT


def shown_statements(conversation: Conversation) -> QuerySet[Statement]:
    """Return the statements that people vote on: never rejected ones, in strict mode only accepted ones."""
    if conversation.is_strict:
        return conversation.statements.filter(state=Statement.State.ACCEPTED)
    return conversation.statements.exclude(state=Statement.State.REJECTED)


def find_shown(conversation: Conversation, number: int) -> Statement | None:
    """Return a statement that people vote on; None where there is none of this number."""
    return shown_statements(conversation).filter(number=number).first()


# ---------------------------------------------------------------- the next statement
@dataclass(frozen=True)
class Turn:
    """What somebody is asked next, and how far they are."""

    statement: Statement | None
    answered: int
    left: int

    @property
    def total(self) -> int:
        """How many there are in all."""
        return self.answered + self.left


def next_turn(conversation: Conversation, participant: Participant | None, token: str) -> Turn:
    """Draw what somebody is asked next; only their own votes are read.

    The same person with the same votes gets the same statement, so a reload changes nothing. What they took their vote
    back from is not pressed on them again.
    """
    seen = set(_acted_on(participant)) if participant else set()
    open_ = list(shown_statements(conversation).order_by("number").values_list("number", "order", "is_meta"))
    names = [number for number, _order, _is_meta in open_]
    answered = sum(number in seen for number in names)
    weights = _weights(conversation)
    weight = np.array([weights.get(str(number), META if is_meta else 1.0) for number, _order, is_meta in open_])
    first = [
        number for _order, number in sorted((order, number) for number, order, _meta in open_ if order is not None)
    ]
    # who takes part under a new sign is drawn the same, so the sign of the place stands for the person
    drawn = draw(names, weight, seen, token, conversation.seed, order=first)
    statement = conversation.statements.get(number=drawn) if drawn is not None else None
    return Turn(statement, answered, len(names) - answered)


def _acted_on(participant: Participant) -> Iterable[int]:
    return participant.votes.order_by().values_list("statement__number", flat=True).distinct()


def _weights(conversation: Conversation) -> dict[str, float]:
    """Return the weights of the latest map; new statements are not in it."""
    return MapRun.objects.filter(conversation=conversation).values_list("weights", flat=True).first() or {}


# ---------------------------------------------------------------- what somebody has done
@dataclass(frozen=True)
class OwnVote:
    """The vote of somebody that counts now; empty where they took it back."""

    statement: Statement
    value: int | None


def votes_of(participant: Participant) -> list[OwnVote]:
    """Return the last vote of somebody on each statement, the latest first."""
    last: dict[int, OwnVote] = {}
    for vote in participant.votes.select_related("statement").order_by("-pk"):
        last.setdefault(vote.statement_id, OwnVote(vote.statement, vote.value))
    return list(last.values())


def value_now(participant: Participant, statement: Statement) -> int | None:
    """Return the vote of somebody on one statement that counts now."""
    return participant.votes.filter(statement=statement).order_by("-pk").values_list("value", flat=True).first()


def statements_of(participant: Participant) -> QuerySet[Statement]:
    """Return the statements that somebody added, the latest first."""
    return participant.statements.order_by("-number")

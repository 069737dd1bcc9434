"""What tests of maps and moderation share: a conversation in Cabo Verde, with people whose votes are planted."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from django.utils import timezone

from minga.deliberation.engine.conversation import Conversation as Tables
from minga.deliberation.models import Consultation, Conversation, Participant, Statement, Vote
from minga.deliberation.services import bulk

#: noon of a day in 2026, in seconds
NOON = 1_790_000_000
#: tasks wait in the database, as on a site; tests otherwise run them at once
QUEUE = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "long"]}}


def conversation(slug: str = "machines", **fields: Any) -> Conversation:
    """Make an open conversation in an open consultation."""
    asked = fields.pop("consultation", None) or Consultation.objects.create(
        slug=f"{slug}-strategy", title="AI for the islands", state="open", opened_at=timezone.now()
    )
    given = {"title": "What shall machines do?", "state": "open", "opened_at": timezone.now()} | fields
    return Conversation.objects.create(consultation=asked, slug=slug, **given)


def said(where: Conversation, text: str, **fields: Any) -> Statement:
    """Put a statement in, accepted unless told otherwise."""
    given = {"number": where.statements.count(), "language": "en", "state": "accepted"} | fields
    return Statement.objects.create(conversation=where, text=text, **given)


def joined(where: Conversation, **fields: Any) -> Participant:
    """Let one more person in."""
    return Participant.objects.create(
        conversation=where, token_hash=f"{where.pk.hex[:24]}{where.participants.count():040}", **fields
    )


def voted(person: Participant, statement: Statement, value: int | None, **fields: Any) -> Vote:
    """Store one act of voting."""
    given = {"client_id": f"{person.pk}-{statement.pk}-{Vote.objects.count()}", "at": timezone.now()} | fields
    return Vote.objects.create(participant=person, statement=statement, value=value, **given)


def planted(people: int, statements: int, camps: int, seed: int = 0, share: float = 0.8) -> Tables:
    """Draw votes of camps that differ on every statement; with one camp everybody votes by lot."""
    random = np.random.default_rng(seed)
    sides = random.choice([-1, 1], size=(camps, statements))
    camp = np.arange(people) % camps
    certain = 0.9 if camps > 1 else 0.5
    value = np.where(random.random((people, statements)) < certain, sides[camp], -sides[camp])
    value = np.where(random.random((people, statements)) < 0.1, 0, value)
    person, number = np.nonzero(random.random((people, statements)) < share)
    # spread over days, so that nobody looks like a burst
    stamp = NOON + person * 3600 + random.permutation(len(person)) % 1800
    votes = pl.DataFrame(
        {"timestamp": stamp, "participant": person, "statement": number, "vote": value[person, number]}
    )
    words = [f"Machines should do the work of kind {number}." for number in range(statements)]
    return Tables(
        votes=votes,
        statements=pl.DataFrame({"statement": range(statements), "moderated": 1, "is_meta": 0, "text": words}),
        participants=pl.DataFrame({"participant": range(people)}),
    )


def with_camps(camps: int = 2, people: int = 60, statements: int = 12, **fields: Any) -> Conversation:
    """Make a conversation in which camps have voted."""
    where = conversation(**fields)
    bulk.take_in(conversation=where, tables=planted(people, statements, camps))
    return where

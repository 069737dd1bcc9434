"""Whole conversations at once: from an export of Pol.is, from another site, or for the sample."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from minga.deliberation.engine.conversation import Conversation as Tables
from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import Conversation, Participant, Statement, Vote
from minga.deliberation.selectors.votes import MODERATED
from minga.members import services as members
from minga.web.codes import hash_of, new_secret

_STATES = {number: state for state, number in MODERATED.items()}
_A_BATCH = 5000
#: Times above this are milliseconds: in seconds it would be the year 5138.
_MILLISECONDS = 1e11


@transaction.atomic
def take_in(*, conversation: Conversation, tables: Tables, by: Any = None) -> None:
    """Fill an empty conversation with people, statements and votes; strata are not known of them.

    Nobody can come back as one of these people: no secret of theirs exists.

    Raises
    ------
    ActError
        The conversation has statements already.
    """
    locked = Conversation.objects.select_for_update().get(pk=conversation.pk)
    if locked.statements.exists():
        raise ActError("not_empty", "The conversation has statements already. Take the files into a new one.")
    people = _people(locked, tables)
    statements = _statements(locked, tables, people)
    Vote.objects.bulk_create(_votes(tables.votes, people, statements), batch_size=_A_BATCH)
    members.record(by=by, act="conversation.taken_in", on=locked.reference, reason=f"{tables.votes.height} votes")


def _people(conversation: Conversation, tables: Tables) -> dict[Any, int]:
    listed = tables.participants["participant"]
    later = tables.votes["participant"].cast(listed.dtype)
    names = pl.concat([listed, later]).unique(maintain_order=True).to_list()
    made = Participant.objects.bulk_create(
        (Participant(conversation=conversation, token_hash=hash_of(new_secret())) for _name in names),
        batch_size=_A_BATCH,
    )
    return {name: one.pk for name, one in zip(names, made, strict=True)}


def _statements(conversation: Conversation, tables: Tables, people: dict[Any, int]) -> dict[int, int]:
    listed = {row["statement"]: row for row in tables.statements.rows(named=True)}
    numbers = sorted({*listed, *tables.votes["statement"].unique().to_list()})
    known = {code for code, _name in settings.LANGUAGES}
    rows = []
    for number in numbers:
        told = listed.get(number, {})
        language = told.get("language")
        rows.append(
            Statement(
                conversation=conversation,
                number=number,
                text=(told.get("text") or f"Statement {number}")[:1000],
                language=language if language in known else conversation.language,
                author_id=people.get(told.get("author")),
                state=_STATES.get(told.get("moderated"), Statement.State.ACCEPTED),
                is_meta=bool(told.get("is_meta")),
            )
        )
    made = Statement.objects.bulk_create(rows, batch_size=1000)
    return {one.number: one.pk for one in made}


def _votes(votes: pl.DataFrame, people: dict[Any, int], statements: dict[int, int]) -> list[Vote]:
    has_times = "timestamp" in votes.columns
    now = timezone.now()
    ordered = votes.sort("timestamp", maintain_order=True, nulls_last=False) if has_times else votes
    return [
        Vote(
            participant_id=people[row["participant"]],
            statement_id=statements[row["statement"]],
            value=row["vote"],
            client_id=uuid.uuid4().hex,
            at=_time(row.get("timestamp"), now + timedelta(seconds=number)),
        )
        for number, row in enumerate(ordered.iter_rows(named=True))
    ]


def _time(stamp: float | None, otherwise: datetime) -> datetime:
    if stamp is None:
        return otherwise
    return datetime.fromtimestamp(stamp / 1000 if stamp > _MILLISECONDS else stamp, tz=UTC)

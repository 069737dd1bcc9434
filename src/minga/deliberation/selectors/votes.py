"""The votes of a conversation as tables for the engine: the last vote on each statement, of everybody who counts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
from django.db.models import Count, Max, QuerySet

from minga.deliberation.engine.conversation import Conversation as Tables
from minga.deliberation.models import Conversation, MapRun, Participant, Statement, Vote

_A_BATCH = 100_000
_VOTES = {"person": pl.Int64, "number": pl.Int64, "vote": pl.Int8, "timestamp": pl.Int64}
#: how the engine calls the states of moderation
MODERATED = {Statement.State.REJECTED: -1, Statement.State.WAITING: 0, Statement.State.ACCEPTED: 1}


@dataclass(frozen=True)
class Moment:
    """A conversation at one moment: the same last vote and moderation give the same map."""

    last_vote: int
    votes: int
    moderation_hash: str


def votes_in(conversation: Conversation) -> QuerySet[Vote]:
    """Return every act of voting in a conversation."""
    return Vote.objects.filter(participant__conversation=conversation)


def moment(conversation: Conversation, k: int | None = None) -> Moment:
    """Say what a map would be calculated from; `k` is the number of groups that somebody set."""
    counted = votes_in(conversation).aggregate(last=Max("pk"), n=Count("pk"))
    last, n = counted["last"] or 0, counted["n"]
    states = list(conversation.statements.order_by("number").values_list("number", "state", "is_meta"))
    banned = list(_banned(conversation).order_by("pk").values_list("pk", flat=True))
    # how many votes there are tells of an erasure, and of a vote that was stored late under a lower number
    said = repr((states, banned, conversation.is_strict, conversation.seed, n, k))
    return Moment(last, n, hashlib.sha256(said.encode()).hexdigest())


def is_of(run: MapRun, seen: Moment) -> bool:
    """Whether a map was calculated from exactly this moment."""
    return (run.last_vote, run.moderation_hash) == (seen.last_vote, seen.moderation_hash)


def _banned(conversation: Conversation) -> QuerySet[Participant]:
    return conversation.participants.filter(banned_at__isnull=False)


def latest_map(conversation: Conversation) -> MapRun | None:
    """Return the newest map, without its points."""
    return conversation.maps.defer("points").first()


def is_mapped(conversation: Conversation) -> bool:
    """Whether the newest map is of the last vote and decision, in the groups that the data gave; no votes need none."""
    latest = latest_map(conversation)
    if latest is not None and is_of(latest, moment(conversation)):
        return True
    # votes that were all taken back, or are all of people who are banned, leave nothing to place
    return not read_tables(conversation).votes.height


def published_map(conversation: Conversation) -> MapRun | None:
    """Return the map that everyone sees as the report, without its points."""
    return conversation.maps.filter(is_published=True).defer("points").first()


def new_votes_since(conversation: Conversation, run: MapRun | None, most: int) -> int:
    """Count acts of voting after a map, up to `most`."""
    after = run.last_vote if run is not None else 0
    return len(votes_in(conversation).filter(pk__gt=after).order_by().values_list("pk")[:most])


def read_tables(conversation: Conversation, until: int | None = None, *, with_banned: bool = False) -> Tables:
    """Read a conversation for the engine, up to one vote.

    Votes that were taken back are left out, and so is who is banned unless asked for. People are called by their
    pseudonym, statements by their number. Times are milliseconds, as in the exports of Pol.is: half a second between
    two votes says something about who cast them.
    """
    people = _people(conversation, with_banned)
    acts = pl.concat([pl.DataFrame(schema=_VOTES), *_batches(conversation, until)])
    last = acts.unique(["person", "number"], keep="last", maintain_order=True).drop_nulls("vote")
    votes = last.join(people.select("person", "participant"), on="person").select(
        "timestamp", "participant", pl.col("number").alias("statement"), "vote"
    )
    return Tables(
        votes=votes.sort("timestamp", maintain_order=True),
        statements=_statements(conversation, people),
        participants=people.select("participant"),
        summary={"topic": conversation.title},
    )


def _people(conversation: Conversation, with_banned: bool) -> pl.DataFrame:
    found = conversation.participants.order_by("pseudonym")  # drawn at random: the order tells nothing
    if not with_banned:
        found = found.filter(banned_at=None)
    rows = [(pk, str(pseudonym)) for pk, pseudonym in found.values_list("pk", "pseudonym")]
    return pl.DataFrame(rows, schema={"person": pl.Int64, "participant": pl.String}, orient="row")


def _batches(conversation: Conversation, until: int | None) -> Iterator[pl.DataFrame]:
    found = votes_in(conversation).order_by("pk")
    if until is not None:
        found = found.filter(pk__lte=until)
    rows: list[tuple[Any, ...]] = []
    columns = ("participant_id", "statement__number", "value", "at")
    for person, number, value, at in found.values_list(*columns).iterator(chunk_size=10_000):
        rows.append((person, number, value, _milliseconds(at)))
        if len(rows) >= _A_BATCH:
            yield pl.DataFrame(rows, schema=_VOTES, orient="row")
            rows = []
    if rows:
        yield pl.DataFrame(rows, schema=_VOTES, orient="row")


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _statements(conversation: Conversation, people: pl.DataFrame) -> pl.DataFrame:
    columns = ("number", "author_id", "state", "is_meta", "text", "language", "created_at")
    names = dict(people.select("person", "participant").rows())
    rows = [
        (number, names.get(author), MODERATED[state], int(is_meta), text, language, _milliseconds(at))
        for number, author, state, is_meta, text, language, at in conversation.statements.order_by(
            "number"
        ).values_list(*columns)
    ]
    shape = {
        "statement": pl.Int64, "author": pl.String, "moderated": pl.Int64, "is_meta": pl.Int64, "text": pl.String,
        "language": pl.String, "timestamp": pl.Int64,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=shape, orient="row")

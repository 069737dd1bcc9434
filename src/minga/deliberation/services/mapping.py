"""Opinion maps: calculating one from all votes, keeping it, and choosing which one everyone sees."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import polars as pl
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from minga.deliberation.engine.anomalies import anomalies
from minga.deliberation.engine.conversation import Conversation as Tables
from minga.deliberation.engine.errors import ActError, MapError
from minga.deliberation.engine.grouping import Groups, groups
from minga.deliberation.engine.projection import opinion_map
from minga.deliberation.engine.snapshot import Snapshot, snapshot
from minga.deliberation.engine.votes import left_out
from minga.deliberation.models import AnomalyFlag, Conversation, MapRun
from minga.deliberation.selectors import strata, votes
from minga.deliberation.selectors.routing import WAS_PUBLIC
from minga.members import services as members

#: Maps that are kept beside the published one: the newest, and the last one of each of the latest days.
NEWEST, DAYS = 5, 30


def refresh_map(
    *, conversation: Conversation, k: int | None = None, tell: Callable[[int, int], None] | None = None
) -> MapRun | None:
    """Calculate the map of a conversation, unless the newest is of the same votes and the same moderation.

    Returns
    -------
    MapRun, the one that there was already or a new one; None where there is nothing to place

    Raises
    ------
    ActError
        There are no `k` groups of the smallest size.
    """
    seen = votes.moment(conversation, k)
    known = _known(conversation, seen)
    if known is not None:
        return known
    began = time.monotonic()
    tables = votes.read_tables(conversation, until=seen.last_vote)
    if not tables.votes.height:
        return None
    flags = _flag(conversation, tables)
    found = _grouped(conversation, tables, k, tell)
    kept = snapshot(found, tables.statements, flags, settings.MIN_PERSONS)
    kept.facts["left_out"] = int(left_out(tables.statements, strict=conversation.is_strict).sum())
    voters = tables.votes["participant"].unique().to_list()
    kept.facts["participation"] = strata.participation_of(conversation, voters, settings.MIN_PERSONS)
    return _stored(conversation, seen, kept, began)


def _known(conversation: Conversation, seen: votes.Moment) -> MapRun | None:
    """Return the newest map if it is of this moment; an older one would not be what people see."""
    latest = votes.latest_map(conversation)
    return latest if latest is not None and votes.is_of(latest, seen) else None


def _grouped(
    conversation: Conversation, tables: Tables, k: int | None, tell: Callable[[int, int], None] | None
) -> Groups:
    placed = opinion_map(tables, mode="stable", seed=conversation.seed, strict=conversation.is_strict)
    try:
        return groups(placed, k, tell=tell)
    except MapError as wrong:
        raise ActError("no_such_groups", str(wrong)) from None


def _flag(conversation: Conversation, tables: Tables) -> list[str]:
    """Note whose votes stand out; return whom a person should look at, or did without a ban."""
    found = anomalies(tables)
    people = {str(name): pk for pk, name in conversation.participants.values_list("pk", "pseudonym")}
    marks = _marks_of_blocs(conversation, found, people)
    AnomalyFlag.objects.bulk_create(
        (
            AnomalyFlag(
                conversation=conversation,
                participant_id=people[row["participant"]],
                kind=row["flag"],
                detail={name: row[name] for name in ("bloc", "people", "figure")}
                | ({"mark": marks[row["bloc"]]} if row["bloc"] is not None else {}),
            )
            for row in found.rows(named=True)
        ),
        batch_size=1000,
        ignore_conflicts=True,
    )
    return found["participant"].unique().sort().to_list()


def _marks_of_blocs(conversation: Conversation, found: pl.DataFrame, people: dict[str, int]) -> dict[int, str]:
    """Return a mark for each bloc, the same as on earlier maps where one of its members was in it before.

    Blocs are numbered anew on every map, while a flag is set once: who joins later belongs to the same case.
    """
    kept = conversation.flags.filter(detail__has_key="mark").values_list("participant_id", "kind", "detail")
    known = {(person, kind): detail["mark"] for person, kind, detail in kept}
    marks: dict[int, str] = {}
    for row in found.drop_nulls("bloc").rows(named=True):
        before = known.get((people[row["participant"]], row["flag"]))
        if before is not None or row["bloc"] not in marks:
            marks[row["bloc"]] = before or uuid.uuid4().hex
    return marks


@transaction.atomic
def _stored(conversation: Conversation, seen: votes.Moment, kept: Snapshot, began: float) -> MapRun:
    Conversation.objects.select_for_update().get(pk=conversation.pk)
    known = _known(conversation, seen)  # another worker may have been faster
    if known is not None:
        return known
    made = MapRun.objects.create(
        conversation=conversation,
        mode=kept.facts["mode"],
        last_vote=seen.last_vote,
        moderation_hash=seen.moderation_hash,
        n_participants=kept.facts["counts"]["voters"],
        n_votes=kept.facts["votes"],
        facts=kept.facts,
        tables=kept.tables,
        weights=kept.weights,
        points=kept.points,
        seconds=round(time.monotonic() - began, 3),
    )
    _thin_out(conversation)
    return made


def _thin_out(conversation: Conversation) -> None:
    """Delete old maps: what stays is the published one, the newest, and the last of each of the latest days.

    Of those that were public before, what the routing log says stays as well, without where each person stood.
    """
    rows = list(conversation.maps.filter(is_published=False).order_by("-pk").values_list("pk", "made_at"))
    kept, days = {pk for pk, _at in rows[:NEWEST]}, set()
    since = timezone.now() - timedelta(days=DAYS)
    for pk, at in rows[NEWEST:]:
        if at >= since and at.date() not in days:
            days.add(at.date())
            kept.add(pk)
    old = MapRun.objects.filter(pk__in=[pk for pk, _at in rows if pk not in kept])
    old.filter(facts__has_key=WAS_PUBLIC).exclude(points=b"").update(points=b"")
    old.exclude(facts__has_key=WAS_PUBLIC).delete()


# ---------------------------------------------------------------- the report that everyone sees
@transaction.atomic
def publish_map(*, run: MapRun, by: Any = None) -> None:
    """Show a map to everyone as the report of its conversation; it takes the place of the one shown before.

    Raises
    ------
    ActError
        So few people voted that each of them would be seen, or the map was deleted meanwhile.
    """
    if run.n_participants < settings.MIN_PERSONS:
        raise ActError(
            "few", f"Fewer than {settings.MIN_PERSONS} people voted, so that a report would show each of them."
        )
    conversation = Conversation.objects.select_for_update().get(pk=run.conversation_id)
    for earlier in conversation.maps.filter(is_published=True).exclude(pk=run.pk).only("facts"):
        earlier.facts[WAS_PUBLIC] = True
        earlier.is_published = False
        earlier.save(update_fields=["facts", "is_published"])
    # an old map whose people were forgotten cannot tell anybody their place
    if not conversation.maps.filter(pk=run.pk).exclude(points=b"").update(is_published=True):
        raise ActError("gone", "This map was deleted meanwhile, since newer ones took its place. Publish a newer one.")
    members.record(by=by, act="conversation.report_published", on=conversation.reference, reason=f"map {run.pk}")


@transaction.atomic
def take_back_map(*, conversation: Conversation, by: Any = None) -> None:
    """Show the report to the team alone, nor in the routing log of a later one; twice is once."""
    for shown in conversation.maps.filter(is_published=True).only("facts"):
        shown.facts.pop(WAS_PUBLIC, None)
        shown.is_published = False
        shown.save(update_fields=["facts", "is_published"])
        members.record(by=by, act="conversation.report_taken_back", on=conversation.reference)

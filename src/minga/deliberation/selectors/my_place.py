"""Where somebody stands: their group on the map that everyone sees, and what that group stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from django.conf import settings
from django.db.models import F

from minga.deliberation.engine.clustering import nearest
from minga.deliberation.engine.picture import letter
from minga.deliberation.engine.projection import place_beside
from minga.deliberation.engine.snapshot import closed_statements, points, table_of
from minga.deliberation.models import Conversation, MapRun, Participant, Statement
from minga.deliberation.selectors.taking_part import shown_statements, votes_of

_SHOWN = 5


@dataclass(frozen=True)
class Group:
    """The group in which somebody stands."""

    letter: str
    people: int
    #: statements that are most its own, and whether it agrees with them
    stands_for: tuple[tuple[Statement, bool], ...]


@dataclass(frozen=True)
class Standing:
    """What a map says of somebody; `group` is empty where they stand in none."""

    run: MapRun | None
    #: whether they were on the map at all: they voted before it was made, often enough
    is_on_map: bool = False
    #: whether the map tells groups apart at all
    has_groups: bool = False
    group: Group | None = None
    #: letter and people of each group that the published report shows; nothing of a map that is not published
    groups: tuple[tuple[str, int], ...] = ()
    #: whether the map does not count them in the group: by their votes of now they stand nearest to it
    is_provisional: bool = False


def standing_of(participant: Participant) -> Standing:
    """Say where somebody stands on the published map, or on the latest where none is published.

    Who is in none of its groups, and has voted often enough meanwhile, stands provisionally in the nearest one. That is
    calculated for the own page alone, and kept nowhere.
    """
    conversation = participant.conversation
    run = conversation.maps.order_by(F("is_published").desc(), "-pk").first()
    if run is None:
        return Standing(None)
    people = points(bytes(run.points))
    shown = set(run.facts.get("shown", []))
    own = people.filter(pl.col("pseudonym") == str(participant.pseudonym))
    number = own["group"][0] if own.height else None
    is_provisional = number is None
    if is_provisional and shown:
        number = _nearest(participant, run)
    if number is None or number not in shown:
        return Standing(run, own.height > 0, bool(shown), groups=_published_groups(run))
    group = _group(conversation, run, people, int(number))
    return Standing(run, own.height > 0, True, group, is_provisional=is_provisional)


def _nearest(participant: Participant, run: MapRun) -> int | None:
    """Return the group of a map whose middle the votes of somebody are nearest to now.

    None where they voted on too few of its statements, where their votes count nowhere, and where a map of an older
    version keeps no means and axes, or the map not all middles.
    """
    middles = run.facts.get("middles", [])
    kept = pl.DataFrame(table_of(run.tables, "statements"), infer_schema_length=None)
    own = [(0, one.statement.number, one.value) for one in votes_of(participant) if one.value is not None]
    is_told = len(middles) == run.facts["k"] and {"mean", "pc1", "pc2"} <= {*kept.columns}
    if not (own and is_told) or participant.banned_at:
        return None
    acts = pl.DataFrame(own, schema=["participant", "statement", "vote"], orient="row")
    placed = place_beside(acts, kept.select("mod_out", "mean", "pc1", "pc2", statement="comment-id"))
    if not placed["in_conv"].any():
        return None
    at = nearest(placed.select("x", "y").to_numpy(), np.array([(one["x"], one["y"]) for one in middles]))[0]
    return int(middles[at]["group"])


def _published_groups(run: MapRun) -> tuple[tuple[str, int], ...]:
    if not run.is_published:
        return ()
    sizes = [(number, run.facts["sizes"][number]) for number in run.facts.get("shown", [])]
    return tuple((letter(number), size) for number, size in sizes if size >= settings.MIN_PERSONS)


def _group(conversation: Conversation, run: MapRun, people: pl.DataFrame, number: int) -> Group | None:
    size = people.filter(pl.col("group") == number).height
    if size < settings.MIN_PERSONS:
        return None
    closed = closed_statements(run.tables)
    picked = [row for row in table_of(run.tables, "picked") if row["group_id"] == number and _of(row) not in closed]
    picked = picked[:_SHOWN]
    found = {one.number: one for one in shown_statements(conversation).filter(number__in=[_of(row) for row in picked])}
    own = tuple((found[_of(row)], _agrees(row)) for row in picked if _of(row) in found)
    return Group(letter(number), size, own)


def _of(row: dict[str, Any]) -> int:
    return int(row["statement_id"])


def _agrees(row: dict[str, Any]) -> bool:
    return bool(row["side"] == "agree")

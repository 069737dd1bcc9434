"""Other votes that would give the same report: who reads it cannot tell in which of these worlds it was made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from minga.deliberation.engine.counts import counted_votes, votes_by_group
from minga.deliberation.engine.grouping import Groups
from minga.deliberation.engine.votes import VoteTable


def worlds(found: Groups) -> Iterator[Groups]:
    """Give the same people in the same groups other votes, wherever votes of theirs are withheld.

    On a statement of which groups are withheld, one person of a group votes, or two, and others cast the rest of the
    votes of everybody, each group in turn. Few votes in all are of one group; those of few people in no group, which
    no figure counts, are turned round. As many votes are cast as before.
    """
    for few in range(found.k):
        for people in (1, 2):
            yield _with_votes(found, few, people)


def _with_votes(found: Groups, few: int, people: int) -> Groups:
    table, counted, label = found.map.table, counted_votes(found), found.label
    closed = set(votes_by_group(found).filter("withheld")["statement"].to_list())
    left_out = _places(table).keys() - _places(counted).keys()
    told = {place: _turned(vote) for place, vote in _places(table).items() if place in left_out}
    for column, name in enumerate(table.statements.to_list()):
        mine = counted.column == column
        values, voters = counted.value[mine], counted.row[mine]
        if name in closed and len(values) >= 5:
            voters = _voters(label, len(values), few, people)
        elif name in closed:
            own = [place for place in left_out if place[1] == column] if not len(values) else []
            values = np.array([told.pop(place) for place in own]) if own else _turned(values)
            voters = np.flatnonzero(label == few)[: len(values)]
        told |= {(int(row), column): int(value) for row, value in zip(voters, values, strict=True)}
    return replace(found, map=replace(found.map, table=_table(table, told)))


def _voters(label: np.ndarray, votes: int, few: int, people: int) -> np.ndarray:
    """Choose so many people of one group, and the rest from the others: of another group where these are too few."""
    for group in (few, *(each for each in range(label.max() + 1) if each != few)):
        inside, others = np.flatnonzero(label == group), np.flatnonzero((label >= 0) & (label != group))
        if votes - people <= len(others):
            return np.concatenate([inside[:people], others[: votes - people]])
    raise AssertionError("no group leaves enough others")


def _turned(values: Any) -> Any:
    """Make agreement a pass, a pass disagreement, and disagreement agreement."""
    return (values + 3) % 3 - 1


def _places(table: VoteTable) -> dict[tuple[int, int], int]:
    """Return the votes by person and statement."""
    places = zip(table.row.tolist(), table.column.tolist(), strict=True)
    return dict(zip(places, table.value.tolist(), strict=True))


def _table(table: VoteTable, told: dict[tuple[int, int], int]) -> VoteTable:
    places = sorted(told)
    of_people = np.bincount([row for row, _column in places], minlength=len(table.participants))
    return VoteTable(
        table.participants,
        table.statements,
        np.concatenate([[0], np.cumsum(of_people)]).astype(np.int64),
        np.array([column for _row, column in places], dtype=np.int64),
        np.array([told[place] for place in places], dtype=np.int8),
    )


def cast(found: Groups) -> dict[tuple[object, int], tuple[int, int, int]]:
    """Count the votes of each group, and of people in none (-1), on each statement, whether or not they are shown."""
    table = found.map.table
    votes = pl.DataFrame(
        {"statement": table.statements[table.column], "group": found.label[table.row], "vote": table.value}
    )
    sides = [(pl.col("vote") == vote).sum() for vote in (1, -1, 0)]
    counted = votes.group_by("statement", "group").agg(agree=sides[0], disagree=sides[1], passes=sides[2])
    return {(name, group): tuple(rest) for name, group, *rest in counted.rows()}

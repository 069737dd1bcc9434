"""How the draw treated each statement: votes and weights of several maps that were public, one beside the other."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from minga.deliberation.engine.routing import META, WITHOUT_VOTES, Factors, factors
from minga.deliberation.engine.snapshot import closed_statements, table_of

#: Votes that agree, disagree and pass.
Counts = tuple[int, int, int]
#: Why no weight is said: few people voted, few votes differ between this map and another, or it is not drawn.
Note = Literal["", "few", "close", "not_drawn", "no_votes"]


@dataclass(frozen=True)
class KeptMap:
    """What was kept of a map.

    Parameters
    ----------
    tables, weights : as in :class:`minga.deliberation.engine.snapshot.Snapshot`
    is_present : whether it is the one whose report is shown now
    """

    tables: dict[str, Any]
    weights: Mapping[str, float]
    is_present: bool


@dataclass(frozen=True)
class Drawn:
    """A statement in the draw, as it was on a map.

    Parameters
    ----------
    votes : as its report counts them; None where they are withheld
    gained : votes more than on the map before, negative where there are fewer; None where either is withheld
    weight, factors : None where they are withheld, or the statement is not drawn; a statement about the conversation
        itself, and one without votes, has a weight and no factors
    note : why there is no weight, or no factors
    """

    votes: int | None
    gained: int | None
    weight: float | None = None
    factors: Factors | None = None
    note: Note = ""


def routing_log(maps: Sequence[KeptMap], least: int) -> list[dict[int, Drawn]]:
    """Put votes, gains and weights of maps together.

    Parameters
    ----------
    maps : kept maps, the newest first
    least : fewest votes by which two counts differ that are both said, unless they are the same

    Returns
    -------
    for each map, its statements with a vote by their number

    Notes
    -----
    A weight says how the votes were cast: counted twice, with few votes between, it says how these few were. So the
    present map says what its report says, and an earlier one the weights alone of statements with the same votes as on
    every map that says theirs, or `least` more or fewer. How many votes there were is said either way.

    Source: docs/methods/statements.md, "The routing log".
    """
    told: dict[int, set[Counts]] = {}
    found: dict[int, dict[int, Drawn]] = {}
    order = sorted(range(len(maps)), key=lambda at: (not maps[at].is_present, at))
    for at in order:
        before = _votes(maps[at + 1].tables) if at + 1 < len(maps) else {}
        found[at] = _of_map(maps[at], before, told, least)
    return [found[at] for at in range(len(maps))]


def without_votes(before: Drawn | None, *, is_meta: bool, is_drawn: bool) -> Drawn:
    """Say how a statement without a vote on a map stood in the draw; `before` is it on the map before."""
    gained = 0 if before is None else None if before.votes is None else -before.votes
    if not is_drawn:
        return Drawn(0, gained, note="not_drawn")
    return Drawn(0, gained, META if is_meta else WITHOUT_VOTES, note="no_votes")


def _votes(tables: dict[str, Any]) -> dict[int, int | None]:
    return {row["statement"]: None if row["withheld"] else row["votes"] for row in table_of(tables, "totals")}


def _of_map(
    one: KeptMap, before: Mapping[int, int | None], told: dict[int, set[Counts]], least: int
) -> dict[int, Drawn]:
    counted = {row["comment-id"]: row for row in table_of(one.tables, "statements")}
    closed, rows = closed_statements(one.tables), {}
    for total in table_of(one.tables, "totals"):
        number, votes = total["statement"], None if total["withheld"] else total["votes"]
        said, was = told.setdefault(number, set()), before.get(number, 0)
        gained = None if votes is None or was is None else votes - was
        weight, made_of, note = _weight(one, counted[number], closed, said, least)
        rows[number] = Drawn(votes, gained, weight, made_of, note)
        if made_of:
            said.add(_of_groups(counted[number]))
        # the report of the present map counts the votes of everybody, whether or not a weight is said
        if one.is_present and votes is not None:
            said.add((total["agree"], total["disagree"], total["pass"]))
    return rows


def _weight(
    one: KeptMap, row: Mapping[str, Any], closed: Collection[int], said: Collection[Counts], least: int
) -> tuple[float | None, Factors | None, Note]:
    number, weight = row["comment-id"], one.weights.get(str(row["comment-id"]))
    if weight == META:
        return weight, None, ""
    if row["mod_out"]:
        return None, None, "not_drawn"
    if number in closed or weight is None:
        return None, None, "few"
    own = _of_groups(row)
    if not one.is_present and any(other != own and abs(sum(other) - sum(own)) < least for other in said):
        return None, None, "close"
    return weight, factors(sum(own), own[2], own[0], row["extremity"]), ""


def _of_groups(row: Mapping[str, Any]) -> Counts:
    """Return the votes from which a weight comes: of people in groups, or of everybody where there are none."""
    return int(row["n_agree"]), int(row["n_disagree"]), int(row["n_pass"])

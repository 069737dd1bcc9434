"""Whether there is a gap between groups: how many people stand at their border, and how many would with a gap."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
import polars as pl

from minga.deliberation.engine import clustering
from minga.deliberation.engine.chance import dealt
from minga.deliberation.engine.intervals import wilson
from minga.deliberation.engine.projection import OpinionMap, hashed_order, stretch
from minga.deliberation.engine.votes import Floats, Ints
from minga.stats.release import MIN_PERSONS

Finding = Literal["gap", "no_gap", "unsure"]
#: A strip is as wide as a third of the way between the middles of two groups.
STRIP = 1 / 3
#: Where groups of one mind would crowd their border more than this, votes are too few to show a gap.
SEEN = 0.5
#: How often votes are shuffled, and among how many people at most.
SHUFFLES, SHUFFLED = 20, 2000
#: Places that differ by less are the same; rounding must not decide on which side of an edge somebody stands.
_SAME = 1e-9
_KINDS = {
    "group": pl.Int64, "other": pl.Int64, "at_border": pl.Int64, "in_middle": pl.Int64, "crowding": pl.Float64,
    "low": pl.Float64, "high": pl.Float64, "if_alike": pl.Float64, "finding": pl.String,
}  # fmt: skip


def borders(opinions: OpinionMap, label: Ints) -> pl.DataFrame:
    """Count who stands at the border of each two neighbouring groups.

    Parameters
    ----------
    opinions : OpinionMap
    label : array of int
        The group of each person, -1 for none.

    Returns
    -------
    table, one row per pair of neighbouring groups
        ``group``, ``other``; ``at_border`` (people in the middle third of the way between the middles of both),
        ``in_middle`` (people in a strip as wide around the middle of the group where fewer stand); ``crowding``
        (at_border / in_middle: 0 nobody stands between, 1 as many as in a middle), its 95 % interval ``low`` and
        ``high``; ``if_alike`` (the crowding if people of a group differed by chance alone); ``finding``: "gap",
        "no_gap" or "unsure". Figures are null where a group holds fewer than five people.

    Source: docs/methods/groups.md; interval by Wilson (1927).
    """
    order = hashed_order(opinions.table.participants, opinions.seed)
    order = order[label[order] >= 0]
    if not len(order):
        return pl.DataFrame(schema=_KINDS)
    places, own = opinions.position[order], label[order]
    centres = _centres(places, own)
    sizes = np.bincount(own)
    pairs = list(neighbours(centres))
    expected = _if_alike(opinions, order, own, centres, pairs)
    rows = []
    for pair in pairs:
        is_judged = min(sizes[list(pair)]) >= MIN_PERSONS
        counted: tuple[int | None, int | None] = strips(places, own, *pair) if is_judged else (None, None)
        rows.append((*pair, *counted, *judged(*counted, expected[pair])))
    return pl.DataFrame(rows, schema=_KINDS, orient="row")


def neighbours(centres: Floats) -> Iterator[tuple[int, int]]:
    """Name the pairs of groups with no third one nearer to the point half-way than they are."""
    for one in range(len(centres)):
        for other in range(one + 1, len(centres)):
            half_way = (centres[one] + centres[other]) / 2
            apart = ((centres - half_way) ** 2).sum(axis=1)
            if apart.min() >= apart[one] * (1 - _SAME):
                yield one, other


def strips(places: Floats, label: Ints, one: int, other: int) -> tuple[int, int]:
    """Count people along the line between two groups: at the border, and in the middle where fewer stand."""
    first, second = places[label == one], places[label == other]
    way = second.mean(axis=0) - first.mean(axis=0)
    start, end = float(np.median(first @ way)), float(np.median(second @ way))
    if end <= start:
        return 0, 0
    at = (np.concatenate([first, second]) @ way - start) / (end - start)
    border, *middles = (int((np.abs(at - middle) <= STRIP / 2 + _SAME).sum()) for middle in (0.5, 0.0, 1.0))
    return border, min(middles)


def judged(
    at_border: int | None, in_middle: int | None, if_alike: float | None
) -> tuple[float | None, float | None, float | None, float | None, Finding]:
    """Judge a border.

    Returns
    -------
    crowding, its 95 % interval, the crowding of groups of one mind, finding
        "gap" where the whole interval is nearer to groups of one mind, "no_gap" where it is nearer to people who stand
        evenly (1), "unsure" where it is neither or where even groups of one mind would crowd their border.
    """
    if at_border is None or not in_middle:
        return None, None, None, None, "unsure"
    low, high = (share / (1 - share) for share in wilson(at_border, at_border + in_middle))
    found: Finding = "unsure"
    if if_alike is not None and if_alike <= SEEN:
        half_way = (1 + if_alike) / 2
        found = "gap" if high < half_way else "no_gap" if low > half_way else "unsure"
    return at_border / in_middle, low, high, if_alike, found


def _centres(places: Floats, label: Ints) -> Floats:
    n = np.bincount(label)
    sums = [np.bincount(label, weights=axis) for axis in places.T]
    centres: Floats = np.column_stack(sums) / n[:, None]
    return centres


def _if_alike(
    opinions: OpinionMap, order: Ints, label: Ints, centres: Floats, pairs: list[tuple[int, int]]
) -> dict[tuple[int, int], float | None]:
    """Shuffle the votes on each statement among those of a group who cast them, and count at the borders again.

    Who voted on what stays, and how a group votes as a whole: what is left of differences inside it is chance, as
    much of it as so few votes let through.
    """
    people, label = order[:SHUFFLED], label[:SHUFFLED]
    table = opinions.table.take(people)
    means, out = opinions.statements["mean"].to_numpy(), opinions.out
    axes = [opinions.statements[f"pc{at + 1}"].to_numpy()[table.column] for at in range(len(opinions.eigenvalues))]
    centred = np.where(out[table.column], 0.0, table.value - means[table.column])
    cell = table.column.astype(np.int64) * len(centres) + label[table.row]
    stretched = stretch(opinions.table, out)[people]
    random = np.random.default_rng([opinions.seed, 13])
    total = {pair: np.zeros(2) for pair in pairs}
    for _ in range(SHUFFLES):
        shuffled = dealt(centred, cell, random)
        sums = [np.bincount(table.row, weights=shuffled * axis, minlength=len(people)) for axis in axes]
        places = np.column_stack(sums) * stretched[:, None]
        joined = clustering.nearest(places, centres)
        for pair in pairs:
            if np.isin(pair, joined).all():
                total[pair] += strips(places, joined, *pair)
    return {pair: float(border / middle) if middle else None for pair, (border, middle) in total.items()}

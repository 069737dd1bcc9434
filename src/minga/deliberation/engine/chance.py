"""Whether a map shows more than chance: the same votes, dealt anew among those who voted on each statement."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from minga.deliberation.engine.components import components, squared
from minga.deliberation.engine.projection import OpinionMap, centre
from minga.deliberation.engine.votes import Bools, Ints, VoteTable

#: How often votes are dealt anew, and among how many people at most.
DEALS, DEALT = 20, 4000
#: A map shows more than chance from this many standard deviations above the deals, whose figures lean to the right.
BEYOND = 4.0


@dataclass(frozen=True)
class Chance:
    """What the axes of a map show of all differences between people, and what they would show by chance.

    Parameters
    ----------
    shown : share, 0 to 1, among the people looked at
    by_chance : share that the same votes show when they are dealt anew (mean of the deals)
    spread : standard deviation of the deals
    axes : number of axes looked at, fewer than statements on which people differ: as many axes as statements show all
        differences, whatever the votes; 0 where people differ on fewer than two
    """

    shown: float
    by_chance: float
    spread: float
    axes: int

    @property
    def is_beaten(self) -> bool:
        """Whether votes on different statements hang together more than chance lets them."""
        return self.shown - self.by_chance > max(BEYOND * self.spread, 1e-12)


def against_chance(opinions: OpinionMap, people: Ints, deals: int = DEALS) -> Chance:
    """Compare a map with maps of the same votes dealt anew.

    Within each statement the votes are shuffled among those who cast them. Who voted on what stays, and so does how
    each statement was received; that one person's votes hang together goes. Without this, a few statements on which
    nearly everybody votes split people into camps that are found again each time, though no two votes are related.

    Parameters
    ----------
    opinions : OpinionMap
    people : array of int
        The rows that are grouped, in an order that does not hang on the file. The first 4000 are looked at.
    deals : int

    Returns
    -------
    Chance

    Source: parallel analysis, Horn (1965), Psychometrika 30, 179-185; by permutation, Buja and Eyuboglu (1992),
    Multivariate Behavioral Research 27, 509-540.
    """
    table = opinions.table.take(people[:DEALT])
    n = min(max(1, len(opinions.eigenvalues)), _divided(table, opinions.out) - 1)
    if n < 1:
        return Chance(0.0, 0.0, 0.0, 0)
    random = np.random.default_rng([opinions.seed, 11])
    tables = (replace(table, value=dealt(table.value, table.column, random)) for _ in range(deals))
    by_chance = [_shown(each, opinions.out, n, opinions.seed) for each in tables]
    shown = _shown(table, opinions.out, n, opinions.seed)
    return Chance(shown, float(np.mean(by_chance)), float(np.std(by_chance, ddof=1)), n)


def _divided(table: VoteTable, out: Bools) -> int:
    """Count the statements of the map on which not everybody votes alike."""
    n = np.stack([table.counts(vote) for vote in (1, -1, 0)])
    return int(((n > 0).sum(axis=0) > 1)[~out].sum())


def dealt(values: npt.NDArray[Any], cell: Ints, random: np.random.Generator) -> npt.NDArray[Any]:
    """Shuffle values among the places of the same cell (whole numbers from 0)."""
    shuffled = np.empty_like(values)
    shuffled[np.argsort(cell, kind="stable")] = values[np.argsort(cell + random.random(len(cell)))]
    return shuffled


def _shown(table: VoteTable, out: Bools, n: int, seed: int) -> float:
    """Return the share of all differences that the first axes show."""
    _means, centred = centre(table, out)
    total = squared(centred)
    _directions, values, _kind = components(centred, n, seed=seed)
    return float(values.sum()) / total if total else 0.0

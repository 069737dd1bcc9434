"""Resampling: how figures would have come out had other members of the same groups taken part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
#: numbers held at once
_BLOCK = 4_000_000


def resamples(strata: Ints, times: int, seed: int) -> Iterator[Ints]:
    """Draw members anew, with replacement, as many of each stratum as it has.

    Parameters
    ----------
    strata : array of int
        The stratum of each member.
    times : int
    seed : int
        The same seed gives the same draws.

    Yields
    ------
    blocks of draws, arrays (draws, members)
        Positions of the members drawn; the places of a stratum always hold members of that stratum.

    Source: Efron (1979), Annals of Statistics 7(1), 1-26; within strata.
    """
    order = np.argsort(strata, kind="stable")
    _names, first, counts = np.unique(strata[order], return_index=True, return_counts=True)
    start = np.empty(len(strata))
    size = np.empty(len(strata))
    start[order], size[order] = np.repeat(first, counts), np.repeat(counts, counts)
    random = np.random.default_rng(seed)
    block = max(1, _BLOCK // max(len(strata), 1))
    for done in range(0, times, block):
        u = random.random((min(block, times - done), len(strata)))
        yield order[(start + np.floor(u * size)).astype(np.int64)]


def resampled_medians(
    values: Floats, strata: Ints, cells: Sequence[tuple[int, Bools]], times: int, seed: int
) -> Floats:
    """Calculate medians of groups anew in each resample; all groups of one resample come from the same draw.

    Parameters
    ----------
    values : array, measures in rows, members in columns
        NaN where a member has no value.
    strata : array of int
        Within what members are drawn anew.
    cells : pairs of a row of ``values`` and the truth of who belongs to the group
    times, seed : as for :func:`resamples`

    Returns
    -------
    array (times, cells)
        NaN where a resample holds nobody of the group.
    """
    found = np.full((times, len(cells)), np.nan)
    reach = [_reach(members, strata) for _row, members in cells]
    done = 0
    for drawn in resamples(strata, times, seed):
        rows = slice(done, done + len(drawn))
        for at, (row, members) in enumerate(cells):
            own = drawn[:, reach[at]]
            found[rows, at] = _medians(np.where(members[own], values[row][own], np.nan))
        done += len(drawn)
    return found


def _reach(members: Bools, strata: Ints) -> Ints:
    """The places at which a member of the group can be drawn: those of the strata that hold one."""
    return np.flatnonzero(np.isin(strata, np.unique(strata[members]))).astype(np.int64)


def _medians(rows: Floats) -> Floats:
    """Medians of rows, gaps left out."""
    if not rows.shape[1]:
        return np.full(len(rows), np.nan)
    ordered = np.sort(rows, axis=1)  # gaps go to the end
    known = (~np.isnan(rows)).sum(axis=1)
    at = np.arange(len(rows))
    low, high = ordered[at, np.maximum(known - 1, 0) // 2], ordered[at, np.minimum(known // 2, rows.shape[1] - 1)]
    result: Floats = np.where(known > 0, (low + high) / 2, np.nan)
    return result

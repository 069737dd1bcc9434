"""Ranks as leagues give them: 1 is best, ties share the better rank, missing scores have none."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def rank_rows(scores: Floats) -> Floats:
    """Rank each row from the highest down; ties take the lowest rank, NaN stays NaN."""
    n = scores.shape[1]
    order = np.argsort(-scores, axis=1, kind="stable")  # NaN goes last
    ordered = np.take_along_axis(scores, order, axis=1)
    fresh = np.ones(ordered.shape, dtype=np.bool_)
    fresh[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    first = np.where(fresh, np.arange(n), 0)
    np.maximum.accumulate(first, axis=1, out=first)
    ranks = np.empty(scores.shape)
    np.put_along_axis(ranks, order, first + 1.0, axis=1)
    missing = np.isnan(scores)
    if missing.any():
        ranks[missing] = np.nan
    return ranks


def rank_columns(scores: Floats) -> Floats:
    """Rank each column from the highest down; pass ``-x`` to give rank 1 to the lowest."""
    return rank_rows(np.ascontiguousarray(scores.T)).T


def ranks_within(scores: Floats, groups: NDArray[np.int64], *, best: str = "high") -> Floats:
    """Rank columns of scores (units x nodes) inside each group of rows (a year, a region)."""
    signed = scores if best == "high" else -scores
    ranks = np.empty(scores.shape)
    for group in np.unique(groups):
        rows = groups == group
        ranks[rows] = rank_columns(signed[rows])
    return ranks

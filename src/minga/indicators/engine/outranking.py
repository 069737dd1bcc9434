"""Copeland's rule: who beats whom, counted without trusting distances."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
CELLS = 2_000_000  # pairs compared together, to bound memory


def copeland_scores(values: Floats, weights: Floats) -> Floats:
    """Score units (rows) by the units they outrank minus those that outrank them.

    Unit a outranks b when the weight of the columns where a is better, plus half the weight of ties, exceeds one
    half. Columns in which one of the two is missing are left out of that comparison, and the weights of the rest
    rescaled; a pair without a common column is a draw. A unit without any value has no score.

    Source: Munda and Nardo (2009); Copeland (1951). COINr counts missing values as losses; this does not.
    """
    n = values.shape[0]
    used = np.flatnonzero(weights != 0)
    x, w = values[:, used], weights[used]
    scores = np.zeros(n)
    step = max(1, CELLS // max(1, n))
    for start in range(0, n, step):
        scores[start : start + step] = _balance(x[start : start + step], x, w)
    scores[np.isnan(x).all(axis=1)] = np.nan
    return scores


def _balance(some: Floats, every: Floats, weights: Floats) -> Floats:
    """Outranked minus outranking units, for some of the units."""
    lead = np.zeros((some.shape[0], every.shape[0]))
    for position, weight in enumerate(weights):
        a, b = some[:, position, None], every[None, :, position]
        lead += weight * ((a > b).view(np.int8) - (a < b).view(np.int8))
    tolerance = 1e-12 * float(np.abs(weights).sum())  # exact draws stay draws whatever the order of addition
    return np.asarray((lead > tolerance).sum(axis=1) - (lead < -tolerance).sum(axis=1), dtype=np.float64)

"""Mazziotta and Pareto: a mean that is lowered (or raised) where a unit is unbalanced."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from minga.indicators.engine.errors import StepError

Floats = NDArray[np.float64]


def mpi_scores(values: Floats, weights: Floats, penalty: str = "negative") -> Floats:
    """Mean and coefficient of variation over columns standardised to mean 100 and deviation 10 (population).

    Rows are units, columns more-is-better. ``M - S * cv`` with the negative penalty, ``M + S * cv`` with the positive.

    Source: Mazziotta and Pareto (2013).
    """
    centre = np.nanmean(values, axis=0)
    spread = np.sqrt(np.nanmean((values - centre) ** 2, axis=0))
    _flat(spread)
    return penalised(100.0 + 10.0 * (values - centre) / spread, weights, penalty)


def ampi_scores(values: Floats, weights: Floats, penalty: str = "negative", goalposts: Floats | None = None) -> Floats:
    """The adjusted index: columns brought to 70..130 between their goalposts (default: the values' own ends).

    Source: Mazziotta and Pareto (2016).
    """
    if goalposts is None:
        low, high = np.nanmin(values, axis=0), np.nanmax(values, axis=0)
    else:
        low, high = goalposts[:, 0], goalposts[:, 1]
    _flat(high - low)
    return penalised(70.0 + 60.0 * (values - low) / (high - low), weights, penalty)


def penalised(values: Floats, weights: Floats, penalty: str) -> Floats:
    """Weighted mean of each row, minus or plus its deviation times its coefficient of variation."""
    w = np.where(np.isnan(values), 0.0, weights)
    total = w.sum(axis=1)
    filled = np.where(np.isnan(values), 0.0, values)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (w * filled).sum(axis=1) / total
        variance = (w * (filled - mean[:, None]) ** 2).sum(axis=1) / total
        return np.asarray(mean + (1.0 if penalty == "positive" else -1.0) * variance / mean)


def _flat(spread: Floats) -> None:
    if (spread <= 0).any():
        at = int(np.flatnonzero(spread <= 0)[0]) + 1
        raise StepError(f"Column {at} has the same value for every unit, so it cannot be standardised. Leave it out.")

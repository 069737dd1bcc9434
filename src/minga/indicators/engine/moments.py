"""Skewness and kurtosis as statistical packages for surveys report them (Fisher-Pearson G1 and G2)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def skew_kurt(values: Floats) -> tuple[Floats, Floats]:
    """Return adjusted skewness G1 and excess kurtosis G2 of every column, missing values left out.

    A column of fewer than three (four for kurtosis) values, or of one value only, has none: NaN.

    Source: Joanes and Gill (1998), types 2.
    """
    missing = np.isnan(values)
    if missing.any():
        n = (~missing).sum(axis=0).astype(np.float64)
        filled = np.where(missing, 0.0, values)
        centre = np.where(missing, 0.0, filled - filled.sum(axis=0) / np.maximum(n, 1.0))
    else:
        n = np.full(values.shape[1], float(values.shape[0]))
        centre = values - values.sum(axis=0) / np.maximum(n, 1.0)
    return from_centred(centre, n)


def from_centred(centre: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return G1 and G2 from deviations (0 where missing) and counts."""
    square = centre * centre
    with np.errstate(all="ignore"):
        m2 = square.sum(axis=0) / n
        m3 = np.einsum("nk,nk->k", square, centre) / n
        m4 = np.einsum("nk,nk->k", square, square) / n
        flat = m2 <= 0
        g1 = m3 / m2**1.5
        g2 = m4 / (m2 * m2) - 3.0
        skew = np.where(flat | (n < 3), np.nan, g1 * np.sqrt(n * (n - 1)) / (n - 2))
        kurt = np.where(flat | (n < 4), np.nan, (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * g2 + 6))
    return skew, kurt

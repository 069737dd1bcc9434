"""Intervals of scores until the instrument is calibrated: from the spread of the answers themselves."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
#: Two-sided 90 % intervals: 5 % are left out on either side.
QUANTILE = 0.95
_LARGEST_DF = 400


@cache
def t_quantiles() -> Floats:
    """Return the 95 % quantile of Student's t for 0 to 400 degrees of freedom (0 is read as 1)."""
    from scipy.special import stdtrit

    degrees = np.maximum(np.arange(_LARGEST_DF + 1), 1)
    quantiles: Floats = np.asarray(stdtrit(degrees, QUANTILE), dtype=np.float64)
    return quantiles


def standard_error(n: npt.NDArray[Any], sd: Floats, size: int) -> Floats:
    """Return the standard error of the mean of ``n`` of ``size`` items.

    Parameters
    ----------
    n : array of answered items
    sd : array of the standard deviation of the answered levels, in levels
    size : int
        Items of the factor in the full form that count for this kind of score.

    Returns
    -------
    array
        ``s / sqrt(n) * sqrt(1 - n / size)``, with s = 1 where n is 2 (or 1) or s is 0; 0 where n is 0.

    Source: scoring rules, "uncalibrated"; finite population correction as in Cochran (1977), section 2.6.
    """
    s = np.where((n <= 2) | (sd == 0), 1.0, sd)
    safe = np.maximum(n, 1)
    error: Floats = np.where(n > 0, s / np.sqrt(safe) * np.sqrt(np.maximum(1 - safe / size, 0.0)), 0.0)
    return error


def degrees_of_freedom(n: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Return n - 1, at least 1: two answers and one answer both stand on the assumed s = 1."""
    return np.maximum(np.asarray(n, dtype=np.int64) - 1, 1)


def half_width(error: Floats, degrees: npt.NDArray[Any]) -> Floats:
    """Return half the width of the 90 % interval."""
    whole = np.clip(np.floor(degrees), 1, _LARGEST_DF).astype(np.int64)
    width: Floats = t_quantiles()[whole] * error
    return width


def combined(errors: Floats, degrees: npt.NDArray[Any], weights: Floats) -> tuple[Floats, Floats]:
    """Return standard error and degrees of freedom of a weighted sum, one column a sum.

    Parameters
    ----------
    errors, degrees, weights : arrays of the same shape, parts in rows
        A part with weight 0 does not count.

    Returns
    -------
    error, degrees
        The root of the summed squares, and Welch and Satterthwaite's degrees of freedom, rounded down
        when they are used.

    Source: Satterthwaite (1946), Biometrics Bulletin 2(6), 110-114.
    """
    variances = (weights * errors) ** 2
    total = variances.sum(axis=0)
    below = (variances**2 / degrees).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        freedom = np.where(below > 0, total**2 / below, 1.0)
    return np.sqrt(total), freedom

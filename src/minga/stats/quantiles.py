"""Quantiles of many groups at once, and the place of one value among others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def grouped_quantiles(
    values: Floats, groups: npt.NDArray[np.integer], size: int, probabilities: Sequence[float]
) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Compute quantiles of several measures in many groups, leaving gaps out.

    Parameters
    ----------
    values : array, measures in rows, members in columns
        NaN where a member has no value.
    groups : array of int
        The group of each member, 0 to ``size`` - 1; negative members belong to none.
    size : int
    probabilities : numbers from 0 to 1

    Returns
    -------
    quantiles, counts
        Arrays (measure, group, probability) and (measure, group). NaN where a group has no value.

    Source: linear interpolation between order statistics, type 7 of Hyndman and Fan (1996).
    """
    measures = values.shape[0]
    order = np.argsort(groups.astype(np.int32), kind="stable")
    ordered = groups[order]
    order = order[np.searchsorted(ordered, 0) :]
    bounds = np.searchsorted(groups[order], np.arange(size + 1))
    arranged = np.ascontiguousarray(values[:, order])
    quantiles = np.full((measures, size, len(probabilities)), np.nan)
    counts = np.zeros((measures, size), dtype=np.int64)
    wanted = np.asarray(probabilities, dtype=np.float64)
    for group in range(size):
        start, stop = bounds[group], bounds[group + 1]
        if start == stop:
            continue
        block = np.sort(arranged[:, start:stop], axis=1)  # gaps go to the end
        n = (stop - start) - np.isnan(block).sum(axis=1)
        counts[:, group] = n
        quantiles[:, group] = _of_sorted(block, n, wanted)
    return quantiles, counts


def _of_sorted(block: Floats, n: npt.NDArray[np.int64], wanted: Floats) -> Floats:
    place = np.maximum(n - 1, 0)[:, None] * wanted
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, np.maximum(n - 1, 0)[:, None])
    low = np.take_along_axis(block, below, axis=1)
    high = np.take_along_axis(block, above, axis=1)
    result: Floats = low + (high - low) * (place - below)
    return result


def percentile_rank(value: float, others: Floats) -> float:
    """Return the share (0 to 1) of others below a value, ties counted half.

    Source: Hazen (1914); the mid-rank form.
    """
    known = others[~np.isnan(others)]
    if not len(known):
        return float("nan")
    return float(((known < value).sum() + 0.5 * (known == value).sum()) / len(known))

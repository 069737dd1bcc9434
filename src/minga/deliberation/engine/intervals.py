"""Intervals for shares, and for how two shares differ, that hold for few cases and for shares of 0 and 1."""

from __future__ import annotations

import math
from numbers import Integral

from minga.deliberation.engine.errors import TraceError

#: Two-sided 95 %.
Z = 1.959963984540054


def wilson(cases: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share; of nothing counted, 0 to 1.

    Raises
    ------
    TraceError
        As for :func:`newcombe`.

    Source: Wilson (1927), Journal of the American Statistical Association 22, 209-212.
    """
    _demand_counts(cases, of)
    if of == 0:
        return 0.0, 1.0
    share = cases / of
    middle = (share + Z**2 / (2 * of)) / (1 + Z**2 / of)
    half = Z / (1 + Z**2 / of) * math.sqrt(share * (1 - share) / of + Z**2 / (4 * of**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def newcombe(cases: int, of: int, others: int, of_others: int) -> tuple[float, float]:
    """Return the 95 % interval of the difference between two shares.

    Parameters
    ----------
    cases, of : int
        Cases of the first share, and all that were counted for it.
    others, of_others : int
        The same of the second share.

    Returns
    -------
    tuple of float
        Lower and upper limit of the first share less the second, -1 to 1. Where nothing was counted, the share is taken
        as 0 with limits 0 and 1: such an interval is wide, and does not say that there is no difference.

    Raises
    ------
    TraceError
        A figure is no whole number of at least 0, or there are more cases than were counted.

    Source: Newcombe (1998), Statistics in Medicine 17, 873-890, method 10.
    """
    low, high = wilson(cases, of)
    other_low, other_high = wilson(others, of_others)
    first, second = _share(cases, of), _share(others, of_others)
    difference = first - second
    return (
        difference - math.hypot(first - low, other_high - second),
        difference + math.hypot(high - first, second - other_low),
    )


def ratio_interval(cases: int, of: int, others: int, of_others: int) -> tuple[float, float]:
    """Return the 95 % interval of the ratio of two shares, from the same limits as Newcombe's.

    Without a case among the others the upper limit is infinite.

    Source: Donner and Zou (2012), Statistical Methods in Medical Research 21(4), 347-359 (MOVER).
    """
    low, high = wilson(cases, of)
    other_low, other_high = wilson(others, of_others)
    first, second = _share(cases, of), _share(others, of_others)
    product = first * second

    # the two roots of a quadratic, written so that no denominator vanishes for the lower limit
    above, below = low * (2 * first - low), other_high * (2 * second - other_high)
    root = math.sqrt(max(product**2 - above * below, 0.0))
    lower = above / (product + root) if product + root > 0 else 0.0
    above, below = high * (2 * first - high), other_low * (2 * second - other_low)
    root = math.sqrt(max(product**2 - above * below, 0.0))
    return max(0.0, lower), (product + root) / below if below > 0 else math.inf


def _demand_counts(cases: int, of: int) -> None:
    for figure in (cases, of):
        if not isinstance(figure, Integral) or figure < 0:
            raise TraceError(f"{figure!r} is no count. Give whole numbers of at least 0: the cases, and of how many.")
    if cases > of:
        raise TraceError(f"There are {cases} cases of {of}, but no more can be cases than were counted. Correct them.")


def _share(cases: int, of: int) -> float:
    return cases / of if of else 0.0

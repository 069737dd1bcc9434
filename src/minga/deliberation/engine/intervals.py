"""Intervals for shares, and for how two shares differ, that hold for few cases and for shares of 0 and 1."""

from __future__ import annotations

import math

#: Two-sided 95 %.
Z = 1.959963984540054


def wilson(cases: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share.

    Source: Wilson (1927), Journal of the American Statistical Association 22, 209-212.
    """
    if of == 0:
        return 0.0, 1.0
    share = cases / of
    middle = (share + Z**2 / (2 * of)) / (1 + Z**2 / of)
    half = Z / (1 + Z**2 / of) * math.sqrt(share * (1 - share) / of + Z**2 / (4 * of**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def newcombe(cases: int, of: int, others: int, of_others: int) -> tuple[float, float]:
    """Return the 95 % interval of the difference between two shares.

    Source: Newcombe (1998), Statistics in Medicine 17, 873-890, method 10.
    """
    first, second = _share(cases, of), _share(others, of_others)
    low, high = wilson(cases, of)
    other_low, other_high = wilson(others, of_others)
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
    first, second = _share(cases, of), _share(others, of_others)
    low, high = wilson(cases, of)
    other_low, other_high = wilson(others, of_others)
    product = first * second

    # the two roots of a quadratic, written so that no denominator vanishes for the lower limit
    above, below = low * (2 * first - low), other_high * (2 * second - other_high)
    root = math.sqrt(max(product**2 - above * below, 0.0))
    lower = above / (product + root) if product + root > 0 else 0.0
    above, below = high * (2 * first - high), other_low * (2 * second - other_low)
    root = math.sqrt(max(product**2 - above * below, 0.0))
    return max(0.0, lower), (product + root) / below if below > 0 else math.inf


def _share(cases: int, of: int) -> float:
    return cases / of if of else 0.0

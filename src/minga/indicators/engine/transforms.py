"""What an indicator becomes when winsorising was not enough: the log family and Box-Cox."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from minga.indicators.engine.errors import StepError
from minga.indicators.engine.moments import skew_kurt

Floats = NDArray[np.float64]


def log_ct(x: Floats) -> Floats:
    """ln(x - min + 0.01 range)."""
    low, high = _ends(x)
    return np.asarray(np.log(x - low + 0.01 * (high - low)))


def log_ct_orig(x: Floats) -> Floats:
    """ln(x - min + 1)."""
    return np.asarray(np.log(x - _ends(x)[0] + 1.0))


def log_ct_plus(x: Floats) -> Floats:
    """``log_ct``, mirrored where the skew is negative, so that the long tail is the one drawn in."""
    return -log_ct(-x) if _skew(x) < 0 else log_ct(x)


def log_plain(x: Floats) -> Floats:
    """ln(x); every value must be positive."""
    low, _ = _ends(x)
    if low <= 0:
        raise StepError(f"The logarithm needs positive values, but the lowest is {low:g}. Use 'log_ct'.")
    return np.asarray(np.log(x))


def log_gii(x: Floats) -> Floats:
    """ln((max - 1)(x - min) / range + 1), mirrored where the skew is negative (Global Innovation Index)."""
    low, high = _ends(x)
    if high <= 1:
        raise StepError(f"'log_gii' needs a largest value above 1, but it is {high:g}. Rescale, or use 'log_ct'.")
    slope = (high - 1.0) / (high - low)
    if _skew(x) < 0:
        return np.asarray(-np.log(slope * (high - x) + 1.0))
    return np.asarray(np.log(slope * (x - low) + 1.0))


def boxcox(x: Floats) -> Floats:
    """Box-Cox with the most likely exponent; values are lifted above zero where needed."""
    from scipy.optimize import minimize_scalar

    low, high = _ends(x)
    positive = x if low > 0 else x - low + 0.01 * (high - low)
    seen = positive[~np.isnan(positive)]
    logs = np.log(seen)

    def loss(power: float) -> float:
        spread = float(np.var(_power(seen, power)))
        return np.inf if not spread > 0 else seen.size / 2 * np.log(spread) - (power - 1) * float(logs.sum())

    best = minimize_scalar(loss, bounds=(-5.0, 5.0), method="bounded", options={"xatol": 1e-10}).x
    return _power(positive, float(best))


def _power(x: Floats, power: float) -> Floats:
    return np.asarray(np.log(x) if abs(power) < 1e-12 else np.expm1(power * np.log(x)) / power)


def _ends(x: Floats) -> tuple[float, float]:
    low, high = float(np.nanmin(x)), float(np.nanmax(x))
    if low == high:
        raise StepError(f"Every value is {low:g}, so there is nothing to transform. Leave the indicator out.")
    return low, high


def _skew(x: Floats) -> float:
    return float(skew_kurt(x.reshape(-1, 1))[0][0])


TRANSFORMATIONS: dict[str, Callable[[Floats], Floats]] = {
    "log_ct": log_ct,
    "log_ct_orig": log_ct_orig,
    "log_ct_plus": log_ct_plus,
    "log": log_plain,
    "log_gii": log_gii,
    "boxcox": boxcox,
}

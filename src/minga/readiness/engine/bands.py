"""Bands: the level a score is closest to, with its word."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from minga.readiness.engine.instrument import Instrument

#: A sum of weights may miss a bound by the last digit of the computer; that must not cost a band.
_DIGITS = 9


def bands(scores: npt.NDArray[np.float64], top_level: int = 5) -> npt.NDArray[np.float64]:
    """Return the band of each score: 0 below 0.5, then one band a level, its lower bound included.

    Parameters
    ----------
    scores : array, 0 to ``top_level``, NaN where not scored

    Returns
    -------
    array
        Whole numbers 0 to ``top_level``; NaN stays NaN.
    """
    level: npt.NDArray[np.float64] = np.minimum(np.floor(np.round(scores, _DIGITS) + 0.5), top_level)
    return level


def band(score: float | None, top_level: int = 5) -> int | None:
    """Return the band of one score, None when there is no score."""
    return None if score is None else int(bands(np.array([score]), top_level)[0])


def band_label(band: Any, instrument: Instrument) -> str:
    """Return the word of a band in the language of the instrument, "" when there is no score."""
    return "" if band is None else instrument.scale.labels[int(band)]

"""Samples that fill a space evenly."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def latin_hypercube(draws: int, dimensions: int, seed: int) -> npt.NDArray[np.float64]:
    """Draw points from the unit cube so that each dimension is cut into ``draws`` slices with one point in each.

    Parameters
    ----------
    draws, dimensions : int
    seed : int
        The same seed gives the same points.

    Returns
    -------
    array (draws, dimensions), 0 to 1

    Source: McKay, Beckman and Conover (1979), Technometrics 21(2), 239-245.
    """
    random = np.random.default_rng(seed)
    slices = np.argsort(random.random((draws, dimensions)), axis=0)
    return (slices + random.random((draws, dimensions))) / draws

"""Benefit of the doubt: every unit is weighed by the weights that suit it best."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from minga.indicators.engine.errors import StepError

Floats = NDArray[np.float64]


def benefit_of_the_doubt(values: Floats, share: tuple[float, float] = (0.0, 1.0)) -> tuple[Floats, Floats]:
    """Score each unit (row) against the best practice, with its own most favourable weights.

    Maximise the weighted sum of the unit, while no unit exceeds 1 with the same weights. ``share`` bounds the part of
    the score that one column may make up. A missing column has weight 0 for that unit.

    Returns
    -------
    scores (0 to 1, NaN without any value), and the weights found, one row per unit.

    Source: Melyn and Moesen (1991); Cherchye et al. (2007). Solved with HiGHS.
    """
    if (values < 0).any():
        raise StepError("Benefit of the doubt needs values of at least 0. Use MinMax(1, 100) first.")
    peers = _undominated(np.nan_to_num(values, nan=0.0))
    scores, weights = np.full(values.shape[0], np.nan), np.full(values.shape, np.nan)
    for row, x in enumerate(values):
        seen = ~np.isnan(x)
        if not seen.any():
            continue
        found = _best_weights(x[seen], peers[:, seen], share)
        weights[row] = 0.0
        weights[row, seen] = found
        scores[row] = float(found @ x[seen])
    return scores, weights


def _undominated(values: Floats) -> Floats:
    """Keep the rows no other row beats in every column: only they can bind."""
    kept: list[Floats] = []
    for row in values[np.argsort(-values.sum(axis=1), kind="stable")]:
        if not kept or not (np.array(kept) >= row).all(axis=1).any():
            kept.append(row)
    return np.array(kept)


def _best_weights(x: Floats, peers: Floats, share: tuple[float, float]) -> Floats:
    from scipy.optimize import linprog

    least, greatest = share
    rows, limits = [peers], [np.ones(len(peers))]
    identity = np.diag(x)
    if least > 0:
        rows.append(least * x[None, :] - identity)
        limits.append(np.zeros(x.size))
    if greatest < 1:
        rows.append(identity - greatest * x[None, :])
        limits.append(np.zeros(x.size))
    solved = linprog(-x, A_ub=np.vstack(rows), b_ub=np.concatenate(limits), bounds=(0, None), method="highs")
    if not solved.success:
        raise StepError(
            f"No weights keep every child between {least:.0%} and {greatest:.0%} of the score. Widen aggregate.share."
        )
    return np.asarray(solved.x, dtype=np.float64)

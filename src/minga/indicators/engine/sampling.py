"""How sure a rank is where figures come from samples: the choice of method, and who happened to take part.

The caller resamples the members behind the figures (the businesses of a country, say) and hands over what the table
would then have held; members themselves never come here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from minga.indicators.engine.definition import Index
from minga.indicators.engine.errors import DataError, StepError
from minga.indicators.engine.factors import Factor, check_draws, factors_from
from minga.indicators.engine.replication import Engine
from minga.indicators.engine.uncertainty import Uncertainty, nominal_scores, one_draw_each, summarise

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Sources:
    """How sure scores and ranks are, by where the doubt comes from.

    ``method``: other choices of method, figures as they are; ``sampling``: other members took part, method as it is;
    ``together``: both at once, which is no sum of the two.
    """

    method: Uncertainty
    sampling: Uncertainty
    together: Uncertainty


def uncertainty_sources(
    index: Index, table: pl.DataFrame, replicates: Floats, uncertain: Mapping[str, Any] | None = None, *,
    n: int = 1000, seed: int = 1, quantiles: tuple[float, float] = (0.05, 0.95),
    progress: Callable[[int, int], None] | None = None,
) -> Sources:  # fmt: skip
    """Tell apart how much of the doubt in a rank comes from the method, and how much from who took part.

    Parameters
    ----------
    index, table, uncertain, n, seed, quantiles, progress
        As for :func:`uncertainty`.
    replicates : array (times, units, indicators)
        What the table would have held had other members taken part: units in the order of the table, indicators in
        that of the definition. NaN means that the figure of the table stays, as for indicators not sampled.

    Returns
    -------
    Sources

    Raises
    ------
    DataError
        The array does not fit the table.
    StepError
        Every calculation failed.

    Source: Efron and Tibshirani (1993), chapter 13 (percentile intervals); OECD and JRC (2008), step 7.
    """
    check_draws(n, 1, seed)
    factors = factors_from(index, uncertain, seed=seed, default_sets=n)
    u = one_draw_each(factors, np.random.default_rng([seed, 11]).random((n, len(factors))))
    engine = Engine(index, table, factors)
    figures = _filled(engine, replicates)
    nominal = nominal_scores(engine)
    times = len(figures)
    method, together, sampling = _Scores(n, engine), _Scores(n, engine), _Scores(times, engine)
    for block in engine.runs(u):
        method.take(block.start + np.arange(len(block.scores)), block.scores, block.failures)
    for at in range(times):
        other = engine.with_figures(figures[at])
        once = np.zeros(1, dtype=np.int64)
        alone = other.run([index], once, other.weights, once)
        sampling.take(np.array([at]), alone.scores, {run + at: reason for run, reason in alone.failures.items()})
        mine = np.arange(at, n, times)  # the runs are dealt out over the resamples
        for block in other.runs(u[mine]):
            rows = mine[block.start : block.start + len(block.scores)]
            together.take(rows, block.scores, {int(mine[run]): why for run, why in block.failures.items()})
        if progress:
            progress(at + 1, times)
    none: tuple[Factor, ...] = ()
    return Sources(
        method=method.summary(factors, u, nominal, seed, quantiles),
        sampling=sampling.summary(none, np.empty((times, 0)), nominal, seed, quantiles),
        together=together.summary(factors, u, nominal, seed, quantiles),
    )


def _filled(engine: Engine, replicates: Floats) -> Floats:
    wanted = engine.raw.values.shape
    if replicates.ndim != 3 or replicates.shape[1:] != wanted or not len(replicates):
        raise DataError(
            f"The replicates have the shape {replicates.shape}; the table has {wanted[0]} units and {wanted[1]} "
            f"indicators. Give an array (times, {wanted[0]}, {wanted[1]})."
        )
    return np.where(np.isnan(replicates), engine.raw.values, replicates)


class _Scores:
    """The scores of some calculations, and which of them failed."""

    def __init__(self, n: int, engine: Engine) -> None:
        self.engine = engine
        self.scores = np.full((n, engine.raw.size), np.nan)
        self.failures: dict[int, str] = {}

    def take(self, rows: NDArray[np.int64], scores: Floats, failures: Mapping[int, str]) -> None:
        self.scores[rows] = scores
        self.failures |= failures

    def summary(
        self, factors: tuple[Factor, ...], u: Floats, nominal: Floats, seed: int, quantiles: tuple[float, float]
    ) -> Uncertainty:
        if len(self.failures) == len(self.scores):
            raise StepError(f"All {len(self.scores)} replications failed. The first: {self.failures[0]}")
        good = np.ones(len(self.scores), dtype=np.bool_)
        good[list(self.failures)] = False
        return summarise(self.engine, factors, u, nominal, self.scores, good, self.failures, seed, quantiles)

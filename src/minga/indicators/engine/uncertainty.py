"""How sure a rank is: the index calculated many times over the choices its makers could have made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from minga.indicators.engine.definition import Index
from minga.indicators.engine.errors import StepError
from minga.indicators.engine.factors import Factor, check_draws, factors_from
from minga.indicators.engine.ranking import rank_rows
from minga.indicators.engine.replication import Engine

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """The outcome of many replications.

    ``ranks``: per unit the nominal rank, mean, median, 5% and 95% quantile; ``scores`` likewise; ``failures``: the
    replications that could not be calculated and why (they are counted, and left out of the figures above).
    """

    units: tuple[str, ...]
    ranks: pl.DataFrame
    scores: pl.DataFrame
    failures: pl.DataFrame
    n: int
    seed: int
    nominal: Floats
    draws: pl.DataFrame
    _ranks: NDArray[np.float32]

    @property
    def failed(self) -> int:
        return self.failures.height

    @cached_property
    def pairwise(self) -> pl.DataFrame:
        """For each pair of units, the share of replications in which the first ranks above the second."""
        order = np.argsort(self.nominal, kind="stable")
        rows = []
        for i in order:
            above = (self._ranks[:, [i]] < self._ranks).sum(axis=0)
            known = (~np.isnan(self._ranks[:, [i]]) & ~np.isnan(self._ranks)).sum(axis=0)
            with np.errstate(invalid="ignore"):
                rows.append((above / known)[order])
        names = [self.units[at] for at in order]
        return pl.DataFrame({
            "unit": np.repeat(names, len(names)), "other": names * len(names), "share_above": np.concatenate(rows),
        })  # fmt: skip


def uncertainty(
    index: Index, table: pl.DataFrame, uncertain: Mapping[str, Any] | None = None, *, n: int = 1000, seed: int = 1,
    quantiles: tuple[float, float] = (0.05, 0.95), progress: Callable[[int, int], None] | None = None,
) -> Uncertainty:  # fmt: skip
    """Calculate the index n times with the uncertain choices drawn at random.

    Parameters
    ----------
    uncertain : path to choices: a list of values, :class:`Uniform`, and for ``weights`` :class:`Jitter` or a list of
        weight sets; None takes the [uncertainty] of the definition, or every weight by up to a quarter
    n : replications
    seed : the same seed gives the same bytes
    progress : called with replications done and wanted

    Returns
    -------
    Uncertainty

    Raises
    ------
    StepError
        Every replication failed.

    Source: OECD and JRC (2008), step 7; Saisana, Saltelli and Tarantola (2005).
    """
    check_draws(n, 1, seed)
    factors = factors_from(index, uncertain, seed=seed, default_sets=n)
    u = np.random.default_rng([seed, 11]).random((n, len(factors)))
    u = one_draw_each(factors, u)
    engine = Engine(index, table, factors)
    nominal = nominal_scores(engine)
    scores = np.empty((n, engine.raw.size))
    failures: dict[int, str] = {}
    for block in engine.runs(u):
        scores[block.start : block.start + len(block.scores)] = block.scores
        failures |= block.failures
        if progress:
            progress(block.start + len(block.scores), n)
    if len(failures) == n:
        raise StepError(f"All {n} replications failed. The first: {next(iter(failures.values()))}")
    good = np.ones(n, dtype=np.bool_)
    good[list(failures)] = False
    return summarise(engine, factors, u, nominal, scores, good, failures, seed, quantiles)


def one_draw_each(factors: tuple[Factor, ...], u: Floats) -> Floats:
    """With as many weight rows as replications, replication i takes row i: nothing is drawn twice."""
    for at, factor in enumerate(factors):
        if factor.weights is not None and factor.weights.shape[0] == u.shape[0]:
            u[:, at] = (np.arange(u.shape[0]) + 0.5) / u.shape[0]
    return u


def nominal_scores(engine: Engine) -> Floats:
    """The scores of the definition as it stands."""
    once = np.zeros(1, dtype=np.int64)
    block = engine.run([engine.index], once, engine.weights, once)
    if block.failures:
        raise StepError(f"The index itself cannot be calculated. {block.failures[0]}")
    return np.asarray(block.scores[0])


def ranks_of(index: Index, scores: Floats) -> Floats:
    """Rank each replication's scores, best first."""
    return rank_rows(scores if index.best == "high" else -scores)


def summarise(
    engine: Engine, factors: tuple[Factor, ...], u: Floats, nominal: Floats, scores: Floats,
    good: NDArray[np.bool_], failures: dict[int, str], seed: int, quantiles: tuple[float, float],
) -> Uncertainty:  # fmt: skip
    """Bring the scores of all replications to ranks and quantiles."""
    nominal_ranks = ranks_of(engine.index, nominal[None, :])[0]
    ranks = np.empty(scores.shape, dtype=np.float32)
    for start in range(0, len(scores), 20_000):
        ranks[start : start + 20_000] = ranks_of(engine.index, scores[start : start + 20_000])
    units = engine.raw.units.to_list()
    key = engine.index.unit
    return Uncertainty(
        units=tuple(units),
        ranks=_table(key, units, nominal_ranks, ranks[good], quantiles),
        scores=_table(key, units, nominal, scores[good], quantiles),
        failures=pl.DataFrame(
            {"replication": [at + 1 for at in failures], "reason": list(failures.values())},
            schema={"replication": pl.Int64, "reason": pl.String},
        ),
        n=len(scores),
        seed=seed,
        nominal=nominal_ranks,
        draws=draws_table(factors, u),
        _ranks=ranks,
    )


def _table(
    key: str,
    units: list[str],
    nominal: Floats,
    draws: Floats | NDArray[np.float32],
    quantiles: tuple[float, float],
) -> pl.DataFrame:
    """Mean, median and quantiles of each unit over the replications in which it has a value."""
    low, high = quantiles
    gaps = bool(np.isnan(draws).any())
    found = np.empty((4, draws.shape[1]))
    for start in range(0, draws.shape[1], 64):  # some units at a time: sorting copies them
        part = draws[:, start : start + 64].astype(np.float64)
        columns = slice(start, start + part.shape[1])
        with np.errstate(invalid="ignore"):
            if gaps:
                found[:, columns] = _with_gaps(part, low, high)
            else:
                found[0, columns] = part.mean(axis=0)
                found[1:, columns] = np.quantile(part, [0.5, low, high], axis=0)
    return pl.DataFrame({
        key: units, "nominal": nominal, "mean": found[0], "median": found[1], "low": found[2], "high": found[3],
    }).with_columns(pl.col("nominal", "mean", "median", "low", "high").fill_nan(None))  # fmt: skip


def _with_gaps(part: Floats, low: float, high: float) -> Floats:
    found = np.full((4, part.shape[1]), np.nan)
    some = ~np.isnan(part).all(axis=0)
    found[0, some] = np.nanmean(part[:, some], axis=0)
    found[1:, some] = np.nanquantile(part[:, some], [0.5, low, high], axis=0)
    return found


def draws_table(factors: tuple[Factor, ...], u: Floats) -> pl.DataFrame:
    """What each replication drew, one column per factor."""
    columns: dict[str, Any] = {"replication": np.arange(1, u.shape[0] + 1)}
    for factor, column in zip(factors, u.T, strict=True):
        pick, values = factor.draw(column)
        if factor.range is not None:
            columns[factor.path] = np.array(values)[pick]
        else:
            columns[factor.path] = pl.Series(list(factor.labels), dtype=pl.Categorical)[pick]
    return pl.DataFrame(columns)

"""Which uncertain choice moves the ranks: variance-based sensitivity, estimated or counted out exactly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from minga.indicators.engine.definition import Index
from minga.indicators.engine.errors import DefinitionError, StepError
from minga.indicators.engine.factors import Factor, check_draws, factors_from
from minga.indicators.engine.replication import Engine
from minga.indicators.engine.uncertainty import nominal_scores, ranks_of

Floats = NDArray[np.float64]
SAMPLERS = ("sobol", "random", "exact")
MAX_EXACT = 2_000_000
Target = Callable[[Floats, Floats], Floats]


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """First-order and total indices of each factor, with bootstrap intervals where they are estimates.

    ``y`` is the target of every run in the order A, B, AB_1, ..., AB_d (of every combination for ``exact``).
    """

    indices: pl.DataFrame
    mean: float
    variance: float
    runs: int
    failures: pl.DataFrame
    sampler: str
    y: Floats


def sobol(
    index: Index, table: pl.DataFrame, uncertain: Mapping[str, Any] | None = None, *,
    n: int = 1024, sampler: str = "sobol",
    target: str | Target = "mean_abs_rank_change", unit: str | None = None, seed: int = 1, bootstrap: int = 200,
    progress: Callable[[int, int], None] | None = None,
) -> Sensitivity:  # fmt: skip
    """Share the variance of a target out among the uncertain choices.

    Parameters
    ----------
    uncertain : as for :func:`uncertainty`; ``weights`` counts as one factor that picks among weight sets
    n : size of the two base samples; there are ``n * (d + 2)`` runs
    sampler : ``sobol`` (scrambled low-discrepancy), ``random``, or ``exact``: every combination of discrete choices
    target : ``mean_abs_rank_change`` against the nominal ranks, ``unit_rank`` (of ``unit``), or a function of the
        scores (runs x units) and the nominal scores
    seed : the same seed gives the same bytes

    Returns
    -------
    Sensitivity: ``first`` (Saltelli 2010) and ``total`` (Jansen) per factor, with 5% and 95% bootstrap quantiles.

    Source: Saltelli et al. (2010); Jansen (1999).
    """
    if sampler not in SAMPLERS:
        raise DefinitionError(f"{sampler!r} is no sampler. Choose one of: {', '.join(SAMPLERS)}.")
    check_draws(n, 2, seed)
    factors = factors_from(index, uncertain, seed=seed, default_sets=100)
    engine = Engine(index, table, factors)
    measure = _target(engine, target, unit)
    step = progress or (lambda done, wanted: None)
    if sampler == "exact":
        return _exact(engine, factors, measure, step)
    d = len(factors)
    y, failures = _run(engine, design(n, d, sampler, seed), measure, step)
    good = _complete(y, n, d)
    if good.sum() < 2:
        raise StepError(f"Too many runs failed to estimate anything. The first: {next(iter(failures.values()), '')}")
    kept = y.reshape(d + 2, n)[:, good].ravel()
    estimates = sobol_indices(kept, d, bootstrap=bootstrap, seed=seed)
    table_ = estimates.insert_column(0, pl.Series("factor", [factor.path for factor in factors]))
    base = y[: 2 * n][~np.isnan(y[: 2 * n])]
    return Sensitivity(table_, float(base.mean()), float(base.var(ddof=1)), y.size, _failures(failures), sampler, y)


def design(n: int, d: int, sampler: str = "sobol", seed: int = 1) -> Floats:
    """The runs as numbers of 0 to 1: samples A and B, then A with one column after another taken from B."""
    if sampler == "sobol":
        from scipy.stats import qmc

        power = max(0, int(np.ceil(np.log2(max(1, n)))))
        both = qmc.Sobol(2 * d, scramble=True, rng=np.random.default_rng([seed, 13])).random_base2(power)[:n]
    else:
        both = np.random.default_rng([seed, 13]).random((n, 2 * d))
    a, b = both[:, :d], both[:, d:]
    mixed = []
    for at in range(d):
        changed = a.copy()
        changed[:, at] = b[:, at]
        mixed.append(changed)
    return np.vstack([a, b, *mixed])


def _target(engine: Engine, target: str | Target, unit: str | None) -> Callable[[Floats], Floats]:
    """A function from scores (runs x units) to one number a run."""
    nominal = nominal_scores(engine)
    ranks = ranks_of(engine.index, nominal[None, :])[0]
    if callable(target):
        return lambda scores: np.asarray(target(scores, nominal), dtype=np.float64)
    if target == "mean_abs_rank_change":
        return lambda scores: np.asarray(_mean_change(ranks_of(engine.index, scores), ranks))
    if target == "unit_rank":
        units = engine.raw.units.to_list()
        if unit not in units:
            raise DefinitionError(f"The target 'unit_rank' needs a unit of the data; {unit!r} is none.")
        at = units.index(unit)
        return lambda scores: ranks_of(engine.index, scores)[:, at]
    raise DefinitionError(f"{target!r} is no target. Use 'mean_abs_rank_change', 'unit_rank' or a function.")


def _mean_change(ranks: Floats, nominal: Floats) -> Floats:
    change = np.abs(ranks - nominal)
    known = ~np.isnan(change)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(known, change, 0.0).sum(axis=1) / known.sum(axis=1))


def _run(
    engine: Engine, u: Floats, measure: Callable[[Floats], Floats], step: Callable[[int, int], None]
) -> tuple[Floats, dict[int, str]]:
    y = np.empty(u.shape[0])
    failures: dict[int, str] = {}
    for block in engine.runs(u):
        y[block.start : block.start + len(block.scores)] = measure(block.scores)
        failures |= block.failures
        step(block.start + len(block.scores), u.shape[0])
    y[list(failures)] = np.nan
    return y, failures


def _complete(y: Floats, n: int, d: int) -> NDArray[np.bool_]:
    """Rows of the design in which no run failed; estimators need them whole."""
    return np.asarray(~np.isnan(y.reshape(d + 2, n)).any(axis=0), dtype=np.bool_)


def _failures(found: dict[int, str]) -> pl.DataFrame:
    return pl.DataFrame({"run": [at + 1 for at in found], "reason": list(found.values())},
                        schema={"run": pl.Int64, "reason": pl.String})  # fmt: skip


def sobol_indices(y: Floats, d: int, *, bootstrap: int = 0, seed: int = 1) -> pl.DataFrame:
    """Estimate indices from the target of every run, in the order A, B, AB_1, ..., AB_d.

    Returns one row per factor: ``first``, ``total``, and with ``bootstrap`` the quantiles ``first_low``,
    ``first_high``, ``total_low``, ``total_high`` (5%, 95%).
    """
    parts = np.asarray(y, dtype=np.float64).reshape(d + 2, -1)
    n = parts.shape[1]
    first, total = _estimate(parts)
    columns = {"first": first, "total": total}
    if bootstrap:
        random = np.random.default_rng([seed, 17])
        draws = np.array([_estimate(parts[:, random.integers(0, n, n)]) for _ in range(bootstrap)])
        known = draws[~np.isnan(draws).any(axis=(1, 2))]  # a sample in which nothing varies tells nothing
        low, high = np.quantile(known, [0.05, 0.95], axis=0) if len(known) else np.full((2, 2, d), np.nan)
        columns |= {"first_low": low[0], "first_high": high[0], "total_low": low[1], "total_high": high[1]}
    return pl.DataFrame(columns).with_columns(pl.all().fill_nan(None))


def _estimate(parts: Floats) -> tuple[Floats, Floats]:
    """First-order indices by Saltelli (2010), total ones by Jansen (1999)."""
    a, b, mixed = parts[0], parts[1], parts[2:]
    variance = np.var(np.concatenate([a, b]), ddof=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.mean(b * (mixed - a), axis=1) / variance, np.mean((a - mixed) ** 2, axis=1) / 2 / variance


def _exact(
    engine: Engine,
    factors: tuple[Factor, ...],
    measure: Callable[[Floats], Floats],
    step: Callable[[int, int], None],
) -> Sensitivity:
    """Calculate every combination of the choices and count the variance out."""
    ranges = [factor.path for factor in factors if factor.range is not None]
    if ranges:
        raise DefinitionError(
            f"{', '.join(ranges)} may be any number, so combinations cannot be counted out. Give a list of choices."
        )
    sizes = [factor.size for factor in factors]
    if np.prod(sizes, dtype=float) > MAX_EXACT:
        raise DefinitionError(f"There are {np.prod(sizes, dtype=float):.0f} combinations, above {MAX_EXACT}. "
                              "Use the sampler 'sobol', or fewer choices.")  # fmt: skip
    rows = np.array(list(product(*(range(size) for size in sizes))))
    y, failures = _run(engine, (rows + 0.5) / np.array(sizes), measure, step)
    if failures:
        raise StepError(
            f"{len(failures)} of {y.size} combinations cannot be calculated, so the variance cannot be counted out. "
            f"The first: {next(iter(failures.values()))} Take the choice out, or use the sampler 'sobol'."
        )
    first, total = exact_indices(y.reshape(sizes))
    found = pl.DataFrame({"factor": [factor.path for factor in factors], "first": first, "total": total})
    return Sensitivity(found, float(y.mean()), float(y.var()), y.size, _failures({}), "exact", y)


def exact_indices(y: Floats) -> tuple[Floats, Floats]:
    """Indices of a full table of outcomes, one axis per factor: variance of conditional means over the variance."""
    variance = y.var()
    axes = range(y.ndim)
    if variance == 0:
        return np.full(y.ndim, np.nan), np.full(y.ndim, np.nan)
    first = [y.mean(axis=tuple(other for other in axes if other != axis)).var() / variance for axis in axes]
    total = [y.var(axis=axis).mean() / variance for axis in axes]
    return np.array(first), np.array(total)

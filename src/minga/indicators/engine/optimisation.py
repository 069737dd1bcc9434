"""Weights that give each part the importance its makers meant, found within bounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from minga.indicators.engine.aggregation import NodeRules, combine
from minga.indicators.engine.definition import Index
from minga.indicators.engine.errors import DefinitionError, StepError
from minga.indicators.engine.pipeline import fit, node_rules, weight_row
from minga.indicators.engine.structure import Tree

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class OptimisedWeights:
    """Weights found, and what they reach.

    ``table``: per element its ``weight``, the importance ``wanted`` and ``obtained`` (both sum to one), its
    ``correlation`` with the index and whether it ``is_zero``. ``index`` has the weights in place. ``loss`` is the
    log of the mean squared error (for ``information``, minus the log of the mean squared correlation); all figures
    are those of the weights returned. ``converged`` tells whether the best start ended at an optimum.
    """

    index: Index
    table: pl.DataFrame
    loss: float
    start_loss: float
    converged: bool
    evaluations: int


def optimise_weights(
    index: Index, table: pl.DataFrame, *, level: int = 2, target: str | Mapping[str, float] = "equal",
    bounds: tuple[float, float] | None = (0.0, 1.0), floor: float = 0.0, starts: int = 12, seed: int = 1,
) -> OptimisedWeights:  # fmt: skip
    """Find weights at one level so that each element's correlation with the index has the wanted proportion.

    Parameters
    ----------
    target : ``equal``, a mapping of wanted importance, or ``information`` (highest mean squared correlation)
    bounds : least and greatest weight, or None for no bounds; ``floor`` lifts the least one, so that nothing is lost
    starts : how many starting points (the first is equal weights); L-BFGS-B from each, then Nelder-Mead polish

    Source: Becker et al. (2017); OECD and JRC (2008), step 6.
    """
    from scipy.optimize import minimize

    tree = index.tree
    positions = tree.at_level(level)
    if len(positions) < 2 or tree.root in positions:
        raise DefinitionError(f"Level {level} has no two elements to weigh. Levels run from 1 to {tree.top - 1}.")
    score = _scorer(index, table, positions)
    parts = score.parts
    wanted = _wanted(tree, positions, target)
    loss = _loss(score, parts, wanted)
    limits = None if bounds is None else [(max(bounds[0], floor), bounds[1])] * len(positions)
    random = np.random.default_rng([seed, 19])
    found, converged, count = np.full(len(positions), 0.5), False, 0
    best = loss(found)
    start_loss = best
    for at in range(starts):
        start = np.full(len(positions), 0.5) if at == 0 else random.uniform(0.05, 1.0, len(positions))
        done = minimize(loss, start, method="L-BFGS-B", bounds=limits, options={"maxiter": 500, "maxfun": 20_000})
        count += int(done.nfev)
        if done.fun < best - 1e-12:
            best, found, converged = float(done.fun), np.asarray(done.x), bool(done.success)
    options = {"maxiter": 4000, "maxfev": 8000, "xatol": 1e-9, "fatol": 1e-11, "adaptive": True}
    polished = minimize(loss, found, method="Nelder-Mead", bounds=limits, options=options)
    count += int(polished.nfev)
    if polished.fun <= best:
        best, found, converged = float(polished.fun), np.asarray(polished.x), bool(polished.success) or converged
    return _answer(index, tree, positions, score, wanted, found, best, start_loss, converged, count)


def _wanted(tree: Tree, positions: list[int], target: str | Mapping[str, float]) -> Floats | None:
    if target == "information":
        return None
    if target == "equal":
        return np.full(len(positions), 1.0 / len(positions))
    if isinstance(target, str):
        raise DefinitionError(f"{target!r} is no target. Use 'equal', 'information' or a mapping of importance.")
    names = [tree.codes[position] for position in positions]
    if set(target) != set(names):
        raise DefinitionError(f"The target must give an importance for each of: {', '.join(names)}.")
    wanted = np.array([target[name] for name in names], dtype=np.float64)
    return np.asarray(wanted / wanted.sum())


class _scorer:
    """Scores of the index as a function of the weights at one level; what lies below is calculated once."""

    def __init__(self, index: Index, table: pl.DataFrame, positions: list[int]) -> None:
        result = fit(index, table)
        self.tree, self.positions = index.tree, positions
        self.columns = [*result.stages["normalised"].values.T, *result.node_scores.T]
        self.parts = np.column_stack([self.columns[position] for position in positions])
        self.weights = weight_row(index)
        self.rules: NodeRules = node_rules(index)
        affected = {self.tree.parents[position] for position in positions}
        self.order = []
        for at, position in enumerate(self.tree.order):
            if position in affected or affected & set(self.tree.children[position]):
                affected.add(position)
                self.order.append((at, position))

    def __call__(self, found: Floats) -> Floats:
        weights = self.weights.copy()
        weights[self.positions] = found
        columns = list(self.columns)
        once = np.zeros(1, dtype=np.int64)
        for at, position in self.order:
            children = list(self.tree.children[position])
            blocks = [columns[child][None, :] for child in children]
            out, bad, reason = combine(self.rules.rules[at], blocks, [once] * len(children),
                                       weights[children][None, :], self.rules.shares[at])  # fmt: skip
            if bad.any():
                raise StepError(f"Node {self.tree.codes[position]!r}: {reason}")
            columns[position] = out[0]
        return np.asarray(columns[self.tree.root])


def _correlation(parts: Floats, scores: Floats) -> Floats:
    """Each element's correlation with the index, over the units both have."""
    seen = ~np.isnan(scores)
    if seen.sum() < 2:
        return np.full(parts.shape[1], np.nan)
    if not np.isnan(parts).any():
        z = parts[seen] - parts[seen].mean(axis=0)
        y = scores[seen] - scores[seen].mean()
        with np.errstate(all="ignore"):
            return np.asarray((z * y[:, None]).sum(axis=0) / np.sqrt((z * z).sum(axis=0) * (y * y).sum()))
    from minga.indicators.engine.statistics import correlations

    return correlations(np.column_stack([parts, scores]))[0][:-1, -1]


def _loss(score: _scorer, parts: Floats, wanted: Floats | None) -> Callable[[Floats], float]:
    def loss(weights: Floats) -> float:
        r = _correlation(parts, score(weights))
        if np.isnan(r).any():
            return 50.0
        if wanted is None:
            return float(-np.log(np.mean(r * r)))
        total = r.sum()
        error = float(np.mean((r / total - wanted) ** 2)) if total != 0 else 1e9
        return float(np.log(max(error, 1e-30)))

    return loss


def _answer(
    index: Index, tree: Tree, positions: list[int], score: _scorer, wanted: Floats | None, found: Floats,
    best: float, start_loss: float, converged: bool, count: int,
) -> OptimisedWeights:  # fmt: skip
    found = np.where(np.abs(found) < 1e-9 * np.abs(found).max(), 0.0, found)  # what is nearly nothing is nothing
    weights = found / found.sum()
    r = _correlation(score.parts, score(found))
    names = [tree.codes[position] for position in positions]
    table = pl.DataFrame({
        "code": names, "weight": weights,
        "wanted": wanted if wanted is not None else [None] * len(names),
        "obtained": r / r.sum(), "correlation": r, "is_zero": np.abs(weights) < 1e-9,
    }).with_columns(pl.col("wanted").cast(pl.Float64))  # fmt: skip
    given = dict(zip(names, weights.tolist(), strict=True))
    return OptimisedWeights(index.replace("weights", given), table, best, start_loss, converged, count)

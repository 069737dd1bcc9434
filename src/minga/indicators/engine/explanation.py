"""Why a unit stands where it stands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from minga.indicators.engine.aggregation import Floats
from minga.indicators.engine.data import Data
from minga.indicators.engine.errors import DataError
from minga.indicators.engine.pipeline import node_rules, weight_row
from minga.indicators.engine.ranking import ranks_within
from minga.indicators.engine.result import Result
from minga.indicators.engine.steps import Aggregation
from minga.indicators.engine.structure import Tree


@dataclass(frozen=True, eq=False)
class Explanation:
    """One unit's place: ``contributions`` per indicator and node, ``strengths``, ``weaknesses``, ``changed`` cells.

    ``ranked`` is how many units have a rank (at that ``time``).
    """

    unit: str
    contributions: pl.DataFrame
    strengths: pl.DataFrame
    weaknesses: pl.DataFrame
    changed: pl.DataFrame
    time: object = None
    ranked: int = 0


def explain(
    result: Result, unit: str, *, time: object = None, top: int = 5, by: str = "raw", include_last: bool = True
) -> Explanation:
    """Say why a unit has its score.

    Parameters
    ----------
    unit, time : the row; without ``time`` the latest
    top : how many strengths and weaknesses (no indicator is both)
    by : the stage whose ranks count (``raw``, ``denominated``, ..., ``normalised``)
    include_last : False leaves out indicators in which the unit is (or shares) the last place, as COINr does

    Returns
    -------
    Explanation. ``contributions`` gives for every indicator and node its score, rank, effective weight, and the part
    of the overall score it brings (for power means by Euler's theorem, so the parts add up exactly; for other rules
    there is none). Strengths are the indicators in which the unit ranks best, directions counted.
    """
    row = _row(result, unit, time)
    stage = result.stages.get(by) or result.stages[result._before(by)]
    table = _indicator_ranks(result, stage.data, stage.values, unit, result.data.times[row]
                             if result.data.times is not None else None)  # fmt: skip
    seen = table.filter(pl.col("rank").is_not_null())
    if not include_last:
        seen = seen.filter(pl.col("rank") < pl.col("last"))
    changed = result.why.filter(pl.col(result.index.unit) == unit)
    when = result.data.times[row] if result.data.times is not None else None
    if when is not None and result.index.panel.time:
        changed = changed.filter(pl.col(result.index.panel.time) == when)
    same = result.data.time_codes() == result.data.time_codes()[row]
    top_ranks = result.node_ranks[same, result.index.tree.root - result.index.tree.indicators]
    return Explanation(
        unit=unit,
        contributions=_contributions(result, row),
        strengths=seen.sort("rank", maintain_order=True).head(min(top, (seen.height + 1) // 2)),
        weaknesses=seen.sort("rank", maintain_order=True).tail(min(top, seen.height // 2)),
        changed=changed,
        time=when,
        ranked=int((~np.isnan(top_ranks)).sum()),
    )


def _row(result: Result, unit: str, time: object) -> int:
    mask = (result.units == unit).to_numpy()
    if time is not None and result.data.times is not None:
        mask = mask & (result.data.times == time).to_numpy()
    rows = np.flatnonzero(mask)
    if not rows.size:
        when = "" if time is None else f" at {time}"
        raise DataError(f"There is no unit {unit!r}{when} in this result. It may have been screened out; see why.")
    if result.data.times is None:
        return int(rows[0])
    return int(rows[np.argmax(result.data.times[rows].to_numpy())])


def _indicator_ranks(result: Result, data: Data, values: Floats, unit: str, time: object) -> pl.DataFrame:
    index = result.index
    direction = np.array([item.direction for item in index.indicators], dtype=np.float64)
    ranks = ranks_within(values * direction, data.time_codes())
    mask = (data.units == unit).to_numpy()
    if data.times is not None:
        mask = mask & (data.times == time).to_numpy()
    row = int(np.flatnonzero(mask)[0])
    tree = index.tree
    return pl.DataFrame({
        "indicator": index.codes,
        "name": [item.name for item in index.indicators],
        "node": [tree.codes[tree.parents[at]] for at in range(tree.indicators)],
        "rank": ranks[row],
        "last": np.fmax.reduce(ranks if data.times is None else ranks[(data.times == time).to_numpy()], axis=0),
        "value": values[row],
        "unit": [item.unit for item in index.indicators],
        "direction": ["more is better" if item.direction > 0 else "less is better" for item in index.indicators],
    }).with_columns(pl.col("value").fill_nan(None), pl.col("rank", "last").fill_nan(None).cast(pl.Int64))  # fmt: skip


def _contributions(result: Result, row: int) -> pl.DataFrame:
    tree = result.index.tree
    values = np.concatenate([result.stages["normalised"].values[row], result.node_scores[row]])
    ranks = np.concatenate([
        ranks_within(result.stages["normalised"].values, result.data.time_codes())[row], result.node_ranks[row]
    ])  # fmt: skip
    items = result.index.items
    from minga.indicators.engine.weighting import effective

    weights = weight_row(result.index)
    rules = dict(zip(tree.order, node_rules(result.index).rules, strict=True))
    return pl.DataFrame({
        "code": tree.codes, "name": [item.name for item in items], "level": tree.levels,
        "parent": [item.parent for item in items], "score": values, "rank": ranks,
        "effective_weight": effective(tree, weights), "contribution": contributions(tree, values, weights, rules),
        "direction": ["" if at >= tree.indicators else
                      "more is better" if result.index.indicators[at].direction > 0 else "less is better"
                      for at in range(len(items))],
    }).with_columns(
        pl.col("score", "contribution").fill_nan(None), pl.col("rank").fill_nan(None).cast(pl.Int64)
    )  # fmt: skip


def contributions(tree: Tree, values: Floats, weights: Floats, rules: dict[int, Aggregation]) -> Floats:
    """Share the overall score out among nodes and indicators, from the top down.

    Power means are homogeneous, so a score is the sum of its children times their slopes (Euler); slopes multiply on
    the way down. Below a rule without slopes there are no contributions.
    """
    slope = np.full(values.size, np.nan)
    slope[tree.root] = 1.0
    for position in sorted(tree.order, key=lambda at: -tree.levels[at]):
        children = np.array(tree.children[position], dtype=np.int64)
        if children.size:
            slope[children] = slope[position] * _slopes(rules[position], values[children], weights[children])
    return slope * values


def _slopes(rule: Aggregation, values: Floats, weights: Floats) -> NDArray[np.float64]:
    """How much the parent moves with each child."""
    p = rule.exponent
    seen = ~np.isnan(values) & (weights != 0)
    if p is None or rule.offset != 0 or not seen.any():
        return np.full(values.size, np.nan)
    slopes = np.zeros(values.size)
    x, w = values[seen], weights[seen] / weights[seen].sum()
    with np.errstate(all="ignore"):
        mean = np.exp((w * np.log(x)).sum()) if p == 0 else (w * x**p).sum() ** (1.0 / p)
        slopes[seen] = rule.factor * w * (np.ones(x.size) if p == 1 else (x / mean) ** (p - 1.0))
    return slopes

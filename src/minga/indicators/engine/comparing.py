"""Two versions of an index side by side, and the index without each of its parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from minga.indicators.engine.definition import Index
from minga.indicators.engine.errors import DataError, DefinitionError, StepError
from minga.indicators.engine.pipeline import weight_row
from minga.indicators.engine.replication import Engine
from minga.indicators.engine.result import Result
from minga.indicators.engine.statistics import correlations
from minga.indicators.engine.uncertainty import ranks_of


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two results: ``ranks`` per unit (both, difference), ``correlations`` of the scores per node."""

    ranks: pl.DataFrame
    correlations: pl.DataFrame
    mean_abs_rank_change: float


def compare(a: Result, b: Result, *, node: str | None = None, method: str = "spearman") -> Comparison:
    """Compare two results over the units (and times) both have.

    Returns
    -------
    Comparison. ``ranks``: ``rank_a``, ``rank_b``, ``difference`` (a - b: positive means better in b). ``correlations``:
    one row per node both have.
    """
    node = node or a.index.tree.codes[a.index.tree.root]
    shared = [code for code in a.nodes if code in b.nodes]
    if node not in shared:
        raise DataError(f"Node {node!r} is not in both results. They share: {', '.join(shared) or 'none'}.")
    keys = a.keys.columns
    left = _numbered(a, node, "a")
    right = _numbered(b, node, "b").rename(dict(zip(b.keys.columns, keys, strict=True)))
    joint = left.join(right, on=keys, how="inner", maintain_order="left")
    if joint.is_empty():
        raise DataError("The two results have no unit in common.")
    rows_a, rows_b = joint["_a"].to_numpy(), joint["_b"].to_numpy()
    found = []
    for code in shared:
        pair = np.column_stack([a.node_scores[rows_a, a.nodes.index(code)], b.node_scores[rows_b, b.nodes.index(code)]])
        found.append((code, float(correlations(pair, method)[0][0, 1])))
    ranks = joint.drop("_a", "_b").with_columns((pl.col("rank_a") - pl.col("rank_b")).alias("difference"))
    change = ranks["difference"].abs().mean()
    table = pl.DataFrame(found, schema={"node": pl.String, "correlation": pl.Float64}, orient="row")
    return Comparison(ranks, table.with_columns(pl.col("correlation").fill_nan(None)),
                      float(change) if isinstance(change, float | int) else float("nan"))  # fmt: skip


def _numbered(result: Result, node: str, name: str) -> pl.DataFrame:
    """Keys, the ranks of a node, and the row each stands in."""
    ranks = pl.Series(f"rank_{name}", result.node_ranks[:, result.nodes.index(node)]).fill_nan(None).cast(pl.Int64)
    return result.keys.with_columns(ranks, pl.int_range(pl.len()).alias(f"_{name}"))


@dataclass(frozen=True, eq=False)
class Removals:
    """The index without each element: ``scores`` and ``ranks`` (one column each), ``effect`` on the ranks."""

    scores: pl.DataFrame
    ranks: pl.DataFrame
    effect: pl.DataFrame


def drop_each(index: Index, table: pl.DataFrame, *, level: int = 1) -> Removals:
    """Leave out each indicator or node of a level in turn (its weight set to 0; siblings share its weight).

    Returns
    -------
    Removals; ``effect`` has ``element`` and ``mean_abs_rank_change`` against the whole index.
    """
    tree = index.tree
    positions = tree.at_level(level)
    if not positions or positions == [tree.root]:
        raise DefinitionError(f"Level {level} has nothing to leave out. Levels run from 1 to {tree.top - 1}.")
    engine = Engine(index, table)
    weights = np.tile(weight_row(index), (len(positions) + 1, 1))
    for row, position in enumerate(positions, start=1):
        weights[row, position] = 0.0
    pick = np.arange(len(weights))
    block = engine.run([index], np.zeros_like(pick), weights, pick)
    if 0 in block.failures:
        raise StepError(f"The index itself cannot be calculated. {block.failures[0]}")
    ranks = ranks_of(index, block.scores)
    names = ["nominal", *(tree.codes[position] for position in positions)]
    units = {index.unit: engine.raw.units}
    with np.errstate(invalid="ignore"):
        change = [float(np.nanmean(np.abs(row - ranks[0]))) if not np.isnan(row).all() else None for row in ranks]
    scores = {name: pl.Series(row).fill_nan(None) for name, row in zip(names, block.scores, strict=True)}
    places = {name: pl.Series(row).fill_nan(None).cast(pl.Int64) for name, row in zip(names, ranks, strict=True)}
    effect = pl.DataFrame({"element": names, "mean_abs_rank_change": change})
    return Removals(pl.DataFrame(units | scores), pl.DataFrame(units | places), effect)

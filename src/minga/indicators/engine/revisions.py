"""What changed between two editions of an index, and why: new figures, or a new definition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from minga.indicators.engine.data import read
from minga.indicators.engine.definition import Index
from minga.indicators.engine.errors import DataError, IndicatorsError
from minga.indicators.engine.pipeline import fit
from minga.indicators.engine.result import Result, keys_of
from minga.indicators.engine.schema import content_of


@dataclass(frozen=True, eq=False)
class Revision:
    """Two editions: ``units`` (old and new score and rank, the change by data and by method), ``cells`` that differ,
    ``definition`` (path, old, new), units ``added`` and ``removed``."""

    units: pl.DataFrame
    cells: pl.DataFrame
    definition: pl.DataFrame
    added: tuple[str, ...]
    removed: tuple[str, ...]


def revisions(
    old: Index, old_table: pl.DataFrame, new: Index, new_table: pl.DataFrame, *, node: str | None = None
) -> Revision:
    """Say what changed from one edition to the next.

    The old definition is calculated on the new figures: the step there is the change by data, the rest the change by
    method. Where that cannot be calculated (the new figures lack a column, say) the parts are left empty.
    """
    node = node or new.tree.codes[new.tree.root]
    before, after = fit(old, old_table), fit(new, new_table)
    if node not in before.nodes or node not in after.nodes:
        raise DataError(f"Node {node!r} is not in both editions.")
    try:
        between: Result | None = fit(old, new_table.rename({new.unit: old.unit}) if new.unit != old.unit else new_table)
    except IndicatorsError:
        between = None
    left, right = _scores(before, node, "old"), _scores(after, node, "new")
    keys = [column for column in left.columns if column in right.columns]
    table = left.join(right, on=keys, how="inner", maintain_order="right")
    middle = _scores(between, node, "between") if between is not None else None
    if middle is not None:
        table = table.join(middle.drop("between_rank"), on=keys, how="left", maintain_order="left")
    else:
        table = table.with_columns(pl.lit(None, dtype=pl.Float64).alias("between_score"))
    table = table.with_columns(
        (pl.col("new_score") - pl.col("old_score")).alias("change"),
        (pl.col("between_score") - pl.col("old_score")).alias("by_data"),
        (pl.col("new_score") - pl.col("between_score")).alias("by_method"),
        (pl.col("old_rank") - pl.col("new_rank")).alias("rank_change"),
    ).drop("between_score")
    old_units, new_units = before.units.to_list(), after.units.to_list()
    return Revision(
        table, _cells(old, old_table, new, new_table), definition_changes(old, new),
        tuple(sorted(set(new_units) - set(old_units))), tuple(sorted(set(old_units) - set(new_units))),
    )  # fmt: skip


def _scores(result: Result, node: str, name: str) -> pl.DataFrame:
    held = result.scores.filter(pl.col("node") == node)
    return held.select(
        pl.col(result.index.unit).alias("unit"),
        *([pl.col(result.index.panel.time).alias("time")] if result.index.panel.time else []),
        pl.col("score").alias(f"{name}_score"),
        pl.col("rank").alias(f"{name}_rank"),
    )


def _cells(old: Index, old_table: pl.DataFrame, new: Index, new_table: pl.DataFrame) -> pl.DataFrame:
    """Cells of indicators both editions have, whose figures differ."""
    a, b = read(old, old_table), read(new, new_table)
    rows_a = {key: at for at, key in enumerate(keys_of(old, a).iter_rows())}
    shared = [(key, rows_a[key], at) for at, key in enumerate(keys_of(new, b).iter_rows()) if key in rows_a]
    found = []
    for code in [code for code in new.codes if code in old.codes]:
        x = a.values[[row for _, row, _ in shared], old.codes.index(code)]
        y = b.values[[row for _, _, row in shared], new.codes.index(code)]
        for at in np.flatnonzero((x != y) & ~(np.isnan(x) & np.isnan(y))):
            found.append((str(shared[at][0][0]), str(shared[at][0][1]) if len(shared[at][0]) > 1 else None, code,
                          float(x[at]), float(y[at])))  # fmt: skip
    schema = {"unit": pl.String, "time": pl.String, "indicator": pl.String, "old": pl.Float64, "new": pl.Float64}
    return pl.DataFrame(found, schema=schema, orient="row").with_columns(pl.col("old", "new").fill_nan(None))


def definition_changes(old: Index, new: Index) -> pl.DataFrame:
    """What differs between two definitions: ``path``, ``old``, ``new`` as text."""
    a, b = _flat(content_of(old)), _flat(content_of(new))
    rows = [(path, a.get(path), b.get(path)) for path in sorted({*a, *b}) if a.get(path) != b.get(path)]
    return pl.DataFrame(rows, schema={"path": pl.String, "old": pl.String, "new": pl.String}, orient="row")


def _flat(value: Any, path: str = "") -> dict[str, str]:
    if isinstance(value, dict):
        items = [(f"{path}.{key}" if path else str(key), item) for key, item in value.items()]
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        items = [(f"{path}.{item.get('code', item.get('name', at))}", item) for at, item in enumerate(value)]
    else:
        return {path: str(value)}
    return {key: text for name, item in items for key, text in _flat(item, name).items()}

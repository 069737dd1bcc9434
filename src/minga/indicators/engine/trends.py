"""How units moved over the years of a panel."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from minga.indicators.engine.errors import DataError
from minga.indicators.engine.result import Result


def trends(result: Result, *, node: str | None = None, start: Any = None, end: Any = None) -> pl.DataFrame:
    """Compare each unit's first and last score (of the years chosen).

    Parameters
    ----------
    node : whose scores (default: the index)
    start, end : years; by default the first and last of the data

    Returns
    -------
    one row per unit: ``first_time``, ``last_time``, ``first``, ``last``, ``change``, ``percent`` (of the first score),
    ``cagr`` (yearly growth, only between positive scores), ``slope`` (least squares, points a year),
    ``first_rank``, ``last_rank``, ``rank_change`` (positive: up).
    """
    index = result.index
    time = index.panel.time
    if time is None or result.data.times is None:
        raise DataError("Trends need several times. Name the column of times as [panel] time.")
    node = node or index.tree.codes[index.tree.root]
    if node not in result.nodes:
        raise DataError(f"There is no node {node!r}. There are: {', '.join(result.nodes)}.")
    table = result.scores.filter((pl.col("node") == node) & pl.col("score").is_not_null())
    if start is not None:
        table = table.filter(pl.col(time) >= start)
    if end is not None:
        table = table.filter(pl.col(time) <= end)
    rows = []
    for key, held in table.sort(index.unit, time).group_by(index.unit, maintain_order=True):
        years, scores = held[time].to_numpy().astype(np.float64), held["score"].to_numpy()
        span = years[-1] - years[0]
        first, last = float(scores[0]), float(scores[-1])
        rows.append({
            index.unit: key[0], "first_time": held[time][0], "last_time": held[time][-1], "first": first,
            "last": last, "change": last - first,
            "percent": (last / first - 1) * 100 if first != 0 else None,
            "cagr": (last / first) ** (1 / span) - 1 if span > 0 and first > 0 and last > 0 else None,
            "slope": float(np.polyfit(years - years.mean(), scores, 1)[0]) if span > 0 else None,
            "first_rank": held["rank"][0], "last_rank": held["rank"][-1],
            "rank_change": held["rank"][0] - held["rank"][-1],
        })  # fmt: skip
    return pl.DataFrame(rows, infer_schema_length=None)

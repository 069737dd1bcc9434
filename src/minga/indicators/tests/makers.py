"""Small indexes for tests: a village council compares its five neighbourhoods."""

from __future__ import annotations

import numpy as np
import polars as pl

from minga import indicators as mi

UNITS = ["Almond", "Birch", "Cedar", "Date", "Elm"]


def table(**columns: list[float | None]) -> pl.DataFrame:
    first = next(iter(columns.values()))
    return pl.DataFrame({"unit": UNITS[: len(first)]} | columns)


def flat(*codes: str, **options: object) -> mi.Index:
    """An index of one level: every indicator straight under the top, nothing treated."""
    index = mi.Index(
        indicators=tuple(mi.Indicator(code=code, parent="top") for code in codes), nodes=(mi.Node(code="top"),)
    )
    for path, value in ({"treat": False} | options).items():
        index = index.replace(path.replace("__", "."), value)
    return index


def nested(groups: dict[str, list[str]], **options: object) -> mi.Index:
    """An index of two levels."""
    index = mi.Index(
        indicators=tuple(mi.Indicator(code=code, parent=group) for group, codes in groups.items() for code in codes),
        nodes=(*(mi.Node(code=group, parent="top") for group in groups), mi.Node(code="top")),
    )
    for path, value in ({"treat": False} | options).items():
        index = index.replace(path.replace("__", "."), value)
    return index


def random_table(units: int, codes: list[str], seed: int = 1, missing: float = 0.0) -> pl.DataFrame:
    random = np.random.default_rng(seed)
    values = random.lognormal(0.0, 0.6, size=(units, len(codes)))
    values[random.random(values.shape) < missing] = np.nan
    columns = {code: pl.Series(values[:, at]).fill_nan(None) for at, code in enumerate(codes)}
    return pl.DataFrame({"unit": [f"u{at:05d}" for at in range(units)]} | columns)


def score_of(result: mi.Result, unit: str, node: str = "top") -> float | None:
    row = result.units.to_list().index(unit)
    value = result.node_scores[row, result.nodes.index(node)]
    return None if np.isnan(value) else float(value)

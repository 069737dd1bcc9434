"""Figures of an edition as JSON can hold them. No Django."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl


def plain(value: Any) -> Any:
    """Write a value as JSON can hold it; what is no finite number is null."""
    if isinstance(value, float | np.floating):
        return None if not math.isfinite(value) else round(float(value), 12)
    if isinstance(value, np.integer):
        return int(value)
    if value is None or isinstance(value, bool | int | str):
        return value
    return str(value)


def column(values: Sequence[Any] | np.ndarray) -> list[Any]:
    """Write a column of numbers."""
    return [plain(value) for value in np.asarray(values, dtype=np.float64).tolist()]


def rows(table: pl.DataFrame) -> list[list[Any]]:
    """Write a table as its rows."""
    return [[plain(value) for value in row] for row in table.iter_rows()]

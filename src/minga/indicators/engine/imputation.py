"""Filling gaps: by column, by group of units, by row (inside an aggregate), and along time.

Every filled cell can be told from a measured one: the pipeline lists it in the ``why`` table.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from minga.indicators.engine.data import Data
from minga.indicators.engine.definition import Index
from minga.indicators.engine.errors import DefinitionError
from minga.indicators.engine.steps import IMPUTE, Impute

Floats = NDArray[np.float64]


def impute(index: Index, data: Data) -> Floats:
    """Fill gaps from other units or indicators of the same time; where nothing is known the gap stays."""
    values = data.values
    if not np.isnan(values).any():
        return values
    overrides = [dict(item.impute) for item in index.indicators]
    if index.impute.method == "none" and not any(overrides):
        return values
    filled = values.copy(order="K")
    blocks = _blocks(data, index.impute)
    for rows in blocks:
        filled[rows] = _fill(index, values[rows], index.impute)
    for column, override in enumerate(overrides):
        if override:
            filled[:, column] = _fill_one(values[:, column], override, index.impute, data)
    return filled


def _blocks(data: Data, step: Impute) -> list[NDArray[np.int64]]:
    """Rows that may fill one another: the same time and, if asked, the same group."""
    groups = data.group_codes(step.group if step.axis == "column" else None)
    joint = data.time_codes() * (groups.max(initial=0) + 1) + groups
    return [np.flatnonzero(joint == code) for code in np.unique(joint)]


def _fill(index: Index, values: Floats, step: Impute) -> Floats:
    if step.method == "none":
        return values
    if step.axis == "row":
        return by_row(values, directions(index), _column_groups(index, step), step.method)
    if step.axis == "table":
        whole = _middle(values.reshape(-1, 1), step)
        return np.where(np.isnan(values), whole, values)
    return np.where(np.isnan(values), _middle(values, step), values)


def _middle(values: Floats, step: Impute) -> Floats:
    """The value a gap gets, per column; NaN where no value is known."""
    if step.method == "constant":
        return np.full(values.shape[1], step.value)
    known = ~np.isnan(values)
    count = known.sum(axis=0)
    if step.method == "mean":
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(np.where(known, values, 0.0).sum(axis=0) / count)
    middle = np.full(values.shape[1], np.nan)
    some = count > 0
    if some.any():
        middle[some] = np.nanmedian(values[:, some], axis=0)
    return middle


def _fill_one(column: Floats, override: dict[str, object], step: Impute, data: Data) -> Floats:
    """Fill one indicator by its own rule (always by column)."""
    options = {"method": step.method, "group": step.group, "value": step.value} | override
    unknown = set(override) - {"method", "group", "value"}
    if unknown or options["method"] not in IMPUTE:
        raise DefinitionError(
            f"An indicator's own imputation takes method ({', '.join(IMPUTE)}), group and value; found {override}."
        )
    own = Impute(**options)  # type: ignore[arg-type]
    if own.method == "none":
        return column
    filled = column.copy()
    for rows in _blocks(data, own):
        gaps = np.isnan(column[rows])
        filled[rows[gaps]] = _middle(column[rows].reshape(-1, 1), own)[0]
    return filled


def directions(index: Index) -> Floats:
    """The direction of every indicator, as an array."""
    return np.array([item.direction for item in index.indicators], dtype=np.float64)


def _column_groups(index: Index, step: Impute) -> list[NDArray[np.int64]]:
    if step.within_level is None:
        return [np.arange(len(index.indicators))]
    tree = index.tree
    above = [tree.ancestor(position, step.within_level) for position in range(tree.indicators)]
    if None in above:
        lost = tree.codes[above.index(None)]
        raise DefinitionError(f"impute.within_level is {step.within_level}, but {lost!r} has no ancestor there.")
    return [np.flatnonzero(np.array(above) == code) for code in sorted(set(above))]  # type: ignore[type-var]


def by_row(values: Floats, direction: Floats, groups: list[NDArray[np.int64]], method: str = "mean") -> Floats:
    """Fill a gap with what the unit shows in its other indicators, on their common scale, and bring it back.

    Values go to 0..1 by min-max (less is better turned around), gaps take the row's mean or median inside each
    group of columns, and the filled value returns to the indicator's own units.
    """
    signed = values * direction
    lowest = np.nanmin(signed, axis=0)
    spread = np.nanmax(signed, axis=0) - lowest
    with np.errstate(invalid="ignore", divide="ignore"):
        scaled = (signed - lowest) / spread
    filled = values.copy()
    for columns in groups:
        part = scaled[:, columns]
        gaps = np.isnan(values[:, columns]) & ~np.isnan(part).all(axis=1, keepdims=True)
        some = gaps.any(axis=1)
        if not some.any():
            continue
        row = (np.nanmean if method == "mean" else np.nanmedian)(part[some], axis=1, keepdims=True)
        back = (row * spread[columns] + lowest[columns]) * direction[columns]
        block = filled[np.ix_(some, columns)]
        filled[np.ix_(some, columns)] = np.where(gaps[some], back, block)
    return filled


def reasons(index: Index, columns: NDArray[np.int64]) -> list[str]:
    """Say for each filled cell by which rule it was filled."""
    words = []
    for item in index.indicators:
        options = {"method": index.impute.method, "group": index.impute.group} | dict(item.impute)
        axis = "column" if item.impute else index.impute.axis
        inside = f" within {options['group']}" if options["group"] and axis == "column" else ""
        words.append(f"imputed: {options['method']} of the {axis}{inside}")
    return [words[column] for column in columns.tolist()]


def reasons_along_time(index: Index, data: Data, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> list[str]:
    """Say for each cell filled along time from which times its value comes."""
    if data.times is None:
        return [""] * rows.size
    method = index.panel.impute
    times, units = data.times.to_numpy(), data.units.to_numpy()
    own = {unit: np.flatnonzero(units == unit) for unit in dict.fromkeys(units[rows].tolist())}
    found = []
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        mine = own[units[row]]
        known = np.sort(times[mine[~np.isnan(data.values[mine, column])]])
        before, after = known[known < times[row]], known[known > times[row]]
        ends = [str(end) for end in (*before[-1:], *(after[:1] if method != "latest" else ()))]
        source = f" from {' and '.join(ends)}" if ends and method != "constant" else ""
        found.append(f"imputed along time: {method}{source}")
    return found


def along_time(index: Index, data: Data) -> Floats:
    """Fill gaps of a unit from its other times: latest, constant, linear, or linear with the ends held flat."""
    panel = index.panel
    if not panel.time or panel.impute == "none" or not np.isnan(data.values).any():
        return data.values
    times = np.asarray(data.times.to_numpy(), dtype=np.float64) if data.times is not None else np.zeros(data.size)
    filled = data.values.copy()
    units = data.units.to_numpy()
    order = np.lexsort((times, np.unique(units, return_inverse=True)[1]))
    starts = np.flatnonzero(np.r_[True, units[order][1:] != units[order][:-1]])
    for rows in np.split(order, starts[1:]):
        block = filled[rows]
        for column in np.flatnonzero(np.isnan(block).any(axis=0)):
            filled[rows, column] = series(times[rows], block[:, column], panel.impute, panel.max_gap, panel.value)
    return filled


def series(
    times: Floats, values: Floats, method: str, max_gap: int | None = None, constant: float | None = None
) -> Floats:
    """Fill the gaps of one unit's series (times ascending); a gap wider than ``max_gap`` stays open.

    ``latest`` carries the last known value forward; ``linear`` joins the neighbours and leaves the ends open;
    ``linear-constant`` also holds the first and last known value flat; ``constant`` writes a given value.
    """
    gaps = np.isnan(values)
    known = np.flatnonzero(~gaps)
    if not gaps.any() or (known.size == 0 and method != "constant"):
        return values
    filled = values.copy()
    if method == "constant":
        filled[gaps] = np.nan if constant is None else constant
        return filled
    before = np.searchsorted(known, np.arange(values.size), side="right") - 1
    for row in np.flatnonzero(gaps):
        left = known[before[row]] if before[row] >= 0 else None
        right = known[before[row] + 1] if before[row] + 1 < known.size else None
        filled[row] = _between(times, values, int(row), left, right, method, max_gap)
    return filled


def _between(
    times: Floats, values: Floats, row: int, left: int | None, right: int | None, method: str, max_gap: int | None
) -> float:
    """The value of one open cell, from the known cells on its two sides."""
    limit = np.inf if max_gap is None else max_gap
    if left is not None and times[row] - times[left] <= limit and (method == "latest" or right is None):
        return float(values[left]) if method in ("latest", "linear-constant") else np.nan
    if method == "latest" or (left is None and right is None):
        return np.nan
    if left is None and right is not None:
        near = times[right] - times[row] <= limit
        return float(values[right]) if method == "linear-constant" and near else np.nan
    if left is None or right is None or times[right] - times[left] - 1 > limit:
        return np.nan
    share = (times[row] - times[left]) / (times[right] - times[left])
    return float(values[left] + share * (values[right] - values[left]))

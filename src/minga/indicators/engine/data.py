"""The figures of an index as arrays: one row per unit (and time), one column per indicator, NaN where missing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from minga.indicators.engine.definition import Index
from minga.indicators.engine.errors import DataError, Finding, refuse
from minga.indicators.engine.sentences import error

Floats = NDArray[np.float64]
NOTHING = ["", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "..", "-"]  # how tables write that there is no figure


@dataclass(frozen=True)
class Data:
    """What the steps work on. Arrays are never changed in place."""

    units: pl.Series
    times: pl.Series | None
    names: pl.Series | None
    groups: pl.DataFrame
    values: Floats
    denominators: dict[str, Floats]

    @property
    def size(self) -> int:
        return len(self.units)

    def take(self, rows: NDArray[Any]) -> Data:
        """Keep the given rows (positions or a mask)."""
        positions = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        return replace(
            self,
            units=self.units[positions],
            times=None if self.times is None else self.times[positions],
            names=None if self.names is None else self.names[positions],
            groups=self.groups[positions] if self.groups.width else self.groups,
            values=self.values[positions],
            denominators={code: column[positions] for code, column in self.denominators.items()},
        )

    def time_codes(self) -> NDArray[np.int64]:
        """Number the times 0, 1, ... in ascending order; all 0 without a time column."""
        if self.times is None:
            return np.zeros(self.size, dtype=np.int64)
        return np.unique(self.times.to_numpy(), return_inverse=True)[1].astype(np.int64)

    def group_codes(self, column: str | None) -> NDArray[np.int64]:
        """Number the groups of a column 0, 1, ...; units without a group form one of their own."""
        if column is None:
            return np.zeros(self.size, dtype=np.int64)
        if column not in self.groups.columns:
            raise DataError(
                f"The column {column!r} sorts units into groups, but the data has no such column. "
                "Add it, or declare it as [[group]]."
            )
        labels = self.groups[column].cast(pl.String).fill_null("").to_numpy()
        return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def read(index: Index, table: pl.DataFrame) -> Data:
    """Take from a table what the definition needs; everything missing or misshapen is said at once."""
    refuse(DataError, data_findings(index, table))
    columns = [indicator.column or indicator.code for indicator in index.indicators]
    values = np.empty((table.height, len(columns)), order="F")
    for position, (column, indicator) in enumerate(zip(columns, index.indicators, strict=True)):
        values[:, position] = indicator.value if indicator.value is not None else numbers(table[column])
    used = {indicator.denominator for indicator in index.indicators if indicator.denominator}
    names = index.unit_name
    groups = [group.code for group in index.groups if group.code in table.columns]
    extra = [index.impute.group] if index.impute.group else []
    groups += [code for code in extra if code in table.columns and code not in groups]
    return Data(
        units=table[index.unit].cast(pl.String),
        times=table[index.panel.time] if index.panel.time else None,
        names=table[names].cast(pl.String) if names and names in table.columns else None,
        groups=table.select(groups),
        values=values,
        denominators={code: numbers(table[code]) for code in sorted(used)},
    )


def numbers(column: pl.Series) -> Floats:
    """Turn a column into float64; empty cells, the marks of NOTHING, infinities and NaN are missing."""
    if column.dtype == pl.String:
        words = _words(column)
        wrong = words.is_not_null() & words.cast(pl.Float64, strict=False).is_null()
        if wrong.any():
            raise DataError(f"Column {column.name!r} holds {column.filter(wrong)[0]!r}, which is no number.")
        column = words
    found: Floats = column.cast(pl.Float64).to_numpy().astype(np.float64)
    if not np.isfinite(found).all():
        found = np.where(np.isfinite(found), found, np.nan)
    return found


def _words(column: pl.Series) -> pl.Series:
    """Texts of a column without the marks for nothing."""
    plain = column.str.strip_chars()
    return plain.set(plain.is_in(NOTHING), None)


def data_findings(index: Index, table: pl.DataFrame) -> list[Finding]:
    """Say every way in which a table does not fit a definition."""
    found = _missing_columns(index, table)
    if found:
        return found
    return [*_text_in_numbers(index, table), *_double_units(index, table)]


def _missing_columns(index: Index, table: pl.DataFrame) -> list[Finding]:
    wanted = [(index.unit, "the column of units")]
    if index.panel.time:
        wanted.append((index.panel.time, "the column of times"))
    wanted += [
        (item.column or item.code, f"indicator {item.code!r}") for item in index.indicators if item.value is None
    ]
    wanted += [(item.denominator, f"the denominator of {item.code!r}") for item in index.indicators if item.denominator]
    present = set(table.columns)
    return [
        error("missing_column", indicator=column, column=column, what=what, remedy=_remedy(index, table, column))
        for column, what in wanted
        if column not in present
    ]  # fmt: skip


def _remedy(index: Index, table: pl.DataFrame, column: str) -> str:
    texts = [name for name, kind in table.schema.items() if kind == pl.String]
    if column == index.unit and texts:
        return f"The first columns of text are {', '.join(texts[:3])}: write unit = {texts[0]!r} under [index]."
    near = get_close_matches(column, table.columns, n=1)
    return f"Is it the column {near[0]!r}?" if near else "Add the column, or change the definition."


def _text_in_numbers(index: Index, table: pl.DataFrame) -> list[Finding]:
    found = []
    for indicator in index.indicators:
        column = indicator.column or indicator.code
        if indicator.value is not None:
            continue
        series = table[column]
        if series.dtype == pl.String:
            texts = _words(series)
            wrong = texts.is_not_null() & texts.cast(pl.Float64, strict=False).is_null()
            if wrong.any():
                row = int(wrong.arg_true()[0])
                found.append(_not_a_number(indicator.code, str(table[index.unit][row]), str(series[row])))
        elif not (series.dtype.is_numeric() or series.dtype in (pl.Boolean, pl.Null)):
            found.append(_not_a_number(indicator.code, str(table[index.unit][0]), str(series[0])))
    return found


def _not_a_number(code: str, unit: str, cell: str) -> Finding:
    return error("not_a_number", indicator=code, of_unit=unit, part=code, unit=unit, cell=cell)


def _double_units(index: Index, table: pl.DataFrame) -> list[Finding]:
    keys = [index.unit, *([index.panel.time] if index.panel.time else [])]
    if any(table[key].null_count() for key in keys):
        return [error("unit_without_code", column=" or ".join(keys))]
    if len(keys) == 1 and table[index.unit].n_unique() == table.height:
        return []
    if not table.select(pl.struct(keys).is_duplicated().any()).item():
        return []
    doubles = table.filter(pl.struct(keys).is_duplicated())[index.unit].unique(maintain_order=True).to_list()
    named = ", ".join(str(unit) for unit in doubles[:5])
    remedy = (
        "Keep one row per unit and time." if index.panel.time
        else "Keep one row per unit; for several years, name the column of times as [panel] time."
    )  # fmt: skip
    return [error("duplicate_unit", of_unit=str(doubles[0]), units=named, remedy=remedy)]

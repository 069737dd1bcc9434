"""Figures that the secretariat adds to one of the alliance's own indexes, each with its source and licence. No Django.

They come as a workbook of two sheets, or as two CSV files: `indicators` says what each new indicator is, `figures` has
one row a figure. Every fault is named by sheet, row and column; nothing is added while there is one.
"""

from __future__ import annotations

import io
import math
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl

from minga.indicators.calculation import SOURCE, YEAR, fits_address
from minga.indicators.engine.definition import Index, Indicator, Node
from minga.indicators.engine.errors import DataError
from minga.indicators.engine.scales import Goalposts, MinMax
from minga.tables.reading import LINE, TableError, read_table
from minga.tables.workbooks import read_workbook, write_workbook

#: the part of the index that added indicators make up
PART = "added"
SHEETS: dict[str, tuple[str, ...]] = {
    "indicators": ("code", "name", "unit", "direction", "weight", "source", "licence"),
    "figures": ("unit", "indicator", "value", "year", "source"),
}
#: what an indicator may have besides
FURTHER = ("low", "high")
DIRECTIONS = {"1": 1, "1.0": 1, "-1": -1, "-1.0": -1}
MOST_PROBLEMS = 50
LONGEST = 150


@dataclass(frozen=True)
class Added:
    """Checked indicators and figures, by unit and indicator: value, year, source."""

    indicators: tuple[Indicator, ...]
    figures: Mapping[tuple[str, str], tuple[float, int | None, str]]
    #: how many figures are of units that the index does not rank
    unused: int = 0


@dataclass
class _Faults:
    """Collects what is wrong, each with its place."""

    found: list[str] = field(default_factory=list)

    def at(self, sheet: str, row: Mapping[str, Any], column: str, text: str) -> None:
        self.found.append(f"{sheet}, row {row[LINE]}, column {column!r}: {text}")

    def refuse(self) -> None:
        if self.found:
            more = len(self.found) - MOST_PROBLEMS
            rest = [f"There are {more} further faults."] if more > 0 else []
            raise DataError("\n".join([*self.found[:MOST_PROBLEMS], *rest]))


def read(files: Sequence[tuple[str, bytes]]) -> dict[str, pl.DataFrame]:
    """Read the two tables from one workbook, or from two CSV files told apart by their columns.

    Raises
    ------
    DataError
        A file cannot be read, or one of the tables is missing.
    """
    found: dict[str, pl.DataFrame] = {}
    for name, content in files:
        for sheet, table in _tables(name, content).items():
            kind = next((kind for kind, columns in SHEETS.items() if set(columns) <= set(table.columns)), None)
            if kind is None and sheet.strip().lower() in SHEETS:
                kind = sheet.strip().lower()
                lacking = [one for one in SHEETS[kind] if one not in table.columns]
                raise DataError(
                    f"{sheet} lacks the column {', '.join(map(repr, lacking))}. Its columns are "
                    f"{', '.join(SHEETS[kind])}; write the missing one into the first row."
                )
            if kind is not None:
                found[kind] = table
    lacking = [kind for kind in SHEETS if kind not in found]
    if lacking:
        raise DataError(
            f"There is no table of {' and none of '.join(lacking)}. Give a workbook with the sheets indicators "
            f"(columns {', '.join(SHEETS['indicators'])}) and figures ({', '.join(SHEETS['figures'])}), or one CSV "
            "file for each."
        )
    return found


def _tables(name: str, content: bytes) -> dict[str, pl.DataFrame]:
    try:
        if Path(name).suffix.lower() == ".xlsx":
            return read_workbook(io.BytesIO(content), lines=True)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / (Path(name).name or "table.csv")
            path.write_bytes(content)
            reading = read_table(path)
    except TableError as wrong:
        raise DataError(str(wrong).replace("The file ", f"{name} ", 1)) from None
    if reading.problems:
        raise DataError("\n".join(str(problem) for problem in reading.problems[:MOST_PROBLEMS]))
    return {Path(name).stem: reading.table}


def check(tables: Mapping[str, pl.DataFrame], definition: Index, ranked: Callable[[str], str | None],
          known: Callable[[str], bool]) -> Added:  # fmt: skip
    """Check the two tables against an index.

    Parameters
    ----------
    tables : what :func:`read` gives
    definition : the index they are added to, without what was added before
    ranked : gives the code under which the index ranks a unit, None where it does not rank it
    known : whether there is such a unit at all, ranked or not

    Raises
    ------
    DataError
        Something is wrong; each fault with sheet, row and column.
    """
    faults = _Faults()
    taken = {item.code for item in definition.items} | {PART}
    indicators = {one.code: one for one in _indicators(tables["indicators"], taken, faults)}
    figures: dict[tuple[str, str], tuple[float, int | None, str]] = {}
    unused = 0
    for row in _rows(tables["figures"]):
        code, unit = _text(row, "indicator"), ranked(_text(row, "unit"))
        if code not in indicators:
            faults.at("figures", row, "indicator", f"{code!r} is in no row of the sheet indicators. Add it there.")
        if unit is None and not known(_text(row, "unit")):
            faults.at("figures", row, "unit", f"There is no unit {_text(row, 'unit')!r}. Write it as the index does.")
        figure = _figure(row, faults)
        if unit is None:
            unused += 1
        elif (unit, code) in figures:
            faults.at("figures", row, "unit", f"{unit!r} has two figures for {code!r}. Keep one.")
        elif figure is not None:
            figures[unit, code] = figure
    _tell_apart(tables["indicators"], figures, faults)
    faults.refuse()
    return Added(tuple(indicators.values()), figures, unused)


def _figure(row: Mapping[str, Any], faults: _Faults) -> tuple[float, int, str] | None:
    value, year = _number(row, "value"), _number(row, "year")
    if value is None:
        faults.at("figures", row, "value", f"{_text(row, 'value')!r} is no number. Write a point, or drop the row.")
    if year is None or not year.is_integer() or not 1900 <= year <= 2100:
        faults.at("figures", row, "year", f"{_text(row, 'year')!r} is no year. Write four digits.")
    if value is None or year is None:
        return None
    return value, int(year), _text(row, "source")[:LONGEST]


def _tell_apart(table: pl.DataFrame, figures: Mapping[tuple[str, str], tuple[Any, ...]], faults: _Faults) -> None:
    """Refuse an indicator that is the same for every unit of the index, or has no figure there."""
    for row in _rows(table):
        code = _text(row, "code")
        if len({figure[0] for (_unit, of), figure in figures.items() if of == code}) < 2:
            faults.at("indicators", row, "code", f"{code!r} has no two figures that differ among the units of the "
                      "index, so it tells none apart. Add figures, or leave it out.")  # fmt: skip


def _rows(table: pl.DataFrame) -> Iterator[dict[str, Any]]:
    return table.iter_rows(named=True)


def _indicators(table: pl.DataFrame, taken: set[str], faults: _Faults) -> Iterator[Indicator]:
    for row in _rows(table):
        code = _text(row, "code")
        if not fits_address(code):
            faults.at("indicators", row, "code", f"{code!r} cannot stand in an address. Use letters, digits, hyphens.")
        elif code in taken:
            faults.at("indicators", row, "code", f"{code!r} is used already. Take another code.")
        taken.add(code)
        for column in ("name", "source", "licence"):
            if not _text(row, column):
                faults.at("indicators", row, column, "The cell is empty, but readers need to know. Fill it in.")
        direction, weight = DIRECTIONS.get(_text(row, "direction")), _number(row, "weight")
        if direction is None:
            faults.at("indicators", row, "direction", f"{_text(row, 'direction')!r} is neither 1 (more is better) nor "
                      "-1 (less is better).")  # fmt: skip
        if weight is None or not 0 < weight <= 1000:
            faults.at("indicators", row, "weight", f"{_text(row, 'weight')!r} is no weight. Give a number above 0.")
        yield Indicator(
            code=code, parent=PART, name=_text(row, "name")[:LONGEST], unit=_text(row, "unit")[:LONGEST],
            direction=direction or 1, weight=weight or 1.0, source=_text(row, "source")[:LONGEST],
            licence=_text(row, "licence")[:LONGEST], names=_names(row), **_scale(row, faults),
        )  # fmt: skip


def _names(row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Names in further languages, from columns such as `name_fr`."""
    found = {key.removeprefix("name_"): _text(row, key) for key in row if key.startswith("name_")}
    return tuple(sorted((language, text[:LONGEST]) for language, text in found.items() if text))


def _scale(row: Mapping[str, Any], faults: _Faults) -> dict[str, Any]:
    """Fixed ends of the scale where both are given, so that years can be compared; else the ends of the figures."""
    if not any(_text(row, column) for column in FURTHER):
        return {"normalise": MinMax(0.0, 100.0)}
    low, high = (_number(row, column) for column in FURTHER)
    if low is None or high is None or low >= high:
        faults.at(
            "indicators", row, "low", "The ends of the scale are two numbers, low below high; or leave both empty."
        )
        return {}
    return {"goalposts": (low, high), "normalise": Goalposts()}


def _text(row: Mapping[str, Any], column: str) -> str:
    value = row.get(column)
    return "" if value is None else str(value).replace("\x00", "").strip()


def _number(row: Mapping[str, Any], column: str) -> float | None:
    value = row.get(column)
    try:
        number = float(value) if value is not None and not isinstance(value, bool) else math.nan
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


# ---------------------------------------------------------------- into the index
def without(definition: Index, table: pl.DataFrame) -> tuple[Index, pl.DataFrame]:
    """Take out again what was added."""
    gone = [item.code for item in definition.indicators if item.parent == PART]
    ends = ("", SOURCE, YEAR)
    kept = [name for name in table.columns if name not in {f"{code}{end}" for code in gone for end in ends}]
    return replace(
        definition,
        indicators=tuple(item for item in definition.indicators if item.parent != PART),
        nodes=tuple(node for node in definition.nodes if node.code != PART),
    ), table.select(kept)


def join(definition: Index, table: pl.DataFrame, added: Added, *, weight: float) -> tuple[Index, pl.DataFrame]:
    """Put added indicators into an index as a part of their own, and their figures beside its data."""
    definition, table = without(definition, table)
    root = definition.tree.codes[definition.tree.root]
    units = table[definition.unit].cast(pl.String).to_list()
    columns = []
    for one in added.indicators:
        cells = [added.figures.get((unit, one.code)) for unit in units]
        columns += [
            pl.Series(one.code, [cell[0] if cell else None for cell in cells], dtype=pl.Float64),
            pl.Series(f"{one.code}{YEAR}", [cell[1] if cell else None for cell in cells], dtype=pl.Int64),
            pl.Series(f"{one.code}{SOURCE}", [cell[2] if cell else "" for cell in cells], dtype=pl.String),
        ]
    part = Node(code=PART, parent=root, name="Figures from elsewhere", weight=weight)
    return replace(
        definition, indicators=(*definition.indicators, *added.indicators), nodes=(*definition.nodes, part)
    ), table.hstack(columns)


def template(units: Sequence[str]) -> bytes:
    """Write an empty workbook to fill in, with the units of an index and an example of an indicator."""
    target = io.BytesIO()
    example = {"code": "broadband", "name": "Households with broadband", "unit": "percent", "direction": 1,
               "weight": 1.0, "source": "who measured it", "licence": "CC BY 4.0", "low": 0.0, "high": 100.0,
               "name_fr": "", "name_ar": ""}  # fmt: skip
    figures = pl.DataFrame(
        {"unit": list(units), "indicator": ["broadband"] * len(units)}
        | {"value": [None] * len(units), "year": [None] * len(units), "source": [""] * len(units)},
        schema={"unit": pl.String, "indicator": pl.String, "value": pl.Float64, "year": pl.Int64, "source": pl.String},
    )
    write_workbook({"indicators": pl.DataFrame([example]), "figures": figures}, target)
    return target.getvalue()

"""Sheets of a spreadsheet: the row that names the columns, which column holds what, and what stands in them."""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from minga.deliberation.engine.incoming_columns import guess
from minga.deliberation.engine.incoming_dates import day_order
from minga.deliberation.engine.incoming_headers import (
    LOOKED_AT,
    Beginning,
    beginnings,
    column_names,
    find_header,
    from_header,
)
from minga.deliberation.engine.incoming_rows import NO_RESULT, plain_cell
from minga.tables.reading import LINE, TableError, read_table
from minga.tables.workbooks import read_workbook
from minga.text.extraction import LIMITS, decode, read_ods

_SAMPLE = 40
#: Filled cells by which a column is known.
_LOOKED_AT_CELLS = 200
#: What is typed with a dash or plus before it is taken for a formula; words beside words are none.
_TYPED = re.compile(r"[^\W\d_]{2,}\s+[^\W\d_]{2,}")
_CALCULATES = re.compile(r"[()!&\"$\[\]]|\b[A-Z]{1,3}\d")


class SheetError(ValueError):
    """A spreadsheet cannot be read at all."""

    def __init__(self, code: str, message: str, values: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.values = dict(values or {})


@dataclass(frozen=True)
class Sheet:
    """A sheet of a spreadsheet: its rows beneath the one that names the columns."""

    name: str
    table: pl.DataFrame
    #: line of the row that names the columns, and how the first rows begin
    header: int = 1
    beginnings: tuple[Beginning, ...] = ()

    @property
    def columns(self) -> list[str]:
        """The columns as the sheet names them."""
        return [column for column in self.table.columns if column != LINE]


def load(data: bytes, name: str, kind: str, header: int | None = None) -> tuple[list[Sheet], list[tuple[str, str]]]:
    """Read the sheets of a spreadsheet.

    Parameters
    ----------
    header : the line of the row that names the columns, where a person has chosen it

    Returns
    -------
    (sheets, rows that could not be read as place and message)

    Raises
    ------
    SheetError
    """
    try:
        if kind == "csv":
            sheets, wrong = _csv(data, name, header)
        elif kind == "ods":
            sheets, wrong = _open_sheets(data, name, header), []
        else:
            sheets, wrong = _workbook(data, name, header), []
    except TableError as problem:
        raise SheetError("table", str(problem), {"reason": str(problem)}) from None
    if not sheets and not wrong:
        raise SheetError("no_rows", "The spreadsheet has no rows under its header. Add some, or leave it out.")
    return sheets, wrong


def _workbook(data: bytes, name: str, chosen: int | None) -> list[Sheet]:
    file = io.BytesIO(data)
    file.name = name
    seen: list[tuple[int, tuple[Beginning, ...]]] = []

    def header(rows: Sequence[tuple[int, Sequence[Any]]]) -> int:
        first = [(line, [plain_cell(cell) for cell in cells]) for line, cells in rows[:LOOKED_AT]]
        lines = [line for line, _cells in first]
        at = lines.index(chosen) if chosen in lines else find_header([cells for _line, cells in first])
        seen.append((lines[at], beginnings(first)))
        return at

    tables = read_workbook(file, lines=True, header=header, instead=_instead)
    return [
        Sheet(sheet, _named(table), *told)
        for (sheet, table), told in zip(tables.items(), seen, strict=True)
        if table.height
    ]


def _instead(error: str, formula: str) -> str:
    """Return what is read in the place of a formula with an error or without its figure: words, or a mark of it."""
    words = formula.removeprefix("=").strip()
    if _TYPED.search(words) and not _CALCULATES.search(words):
        return words
    return error or f"{NO_RESULT}{formula}"


def _open_sheets(data: bytes, name: str, chosen: int | None) -> list[Sheet]:
    sheets = []
    for sheet, filled in read_ods(data, name, LIMITS).items():
        lines = [line for line, _cells in filled]
        at = lines.index(chosen) if chosen in lines[:LOOKED_AT] else find_header([cells for _line, cells in filled])
        if len(filled) <= at + 1:
            continue
        width = max(len(cells) for _line, cells in filled[at:])
        names = column_names([*filled[at][1], *[""] * (width - len(filled[at][1]))])
        rows = [[*cells, *[""] * (width - len(cells))] for _line, cells in filled[at + 1 :]]
        table = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
        table = table.with_columns(pl.all().replace("", None)).with_columns(pl.Series(LINE, lines[at + 1 :], pl.Int64))
        sheets.append(Sheet(sheet, table, lines[at], beginnings(filled)))
    return sheets


def _named(table: pl.DataFrame) -> pl.DataFrame:
    """Name each column in one line: a form would send a name of several lines back changed."""
    before = [column for column in table.columns if column != LINE]
    return table.rename(dict(zip(before, column_names(before), strict=True)))


def _csv(data: bytes, name: str, chosen: int | None) -> tuple[list[Sheet], list[tuple[str, str]]]:
    found = decode(data)
    assert found is not None, "kind_of has read it"
    above = from_header(found[0], chosen)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        path.write_text(above.text, encoding="utf-8", newline="")
        try:
            reading = read_table(path, surplus=_surplus)
        except TableError as wrong:
            raise TableError(str(wrong).replace("table.csv", name)) from None
    table = reading.table.with_columns(pl.col(LINE) + above.lines)
    sheet = Sheet("", table, above.header, above.rows)
    return [sheet] if table.height else [], [(f"row {one.line + above.lines}", one.message) for one in reading.problems]


def _surplus(names: Sequence[str], cells: Sequence[str], delimiter: str) -> Sequence[str]:
    """Put text back together that holds the sign between cells, where it is plain which of one or two cells it was."""
    spare = len(cells) - len(names)
    if len(names) == 1:
        return [delimiter.join(cells)]
    if len(names) == 2 and guess(names).get("text") == names[0]:
        return [delimiter.join(cells[: spare + 1]), cells[-1]]
    return [cells[0], delimiter.join(cells[1:])] if len(names) == 2 else cells


def filled_cells(sheets: Sequence[Sheet]) -> dict[str, list[str]]:
    """Return the first filled cells of each column that has some, by which it is told what the column holds."""
    found: dict[str, list[str]] = {}
    for sheet in sheets:
        for column in sheet.columns:
            cells = (plain_cell(cell) for cell in sheet.table[column].drop_nulls().head(_LOOKED_AT_CELLS))
            if filled := [cell for cell in cells if cell]:
                found.setdefault(column, []).extend(filled)
    return found


def samples(sheets: Sequence[Sheet], most: int = 3) -> dict[str, list[str]]:
    """Return the first different cells of each column, to see what it holds."""
    found: dict[str, list[str]] = {}
    for sheet in sheets:
        for column in sheet.columns:
            shown = found.setdefault(column, [])
            for cell in sheet.table[column].drop_nulls().head(50):
                words = " ".join(plain_cell(cell).split())[:_SAMPLE]
                if words and words not in shown and len(shown) < most:
                    shown.append(words)
    return found


def order_of(sheets: Sequence[Sheet], column: str) -> str:
    """Say which number is the day in the dates of a column, in all sheets that have it; "?" where nothing tells."""
    return day_order(
        plain_cell(cell) for sheet in sheets if column in sheet.columns for cell in sheet.table[column].drop_nulls()
    )

"""Rows of a spreadsheet as submissions: which column holds what, and values as people write them in six languages."""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from minga.deliberation.engine.incoming_dates import day_order, needs_order, read_date
from minga.deliberation.engine.incoming_headers import (
    LOOKED_AT,
    Beginning,
    beginnings,
    column_names,
    find_header,
    from_header,
    plain_name,
)
from minga.deliberation.engine.incoming_words import FIELDS, VALUES, is_nothing, value_of
from minga.deliberation.engine.submissions import tidy_text
from minga.deliberation.engine.vocabulary import STRATA
from minga.tables.reading import LINE, TableError, read_table
from minga.tables.workbooks import read_workbook
from minga.text.extraction import LIMITS, decode, read_ods

_ADDRESS = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")
_LONGEST = 1_000_000
_SAMPLE = 40


class SheetError(ValueError):
    """A spreadsheet cannot be read at all."""

    def __init__(self, code: str, message: str, values: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.values = dict(values or {})


@dataclass(frozen=True)
class CellProblem:
    """A cell that could not be understood, by the field that it was meant for."""

    wanted: str
    code: str
    message: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One row; without a text it is no submission."""

    place: str
    text: str = ""
    name: str = ""
    organization: str = ""
    address: str = ""
    language: str = ""
    strata: Mapping[str, str] = field(default_factory=dict)
    may_publish: bool | None = None
    received_at: datetime | None = None
    problems: tuple[CellProblem, ...] = ()


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
    if not sheets:
        raise SheetError("no_rows", "The spreadsheet has no rows under its header. Add some, or leave it out.")
    return sheets, wrong


def _workbook(data: bytes, name: str, chosen: int | None) -> list[Sheet]:
    file = io.BytesIO(data)
    file.name = name
    seen: list[tuple[int, tuple[Beginning, ...]]] = []

    def header(rows: Sequence[tuple[int, Sequence[Any]]]) -> int:
        first = [(line, [_plain(cell) for cell in cells]) for line, cells in rows[:LOOKED_AT]]
        lines = [line for line, _cells in first]
        at = lines.index(chosen) if chosen in lines else find_header([cells for _line, cells in first])
        seen.append((lines[at], beginnings(first)))
        return at

    tables = read_workbook(file, lines=True, header=header)
    return [
        Sheet(sheet, _named(table), *told)
        for (sheet, table), told in zip(tables.items(), seen, strict=True)
        if table.height
    ]


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
            reading = read_table(path)
        except TableError as wrong:
            raise TableError(str(wrong).replace("table.csv", name)) from None
    table = reading.table.with_columns(pl.col(LINE) + above.lines)
    sheet = Sheet("", table, above.header, above.rows)
    return [sheet] if table.height else [], [(f"row {one.line + above.lines}", one.message) for one in reading.problems]


def samples(sheets: Sequence[Sheet], most: int = 3) -> dict[str, list[str]]:
    """Return the first different cells of each column, to see what it holds."""
    found: dict[str, list[str]] = {}
    for sheet in sheets:
        for column in sheet.columns:
            shown = found.setdefault(column, [])
            for cell in sheet.table[column].drop_nulls().head(50):
                words = " ".join(_plain(cell).split())[:_SAMPLE]
                if words and words not in shown and len(shown) < most:
                    shown.append(words)
    return found


def order_of(sheets: Sequence[Sheet], column: str) -> str:
    """Say which number is the day in the dates of a column, in all sheets that have it; "?" where nothing tells."""
    return day_order(
        _plain(cell) for sheet in sheets if column in sheet.columns for cell in sheet.table[column].drop_nulls()
    )


def guess(header: Sequence[str]) -> dict[str, str]:
    """Guess from the names of the columns which one holds what.

    Parameters
    ----------
    header : names of columns

    Returns
    -------
    dict
        Column by field (text, name, organization, address, gender, region, type, size, date, language, may_publish);
        what cannot be told is left out.
    """
    plain = {column: plain_name(column) for column in header}
    found: dict[str, str] = {}
    for is_exact in (True, False):
        for wanted, words in FIELDS.items():
            if wanted in found:
                continue
            for column, name in plain.items():
                fits = name in words if is_exact else any(word in name for word in words if len(word) > 3)
                if fits and column not in found.values():
                    found[wanted] = column
                    break
    return found


def rows(table: pl.DataFrame, columns: Mapping[str, str], sheet: str = "", order: str = "") -> Iterator[Row]:
    """Yield the rows of a table that are not empty.

    Parameters
    ----------
    table : with the column of lines
    columns : column by field
    sheet : name of the sheet, where there are several
    order : "dmy" or "mdy": which of two numbers of a date is the day
    """
    here = {wanted: column for wanted, column in columns.items() if column in table.columns}
    for cells in table.iter_rows(named=True):
        given = {wanted: _plain(cells[column]) for wanted, column in here.items()}
        if any(given.values()):
            place = f"row {cells[LINE]}"
            yield _row(given, f"{place}, sheet {sheet}" if sheet else place, order)


def _plain(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time().isoformat() == "00:00:00" else cell.isoformat(" ", "seconds")
    return tidy_text(str(cell))


def _row(given: Mapping[str, str], place: str, order: str) -> Row:
    problems: list[CellProblem] = []
    text = given.get("text", "")
    if not text:
        problems.append(
            CellProblem("text", "no_words", "The cell with the text is empty. Fill it in, or delete the row.")
        )
    if len(text) > _LONGEST:
        problems.append(
            CellProblem("text", "characters", f"The text has more than {_LONGEST:,} characters. Send it in parts.",
                        {"most": _LONGEST})
        )  # fmt: skip
        text = ""
    strata = {name: _stratum(name, given.get(name, ""), problems) for name in STRATA}
    return Row(
        place=place,
        text=text,
        name=given.get("name", ""),
        organization=given.get("organization", ""),
        address=_address(given.get("address", ""), problems),
        language=_value("language", given.get("language", ""), problems),
        strata={name: value for name, value in strata.items() if value},
        may_publish={"yes": True, "no": False}.get(_value("may_publish", given.get("may_publish", ""), problems)),
        received_at=_date(given.get("date", ""), order, problems),
        problems=tuple(problems),
    )


def _stratum(name: str, value: str, problems: list[CellProblem]) -> str:
    return _value(name, value, problems) if STRATA[name] else " ".join(value.split())[:80]


def _value(wanted: str, value: str, problems: list[CellProblem]) -> str:
    """Turn what somebody wrote into the value that is meant; what is not known is left out and said."""
    meant = value_of(wanted, value)
    if meant is None:
        known = ", ".join(VALUES[wanted])
        problems.append(
            CellProblem(
                wanted,
                "value",
                f"{value[:80]!r} is not known here; the cell was left out, the row was kept. Write one of: {known}.",
                {"value": value[:80], "wanted": wanted},
            )
        )
    return meant or ""


def _address(value: str, problems: list[CellProblem]) -> str:
    """Keep an e-mail address; anything else would be no way to reach the sender, nor to tell who it was."""
    if not value or _ADDRESS.fullmatch(value):
        return value
    problems.append(
        CellProblem(
            "address",
            "address",
            f"{value[:80]!r} is no e-mail address; the cell was left out, the row was kept. Write it as "
            "name@example.org.",
            {"value": value[:80]},
        )
    )
    return ""


def _date(value: str, order: str, problems: list[CellProblem]) -> datetime | None:
    if not value or is_nothing(value):
        return None
    found = read_date(value, order)
    if found is None and needs_order(value):
        problems.append(
            CellProblem(
                "date",
                "date_order",
                f"In dates such as {value[:40]!r} day and month cannot be told apart; the cell was left out, the row "
                "was kept. Say which comes first, then check again.",
                {"value": value[:40]},
            )
        )
    elif found is None:
        problems.append(
            CellProblem(
                "date",
                "date",
                f"{value[:40]!r} cannot be read as a date; the cell was left out, the row was kept. "
                "Write it as 2026-03-31.",
                {"value": value[:40]},
            )
        )
    return found

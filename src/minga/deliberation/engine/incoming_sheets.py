"""Rows of a spreadsheet as submissions: which column holds what, and values as people write them in six languages."""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from minga.deliberation.engine.incoming_words import FIELDS, VALUES
from minga.deliberation.engine.submissions import tidy_text
from minga.deliberation.engine.vocabulary import STRATA
from minga.tables.reading import LINE, TableError, read_table
from minga.tables.workbooks import read_workbook
from minga.text import fold
from minga.text.extraction import decode

_DATES = (
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%d.%m.%Y",
    "%Y/%m/%d",
    "%d.%m.%Y %H:%M",
)
_ADDRESS = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")
_LONGEST = 1_000_000


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


def load(data: bytes, name: str, kind: str) -> tuple[list[tuple[str, pl.DataFrame]], list[tuple[str, str]]]:
    """Read the tables of a spreadsheet.

    Returns
    -------
    (sheets by name, rows that could not be read as place and message)

    Raises
    ------
    SheetError
    """
    try:
        if kind == "workbook":
            file = io.BytesIO(data)
            file.name = name
            sheets = [(sheet, table) for sheet, table in read_workbook(file, lines=True).items() if table.height]
            wrong: list[tuple[str, str]] = []
        else:
            sheets, wrong = _csv(data, name)
    except TableError as problem:
        raise SheetError("table", str(problem), {"reason": str(problem)}) from None
    if not sheets:
        raise SheetError("no_rows", "The spreadsheet has no rows under its header. Add some, or leave it out.")
    return sheets, wrong


def _csv(data: bytes, name: str) -> tuple[list[tuple[str, pl.DataFrame]], list[tuple[str, str]]]:
    found = decode(data)
    assert found is not None, "kind_of has read it"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        path.write_text(found[0], encoding="utf-8", newline="")
        try:
            reading = read_table(path)
        except TableError as wrong:
            raise TableError(str(wrong).replace("table.csv", name)) from None
    return [("", reading.table)] if reading.table.height else [], [
        (f"row {one.line}", one.message) for one in reading.problems
    ]


def names(table: pl.DataFrame) -> list[str]:
    """Return the columns of a table as its sheet names them."""
    return [column for column in table.columns if column != LINE]


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
    plain = {column: " ".join(fold(column).replace("_", " ").replace("-", " ").split()) for column in header}
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


def rows(table: pl.DataFrame, columns: Mapping[str, str], sheet: str = "") -> Iterator[Row]:
    """Yield the rows of a table that are not empty.

    Parameters
    ----------
    table : with the column of lines
    columns : column by field
    sheet : name of the sheet, where there are several
    """
    here = {wanted: column for wanted, column in columns.items() if column in table.columns}
    for cells in table.iter_rows(named=True):
        given = {wanted: _plain(cells[column]) for wanted, column in here.items()}
        if any(given.values()):
            place = f"row {cells[LINE]}"
            yield _row(given, f"{place}, sheet {sheet}" if sheet else place)


def _plain(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time().isoformat() == "00:00:00" else cell.isoformat(" ", "seconds")
    return tidy_text(str(cell))


def _row(given: Mapping[str, str], place: str) -> Row:
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
        received_at=_date(given.get("date", ""), problems),
        problems=tuple(problems),
    )


def _stratum(name: str, value: str, problems: list[CellProblem]) -> str:
    return _value(name, value, problems) if STRATA[name] else " ".join(value.split())[:80]


def _value(wanted: str, value: str, problems: list[CellProblem]) -> str:
    """Turn what somebody wrote into the value that is meant; what is not known is left out and said."""
    if not value:
        return ""
    plain = " ".join(fold(value).replace("_", " ").split())
    for meant, words in VALUES[wanted].items():
        if plain == fold(meant) or plain in words:
            return meant
    known = ", ".join(VALUES[wanted])
    problems.append(
        CellProblem(
            wanted,
            "value",
            f"{value[:80]!r} is not known here; the cell was left out, the row was kept. Write one of: {known}.",
            {"value": value[:80], "known": known},
        )
    )
    return ""


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


def _date(value: str, problems: list[CellProblem]) -> datetime | None:
    if not value:
        return None
    for form in _DATES:
        try:
            found = datetime.strptime(value, form).replace(tzinfo=UTC)
        except ValueError:
            continue
        if date(1990, 1, 1) <= found.date() <= date(2200, 1, 1):
            return found
    problems.append(
        CellProblem(
            "date",
            "date",
            f"{value[:40]!r} cannot be read as a date; the cell was left out, the row was kept. "
            "Write it as 2026-03-31.",
            {"value": value[:40]},
        )
    )
    return None

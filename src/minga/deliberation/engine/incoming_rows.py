"""Rows of a spreadsheet as submissions: values as people write them in six languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import polars as pl

from minga.deliberation.engine.incoming_dates import needs_order, read_date
from minga.deliberation.engine.incoming_words import VALUES, is_nothing, value_of
from minga.deliberation.engine.submissions import tidy_text
from minga.deliberation.engine.vocabulary import STRATA
from minga.tables.reading import LINE

_ADDRESS = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")
_LONGEST = 1_000_000


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
        given = {wanted: plain_cell(cells[column]) for wanted, column in here.items()}
        if any(given.values()):
            place = f"row {cells[LINE]}"
            yield _row(given, f"{place}, sheet {sheet}" if sheet else place, order)


def plain_cell(cell: Any) -> str:
    """Return a cell as text; a day stands as 2026-03-31."""
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

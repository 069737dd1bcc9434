"""Rows of a spreadsheet as submissions: values as people write them in six languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
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
#: Stands before a formula that was saved without its result.
NO_RESULT = "#?"
_WRONG = re.compile(
    rf"#(?:NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|SPILL!|CALC!)|Err:\d{{3}}|{re.escape(NO_RESULT)}=.*", re.DOTALL
)


@dataclass(frozen=True)
class CellProblem:
    """A cell that could not be understood, by the field that it was meant for."""

    wanted: str
    code: str
    message: str
    values: Mapping[str, Any] = field(default_factory=dict)
    #: where several columns are meant for one field
    column: str = ""


@dataclass(frozen=True)
class Row:
    """One row; without a text it is no submission."""

    place: str
    text: str = ""
    #: where each answer to one of several questions begins and ends in the text
    answers: tuple[tuple[int, int], ...] = ()
    name: str = ""
    organization: str = ""
    address: str = ""
    language: str = ""
    strata: Mapping[str, str] = field(default_factory=dict)
    may_publish: bool | None = None
    received_at: datetime | None = None
    problems: tuple[CellProblem, ...] = ()


def rows(
    table: pl.DataFrame, columns: Mapping[str, str], sheet: str = "", order: str = "", more: Sequence[str] = ()
) -> Iterator[Row]:
    """Yield the rows of a table that are not empty.

    Parameters
    ----------
    table : with the column of lines
    columns : column by field
    sheet : name of the sheet, where there are several
    order : "dmy" or "mdy": which of two numbers of a date is the day
    more : further columns with text, where several questions were asked
        Then the text of a row holds each answer beneath its question, which stands on a line that begins with "# ".
    """
    texts = [column for column in table.columns if column in {columns.get("text"), *more}]
    here = {wanted: column for wanted, column in columns.items() if column in table.columns and wanted != "text"}
    for cells in table.iter_rows(named=True):
        given = {wanted: plain_cell(cells[column]) for wanted, column in here.items()}
        said = {column: plain_cell(cells[column]) for column in texts}
        if any(given.values()) or any(said.values()):
            place = f"row {cells[LINE]}"
            yield _row(said, given, f"{place}, sheet {sheet}" if sheet else place, order)


def plain_cell(cell: Any) -> str:
    """Return a cell as text; a day stands as 2026-03-31."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time().isoformat() == "00:00:00" else cell.isoformat(" ", "seconds")
    return tidy_text(str(cell))


def _row(said: Mapping[str, str], given: Mapping[str, str], place: str, order: str) -> Row:
    right = {column: words for column, words in said.items() if words and not _WRONG.fullmatch(words)}
    text, answers = _headed(right) if len(said) > 1 else (next(iter(right.values()), ""), ())
    problems = [
        _without_result("text", words, column, is_kept=bool(text))
        for column, words in said.items()
        if _WRONG.fullmatch(words)
    ]
    if not text and not problems:
        problems.append(
            CellProblem("text", "no_words", "The cell with the text is empty. Fill it in, or delete the row.")
        )
    for wanted, value in given.items():
        if _WRONG.fullmatch(value):
            problems.append(_without_result(wanted, value))
    given = {wanted: "" if _WRONG.fullmatch(value) else value for wanted, value in given.items()}
    if len(text) > _LONGEST:
        problems.append(
            CellProblem("text", "characters", f"The text has more than {_LONGEST:,} characters. Send it in parts.",
                        {"most": _LONGEST})
        )  # fmt: skip
        text, answers = "", ()
    strata = {name: _stratum(name, given.get(name, ""), problems) for name in STRATA}
    return Row(
        place=place,
        text=text,
        answers=answers,
        name=given.get("name", ""),
        organization=given.get("organization", ""),
        address=_address(given.get("address", ""), problems),
        language=_value("language", given.get("language", ""), problems),
        strata={name: value for name, value in strata.items() if value},
        may_publish={"yes": True, "no": False}.get(_value("may_publish", given.get("may_publish", ""), problems)),
        received_at=_date(given.get("date", ""), order, problems),
        problems=tuple(problems),
    )


def _headed(said: Mapping[str, str]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Put answers one beneath the other, each under its question, and say where they stand."""
    text = ""
    answers = []
    for question, words in said.items():
        text += "\n\n" if text else ""
        text += f"# {' '.join(tidy_text(question).split())}\n\n"
        answers.append((len(text), len(text) + len(words)))
        text += words
    return text, tuple(answers)


def _without_result(wanted: str, value: str, column: str = "", *, is_kept: bool = True) -> CellProblem:
    shown = value.removeprefix(NO_RESULT)[:80]
    stays = "the cell was left out, the row was kept" if is_kept else "the row was left out"
    message = f"{shown!r} is a formula without a result; {stays}. Put words or a figure there, then send the row again."
    return CellProblem(wanted, "formula_cell" if is_kept else "formula", message, {"value": shown}, column)


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

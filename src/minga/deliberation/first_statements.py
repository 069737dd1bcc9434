"""Statements that organizers begin with: one a line, or from a table; every one that cannot be taken in is named."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from minga.tables.reading import TableError, read_table

#: More at once than anybody reads through before they go in.
MOST = 500
_COLUMN = "text"


@dataclass(frozen=True)
class Fault:
    """A row that cannot be taken in; `code` is one of long, twice, language, many, unread."""

    line: int
    code: str
    text: str


@dataclass(frozen=True)
class Checked:
    """What would come in, and what would not."""

    rows: tuple[dict[str, str], ...]
    faults: tuple[Fault, ...]


def check_lines(text: str, longest: int, known: Iterable[str] = ()) -> Checked:
    """Read one statement a line; empty lines are skipped."""
    rows = ((number, {"text": line.strip()}) for number, line in enumerate(text.splitlines(), start=1))
    return _checked(((number, row) for number, row in rows if row["text"]), longest, known, ())


def check_table(name: str, content: bytes, longest: int, known: Iterable[str], languages: Collection[str]) -> Checked:
    """Read a CSV file with the column `text`, and if they are there `language` and `theme`.

    Raises
    ------
    TableError
        The file is no table, or has no such column.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{Path(name).stem[:60] or 'statements'}.csv"
        path.write_bytes(content)
        try:
            read = read_table(path, [_COLUMN])
        except TableError as wrong:
            raise TableError(str(wrong).replace(f"{folder}/", "")) from None
    columns = [one for one in (_COLUMN, "language", "theme") if one in read.table.columns]
    rows = (
        (row["_line"], {name: (row[name] or "").strip() for name in columns}) for row in read.table.rows(named=True)
    )
    checked = _checked(((line, row) for line, row in rows if row[_COLUMN]), longest, known, languages)
    unread = tuple(Fault(one.line, "unread", "") for one in read.problems)
    return Checked(checked.rows, tuple(sorted((*checked.faults, *unread), key=lambda fault: fault.line)))


def _checked(
    rows: Iterator[tuple[int, dict[str, str]]], longest: int, known: Iterable[str], languages: Collection[str]
) -> Checked:
    seen = {_plain(text) for text in known}
    kept: list[dict[str, str]] = []
    faults = []
    for line, row in rows:
        text = " ".join(row["text"].split())
        code = ""
        if len(text) > longest:
            code = "long"
        elif _plain(text) in seen:
            code = "twice"
        elif row.get("language") and row["language"] not in languages:
            code = "language"
        if code:
            faults.append(Fault(line, code, text[:120]))
        elif len(kept) < MOST:
            seen.add(_plain(text))
            kept.append(row | {"text": text})
        else:
            faults.append(Fault(line, "many", text[:120]))
    return Checked(tuple(kept), tuple(faults))


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())

"""Statements that organizers begin with: one a line, or from a table; every one that cannot be taken in is named."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from minga.deliberation.engine.errors import ActError
from minga.deliberation.engine.incoming_columns import guess
from minga.deliberation.engine.incoming_words import VALUES
from minga.tables.reading import LINE, Reading, TableError, read_table
from minga.text import fold
from minga.text.extraction import decode

#: More at once than anybody reads through before they go in.
MOST = 500
#: Names of a column of themes, as those of texts and languages are known from submissions.
_THEMES = frozenset(fold(word) for word in ("theme", "themes", "topic", "subject", "thème", "sujet", "tema", "asunto",
                                            "тема", "الموضوع", "موضوع", "المحور", "محور", "主题", "议题"))  # fmt: skip


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


def check_again(
    rows: Collection[dict[str, str]], longest: int, known: Iterable[str], languages: Collection[str]
) -> Checked:
    """Check once more what was checked before: others may have written some of it meanwhile."""
    return _checked(iter(enumerate(rows, start=1)), longest, known, languages)


def check_table(name: str, content: bytes, longest: int, known: Iterable[str], languages: Collection[str]) -> Checked:
    """Read a CSV file with a column of texts, and if they are there of languages and themes, named in six languages.

    Raises
    ------
    ActError
        "no_table" where the file is none, "no_column" where no column has texts.
    """
    read = _read(name, content)
    table = read.table
    columns = _columns([column for column in table.columns if column != LINE])
    if "text" not in columns:
        raise ActError("no_column", f"{name} has no column of texts. Call one of its columns “text”.")
    rows = ((row[LINE], _row(row, columns, languages)) for row in table.rows(named=True))
    checked = _checked(((line, row) for line, row in rows if row["text"]), longest, known, languages)
    unread = tuple(Fault(one.line, "unread", "") for one in read.problems)
    return Checked(checked.rows, tuple(sorted((*checked.faults, *unread), key=lambda fault: fault.line)))


def _read(name: str, content: bytes) -> Reading:
    decoded = decode(content)
    if decoded is None:
        raise ActError("no_table", f"{name} is no text in an encoding that is known. Save it as CSV UTF-8.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "statements.csv"
        path.write_text(decoded[0], encoding="utf-8", newline="")
        try:
            return read_table(path)
        except TableError as wrong:
            raise ActError("no_table", str(wrong)) from None


def _columns(header: Sequence[str]) -> dict[str, str]:
    """Return the columns that are read, by what they hold."""
    found = {what: column for what, column in guess(header).items() if what in {"text", "language"}}
    theme = next((one for one in header if fold(one) in _THEMES and one not in found.values()), None)
    return found if theme is None else found | {"theme": theme}


def _row(cells: Mapping[str, str | None], columns: Mapping[str, str], languages: Collection[str]) -> dict[str, str]:
    row = {what: (cells[column] or "").strip() for what, column in columns.items()}
    if row.get("language") and row["language"] not in languages:
        row["language"] = _language(row["language"])
    return row


def _language(written: str) -> str:
    """Return the code of a language that somebody wrote out; what is not known stays, and is named as a fault."""
    plain = " ".join(fold(written).split())
    return next((code for code, names in VALUES["language"].items() if plain in {code, *names}), written)


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

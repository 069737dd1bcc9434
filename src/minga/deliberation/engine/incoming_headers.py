"""Which row of a spreadsheet names its columns: letterheads, titles and empty cells often stand above it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from minga.deliberation.engine.incoming_words import FIELDS, NAMES, root
from minga.text import fold

#: Rows among which the names of the columns are looked for, and which a person can choose from.
LOOKED_AT = 15
_SHOWN = 80
#: A longer cell names no column.
_LONGEST = 400
_FIGURE = re.compile(r"[\d\s.,:/%+-]+")
_DELIMITERS = (",", ";", "\t")
_KNOWN = frozenset(word for words in FIELDS.values() for word in words)
_ALONE = frozenset(word for words in NAMES.values() for word in words)


@dataclass(frozen=True)
class Beginning:
    """One of the first filled rows of a sheet: its line, and how it begins."""

    line: int
    words: str


def plain_name(name: str) -> str:
    """Return the name of a column as it is compared."""
    return root(_plain(name))


def _plain(name: str) -> str:
    return " ".join(fold(name).replace("_", " ").replace("-", " ").split()).strip(" :?؟？*.")


def find_header(rows: Sequence[Sequence[str]]) -> int:
    """Find the row that names the columns among the first ones.

    Parameters
    ----------
    rows : cells of the filled rows

    Returns
    -------
    int
        The place of the first row whose cells are mostly names that are known here; else of the first that is filled
        with different short words, while those above hold less than half as many cells; else 0.
    """
    looked_at = [[cell.strip() for cell in row if cell.strip()] for row in rows[:LOOKED_AT]]
    for at, filled in enumerate(looked_at):
        known = sum(plain_name(cell) in _KNOWN for cell in filled)
        if known > 1 and known * 2 >= len(filled):
            return at
        # a word alone that is only like a name, such as "Contributions", is a title
        if len(filled) == 1 and _plain(filled[0]) in _ALONE:
            return at
    usual = sorted(len(filled) for filled in looked_at)[len(looked_at) // 2] if looked_at else 0
    for at, filled in enumerate(looked_at[:-1]):
        if len(filled) >= max(2, (usual + 1) // 2) and _could_name(filled):
            return at if all(2 * len(above) <= len(filled) for above in looked_at[:at]) else 0
    return 0


def _could_name(filled: Sequence[str]) -> bool:
    is_short = all(len(cell) <= _LONGEST and not _FIGURE.fullmatch(cell) for cell in filled)
    return is_short and len(set(filled)) == len(filled)


def beginnings(rows: Sequence[tuple[int, Sequence[str]]]) -> tuple[Beginning, ...]:
    """Return how the first filled rows begin, to choose the one that names the columns."""
    return tuple(
        Beginning(line, " | ".join(" ".join(cell.split()) for cell in cells if cell.strip())[:_SHOWN])
        for line, cells in rows[:LOOKED_AT]
    )


def column_names(cells: Sequence[str]) -> list[str]:
    """Return names for all columns: each in one line and once; one without a name is called by its place."""
    names: list[str] = []
    for at, cell in enumerate(cells, start=1):
        name = " ".join(cell.split()) or f"column_{at}"
        names.append(name if name not in names else f"{name}_{at}")
    return names


# ---------------------------------------------------------------- plain tables
@dataclass(frozen=True)
class Above:
    """A plain table from the row on that names its columns, and what stands above."""

    #: with a header of its own in the first line
    text: str
    #: lines above that row, and those that the row takes beyond its first
    lines: int
    rows: tuple[Beginning, ...]
    #: line of the row that names the columns
    header: int


def from_header(text: str, chosen: int | None = None) -> Above:
    """Cut off what stands above the names of the columns of a plain table.

    Parameters
    ----------
    text : of the file
    chosen : the line that a person chose; None to look for it
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    delimiter = _delimiter(lines[: 3 * LOOKED_AT])
    records = _records(lines[: 20 * LOOKED_AT], delimiter)
    if not records:
        return Above(text, 0, (), 1)
    rows = [cells for _first, _last, cells in records]
    firsts = [first for first, _last, _cells in records]
    at = firsts.index(chosen) if chosen in firsts else find_header(rows)
    first, last, cells = records[at]
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, lineterminator="\n").writerow(column_names(cells))
    shown = beginnings([(line, row) for line, row in zip(firsts, rows, strict=True)])
    return Above(written.getvalue() + "\n".join(lines[last:]), last - 1, shown, first)


def _delimiter(lines: Sequence[str]) -> str:
    """Return the sign that parts cells: the one that most lines hold, and then most often."""
    counts = {sign: [line.count(sign) for line in lines] for sign in _DELIMITERS}
    return max(_DELIMITERS, key=lambda sign: (sum(map(bool, counts[sign])), sum(counts[sign])))


def _records(lines: Sequence[str], delimiter: str) -> list[tuple[int, int, list[str]]]:
    """Return the first filled records with their first and last line."""
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=delimiter)
    found: list[tuple[int, int, list[str]]] = []
    before = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append((before + 1, reader.line_num, cells))
            before = reader.line_num
            if len(found) == LOOKED_AT:
                break
    except csv.Error:  # a quote that is never closed: what was read before it is enough
        pass
    return found

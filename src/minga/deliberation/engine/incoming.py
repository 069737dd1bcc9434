"""What an upload holds: one entry a submission, and every problem with its file, place, column and remedy.

Nothing is kept here and nothing decided: the same files give the same entries in the same order, so that a dry run and
the import after it see the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from minga.deliberation.engine import incoming_rows, incoming_sheets
from minga.deliberation.engine.incoming_columns import Held, hold
from minga.deliberation.engine.incoming_dates import UNDECIDED
from minga.deliberation.engine.incoming_headers import Beginning
from minga.deliberation.engine.submissions import tidy_text
from minga.text.extraction import (
    LIMITS,
    Document,
    ExtractionError,
    Limits,
    digests_of_attached,
    extract,
    kind_of,
    unpack,
)

#: Kinds of a source by what its file is.
KINDS = {"text": "letter", "word": "word", "pdf": "pdf", "email": "email"}
TABLES = frozenset({"csv", "workbook", "ods"})
#: Different wrong values of a column that are named; its rows are named all.
_EXAMPLES = 5


@dataclass(frozen=True)
class Entry:
    """One submission, ready to be taken in."""

    #: number of the uploaded file, and its name or the path in its archive
    file: int
    name: str
    kind: str
    text: str
    #: where each answer to one of several questions of a spreadsheet begins and ends in the text
    answers: tuple[tuple[int, int], ...] = ()
    place: str = ""
    media_type: str = ""
    language: str = ""
    author_name: str = ""
    author_organization: str = ""
    author_address: str = ""
    strata: Mapping[str, str] = field(default_factory=dict)
    #: None: what was said for the whole upload holds
    may_publish: bool | None = None
    received_at: datetime | None = None
    #: bytes of a document out of an archive or a mailbox
    data: bytes | None = field(default=None, repr=False)
    #: the uploaded file is this document and nothing else
    is_whole_file: bool = False
    #: SHA-256 of the document, and of the files attached to it; empty for rows
    file_hash: str = ""
    attached: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Problem:
    """Something that was left out, and what to do about it; the code lets a page say so in its own language."""

    name: str
    code: str
    message: str
    place: str = ""
    column: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    #: how many cells or rows have it
    count: int = 1

    def as_dict(self) -> dict[str, Any]:
        """Give the problem as plain values."""
        return {
            "name": self.name, "place": self.place, "column": self.column, "count": self.count,
            "code": self.code, "message": self.message, "values": dict(self.values),
        }  # fmt: skip


@dataclass(frozen=True)
class Said:
    """What a person said of a spreadsheet: which column holds what, which row names them, and the order of dates."""

    #: column by field; empty: their names decide
    columns: Mapping[str, str] = field(default_factory=dict)
    #: line of the row with the names of the columns; None: it is looked for
    header: int | None = None
    #: "dmy" or "mdy", where nothing in the dates tells
    order: str = ""
    #: further columns with text
    more: Sequence[str] = ()
    #: nothing of it shall be taken in
    is_left_out: bool = False


@dataclass(frozen=True)
class Table:
    """The columns of a spreadsheet, and which of them holds what."""

    file: int
    name: str
    header: tuple[str, ...]
    columns: Mapping[str, str]
    #: further columns with text, and where none is known those that may hold it
    more: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    #: nothing of it shall be taken in
    is_left_out: bool = False
    #: how many rows its sheets have
    rows: int = 0
    #: by what it is known: the number of its file, with its place where that is an archive
    key: str = ""
    #: the first cells of each column
    samples: Mapping[str, Sequence[str]] = field(default_factory=dict)
    #: line of the row that names the columns, and the rows from which it can be chosen
    header_line: int = 1
    beginnings: tuple[Beginning, ...] = ()
    #: "dmy" or "mdy" as it is told or was said; "?" where somebody has to say it; empty without such dates
    order: str = ""
    #: whether nothing in the dates tells, so that only a person can
    asks_order: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Give the table as plain values."""
        return {
            "file": self.file, "key": self.key, "name": self.name, "header": list(self.header),
            "columns": dict(self.columns), "more": list(self.more), "asked": list(self.asked),
            "is_left_out": self.is_left_out, "rows": self.rows, "order": self.order,
            "asks_order": self.asks_order, "header_line": self.header_line,
            "samples": {column: list(cells) for column, cells in self.samples.items()},
            "beginnings": [[one.line, one.words] for one in self.beginnings],
        }  # fmt: skip


def read_upload(
    files: Iterable[tuple[str, Callable[[], bytes]]],
    said: Mapping[str, Said] | None = None,
    limits: Limits = LIMITS,
) -> Iterator[Entry | Problem | Table]:
    """Read what was uploaded, file by file.

    Parameters
    ----------
    files : names, and functions that give the bytes when their turn comes
    said : what a person said of a spreadsheet, by its key: {"0": Said({"text": "Comment"})}
        Where nothing is said, the names of the columns decide.
    limits : what files may cost to read

    Returns
    -------
    entries, problems, and for each spreadsheet a Table before its rows
    """
    for number, (name, load) in enumerate(files):
        yield from _one(number, name, load(), said or {}, limits)


def _one(
    number: int, name: str, data: bytes, said: Mapping[str, Said], limits: Limits
) -> Iterator[Entry | Problem | Table]:
    try:
        kind = kind_of(data, name, limits)
        if kind == "archive":
            for place, inner in enumerate(unpack(data, name, limits)):
                if isinstance(inner, ExtractionError):
                    yield _problem(inner)
                else:
                    yield from _inside(number, place, *inner, said, limits)
        elif kind in TABLES:
            yield from _sheet(number, str(number), name, data, kind, said)
        else:
            yield from _documents(number, name, data, limits, is_alone=True)
    except ExtractionError as wrong:
        yield _problem(wrong)


def _inside(
    number: int, place: int, name: str, data: bytes, said: Mapping[str, Said], limits: Limits
) -> Iterator[Entry | Problem | Table]:
    """Read a file out of an archive."""
    try:
        kind = kind_of(data, name, limits)
        if kind in TABLES:
            yield from _sheet(number, f"{number}-{place}", name, data, kind, said)
        else:
            yield from _documents(number, name, data, limits, is_alone=False)
    except ExtractionError as wrong:
        yield _problem(wrong)


def _documents(number: int, name: str, data: bytes, limits: Limits, *, is_alone: bool) -> Iterator[Entry | Problem]:
    for found in extract(data, name, limits):
        if isinstance(found, ExtractionError):
            yield _problem(found)
            continue
        yield _entry(number, name, data, found, is_alone=is_alone)
        yield from (_problem(one) for one in found.left_out)


def _entry(number: int, name: str, data: bytes, found: Document, *, is_alone: bool) -> Entry:
    is_whole = is_alone and found.data is None
    held = found.data or data
    return Entry(
        file=number,
        name=name,
        kind=KINDS[found.kind],
        text=tidy_text(found.text),
        place=found.place,
        media_type=found.media_type,
        author_name=found.sender_name if found.kind == "email" else "",
        author_address=found.sender_address,
        received_at=found.sent_at,
        data=None if is_whole else held,
        is_whole_file=is_whole,
        file_hash=hashlib.sha256(held).hexdigest(),
        attached=digests_of_attached(held) if found.kind == "email" else frozenset(),
    )


def _problem(wrong: ExtractionError) -> Problem:
    return Problem(wrong.file, wrong.code, wrong.message, wrong.place, values=wrong.values)


def _sheet(
    number: int, key: str, name: str, data: bytes, kind: str, said: Mapping[str, Said]
) -> Iterator[Entry | Problem | Table]:
    given = said.get(key, Said())
    try:
        sheets, wrong = incoming_sheets.load(data, name, kind, given.header)
    except incoming_sheets.SheetError as problem:
        yield Problem(name, problem.code, str(problem), values=problem.values)
        return
    for place, message in wrong:
        yield Problem(name, "row", message, place)
    if not sheets:
        return
    table = _table(number, key, name, sheets, given)
    yield table
    if table.is_left_out:
        return
    if "text" not in table.columns:
        yield Problem(
            name, "no_text_column",
            "No column is known to hold the text. Say below which one it is, then check again.",
        )  # fmt: skip
        return
    found: list[tuple[str, incoming_rows.CellProblem]] = []
    for sheet in sheets:
        where = sheet.name if len(sheets) > 1 else ""
        for row in incoming_rows.rows(sheet.table, table.columns, where, table.order, table.more):
            found += [(row.place, one) for one in row.problems]
            if row.text:
                yield _of_row(number, name, row)
    yield from _together(name, table.columns, found)


def _table(number: int, key: str, name: str, sheets: Sequence[incoming_sheets.Sheet], given: Said) -> Table:
    header = tuple(dict.fromkeys(column for sheet in sheets for column in sheet.columns))
    held = hold(header, incoming_sheets.filled_cells(sheets))
    chosen = {field: column for field, column in given.columns.items() if column in header}
    if chosen:
        held = Held(chosen, tuple(column for column in given.more if column in header), held.asked)
    told = incoming_sheets.order_of(sheets, held.columns["date"]) if "date" in held.columns else ""
    return Table(
        number,
        name,
        header,
        held.columns,
        held.more,
        held.asked,
        given.is_left_out,
        rows=sum(sheet.table.height for sheet in sheets),
        key=key,
        samples=incoming_sheets.samples(sheets),
        header_line=sheets[0].header,
        beginnings=sheets[0].beginnings,
        order=given.order if told == UNDECIDED and given.order else told,
        asks_order=told == UNDECIDED,
    )


def _of_row(number: int, name: str, row: incoming_rows.Row) -> Entry:
    return Entry(
        file=number,
        name=name,
        kind="spreadsheet",
        text=row.text,
        answers=row.answers,
        place=row.place,
        language=row.language,
        author_name=row.name,
        author_organization=row.organization,
        author_address=row.address,
        strata=row.strata,
        may_publish=row.may_publish,
        received_at=row.received_at,
    )


def _together(
    name: str, columns: Mapping[str, str], found: Iterable[tuple[str, incoming_rows.CellProblem]]
) -> Iterator[Problem]:
    """Name each problem of a column once, with its rows and the first things that stand there."""
    grouped: dict[tuple[str, str], list[tuple[str, incoming_rows.CellProblem]]] = {}
    for place, one in found:
        grouped.setdefault((one.column or columns[one.wanted], one.code), []).append((place, one))
    for (column, code), cells in grouped.items():
        first = cells[0][1]
        seen = list(dict.fromkeys(str(one.values["value"]) for _place, one in cells if "value" in one.values))
        values = {**first.values, "value": ", ".join(seen[:_EXAMPLES]) + (" …" if len(seen) > _EXAMPLES else "")}
        yield Problem(
            name,
            code,
            first.message,
            _places([place for place, _one in cells]),
            column,
            values if seen else first.values,
            len(cells),
        )


def _places(places: Sequence[str]) -> str:
    """Name several rows at once: "rows 2, 5, 9", and those of each sheet by themselves."""
    if len(places) == 1:
        return places[0]
    rows: dict[str, list[str]] = {}
    for place in places:
        row, _comma, sheet = place.partition(", ")
        rows.setdefault(sheet, []).append(row.removeprefix("row "))
    return "; ".join(
        f"{'rows' if len(each) > 1 else 'row'} {', '.join(each)}" + (f", {sheet}" if sheet else "")
        for sheet, each in rows.items()
    )

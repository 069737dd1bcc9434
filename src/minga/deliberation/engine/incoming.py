"""What an upload holds: one entry a submission, and every problem with its file, place, column and remedy.

Nothing is kept here and nothing decided: the same files give the same entries in the same order, so that a dry run and
the import after it see the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from minga.deliberation.engine import incoming_sheets
from minga.deliberation.engine.submissions import tidy_text
from minga.text.extraction import LIMITS, Document, ExtractionError, Limits, extract, kind_of, unpack

#: Kinds of a source by what its file is.
KINDS = {"text": "letter", "word": "word", "pdf": "pdf", "email": "email"}


@dataclass(frozen=True)
class Entry:
    """One submission, ready to be taken in."""

    #: number of the uploaded file, and its name or the path in its archive
    file: int
    name: str
    kind: str
    text: str
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


@dataclass(frozen=True)
class Problem:
    """Something that was left out, and what to do about it; the code lets a page say so in its own language."""

    name: str
    code: str
    message: str
    place: str = ""
    column: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Give the problem as plain values."""
        return {
            "name": self.name, "place": self.place, "column": self.column,
            "code": self.code, "message": self.message, "values": dict(self.values),
        }  # fmt: skip


@dataclass(frozen=True)
class Table:
    """The columns of a spreadsheet, and which of them holds what."""

    file: int
    name: str
    header: tuple[str, ...]
    columns: Mapping[str, str]
    #: how many rows its sheets have
    rows: int = 0


def read_upload(
    files: Iterable[tuple[str, Callable[[], bytes]]],
    columns: Mapping[str, Mapping[str, str]] | None = None,
    limits: Limits = LIMITS,
) -> Iterator[Entry | Problem | Table]:
    """Read what was uploaded, file by file.

    Parameters
    ----------
    files : names, and functions that give the bytes when their turn comes
    columns : for a spreadsheet, by the number of its file as text, which column holds what: {"0": {"text": "Comment"}}
        Where nothing is said, the names of the columns decide.
    limits : what files may cost to read

    Returns
    -------
    entries, problems, and for each spreadsheet a Table before its rows
    """
    for number, (name, load) in enumerate(files):
        yield from _one(number, name, load(), (columns or {}).get(str(number)), limits)


def _one(
    number: int, name: str, data: bytes, columns: Mapping[str, str] | None, limits: Limits
) -> Iterator[Entry | Problem | Table]:
    try:
        kind = kind_of(data, name, limits)
        if kind == "archive":
            for inner in unpack(data, name, limits):
                if isinstance(inner, ExtractionError):
                    yield _problem(inner)
                else:
                    yield from _inside(number, *inner, limits)
        elif kind in {"csv", "workbook"}:
            yield from _sheet(number, name, data, kind, columns)
        else:
            yield from _documents(number, name, data, limits, is_alone=True)
    except ExtractionError as wrong:
        yield _problem(wrong)


def _inside(number: int, name: str, data: bytes, limits: Limits) -> Iterator[Entry | Problem]:
    """Read a file out of an archive; a table in it would need its columns chosen, so it comes by itself."""
    try:
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
        data=None if is_whole else (found.data or data),
        is_whole_file=is_whole,
    )


def _problem(wrong: ExtractionError) -> Problem:
    message = str(wrong).partition(": ")[2]
    return Problem(wrong.file, wrong.code, message, wrong.place, values=wrong.values)


def _sheet(
    number: int, name: str, data: bytes, kind: str, columns: Mapping[str, str] | None
) -> Iterator[Entry | Problem | Table]:
    try:
        sheets, wrong = incoming_sheets.load(data, name, kind)
    except incoming_sheets.SheetError as problem:
        yield Problem(name, problem.code, str(problem), values=problem.values)
        return
    for place, message in wrong:
        yield Problem(name, "row", message, place)
    header = tuple(dict.fromkeys(column for _sheet_name, table in sheets for column in incoming_sheets.names(table)))
    chosen = {field: column for field, column in (columns or incoming_sheets.guess(header)).items() if column in header}
    yield Table(number, name, header, chosen, sum(table.height for _sheet_name, table in sheets))
    if "text" not in chosen:
        yield Problem(
            name, "no_text_column",
            "No column is known to hold the text. Say below which one it is, then check again.",
        )  # fmt: skip
        return
    for sheet_name, table in sheets:
        where = sheet_name if len(sheets) > 1 else ""
        for row in incoming_sheets.rows(table, chosen, where):
            yield from (
                Problem(name, one.code, one.message, row.place, chosen[one.wanted], one.values) for one in row.problems
            )
            if row.text:
                yield Entry(
                    file=number,
                    name=name,
                    kind="spreadsheet",
                    text=row.text,
                    place=row.place,
                    language=row.language,
                    author_name=row.name,
                    author_organization=row.organization,
                    author_address=row.address,
                    strata=row.strata,
                    may_publish=row.may_publish,
                    received_at=row.received_at,
                )

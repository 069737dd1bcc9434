"""Read a table from a CSV or Parquet file: text stays text, and every wrong row is named.

No word is ever read as "missing": NA is Namibia, or "does not apply"; only an empty cell is empty.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

#: The column that keeps the line of the file a row came from.
LINE = "_line"
_DELIMITERS = (",", ";", "\t")

Surplus = Callable[[Sequence[str], Sequence[str], str], Sequence[str]]


class TableError(ValueError):
    """A file cannot be read as a table."""


@dataclass(frozen=True)
class RowProblem:
    """One row that could not be read; the others are kept."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.message}"


@dataclass(frozen=True)
class Reading:
    """The rows that could be read (with their line in ``_line``), and those that could not."""

    table: pl.DataFrame
    problems: tuple[RowProblem, ...] = ()


def read_table(
    path: str | Path,
    columns: Sequence[str] = (),
    *,
    surplus: Surplus | None = None,
) -> Reading:
    """Read a CSV or Parquet file.

    Parameters
    ----------
    path : path
        CSV in UTF-8, parted by comma, semicolon or tab, with a header; or Parquet (by the ending).
    columns : column names
        What the header must hold; other columns are kept as they are.
    surplus : function, optional
        Puts the cells of a row with too many of them together, from the names of the columns, the cells and the sign
        that parts them; without it such a row is named as a problem.

    Returns
    -------
    Reading
        From CSV every column is text, and an empty cell is null.

    Raises
    ------
    TableError
        The file is missing, empty, not UTF-8, or its header lacks a column or holds one twice.
    """
    file = Path(path)
    if not file.is_file():
        raise TableError(f"There is no file {file}. Check the path.")
    if file.suffix.lower() == ".parquet":
        return _read_parquet(file, columns)
    text = _text(file)
    header, delimiter = _header(file, text)
    _demand(file, header, columns)
    if '"' not in text and _is_even(text, delimiter, len(header)):
        return Reading(_fast(text, delimiter))
    return _slow(file, text, header, delimiter, surplus)


def _read_parquet(file: Path, columns: Sequence[str]) -> Reading:
    try:
        table = pl.read_parquet(file)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise TableError(f"{file.name} is no Parquet file that can be read: {error}") from error
    _demand(file, table.columns, columns)
    return Reading(table)


def _text(file: Path) -> str:
    raw = file.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise TableError(
            f"{file.name} is not UTF-8: line {line} holds a byte that cannot be read. Save the file again as CSV UTF-8."
        ) from None
    if not text.strip():
        raise TableError(f"{file.name} is empty. The first line must name the columns.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _header(file: Path, text: str) -> tuple[list[str], str]:
    first = text.split("\n", 1)[0]
    delimiter = delimiter_of(first)
    header = [name.strip() for name in next(csv.reader([first], delimiter=delimiter))]
    doubles = sorted({name for name in header if header.count(name) > 1})
    if doubles:
        raise TableError(f"The header of {file.name} holds {', '.join(doubles)} twice. Rename or remove one.")
    return header, delimiter


def delimiter_of(header: str) -> str:
    """Return the sign that parts the cells of a line of names: the one that comes up most, a comma where none does."""
    return max(_DELIMITERS, key=header.count)


def _demand(file: Path, header: Sequence[str], columns: Sequence[str]) -> None:
    missing = [name for name in columns if name not in header]
    if missing:
        raise TableError(
            f"{file.name} lacks the column {', '.join(repr(m) for m in missing)}; its header has "
            f"{', '.join(header)}. Add the column, or correct its name in the first line."
        )


def _is_even(text: str, delimiter: str, width: int) -> bool:
    """Whether every line has as many cells as the header, so that the fast reader loses nothing."""
    body = text.rstrip("\n")
    if "\n\n" in body:
        return False
    rows = body.count("\n") + 1
    if body.count(delimiter) != rows * (width - 1):
        return False
    return width == 1 or _widest(body, delimiter, width)


def _widest(body: str, delimiter: str, width: int) -> bool:
    counts = pl.Series(body.split("\n")).str.count_matches(delimiter, literal=True)
    return bool((counts == width - 1).all())


def _fast(text: str, delimiter: str) -> pl.DataFrame:
    table = pl.read_csv(
        io.BytesIO(text.encode()),
        separator=delimiter,
        infer_schema=False,
        quote_char=None,
    )
    table = table.rename({name: name.strip() for name in table.columns}).with_columns(pl.all().replace("", None))
    return table.with_row_index(LINE, offset=2).with_columns(pl.col(LINE).cast(pl.Int64)).select(*table.columns, LINE)


def _slow(
    file: Path,
    text: str,
    header: Sequence[str],
    delimiter: str,
    surplus: Surplus | None,
) -> Reading:
    """Read row by row, so that rows with too few or too many cells are named and the rest is kept."""
    rows: list[list[str | None]] = []
    lines: list[int] = []
    problems: list[RowProblem] = []
    for line, found in _records(io.StringIO(text).readlines(), delimiter, len(header)):
        cells = surplus(header, found, delimiter) if surplus and found and len(found) > len(header) else found
        if cells is None:
            message = (
                "A double quote is opened here, but not closed where the row ends. Close it, or write the sign twice."
            )
            problems.append(RowProblem(file.name, line, message))
        elif len(cells) != len(header):
            message = (
                f"The row has {len(cells)} {'cell' if len(cells) == 1 else 'cells'}, but the header names "
                f"{len(header)} columns. Complete the row; put text that holds {delimiter!r} in double quotes."
            )
            problems.append(RowProblem(file.name, line, message))
        else:
            rows.append([cell if cell != "" else None for cell in cells])
            lines.append(line)
    table = pl.DataFrame(rows, schema=dict.fromkeys(header, pl.String), orient="row")
    return Reading(table.with_columns(pl.Series(LINE, lines, dtype=pl.Int64)), tuple(problems))


def _records(lines: Sequence[str], delimiter: str, width: int) -> Iterator[tuple[int, list[str] | None]]:
    """Yield each record below the header with the line it begins on.

    A quote that is never closed swallows the lines after it, up to the next quote or to the end of the file. Such a
    record does not fit the header, or its quotes are no pairs; it is yielded as None, and reading goes on at its second
    line, so that no other row is lost.
    """
    at = 1
    while at < len(lines):
        reader = csv.reader((lines[number] for number in range(at, len(lines))), delimiter=delimiter)
        start = at
        try:
            for cells in reader:
                taken = start + reader.line_num - at
                record = lines[at : at + taken]
                if (taken > 1 and len(cells) != width) or not _is_closed(
                    record, delimiter, is_last=at + taken >= len(lines)
                ):
                    break
                if cells:
                    yield at + 1, cells
                at += taken
            else:
                return
        except csv.Error:  # a cell longer than any cell is
            pass
        yield at + 1, None
        at += 1


def _is_closed(record: Sequence[str], delimiter: str, *, is_last: bool) -> bool:
    """Whether every quote of a record is closed; in one line only the end of the file can leave one open."""
    if len(record) == 1 and not is_last:
        return True
    try:
        list(csv.reader(record, delimiter=delimiter, strict=True))
    except csv.Error as wrong:
        return len(record) == 1 and "unexpected end" not in str(wrong)
    return True

"""Read the text of a CSV file into a table that still knows which row of the file each of its rows was.

A row is counted as a spreadsheet counts it: the header is row 1, and a text over several lines is one row.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

import polars as pl

from minga.deliberation.engine.errors import ExportError
from minga.tables.reading import delimiter_of

#: The column that holds the row of the file; no header is called so, since blanks around their names are cut off.
ROW = " row"
_CALLED = {",": "a comma", ";": "a semicolon", "\t": "a tab"}
#: What is said after the number of a row.
COUNTED = "the header is row 1"
_LARGEST = 2**63 - 1
_WHOLE = re.compile(r"[+-]?\d+")
#: A whole number as programs for statistics write it where a column has gaps.
_POINT = r"^([+-]?\d+)\.0*$"
_TRUTHS = ("true", "false")


def records(text: str, file: str, delimiter: str = ",") -> Iterator[list[str]]:
    """Yield the cells of each row, whatever ends its lines and however long a cell is.

    Parameters
    ----------
    text : str
    file : str
        The name of the file, for what is said of it.
    delimiter : str
        The sign that parts cells.

    Returns
    -------
    iterator of lists of cells, empty for a blank line

    Raises
    ------
    ExportError
        A quotation mark is not closed, or stands inside a cell.
    """
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))  # a text may be longer than Python expects
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from reader
    except csv.Error as wrong:
        raise ExportError(
            f"{file} cannot be read as CSV at line {reader.line_num}: {wrong}. "
            "Close every quotation mark, and write one inside a cell twice."
        ) from None


def read_table(text: str, file: str) -> tuple[pl.DataFrame, list[str]]:
    """Read a CSV file as text; blank rows are left out, every other one must be as wide as the header.

    Parameters
    ----------
    text : str
        Its cells are parted by commas, semicolons or tabs; the header shows which.
    file : str
        The name of the file, for what is said of it.

    Returns
    -------
    table, one row per row of the file
        Columns "0", "1" and so on, and the row of the file in ``ROW``.
    header, a list of names

    Raises
    ------
    ExportError
        The file is empty, a row is too short or too long (named), or a quotation mark stands wrong.
    """
    delimiter = delimiter_of(text.lstrip("\r\n").partition("\n")[0])
    header = next((row for row in records(text, file, delimiter) if row), None)
    if header is None:
        raise ExportError(f"{file} is empty. An export of Pol.is begins with a header.")
    table = _quickly(text, len(header), delimiter)
    return (_row_by_row(text, file, len(header), delimiter) if table is None else table), header


def _quickly(text: str, width: int, delimiter: str) -> pl.DataFrame | None:
    """Read at full speed; nothing where a row may be blank, short or long, so that it must be looked at closely."""
    if text[:1] in "\r\n" or text.count("\r") != text.count("\r\n"):
        return None
    names = [str(at) for at in range(width)]
    try:
        table = pl.read_csv(
            io.BytesIO(text.encode()), separator=delimiter, infer_schema=False, has_header=True, new_columns=names
        )
    except pl.exceptions.PolarsError:
        return None
    if table.width != width or table[names[-1]].null_count():
        return None
    return table.with_columns(pl.int_range(2, pl.len() + 2, dtype=pl.Int64).alias(ROW))


def _row_by_row(text: str, file: str, width: int, delimiter: str) -> pl.DataFrame:
    kept, places = [], []
    numbered = enumerate(records(text, file, delimiter), start=1)
    next(row for _number, row in numbered if row)
    for number, row in numbered:
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != width:
            raise ExportError(
                f"{file}, row {number} ({COUNTED}) has {len(row)} cells, the header {width}. "
                f"Give every row as many cells as the header; put a text that holds {_CALLED[delimiter]} in quotation "
                "marks."
            )
        kept.append(row)
        places.append(number)
    columns = zip(*kept, strict=True) if kept else [()] * width
    cells = {str(at): [cell or None for cell in column] for at, column in enumerate(columns)}
    table = pl.DataFrame(cells, schema=dict.fromkeys(cells, pl.String))
    return table.with_columns(pl.Series(ROW, places, dtype=pl.Int64))


def whole_numbers(table: pl.DataFrame, columns: dict[str, str], truths: set[str], file: str) -> pl.DataFrame:
    """Turn columns of text into whole numbers, and name the first cell that is none.

    Parameters
    ----------
    table : table of :func:`read_table`
    columns : name in the table and in the header of the file
    truths : names of columns
        Those that may say true and false as well.
    file : str

    Returns
    -------
    table
        The same rows; a column that says nothing but true and false holds truth.

    Raises
    ------
    ExportError
        A cell is no whole number (1.0 is one), or one too large for 64 bits.
    """
    for name, theirs in columns.items():
        text = table[name].str.strip_chars()
        low = text.str.to_lowercase()
        if name in truths and low.is_in(_TRUTHS).any():
            if low.drop_nulls().is_in(_TRUTHS).all():
                table = table.with_columns((low == "true").alias(name))
                continue
            text = low.replace({"true": "1", "false": "0"})
        number = text.cast(pl.Int64, strict=False)
        lost = number.is_null() & text.is_not_null()
        if lost.any():
            text = text.str.replace(_POINT, "$1")
            number = text.cast(pl.Int64, strict=False)
            lost = number.is_null() & text.is_not_null()
        if lost.any():
            at = int(lost.arg_max() or 0)
            raise ExportError(_not_whole(table[name][at], theirs, f"{file}, row {table[ROW][at]} ({COUNTED})"))
        table = table.with_columns(number.alias(name))
    return table


def _not_whole(cell: str, column: str, where: str) -> str:
    if _WHOLE.fullmatch(cell.strip()):
        return f"{where}: {cell} in the column {column!r} is too large; numbers run to {_LARGEST}. Give a smaller one."
    return f"{where}: {cell!r} in the column {column!r} is not a whole number. Correct it."


def is_statement(name: str) -> bool:
    """Say whether a column of a matrix is that of a statement: its whole number in digits from 0 to 9."""
    digits = name.removeprefix("-")
    return digits.isascii() and digits.isdecimal()


def statement_columns(names: list[str], file: str) -> list[str]:
    """Pick the columns of statements of a matrix.

    Parameters
    ----------
    names : names of columns
    file : str

    Returns
    -------
    names of columns

    Raises
    ------
    ExportError
        A number is too large, or two columns are of the same statement.
    """
    found: dict[int, str] = {}
    for name in filter(is_statement, names):
        if len(name) > len(str(-_LARGEST)) or abs(int(name)) > _LARGEST:
            raise ExportError(
                f"{file}: the column {name} is too large for a statement; numbers run to {_LARGEST}. "
                "Give the statement a smaller number."
            )
        if int(name) in found:
            raise ExportError(
                f"{file} holds the columns {found[int(name)]!r} and {name!r}, which are the same statement. "
                "Keep one of them."
            )
        found[int(name)] = name
    return list(found.values())

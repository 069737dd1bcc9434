"""Read tables from XLSX workbooks and write them: text stays text, wrong cells are named, same tables same bytes.

openpyxl reads and XlsxWriter writes. What stands here is what both leave open: limits against files made to exhaust
a server, types of columns, formulas nobody calculated, and errors that name sheet, row and column.
"""

from __future__ import annotations

import math
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

import polars as pl

from minga.tables.reading import LINE, TableError

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

#: What a workbook may unpack to, and how many cells may be filled or lie before a filled one.
LARGEST_BYTES = 400 * 2**20
MOST_CELLS = 50_000_000
#: What the format itself allows.
MOST_ROWS, MOST_COLUMNS, LONGEST_TEXT, LONGEST_NAME = 1_048_576, 16_384, 32_767, 31
#: The mark spreadsheets have for "no figure"; every other error of a formula is a mistake.
NOTHING = "#N/A"
_ERRORS = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff￾￿]")
_CREATED = datetime(1980, 1, 1, tzinfo=UTC)

Cells = Sequence[Any]
#: Gives what to read in the place of a wrong cell, from its error (empty where only the figure is missing) and formula.
Instead = Callable[[str, str], Any]


def read_workbook(
    source: str | Path | IO[bytes],
    *,
    lines: bool = False,
    header: Callable[[Sequence[tuple[int, Cells]]], int] | None = None,
    instead: Instead | None = None,
) -> dict[str, pl.DataFrame]:
    """Read every sheet whose first filled row holds column names.

    Parameters
    ----------
    source : path or open file
        An XLSX workbook.
    lines : bool
        Add the column ``_line`` with the row of the sheet each row came from, for errors that name it.
    header : function, optional
        Says which of the filled rows of a sheet, each with its line, holds the column names where it is not the
        first; the rows above are left out.
    instead : function, optional
        Gives what to read instead of a cell with a formula's error or a formula without its figure, from the error
        (``#NAME?``, or empty) and the formula (or empty). Without it such a cell refuses the workbook.

    Returns
    -------
    tables by name of sheet, in the order of the workbook
        Empty rows and empty sheets are left out. Numbers stay numbers (whole ones whole), dates dates, truths
        truths; a column that mixes kinds becomes text. A column without a name is called ``column_3`` by its place,
        and a name used twice gets its place added.

    Raises
    ------
    TableError
        The file is no workbook, is too large, or a cell holds a formula's error or a formula without its figure and
        nothing is said to be read instead.
    """
    name = _name(source)
    try:
        with zipfile.ZipFile(source) as archive:
            _check_parts(archive, name)
            sheets = _sheets(archive, name, instead)
    except (zipfile.BadZipFile, expat.ExpatError, ParseError, LookupError, ValueError, TypeError, OSError) as wrong:
        if isinstance(wrong, TableError):
            raise
        raise TableError(f"{name} cannot be read as an XLSX workbook. Save it again as .xlsx.") from None
    filled = {sheet: rows for sheet, rows in sheets.items() if rows}
    begins = {sheet: header(rows) if header else 0 for sheet, rows in filled.items()}
    return {sheet: _table(sheet, rows[begins[sheet] :], lines=lines) for sheet, rows in filled.items()}


def _name(source: str | Path | IO[bytes]) -> str:
    return Path(source).name if isinstance(source, str | Path) else Path(getattr(source, "name", "") or "The file").name


# ------------------------------------------------------------------------------------------ limits, before reading


def _check_parts(archive: zipfile.ZipFile, name: str) -> None:
    """Refuse what unpacks to too much (no part can unpack to more than it declares) or declares a document type."""
    if sum(entry.file_size for entry in archive.infolist()) > LARGEST_BYTES:
        raise TableError(f"{name} unpacks to more than {LARGEST_BYTES // 2**20} MB. Save its sheets as CSV files.")
    for entry in archive.namelist():
        if entry.endswith((".xml", ".rels")) and _has_document_type(archive, entry):
            raise TableError(f"{name} holds a document type declaration, which no workbook has. Save it again.")


def _has_document_type(archive: zipfile.ZipFile, entry: str) -> bool:
    """Whether a part declares a document type, the way to make a parser run for hours; only its beginning is read."""
    found: list[bool] = []
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = lambda *_: found.append(True)
    parser.StartElementHandler = lambda *_: found.append(False)
    with archive.open(entry) as part:
        while not found and (piece := part.read(1024)):
            parser.Parse(piece)
    return bool(found and found[0])


# ------------------------------------------------------------------------------------------ cells


def _sheets(archive: zipfile.ZipFile, name: str, instead: Instead | None) -> dict[str, list[tuple[int, Cells]]]:
    from openpyxl import load_workbook

    with warnings.catch_warnings():  # about charts and drop-down lists, which tables do not need
        warnings.simplefilter("ignore")
        assert archive.fp is not None
        book = load_workbook(archive.fp, read_only=True, data_only=True, keep_links=False)
        calculated = _formulas(archive)
        left = MOST_CELLS
        found: dict[str, list[tuple[int, Cells]]] = {}
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # some programs write a wrong extent, and rows would be lost
            rows: list[tuple[int, Cells]] = []
            for line, cells in enumerate(sheet.iter_rows(max_row=MOST_ROWS, values_only=True), start=1):
                left -= len(cells)
                if left < 0:
                    raise TableError(f"{name} has more than {MOST_CELLS:,} cells. Save its sheets as CSV files.")
                if any(cell is not None for cell in cells):
                    rows.append((line, [_value(sheet.title, line, at, cell, instead) for at, cell in enumerate(cells)]))
            found[sheet.title] = rows
        if calculated and instead:
            _put_instead(archive, found, instead)
        elif calculated:
            _demand_figures(archive, found)
    return found


def _value(sheet: str, line: int, at: int, cell: Any, instead: Instead | None) -> Any:
    if cell in ("", NOTHING):
        return None
    if cell in _ERRORS and instead:
        return instead(cell, "")
    if cell in _ERRORS:
        raise TableError(
            f"Sheet {sheet!r}, row {line}, column {letters(at)} holds {cell}: its formula cannot be calculated. "
            f"Mend the formula, or empty the cell."
        )
    return cell


def letters(at: int) -> str:
    """The letters of a column by its place from 0: A, B, ... Z, AA."""
    word = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        word = chr(65 + rest) + word
    return word


def _formulas(archive: zipfile.ZipFile) -> bool:
    """Whether any sheet holds a formula."""
    for entry in archive.namelist():
        if entry.startswith("xl/worksheets/") and entry.endswith(".xml"):
            with archive.open(entry) as part:
                rest = b""
                while piece := part.read(2**20):
                    if re.search(rb"<(?:\w+:)?f[ >/]", rest + piece):
                        return True
                    rest = piece[-16:]
    return False


def _demand_figures(archive: zipfile.ZipFile, found: Mapping[str, Sequence[tuple[int, Cells]]]) -> None:
    """Refuse a formula that was saved without its figure: it would be read as a gap."""
    figures = {sheet: dict(rows) for sheet, rows in found.items()}
    for sheet, line, at, formula in _written(archive):
        known = figures[sheet].get(line, ())
        if at >= len(known) or known[at] is None:
            raise TableError(
                f"Sheet {sheet!r}, row {line}, column {letters(at)} holds the formula {formula} "
                f"without its figure. Open the file in a spreadsheet program and save it, or put the figure."
            )


def _put_instead(archive: zipfile.ZipFile, found: dict[str, list[tuple[int, Cells]]], instead: Instead) -> None:
    """Put what is read instead in the place of every formula with an error or without its figure."""
    figures = {sheet: {line: list(cells) for line, cells in rows} for sheet, rows in found.items()}
    errors = {put: error for error in _ERRORS if (put := instead(error, "")) is not None}
    for sheet, line, at, formula in _written(archive):
        cells = figures[sheet].setdefault(line, [])
        cells += [None] * (at + 1 - len(cells))
        if cells[at] is None or (isinstance(cells[at], str) and cells[at] in errors):
            cells[at] = instead(errors.get(cells[at], ""), formula)
    for sheet, rows in figures.items():
        found[sheet] = [(line, cells) for line, cells in sorted(rows.items()) if any(one is not None for one in cells)]


def _written(archive: zipfile.ZipFile) -> Iterator[tuple[str, int, int, str]]:
    """Yield sheet, row, place of the column and words of every formula; one that says "no figure" is none."""
    from openpyxl import load_workbook

    assert archive.fp is not None
    for sheet in load_workbook(archive.fp, read_only=True, keep_links=False).worksheets:
        sheet.reset_dimensions()
        for line, cells in enumerate(sheet.iter_rows(max_row=MOST_ROWS), start=1):
            for at, cell in enumerate(cells):
                if cell.data_type == "f" and cell.value != "=NA()":
                    yield sheet.title, line, at, str(getattr(cell.value, "text", cell.value))


# ------------------------------------------------------------------------------------------ tables


def _table(sheet: str, rows: Sequence[tuple[int, Cells]], *, lines: bool) -> pl.DataFrame:
    width = max(_width(cells) for _, cells in rows)
    names: list[str] = []
    for at in range(width):
        name = _heading(rows[0][1], at)
        names.append(name if name not in names else f"{name}_{at + 1}")
    body = rows[1:]
    columns = [
        _series(name, [cells[at] if at < len(cells) else None for _, cells in body]) for at, name in enumerate(names)
    ]
    if lines:
        columns.append(pl.Series(LINE, [line for line, _ in body], dtype=pl.Int64))
    return pl.DataFrame(columns)


def _width(cells: Cells) -> int:
    return max((at + 1 for at, cell in enumerate(cells) if cell is not None), default=0)


def _heading(cells: Cells, at: int) -> str:
    cell = cells[at] if at < len(cells) else None
    return f"column_{at + 1}" if cell is None else _word(cell).strip()


def _series(name: str, values: Sequence[Any]) -> pl.Series:
    kinds = {type(value) for value in values if value is not None}
    if not kinds:
        return pl.Series(name, values, dtype=pl.Float64)
    if kinds <= {int, float}:
        whole = all(value is None or (float(value).is_integer() and abs(value) < 2**63) for value in values)
        return pl.Series(name, [_number(value, whole=whole) for value in values], dtype=_kind(whole=whole))
    if kinds == {bool}:
        return pl.Series(name, values, dtype=pl.Boolean)
    if kinds == {datetime}:
        days = all(value is None or value.time() == time(0) for value in values)
        moments = pl.Series(name, values, dtype=pl.Datetime("us"))
        return moments.cast(pl.Date) if days else moments
    return pl.Series(name, [None if value is None else _word(value) for value in values], dtype=pl.String)


def _kind(*, whole: bool) -> type[pl.Int64] | type[pl.Float64]:
    return pl.Int64 if whole else pl.Float64


def _number(value: float | None, *, whole: bool) -> float | None:
    if value is None:
        return None
    return int(value) if whole else float(value)


def _word(value: Any) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(" ")
    return str(value)


# ------------------------------------------------------------------------------------------ writing


def write_workbook(sheets: Mapping[str, pl.DataFrame], target: str | Path | IO[bytes], *, above: str = "") -> None:
    """Write tables as the sheets of an XLSX workbook, each with a bold header that stays in sight.

    Parameters
    ----------
    sheets : tables by name, in order
        Names are cut to the 31 characters a workbook allows and told apart; no text is taken for a formula or a
        link. A figure that is not finite becomes an empty cell.
    target : path or open file
        The same tables give the same bytes.
    above : str, optional
        A line for readers, alone in the first row of each sheet; the header then stands in the second.

    Raises
    ------
    TableError
        A table has more rows, or a cell more text, than a sheet can hold.
    """
    from xlsxwriter import Workbook

    for name, table in sheets.items():
        _check_size(name, table)
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(str(target) if isinstance(target, Path) else target, {"in_memory": True, **plain})
    book.set_properties({"created": _CREATED})  # no clock: the same tables give the same bytes
    bold = book.add_format({"bold": True})
    forms = {"date": book.add_format({"num_format": "yyyy-mm-dd"}),
             "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})}  # fmt: skip
    for name, table in zip(_sheet_names(list(sheets)), sheets.values(), strict=True):
        sheet = book.add_worksheet(name)
        header = 1 if above else 0
        if above:
            sheet.write_string(0, 0, _writable(above), bold)
        sheet.freeze_panes(header + 1, 0)
        for at, column in enumerate(table.columns):
            sheet.write_string(header, at, _writable(column), bold)
            sheet.set_column(at, at, _column_width(column, table[column]))
            _write_column(sheet, name, at, table[column], forms, below=header)
    book.close()


def _check_size(name: str, table: pl.DataFrame) -> None:
    if table.height >= MOST_ROWS or table.width > MOST_COLUMNS:
        raise TableError(
            f"The table {name!r} has {table.height:,} rows and {table.width:,} columns; a sheet holds "
            f"{MOST_ROWS - 1:,} rows and {MOST_COLUMNS:,} columns. Write it as CSV or Parquet."
        )


def _sheet_names(wanted: Sequence[str]) -> list[str]:
    names: list[str] = []
    for name in wanted:
        plain = re.sub(r"[\[\]:*?/\\]", " ", _writable(name))[:LONGEST_NAME].strip("'") or "Sheet"
        while plain.lower() in [other.lower() for other in names]:
            plain = f"{plain[: LONGEST_NAME - 4]} {len(names) + 1}"
        names.append(plain)
    return names


def _column_width(name: str, values: pl.Series) -> int:
    """Wide enough for the name and the first values, within reason."""
    longest = max((len(str(value)) for value in values.head(100) if value is not None), default=0)
    return min(60, max(8, len(name) + 1, longest + 1))


def _write_column(
    sheet: Worksheet, name: str, at: int, values: pl.Series, forms: Mapping[str, Any], *, below: int
) -> None:
    for row, value in _filled(values, below + 1):
        if isinstance(value, bool):
            sheet.write_boolean(row, at, value)
        elif isinstance(value, int | float):
            if math.isfinite(value):
                sheet.write_number(row, at, value)
        elif isinstance(value, datetime):
            sheet.write_datetime(row, at, value.replace(tzinfo=None), forms["moment"])
        elif isinstance(value, date):
            sheet.write_datetime(row, at, value, forms["date"])
        else:
            text = _writable(str(value))
            if len(text) > LONGEST_TEXT:
                raise TableError(
                    f"Sheet {name!r}, row {row + 1}, column {letters(at)} would hold {len(text):,} characters; a cell "
                    f"holds {LONGEST_TEXT:,}. Write the table as CSV or Parquet."
                )
            sheet.write_string(row, at, text)


def _filled(values: pl.Series, first: int) -> Iterator[tuple[int, Any]]:
    return ((row, value) for row, value in enumerate(values, start=first) if value is not None)


def _writable(text: str) -> str:
    return _UNWRITABLE.sub("", text)

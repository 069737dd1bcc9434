"""XLSX workbooks without a library: a workbook is a zip of small XML files, and tables need few of their features.

Read are values (text, numbers, truths, dates as their serial number's text is left alone) of every sheet; written are
tables with a bold, frozen header row. The same tables give the same bytes.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError, fromstring
from xml.sax.saxutils import escape, quoteattr

import polars as pl

from minga.indicators.engine.errors import DataError

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
LARGEST = 400 * 2**20
_CELL = re.compile(r"([A-Z]+)[0-9]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff￾￿]")


def read_workbook(source: str | Path) -> dict[str, pl.DataFrame]:
    """Read every sheet whose first row holds column names; empty sheets are left out.

    Numbers stay numbers, a column that mixes them with text becomes text, and repeated names are numbered.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST:
                raise DataError(f"The workbook {Path(source).name} unpacks to more than 400 MB. Save it as CSV.")
            texts = _shared_texts(archive)
            sheets = {name: _rows(archive, path, texts) for name, path in _sheets(archive)}
    except (zipfile.BadZipFile, KeyError, ParseError):
        raise DataError(f"{Path(source).name} cannot be read as an XLSX workbook. Save it again as .xlsx.") from None
    return {name: _table(rows) for name, rows in sheets.items() if rows}


def _xml(archive: zipfile.ZipFile, name: str) -> Element:
    content = archive.read(name)
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise DataError("The workbook holds a document type declaration, which workbooks do not have. Save it again.")
    return fromstring(content)  # noqa: S314 - no entities can be declared: see above


def _shared_texts(archive: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    return [_text(item) for item in _xml(archive, "xl/sharedStrings.xml").iter(f"{MAIN}si")]


def _text(item: Element) -> str:
    """All text of an item, pronunciation guides left out."""
    parts = [child for child in item if child.tag != f"{MAIN}rPh"]
    return "".join(part.text or "" for child in parts for part in child.iter(f"{MAIN}t"))


def _sheets(archive: zipfile.ZipFile) -> Iterable[tuple[str, str]]:
    targets = {item.get("Id"): str(item.get("Target")) for item in _xml(archive, "xl/_rels/workbook.xml.rels")}
    for sheet in _xml(archive, "xl/workbook.xml").iter(f"{MAIN}sheet"):
        target = targets[sheet.get(RELATION)]
        yield str(sheet.get("name")), target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _rows(archive: zipfile.ZipFile, path: str, texts: list[str]) -> list[list[Any]]:
    rows = []
    for row in _xml(archive, path).iter(f"{MAIN}row"):
        cells: dict[int, Any] = {}
        for at, cell in enumerate(row.iter(f"{MAIN}c")):
            place = _CELL.match(cell.get("r") or "")
            cells[_column(place.group(1)) if place else at] = _value(cell, texts)
        if any(value is not None for value in cells.values()):
            rows.append([cells.get(at) for at in range(max(cells) + 1)])
    return rows


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _value(cell: Element, texts: list[str]) -> Any:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        inline = cell.find(f"{MAIN}is")
        return (_text(inline) or None) if inline is not None else None
    found = cell.find(f"{MAIN}v")
    if found is None or found.text is None or kind == "e":
        return None
    if kind == "s":
        return texts[int(found.text)] or None
    if kind == "b":
        return found.text == "1"
    return float(found.text) if kind == "n" else found.text


def _table(rows: list[list[Any]]) -> pl.DataFrame:
    names: list[str] = []
    for at, name in enumerate(rows[0]):
        plain = str(int(name)) if isinstance(name, float) and name.is_integer() else name
        word = f"column_{at + 1}" if plain is None else str(plain).strip()
        names.append(word if word not in names else f"{word}_{at + 1}")
    columns = {}
    for at, name in enumerate(names):
        columns[name] = _series(name, [row[at] if at < len(row) else None for row in rows[1:]])
    return pl.DataFrame(columns)


def _series(name: str, values: list[Any]) -> pl.Series:
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {float}:
        whole = kinds and all(value is None or value.is_integer() for value in values)
        return pl.Series(name, values, dtype=pl.Float64).cast(pl.Int64 if whole else pl.Float64)
    if kinds == {bool}:
        return pl.Series(name, values, dtype=pl.Boolean)
    return pl.Series(name, [None if value is None else _word(value) for value in values], dtype=pl.String)


def _word(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def write_workbook(target: str | Path, sheets: Mapping[str, pl.DataFrame]) -> None:
    """Write tables as sheets, in order; names are cut to the 31 characters a workbook allows."""
    names = _sheet_names(list(sheets))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in _frame(names):
            _add(archive, path, content)
        for at, table in enumerate(sheets.values(), start=1):
            _add(archive, f"xl/worksheets/sheet{at}.xml", _sheet(table))


def _add(archive: zipfile.ZipFile, path: str, content: str) -> None:
    entry = zipfile.ZipInfo(path, date_time=(1980, 1, 1, 0, 0, 0))  # no clock: the same tables give the same bytes
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)


def _sheet_names(wanted: Sequence[str]) -> list[str]:
    names: list[str] = []
    for name in wanted:
        plain = re.sub(r"[\[\]:*?/\\]", " ", name)[:31] or "Sheet"
        while plain.lower() in [other.lower() for other in names]:
            plain = f"{plain[:27]} {len(names) + 1}"
        names.append(plain)
    return names


def _frame(names: Sequence[str]) -> Iterable[tuple[str, str]]:
    """The files every workbook has besides its sheets."""
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    media = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    numbers = range(1, len(names) + 1)
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{at}.xml" ContentType="{media}.worksheet+xml"/>' for at in numbers
    )
    yield (
        "[Content_Types].xml",
        (
            f'{head}<Types xmlns="{package}/content-types"><Default Extension="rels" '
            f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
            f'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
            f'ContentType="{media}.sheet.main+xml"/><Override PartName="/xl/styles.xml" '
            f'ContentType="{media}.styles+xml"/>{parts}</Types>'
        ),
    )
    yield (
        "_rels/.rels",
        (
            f'{head}<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
            f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
    )
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{at}" r:id="rId{at}"/>'
        for at, name in zip(numbers, names, strict=True)
    )
    yield (
        "xl/workbook.xml",
        (f'{head}<workbook xmlns="{MAIN[1:-1]}" xmlns:r="{office}"><sheets>{sheets}</sheets></workbook>'),
    )
    links = "".join(
        f'<Relationship Id="rId{at}" Type="{office}/worksheet" Target="worksheets/sheet{at}.xml"/>' for at in numbers
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        (
            f'{head}<Relationships xmlns="{package}/relationships">{links}<Relationship Id="rId{len(names) + 1}" '
            f'Type="{office}/styles" Target="styles.xml"/></Relationships>'
        ),
    )
    yield (
        "xl/styles.xml",
        (
            f'{head}<styleSheet xmlns="{MAIN[1:-1]}"><fonts count="2"><font/><font><b/></font></fonts><fills count="2">'
            '<fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
            '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2">'
            '<xf fontId="0"/><xf fontId="1" applyFont="1"/></cellXfs></styleSheet>'
        ),
    )


def _sheet(table: pl.DataFrame) -> str:
    letters = [_letters(at) for at in range(table.width)]
    rows = [_row(1, letters, table.columns, ' s="1"')]
    rows += [_row(at, letters, row, "") for at, row in enumerate(table.iter_rows(), start=2)]
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{MAIN[1:-1]}"><sheetViews>'
        '<sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        f"</sheetView></sheetViews><sheetData>{''.join(rows)}</sheetData></worksheet>"
    )


def _letters(at: int) -> str:
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _row(number: int, letters: Sequence[str], values: Iterable[Any], style: str) -> str:
    cells = "".join(
        _cell(f"{letter}{number}", value, style)
        for letter, value in zip(letters, values, strict=True)
        if value is not None
    )
    return f'<row r="{number}">{cells}</row>'


def _cell(place: str, value: Any, style: str) -> str:
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"{style}><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{place}"{style}><v>{value!r}</v></c>' if value == value and abs(value) != float("inf") else ""
    text = escape(_CONTROL.sub("", str(value)))
    return f'<c r="{place}" t="inlineStr"{style}><is><t xml:space="preserve">{text}</t></is></c>'

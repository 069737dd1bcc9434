"""Files of LibreOffice: texts (.odt) with headings and lists, and the cells of spreadsheets (.ods)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from minga.text.extraction.archives import check_size
from minga.text.extraction.documents import Document, ExtractionError, Limits, Part
from minga.text.extraction.kinds import damaged, protected
from minga.text.extraction.marks import is_item
from minga.text.extraction.word import too_long

TEXT, SHEET = "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
#: Notes of the office, comments, what was crossed out, and what stands on every page.
_LEFT_OUT = {f"{_OFFICE}annotation", f"{_TEXT}tracked-changes", f"{_TEXT}note", f"{_TEXT}sequence-decls"}
_SIGNS = {f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}
#: Empty cells and rows are written once with how often they stand there; a sheet is filled with them to its end.
_MOST_REPEATED, _MOST_ROWS = 200, 100_000


def read_odt(data: bytes, name: str, limits: Limits) -> Document:
    """Read a text of LibreOffice.

    Raises
    ------
    ExtractionError
        It is damaged or protected, would unpack to too much, or holds no words.
    """
    body = _body(data, name, limits, f"{_OFFICE}text")
    parts: list[Part] = []
    characters = 0
    for part in _parts(body, 0, [0]):
        characters += len(part.text)
        if characters > limits.characters:
            raise too_long(name, limits)
        parts.append(part)
    if not parts:
        raise ExtractionError("no_words", "The file holds no words. Look into it, or leave it out.", file=name)
    return Document("word", TEXT, tuple(parts))


def read_ods(data: bytes, name: str, limits: Limits) -> dict[str, list[tuple[int, list[str]]]]:
    """Read the cells of a spreadsheet of LibreOffice.

    Returns
    -------
    filled rows with their line, by the name of their sheet
        Dates and figures as they are kept, not as they are shown.

    Raises
    ------
    ExtractionError
        It is damaged or protected, or would unpack to too much.
    """
    body = _body(data, name, limits, f"{_OFFICE}spreadsheet")
    sheets: dict[str, list[tuple[int, list[str]]]] = {}
    for table in body.iter(f"{_TABLE}table"):
        found = sheets.setdefault(table.get(f"{_TABLE}name", ""), [])
        line = 1
        for row in table.iter(f"{_TABLE}table-row"):
            cells = _cells(row)
            times = _times(row, f"{_TABLE}number-rows-repeated")
            if any(cells):
                found += [(line + at, cells) for at in range(min(times, _MOST_REPEATED))]
            line += times
            if len(found) > _MOST_ROWS:
                reason = f"It has more than {_MOST_ROWS:,} rows. Send it in parts."
                raise ExtractionError("table", reason, file=name, values={"reason": reason})
    return sheets


def _body(data: bytes, name: str, limits: Limits, tag: str) -> Any:
    """Parse the content, which may name no file or address to read from, and no words to be put in many times."""
    from lxml import etree

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            check_size(archive, len(data), name, limits)
            if "META-INF/manifest.xml" in archive.namelist() and b"encryption-data" in archive.read(
                "META-INF/manifest.xml"
            ):
                raise protected(name)
            content = archive.read("content.xml")
        if b"<!DOCTYPE" in content[:4000] or b"<!ENTITY" in content[:4000]:
            raise damaged(name)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        body = etree.fromstring(content, parser).find(f".//{tag}")
    except ExtractionError:
        raise
    except Exception:  # a parser meets hostile bytes with errors of every kind
        raise damaged(name) from None
    if body is None:
        raise damaged(name)
    return body


def _parts(parent: Any, depth: int, count: list[int]) -> Iterator[Part]:
    for child in parent:
        if child.tag == f"{_TEXT}h":
            count[0] += 1
            if words := " ".join(_words(child).split()):
                yield Part(f"# {words}", "heading", f"paragraph {count[0]}")
        elif child.tag == f"{_TEXT}p":
            count[0] += 1
            words = _words(child).strip()
            if words and depth:
                yield Part(words if is_item(words) else f"- {words}", "item", f"paragraph {count[0]}")
            elif words:
                yield Part(words, "paragraph", f"paragraph {count[0]}")
        elif child.tag == f"{_TABLE}table":
            for row in child.iter(f"{_TABLE}table-row"):
                count[0] += 1
                if words := " | ".join(cell for cell in _cells(row, most=1) if cell):
                    yield Part(words, "row", f"paragraph {count[0]}")
        elif child.tag not in _LEFT_OUT and isinstance(child.tag, str):
            yield from _parts(child, depth + (child.tag == f"{_TEXT}list"), count)


def _words(element: Any) -> str:
    """Return the words of a paragraph without comments, notes and what is repeated in its pictures."""
    pieces = [element.text or ""]
    for child in element:
        if child.tag in _SIGNS:
            pieces.append(_SIGNS[child.tag])
        elif child.tag == f"{_TEXT}s":
            pieces.append(" " * min(_times(child, f"{_TEXT}c"), _MOST_REPEATED))
        elif child.tag not in _LEFT_OUT and isinstance(child.tag, str):
            pieces.append(_words(child))
        pieces.append(child.tail or "")
    return "".join(pieces)


def _cells(row: Any, most: int = _MOST_REPEATED) -> list[str]:
    cells: list[str] = []
    for cell in row:
        if cell.tag in {f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"}:
            cells += [_cell(cell)] * min(_times(cell, f"{_TABLE}number-columns-repeated"), most)
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _cell(cell: Any) -> str:
    kept = cell.get(f"{_OFFICE}date-value") or cell.get(f"{_OFFICE}value")
    if kept is not None:
        return str(kept)
    return "\n".join(_words(one) for one in cell if one.tag == f"{_TEXT}p").strip()


def _times(element: Any, name: str) -> int:
    given = element.get(name, "1")
    return int(given) if given.isdecimal() and len(given) < 9 else 1

"""Files of LibreOffice: texts (.odt) with headings and lists, and the cells of spreadsheets (.ods)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from minga.text.extraction.archives import check_size
from minga.text.extraction.documents import Document, ExtractionError, Limits, Part, joined_struck, note, struck
from minga.text.extraction.kinds import damaged, protected
from minga.text.extraction.marks import is_item
from minga.text.extraction.word import too_long

TEXT, SHEET = "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
#: What a list of changes holds stands at the place of each change; the rest says how pictures are counted.
_LEFT_OUT = {f"{_TEXT}tracked-changes", f"{_TEXT}sequence-decls", f"{_TEXT}note-citation"}
#: Words at which a comment stands are no more than tell which ones are meant, and lie in no more pieces than this.
_MOST_QUOTED, _MOST_PIECES = 200, 40
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
    for part in _parts(body, 0, _Beside(_deleted(body), _struck_styles(body))):
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


@dataclass
class _Beside:
    """What stands beside the words of a text: what was deleted, styles that draw a line through words, comments."""

    deleted: dict[str, str]
    styles: frozenset[str]
    paragraph: int = 0
    comments: list[str] = field(default_factory=list)

    def part(self, words: str, kind: str) -> Iterator[Part]:
        """Yield a paragraph, and after it the comments that stand at it."""
        place = f"paragraph {self.paragraph}"
        if words:
            yield Part(words, kind, place)
        yield from (Part(one, "note", place) for one in self.comments)
        self.comments = []


def _deleted(body: Any) -> dict[str, str]:
    """Return by their number the words that were deleted while changes were tracked."""
    regions = body.iterfind(f"{_TEXT}tracked-changes/{_TEXT}changed-region")
    found = {}
    for region in regions:
        gone = region.find(f"{_TEXT}deletion")
        lines = () if gone is None else gone.iter(f"{_TEXT}p", f"{_TEXT}h")
        found[region.get(f"{_TEXT}id", "")] = " ".join(" ".join(line.itertext()) for line in lines)
    return found


def _struck_styles(body: Any) -> frozenset[str]:
    """Return the names of styles that draw a line through words."""
    found = set()
    for style in body.getroottree().getroot().iter(f"{_STYLE}style"):
        drawn = style.find(f"{_STYLE}text-properties")
        if drawn is not None and drawn.get(f"{_STYLE}text-line-through-style", "none") != "none":
            found.add(style.get(f"{_STYLE}name", ""))
    return frozenset(found)


def _parts(parent: Any, depth: int, beside: _Beside) -> Iterator[Part]:
    for child in parent:
        if child.tag == f"{_TEXT}h":
            beside.paragraph += 1
            words = " ".join(_line(child, beside).split())
            yield from beside.part(words and f"# {words}", "heading")
        elif child.tag == f"{_TEXT}p":
            beside.paragraph += 1
            words = _line(child, beside).strip()
            if words and depth:
                yield from beside.part(words if is_item(words) else f"- {words}", "item")
            else:
                yield from beside.part(words, "paragraph")
        elif child.tag == f"{_TABLE}table":
            for row in child.iter(f"{_TABLE}table-row"):
                beside.paragraph += 1
                cells = _cells(row, most=1, beside=beside)
                yield from beside.part(" | ".join(cell for cell in cells if cell), "row")
        elif child.tag not in _LEFT_OUT and isinstance(child.tag, str):
            yield from _parts(child, depth + (child.tag == f"{_TEXT}list"), beside)


def _line(element: Any, beside: _Beside) -> str:
    return joined_struck(_drawn(element, beside))


def _drawn(element: Any, beside: _Beside) -> str:
    words = _words(element, beside)
    return struck(words) if element.get(f"{_TEXT}style-name") in beside.styles else words


def _words(element: Any, beside: _Beside) -> str:
    """Return the words of a paragraph, its notes in brackets; comments are put beside it."""
    pieces = [element.text or ""]
    for child in element:
        if child.tag in _SIGNS:
            pieces.append(_SIGNS[child.tag])
        elif child.tag == f"{_TEXT}s":
            pieces.append(" " * min(_times(child, f"{_TEXT}c"), _MOST_REPEATED))
        elif child.tag == f"{_OFFICE}annotation":
            beside.comments += _comment(child)
        elif child.tag == f"{_TEXT}change":
            pieces.append(struck(beside.deleted.pop(child.get(f"{_TEXT}change-id", ""), "")))
        elif child.tag == f"{_TEXT}note":
            words = " ".join(_words(child, beside).split())
            pieces.append(f" [{words}]" if words else "")
        elif child.tag not in _LEFT_OUT and isinstance(child.tag, str):
            pieces.append(_drawn(child, beside))
        pieces.append(child.tail or "")
    return "".join(pieces)


def _comment(element: Any) -> Iterator[str]:
    """Yield what a comment says, with the words at which it stands where it says where they end."""
    lines = (" ".join(line.itertext()) for line in element.iter(f"{_TEXT}p"))
    if words := " ".join(" ".join(lines).split()):
        yield note(words, _about(element))


def _about(comment: Any) -> str:
    """Return the words between a comment and its end in the same paragraph."""
    name = comment.get(f"{_OFFICE}name")
    words = comment.tail or ""
    for after in islice(comment.itersiblings(), _MOST_PIECES):
        if after.tag == f"{_OFFICE}annotation-end" and after.get(f"{_OFFICE}name") == name:
            return words if name else ""
        words += "".join(islice(after.itertext(), _MOST_PIECES))[:_MOST_QUOTED] + (after.tail or "")
        if len(words) > _MOST_QUOTED:
            return f"{words[:_MOST_QUOTED]}…"
    return ""


def _cells(row: Any, most: int = _MOST_REPEATED, beside: _Beside | None = None) -> list[str]:
    cells: list[str] = []
    beside = beside or _Beside({}, frozenset())
    for cell in row:
        if cell.tag in {f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"}:
            cells += [_cell(cell, beside)] * min(_times(cell, f"{_TABLE}number-columns-repeated"), most)
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _cell(cell: Any, beside: _Beside) -> str:
    kept = cell.get(f"{_OFFICE}date-value") or cell.get(f"{_OFFICE}value")
    if kept is not None:
        return str(kept)
    return "\n".join(_line(one, beside) for one in cell if one.tag == f"{_TEXT}p").strip()


def _times(element: Any, name: str) -> int:
    given = element.get(name, "1")
    return int(given) if given.isdecimal() and len(given) < 9 else 1

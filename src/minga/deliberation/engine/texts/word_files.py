"""What python-docx leaves open for every Word file of this room: languages from right to left, links, numbering, bytes.

The same input gives the same bytes: times are those of the content, and the parts of the archive carry none.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from datetime import date, datetime
from html import escape
from typing import Any
from unicodedata import bidirectional

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm
from docx.text.paragraph import Paragraph

from minga.deliberation.engine.texts.document import RIGHT_TO_LEFT
from minga.text.blocks import clean

_LOCALES = {"ar": "ar-SA", "en": "en-GB", "es": "es-ES", "fr": "fr-FR", "ru": "ru-RU", "zh": "zh-CN"}
#: Where the format looks for a language: scripts from right to left, and those of East Asia, have their own place.
_SIDES = {"ar": "bidi", "zh": "eastAsia"}
_TERMS = "http://purl.org/dc/terms/"
_DEEPEST = 9


def new_file(title: str, language: str, on: date | None, author: str = "") -> Any:
    """Return an empty Word file with its properties, and with the language of all of its words.

    It carries the day `on`, and none where that is not known.
    """
    word = Document()
    properties = word.core_properties
    properties.title, properties.author, properties.comments = clean(title)[:255], clean(author)[:255], ""
    properties.last_modified_by = ""
    properties.language = _LOCALES.get(language, language)
    if on is not None:
        properties.created = properties.modified = datetime(on.year, on.month, on.day)
    else:  # the library's own template has the day on which that was made
        for made in properties._element.findall(f"{{{_TERMS}}}created") + properties._element.findall(
            f"{{{_TERMS}}}modified"
        ):
            properties._element.remove(made)
    page = word.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(25)
    spoken = word.styles.element.find(f".//{qn('w:docDefaults')}//{qn('w:lang')}")
    for name in ("val", "eastAsia", "bidi"):
        spoken.set(qn(f"w:{name}"), _LOCALES.get(language, language))
    if language in RIGHT_TO_LEFT:
        section = page._sectPr
        grid = section.find(qn("w:docGrid"))  # the format wants its parts in one order
        (section.append if grid is None else grid.addprevious)(OxmlElement("w:bidi"))
    return word


def to_bytes(word: Any) -> bytes:
    """Return the file; no part of it carries the time at which it was made."""
    made, plain = io.BytesIO(), io.BytesIO()
    word.save(made)
    with zipfile.ZipFile(made) as parts, zipfile.ZipFile(plain, "w", zipfile.ZIP_DEFLATED) as target:
        for name in parts.namelist():
            target.writestr(zipfile.ZipInfo(name), parts.read(name), zipfile.ZIP_DEFLATED)
    return plain.getvalue()


def empty(word: Any, style: str) -> Any:
    """Add a paragraph without words; asking python-docx for the style each time would take most of the time."""
    element: Any = OxmlElement("w:p")
    element.get_or_add_pPr().style = style.replace(" ", "")  # so the template calls its styles
    word.element.body.sectPr.addprevious(element)
    return Paragraph(element, word._body)


def paragraph(word: Any, text: str, style: str, language: str) -> Any:
    """Add a paragraph; line breaks in the text stay."""
    made = empty(word, style)
    run(made, text, language)
    return turned(made, language)


def run(made: Any, text: str, language: str) -> None:
    """Add words to a paragraph, marked with their language, and as written from right to left where that is."""
    marks = made.add_run(clean(text))._r.get_or_add_rPr()
    if language in RIGHT_TO_LEFT:
        marks.append(OxmlElement("w:rtl"))
    if language:
        marks.append(_spoken(language))


def _spoken(language: str) -> Any:
    """Name a language, so that a program reads words aloud and checks their spelling in it."""
    element = OxmlElement("w:lang")
    element.set(qn(f"w:{_SIDES.get(language, 'val')}"), _LOCALES.get(language, language))
    return element


def guessed(text: str, otherwise: str) -> str:
    """Return the language to write words in of which nobody said it: by the script of their first letter."""
    for letter in text:
        written = bidirectional(letter)
        if written in ("R", "AL"):
            return otherwise if otherwise in RIGHT_TO_LEFT else RIGHT_TO_LEFT[0]
        if written == "L":
            return "" if otherwise in RIGHT_TO_LEFT else otherwise
    return otherwise


def turned(made: Any, language: str) -> Any:
    """Let a paragraph begin at the right where the language does."""
    if language in RIGHT_TO_LEFT:
        made._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
    return made


def link(made: Any, text: str, address: str, language: str) -> None:
    """Add words that lead to an address, or with ``#name`` to a place in the file."""
    element = OxmlElement("w:hyperlink")
    if address.startswith("#"):
        element.set(qn("w:anchor"), address[1:])
    else:
        element.set(qn("r:id"), made.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run(made, text, language)
    last = made._p.findall(qn("w:r"))[-1]
    made._p.append(element)
    element.append(last)


def bookmark(made: Any, name: str, number: int) -> None:
    """Give a paragraph a name that links in the file lead to."""
    begin, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for element in (begin, end):
        element.set(qn("w:id"), str(number))
    begin.set(qn("w:name"), name)
    first = made._p.find(qn("w:pPr"))
    first.addnext(begin)
    made._p.append(end)


def field(made: Any, kind: str, instruction: str = "") -> None:
    """Add one part of a field: "begin" with its instruction, "separate" or "end"."""
    mark = made.add_run()._r
    element = OxmlElement("w:fldChar")
    element.set(qn("w:fldCharType"), kind)
    if kind == "begin":
        element.set(qn("w:dirty"), "true")  # page numbers are known to the program that opens the file
    mark.append(element)
    if instruction:
        words = OxmlElement("w:instrText")
        words.set(qn("xml:space"), "preserve")
        words.text = instruction
        made.add_run()._r.append(words)


def number_pages(word: Any, said: str, language: str) -> None:
    """Write the number of each page and how many there are at its foot, behind words such as that it is a sample."""
    made = word.sections[0].footer.paragraphs[0]
    if said:
        run(made, f"{clean(said)} · ", language)
    for at, name in enumerate(("PAGE", "NUMPAGES")):
        if at:
            run(made, " / ", language)
        field(made, "begin", f" {name} ")
        field(made, "separate")
        run(made, "1", language)
        field(made, "end")
    turned(made, language)


# ------------------------------------------------------------------------------------------ numbering
def number_headings(word: Any) -> None:
    """Number the headings of all levels as 1, 1.1, 1.1.1 by the file's own numbering."""
    shapes = [".".join(f"%{each}" for each in range(1, level + 1)) for level in range(1, _DEEPEST + 1)]
    number = _numbering(word, [(shape, f"Heading{level}", 0) for level, shape in enumerate(shapes, start=1)])
    for level in range(_DEEPEST):
        properties = word.styles[f"Heading {level + 1}"].element.get_or_add_pPr()
        asked = properties.get_or_add_numPr()
        asked.get_or_add_ilvl().val = level
        asked.get_or_add_numId().val = number
    # the heading of the contents looks like a heading, but counts as none
    plain = word.styles["TOC Heading"].element.get_or_add_pPr().get_or_add_numPr()
    plain.get_or_add_numId().val = 0


def numbered(word: Any, items: Iterable[str], start: int, language: str) -> None:
    """Add a numbered list that counts from its own start."""
    number = _numbering(word, [("%1.", "", 720)], start=start)
    for item in items:
        made = paragraph(word, item, "List Paragraph", language)
        asked = made._p.get_or_add_pPr().get_or_add_numPr()
        asked.get_or_add_ilvl().val = 0
        asked.get_or_add_numId().val = number


def _numbering(word: Any, levels: list[tuple[str, str, int]], *, start: int = 1) -> int:
    """Add a way of numbering, and return the number by which paragraphs name it."""
    part = word.part.numbering_part.element
    known = [int(each.get(qn("w:abstractNumId"))) for each in part.findall(qn("w:abstractNum"))]
    name = max(known, default=0) + 1
    abstract = OxmlElement("w:abstractNum")
    abstract.set(qn("w:abstractNumId"), str(name))
    abstract.append(_valued("w:multiLevelType", "multilevel" if len(levels) > 1 else "singleLevel"))
    for at, (shape, style, indent) in enumerate(levels):
        level = OxmlElement("w:lvl")
        level.set(qn("w:ilvl"), str(at))
        level.append(_valued("w:start", str(start)))
        level.append(_valued("w:numFmt", "decimal"))
        if style:
            level.append(_valued("w:pStyle", style))
        level.append(_valued("w:suff", "space" if style else "tab"))
        level.append(_valued("w:lvlText", shape))
        level.append(_valued("w:lvlJc", "left"))
        if indent:
            place = OxmlElement("w:pPr")
            moved = OxmlElement("w:ind")
            moved.set(qn("w:left"), str(indent))
            moved.set(qn("w:hanging"), str(indent // 2))
            place.append(moved)
            level.append(place)
        abstract.append(level)
    first = part.find(qn("w:num"))
    (part.append if first is None else first.addprevious)(abstract)
    return int(part.add_num(name).numId)


def _valued(name: str, value: str) -> Any:
    element = OxmlElement(name)
    element.set(qn("w:val"), value)
    return element


# ------------------------------------------------------------------------------------------ tables
def table(word: Any, head: Iterable[str], rows: Iterable[Iterable[tuple[str, str]]], language: str) -> Any:
    """Add a table whose head comes again on every page; each cell is its words and their language, "" if unknown.

    Rows are written as text and read in at once: one by one, a table of thousands of voices would take minutes.
    """
    names = list(head)
    made = word.add_table(rows=0, cols=len(names), style="Table Grid")
    if language in RIGHT_TO_LEFT:
        made._tbl.tblPr.find(qn("w:tblStyle")).addnext(OxmlElement("w:bidiVisual"))
    head_row = [(name, language) for name in names]
    first = _row(head_row, language, "<w:trPr><w:tblHeader/></w:trPr>", "<w:b/><w:bCs/>")
    body = "".join(_row(row, language) for row in rows)
    made._tbl.extend(list(parse_xml(f"<w:tbl {nsdecls('w')}>{first}{body}</w:tbl>")))
    return made


def _row(cells: Iterable[tuple[str, str]], language: str, properties: str = "", look: str = "") -> str:
    written = "".join(_cell(text, spoken or guessed(text, language), look) for text, spoken in cells)
    return f"<w:tr>{properties}{written}</w:tr>"


def _cell(text: str, language: str, look: str) -> str:
    is_rtl = language in RIGHT_TO_LEFT
    side = "<w:pPr><w:bidi/></w:pPr>" if is_rtl else ""
    look += "<w:rtl/>" if is_rtl else ""
    if language:
        look += f'<w:lang w:{_SIDES.get(language, "val")}="{escape(_LOCALES.get(language, language))}"/>'
    words = f"<w:r><w:rPr>{look}</w:rPr>{_lines(text)}</w:r>"
    return f'<w:tc><w:tcPr><w:tcW w:w="0" w:type="auto"/></w:tcPr><w:p>{side}{words}</w:p></w:tc>'


def _lines(text: str) -> str:
    lines = (f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in clean(text).split("\n"))
    return "<w:br/>".join(lines)

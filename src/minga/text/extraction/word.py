"""Word files (.docx): paragraphs, headings, lists and tables, comments, notes, and what was crossed out marked."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from minga.text.extraction.archives import check_size
from minga.text.extraction.documents import Document, ExtractionError, Limits, Part, joined_struck, struck
from minga.text.extraction.kinds import damaged
from minga.text.extraction.marks import is_item
from minga.text.extraction.word_notes import Notes
from minga.text.extraction.word_notes import W as _W

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#: No Word file is older than its format; an empty one of python-docx says 2013.
_FIRST_DAY = datetime(2014, 1, 1, tzinfo=UTC)
#: What was moved away and stands elsewhere, and the second copy of a drawing for old programs.
_LEFT_OUT = {
    f"{_W}pPr",
    f"{_W}moveFrom",
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
}
_SIGNS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
#: Words, also those that were deleted while changes were tracked; and what refers to a note beneath the text.
_TEXTS, _REFERENCES = {f"{_W}t", f"{_W}delText"}, {f"{_W}footnoteReference", f"{_W}endnoteReference"}
_NOT = {"0", "false", "off"}
_WRAPPERS = {f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}moveTo", f"{_W}customXml", f"{_W}smartTag"}


def read_word(data: bytes, name: str, limits: Limits) -> Document:
    """Read a Word file.

    Raises
    ------
    ExtractionError
        It is damaged, would unpack to too much, or holds no words.
    """
    import docx

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            check_size(archive, len(data), name, limits)
        opened = docx.Document(io.BytesIO(data))
        parts = tuple(_parts(opened, name, limits))
        said = opened.core_properties.author or ""
        written_at = _written_at(opened.core_properties)
    except ExtractionError:
        raise
    except Exception:  # a parser meets hostile bytes with errors of every kind
        raise damaged(name) from None
    if not parts:
        raise ExtractionError("no_words", "The file holds no words. Look into it, or leave it out.", file=name)
    return Document("word", MEDIA_TYPE, parts, sender_name="" if said == "python-docx" else said, sent_at=written_at)


def _written_at(properties: Any) -> datetime | None:
    """Return when a document was last changed, or made; a template's old days and days to come say nothing."""
    for at in (properties.modified, properties.created):
        if at is not None:
            known: datetime = at if at.tzinfo else at.replace(tzinfo=UTC)
            if _FIRST_DAY <= known <= datetime.now(UTC):
                return known
    return None


def _parts(opened: Any, name: str, limits: Limits) -> Iterator[Part]:
    characters = 0
    for part in _all_parts(opened, Notes(opened)):
        if part.text:
            characters += len(part.text)
            if characters > limits.characters:
                raise too_long(name, limits)
            yield part


def _all_parts(opened: Any, notes: Notes) -> Iterator[Part]:
    """Yield the parts in order, the comments after the paragraph or table at which they stand."""
    headings = _heading_styles(opened)
    paragraph = table = 0
    place = ""
    for element in _blocks(opened.element.body):
        if element.tag == f"{_W}p":
            paragraph += 1
            place = f"paragraph {paragraph}"
            yield _paragraph(element, headings, place, notes)
        else:
            table += 1
            place = f"table {table}"
            yield from _rows(element, place, notes)
        yield from (Part(words, "note", place) for words in notes.at(element))
    yield from (Part(words, "note", place) for words in notes.rest())


def too_long(name: str, limits: Limits) -> ExtractionError:
    """Make the error for a text that is a book."""
    return ExtractionError(
        "characters",
        f"The text has more than {limits.characters:,} characters. Send it in parts.",
        file=name,
        values={"most": limits.characters},
    )


def _blocks(parent: Any) -> Iterator[Any]:
    """Yield paragraphs and tables in order, also those inside fields of a form."""
    for child in parent:
        if child.tag in {f"{_W}p", f"{_W}tbl"}:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _blocks(child)


def _heading_styles(opened: Any) -> set[str]:
    """Return the styles of headings: named so in any language, they have a level in the outline or a known id."""
    return {
        style.style_id
        for style in opened.styles
        if style.element.find(f".//{_W}outlineLvl") is not None
        or style.style_id.lower().startswith(("heading", "title", "titre", "ttulo"))
    }


def _paragraph(element: Any, headings: set[str], place: str, notes: Notes) -> Part:
    text = _line(element, notes).strip()
    settings = element.find(f"{_W}pPr")
    style = settings.find(f"{_W}pStyle") if settings is not None else None
    style_id = style.get(f"{_W}val", "") if style is not None else ""
    kind = "paragraph"
    if style_id in headings or (settings is not None and settings.find(f"{_W}outlineLvl") is not None):
        kind = "heading"
        text = f"# {' '.join(text.split())}" if text and not text.startswith("#") else text
    elif style_id.startswith("List") or (settings is not None and settings.find(f"{_W}numPr") is not None):
        kind = "item"
        text = text if is_item(text) or not text else f"- {text}"
    return Part(text, kind, place)


def _line(element: Any, notes: Notes) -> str:
    return joined_struck("".join(_words(element, notes)))


def _words(element: Any, notes: Notes) -> Iterator[str]:
    for child in element:
        if child.tag in _LEFT_OUT:
            continue
        if child.tag in _TEXTS:
            yield child.text or ""
        elif child.tag in _SIGNS:
            yield _SIGNS[child.tag]
        elif child.tag in _REFERENCES:
            yield notes.inline(child)
        elif child.tag == f"{_W}ffData":
            yield _chosen(child)
        elif isinstance(child.tag, str):
            words = _words(child, notes)
            yield from [struck("".join(words))] if _is_struck(child) else words


def _is_struck(element: Any) -> bool:
    """Whether words were deleted while changes were tracked, or a line was drawn through them."""
    if element.tag != f"{_W}r":
        return bool(element.tag == f"{_W}del")
    lines = (element.find(f"{_W}rPr/{_W}{name}") for name in ("strike", "dstrike"))
    return any(line is not None and line.get(f"{_W}val") not in _NOT for line in lines)


def _chosen(field: Any) -> str:
    """Return what was ticked or chosen in a field of an old form, where it stands in no run of text."""
    if (box := field.find(f"{_W}checkBox")) is not None:
        marks = (box.find(f"{_W}{name}") for name in ("checked", "default"))
        mark = next((mark for mark in marks if mark is not None), None)
        return "☒ " if mark is not None and mark.get(f"{_W}val") not in _NOT else "☐ "
    offered = [entry.get(f"{_W}val", "") for entry in field.findall(f"{_W}ddList/{_W}listEntry")]
    result = field.find(f"{_W}ddList/{_W}result")
    number = result.get(f"{_W}val", "") if result is not None else "0"
    chosen = int(number[:6]) if number.isdecimal() else -1
    return str(offered[chosen]) if 0 <= chosen < len(offered) else ""


def _rows(table: Any, place: str, notes: Notes) -> Iterator[Part]:
    for row, element in enumerate(table.iter(f"{_W}tr"), start=1):
        cells = [
            " ".join(" ".join(_line(one, notes).split()) for one in _blocks(cell)).strip()
            for cell in element.iter(f"{_W}tc")
        ]
        yield Part(" | ".join(cell for cell in cells if cell), "row", f"{place}, row {row}")

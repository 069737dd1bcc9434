"""PDF files that hold text, answers in fields and notes; a scanned page is a picture, and is said to be one."""

from __future__ import annotations

import io
import logging
import re
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from minga.text.extraction.documents import Document, ExtractionError, Limits, Part
from minga.text.extraction.kinds import damaged, protected
from minga.text.extraction.letters import is_closing, is_greeting
from minga.text.extraction.marks import is_item
from minga.text.extraction.pdf_notes import beside_page, crosses_out
from minga.text.extraction.word import too_long

#: Fewer letters than this on a page are a page number or a stamp.
_FEW_LETTERS = 12
_ENDS = re.compile(r"[.!?:;。！？؟…][\"'”’»)]?\s*$")
_HYPHEN = re.compile(r"(?<=[^\W\d_])-$")
#: What keeps something on a page from being read.
_NOT_READ = frozenset({"no_text", "damaged"})
#: Letters joined for print (ﬁ), and Arabic letters in the shape that they have at their place in a word.
_SHAPES = re.compile(r"[\ufb00-\ufb06\ufb50-\ufdff\ufe70-\ufefc]")
_ARABIC = re.compile(r"[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff]")
_LETTER = re.compile(r"[^\W\d_]")
_BEFORE = re.compile(r"([.,:!،؛؟]+)(?=\w)")
#: Writes every line from left to right, as browsers that print Arabic do.
_DRAWS_FROM_THE_LEFT = "Skia/PDF"
#: A line shorter than this share of the longest ends its paragraph, if it ends a sentence.
_SHORT = 0.75


def read_pdf(data: bytes, name: str, limits: Limits) -> Document:
    """Read the text of a PDF file.

    Raises
    ------
    ExtractionError
        It is damaged or protected, has too many pages, takes too long, or holds pictures of pages instead of text.
    """
    import pypdf

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its notes quote what people wrote
    try:
        reader = pypdf.PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise protected(name)
        pages = len(reader.pages)
    except ExtractionError:
        raise
    except Exception:  # a parser meets hostile bytes with errors of every kind
        raise damaged(name) from None
    if pages > limits.pages:
        raise ExtractionError(
            "pages",
            f"The file has {pages} pages; {limits.pages} are the most. Send it in parts.",
            file=name,
            values={"count": pages, "most": limits.pages},
        )
    return _document(reader, name, limits)


def _document(reader: Any, name: str, limits: Limits) -> Document:
    parts: list[Part] = []
    left_out: list[ExtractionError] = []
    unread: list[int] = []
    seen: set[Any] = set()
    characters = empty = 0
    has_arabic = has_beside = False
    until = time.monotonic() + limits.seconds
    for number in range(1, len(reader.pages) + 1):
        place = f"page {number}"
        text = _page(reader, number - 1, name)
        beside, wrong = _beside(reader, number - 1, name, seen, limits)
        left_out += wrong
        has_arabic = has_arabic or len(_ARABIC.findall(text)) >= _FEW_LETTERS
        if sum(sign.isalpha() for sign in text) < _FEW_LETTERS:
            left_out.append(_without_text(name, place))
            empty += 1
        if any(one.place == place and one.code in _NOT_READ for one in left_out[-2:]):
            unread.append(number)
        has_beside = has_beside or bool(beside)
        characters += len(text) + sum(len(part.text) for part in beside)
        if characters > limits.characters:
            raise too_long(name, limits)
        if time.monotonic() > until:
            raise ExtractionError(
                "slow",
                f"Reading takes longer than {limits.seconds:.0f} seconds. Save it again as PDF, or as text.",
                file=name,
                place=place,
                values={"most": int(limits.seconds)},
            )
        parts += [*(Part(words, kind, place) for kind, words in _paragraphs(text)), *beside]
    if not has_beside:
        _demand_text(reader, name, empty)
    if has_arabic:
        left_out.append(_order_not_sure(name))
    pages = (f"page {', '.join(map(str, unread))}",) if unread else ()
    return Document("pdf", "application/pdf", tuple(parts), left_out=tuple(left_out), unread=pages)


def _demand_text(reader: Any, name: str, empty: int) -> None:
    """Refuse a file whose pages are all pictures, and a form that another program alone can show."""
    try:
        is_form = "/XFA" in reader.trailer["/Root"]["/AcroForm"]
    except Exception:  # a parser meets hostile bytes with errors of every kind
        is_form = False
    if is_form:
        raise ExtractionError(
            "form",
            "The answers in this form can be read by the program alone in which it was filled in. Open it there, and "
            "print it to a new PDF file.",
            file=name,
        )
    if empty == len(reader.pages):
        raise _without_text(name)


def _without_text(name: str, place: str = "") -> ExtractionError:
    return ExtractionError(
        "no_text",
        "There is no text, only a picture of it, as from a scanner. Scan it with text recognition (OCR), or type what "
        "it says.",
        file=name,
        place=place,
    )


def _order_not_sure(name: str) -> ExtractionError:
    """Make the note that a PDF holds where words stand, and not in which order they are read."""
    return ExtractionError(
        "arabic_order", "The order of Arabic words in this PDF is not sure. Check it against the file.", file=name
    )


def _crossed_out(name: str, place: str) -> ExtractionError:
    """Make the note that lines are drawn through words, which the words themselves do not tell."""
    return ExtractionError(
        "crossed_out", "Words are crossed out on this page. See in the file which ones.", file=name, place=place
    )


def _page(reader: Any, index: int, name: str) -> str:
    try:
        text = plain_letters(str(reader.pages[index].extract_text() or ""))
        is_drawn = _DRAWS_FROM_THE_LEFT in str((reader.metadata or {}).get("/Producer", ""))
    except Exception:  # one page that cannot be read must not lose the others
        raise damaged(name, f"page {index + 1}") from None
    return "\n".join(in_reading_order(line) for line in text.split("\n")) if is_drawn else text


def _beside(
    reader: Any, index: int, name: str, seen: set[Any], limits: Limits
) -> tuple[list[Part], list[ExtractionError]]:
    """Return what people put onto a page, and what of it the words do not tell."""
    place = f"page {index + 1}"
    found: list[Part] = []
    characters = 0
    try:
        page = reader.pages[index]
        for part in beside_page(page, place, seen):
            characters += len(part.text)
            if characters > limits.characters:
                raise too_long(name, limits)
            found.append(replace(part, text=plain_letters(part.text)))
        return found, [_crossed_out(name, place)] if crosses_out(page) else []
    except ExtractionError:
        raise
    except Exception:  # notes that cannot be read must not lose the words of the page
        return found, [damaged(name, place)]


def plain_letters(text: str) -> str:
    """Put plain letters in the place of those that were shaped for print; nothing else changes."""
    return _SHAPES.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)


def in_reading_order(line: str) -> str:
    """Turn the words of an Arabic line that was drawn from the left; names in Latin letters keep their order."""
    letters = _LETTER.findall(line)
    if sum(_ARABIC.match(letter) is not None for letter in letters) * 2 <= len(letters):
        return line
    turned: list[str] = []
    latin: list[str] = []
    for word in reversed(line.split()):
        if _LETTER.search(word) and not _ARABIC.search(word):
            latin.insert(0, word)
            continue
        turned += [*latin, _BEFORE.sub("", word, count=1) + found[1] if (found := _BEFORE.match(word)) else word]
        latin = []
    return " ".join([*turned, *latin])


def _paragraphs(text: str) -> Iterator[tuple[str, str]]:
    """Put lines together that were one paragraph before the page was set."""
    lines = [line.rstrip() for line in text.replace("\r", "\n").split("\n")]
    longest = max((len(line) for line in lines), default=0)
    block: list[str] = []
    for line in lines:
        ends = bool(block) and _ENDS.search(block[-1]) is not None and len(block[-1]) < _SHORT * longest
        ends = ends or (bool(block) and (is_greeting(block[-1]) or is_closing(block[-1])))
        if block and (not line.strip() or ends or is_item(line) or is_greeting(line) or is_closing(line)):
            yield _kind(block), _joined(block)
            block = []
        if line.strip():
            block.append(line.strip())
    if block:
        yield _kind(block), _joined(block)


def _kind(block: list[str]) -> str:
    return "item" if is_item(block[0]) else "paragraph"


def _joined(block: list[str]) -> str:
    text = ""
    for line in block:
        if not text:
            text = line
        elif _HYPHEN.search(text) and line[:1].islower():
            text = text[:-1] + line
        else:
            text = f"{text} {line}" if text[-1] < "\u2e80" else text + line
    return text

"""The blocks of a letter: paragraphs, items, headings, greeting, closing, quotes, signature, attached files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from minga.deliberation.engine.frame_words import (
    is_cover,
    is_particular,
    is_question_asked,
    looks_like_name,
    looks_like_title,
)
from minga.text.extraction import (
    QUOTE,
    SIGNATURE,
    begins_attached,
    begins_signature,
    earlier_mail,
    is_afterword,
    is_closing,
    is_greeting,
    is_item,
    is_quoted,
    is_said,
    is_short,
    is_thanks,
)

#: Start and end in the text, and the kind.
Block = tuple[int, int, str]

_HEADING = re.compile(r"#{1,6}[ \t]+\S")
_SENTENCE = re.compile(r"(?<=[.!?؟…])[\"'”’»)\]]*\s+(?=[^\s\W]|[\"'“«¿¡(\d])|(?<=[。！？])[”’」）]*")
#: A full stop after these ends no sentence.
_SHORT_WORDS = re.compile(
    r"(?:\b(?:[A-ZА-Я]|[Mm]rs?|[Dd]r|[Pp]rof|[Ss]t|[Nn]o|[Nn]r|[Aa]rt|Sect?|sect?|[Cc]f|vs|etc|e\.g|i\.e|p|pp|M|Mme|Sr|Sra|"
    r"[Pp]ág|т\.е|т\.д|г|ст|п|руб)|\b\d{1,3})\.[\"'”’»)\]]*\s*$"
)
#: Kinds of blocks around what a letter says: who is greeted and who greets, titles, when and where, what was asked.
GREETING, CLOSING, HEADING, PARTICULAR, ASKED = "greeting", "closing", "heading", "particular", "asked"
#: The line that names an attached file.
ATTACHED = "attached"
#: Kinds that are suggested to be left out.
FRAME = frozenset({QUOTE, SIGNATURE, GREETING, CLOSING, HEADING, PARTICULAR, ASKED, ATTACHED})
#: Kinds that never go on in a block of another kind.
_APART = frozenset({QUOTE, SIGNATURE, PARTICULAR, ASKED})
_LIST_GOES_ON = (";", "；", "؛")
#: No letter begins with more lines of places, days and subjects.
_LETTERHEAD = 12
#: Titles stand above what is said: more of them in a row are a list of short wishes.
_MOST_TITLES = 3
_MESSAGES = (".eml", ".msg")


def sections(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the text itself and each file attached to it begin and end; the mark of a file begins its section."""
    begin = at = 0
    for line in text.split("\n"):
        if begins_attached(line) and at > begin:
            yield begin, at
            begin = at
        at += len(line) + 1
    yield begin, len(text)


def blocks(text: str, start: int, end: int, *, by_points: bool, by_sentences: bool) -> list[Block]:
    """Return the blocks of a section in order, with what stands around the words of a letter marked as such."""
    found: list[Block] = []
    is_message = True
    first = text[start:end].partition("\n")[0]
    if begins_attached(first):
        found.append((start, start + len(first.rstrip()), ATTACHED))
        is_message = first.rstrip().lower().endswith(_MESSAGES)
        start += len(first)
    lined = _lines(text[start:end], by_points=by_points, is_message=is_message)
    apart = [one for begin, stop, kind in lined for one in _closing_apart(text, start + begin, start + stop, kind)]
    framed = _named(text, list(_framed(text, _titled(text, apart))))
    if is_message and end < len(text):  # files are attached to it
        framed = [
            (begin, stop, PARTICULAR if kind == "paragraph" and is_cover(text[begin:stop]) else kind)
            for begin, stop, kind in framed
        ]
    if by_sentences:
        framed = [one for block in framed for one in _sentences(text, *block)]
    return [*found, *framed]


def _lines(text: str, *, by_points: bool, is_message: bool) -> Iterator[Block]:
    """Yield start, end and kind of paragraphs, quotes, the signature and, if asked, items of lists."""
    start = end = -1
    kind = before = ""
    at = lines = 0
    is_over = is_signed = False
    all_lines = text.split("\n")
    head, quoted, _sender = earlier_mail(all_lines) if is_message else (0, len(all_lines), "")
    for number, line in enumerate(all_lines):
        first, at = at, at + len(line) + 1
        if not line.strip():
            is_over = True
            continue
        # the mark of a signature means something in mail alone: nothing of a letter attached to one goes with it
        is_earlier = number < head or number >= quoted
        begins = is_message and not is_signed and not is_earlier and begins_signature(line)
        is_signed = (is_signed and not is_earlier and number > head) or begins
        lines += number >= head
        own = SIGNATURE if is_signed else _kind(line, before, is_early=lines <= _LETTERHEAD)
        own = QUOTE if is_earlier else own
        is_new = own in {HEADING, GREETING, CLOSING} or (by_points and own == "item")
        changes = (own in _APART or kind in {*_APART, GREETING}) and own != kind
        changes = changes or (kind == CLOSING and (not is_short(line) or is_afterword(line)))
        if start >= 0 and not (is_signed and kind == SIGNATURE) and (is_over or is_new or changes or kind == HEADING):
            yield start, end, kind
            start = -1
        if start < 0:
            start, kind = first + len(line) - len(line.lstrip()), own
        end = first + len(line.rstrip())
        before = line.rstrip()
        is_over = False
    if start >= 0:
        yield start, end, kind


def _kind(line: str, before: str, *, is_early: bool) -> str:
    if is_quoted(line):
        return QUOTE
    if _HEADING.match(line):
        return HEADING
    if is_early and is_greeting(line):
        return GREETING
    if is_closing(line) or is_thanks(line):
        return CLOSING
    if is_question_asked(line):
        return ASKED
    if is_particular(line):
        return PARTICULAR
    # wishes that end with a semicolon are a list, with or without a mark before each
    is_listed = line.rstrip().endswith(_LIST_GOES_ON) or before.endswith(_LIST_GOES_ON)
    return "item" if is_listed or is_item(line) else "paragraph"


def _titled(text: str, found: Sequence[Block]) -> list[Block]:
    """Mark the titles: short lines above what is said, or above the particulars of a meeting."""
    made: list[Block] = []
    is_opened = False
    titles = 0
    for at, (start, end, kind) in enumerate(found):
        if kind == "paragraph" and looks_like_title(text[start:end]):
            following = found[at + 1 :]
            is_above = bool(following) and following[0][2] == PARTICULAR
            is_first = not is_opened and titles < _MOST_TITLES and any(_says(text, *one) for one in following)
            if is_above or is_first:
                kind = HEADING
                titles += 1
        is_opened = is_opened or kind in {"paragraph", "item"}
        made.append((start, end, kind))
    return made


def _says(text: str, start: int, end: int, kind: str) -> bool:
    if kind == "item":
        return True
    return kind == "paragraph" and (is_said(text[start:end]) or not is_short(text[start:end]))


def _closing_apart(text: str, start: int, end: int, kind: str) -> Iterator[Block]:
    """Cut off a closing that stands on the line of the last sentence: "Train us. Kind regards, Amina"."""
    if kind in {"paragraph", "item"}:
        for stop in _SENTENCE.finditer(text, start, end):
            rest = text[stop.end() : end]
            if is_short(rest) and is_closing(rest.partition("\n")[0]):
                yield start, len(text[start : stop.end()].rstrip()) + start, kind
                yield stop.end(), end, CLOSING
                return
    yield start, end, kind


def _framed(text: str, blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield blocks, with what stands above the greeting and beneath the closing marked as part of them."""
    top = _letterhead(text, blocks)
    is_closed = is_opened = False
    for at, (start, end, kind) in enumerate(blocks):
        words = text[start:end]
        is_closed = is_closed and kind != HEADING  # what stands under a title is no address of whoever closed above it
        if at < top:
            kind = GREETING if kind != HEADING else kind
        elif kind == CLOSING:
            # thanks before anything was said, or before more is said, are words as others are
            is_closed = _closes(words, blocks[at + 1 :], text, is_opened=is_opened)
            kind = CLOSING if is_closed else "paragraph"
        elif is_closed and kind in {"paragraph", "item"}:
            is_closed = _follows_a_closing(words, kind)
            kind = CLOSING if is_closed else kind
        elif kind == GREETING and is_opened:
            kind = "paragraph"
        is_opened = is_opened or kind in {"paragraph", "item"}
        yield start, end, kind


def _named(text: str, found: list[Block]) -> list[Block]:
    """Mark a name above the letter that a reply repeats as the closing that it is, though nothing closes above it."""
    last = next((at for at in range(len(found) - 1, -1, -1) if found[at][2] not in {QUOTE, SIGNATURE}), 0)
    if 0 < last < len(found) - 1 and found[last][2] == "paragraph" and any(_says(text, *one) for one in found[:last]):
        start, end, _kind = found[last]
        if looks_like_name(text[start:end]):
            found[last] = (start, end, CLOSING)
    return found


def _letterhead(text: str, blocks: Sequence[Block]) -> int:
    """Return how many blocks stand above the greeting; 0 where one of them says something."""
    for at, (start, end, kind) in enumerate(blocks):
        if kind == GREETING:
            return at
        if kind not in {HEADING, PARTICULAR, "paragraph"} or not is_short(text[start:end]) or is_said(text[start:end]):
            break
    return 0


def _closes(words: str, rest: Sequence[Block], text: str, *, is_opened: bool) -> bool:
    if is_closing(words.partition("\n")[0]):
        return True
    lines = words.split("\n")[1:] + [text[start:end] for start, end, kind in rest if kind in {"paragraph", "item"}]
    return is_opened and not any(is_said(line) or not is_short(line) for line in lines)


def _follows_a_closing(words: str, kind: str) -> bool:
    """Whether words beneath a closing are a name or an address, and not something more that is said."""
    if is_afterword(words) or not is_short(words):
        return False
    return kind != "item" or not (is_said(words) or words.lstrip()[:1].isdigit())


def _sentences(text: str, start: int, end: int, kind: str) -> Iterator[Block]:
    if kind in FRAME:
        yield start, end, kind
        return
    begin = start
    for stop in _SENTENCE.finditer(text, start, end):
        if _SHORT_WORDS.search(text[begin : stop.start() + 1][-30:]) or not text[begin : stop.start()].strip():
            continue
        last = len(text[begin : stop.end()].rstrip()) + begin
        yield begin, last, kind
        begin = stop.end()
    if text[begin:end].strip():
        yield begin, end, kind

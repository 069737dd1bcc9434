"""Cutting a submission into voices: suggestions by paragraphs, numbered points or sentences; a person decides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from minga.text import fold
from minga.text.extraction import (
    QUOTE,
    SIGNATURE,
    begins_signature,
    is_afterword,
    is_closing,
    is_greeting,
    is_item,
    is_quoted,
    is_said,
    is_short,
    is_thanks,
    without_mark,
)

#: Ways to cut.
POINTS, PARAGRAPHS, SENTENCES = "points", "paragraphs", "sentences"
WAYS = (POINTS, PARAGRAPHS, SENTENCES)
#: What becomes of a piece: it begins a voice, goes on with the one before, or belongs to none.
NEW, WITH, OUT = "new", "with", "out"
#: What stands in a voice where pieces between were left out.
GAP = "[…]"

_HEADING = re.compile(r"#{1,6}[ \t]+\S")
_SENTENCE = re.compile(r"(?<=[.!?؟…])[\"'”’»)\]]*\s+(?=[^\s\W]|[\"'“«¿¡(\d])|(?<=[。！？])[”’」）]*")
#: A full stop after these ends no sentence.
_SHORT_WORDS = re.compile(
    r"(?:\b(?:[A-ZА-Я]|[Mm]rs?|[Dd]r|[Pp]rof|[Ss]t|[Nn]o|[Nn]r|[Aa]rt|Sect?|sect?|[Cc]f|vs|etc|e\.g|i\.e|p|pp|M|Mme|Sr|Sra|"
    r"[Pp]ág|т\.е|т\.д|г|ст|п|руб)|\b\d{1,3})\.[\"'”’»)\]]*\s*$"
)
_GREETING = re.compile(r"[^\n.!?]{1,80}[,:،：，]\s*$")
_HEADING_MARK = re.compile(r"^#{1,6}[ \t]+", re.MULTILINE)
#: Kinds of pieces around what a letter says: who is greeted, and who greets.
GREETING, CLOSING, HEADING = "greeting", "closing", "heading"
#: No letter begins with more lines of places, days and subjects.
_LETTERHEAD = 12
_FEW_LETTERS = 4
_LONG = 240
_WORDS = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Piece:
    """A piece of a submission, and what is suggested for it."""

    number: int
    start: int
    end: int
    text: str
    kind: str
    suggestion: str


@dataclass(frozen=True)
class Cut:
    """The words of one voice, and where they stand."""

    start: int
    end: int
    text: str


def suggest_way(text: str) -> str:
    """Say how a text is best cut: by its points if it has some, by its paragraphs, or else by its sentences."""
    found = [piece for piece in pieces(text, POINTS) if piece.suggestion != OUT]
    if sum(piece.kind == "item" for piece in found) >= 2:
        return POINTS
    return PARAGRAPHS if len(found) > 1 or len(text) < _LONG else SENTENCES


def pieces(text: str, way: str) -> list[Piece]:
    """Cut a text.

    Parameters
    ----------
    text : of a source
    way : "points", "paragraphs" or "sentences"

    Returns
    -------
    pieces in order
        They cover all that is no white space. Headings, letterheads, greetings, closings with the names and addresses
        after them, quotes and signatures are suggested to be left out.
    """
    apart = [one for block in _blocks(text, by_points=way == POINTS) for one in _closing_apart(text, *block)]
    blocks = list(_framed(text, apart))
    if way == SENTENCES:
        blocks = [one for block in blocks for one in _sentences(text, *block)]
    found = []
    for number, (start, end, kind) in enumerate(blocks, start=1):
        following = blocks[number][2] if number < len(blocks) else ""
        words = text[start:end]
        found.append(Piece(number, start, end, words, kind, _suggestion(words, kind, following, number, len(blocks))))
    if all(piece.suggestion == OUT for piece in found):  # nothing but a greeting: it is the voice
        found = [one if one.kind in {QUOTE, SIGNATURE, CLOSING} else replace(one, suggestion=NEW) for one in found]
    return found


def own_words(text: str) -> list[Piece]:
    """Return the paragraphs that say something: what one voice for all of a text holds.

    Greeting, closing, quotes and signatures are no part of it, nor the names and addresses beside them. It is empty
    where nothing else is there.
    """
    found = [piece for piece in pieces(text, PARAGRAPHS) if not _is_frame(piece)]
    said = [at for at, piece in enumerate(found) if piece.kind != HEADING or piece.suggestion != OUT]
    return found[said[0] : said[-1] + 1] if said else []


def _is_frame(piece: Piece) -> bool:
    if piece.suggestion != OUT:
        return False
    is_first = piece.number == 1 and piece.text.endswith((",", "،", "，"))
    return is_first or piece.kind in {QUOTE, SIGNATURE, GREETING, CLOSING}


def is_one_thing(text: str) -> bool:
    """Whether a text seems to say one thing: it has one paragraph to be answered, or two sentences at most."""
    if sum(piece.suggestion != OUT for piece in pieces(text, PARAGRAPHS)) <= 1:
        return suggest_way(text) != POINTS
    return suggest_way(text) != POINTS and sum(piece.suggestion != OUT for piece in pieces(text, SENTENCES)) <= 2


def cuts(text: str, found: Sequence[Piece], choices: Mapping[int, str]) -> list[Cut]:
    """Put pieces together as voices.

    Parameters
    ----------
    text : of the source
    found : its pieces
    choices : for the number of a piece "new", "with" or "out"; a piece without a choice is left out

    Returns
    -------
    cuts in order
        Pieces that follow each other keep the text between them; where others were left out stands a mark.
    """
    made: list[list[Piece]] = []
    for piece in found:
        choice = choices.get(piece.number, OUT)
        if choice == NEW or (choice == WITH and not made):
            made.append([piece])
        elif choice == WITH:
            made[-1].append(piece)
    return [joined(text, group) for group in made]


def joined(text: str, group: Sequence[Piece]) -> Cut:
    """Put pieces together as one voice; the dash or number of an item of a list is no part of it."""
    first = group[0]
    begins = first.start + (without_mark(first.text) if first.kind == "item" else 0)
    runs: list[tuple[int, int]] = []
    before = 0
    for piece in group:
        if runs and piece.number == before + 1:
            runs[-1] = (runs[-1][0], piece.end)
        else:
            runs.append((piece.start if runs else begins, piece.end))
        before = piece.number
    words = f"\n{GAP}\n".join(text[start:end] for start, end in runs)
    if any(piece.kind == HEADING for piece in group):
        words = _HEADING_MARK.sub("", words)
    return Cut(runs[0][0], runs[-1][1], words)


def keeps_to(words: str, said: str) -> bool:
    """Whether every word stands, in this order, in what was said: words may be left out of a voice, never put in."""
    rest = iter(_WORDS.findall(fold(said)))
    return all(word in rest for word in _WORDS.findall(fold(words.replace(GAP, " "))))


def _blocks(text: str, *, by_points: bool) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and kind of paragraphs, quotes, the signature and, if asked, items of lists."""
    start = end = -1
    kind = ""
    at = lines = 0
    is_over = is_signed = False
    for line in text.split("\n"):
        first, at = at, at + len(line) + 1
        if not line.strip():
            is_over = True
            continue
        begins = not is_signed and begins_signature(line)
        is_signed = is_signed or begins
        lines += 1
        own = SIGNATURE if is_signed else _kind(line, is_early=lines <= _LETTERHEAD)
        is_new = own in {HEADING, GREETING, CLOSING} or (by_points and own == "item")
        changes = (own in {QUOTE, SIGNATURE} or kind in {QUOTE, SIGNATURE, GREETING}) and own != kind
        changes = changes or (kind == CLOSING and (not is_short(line) or is_afterword(line)))
        if start >= 0 and not (is_signed and kind == SIGNATURE) and (is_over or is_new or changes or kind == HEADING):
            yield start, end, kind
            start = -1
        if start < 0:
            start, kind = first + len(line) - len(line.lstrip()), own
        end = first + len(line.rstrip())
        is_over = False
    if start >= 0:
        yield start, end, kind


def _kind(line: str, *, is_early: bool) -> str:
    if is_quoted(line):
        return QUOTE
    if _HEADING.match(line):
        return HEADING
    if is_early and is_greeting(line):
        return GREETING
    if is_closing(line) or is_thanks(line):
        return CLOSING
    return "item" if is_item(line) else "paragraph"


def _closing_apart(text: str, start: int, end: int, kind: str) -> Iterator[tuple[int, int, str]]:
    """Cut off a closing that stands on the line of the last sentence: "Train us. Kind regards, Amina"."""
    if kind in {"paragraph", "item"}:
        for stop in _SENTENCE.finditer(text, start, end):
            rest = text[stop.end() : end]
            if is_short(rest) and is_closing(rest.partition("\n")[0]):
                yield start, len(text[start : stop.end()].rstrip()) + start, kind
                yield stop.end(), end, CLOSING
                return
    yield start, end, kind


def _framed(text: str, blocks: list[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    """Yield blocks, with what stands above the greeting and beneath the closing marked as part of them."""
    top = _letterhead(text, blocks)
    is_closed = is_opened = False
    for at, (start, end, kind) in enumerate(blocks):
        words = text[start:end]
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


def _letterhead(text: str, blocks: Sequence[tuple[int, int, str]]) -> int:
    """Return how many blocks stand above the greeting; 0 where one of them says something."""
    for at, (start, end, kind) in enumerate(blocks):
        if kind == GREETING:
            return at
        if kind not in {HEADING, "paragraph"} or not is_short(text[start:end]) or is_said(text[start:end]):
            break
    return 0


def _closes(words: str, rest: Sequence[tuple[int, int, str]], text: str, *, is_opened: bool) -> bool:
    if is_closing(words.partition("\n")[0]):
        return True
    lines = words.split("\n")[1:] + [text[start:end] for start, end, kind in rest if kind in {"paragraph", "item"}]
    return is_opened and not any(is_said(line) or not is_short(line) for line in lines)


def _follows_a_closing(words: str, kind: str) -> bool:
    """Whether words beneath a closing are a name or an address, and not something more that is said."""
    if is_afterword(words) or not is_short(words):
        return False
    return kind != "item" or not (is_said(words) or words.lstrip()[:1].isdigit())


def _sentences(text: str, start: int, end: int, kind: str) -> Iterator[tuple[int, int, str]]:
    if kind in {QUOTE, SIGNATURE, HEADING, GREETING, CLOSING}:
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


def _suggestion(words: str, kind: str, following: str, number: int, count: int) -> str:
    if kind in {QUOTE, SIGNATURE, HEADING, GREETING, CLOSING} or sum(sign.isalpha() for sign in words) < _FEW_LETTERS:
        return OUT
    if number == 1 and count > 1 and _GREETING.match(words):
        return OUT
    if following == "item" and kind != "item" and words.rstrip().endswith((":", "：")):
        return OUT
    return NEW

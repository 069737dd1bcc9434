"""Cutting a submission into voices: suggestions by paragraphs, numbered points or sentences; a person decides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from minga.text import fold
from minga.text.extraction import QUOTE, SIGNATURE, begins_signature, is_item, is_quoted, without_mark

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
_CLOSING = re.compile(
    r"(?:(?:kind|best|warm)?\s*regards|sincerely|yours|thank you|thanks|cordialement|bien à vous|salutations|merci"
    r"|atentamente|saludos|gracias|с уважением|спасибо|مع التحية|مع خالص|شكرا|此致|谢谢)\b.{0,60}$",
    re.IGNORECASE | re.DOTALL,
)
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
    blocks = [block for block in _blocks(text, by_points=True) if block[2] not in {QUOTE, SIGNATURE, "heading"}]
    if sum(kind == "item" for _start, _end, kind in blocks) >= 2:
        return POINTS
    return PARAGRAPHS if len(blocks) > 1 or len(text) < _LONG else SENTENCES


def pieces(text: str, way: str) -> list[Piece]:
    """Cut a text.

    Parameters
    ----------
    text : of a source
    way : "points", "paragraphs" or "sentences"

    Returns
    -------
    pieces in order
        They cover all that is no white space. Headings, greetings, quotes and signatures are suggested to be left out.
    """
    blocks = list(_blocks(text, by_points=way == POINTS))
    if way == SENTENCES:
        blocks = [one for block in blocks for one in _sentences(text, *block)]
    found = []
    for number, (start, end, kind) in enumerate(blocks, start=1):
        following = blocks[number][2] if number < len(blocks) else ""
        words = text[start:end]
        found.append(Piece(number, start, end, words, kind, _suggestion(words, kind, following, number, len(blocks))))
    if all(piece.suggestion == OUT for piece in found):  # nothing but a greeting: it is the voice
        found = [Piece(one.number, one.start, one.end, one.text, one.kind, NEW) for one in found]
    return found


def own_words(text: str) -> list[Piece]:
    """Return the paragraphs of a text that are no quote and no signature: what one voice for all of it holds."""
    found = pieces(text, PARAGRAPHS)
    own = [piece for piece in found if piece.kind not in {QUOTE, SIGNATURE}]
    return own or found


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
    return Cut(runs[0][0], runs[-1][1], words)


def keeps_to(words: str, said: str) -> bool:
    """Whether every word stands, in this order, in what was said: words may be left out of a voice, never put in."""
    rest = iter(_WORDS.findall(fold(said)))
    return all(word in rest for word in _WORDS.findall(fold(words.replace(GAP, " "))))


def _blocks(text: str, *, by_points: bool) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and kind of paragraphs, quotes, the signature and, if asked, items of lists."""
    start = end = -1
    kind = ""
    at = 0
    is_over = is_signed = False
    for line in text.split("\n"):
        first, at = at, at + len(line) + 1
        if not line.strip():
            is_over = True
            continue
        begins = not is_signed and begins_signature(line)
        is_signed = is_signed or begins
        own = SIGNATURE if is_signed else _kind(line)
        is_new = own in {"heading", "item"} if by_points else own == "heading"
        changes = (own in {QUOTE, SIGNATURE} or kind in {QUOTE, SIGNATURE}) and own != kind
        if start >= 0 and not (is_signed and kind == SIGNATURE) and (is_over or is_new or changes or kind == "heading"):
            yield start, end, kind
            start = -1
        if start < 0:
            start, kind = first + len(line) - len(line.lstrip()), own
        end = first + len(line.rstrip())
        is_over = False
    if start >= 0:
        yield start, end, kind


def _kind(line: str) -> str:
    if is_quoted(line):
        return QUOTE
    if _HEADING.match(line):
        return "heading"
    return "item" if is_item(line) else "paragraph"


def _sentences(text: str, start: int, end: int, kind: str) -> Iterator[tuple[int, int, str]]:
    if kind in {QUOTE, SIGNATURE, "heading"}:
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
    if kind in {QUOTE, SIGNATURE, "heading"} or sum(sign.isalpha() for sign in words) < _FEW_LETTERS:
        return OUT
    if number == 1 and count > 1 and _GREETING.match(words):
        return OUT
    if following == "item" and kind != "item" and words.rstrip().endswith((":", "：")):
        return OUT
    if number > 1 and number >= count - 2 and _CLOSING.match(words.strip()):
        return OUT
    return NEW

"""Cutting a submission into voices: suggestions by paragraphs, numbered points or sentences; a person decides."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from minga.deliberation.engine.letter_blocks import ASKED, ATTACHED, FRAME, GREETING, HEADING, blocks, sections
from minga.text import fold
from minga.text.extraction import has_struck, without_mark, without_words

#: Ways to cut.
POINTS, PARAGRAPHS, SENTENCES = "points", "paragraphs", "sentences"
WAYS = (POINTS, PARAGRAPHS, SENTENCES)
#: What becomes of a piece: it begins a voice, goes on with the one before, or belongs to none.
NEW, WITH, OUT = "new", "with", "out"
#: What stands in a voice where pieces between were left out.
GAP = "[…]"

_GREETING = re.compile(r"[^\n.!?]{1,80}[,:،：，]\s*$")
_HEADING_MARK = re.compile(r"^#{1,6}[ \t]+", re.MULTILINE)
_FEW_LETTERS = 4
_LONG = 240
#: What no voice is made of where nothing else is there.
_NEVER_SAID = FRAME - {GREETING, HEADING}
_WORDS = re.compile(r"[^\W_]+")
_HAN = re.compile(r"[\u3400-\u9fff]")
#: So much of what was left out is shown beside a suggestion; more can be confirmed on the page of the source alone.
SHOWN_LEFT_OUT = 400


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
    found: list[Piece] = []
    for start, end in sections(text):
        cut_up = blocks(text, start, end, by_points=way == POINTS, by_sentences=way == SENTENCES)
        first = int(bool(cut_up) and cut_up[0][2] == ATTACHED)
        for at, (begin, stop, kind) in enumerate(cut_up):
            following = cut_up[at + 1][2] if at + 1 < len(cut_up) else ""
            is_greeting = at == first and len(cut_up) > first + 1 and _GREETING.match(text[begin:stop]) is not None
            suggestion = OUT if is_greeting else _suggestion(text[begin:stop], kind, following)
            found.append(Piece(len(found) + 1, begin, stop, text[begin:stop], kind, suggestion))
    if all(piece.suggestion == OUT for piece in found):  # nothing but a greeting: it is the voice
        found = [one if one.kind in _NEVER_SAID else replace(one, suggestion=NEW) for one in found]
    return found


def own_words(text: str) -> list[Piece]:
    """Return the paragraphs that say something: what one voice for all of a text holds.

    Greeting, closing, quotes and signatures are no part of it, nor the names and addresses beside them. It is empty
    where nothing else is there.
    """
    cut_up = pieces(text, PARAGRAPHS)
    begins = {1, *(piece.number + 1 for piece in cut_up if piece.kind == ATTACHED)}
    found = [piece for piece in cut_up if not _is_frame(piece, is_first=piece.number in begins)]
    said = [at for at, piece in enumerate(found) if piece.kind != HEADING or piece.suggestion != OUT]
    return found[said[0] : said[-1] + 1] if said else []


def title_above(found: Sequence[Piece], start: int) -> str:
    """Return what stands above words and tells what they are about: a title, a question of a form, or "We ask for:".

    Parameters
    ----------
    found : pieces of the source by its points
    start : where the words begin
    """
    title = ""
    for piece in found:
        if piece.start >= start:
            break
        if piece.kind == ATTACHED:
            title = ""
        elif piece.kind in {HEADING, ASKED} or _introduces(piece):
            title = _HEADING_MARK.sub("", piece.text)
    return title


def _introduces(piece: Piece) -> bool:
    return piece.suggestion == OUT and piece.kind not in FRAME and piece.text.endswith((":", "："))


def left_out(found: Sequence[Piece], kept: Collection[int]) -> str:
    """Return in one line the words of the pieces that no voice holds; the line that names an attached file is none.

    Parameters
    ----------
    found : pieces of a text
    kept : numbers of those that voices hold
    """
    words = (piece.text for piece in found if piece.number not in kept and piece.kind != ATTACHED)
    return " ".join(" ".join(words).split())


def count_words(text: str) -> int:
    """Count words as people see them; a Chinese character counts as one."""
    return sum(1 if word.isascii() else max(1, len(_HAN.findall(word))) for word in _WORDS.findall(text))


def wants_a_look(text: str) -> bool:
    """Whether the words of a source are not all that its sender says: something was not read, or is crossed out."""
    return bool(without_words(text)) or has_struck(text)


def _is_frame(piece: Piece, *, is_first: bool) -> bool:
    if piece.suggestion != OUT:
        return False
    return (is_first and piece.text.endswith((",", "،", "，"))) or piece.kind in FRAME - {HEADING}


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


def _suggestion(words: str, kind: str, following: str) -> str:
    if kind in FRAME or sum(sign.isalpha() for sign in words) < _FEW_LETTERS:
        return OUT
    if following == "item" and kind != "item" and words.rstrip().endswith((":", "：")):
        return OUT
    return NEW

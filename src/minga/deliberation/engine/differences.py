"""What changed between two texts, word by word; Chinese and Japanese by character."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

#: Letters that stand for words by themselves: Chinese characters and Japanese syllables.
_CHARACTER = "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
#: Marks above and below letters, which Python does not count as letters: accents, vowel signs of Arabic and Hebrew.
_MARKS = "\u0300-\u036f\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u200c\u200d"
_LETTER = rf"(?!{_CHARACTER})[\w{_MARKS}]"
_WORD = rf"(?:{_LETTER})+(?:['’\-](?:{_LETTER})+)*"
#: A word, a character or a sign, with the blanks after it; or blanks at the beginning.
_TOKEN = re.compile(rf"(?:{_CHARACTER}|{_WORD}|[^\s])\s*|\s+")
#: Time grows with the square of the words: from here on, lines that changed side by side are compared one by one,
#: if each shares at least so much of its words with the one in its place.
_MANY, _SHARED = 400, 0.5


@dataclass(frozen=True)
class Piece:
    """A stretch of text.

    Parameters
    ----------
    kind : "same", "added" or "removed"
    text : its words
    """

    kind: str
    text: str

    @property
    def is_blank(self) -> bool:
        """Whether it holds no word: only the blanks or the ends of lines changed."""
        return not self.text.strip()


def words_of(text: str) -> list[str]:
    """Cut a text into words, each with the blanks after it; joined again they are the text."""
    return _TOKEN.findall(text)


def differences(before: str, after: str) -> tuple[Piece, ...]:
    """Compare two texts word by word.

    Paragraphs are compared first and words only inside those that changed, so that long texts stay quick.

    Parameters
    ----------
    before, after : str

    Returns
    -------
    tuple of Piece
        What stayed and what was removed is ``before`` again, what stayed and what was added is ``after``, character for
        character. Where something was replaced, what was removed stands first.

    Source: longest matching blocks, Ratcliff and Obershelp, as in Python's ``difflib``.
    """
    return tuple(_joined(_pieces(_lines(before), _lines(after), inside=True)))


def is_changed(pieces: Sequence[Piece]) -> bool:
    """Say whether anything differs."""
    return any(piece.kind != "same" for piece in pieces)


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _pieces(before: list[str], after: list[str], *, inside: bool) -> Iterator[Piece]:
    """Yield what stayed, was removed and was added; `inside`: look at words where lines were replaced."""
    keys = [part.rstrip() for part in before], [part.rstrip() for part in after]
    for kind, i, j, k, m in SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
        old, new = "".join(before[i:j]), "".join(after[k:m])
        if kind == "equal":
            yield from _same_words(before[i:j], after[k:m])
        elif inside and old and new:
            for was, now in _in_place(before[i:j], after[k:m]):
                yield from _pieces(words_of(was), words_of(now), inside=False)
        else:
            yield Piece("removed", old)
            yield Piece("added", new)


def _in_place(before: list[str], after: list[str]) -> list[tuple[str, str]]:
    """Pair long stretches of lines that changed, each with the one in its place; else leave them in one."""
    whole = [("".join(before), "".join(after))]
    if len(before) != len(after) or min(len(words_of(text)) for text in whole[0]) < _MANY:
        return whole
    pairs = list(zip(before, after, strict=True))
    return pairs if all(_share(*pair) >= _SHARED for pair in pairs) else whole


def _share(one: str, other: str) -> float:
    """Return how many words two lines share, of all words of both."""
    words, others = Counter(words_of(one)), Counter(words_of(other))
    return 2 * (words & others).total() / max((words + others).total(), 1)


def _same_words(before: list[str], after: list[str]) -> Iterator[Piece]:
    """Yield words that stayed; the blanks behind them may be others."""
    for old, new in zip(before, after, strict=True):
        if old == new:
            yield Piece("same", new)
            continue
        words = new.rstrip()
        yield Piece("same", words)
        yield Piece("removed", old[len(words) :])
        yield Piece("added", new[len(words) :])


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Put together what belongs together: one removal and one addition between two stretches that stayed."""
    removed = added = same = ""
    for piece in pieces:
        if piece.kind == "removed":
            removed += piece.text
        elif piece.kind == "added":
            added += piece.text
        else:
            if removed or added:
                yield from _changed(same, removed, added)
                removed = added = same = ""
            same += piece.text
    yield from _changed(same, removed, added)


def _changed(same: str, removed: str, added: str) -> Iterator[Piece]:
    found = (Piece("same", same), Piece("removed", removed), Piece("added", added))
    yield from (piece for piece in found if piece.text)

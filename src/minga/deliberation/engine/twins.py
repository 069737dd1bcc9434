"""The same letter that comes twice, by mail and as a file: known by its words, whatever stands around them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

from minga.deliberation.engine.letter_blocks import ATTACHED, blocks, sections
from minga.text import fold
from minga.text.extraction import QUOTE, SIGNATURE, without_mark

_WORDS = re.compile(r"[^\W_]+")
#: Fewer words are said by many people.
_FEWEST = 5
#: Of a mail: what it quotes, the signature of its program, and the name of an attached file.
_NOT_OWN = frozenset({QUOTE, SIGNATURE, ATTACHED})


def marks_of_words(text: str) -> tuple[str, ...]:
    """Return by what the words of a text, and of each file attached to it, are known again.

    Parameters
    ----------
    text : of a submission

    Returns
    -------
    tuple of str
        64 hexadecimal digits for each section with five words or more. The marks of lists and headings, signs, quotes
        and the signature of a mail program make no difference; a name beneath the letter does.
    """
    found = []
    for start, end in sections(text):
        kept = blocks(text, start, end, by_points=False, by_sentences=False)
        lines = [line for begin, stop, kind in kept if kind not in _NOT_OWN for line in text[begin:stop].split("\n")]
        words = _WORDS.findall(fold("\n".join(line[without_mark(line) :] for line in lines)))
        if len(words) >= _FEWEST:
            found.append(hashlib.sha256(" ".join(words).encode()).hexdigest())
    return tuple(dict.fromkeys(found))


def holders(marks: Sequence[str], known: Mapping[str, Sequence[str]]) -> tuple[list[str], bool]:
    """Say which submissions hold the words of another one.

    Parameters
    ----------
    marks : of the words of a submission
    known : short names of submissions by the marks of their words

    Returns
    -------
    (short names, whether all words of the submission are in them)
    """
    there = [known[mark][0] for mark in marks if known.get(mark)]
    return list(dict.fromkeys(there)), bool(marks) and len(there) == len(marks)

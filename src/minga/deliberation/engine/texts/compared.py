"""What changed in the words of a clause, laid out as the clause is: paragraphs, points and numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from minga.deliberation.engine.differences import Piece
from minga.text.blocks import read_line

#: What stayed, was removed and was added in one line, or in one point of a list.
Line = tuple[Piece, ...]


@dataclass(frozen=True)
class ComparedBlock:
    """A "paragraph", or "points" or "numbers" of several items; numbers count from ``start``."""

    kind: str
    items: tuple[Line, ...]
    start: int = 1


def compared_blocks(pieces: Iterable[Piece]) -> tuple[ComparedBlock, ...]:
    """Lay out what :func:`differences` found, as :func:`blocks` does words.

    Parameters
    ----------
    pieces : of Piece

    Returns
    -------
    tuple of ComparedBlock, none without words
        A line is what it is afterwards, or was if it was taken out whole; marks of lists and empty lines are left out.
    """
    found: list[ComparedBlock] = []
    open_ = ""
    for line in _lines(pieces):
        shown = _said(line, "removed").strip() or _said(line, "added").strip()
        if not shown:
            open_ = ""
            continue
        kind, _words, number = read_line(shown)
        words = _without_marks(line)
        if kind == "paragraph" and open_ in ("points", "numbers") and line[0].text[:1].isspace():
            found[-1] = _continued(found[-1], (Piece("same", " "), *words))
        elif kind == "paragraph" and kind == open_:
            found[-1] = _continued(found[-1], (Piece("same", "\n"), *words))
        elif kind == open_:
            found[-1] = ComparedBlock(kind, (*found[-1].items, words), found[-1].start)
        else:
            found.append(ComparedBlock(kind, (words,), number))
            open_ = kind
    return tuple(found)


def _continued(block: ComparedBlock, words: Line) -> ComparedBlock:
    return ComparedBlock(block.kind, (*block.items[:-1], block.items[-1] + words), block.start)


def _lines(pieces: Iterable[Piece]) -> Iterator[Line]:
    """Cut pieces at the ends of lines; a point that replaces other words begins a line of its own."""
    line: list[Piece] = []
    begins = True  # whether the words afterwards stand at the beginning of a line
    for piece in pieces:
        for count, text in enumerate(piece.text.split("\n")):
            if count:
                yield tuple(line)
                line, begins = [], begins or piece.kind != "removed"
            if not text:
                continue
            is_point = piece.kind == "added" and read_line(text)[0] != "paragraph"
            if begins and is_point and line and all(each.kind == "removed" for each in line):
                yield tuple(line)
                line = []
            line.append(Piece(piece.kind, text))
            begins = begins and piece.kind == "removed"
    yield tuple(line)


def _said(line: Line, but: str) -> str:
    return "".join(piece.text for piece in line if piece.kind != but)


def _without_marks(line: Line) -> Line:
    """Take the mark of a list from the words before and from those after; both may share it."""
    left = {kind: _mark(_said(line, but)) for kind, but in (("removed", "added"), ("added", "removed"))}
    found = []
    for piece in line:
        kinds = ("removed", "added") if piece.kind == "same" else (piece.kind,)
        cut = min(len(piece.text), max(left[kind] for kind in kinds))
        for kind in kinds:
            left[kind] = max(left[kind] - cut, 0)
        if piece.text[cut:]:
            found.append(Piece(piece.kind, piece.text[cut:]))
    return tuple(found)


def _mark(text: str) -> int:
    """Return how long the mark of a list at the beginning of a line is, with the blanks around it."""
    return len(text) - len(read_line(text)[1]) - (len(text) - len(text.rstrip()))

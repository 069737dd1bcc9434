"""Plain text as paragraphs and lists: an empty line ends one, "- " begins a point, "1. " a number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

#: Characters that neither XML nor a page may hold.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_POINT = re.compile(r"[-*•–]\s+(?=\S)")
_NUMBER = re.compile(r"(\d{1,3})[.)]\s+(?=\S)")
_PLAIN, _POINTS, _NUMBERS = "paragraph", "points", "numbers"


@dataclass(frozen=True)
class Block:
    """A "paragraph" of one text, or "points" or "numbers" of several; numbers count from ``start``."""

    kind: str
    items: tuple[str, ...]
    start: int = 1


def blocks(text: str) -> tuple[Block, ...]:
    """Cut a text into paragraphs and lists.

    Parameters
    ----------
    text : str
        Plain text. Line breaks inside a paragraph stay; a line that is indented continues the point above it.

    Returns
    -------
    tuple of Block, none for an empty text
    """
    found: list[Block] = []
    open_: str = ""
    for line in clean(text).split("\n"):
        if not line.strip():
            open_ = ""
            continue
        kind, words, number = read_line(line)
        if kind == _PLAIN and open_ in (_POINTS, _NUMBERS) and line[:1].isspace():
            found[-1] = _continued(found[-1], f" {words}")
        elif kind == open_:
            found[-1] = _continued(found[-1], f"\n{words}") if kind == _PLAIN else _longer(found[-1], words)
        else:
            found.append(Block(kind, (words,), number))
            open_ = kind
    return tuple(found)


def read_line(line: str) -> tuple[str, str, int]:
    """Tell what a line is, its words, and the number it begins with."""
    words = line.strip()
    if point := _POINT.match(words):
        return _POINTS, words[point.end() :], 1
    if number := _NUMBER.match(words):
        return _NUMBERS, words[number.end() :], int(number[1])
    return _PLAIN, words, 1


def clean(text: str) -> str:
    """Take out what no file may hold, and write every line end in one way."""
    return _UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def html_of(text: str) -> str:
    """Return a text as paragraphs and lists of HTML, everything in it escaped."""
    return "".join(_block_html(one) for one in blocks(text))


def _block_html(block: Block) -> str:
    if block.kind == _PLAIN:
        return f"<p>{escape(block.items[0]).replace(chr(10), '<br>')}</p>"
    items = "".join(f"<li>{escape(item)}</li>" for item in block.items)
    if block.kind == _POINTS:
        return f"<ul>{items}</ul>"
    start = f' start="{block.start}"' if block.start != 1 else ""
    return f"<ol{start}>{items}</ol>"


def _continued(block: Block, words: str) -> Block:
    return Block(block.kind, (*block.items[:-1], block.items[-1] + words), block.start)


def _longer(block: Block, item: str) -> Block:
    return Block(block.kind, (*block.items, item), block.start)

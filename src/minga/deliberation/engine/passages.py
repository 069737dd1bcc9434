"""Where a clause can be cut in two: between its paragraphs, or between its sentences where there is only one."""

from __future__ import annotations

import re
from collections.abc import Collection

_PARAGRAPH = re.compile(r".+?(?:\n[ \t]*\n\s*|\Z)", re.DOTALL)
_LINE = re.compile(r".+?(?:\n+|\Z)", re.DOTALL)
#: A sentence ends at its sign and the blanks after it; the signs of Chinese and Arabic too.
_SENTENCE = re.compile(r".+?(?:[.!?؟…](?=\s)\s+|[。！？]\s*|\Z)", re.DOTALL)


def passages(text: str) -> list[str]:
    """Cut a text into paragraphs; where there is only one into lines, and where there is only one line into sentences.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of str
        Joined again they are the text.
    """
    found: list[str] = []
    for pattern in (_PARAGRAPH, _LINE, _SENTENCE):
        found = pattern.findall(text)
        if len(found) > 1:
            break
    return found


def cut(text: str, begins: Collection[int]) -> list[str]:
    """Cut a text before some of its passages.

    Parameters
    ----------
    text : str
    begins : whole numbers
        Which passages begin a new part, counted from 0; the first one always does.

    Returns
    -------
    list of str
        The parts, without blanks around them; every word of the text stands in one of them.
    """
    parts: list[str] = []
    for place, passage in enumerate(passages(text)):
        if not parts or place in begins:
            parts.append("")
        parts[-1] += passage
    return [part.strip() for part in parts if part.strip()]

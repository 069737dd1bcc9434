"""Numbers in what a browser sends: whoever writes something else there gets no broken page."""

from __future__ import annotations

#: The most digits whose number every column holds.
_MOST_DIGITS = 9


def read_number(text: str | None) -> int | None:
    """Read a whole number written in at most nine digits from 0 to 9; None for everything else, also other digits."""
    text = text or ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else None

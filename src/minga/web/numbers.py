"""Numbers in what a browser sends, and numbers that were kept as text."""

from __future__ import annotations

import re
from decimal import Decimal

from django.utils.formats import number_format

#: The most digits whose number every column holds.
_MOST_DIGITS = 9
#: A number as it is kept as text, with the decimals that were published.
_KEPT = re.compile(r"-?[0-9]{1,15}(?:\.([0-9]{1,9}))?")


def read_number(text: str | None) -> int | None:
    """Read a whole number written in at most nine digits from 0 to 9; None for everything else, also other digits."""
    text = text or ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else None


def local_number(text: str) -> str:
    """Write a number that was kept as text as the language of the page does; other words stay as they are."""
    found = _KEPT.fullmatch(text)
    if found is None:
        return text
    return str(number_format(Decimal(text), decimal_pos=len(found[1] or "")))

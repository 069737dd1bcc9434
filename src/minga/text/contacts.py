"""How somebody can be reached: telephone numbers and e-mail addresses in words that everyone will read.

Found by their shape, so some are missed, and some figures look like a number to call. Whoever wrote them is asked;
nothing is taken out by itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

EMAIL, TELEPHONE = "email", "telephone"
#: Stands where such words were taken out.
GAP = "…"

_ADDRESS = re.compile(r"[\w.+-]+ ?(?:@|\(at\)|\[at\]) ?[\w-]+(?:\.[\w-]+)+", re.IGNORECASE | re.ASCII)
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
#: Digits with what people put between them: blanks, points, hyphens, brackets; a plus only before them.
_DIGITS = re.compile(
    r"(?<![\w.,])\+? ?\(?\d(?:[ .()\u2010-\u2013-]{0,3}\d){5,16}\)?(?!\w|[.,]\d| ?[%€$£¥])",
    re.ASCII,  # a Chinese sign may stand right beside a number
)
_DATE = re.compile(r"(?:19|20)\d\d[ .-]\d\d[ .-]\d\d|\d\d?[ .-]\d\d?[ .-](?:19|20)\d\d")
_YEARS = re.compile(r"(?:(?:19|20|21)\d\d[ .-]*){2,}|(?:19|20)\d\d \d{3}")
_AMOUNT = re.compile(r"\d{1,3}(?:\.\d{3})+|\d{1,3}(?: \d{3})*(?: 000)+|\d+\.\d+")
#: A number to call has so many digits; one without sign, zero or parts in front needs more to be told from a figure.
_FEWEST, _MOST, _FEWEST_IN_ONE = 7, 15, 9


@dataclass(frozen=True)
class Contact:
    """One way to reach somebody, as it stands in a text: `kind` is "email" or "telephone"."""

    kind: str
    start: int
    end: int


def contacts(text: str) -> list[Contact]:
    """Return what looks like a telephone number or an e-mail address, in the order of the text."""
    plain = _plain(text)
    taken = [Contact(EMAIL, *found.span()) for found in _ADDRESS.finditer(plain)]
    hidden = plain
    for start, end in [*((one.start, one.end) for one in taken), *(found.span() for found in _LINK.finditer(plain))]:
        hidden = hidden[:start] + "x" * (end - start) + hidden[end:]
    numbers = [found for found in _DIGITS.finditer(hidden) if _is_to_call(found.group())]
    taken += [Contact(TELEPHONE, *_trimmed(found)) for found in numbers]
    return sorted(taken, key=lambda one: one.start)


def _plain(text: str) -> str:
    """Write digits, hyphens and blanks of any script the plain way; every place stays where it was."""
    return "".join(_plain_sign(sign) for sign in text)


def _plain_sign(sign: str) -> str:
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    if unicodedata.category(sign) == "Zs":
        return " "
    wide = unicodedata.normalize("NFKC", sign)
    return wide if len(wide) == 1 and wide in "@+-().," else sign


def _is_to_call(written: str) -> bool:
    bare = " ".join(written.strip(" ()").replace("\u2010", "-").replace("\u2011", "-").replace("\u2013", "-").split())
    count = sum(sign.isdigit() for sign in bare)
    if not _FEWEST <= count <= _MOST:
        return False
    if bare.startswith("+"):
        return True
    if any(shape.fullmatch(bare) for shape in (_DATE, _YEARS, _AMOUNT)):
        return False
    return not bare.isdigit() or count >= _FEWEST_IN_ONE or (bare.startswith("0") and count > _FEWEST)


def _trimmed(found: re.Match[str]) -> tuple[int, int]:
    words = found.group()
    return found.start() + len(words) - len(words.lstrip(" ")), found.end()


def pieces(text: str) -> list[tuple[str, str]]:
    """Cut a text where somebody could be reached: pairs of words and kind, which is empty for all others."""
    cut, at = [], 0
    for one in contacts(text):
        cut += [(text[at : one.start], ""), (text[one.start : one.end], one.kind)]
        at = one.end
    return [pair for pair in (*cut, (text[at:], "")) if pair[0]]


def without_contacts(text: str) -> str:
    """Take telephone numbers and e-mail addresses out of a text; a sign shows where."""
    return "".join(_taken_out(text))


def _taken_out(text: str) -> Iterator[str]:
    for words, kind in pieces(text):
        yield GAP if kind else words

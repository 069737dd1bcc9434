"""Submissions as they come in: one spelling of a text, and by what two of them are known as the same."""

from __future__ import annotations

import hashlib
import re
import unicodedata

_UNKEPT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufeff\ufffe\uffff]")
_LINE_ENDS = re.compile("\r\n?|\u2028|\u2029|\x85")
_TRAILING = re.compile(r"[ \t\u00a0]+(?=\n|$)")
_MANY_BREAKS = re.compile(r"\n{3,}")


def tidy_text(text: str) -> str:
    """Return a text as it is kept.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        With one kind of line end, without characters that no database keeps, spaces at the ends of lines, more than
        one empty line at a time, and without white space around it. Tidying a tidy text changes nothing.
    """
    text = _UNKEPT.sub("", _LINE_ENDS.sub("\n", text))
    return _MANY_BREAKS.sub("\n\n", _TRAILING.sub("", text)).strip()


def hash_of_text(text: str) -> str:
    """Return by what the same words are known again: SHA-256 of the text without case, spacing and look-alikes.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()

"""Bytes to text: Unicode where it is marked or fits, and otherwise the old code page in which the words look right."""

from __future__ import annotations

import codecs
import re

from minga.text.languages import guess_language

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: Old code pages, with the letters that texts in them are made of, and the languages they were made for.
_PAGES: dict[str, tuple[re.Pattern[str], frozenset[str]]] = {
    "cp1252": (
        re.compile("[àâäáçéèêëíîïñóôöúùûüÿœæßãõ«»’‘“”–—…°ºª¿¡€\u00a0ÀÁÂÇÉÈÊÍÎÑÓÔÖÚÛÜŒ]"),
        frozenset({"en", "fr", "es"}),
    ),
    "cp1251": (re.compile("[а-яёА-ЯЁіїєґўІЇЄҐЎ«»№“”„–—…\u00a0]"), frozenset({"ru"})),
    "cp1256": (re.compile("[\u0621-\u0652،؛؟«»“”–…\u00a0\u200c-\u200f]"), frozenset({"ar"})),
    "gb18030": (re.compile("[\u4e00-\u9fff，。、；：？！（）“”《》—…]"), frozenset({"zh"})),
}
#: A small letter before a capital one, inside a word: what text in the wrong code page is full of.
_TORN = re.compile(r"[а-яёà-öø-ÿ][А-ЯЁÀ-ÖØ-Þ]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f]")
#: A language that is found weighs more than any share of letters.
_FOUND = 2.0
_LEAST = 0.5
_LOOK_AT = 60_000


def decode(data: bytes) -> tuple[str, str] | None:
    """Turn bytes into text.

    Parameters
    ----------
    data : bytes

    Returns
    -------
    (text, name of the character set) or None
        None where the bytes are no text, or in no character set in which they look like one.
    """
    for mark, charset in _MARKS:
        if data.startswith(mark):
            return _strictly(data, charset)
    if b"\x00" in data[:4000]:
        return _without_mark(data)
    found = _strictly(data, "utf-8")
    return found or _old(data)


def _strictly(data: bytes, charset: str) -> tuple[str, str] | None:
    try:
        text = data.decode(charset)
    except UnicodeDecodeError:
        return None
    return None if _is_binary(text) else (text, charset)


def _is_binary(text: str) -> bool:
    start = text[:_LOOK_AT]
    return len(_CONTROL.findall(start)) > len(start) / 200


def _without_mark(data: bytes) -> tuple[str, str] | None:
    """Read UTF-16 that does not say so: in one half of the pairs the first bytes are few."""
    start = data[:4000]
    even, odd = start[::2], start[1::2]
    charset = "utf-16-le" if odd.count(0) >= even.count(0) else "utf-16-be"
    found = _strictly(data, charset) if len(data) % 2 == 0 else None
    return found if found and sum(sign.isalpha() for sign in found[0][:2000]) > len(found[0][:2000]) / 4 else None


def _old(data: bytes) -> tuple[str, str] | None:
    best: tuple[float, str, str] | None = None
    for charset, (letters, languages) in _PAGES.items():
        found = _strictly(data, charset)
        if found is None:
            continue
        score = _score(found[0][:_LOOK_AT], letters, languages)
        if best is None or score > best[0]:
            best = (score, found[0], charset)
    return (best[1], best[2]) if best and best[0] >= _LEAST else None


def _score(text: str, letters: re.Pattern[str], languages: frozenset[str]) -> float:
    """How much a text looks right: the share of its special letters that belong, the rest counting against it."""
    special = [sign for sign in text if sign > "\x7f"]
    if not special:
        return 0.0
    right = sum(letters.match(sign) is not None for sign in special) / len(special)
    torn = len(_TORN.findall(text)) / len(special)
    return right - 3 * torn + (_FOUND if right > _LEAST and guess_language(text) in languages else 0.0)

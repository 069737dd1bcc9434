"""Folding: one spelling for what people write in several ways."""

from __future__ import annotations

import unicodedata

# Letters that Unicode does not decompose, but that people type without their mark.
_SPECIAL = {
    "œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i",
    "ё": "е",
    "ٱ": "ا",  # alef wasla
    "ة": "ه",  # taa marbuta
    "ى": "ي",  # alef maqsura
    "ی": "ي", "ک": "ك",  # Persian forms of yaa and kaf
    "ـ": "",  # tatweel only stretches a word
}  # fmt: skip
# The breve of и is a letter of its own: Russian endings (-ий, -ой) cannot be cut without it.
_KEPT = {"й"}


class _FoldedCharacters(dict[int, str]):
    """What each character folds to, worked out the first time it is met."""

    def __missing__(self, codepoint: int) -> str:
        folded = _fold_character(chr(codepoint))
        self[codepoint] = folded
        return folded


def _fold_character(character: str) -> str:
    lowered = character.casefold()
    if lowered in _KEPT:
        return lowered
    if lowered in _SPECIAL:
        return _SPECIAL[lowered]
    if lowered.isdecimal():
        return str(unicodedata.decimal(lowered))
    parts = [
        _SPECIAL.get(part, part)
        for part in unicodedata.normalize("NFKD", lowered)
        if not unicodedata.combining(part) and unicodedata.category(part) != "Cf"
    ]
    return "".join(parts)


_CHARACTERS = _FoldedCharacters()


def fold(text: str) -> str:
    """Return a text in lower case, without accents, vowel signs and variant letters.

    Alef with hamza or madda becomes plain alef, taa marbuta ha, alef maqsura yaa; tatweel and invisible
    characters go; digits of every script become 0 to 9; Latin accents go; ё becomes е, but й stays.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        Folding a folded text changes nothing.
    """
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", text).translate(_CHARACTERS)


def sorting_key(name: str) -> bytes:
    """Return what a name is sorted by in a list that people read.

    É stands beside E, an Arabic name where it stands without its article, and a Chinese name by its sound.

    Parameters
    ----------
    name : str

    Returns
    -------
    bytes
        Of no meaning but their order. The 3,755 common characters follow pinyin, rare ones stand behind them.

    Source: GB 18030, which keeps the order of GB 2312: common characters by pinyin, the others by radical.
    """
    return fold(name).removeprefix("ال").encode("gb18030", "replace")

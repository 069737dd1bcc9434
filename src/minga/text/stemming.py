"""Stems: the part of a word that its forms share.

Latin and Cyrillic words take the Snowball stemmer of the language. Arabic words take a light stemmer of our own:
the article and the prepositions written together with it, then the common endings.
"""

from __future__ import annotations

from functools import lru_cache
from threading import Lock
from typing import Any

import snowballstemmer

LATIN = {"en": "english", "fr": "french", "es": "spanish", "pt": "portuguese"}
# Two-letter words are names and abbreviations (AI, EU): cutting them only does harm.
SHORTEST_STEMMED = 3
# Longer runs of letters are no words of any language but data; their beginning is enough to find them.
LONGEST_WORD = 64

# Folding took the accents before the stemmer sees the word, and the stemmers cut some endings only with them.
# These endings get theirs back; a word that never had one (visite) is changed in text and query alike.
_ACCENTED_ENDINGS = {
    "fr": (("ee", "ée"), ("ite", "ité")),
    "es": (("cion", "ción"), ("sion", "sión"), ("ias", "ías"), ("ia", "ía")),
    "pt": (("coes", "ção"), ("cao", "ção"), ("oes", "ão")),  # also the plural, which the stemmer leaves standing
}
_ACCENTS_OFF = str.maketrans("àâäáãçéèêëíìîïñóòôöõúùûü", "aaaaaceeeeiiiinooooouuuu")

# Longest first. What stays must have at least three letters.
_ARABIC_PREFIXES = ("وبال", "وكال", "وفال", "ولل", "وال", "بال", "كال", "فال", "لل", "ال")
# Ending, letters that must stay. Only the first that fits is cut.
_ARABIC_SUFFIXES = (
    ("هما", 3), ("ها", 3), ("هم", 3), ("هن", 3), ("نا", 3), ("كم", 3),
    ("ات", 2), ("ون", 3), ("ين", 3), ("ان", 3), ("يه", 3), ("ه", 2), ("ي", 3), ("ا", 3),
)  # fmt: skip
# And-, with-, for-, so- and like-: one letter, written together with the word, and also the first letter of many
# words (وزارة, ministry). Cutting it in the text would lose those, so a query asks for the written-together forms.
ARABIC_PROCLITICS = "وبلفك"
# Plurals formed inside the word, of the words this field uses most; each maps to its singular, both folded. The most
# common pattern has a rule of its own, `_without_plural_alef`.
_ARABIC_BROKEN_PLURALS = {
    "مشاريع": "مشروع", "برامج": "برنامج", "معايير": "معيار", "قوانين": "قانون", "تقارير": "تقرير",
    "عمال": "عامل", "خبراء": "خبير", "شركاء": "شريك", "دروس": "درس", "قروض": "قرض", "منح": "منحه",
    "دول": "دوله", "بلدان": "بلد", "مدن": "مدينه", "ورش": "ورشه", "ادوات": "اداه", "حلول": "حل",
    "اجهزه": "جهاز", "انظمه": "نظام", "مخاطر": "خطر",
}  # fmt: skip

_lock = Lock()
_stemmers: dict[str, Any] = {}


def _snowball(word: str, algorithm: str) -> str:
    # A Snowball stemmer keeps the word it works on inside itself: two threads must not share it at once.
    with _lock:
        stemmer = _stemmers.get(algorithm)
        if stemmer is None:
            stemmer = _stemmers[algorithm] = snowballstemmer.stemmer(algorithm)
        return str(stemmer.stemWord(word))


@lru_cache(maxsize=1 << 16)
def latin_stem(word: str, lang: str) -> str:
    """Return the stem of a folded Latin word; a language without a stemmer here is read as English."""
    if len(word) < SHORTEST_STEMMED or word.isdecimal():
        return word
    if lang == "fr" and word[-1] == "s" and word[-2] != "s":
        # the plural first: the stemmer takes -er for a verb's ending, but leaves it standing in -ers (ateliers)
        word = word[:-1]
    for plain, accented in _ACCENTED_ENDINGS.get(lang, ()):
        if word.endswith(plain):
            word = word[: -len(plain)] + accented
            break
    return _snowball(word, LATIN.get(lang, "english")).translate(_ACCENTS_OFF)


@lru_cache(maxsize=1 << 16)
def cyrillic_stem(word: str) -> str:
    """Return the stem of a folded Cyrillic word by the Russian rules."""
    return word if len(word) < SHORTEST_STEMMED else _snowball(word, "russian")


@lru_cache(maxsize=1 << 16)
def arabic_stem(word: str) -> str:
    """Return the light stem of a folded Arabic word: article, prepositions on the article, one ending.

    Source: the affix classes of light stemming, Larkey, Ballesteros and Connell (2002), "Improving stemming for
    Arabic information retrieval"; the lengths that must stay and the plurals formed inside the word are our own.
    """
    for prefix in _ARABIC_PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) >= 3:
            word = word[len(prefix) :]
            break
    word = _ARABIC_BROKEN_PLURALS.get(word) or _without_plural_alef(word)
    for suffix, must_stay in _ARABIC_SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= must_stay:
            return word[: -len(suffix)]
    return word


def _without_plural_alef(word: str) -> str:
    """Turn the plural of places and tools into its singular: five letters, meem first, alef third (مصانع, مصنع)."""
    return word[:2] + word[3:] if len(word) == 5 and word[0] == "م" and word[2] == "ا" else word


def is_arabic(word: str) -> bool:
    """Tell whether a folded word is written in Arabic letters, by its first letter."""
    return "\u0600" <= word[0] <= "\u06ff" or "\u0750" <= word[0] <= "\u077f"


def is_cyrillic(word: str) -> bool:
    """Tell whether a folded word is written in Cyrillic letters, by its first letter."""
    return "\u0400" <= word[0] <= "\u04ff"


def stem(word: str, lang: str) -> str:
    """Return the stem of a folded word: the script chooses the rules, the language only those of Latin words."""
    word = word[:LONGEST_WORD]
    if word.isascii():
        return latin_stem(word, lang)
    if is_arabic(word):
        return arabic_stem(word)
    if is_cyrillic(word):
        return cyrillic_stem(word)
    return latin_stem(word, lang)

"""Which of six languages a text is written in, or none where that cannot be told.

Scripts decide first; then the small words that every sentence needs. Neighbours that are often taken for one of the
six (Portuguese, Italian and German; Ukrainian and Bulgarian; Persian and Urdu; Japanese) are known well enough to say
"none of these" instead.
"""

from __future__ import annotations

import re
from collections import Counter

_LETTERS = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
#: What is looked at: a page is plenty.
_LOOK_AT = 20_000
#: Share of the letters that a script must have before it decides.
_LEAST_SHARE = 0.6


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SCRIPTS = {
    "arabic": re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]"),
    "cyrillic": re.compile("[\u0400-\u04ff]"),
    "han": re.compile("[\u3400-\u4dbf\u4e00-\u9fff]"),
    "kana": re.compile("[\u3040-\u30ff]"),
    "latin": re.compile("[A-Za-z\u00c0-\u024f]"),
}
#: Letters that Arabic has not, but Persian, Urdu and others write; and those that Russian has not.
_NOT_ARABIC = re.compile("[پچژگٹڈڑںےھہ]")
_NOT_RUSSIAN = re.compile("[іїєґўјљњћђџѓќѕ]", re.IGNORECASE)
#: Words that Bulgarian and its neighbours need, and Russian has not.
_BULGARIAN = _words("са ще съм беше тази този това които който която също само може трябва че се със във")
_RUSSIAN = _words(
    "и в не на что с по это как из у за от так но бы для мы они его ее их или если то же вы он она нужно чтобы при до "
    "все уже только есть будет когда"
)
_LATIN = {
    "en": _words(
        "the of and to in is that for it on with as are be this was have from at by not or we our they you should will "
        "can has an which their there more but what who would all i then than when if must do does been were he she "
        "his her its every how only one into out about also may could"
    ),
    "fr": _words(
        "le la les des et est dans pour que qui une un du en au aux sur pas par plus avec ce cette ces nous vous sont "
        "il elle ils ne se leur mais ou être il faut c'est d'une d'un l'on je notre nos comme sans doit"
    ),
    "es": _words(
        "el la los las de y en que un una para por con no se es del al como más su sus lo pero o esta este son hay "
        "debe nos nuestra nuestro muy también ser sin sobre cuando yo ya qué cómo donde porque si entre"
    ),
    "pt": _words(
        "o a os as de e em que um uma para por com não se é do da dos das no na nos nas ao mais seu sua mas ou são "
        "também ser sem sobre quando já isso pelo pela você nós à muito há foi tem"
    ),
    "it": _words(
        "il lo la i gli le di e in che un una per con non si è del della dei delle nel nella al alla più sono ma anche "
        "come questo questa essere ci da dal o suo ha"
    ),
    "de": _words(
        "der die das und ist in zu den von mit nicht ein eine für auf dem des im sich auch als an es wir werden sind "
        "oder aber wie bei nach wird haben nur noch man muss soll"
    ),
}
#: How many small words must be found, and by how much the first must lead the second.
_LEAST_WORDS, _LEAD = 2, 1.25


def guess_language(text: str) -> str | None:
    """Guess the language of a text.

    Parameters
    ----------
    text : str
        A sentence or more; of a long one only the beginning is looked at.

    Returns
    -------
    "ar", "en", "es", "fr", "ru", "zh" or None
        None where the text is too short, mixed, or in another language.
    """
    text = text[:_LOOK_AT]
    letters = len(_LETTERS.findall(text))
    counts = {script: len(pattern.findall(text)) for script, pattern in _SCRIPTS.items()}
    if not letters:
        return None
    if counts["kana"]:
        # Japanese mixes Han with kana; a Chinese text may quote a word of it
        return "zh" if counts["han"] > 20 * counts["kana"] else None
    # one Chinese character says as much as a word of several letters
    leading = max(counts, key=lambda script: counts[script] * (3 if script == "han" else 1))
    weight = sum(count * (3 if script == "han" else 1) for script, count in counts.items()) or 1
    if counts[leading] * (3 if leading == "han" else 1) / weight <= _LEAST_SHARE:
        return None
    return _by_script(leading, text, counts[leading])


def _by_script(script: str, text: str, count: int) -> str | None:
    if script == "arabic":
        return "ar" if count >= 3 and not _NOT_ARABIC.search(text) else None
    if script == "han":
        return "zh" if count >= 2 else None
    words = [word.casefold().replace("’", "'") for word in _WORD.findall(text)]
    if script == "cyrillic":
        return "ru" if _is_russian(text, words) else None
    return _latin(text, words)


def _is_russian(text: str, words: list[str]) -> bool:
    if _NOT_RUSSIAN.search(text):
        return False
    russian = sum(word in _RUSSIAN for word in words) + 2 * len(re.findall("[ыэё]", text, re.IGNORECASE))
    bulgarian = sum(word in _BULGARIAN for word in words) + 2 * len(re.findall("ъ[^еёюя]", text, re.IGNORECASE))
    return russian >= 1 and russian > bulgarian


def _latin(text: str, words: list[str]) -> str | None:
    found = Counter(word for word in words)
    scores = {
        language: float(sum(count for word, count in found.items() if word in small))
        for language, small in _LATIN.items()
    }
    # letters that give a language away count like small words
    for language, letters in (("es", "ñ¿¡"), ("fr", "èêçœùâîû"), ("pt", "ãõ"), ("de", "ßäöü")):
        scores[language] += sum(text.casefold().count(letter) for letter in letters)
    ranked = sorted(scores, key=lambda language: scores[language], reverse=True)
    best, second = ranked[0], ranked[1]
    if scores[best] < _LEAST_WORDS or scores[best] < _LEAD * scores[second]:
        return None
    return best if best in {"en", "fr", "es"} else None

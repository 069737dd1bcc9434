"""From a text to index words, and from a question to search terms.

Words are folded (`folding`) and stemmed (`stemming`). Chinese has no spaces: a run of Chinese characters
becomes overlapping pairs, and a query run must find its pairs side by side, in order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from minga.text.folding import fold
from minga.text.stemming import ARABIC_PROCLITICS, LATIN, is_arabic, is_cyrillic, stem

LANGUAGES = ("ar", "zh", "en", "fr", "ru", "es")

_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_WORDS = re.compile(f"[{_HAN}]+|[^\\W_{_HAN}]+")
_ASCII_WORDS = re.compile(r"[a-z0-9]+")
_IS_HAN = re.compile(f"[{_HAN}]")
# Articles and pronouns that French writes onto the next word, and the English genitive.
_ELISION = re.compile(r"(?<!\w)(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)['’ʼ](?=\w)")
_GENITIVE = re.compile(r"(?<=\w)['’ʼ]s(?!\w)")

# Words that say nothing about a subject. They stay in the index and are left out of questions.
_STOPWORDS = frozenset(
    fold(
        "a an and are as at be by for from how i in is it me my of on or our that the to we what where which who "
        "with you your "
        "au aux avec ce ces comment dans de des du elle en est et il je la le les leur ma mes mon nos notre nous ou "
        "où par pour que quel quelle qui sa ses son sur un une vos votre vous "
        "al como con cual cuál del el ella es esta este la las los lo mi o para por que qué se sin son su sus un "
        "una y "
        "в во для до и из или к как ко на не о об от по при с со у что это "
        "في من على الى إلى عن مع هو هي هذا هذه التي الذي ما كيف او أو ثم"
    ).split()
)

# Words of asking and pointing, without which hardly any voice is written: two texts that share them say nothing alike.
# Questions to the index keep them.
_UNTELLING = _STOPWORDS | frozenset(
    fold(
        "has have had been being was were will would can could should must may might shall do does did if but because "
        "so than then there here these those they them their its more most very also only want ask please "
        "every all any some such into about over up out us he she his her "
        "à été être avoir avons ont sont était sera serait peut peuvent doit doivent devrait faut il ils elles on plus "
        "moins très aussi afin ainsi car donc mais si même tout tous toute toutes chaque cette cet ceux leurs y fait "
        "demandons demande voulons souhaitons faire entre sans sous vers chez lors "
        "ser está están son fue será hay que debe deben debería puede pueden más menos muy también porque pero si todo "
        "todos toda todas cada ese esa eso estos estas nos nosotros ellos nuestra nuestro nuestros pedimos queremos "
        "hacer tener tiene entre sobre desde hasta "
        "быть был была было были будет есть нужно надо должен должны должна может могут если но а же бы ли чтобы все "
        "всех всем мы нас нам они их им он она его ее этот эта эти того так также еще уже только очень просим хотим "
        "который которые которая где когда чем "
        "ان قد لقد كان كانت يكون تكون كل بعض غير بين حتى بعد قبل عند لدى منذ خلال اي نحن انا انتم لنا لهم له لها لكم "
        "به بها بهم فيه فيها منها منه منهم عليه عليها عليهم اليه اليها كما مثل لان لكن اذا لو ذلك تلك هناك هنا هؤلاء "
        "الذين حيث عندما لذلك ايضا جدا فقط شيء احد يجب ينبغي نريد نطلب نطالب يوجد توجد يتم تم اكثر اقل كثير كثيرا اجل "
        "عبر ضد دون بدون حول نحو مما"
    ).split()
)
_UNTELLING_PAIRS = frozenset(
    fold(
        "我们 你们 他们 应该 应当 需要 可以 以及 并且 而且 因为 所以 如果 但是 这个 那个 这些 那些 就是 还是 "
        "一个 一些 对于 关于 进行 必须 希望 要求 建议 通过 为了 能够 已经 非常 更多"
    ).split()
)


@dataclass(frozen=True)
class Term:
    """One thing a query asks for: any of its alternatives. An alternative of several words is a phrase.

    `is_prefix` is true for a single Chinese character, which may begin any pair of the index.
    """

    alternatives: tuple[tuple[str, ...], ...]
    is_prefix: bool = False


def _split(text: str) -> list[str]:
    """Cut a text into folded words and runs of Chinese."""
    folded = fold(text)
    if "'" in folded or "’" in folded or "ʼ" in folded:
        folded = _GENITIVE.sub(" ", _ELISION.sub(" ", folded))
    if folded.isascii():
        return _ASCII_WORDS.findall(folded)
    return _WORDS.findall(folded)


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)]


def analyse(text: str, lang: str) -> list[str]:
    """Turn a text into the words an index stores, in order.

    Parameters
    ----------
    text : str
        Any mix of scripts.
    lang : str
        Language of the text. It chooses the stemmer of Latin words (en, fr, es, and pt; any other reads them
        as English); Arabic, Cyrillic and Chinese are told by their script.

    Returns
    -------
    list of str
        Folded stems. A run of Chinese gives its overlapping pairs and then its last character, so that a
        single character is the beginning of some word wherever it stands.
    """
    words: list[str] = []
    for word in _split(text):
        if _IS_HAN.match(word):
            words += _pairs(word)
            words.append(word[-1])
        else:
            words.append(stem(word, lang))
    return words


def telling_words(text: str, lang: str) -> list[str]:
    """Turn a text into the words that say what it is about, to compare it with others.

    Parameters
    ----------
    text : str
    lang : str
        Language of the text, as for :func:`analyse`.

    Returns
    -------
    list of str
        As :func:`analyse` gives them, without words such as "the", "pour" or "must", also where Arabic writes one
        together with و، ف، ب، ل or ك, without numbers of two digits, and without the last character of a run of
        Chinese, which stands in the index for searching only.
    """
    words: list[str] = []
    for word in _split(text):
        if _IS_HAN.match(word):
            words += [pair for pair in _pairs(word) or [word] if pair not in _UNTELLING_PAIRS]
        elif not _tells_nothing(word):
            words.append(stem(word, lang))
    return words


def _tells_nothing(word: str) -> bool:
    if word.isdecimal() and len(word) <= 2:  # the number of an item, or how many of something
        return True
    return word in _UNTELLING or (is_arabic(word) and word[0] in ARABIC_PROCLITICS and word[1:] in _UNTELLING)


def _alternatives(word: str, lang: str) -> tuple[tuple[str, ...], ...]:
    """Give the forms under which texts of any language may hold a word; those of the reader's language first."""
    own = stem(word, lang)
    if is_arabic(word):
        forms = [own]
        if len(own) >= 3:
            forms += [letter + own for letter in ARABIC_PROCLITICS]
        if len(own) >= 4 and word[0] in ARABIC_PROCLITICS and own[0] == word[0]:
            forms.append(own[1:])
    elif is_cyrillic(word):
        forms = [own]
    else:
        forms = [own, *(stem(word, other) for other in LATIN)]
    return tuple((form,) for form in dict.fromkeys(forms))


def analyse_query(query: str, lang: str) -> tuple[Term, ...]:
    """Turn what a person typed into the terms to look for, all of them.

    A text is stemmed in its own language, which the reader need not share: a Latin word therefore asks for its
    stem in each Latin language, an Arabic word also for the forms with a one-letter preposition written onto it.

    Parameters
    ----------
    query : str
    lang : str
        Language of the page.

    Returns
    -------
    tuple of Term
        Without words such as "the" or "pour", unless the query holds nothing else. Empty for a query without
        letters and digits.
    """
    words = _split(query)
    telling = [word for word in words if word not in _STOPWORDS] or words
    terms: dict[Term, None] = {}
    for word in telling:
        if not _IS_HAN.match(word):
            terms[Term(_alternatives(word, lang))] = None
        elif len(word) == 1:
            terms[Term(((word,),), is_prefix=True)] = None
        else:
            terms[Term((tuple(_pairs(word)),))] = None
    return tuple(terms)

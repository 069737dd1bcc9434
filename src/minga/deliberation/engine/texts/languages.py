"""The words around a text in the six languages of the site, for files that are written without it.

They are read from the site's own catalogues, so that the same version gives the same file wherever it is written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import date
from gettext import NullTranslations, translation
from pathlib import Path

import minga
from minga.deliberation.engine.errors import ExportError
from minga.deliberation.engine.texts.document import Labels
from minga.deliberation.engine.texts.replies import COLUMNS

_NUMBER = re.compile(r"-?\d+\.\d+")
_CATALOGUES = Path(minga.__file__).parent / "locale"
#: Labels that are no words of one text.
_NO_WORDS = {"undated", "day", "answers"}


@dataclass(frozen=True)
class _Language:
    """How a day and a number are written: the months parted by blanks, and the decimal sign."""

    day: str
    months: str = ""
    decimal: str = "."

    def write(self, on: date) -> str:
        month = self.months.split()[on.month - 1] if self.months else ""
        return self.day.format(d=on.day, m=on.month, y=on.year, month=month)


def labels_in(language: str) -> Labels:
    """Return the words around a draft.

    Parameters
    ----------
    language : str
        "ar", "en", "es", "fr", "ru" or "zh".

    Raises
    ------
    ExportError
        The words are in none such language.
    """
    written, said, english = _known(language), _catalogue(language).gettext, Labels()
    words = {one.name: said(getattr(english, one.name)) for one in fields(Labels) if one.name not in _NO_WORDS}
    return Labels(
        **words,
        undated=said("Version %(number)s").replace("%(number)s", "{number}"),
        day=written.write,
        answers={answer: said(name) for answer, name in english.answers.items()},
    )


def columns_in(language: str) -> dict[str, str]:
    """Return the words above the columns of the table of answers; errors as for :func:`labels_in`."""
    said = _catalogue(language).gettext
    return {name: said(words) for name, words in COLUMNS.items()}


def number_in(text: str, language: str) -> str:
    """Return a number kept as text with the decimal sign of a language; other words stay as they are."""
    return text.replace(".", _known(language).decimal) if _NUMBER.fullmatch(text) else text


def answers_to(title: str, language: str) -> str:
    """Return the title of the answers to a consultation; errors as for :func:`labels_in`."""
    return _catalogue(language).gettext("Answers to “{title}”").format(title=title)


def _catalogue(language: str) -> NullTranslations:
    """Return the site's texts in a language; English is what they are written in, and has no catalogue."""
    _known(language)
    return translation("django", _CATALOGUES, [language], fallback=language == "en")


def _known(language: str) -> _Language:
    if language not in _LANGUAGES:
        known = ", ".join(_LANGUAGES)
        raise ExportError(
            f"The words around a text are there in {known}, but not in {language!r}. Choose the one of these that is "
            "nearest to the language of the text."
        )
    return _LANGUAGES[language]


_LANGUAGES = {
    "ar": _Language(
        day="{d} {month} {y}",
        months="يناير فبراير مارس إبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    ),
    "en": _Language(
        day="{d} {month} {y}",
        months="January February March April May June July August September October November December",
    ),
    "es": _Language(
        day="{d} de {month} de {y}",
        months="enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        decimal=",",
    ),
    "fr": _Language(
        day="{d} {month} {y}",
        months="janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        decimal=",",
    ),
    "ru": _Language(
        day="{d} {month} {y} г.",
        months="января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
        decimal=",",
    ),
    "zh": _Language(
        day="{y}年{m}月{d}日",
    ),
}

"""The words around a text are the same on the site and on the command line, so that both write the same files."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

import pytest
from django.utils import translation
from django.utils.translation import gettext as _

from minga.deliberation import wording_publishing
from minga.deliberation.engine.texts.languages import answers_to, columns_in, labels_in, number_in
from minga.deliberation.engine.texts.replies import COLUMNS
from minga.web.numbers import local_number

pytestmark = pytest.mark.page


def words_of(labels):
    return {name: words for name, words in asdict(labels).items() if name != "day"}


@pytest.mark.parametrize("language", ["ar", "en", "es", "fr", "ru", "zh"])
def test_words_and_days_are_those_of_the_site(language):
    own = labels_in(language)
    with translation.override(language):
        for value in ("46.0", "-2.45", "12345.6", "7", "5 % of all", "2026.1.2", ".5"):
            assert number_in(value, language) == local_number(value)
        labels = wording_publishing.labels()
        assert words_of(own) == words_of(labels)
        for month in range(1, 13):
            assert own.day(date(2026, month, 9)) == labels.day(date(2026, month, 9))
        assert columns_in(language) == {name: _(words) for name, words in COLUMNS.items()}
        assert answers_to("X", language) == _("Answers to “{title}”").format(title="X")

"""Whatever a browser sends as a number is read or refused; nothing of it breaks a page."""

from __future__ import annotations

import pytest
from django.utils import translation

from minga.web.numbers import local_number, read_number


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("7", 7), ("007", 7), ("999999999", 999_999_999)])
def test_digits_are_read(text, number):
    assert read_number(text) == number


@pytest.mark.parametrize(
    "text", [None, "", " 1", "-1", "+1", "1.0", "1_0", "²", "٣", "1000000000", "9" * 5000, "one", "\x00"]
)
def test_everything_else_is_no_number(text):
    assert read_number(text) is None


@pytest.mark.parametrize(("language", "shown"), [("en", "46.0"), ("fr", "46,0"), ("ru", "46,0"), ("ar", "46.0")])
def test_number_kept_as_text_is_written_as_the_page_does(language, shown):
    with translation.override(language):
        assert local_number("46.0") == shown


@pytest.mark.parametrize("text", ["", "checked on 2026-05-01", "1.2.3", "46 %", "٤٦", "-"])
def test_other_words_stay_as_they_are(text):
    with translation.override("fr"):
        assert local_number(text) == text

"""The form on paper: every level, every profile question, nothing loaded from elsewhere."""

from __future__ import annotations

import html
import re

import pytest

from minga import readiness
from minga.readiness.engine.paper_words import WORDS
from minga.readiness.tests.engine_support import GENERIC


@pytest.mark.parametrize("form", ["full", "short"])
def test_every_item_of_the_form_stands_with_all_its_levels(form):
    page = readiness.paper(GENERIC, form)
    for item in GENERIC.items_of(form=form):
        assert f'id="{item.id}"' in page
        assert all(html.escape(text) in page for text in item.levels)
    assert page.count("I do not know") == len(GENERIC.items_of(form=form))


def test_does_not_apply_stands_only_where_it_may():
    assert readiness.paper(GENERIC).count("Does not apply, because") == 2
    assert "Does not apply" not in readiness.paper(GENERIC, "short")


def test_profile_questions_stand_with_their_choices_in_words():
    page = readiness.paper(GENERIC, "short")
    assert "Which country is the site in?" in page
    assert "Below 0.2 % of turnover" in page
    assert "Scrap and rework" in page


def test_page_loads_nothing_and_carries_version_and_code():
    page = readiness.paper(GENERIC, "short", code="BAO-7431")
    assert re.findall(r"(?:src|href|url)\s*[=(]", page) == []
    assert "<script" not in page
    assert GENERIC.content_hash in page
    assert "BAO-7431" in page
    assert "not yet calibrated" in page


def test_code_is_never_read_as_markup():
    assert "<b>" not in readiness.paper(GENERIC, "short", code="<b>")


@pytest.mark.parametrize("language", ["fr", "es", "ru", "ar", "zh"])
def test_form_speaks_the_language_throughout(language):
    page = readiness.paper(GENERIC.in_language(language), "short")
    assert f'lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in page
    assert html.escape(WORDS[language]["dk"]) in page
    assert html.escape(WORDS[language]["unreviewed"]) in page
    assert WORDS[language]["untranslated"] not in page
    assert "I do not know" not in page


def test_untranslated_items_are_marked():
    page = readiness.paper(GENERIC.in_language("pt"), "short")
    assert page.count("not translated yet") == 14


def test_languages_have_the_same_words():
    assert {frozenset(words) for words in WORDS.values()} == {frozenset(WORDS["en"])}

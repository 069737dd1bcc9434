"""Templates of drafts: the same clauses in every language, in the order such texts have."""

from __future__ import annotations

import re

import pytest

from minga.deliberation.engine.errors import TemplateError
from minga.deliberation.engine.templates import LANGUAGES, TEMPLATES, clauses_in, template

_SCRIPT = {"ar": "[\u0600-\u06ff]", "ru": "[\u0400-\u04ff]", "zh": "[\u4e00-\u9fff]"}


def headings(clauses):
    return [one.heading for one in clauses]


def flat(clauses):
    for one in clauses:
        yield one
        yield from flat(one.children)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_holds_the_same_clauses_in_the_same_order(language):
    shape = {code: list(clauses) for code, clauses in clauses_in(language).items()}
    assert shape == {code: list(clauses) for code, clauses in clauses_in("en").items()}
    assert tuple(shape) == TEMPLATES


@pytest.mark.parametrize("language", sorted(_SCRIPT))
def test_texts_are_in_the_script_of_their_language(language):
    for clauses in clauses_in(language).values():
        for heading, text in clauses.values():
            assert re.search(_SCRIPT[language], heading)
            assert re.search(_SCRIPT[language], text)


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "en"])
def test_no_text_is_left_in_english(language):
    english = {text for clauses in clauses_in("en").values() for _heading, text in clauses.values()}
    assert not english & {text for clauses in clauses_in(language).values() for _heading, text in clauses.values()}


@pytest.mark.parametrize("code", TEMPLATES)
def test_each_clause_has_a_short_heading_and_says_what_belongs_into_it(code):
    for language in LANGUAGES:
        found = list(flat(template(code, language)))
        assert len(found) == len(clauses_in("en")[code])
        assert all(0 < len(one.heading) <= 200 and len(one.text) > len(one.heading) / 2 for one in found)


def test_a_standard_follows_the_order_of_the_iso_directives():
    wanted = ["Foreword", "Introduction", "Scope", "Normative references", "Terms and definitions"]
    found = headings(template("standard", "en"))
    assert found[: len(wanted)] == wanted
    assert found.index("Requirements") < found.index("Conformity") < found.index("Annex A (informative)")
    assert found[-1] == "Bibliography"


def test_measures_of_a_strategy_stand_under_one_clause():
    measures = next(one for one in template("strategy", "fr") if one.heading == "Mesures")
    assert "Compétences et travail" in headings(measures.children)


def test_another_language_gets_english_and_an_empty_page_stays_empty():
    assert template("guideline", "pt") == template("guideline", "en")
    assert template("empty", "ar") == ()


def test_unknown_template_names_those_that_there_are():
    with pytest.raises(TemplateError, match=r"'law'.*strategy, guideline, recommendation, standard, or empty"):
        template("law", "en")

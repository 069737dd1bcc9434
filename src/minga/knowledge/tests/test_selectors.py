"""Finding and matching on a real database."""

from __future__ import annotations

import pytest
from django.utils import translation

from minga.knowledge import selectors, services, words
from minga.knowledge.engine.matching import MatchingError, Reason
from minga.knowledge.selectors import Criteria
from minga.knowledge.tests.conftest import record_content

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def slugs(**criteria):
    return [card.slug for card in selectors.find(Criteria(**criteria), "en").cards]


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        ({"q": "bakery"}, ["cv-bakers"]),
        ({"q": "boulanger"}, ["cv-bakers"]),
        ({"q": "مخبز"}, ["cv-bakers"]),
        ({"q": "个人数据"}, ["tn-law"]),
        ({"q": "Tunisie"}, ["sample-expert", "tn-law"]),  # the country's name, in any language, finds its records
        ({"q": "School of Praia bakers"}, ["cv-bakers"]),
        ({"type": "regulation"}, ["tn-law"]),
        ({"factor": "data_quality"}, ["sample-expert", "cv-bakers", "int-tool"]),
        ({"language": "ar"}, ["tn-law"]),
        ({"cost": "c1"}, ["tn-law"]),
        ({"audience": "government"}, []),
        # what is for everyone comes along, behind what is made for the country or sector
        ({"country": "CV"}, ["cv-bakers", "int-tool"]),
        ({"country": "TN", "factor": "data_quality"}, ["sample-expert", "int-tool"]),
        ({"sector": "10"}, ["cv-bakers", "sample-expert", "tn-law", "int-tool"]),
        ({"sector": "13", "country": "CV"}, ["int-tool"]),
    ],
)
def test_words_and_filters_find(shelf, criteria, expected):
    found = slugs(**criteria)
    assert sorted(found) == sorted(expected)
    if "country" in criteria or "sector" in criteria:
        assert found[0] == expected[0]
        assert found[-1] == expected[-1]


def test_a_card_is_in_the_readers_language_or_says_which_it_is_in(shelf):
    (card,) = selectors.find(Criteria(q="bakery"), "ar").cards
    assert (card.language, card.title) == ("ar", "دورة للخبازين")
    (card,) = selectors.find(Criteria(q="personal data"), "ar").cards
    assert (card.language, card.title) == ("en", "Law on personal data")


def test_where_no_record_holds_all_words_those_with_some_are_shown_and_said_to_be(shelf):
    found = selectors.find(Criteria(q="bakers of spaceships"), "en")
    assert found.is_loosened
    assert [card.slug for card in found.cards] == ["cv-bakers"]
    assert not selectors.find(Criteria(q="spaceships"), "en").is_loosened


def test_results_come_in_pages(db):
    services.import_records([record_content(f"c-{i}", f"Course {i}") for i in range(5)], reason="tests")
    second = selectors.find(Criteria(q="course"), "en", page=2, per_page=2)
    assert (second.total, second.pages, len(second.cards)) == (5, 3, 2)
    behind = selectors.find(Criteria(q="course"), "en", page=9, per_page=2)
    assert (behind.total, behind.cards, behind.is_loosened) == (5, (), False)


def test_a_list_takes_as_many_queries_for_many_records_as_for_few(shelf, django_assert_num_queries):
    with django_assert_num_queries(6):
        selectors.find(Criteria(factor="data_quality"), "en")
    services.import_records([record_content(f"c-{i}", f"Course {i}") for i in range(15)], reason="tests")
    with django_assert_num_queries(6):
        assert len(selectors.find(Criteria(factor="data_quality"), "en").cards) == 18


def test_matching_gives_rows_with_reasons_in_eight_queries(shelf, django_assert_num_queries):
    with django_assert_num_queries(8):
        found = selectors.matching([("data_quality", 0.5, 2), ("policies", 1, 2)], "CV", "10", "fr")
    assert [one.slug for one in found] == ["cv-bakers", "int-tool"]
    best = found[0]
    assert (best.title, best.language, best.type) == ("Cours pour boulangers", "fr", "course")
    assert best.reasons == (
        Reason("factor", {"factor": "data_quality", "level": 0, "target": 2}),
        Reason("country", {"country": "CV"}),
        Reason("sector", {"sector": "10"}),
        Reason("language", {"language": "fr"}),
        Reason("free"),
    )
    assert found[1].reasons[1] == Reason("any_country")


def test_matching_reads_a_longer_sector_code_by_its_division_and_any_case_of_the_country(shelf):
    found = selectors.matching([("skills", 0, 1)], "cv", "1071", "en")
    assert [one.slug for one in found] == ["cv-bakers"]
    assert Reason("sector", {"sector": "10"}) in found[0].reasons


def test_matching_marks_what_is_sample(shelf):
    found = selectors.matching([("data_quality", 0, 1)], "TN")
    assert {one.slug: one.is_sample for one in found} == {"sample-expert": True, "int-tool": False}


def test_matching_without_needs_gives_nothing_and_a_wrong_level_is_named(shelf):
    assert selectors.matching([], "CV") == ()
    with pytest.raises(MatchingError, match="levels run from 0 to 5"):
        selectors.matching([("skills", 7, 9)], "CV")


def test_every_reason_has_words():
    with translation.override("en"):
        said = [
            words.reason("factor", {"factor": "skills", "level": 1, "target": 2}),
            words.reason("country", {"country": "TN"}),
            words.reason("any_country", {}),
            words.reason("sector", {"sector": "10"}),
            words.reason("language", {"language": "fr"}),
            words.reason("free", {}),
        ]
    assert "from level 1 to 2" in said[0]
    assert said[1].endswith("Tunisia")
    assert "food" in said[3]
    assert said[4].endswith("French")
    assert len(set(said)) == 6


def test_every_code_that_records_use_has_a_name():
    from minga.knowledge.engine.records import AUDIENCES, CONFIDENCES, COST_BANDS, TYPES

    assert (*words.TYPES,) == TYPES
    assert (*words.AUDIENCES,) == AUDIENCES
    assert (*words.COST_BANDS,) == COST_BANDS
    assert (*words.CONFIDENCES,) == CONFIDENCES
    services.load_start_content()
    used = selectors.choices()
    assert used["language"].keys() <= words.LANGUAGES.keys()
    assert all(words.country(code) for code in used["country"])
    assert all(words.sector(code) for code in used["sector"])

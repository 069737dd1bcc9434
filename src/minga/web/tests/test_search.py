"""The index answers alike on SQLite and PostgreSQL: these tests run on whichever the site uses."""

from __future__ import annotations

import json

import pytest

from minga.web import search
from minga.web.search import Document, index
from tests.support import shared_data

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def document(key, title="", body="", lang="en", order="", **facets):
    return Document("test.thing", key, {lang: title}, {lang: body}, facets, order or key)


def keys(text="", **question):
    return index().query(text, kind="test.thing", **question).keys


def test_all_shared_pairs_hold_in_the_database():
    pairs = json.loads(shared_data("hub/search_pairs.json").read_text(encoding="utf-8"))
    index().add(document(str(i), body=pair["text"], lang=pair["lang"]) for i, pair in enumerate(pairs))
    wrong = [
        pair
        for i, pair in enumerate(pairs)
        if (str(i) in keys(pair["query"], lang=pair["lang"], limit=100)) != pair["match"]
    ]
    assert wrong == []


def test_every_word_must_be_there_unless_any_word_will_do():
    index().add([document("both", "Data quality"), document("one", "Data protection"), document("none", "Welding")])
    assert keys("data quality") == ("both",)
    assert keys("data quality", every_word=False) == ("both", "one")


def test_a_word_in_the_title_stands_before_one_in_the_text():
    index().add([document("a", "Courses", "about welding and more"), document("b", "Welding", "a course of one week")])
    assert keys("welding") == ("b", "a")


def test_chinese_runs_are_phrases_and_one_character_is_enough():
    index().add(
        [
            document("ai", "人工智能管理体系", lang="zh"),
            document("hand", "人工操作与智能手机", lang="zh"),
            document("water", "工业用水", lang="zh"),
        ]
    )
    assert keys("人工智能", lang="zh") == ("ai",)
    assert keys("水", lang="en") == ("water",)
    assert set(keys("人工智能", lang="zh", every_word=False)) == {"ai", "hand"}


def test_a_phrase_does_not_run_from_title_to_text():
    index().add([document("split", "数字", "孪生", lang="zh"), document("whole", "数字孪生", lang="zh")])
    assert keys("数字孪生", lang="zh") == ("whole",)


def test_texts_of_all_languages_make_one_document():
    thing = Document("test.thing", "x", {"en": "Training", "fr": "Formation", "ar": "تدريب"}, {"zh": "培训课程"})
    index().add([thing])
    for question in ("trainings", "formations", "التدريب", "培训"):
        found = index().query(question, kind="test.thing", lang="en")
        assert (found.keys, found.total) == (("x",), 1)


def test_filters_narrow_and_preferred_values_come_first():
    index().add(
        [
            document("world", "Grant", country=["any"], cost=["c0"]),
            document("tunisia", "Grant for machines of older kinds", country=["TN"], cost=["c1"]),
            document("jordan", "Grant", country=["JO"], cost=["c0"]),
        ]
    )
    assert keys("grant", filters={"country": ["TN", "any"]}, prefer={"country": "TN"}) == ("tunisia", "world")
    assert keys("grant", filters={"country": ["TN", "any"], "cost": ["c0"]}) == ("world",)
    assert keys(filters={"cost": ["c0"]}) == ("jordan", "world")
    assert keys(filters={"cost": []}) == ("jordan", "tunisia", "world")
    assert keys(filters={"cost": ["c9"]}) == ()


def test_without_a_query_the_order_of_the_documents_holds_page_by_page():
    index().add(document(f"k{i}", f"Thing {i}", order=f"{99 - i}") for i in range(5))
    first = index().query(kind="test.thing", limit=2)
    last = index().query(kind="test.thing", limit=2, offset=4)
    assert (first.keys, first.total) == (("k4", "k3"), 5)
    assert (last.keys, last.total) == (("k0",), 5)


def test_adding_again_replaces_and_removing_removes():
    index().add([document("a", "Welding", kind_of=["old"])])
    index().add([document("a", "Casting", kind_of=["new"])])
    assert keys("welding") == ()
    assert keys("casting", filters={"kind_of": ["new"]}) == ("a",)
    index().remove("test.thing", ["a", "never-there"])
    assert index().query(kind="test.thing").total == 0


def test_kinds_are_kept_apart():
    index().add([document("a", "Welding"), Document("test.other", "a", {"en": "Welding"}, {})])
    index().clear("test.other")
    assert keys("welding") == ("a",)
    assert index().query("welding", kind="test.other").total == 0


@pytest.mark.parametrize(
    "typed", ['"', "'", "a' OR 'b", 'x" OR "y', "*", "NEAR(", "title:", "\\", ":*", "<->", "\x00", "-", "(", "^"]
)
def test_signs_of_the_query_languages_are_only_signs(typed):
    index().add([document("a", "Welding")])
    assert keys(typed) == ()
    assert keys(typed + " welding", every_word=False) == ("a",)


def test_the_index_is_rebuilt_from_what_the_rooms_hold(monkeypatch):
    monkeypatch.setattr(search, "_SOURCES", {})
    search.register("test.thing", lambda: [document("kept", "Welding")])
    index().add([document("stale", "Welding")])
    assert list(search.rebuild()) == [("test.thing", 1)]
    assert keys("welding") == ("kept",)


def test_very_long_texts_are_found_to_their_end():
    index().add([document("long", "Report", " ".join(f"word{i}" for i in range(20_000)) + " ending")])
    assert keys("ending") == ("long",)

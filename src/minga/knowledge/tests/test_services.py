"""Bringing records in: once, idempotently, with what people did here kept and each act in the trail."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from minga.knowledge import selectors, services
from minga.knowledge.engine.errors import KnowledgeError
from minga.knowledge.engine.records import Text
from minga.knowledge.models import Record, RecordCountry, RecordText
from minga.knowledge.tests.conftest import record_content
from minga.members import selectors as members_selectors
from minga.web import search

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def found(text, **filters):
    return search.index().query(text, kind=selectors.KIND, filters=filters).keys


def acts():
    return list(members_selectors.acts().order_by("sequence").values_list("act", flat=True))


def test_the_start_content_comes_in_once_and_a_second_time_changes_nothing(django_assert_max_num_queries):
    first = services.load_start_content()
    assert (first.added, first.changed) == (163, 0)
    before = list(Record.objects.order_by("pk").values())
    trail = acts()
    with django_assert_max_num_queries(4):
        second = services.load_start_content()
    assert (second.added, second.changed, second.unchanged) == (0, 0, 163)
    assert list(Record.objects.order_by("pk").values()) == before
    assert acts() == trail == ["records.imported"]
    assert Record.objects.filter(is_sample=True).count() == 0
    assert found("maintenance prédictive")
    assert found("حماية البيانات")
    assert found("人工智能")
    assert selectors.find(selectors.Criteria(), "en").total == 163
    services.load_sample_experts()
    experts = Record.objects.filter(is_sample=True)
    assert {expert.type for expert in experts} == {"expert"}
    assert experts.count() == 6


def test_a_changed_record_replaces_its_row_texts_and_place_in_the_search(shelf):
    pk = Record.objects.get(slug="cv-bakers").pk
    changed = record_content("cv-bakers", "Course for millers", countries=("CV", "TN"))
    done = services.import_records([changed], reason="tests")
    assert (done.added, done.changed, done.unchanged) == (0, 1, 0)
    assert Record.objects.get(slug="cv-bakers").pk == pk
    assert set(RecordCountry.objects.filter(record=pk).values_list("value", flat=True)) == {"CV", "TN"}
    assert list(RecordText.objects.filter(record=pk).values_list("language", flat=True)) == ["en"]
    assert found("millers") == ("cv-bakers",)
    assert found("boulangers") == ()


def test_what_people_checked_and_reviewed_here_outlives_an_import(shelf):
    record = Record.objects.get(slug="cv-bakers")
    services.mark_checked(record=record, by=None, on=date(2026, 11, 20))
    record.texts.filter(language="fr").update(title="Cours de boulangerie", reviewed=True)
    texts = shelf["cv-bakers"].texts | {
        "en": Text("Course for bakers, new", "Three weeks.", (), True),
        "fr": Text("Cours, nouveau", "Trois semaines.", (), False),
    }
    services.import_records([replace(shelf["cv-bakers"], texts=texts)], reason="tests")
    record.refresh_from_db()
    assert record.checked_on == date(2026, 11, 20)
    assert record.texts.get(language="fr").title == "Cours de boulangerie"
    assert record.texts.get(language="en").title == "Course for bakers, new"


def test_each_act_stands_in_the_trail(shelf):
    law = Record.objects.get(slug="tn-law")
    services.mark_checked(record=law, by=None, on=date(2026, 11, 20))
    services.archive(record=law, by=None, reason="replaced by a new law")
    assert acts() == ["records.imported", "record.checked", "record.archived"]
    last = members_selectors.acts().order_by("sequence").last()
    assert (last.on, last.reason) == ("record:tn-law", "replaced by a new law")


def test_an_archived_record_leaves_pages_and_search(shelf, client):
    services.archive(record=Record.objects.get(slug="tn-law"), by=None, reason="tests")
    assert found("personal data") == ()
    assert client.get("/en/knowledge/tn-law/").status_code == 404
    cards, total = selectors.of_country("TN", "en")
    assert ([card.slug for card in cards], total) == (["sample-expert"], 1)


def test_sample_and_real_records_never_change_places(shelf):
    with pytest.raises(KnowledgeError, match=r"'tn-law'.*sample content on one side"):
        services.import_records(
            [replace(shelf["tn-law"], is_sample=True, source="", seen="", confidence="")], reason="tests"
        )
    with pytest.raises(KnowledgeError, match="Only real records can be checked"):
        services.mark_checked(record=Record.objects.get(slug="sample-expert"), by=None, on=date(2026, 11, 20))
    assert Record.objects.get(slug="tn-law").is_sample is False


def test_the_index_can_be_rebuilt_from_the_records(shelf):
    search.index().clear(selectors.KIND)
    assert found("bakers") == ()
    assert dict(search.rebuild())[selectors.KIND] == 4
    assert found("bakers") == ("cv-bakers",)

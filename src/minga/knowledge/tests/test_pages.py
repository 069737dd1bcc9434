"""Find help, one record, one country: what a person sees."""

from __future__ import annotations

import gzip
import re
from datetime import date

import pytest

from minga.knowledge import services
from minga.knowledge.models import Record
from minga.knowledge.tests.conftest import record_content
from minga.web import panels

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def page(client, path, status=200):
    response = client.get(path)
    assert response.status_code == status
    return re.sub(r"\s+", " ", response.content.decode())


def test_find_help_shows_search_filters_number_and_cards(client, shelf):
    html = page(client, "/en/knowledge/")
    assert "4 records" in html
    assert 'name="q"' in html
    for name in ("type", "country", "sector", "factor", "language", "cost", "audience"):
        assert f'<select name="{name}"' in html
    assert '<option value="CV">Cabo Verde (1)</option>' in html
    assert 'href="/en/knowledge/cv-bakers/"' in html
    assert 'aria-current="page"' in html  # the menu knows where we are


def test_find_help_answers_a_search_with_filters_and_keeps_them_in_the_form(client, shelf):
    html = page(client, "/en/knowledge/?q=baker&country=CV")
    assert "1 record<" in html
    assert 'value="baker"' in html
    assert '<option value="CV" selected>' in html
    assert "Remove all filters" in html


def test_find_help_without_result_says_what_to_do(client, shelf):
    html = page(client, "/en/knowledge/?q=spaceship")
    assert "0 records" in html
    assert "No record fits. Remove a filter" in html
    assert "Show all records" in html


def test_find_help_says_when_it_shows_records_with_only_some_words(client, shelf):
    assert "No record holds all of these words" in page(client, "/en/knowledge/?q=baker+spaceship")


def test_a_filter_value_that_nothing_has_is_named_at_its_field(client, shelf):
    html = page(client, "/en/knowledge/?country=XX")
    assert "XX is not one of the available choices" in html
    assert "4 records" in html


@pytest.mark.parametrize("number", ["0", "-1", "x", "99999999", "²", "7"])
def test_a_page_number_that_makes_no_sense_breaks_nothing(client, shelf, number):
    page(client, f"/en/knowledge/?page={number}")


def test_pages_of_results_keep_the_question(client, shelf):
    services.import_records([record_content(f"c-{i}", f"Course {i}") for i in range(45)], reason="tests")
    html = page(client, "/en/knowledge/?q=course&page=2")
    assert "Page 2 of 3" in html
    assert 'rel="next" href="?q=course&amp;page=3"' in html
    assert 'rel="prev" href="?q=course&amp;page=1"' in html
    behind = page(client, "/en/knowledge/?q=course&page=9")
    assert "behind the last result" in behind


def test_find_help_takes_the_same_number_of_queries_for_many_records(client, shelf, django_assert_max_num_queries):
    services.import_records([record_content(f"c-{i}", f"Course {i}") for i in range(25)], reason="tests")
    with django_assert_max_num_queries(14):
        page(client, "/en/knowledge/")
    with django_assert_max_num_queries(7):  # what can be chosen is counted once
        page(client, "/en/knowledge/")


def test_a_new_record_is_counted_in_the_filters_at_once(client, shelf):
    assert '<option value="CV">Cabo Verde (1)</option>' in page(client, "/en/knowledge/")
    services.import_records([record_content("cv-two", "Second course")], reason="tests")
    assert '<option value="CV">Cabo Verde (2)</option>' in page(client, "/en/knowledge/")
    services.archive(record=Record.objects.get(slug="cv-two"), by=None, reason="tests")
    assert '<option value="CV">Cabo Verde (1)</option>' in page(client, "/en/knowledge/")


def test_a_record_shows_text_steps_facts_source_and_that_nobody_checked_it(client, shelf):
    html = page(client, "/en/knowledge/tn-law/")
    assert "Law on personal data" in html
    assert "<li>Declare.</li><li>Sign.</li>" in html
    assert 'href="https://example.org/bakers"' in html
    assert "not yet checked by the alliance" in html
    assert "Medium: seen in the press" in html
    assert '<a href="/en/knowledge/countries/TN/">Tunisia</a>' in html
    assert "Every sector" in html
    assert "from level 0 to 2 of 5" in html
    assert "/api/v1/knowledge/records/tn-law" in html
    assert "Translation not yet reviewed" not in html


def test_a_checked_record_says_when(client, shelf):
    services.mark_checked(record=Record.objects.get(slug="tn-law"), by=None, on=date(2026, 11, 20))
    html = page(client, "/en/knowledge/tn-law/")
    assert "by the alliance on 20 November 2026" in html
    assert "not yet checked" not in html


def test_a_translated_record_says_that_nobody_reviewed_the_translation(client, shelf):
    html = page(client, "/fr/knowledge/cv-bakers/")
    assert '<span lang="fr" dir="ltr">Cours pour boulangers</span>' in html
    french = client.get("/fr/knowledge/cv-bakers/").context
    assert french["text"].reviewed is False


def test_text_in_another_language_is_marked_for_eyes_and_screen_readers(client, shelf):
    html = page(client, "/ar/knowledge/tn-law/")
    assert 'dir="rtl"' in html
    assert '<span lang="en" dir="ltr">Law on personal data</span> <span class="tag">' in html


def test_steps_that_exist_only_in_english_are_shown_in_english(client, shelf):
    html = page(client, "/fr/knowledge/tn-law/")
    assert '<span lang="fr" dir="ltr">Loi sur les données personnelles</span>' in html
    assert '<ol class="read" lang="en" dir="ltr"><li>Declare.' in html


def test_an_invented_expert_is_marked_and_has_no_source(client, shelf):
    html = page(client, "/en/knowledge/sample-expert/")
    assert '<span class="tag warn">sample</span>' in html
    assert "invented for the sample alliance" in html
    assert "Open the source" not in html
    assert '<span class="tag warn">sample</span>' in page(client, "/en/knowledge/?type=expert")


def test_a_country_shows_what_is_made_for_it_and_leads_to_what_is_for_all(client, shelf):
    html = page(client, "/en/knowledge/countries/TN/")
    assert "2 records name this country" in html
    assert "1 more is open to every country" in html
    assert html.index("Law on personal data") < html.index("Amel")
    assert "Course for bakers" not in html
    assert client.get("/en/knowledge/countries/tn/").headers["Location"] == "/en/knowledge/countries/TN/"


def test_a_country_with_very_many_records_shows_the_first_and_leads_to_the_search(client, db):
    many = [record_content(f"c-{i}", f"Course {i}", countries=("CV",)) for i in range(105)]
    services.import_records(many, reason="tests")
    html = page(client, "/en/knowledge/countries/CV/")
    assert "105 records name this country" in html
    assert html.count("record-card__tags") == 100
    assert "Search among all records of Cabo Verde" in html


def test_a_country_without_records_says_so_and_one_that_is_none_is_not_found(client, shelf):
    assert "No record names this country yet" in page(client, "/en/knowledge/countries/FR/")
    page(client, "/en/knowledge/countries/XX/", status=404)
    page(client, "/en/knowledge/countries/Namibia/", status=404)


def test_a_higher_room_can_fill_the_country_page(client, shelf, monkeypatch):
    monkeypatch.setitem(panels._PANELS, "country", [lambda request, place: f"<p>Panel of {place.iso3}</p>"])
    assert "<p>Panel of TUN</p>" in page(client, "/en/knowledge/countries/TN/")


@pytest.mark.parametrize("path", ["nothing-here/", "draft-law/"])
def test_what_is_not_published_is_not_found(client, shelf, path):
    Record.objects.filter(slug="tn-law").update(slug="draft-law", status="draft")
    page(client, f"/en/knowledge/{path}", status=404)


def test_only_the_secretariat_notes_that_a_record_was_checked(client, shelf):
    assert client.post("/en/knowledge/tn-law/check/").status_code == 403
    assert client.get("/en/knowledge/tn-law/check/").status_code == 405
    assert Record.objects.get(slug="tn-law").checked_on is None
    assert "I compared this record" not in page(client, "/en/knowledge/tn-law/")


def test_the_secretariat_notes_that_it_checked_a_record(client, shelf, secretary):
    client.force_login(secretary, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "I compared this record" in page(client, "/en/knowledge/tn-law/")
    assert client.post("/en/knowledge/tn-law/check/").status_code == 302
    assert Record.objects.get(slug="tn-law").checked_on is not None


def test_what_a_record_says_is_shown_as_text_and_never_run(client, db):
    services.import_records([record_content("bad", "<script>alert(1)</script>")], reason="tests")
    for path in ("/en/knowledge/", "/en/knowledge/bad/", "/en/knowledge/?q=%3Cscript%3E"):
        assert "<script>alert" not in page(client, path)


def test_no_page_weighs_more_than_45_kilobytes_with_the_real_records(client, real_content):
    heavy = {}
    for language in ("en", "fr", "ar", "ru"):
        for path in ("", "?country=TN", "tn-loi-2004-63/", "countries/TN/"):
            response = client.get(f"/{language}/knowledge/{path}")
            assert response.status_code == 200
            styles = sum(len(gzip.compress(css)) for css in _styles(response.content.decode()))
            heavy[language, path] = len(gzip.compress(response.content)) + styles
    assert {page: weight for page, weight in heavy.items() if weight > 45_000} == {}


def _styles(html):
    from django.contrib.staticfiles import finders

    for name in re.findall(r'rel="stylesheet" href="/static/([^"?]+)', html):
        with open(finders.find(name), "rb") as file:
            yield file.read()


def test_every_real_record_is_shown_whole_in_every_language(client, real_content):
    for language in ("fr", "es", "ru", "ar", "zh"):
        for slug in Record.objects.values_list("slug", flat=True)[::9]:
            context = client.get(f"/{language}/knowledge/{slug}/").context
            assert context["text"].language == language
            assert context["steps"].language == language or not context["steps"].steps


@pytest.mark.parametrize(("language", "says"), [("es", "en inglés"), ("ru", "английск"), ("zh", "英")])
def test_a_record_that_is_not_translated_is_shown_in_english_and_says_so(language, says, client, shelf):
    html = page(client, f"/{language}/knowledge/int-tool/")
    assert f'<html lang="{language}" dir="ltr">' in html
    assert '<span lang="en" dir="ltr">Sensor kit</span>' in html
    head = html[html.index("<h1") : html.index("</h1>")]
    note = head[head.index('<span class="tag">') :].lower()
    assert says in note
    cards = page(client, f"/{language}/knowledge/?q=sensor")
    link = cards[cards.index("/knowledge/int-tool/") :]
    assert link.startswith('/knowledge/int-tool/" lang="en" dir="ltr">Sensor kit')

"""Starting without an account: the first pages, and the whole journey without JavaScript."""

from __future__ import annotations

import gzip
import re

import pytest
from django.test import Client

from minga.readiness import report, selectors, services
from minga.readiness.models import Assessment, InstrumentEdition
from minga.readiness.testing import BAKERY, address, page_of, start_in_browser

pytestmark = [pytest.mark.page, pytest.mark.django_db]

FACTORS = ["integration", "data_quality", "safety", "inclusiveness", "skills", "culture", "policies"]


def weight(response) -> int:
    return len(gzip.compress(response.content))


def test_start_page_asks_for_sector_country_and_size_only(client):
    response = client.get("/en/readiness/")
    page = response.content.decode()
    assert response.status_code == 200
    assert set(re.findall(r'name="(\w+)"', page)) >= {"sector", "country", "size"}
    assert "Manufacture of food products" in page
    assert weight(response) < 20_000


def test_countries_and_sectors_are_named_in_the_language_of_the_page(client):
    page = client.get("/ar/readiness/").content.decode()
    assert 'dir="rtl"' in page
    assert "تونس" in page


def test_missing_size_is_said_beside_the_field(client):
    response = client.get("/en/readiness/confirm/", {"country": "CV", "sector": "10"})
    assert response.status_code == 422
    assert "This field is required" in response.content.decode()


def test_confirm_page_shows_the_fitting_supplement_and_stores_nothing(client):
    page = client.get("/en/readiness/confirm/", BAKERY).content.decode()
    assert 'value="sector-food-processing" checked' in page
    assert "adds 2 questions" in page
    assert not Assessment.objects.exists()


def test_supplement_for_a_part_of_a_sector_is_offered_but_not_ticked(client):
    page = client.get("/en/readiness/confirm/", BAKERY | {"sector": "29"}).content.decode()
    assert 'value="sector-automotive-components">' in page


def test_declined_supplement_is_left_out(client):
    with_it = start_in_browser(client)
    without = start_in_browser(client, overlays=[])
    assert [one["id"] for one in with_it.edition.overlays] == ["sector-food-processing"]
    assert without.edition.overlays == []


def test_same_choices_share_one_pinned_instrument(client):
    start_in_browser(client)
    start_in_browser(Client())
    assert InstrumentEdition.objects.count() == 1


def test_whole_journey_works_without_javascript(client):
    assessment = start_in_browser(client)
    for factor in FACTORS:
        response = client.post(address("answer", assessment, factor), page_of(assessment, factor, "2"))
        assert response.status_code == 302
    assert response.url == address("goals", assessment)
    sent = {"goals": ["scrap", "energy"], "cash_limit": "c1", "horizon_limit": "h2"}
    response = client.post(response.url, sent, follow=True)
    page = response.content.decode()
    assert response.redirect_chain[-1][0] == address("report", assessment)
    assert "Level 2.0 of 5 · Partial" in page
    assert "expert-written, not yet calibrated" in page
    assert "Scrap and rework, Energy per unit" in page


def test_goals_page_can_be_skipped(client):
    assessment = start_in_browser(client)
    client.post(address("answer", assessment, "skills"), page_of(assessment, "skills", "3"))
    response = client.post(address("submit", assessment), follow=True)
    assert "You chose no goals" in response.content.decode()


def test_place_of_the_site_is_asked_kept_and_shown_again(client):
    assessment = start_in_browser(client)
    page = client.get(address("goals", assessment)).content.decode()
    assert "Where is the site?" in page
    assert re.search(r'name="location" value="" [^>]*checked', page)
    sent = {"cash_limit": "c1", "horizon_limit": "h2", "location": "rural"}
    assert client.post(address("goals", assessment), sent).status_code == 302
    client.post(address("reopen", assessment), {})
    page = client.get(address("goals", assessment)).content.decode()
    assert re.search(r'name="location" value="rural" [^>]*checked', page)
    client.post(address("goals", assessment), sent | {"location": ""})
    assert Assessment.objects.get().location == ""


def test_place_of_the_site_may_be_left_out_but_not_invented(client):
    assessment = start_in_browser(client)
    sent = {"cash_limit": "c1", "horizon_limit": "h2"}
    assert client.post(address("goals", assessment), sent | {"location": "moon"}).status_code == 422
    assert Assessment.objects.get().status == "draft"
    assert client.post(address("goals", assessment), sent).status_code == 302
    assert Assessment.objects.get().location == ""


def test_place_of_the_site_changes_no_score(client):
    found = []
    for location in ("", "city", "town", "rural"):
        assessment = start_in_browser(Client())
        services.choose_goals(
            assessment=assessment, goals=["scrap"], cash_limit="c1", horizon_limit="h2", location=location
        )
        for factor, value in zip(FACTORS, "1234512", strict=True):
            for item in selectors.instrument_of(assessment, "en").items_of(factor, assessment.form):
                services.save_answer(assessment=assessment, item=item.id, value=value, seen_version=0, language="en")
        found.append(report.score_rows(assessment))
    assert found[0]
    assert all(rows == found[0] for rows in found)


@pytest.mark.parametrize(
    ("language", "question", "choices"),
    [("fr", "Où se trouve le site", ("Capitale ou grande ville", "Autre ville", "Zone rurale")),
     ("ar", "أين يقع موقع العمل؟", ("العاصمة أو مدينة كبيرة", "مدينة أخرى أو بلدة", "منطقة ريفية"))],
)  # fmt: skip
def test_place_of_the_site_is_asked_in_the_words_of_the_instrument(client, language, question, choices):
    assessment = start_in_browser(client)
    page = client.get(f"/{language}/readiness/a/{assessment.pk}/goals/").content.decode()
    assert question in page
    assert all(choice in page for choice in choices)


def test_a_fourth_goal_is_refused_beside_the_field(client):
    assessment = start_in_browser(client)
    sent = {"goals": ["scrap", "energy", "otd", "cash"], "cash_limit": "c1", "horizon_limit": "h2"}
    response = client.post(address("goals", assessment), sent)
    assert response.status_code == 422
    assert "You chose 4 goals. Keep the three that matter most." in response.content.decode()


def test_full_form_continues_where_the_short_one_stopped(client):
    assessment = start_in_browser(client)
    for factor in FACTORS:
        client.post(address("answer", assessment, factor), page_of(assessment, factor, "2"))
    client.post(address("submit", assessment))
    response = client.post(address("reopen", assessment), {"form": "full"}, follow=True)
    page = response.content.decode()
    assert "14 of 42 answered" in page
    assert response.redirect_chain[-1][0] == address("answer", assessment, "integration")
    assert re.search(r'name="INT1" value="2" checked', page)


def test_no_page_carries_inline_style_or_script(client):
    assessment = start_in_browser(client)
    client.post(address("answer", assessment, "skills"), page_of(assessment, "skills", "3"))
    names = ["assessment", "goals", "keep", "delete", "report"]
    pages = [client.get(address(name, assessment)) for name in names]
    pages += [client.get("/en/readiness/"), client.get(address("answer", assessment, "skills"))]
    for response in pages:
        page = response.content.decode()
        assert response.status_code == 200
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)


def test_starting_too_often_is_refused_for_a_while(client, settings):
    settings.RATE_LIMITS = True
    sent = BAKERY | {"overlays": []}
    codes = [client.post("/en/readiness/confirm/", sent).status_code for _time in range(61)]
    assert set(codes[:60]) == {302}
    assert codes[60] == 429

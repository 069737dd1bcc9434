"""Answering: by form and by script, versions, conflicts, reasons, progress."""

from __future__ import annotations

import re
import uuid

import pytest
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minga.readiness import selectors, services
from minga.readiness.engine.errors import AnswerError
from minga.readiness.models import Answer, AnswerVersion, Assessment
from minga.readiness.testing import address, answered, page_of, start_in_browser, started

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def send(client, assessment, item="INT1", value="3", version=0, client_id=""):
    sent = {"item": item, "value": value, "version": version, "client": client_id}
    return client.post(address("save", assessment), sent)


def test_page_shows_six_levels_and_a_way_out_for_each_item(client):
    assessment = start_in_browser(client)
    page = client.get(address("answer", assessment, "integration")).content.decode()
    assert re.findall(r'name="INT1" value="(\w+)"', page) == ["0", "1", "2", "3", "4", "5", "dk"]
    assert "Why it matters, evidence, note" in page


def test_does_not_apply_is_offered_only_where_it_is_allowed(client):
    assessment = start_in_browser(client)
    client.post(address("reopen", assessment), {"form": "full"})
    page = client.get(address("answer", assessment, "safety")).content.decode()
    assert re.findall(r'name="(\w+)" value="na"', page) == ["SAF3"]


def test_saved_answer_is_confirmed_with_its_time_and_the_progress(client):
    assessment = start_in_browser(client)
    body = send(client, assessment).json()
    assert body["outcome"] == "saved"
    assert body["version"] == 1
    assert body["states"]["answered"] == "1 of 14 answered"
    assert re.fullmatch(r"saved .+ UTC", body["states"]["saved"])
    assert body["states"]["left"] == "about 14 minutes left"


def test_same_request_twice_counts_once(client):
    assessment = start_in_browser(client)
    first = send(client, assessment, client_id="a1").json()
    again = send(client, assessment, client_id="a1").json()
    assert first["version"] == again["version"] == 1
    assert again["outcome"] == "saved"
    assert AnswerVersion.objects.count() == 1


def test_late_answer_from_another_device_never_overwrites(client):
    assessment = start_in_browser(client)
    send(client, assessment, value="3")
    response = send(client, assessment, value="1", version=0)
    assert response.status_code == 409
    assert response.json()["value"] == "3"
    assert "another device" in response.json()["message"]
    assert Answer.objects.get().level == 3
    history = AnswerVersion.objects.values_list("level", "version")
    assert list(history) == [(3, 1), (1, None)]


def test_form_shows_a_conflict_and_saves_when_sent_again(client):
    assessment = start_in_browser(client)
    stale = page_of(assessment, "integration", "1")
    send(client, assessment, value="3")
    response = client.post(address("answer", assessment, "integration"), stale)
    page = response.content.decode()
    assert response.status_code == 422
    assert "is stored there" in page
    assert re.search(r'name="INT1" value="1" checked', page)
    assert 'name="INT1-version" value="1"' in page
    response = client.post(address("answer", assessment, "integration"), stale | {"INT1-version": "1"})
    assert response.status_code == 302
    assert Answer.objects.get(item="INT1").level == 1


def test_error_on_one_card_keeps_the_others(client):
    assessment = start_in_browser(client)
    client.post(address("reopen", assessment), {"form": "full"})
    sent = page_of(assessment, "safety", "2") | {"SAF3": "na", "SAF3-reason": " "}
    response = client.post(address("answer", assessment, "safety"), sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Say in a few words why this does not apply to you." in page
    assert re.search(r'name="SAF3" value="na" checked', page)
    kept = set(Answer.objects.values_list("item", flat=True))
    assert "SAF2" in kept
    assert "SAF3" not in kept


def test_reason_and_note_are_kept(client):
    assessment = start_in_browser(client)
    client.post(address("reopen", assessment), {"form": "full"})
    sent = page_of(assessment, "safety", "2") | {"SAF3": "na", "SAF3-reason": "Hand tools only", "SAF2-note": "Ask Bao"}
    assert client.post(address("answer", assessment, "safety"), sent).status_code == 302
    assert Answer.objects.get(item="SAF3").reason == "Hand tools only"
    assert Answer.objects.get(item="SAF2").note == "Ask Bao"


def test_note_without_a_choice_says_so(client):
    assessment = start_in_browser(client)
    response = client.post(address("answer", assessment, "skills"), {"SKL1-note": "later"})
    assert "a note alone cannot be saved" in response.content.decode()


def test_value_off_the_scale_is_refused_by_page_and_script(client):
    assessment = start_in_browser(client)
    response = client.post(address("answer", assessment, "skills"), {"SKL1": "9"})
    assert "This choice is not on the list" in response.content.decode()
    assert send(client, assessment, item="SKL1", value="9").status_code == 422
    assert not Answer.objects.exists()


def test_going_back_saves_too(client):
    assessment = start_in_browser(client)
    sent = page_of(assessment, "data_quality", "2") | {"back": "1"}
    response = client.post(address("answer", assessment, "data_quality"), sent)
    assert response.url == address("answer", assessment, "integration")
    assert Answer.objects.count() == 2


def test_submitted_answers_are_closed_until_reopened(client):
    assessment = start_in_browser(client)
    send(client, assessment)
    client.post(address("submit", assessment))
    assert send(client, assessment, value="5", version=1).status_code == 422
    client.post(address("reopen", assessment))
    assert send(client, assessment, value="5", version=1).status_code == 200


def test_unknown_factor_is_not_found(client):
    assessment = start_in_browser(client)
    assert client.get(address("answer", assessment, "magic")).status_code == 404


def test_page_in_arabic_runs_right_to_left_with_translated_items(client):
    assessment = start_in_browser(client, language="ar")
    page = client.get(f"/ar/readiness/a/{assessment.pk}/integration/").content.decode()
    assert '<html lang="ar" dir="rtl">' in page
    assert selectors.generic("ar").item("INT1").levels[3] in page


def test_item_without_translation_is_marked(client):
    assessment = start_in_browser(client, country="JO", overlays=["country-jo"])
    edition = assessment.edition
    for item in edition.texts["ar"]["items"]:
        if item["id"] == "INC3":
            item["text"] = "What is done so that women take part?"
    edition.texts["ar"]["untranslated"] = ["items.INC3.text"]
    edition.texts_hash = "sha256:changed"
    edition.save()
    page = client.get(f"/ar/readiness/a/{assessment.pk}/inclusiveness/").content.decode()
    assert '<h2 lang="en" dir="ltr">What is done so that women take part?' in page


def test_questions_pinned_before_a_language_joined_are_shown_in_english_and_marked(client):
    assessment = start_in_browser(client)
    edition = assessment.edition
    del edition.texts["es"]
    edition.texts_hash = "sha256:changed"
    edition.save()
    page = client.get(f"/es/readiness/a/{assessment.pk}/integration/").content.decode()
    assert '<html lang="es" dir="ltr">' in page
    assert f'<h2 lang="en" dir="ltr">{selectors.generic("en").item("INT1").text}' in page
    assert '<span class="tag">en inglés</span>' in page


def test_answer_that_breaks_off_in_its_transaction_leaves_nothing():
    assessment = started()

    class Broken(Exception):
        pass

    def save_and_break():
        with transaction.atomic():
            services.save_answer(assessment=assessment, item="INT1", value="3", seen_version=0, language="en")
            raise Broken

    with pytest.raises(Broken):
        save_and_break()
    assert not Answer.objects.exists()
    assert not AnswerVersion.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_confirmed_answer_is_committed_before_the_page_says_saved(client):
    assessment = start_in_browser(client)
    assert send(client, assessment).json()["outcome"] == "saved"
    assert not connection.in_atomic_block
    connection.close()  # what a new connection sees is on the disk
    assert Answer.objects.get(assessment=assessment).level == 3


def test_sqlite_waits_for_the_disk():
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite has this switch")
    with connection.cursor() as cursor:
        synchronous = cursor.execute("PRAGMA synchronous").fetchone()[0]
    assert synchronous == 2  # FULL


@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from("012345")), min_size=1, max_size=25))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_shuffled_repeated_and_stale_requests_lose_and_double_nothing(requests):
    """Whatever arrives in whatever order: each client id counts once, and the present answer is in the history."""
    assessment = answered({})
    seen: dict[int, str] = {}
    for number, value in requests:
        value = seen.setdefault(number, value)
        services.save_answer(
            assessment=assessment, item="INT1", value=value, seen_version=number, client_id=f"c{number}", language="en"
        )
    history = list(AnswerVersion.objects.filter(assessment=assessment))
    kept = [one.client_id for one in history]
    assert len(kept) == len(set(kept))
    accepted = [one.version for one in history if one.version]
    assert accepted == list(range(1, len(accepted) + 1))
    present = Answer.objects.filter(assessment=assessment).first()
    if present:
        assert present.level == history[[one.version for one in history].index(present.version)].level


def test_error_of_the_service_names_item_and_scale():
    with pytest.raises(AnswerError, match="'INT1' has level '9', but levels run from 0 to 5"):
        services.save_answer(assessment=started(), item="INT1", value="9", seen_version=0, language="en")


def test_keeping_an_answer_moves_the_day_of_deletion(client):
    assessment = start_in_browser(client)
    before = assessment.last_answer_at
    send(client, assessment)
    assert Assessment.objects.get().last_answer_at > before


def test_script_is_small_and_external(client):
    page = client.get(address("answer", start_in_browser(Client()), "skills"))
    assert page.status_code == 404  # another browser's assessment
    assessment = start_in_browser(client)
    page = client.get(address("answer", assessment, "skills")).content.decode()
    assert re.search(r'<script src="[^"]*readiness/answer[^"]*\.js" defer></script>', page)


def test_unknown_assessment_is_not_found(client):
    assert client.get(f"/en/readiness/a/{uuid.uuid4()}/").status_code == 404

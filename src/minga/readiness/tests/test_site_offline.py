"""Without a line: which pages may be kept and for whom, and answers as a file, out and in."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from minga.readiness import selectors, services
from minga.readiness.models import Answer, AnswerVersion
from minga.readiness.testing import address, page_of, start_in_browser

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def bring(client, assessment, content):
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return client.post(address("draft", assessment), {"draft": SimpleUploadedFile("draft.json", data)})


def draft_of(assessment, **answers):
    rows = [{"item": item, "value": value, "version": 0} for item, value in answers.items()]
    return {"schema": "minga.readiness.draft/1", "assessment": f"a/{assessment.pk}", "answers": rows}


def test_pages_of_an_open_check_may_be_kept_for_the_one_who_opened_them(client):
    assessment = start_in_browser(client)
    marks = {
        client.get(place)["Minga-Keep"]
        for place in (
            address("assessment", assessment),
            address("answer", assessment, "safety"),
            address("goals", assessment),
        )
    }
    assert len(marks) == 1


def test_mark_is_another_for_another_person(client):
    assessment = start_in_browser(client)
    code = services.give_key(assessment=assessment, kind="code")
    other = Client()
    other.post(reverse("readiness:resume"), {"code": code})
    place = address("answer", assessment, "safety")
    assert client.get(place)["Minga-Keep"] != other.get(place)["Minga-Keep"]


def test_report_and_foreign_pages_are_never_kept(client):
    assessment = start_in_browser(client)
    for name in ("export", "keep", "delete", "report"):
        assert "Minga-Keep" not in client.get(address(name, assessment))
    assert "Minga-Keep" not in Client().get(address("answer", assessment, "safety"))
    client.post(address("answer", assessment, "safety"), page_of(assessment, "safety", "2"))
    client.post(address("submit", assessment))
    assert "Minga-Keep" not in client.get(address("assessment", assessment))


def test_worker_is_served_where_its_pages_are_and_stays_small(client):
    response = client.get("/en/readiness/worker.js")
    assert response["Content-Type"].startswith("text/javascript")
    assert len(response.content) <= 4096
    assert "This page opens only with a connection." in response.content.decode()
    for language in ("fr", "ar", "es", "ru", "zh"):
        spoken = client.get(f"/{language}/readiness/worker.js").content
        assert len(spoken) <= 4096
        assert "What waits is kept" not in spoken.decode()


def test_answers_taken_along_come_back_as_they_were(client):
    assessment = start_in_browser(client)
    client.post(address("answer", assessment, "safety"), page_of(assessment, "safety", "2"))
    draft = client.get(address("draft_file", assessment)).json()
    assert [(row["item"], row["value"], row["version"]) for row in draft["answers"]] == [
        ("SAF2", "2", 1),
        ("SAF5", "2", 1),
    ]
    assert bring(client, assessment, draft).status_code == 200
    assert AnswerVersion.objects.count() == 2


def test_file_brought_twice_counts_once(client):
    assessment = start_in_browser(client)
    draft = draft_of(assessment, INT1="3", INT2="1")
    assert "2 answers of the file were saved." in bring(client, assessment, draft).content.decode()
    bring(client, assessment, draft)
    assert AnswerVersion.objects.count() == 2


def test_newer_answer_stands_and_the_file_is_set_aside_in_the_history(client):
    assessment = start_in_browser(client)
    services.save_answer(assessment=assessment, item="INT1", value="5", seen_version=0, language="en")
    page = bring(client, assessment, draft_of(assessment, INT1="1")).content.decode()
    assert "a newer answer stands" in page
    assert Answer.objects.get().value == "5"
    assert AnswerVersion.objects.get(version=None).level == 1


def test_draft_of_another_check_fills_what_is_open_here(client):
    first, second = start_in_browser(client), start_in_browser(client)
    services.save_answer(assessment=first, item="INT1", value="4", seen_version=0, language="en")
    services.save_answer(assessment=second, item="INT2", value="0", seen_version=0, language="en")
    bring(client, second, services.write_draft(first))
    assert {item: one.value for item, one in selectors.answers_of(second).items()} == {"INT1": "4", "INT2": "0"}


def test_what_is_no_question_of_this_check_is_named_and_the_rest_is_saved(client):
    assessment = start_in_browser(client)
    page = bring(client, assessment, draft_of(assessment, INT1="3", XYZ9="1", INT2="7")).content.decode()
    assert "1 answer of the file was saved." in page
    assert "XYZ9" in page
    assert Answer.objects.get().item == "INT1"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b'{"schema": "other", "answers": []}',
        b'{"schema": "minga.readiness.draft/1"}',
        b"1" * 900_000,
        b"[" * 900_000,
        b"1" * 1_100_000,
    ],
)
def test_file_that_is_no_draft_is_refused_and_nothing_changes(client, content):
    assessment = start_in_browser(client)
    assert bring(client, assessment, content).status_code == 422
    assert not Answer.objects.exists()


def test_nobody_else_reads_or_brings_a_draft(client):
    assessment = start_in_browser(client)
    stranger = Client()
    assert stranger.get(address("draft_file", assessment)).status_code == 404
    assert bring(stranger, assessment, draft_of(assessment, INT1="3")).status_code == 404

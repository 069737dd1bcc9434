"""The API: start, answer, submit, report; keys, versions, one error shape."""

from __future__ import annotations

import pytest
from django.test import Client

from minga.readiness import services
from minga.readiness.models import Answer, Assessment
from minga.readiness.testing import BAKERY

pytestmark = [pytest.mark.page, pytest.mark.django_db]

ROOT = "/api/v1/readiness"


def call(client, method, path, body=None, key=""):
    headers = {"X-Minga-Key": key} if key else {}
    return getattr(client, method)(f"{ROOT}{path}", body or {}, content_type="application/json", headers=headers)


@pytest.fixture
def begun(client):
    made = call(client, "post", "/assessments", BAKERY).json()
    return made["id"], made["key"], made


def test_whole_way_from_start_to_report(client, begun):
    pk, key, made = begun
    assert len(made["items"]) == 14
    sent = {"answers": [{"item": item, "value": "2"} for item in made["items"]]}
    outcomes = call(client, "patch", f"/assessments/{pk}/answers", sent, key).json()["outcomes"]
    assert {one["outcome"] for one in outcomes} == {"saved"}
    state = call(client, "post", f"/assessments/{pk}/submit", {"goals": ["scrap"]}, key).json()
    assert (state["status"], state["answered"]) == ("self-declared", 14)
    report = client.get(f"{ROOT}/assessments/{pk}/report", headers={"X-Minga-Key": key}).json()
    assert report["total"]["score"] == 2
    assert report["calculation"]["instrument_hash"] == made["instrument"]


def test_one_refused_answer_loses_none_of_the_others(client, begun):
    pk, key, _made = begun
    sent = {"answers": [{"item": "INT1", "value": "na", "reason": "none"}, {"item": "INT2", "value": "4"}]}
    first, second = call(client, "patch", f"/assessments/{pk}/answers", sent, key).json()["outcomes"]
    assert first["outcome"] == "refused"
    assert "it applies to every business" in first["message"]
    assert second == {"item": "INT2", "outcome": "saved", "value": "4", "version": 1, "message": ""}


def test_sending_twice_counts_once_and_stale_answers_conflict(client, begun):
    pk, key, _made = begun
    one = {"answers": [{"item": "INT1", "value": "2", "client_id": "x1"}]}
    for _time in range(2):
        (outcome,) = call(client, "patch", f"/assessments/{pk}/answers", one, key).json()["outcomes"]
        assert (outcome["outcome"], outcome["version"]) == ("saved", 1)
    stale = {"answers": [{"item": "INT1", "value": "5", "version": 0}]}
    (outcome,) = call(client, "patch", f"/assessments/{pk}/answers", stale, key).json()["outcomes"]
    assert (outcome["outcome"], outcome["value"]) == ("conflict", "2")
    assert Answer.objects.get().level == 2


def test_wrong_key_finds_nothing_and_no_key_is_asked_for(client, begun):
    pk, _key, _made = begun
    assert call(client, "get", f"/assessments/{pk}", key="wrong").status_code == 404
    response = Client().get(f"{ROOT}/assessments/{pk}")
    assert response.status_code == 401
    assert set(response.json()["error"]) == {"code", "message", "where"}


def test_key_of_one_check_does_not_open_another(client, begun):
    pk, _key, _made = begun
    other = call(client, "post", "/assessments", BAKERY).json()["key"]
    for method, path in (("get", ""), ("get", "/report"), ("delete", "")):
        assert call(client, method, f"/assessments/{pk}{path}", key=other).status_code == 404


def test_unknown_country_is_explained_in_the_one_shape(client):
    response = call(client, "post", "/assessments", BAKERY | {"country": "ZZ"})
    assert response.status_code == 422
    assert "no country with the code 'ZZ'" in response.json()["error"]["message"]


@pytest.mark.parametrize(
    "bad", [{"sector": "C"}, {"sector": "99x"}, {"size": "5"}, {"location": "moon"}, {"name": "a\x00b"}]
)
def test_malformed_start_is_refused(client, bad):
    response = call(client, "post", "/assessments", BAKERY | bad)
    assert response.status_code == 422
    assert response.json()["error"]["message"]
    assert not Assessment.objects.exists()


def test_unknown_goal_is_refused_and_nothing_is_submitted(client, begun):
    pk, key, _made = begun
    response = call(client, "post", f"/assessments/{pk}/submit", {"goals": ["fame"]}, key)
    assert response.status_code == 422
    assert Assessment.objects.get().status == "draft"


def test_place_of_the_site_may_be_given_at_the_start_or_at_the_end(client):
    made = call(client, "post", "/assessments", BAKERY | {"location": "town"}).json()
    pk, key = made["id"], made["key"]
    submit = f"/assessments/{pk}/submit"
    assert call(client, "post", submit, {"location": "moon"}, key).status_code == 422
    sent = {"answers": [{"item": item, "value": "2"} for item in made["items"]]}
    call(client, "patch", f"/assessments/{pk}/answers", sent, key)
    assert call(client, "post", submit, {"goals": ["scrap"]}, key).status_code == 200
    assert Assessment.objects.get().location == "town"
    services.reopen_assessment(assessment=Assessment.objects.get())
    assert call(client, "post", submit, {"location": "rural"}, key).status_code == 200
    assert Assessment.objects.get().location == "rural"


def test_report_without_answers_says_what_to_do(client, begun):
    pk, key, _made = begun
    response = client.get(f"{ROOT}/assessments/{pk}/report", headers={"X-Minga-Key": key})
    assert response.status_code == 409
    assert "Answer at least one item" in response.json()["error"]["message"]


def test_instrument_is_read_by_name_and_by_hash_in_a_language(client, begun):
    _pk, _key, made = begun
    now = client.get(f"{ROOT}/instruments/generic-enterprise?language=fr").json()
    assert now["language"] == "fr"
    assert len(now["items"]) == 41
    pinned = client.get(f"{ROOT}/instruments/{made['instrument']}").json()
    assert pinned["content_hash"] == made["instrument"]
    assert client.get(f"{ROOT}/instruments/sha256:none").status_code == 404


def test_holder_of_the_key_deletes_for_ever(client, begun):
    pk, key, _made = begun
    assert call(client, "delete", f"/assessments/{pk}", key=key).status_code == 204
    assert not Assessment.objects.exists()


def test_too_many_starts_are_refused(client, settings):
    settings.RATE_LIMITS = True
    codes = [call(client, "post", "/assessments", BAKERY).status_code for _time in range(61)]
    assert (codes[59], codes[60]) == (201, 429)

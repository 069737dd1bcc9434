"""The people around an assessment, through the API: the same rights, the same refusals."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from minga.members import selectors as people
from minga.members import services as members
from minga.readiness import selectors, services
from minga.readiness.models import Assessment, Share
from minga.readiness.testing import BAKERY, answered, signed_in

pytestmark = [pytest.mark.page, pytest.mark.django_db]

ROOT = "/api/v1/readiness"


def call(method: str, path: str, body: object = None, *, key: str | None = None, client: Client | None = None):
    headers = {"X-Minga-Key": key} if key else {}
    kind = "application/json"
    return (client or Client()).generic(
        method, f"{ROOT}{path}", json.dumps(body) if body is not None else "", content_type=kind, headers=headers
    )


@pytest.fixture
def check():
    """Amina's check as a guest, every item at 1, and her key."""
    assessment = answered("1")
    return assessment, services.give_key(assessment=assessment)


def asked(check, role="production"):
    """Ask a colleague and open the questions; return path and key of the colleague."""
    assessment, key = check
    made = call("POST", f"/assessments/{assessment.pk}/colleagues", {"role": role}, key=key)
    assert made.status_code == 201, made.content
    opened = call("POST", "/colleagues/open", {"code": made.json()["code"].lower()})
    assert opened.status_code == 200
    return f"/colleagues/{opened.json()['id']}", opened.json()["key"]


def test_colleague_is_asked_answers_and_finishes(check):
    assessment, key = check
    path, own = asked(check)
    place = call("GET", path, key=own).json()
    instrument = selectors.instrument_of(assessment, "en")
    assert place["items"] == [item.id for item in selectors.items_for(instrument, "short", role="production")]
    sent = {"answers": [{"item": "INT1", "value": "4"}, {"item": "POL1", "value": "4"}]}
    outcomes = call("PATCH", f"{path}/answers", sent, key=own).json()["outcomes"]
    assert [one["outcome"] for one in outcomes] == ["saved", "refused"]
    assert "not for the role" in outcomes[1]["message"]
    assert call("POST", f"{path}/finish", key=own).json()["finished_at"]
    (seen,) = call("GET", f"/assessments/{assessment.pk}/colleagues", key=key).json()["colleagues"]
    assert (seen["answered"], seen["is_opened"], bool(seen["finished_at"])) == (1, True, True)
    assert "answers" not in seen
    assert call("DELETE", f"/assessments/{assessment.pk}/colleagues/1", key=key).status_code == 422


def test_keys_open_their_own_and_nothing_else(check):
    assessment, key = check
    path, own = asked(check)
    other_path, other = asked(check)
    for wrong in (key, other, None):
        expected = 404 if wrong else 401
        assert call("GET", path, key=wrong).status_code == expected
        sent = {"answers": [{"item": "INT1", "value": "4"}]}
        assert call("PATCH", f"{path}/answers", sent, key=wrong).status_code == expected
        assert call("POST", f"{path}/finish", key=wrong).status_code == expected
        assert call("DELETE", path, key=wrong).status_code == expected
    for tail in ("", "/report", "/colleagues", "/agreements", "/shares"):
        assert call("GET", f"/assessments/{assessment.pk}{tail}", key=own).status_code == 404, tail
    assert call("GET", other_path, key=other).status_code == 200


def test_code_of_an_invitation_works_once_and_an_owners_code_opens_no_place(check):
    assessment, key = check
    made = call("POST", f"/assessments/{assessment.pk}/colleagues", {}, key=key).json()
    assert call("POST", "/colleagues/open", {"code": made["code"]}).status_code == 200
    again = call("POST", "/colleagues/open", {"code": made["code"]})
    assert (again.status_code, "opens no colleague's questions" in again.json()["error"]["message"]) == (404, True)
    owners = services.give_key(assessment=assessment, kind="code")
    assert call("POST", "/colleagues/open", {"code": owners}).status_code == 404
    assert services.resume(kind="code", secret=owners) is not None


def test_agreement_by_version(check):
    assessment, key = check
    path, own = asked(check)
    call("PATCH", f"{path}/answers", {"answers": [{"item": "INT1", "value": "4"}]}, key=own)
    where = f"/assessments/{assessment.pk}/agreements"
    early = call("GET", where, key=key)
    assert (early.status_code, "Not every colleague has finished" in early.json()["error"]["message"]) == (422, True)
    call("POST", f"{path}/finish", key=own)
    (item,) = call("GET", where, key=key).json()["items"]
    assert (item["item"], item["levels"], item["own"], item["version"]) == ("INT1", [1, 4], 1, 0)
    refused = call("POST", f"/assessments/{assessment.pk}/submit", {}, key=key)
    assert (refused.status_code, "INT1 lie two or more apart" in refused.json()["error"]["message"]) == (422, True)
    first = {"item": "INT1", "level": 3, "reason": "talked", "version": 0}
    assert call("POST", where, first, key=key).json()["outcome"] == "saved"
    late = call("POST", where, first | {"level": 2}, key=key).json()
    assert (late["outcome"], late["level"], late["version"]) == ("conflict", 3, 1)
    done = call("POST", f"/assessments/{assessment.pk}/submit", {}, key=key).json()
    assert done["status"] == "agreed"


def test_colleague_deletes_what_was_given(check):
    path, own = asked(check)
    call("PATCH", f"{path}/answers", {"answers": [{"item": "INT1", "value": "4"}]}, key=own)
    assert call("DELETE", path, key=own).status_code == 204
    assert call("GET", path, key=own).status_code == 404


def test_adviser_is_let_in_reads_or_answers_and_is_out_at_once(check):
    assessment, key = check
    browser, account = signed_in("elena@chamber.example")
    members.grant_in_alliance(person=people.person_of(account), role="adviser")
    code = selectors.adviser_code(people.person_of(account))
    where = f"/assessments/{assessment.pk}"
    assert call("POST", f"{where}/shares", {"code": "0000-0000-0000-0000"}, key=key).status_code == 422
    (share,) = call("POST", f"{where}/shares", {"code": code}, key=key).json()["shares"]
    assert (share["adviser"], share["is_running"], share["may_answer"]) == ("elena", True, False)
    state = call("GET", where, client=browser).json()
    assert (state["answered"], state["answers"]) == (14, {})
    assert call("GET", f"{where}/report", client=browser).status_code == 200
    sent = {"answers": [{"item": "INT1", "value": "4", "version": 1}]}
    assert call("PATCH", f"{where}/answers", sent, client=browser).status_code == 404
    shares = call("POST", f"{where}/shares", {"code": code, "may_answer": True}, key=key).json()["shares"]
    assert [one["is_running"] for one in shares] == [True, False]
    assert call("PATCH", f"{where}/answers", sent, client=browser).json()["outcomes"][0]["outcome"] == "saved"
    assert Assessment.objects.get().is_assisted
    for method, tail in (("DELETE", ""), ("GET", "/colleagues"), ("GET", "/shares"), ("GET", "/agreements")):
        assert call(method, f"{where}{tail}", client=browser).status_code == 404, tail
    assert [one["id"] for one in call("GET", "/clients", client=browser).json()["clients"]] == [str(assessment.pk)]
    assert call("DELETE", f"{where}/shares/{shares[0]['id']}", key=key).status_code == 204
    assert call("GET", where, client=browser).status_code == 404
    assert call("GET", "/clients", client=browser).json()["clients"] == []


def test_adviser_begins_for_a_client():
    browser, account = signed_in("elena@chamber.example")
    asked_for = BAKERY | {"how": "telephone", "name": "Amina's bakery"}
    assert call("POST", "/clients", asked_for, client=browser).status_code == 404
    assert call("POST", "/clients", asked_for).status_code == 401
    members.grant_in_alliance(person=people.person_of(account), role="adviser")
    assert call("POST", "/clients", asked_for | {"how": "online"}, client=browser).status_code == 422
    made = call("POST", "/clients", asked_for, client=browser).json()
    assert Share.objects.get().how == "telephone"
    # the client's paper opens it as its owner
    opened = services.resume(kind="code", secret=made["code"])
    assert opened is not None
    state = call("GET", f"/assessments/{made['id']}/shares", key=opened[1]).json()["shares"]
    assert [one["adviser"] for one in state] == ["elena"]


def test_description_names_every_new_route_with_words():
    schema = Client().get("/api/v1/openapi.json").json()
    for path in ("colleagues", "agreements", "shares"):
        for operation in schema["paths"][f"{ROOT}/assessments/{{pk}}/{path}"].values():
            assert operation["summary"]
            assert operation["description"]

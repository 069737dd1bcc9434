"""Evidence and findings for programs: the same rules as on the pages."""

from __future__ import annotations

import pytest
from django.test import Client

from minga.readiness.testing import started
from minga.readiness.testing_validation import (
    assessor_account,
    full_check,
    owner_account,
    sent_file,
    shown,
    under_way,
)

pytestmark = [pytest.mark.page, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def own_vault(settings, tmp_path):
    settings.EVIDENCE_ROOT = tmp_path / "evidence"


@pytest.fixture
def amina(db):
    return owner_account()


@pytest.fixture
def browser(amina) -> Client:
    return browser_of(amina)


def browser_of(account) -> Client:
    client = Client()
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


# ---------------------------------------------------------------- programs
def test_programs_send_list_read_and_delete(browser, amina):
    check = started(account=amina)
    root = f"/api/v1/readiness/assessments/{check.pk}/evidence"
    sent = {"item": "INT1", "client_id": "one"}
    first = browser.post(root, sent | {"file": sent_file()})
    again = browser.post(root, sent | {"file": sent_file()})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert browser.post(root, {"item": "INT1", "file": sent_file(b"nothing")}).status_code == 422
    (one,) = browser.get(root).json()
    assert one["content_type"] == "image/jpeg"
    assert browser.get(f"{root}/{one['id']}").content.startswith(b"\xff\xd8\xff")
    assert Client().get(root).status_code == 401
    assert browser_of(owner_account("bao@example.org")).get(root).status_code == 404
    assert browser.delete(f"{root}/{one['id']}").status_code == 204
    assert browser.get(root).json() == []


def test_programs_read_and_save_findings(amina):
    check = full_check(amina)
    shown(check, "INT1")
    farid = assessor_account()
    validation = under_way(check, farid)
    where = f"/api/v1/readiness/validations/{validation.pk}/findings"
    browser = browser_of(farid)
    points = {one["item"]: one for one in browser.get(where).json()}
    assert (points["INT1"]["own"], points["INT1"]["state"], points["SKL1"]["state"]) == ("3", "undecided", "unchecked")
    sent = {"findings": [{"item": "INT1", "level": 2}, {"item": "NOPE", "level": 2}]}
    outcomes = browser.patch(where, sent, content_type="application/json").json()["outcomes"]
    assert [one["outcome"] for one in outcomes] == ["saved", "refused"]
    late = browser.patch(where, {"findings": [{"item": "INT1", "level": 4}]}, content_type="application/json").json()
    assert (late["outcomes"][0]["outcome"], late["outcomes"][0]["level"]) == ("conflict", 2)
    assert browser_of(amina).get(where).status_code == 404
    state = browser_of(amina).get(f"/api/v1/readiness/assessments/{check.pk}/validation").json()
    assert [one["status"] for one in state["validations"]] == ["under-way"]

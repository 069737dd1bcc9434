"""What a hostile or broken sender may try: it gets a plain answer, and never the page of somebody else."""

from __future__ import annotations

import pytest
from django.test import Client, RequestFactory

from minga.members import services as members
from minga.readiness import services
from minga.readiness.engine.errors import ProfileError
from minga.readiness.models import AccessKey, Answer, AnswerVersion, Assessment, Colleague
from minga.readiness.testing import BAKERY, address, answered, invited, page_of, start_in_browser, started
from minga.web.ratelimit import exceeded

pytestmark = [pytest.mark.page, pytest.mark.django_db]

ROOT = "/api/v1/readiness"


def begun(client):
    made = client.post(f"{ROOT}/assessments", BAKERY, content_type="application/json").json()
    return made["id"], {"X-Minga-Key": made["key"]}


@pytest.mark.parametrize("version", ["9" * 30, "9" * 5000, "²", "-1", "x"])
def test_version_that_is_no_version_counts_as_nothing_seen(client, version):
    assessment = start_in_browser(client)
    response = client.post(address("save", assessment), {"item": "INT1", "value": "3", "version": version})
    assert response.status_code == 200
    assert (Answer.objects.get().value, AnswerVersion.objects.get().seen_version) == ("3", 0)


def test_whole_pages_count_against_the_limit_too(client, settings, monkeypatch):
    assessment = start_in_browser(client)
    settings.RATE_LIMITS = True
    monkeypatch.setattr("minga.web.ratelimit.exceeded", lambda *_counted: True)
    for name, rest, sent in (
        ("answer", ["integration"], page_of(assessment, "integration", "2")),
        ("goals", [], {"cash_limit": "c2", "horizon_limit": "h2"}),
        ("submit", [], {}),
        ("reopen", [], {}),
    ):
        assert client.post(address(name, assessment, *rest), sent).status_code == 429, name
    assert client.get(address("answer", assessment, "integration")).status_code == 200
    assert not Answer.objects.exists()


def test_many_answers_in_one_request_count_as_many(client, settings):
    pk, key = begun(client)
    settings.RATE_LIMITS = True
    sent = {"answers": [{"item": "INT1", "value": str(n % 6), "version": n} for n in range(200)]}
    assert not exceeded(RequestFactory().get("/"), "readiness-save", times=1200, seconds=600, weight=800)
    answers = [
        client.patch(f"{ROOT}/assessments/{pk}/answers", sent, content_type="application/json", headers=key).status_code
        for _time in range(3)
    ]
    assert answers == [200] * 2 + [429]


def test_claiming_takes_the_key_out_of_the_browser_that_claims(client):
    """On a shared computer, whoever comes after the sign-out must not find the check open."""
    assessment = start_in_browser(client)
    stolen = client.cookies[f"check_{assessment.pk.hex}"].value
    account = members.create_account(email="amina@example.org", password="a-long-password")
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.post(address("claim", assessment))
    assert client.get(address("assessment", assessment)).status_code == 200
    client.logout()
    client.cookies[f"check_{assessment.pk.hex}"] = stolen
    assert client.get(address("assessment", assessment)).status_code == 404
    assert not AccessKey.objects.exists()


def test_what_the_api_says_of_an_assessment_is_stored_nowhere(client):
    pk, key = begun(client)
    for path in (f"/assessments/{pk}", f"/assessments/{pk}/report"):
        response = client.get(f"{ROOT}{path}", headers=key)
        assert "no-store" in response["Cache-Control"], path
        assert "private" in response["Cache-Control"], path
    started = client.post(f"{ROOT}/assessments", BAKERY, content_type="application/json")
    assert "no-store" in started["Cache-Control"]


def test_body_that_is_too_large_is_refused_in_the_one_error_shape(client, settings):
    pk, key = begun(client)
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    sent = {"answers": [{"item": "INT1", "value": "1", "note": "x" * 2000}]}
    response = client.patch(f"{ROOT}/assessments/{pk}/answers", sent, content_type="application/json", headers=key)
    assert response.status_code in {400, 413}
    assert response.json()["error"]["message"]


@pytest.mark.parametrize("path", [f"{ROOT}/assessments/%s/submit", f"{ROOT}/assessments/%s/answers"])
def test_signed_in_person_changes_nothing_without_the_mark_against_forged_requests(path):
    owner = Client(enforce_csrf_checks=True)
    account = members.create_account(email="amina@example.org", password="a-long-password")
    owner.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    assessment = answered("2", account=account)
    send = owner.post if path.endswith("submit") else owner.patch
    response = send(path % assessment.pk, "{}", content_type="text/plain")
    assert response.status_code == 403
    assert Assessment.objects.get().status == "draft"


@pytest.mark.parametrize("name", ["%00", "sha256:%00"])
def test_name_of_an_instrument_with_the_character_nul_is_refused(client, name):
    assert client.get(f"{ROOT}/instruments/{name}").status_code == 422


def test_of_two_accounts_that_claim_at_once_the_first_one_has_it():
    """Both looked while it belonged to nobody; the second would have taken it away unseen."""
    amina, eve = (
        members.create_account(email=f"{name}@example.org", password="a-good-long-password")
        for name in ("amina", "eve")
    )
    check = started()
    karim = invited(check)
    same_check, same_place = Assessment.objects.get(pk=check.pk), Colleague.objects.get(pk=karim.pk)
    services.claim_assessment(assessment=check, account=amina)
    services.keep_place(colleague=karim, account=amina)
    with pytest.raises(ProfileError, match="already belongs"):
        services.claim_assessment(assessment=same_check, account=eve)
    with pytest.raises(ProfileError, match="another account"):
        services.keep_place(colleague=same_place, account=eve)
    assert Assessment.objects.get().account == amina
    assert Colleague.objects.get().account == amina


def test_making_pdf_files_counts_although_it_only_reads(client, settings, monkeypatch):
    """It costs a second of a worker, and whoever answered one question without an account may ask for it."""
    assessment = start_in_browser(client)
    settings.RATE_LIMITS = True
    monkeypatch.setattr("minga.web.ratelimit.exceeded", lambda *_counted: True)
    assert client.get(address("report_pdf", assessment)).status_code == 429
    assert client.get(address("assessment", assessment)).status_code == 200

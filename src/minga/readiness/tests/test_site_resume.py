"""Continuing later: the cookie, the printed code, the link, the limits on guessing."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from minga.readiness import keys, services
from minga.readiness.models import AccessKey
from minga.readiness.testing import address, start_in_browser, started

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def handed_out(client, assessment):
    page = client.post(address("keep", assessment)).content.decode()
    code = re.search(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", re.sub(r"7QK4-\S+", "", page)).group()
    link = re.search(r"/en/readiness/resume/([\w-]+)/", page).group(1)
    return code, f"/en/readiness/resume/{link}/"


def test_code_reads_the_same_however_it_is_written():
    code = keys.new_code()
    sloppy = code.replace("-", " ").lower().replace("0", "o").replace("1", "l")
    assert keys.tidy_code(sloppy) == code
    assert keys.tidy_code("7QK4-0M2X") is None
    assert keys.tidy_code("UUUU-UUUU-UUUU-UUUU") is None


def test_code_opens_the_check_on_another_device(client):
    assessment = start_in_browser(client)
    code, _link = handed_out(client, assessment)
    other = Client()
    response = other.post("/en/readiness/resume/", {"code": code.lower()})
    assert response.url == address("assessment", assessment)
    assert other.get(response.url).status_code == 200


def test_new_code_ends_the_old_one(client):
    assessment = start_in_browser(client)
    old, _link = handed_out(client, assessment)
    new, _link = handed_out(client, assessment)
    assert Client().post("/en/readiness/resume/", {"code": old}).status_code == 422
    assert Client().post("/en/readiness/resume/", {"code": new}).status_code == 302


def test_wrong_code_says_what_may_be_the_matter(client):
    response = client.post("/en/readiness/resume/", {"code": "0000-0000-0000-0000"})
    assert response.status_code == 422
    assert "This code opens nothing." in response.content.decode()


def test_link_is_used_up_by_its_button_and_not_by_looking(client):
    assessment = start_in_browser(client)
    _code, link = handed_out(client, assessment)
    other = Client()
    assert other.get(link).status_code == 200
    assert other.get(address("assessment", assessment)).status_code == 404
    assert other.post(link).url == address("assessment", assessment)
    assert other.get(address("assessment", assessment)).status_code == 200
    again = Client().post(link)
    assert again.status_code == 410
    assert "This link opens nothing any more" in again.content.decode()


def test_only_hashes_of_keys_are_stored(client):
    assessment = start_in_browser(client)
    code, link = handed_out(client, assessment)
    stored = set(AccessKey.objects.values_list("kind", "secret_hash"))
    assert ("code", keys.hash_of(code)) in stored
    assert {kind for kind, _hash in stored} == {"browser", "code", "link"}
    assert not any(code in value or link.split("/")[-2] in value for _kind, value in stored)


def test_page_with_the_code_is_never_cached(client):
    assessment = start_in_browser(client)
    response = client.post(address("keep", assessment))
    assert "no-store" in response["Cache-Control"]


def test_altered_cookie_opens_nothing(client):
    assessment = start_in_browser(client)
    name = f"check_{assessment.pk.hex}"
    client.cookies[name] = client.cookies[name].value[:-3] + "abc"
    assert client.get(address("assessment", assessment)).status_code == 404


def test_cookie_is_out_of_reach_of_scripts(client):
    assessment = start_in_browser(client)
    cookie = client.cookies[f"check_{assessment.pk.hex}"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_guessing_codes_is_stopped_after_ten_tries(client, settings):
    settings.RATE_LIMITS = True
    codes = [client.post("/en/readiness/resume/", {"code": "0000-0000-0000-0000"}).status_code for _try in range(11)]
    assert codes == [422] * 10 + [429]


def test_claiming_ends_codes_and_links_but_not_the_browser(client, django_user_model):
    assessment = start_in_browser(client)
    code, link = handed_out(client, assessment)
    account = django_user_model.objects.create_user("amina@example.org", "a-long-password")
    services.claim_assessment(assessment=assessment, account=account)
    assert Client().post("/en/readiness/resume/", {"code": code}).status_code == 422
    assert Client().post(link).status_code == 410
    assert client.get(address("assessment", assessment)).status_code == 200


def test_keys_of_one_check_do_not_open_another():
    one, other = started(), started()
    secret = services.give_key(assessment=one, kind=AccessKey.Kind.CODE)
    opened = services.resume(kind=AccessKey.Kind.CODE, secret=secret)
    assert opened is not None
    assert opened[0] == one != other

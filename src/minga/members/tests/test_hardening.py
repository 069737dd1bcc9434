"""Private pages stay out of caches, guesses at a password are counted, and odd characters do no harm."""

from __future__ import annotations

import pytest
from django.urls import reverse

from minga.members.models import Person

pytestmark = [pytest.mark.page, pytest.mark.django_db]


@pytest.mark.parametrize("name", ["organization", "directory", "me", "api"])
def test_page_made_for_a_signed_in_person_is_stored_nowhere(signed_in, amina, bakery, name):
    address = {
        "organization": bakery and reverse("members:organization", args=[bakery.mark]),
        "api": "/api/v1/members/me",
    }
    response = signed_in(amina).get(address.get(name) or reverse(f"members:{name}"))
    assert response.status_code == 200
    assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))


def test_page_for_everyone_may_be_kept(client):
    assert "no-store" not in client.get(reverse("members:directory")).get("Cache-Control", "")


def test_whoever_finds_a_session_open_cannot_try_passwords_for_long(signed_in, amina, settings):
    settings.RATE_LIMITS = True
    browser = signed_in(amina)
    sent = {"understood": "on", "password": "a guess"}
    answers = [browser.post(reverse("members:erase_me"), sent).status_code for _try in range(11)]
    assert answers == [200] * 10 + [429]
    assert Person.objects.filter(pk=amina.pk).exists()


@pytest.mark.parametrize("field", ["q", "country", "type", "page"])
def test_character_nul_in_a_search_finds_nothing_and_breaks_nothing(client, field):
    assert client.get(reverse("members:directory"), {field: "a\x00b"}).status_code == 200

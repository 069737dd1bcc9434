"""What readiness shows on lower rooms' pages: counts on the first page, figures of a country, one's own checks."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import translation

from minga.members import services as members
from minga.readiness import testing
from minga.readiness.testing import submitted
from minga.web import vocabulary

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def lent(count, levels="2", **fields):
    for _one in range(count):
        testing.lent(levels, **fields)


def test_first_page_counts_businesses_from_ten_on(client):
    lent(9)
    assert "have checked themselves here" not in client.get("/en/").content.decode()
    lent(1)
    assert "10 businesses have checked themselves here." in client.get("/en/").content.decode()


def test_first_page_never_counts_sample_as_real(client, settings):
    lent(12, is_sample=True)
    assert "have checked themselves here" not in client.get("/en/").content.decode()
    settings.SAMPLE = True
    page = client.get("/en/").content.decode()
    assert "12 businesses have checked themselves here." in page
    assert '<span class="tag warn">sample</span>' in page


def test_country_page_shows_medians_from_ten_on_and_says_so_below(client):
    address = "/en/knowledge/countries/CV/"
    assert "How ready businesses are here" not in client.get(address).content.decode()
    lent(9, "3")
    page = client.get(address).content.decode()
    assert "Fewer than 10 businesses of this country agreed to be counted" in page
    lent(1, "3")
    page = client.get(address).content.decode()
    assert "Skills" in page
    assert ">3.0</td>" in page


def test_own_page_lists_own_checks_only():
    account = members.create_account(email="amina@example.org", password="a-long-password")
    submitted("2", account=account, name="Bakery of Amina")
    submitted("2", name="Mill of Bao")
    client = Client()
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get("/en/members/me/").content.decode()
    assert "Bakery of Amina" in page
    assert "Mill of Bao" not in page


def test_factors_have_one_name_in_every_language():
    labels = vocabulary.labels("factors")
    assert list(labels)[:2] == ["integration", "data_quality"]
    names = set()
    for language in ("en", "fr", "es", "ru", "ar", "zh"):
        with translation.override(language):
            names.add(str(labels["data_quality"]))
    assert len(names) == 6

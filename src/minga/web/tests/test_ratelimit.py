"""Limits on posting: counted by address and scope, forgotten with the window, and without keeping addresses."""

from __future__ import annotations

import re
from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from minga.web.ratelimit import client_address, exceeded, forget_expired, limited

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def post(address="192.0.2.1", **headers):
    return RequestFactory(REMOTE_ADDR=address).post("/", headers=headers)


@pytest.fixture(autouse=True)
def _on(settings):
    settings.RATE_LIMITS = True
    cache.clear()


def test_address_may_post_so_often_and_no_more():
    answers = [exceeded(post(), "form", times=3, seconds=60) for _time in range(5)]
    assert answers == [False, False, False, True, True]


def test_other_addresses_and_scopes_are_counted_apart():
    for _time in range(3):
        exceeded(post(), "form", times=3, seconds=60)
    assert exceeded(post(), "form", times=3, seconds=60)
    assert not exceeded(post("192.0.2.2"), "form", times=3, seconds=60)
    assert not exceeded(post(), "other", times=3, seconds=60)


def test_next_window_begins_anew(monkeypatch):
    monkeypatch.setattr("minga.web.ratelimit.time", SimpleNamespace(time=lambda: 1000.0))
    assert not exceeded(post(), "form", times=1, seconds=60)
    assert exceeded(post(), "form", times=1, seconds=60)
    monkeypatch.setattr("minga.web.ratelimit.time", SimpleNamespace(time=lambda: 1061.0))
    assert not exceeded(post(), "form", times=1, seconds=60)


def test_reading_is_never_limited():
    view = limited("page", times=0, seconds=60)(lambda request: HttpResponse("in"))
    assert view(RequestFactory().get("/")).content == b"in"


def test_page_says_when_to_come_back(client):
    answers = [client.post("/en/readiness/resume/", {"code": "0000-0000-0000-0000"}) for _time in range(11)]
    assert answers[10].status_code == 429
    assert 0 < int(answers[10]["Retry-After"]) <= 600
    page = answers[10].content.decode()
    assert "Too many attempts in a short time" in page
    minutes = int(re.search(r"Wait (\d+) minutes?, then try again", page)[1])
    assert 0 <= 60 * minutes - int(answers[10]["Retry-After"]) < 60


def test_switched_off_it_counts_nothing(settings):
    settings.RATE_LIMITS = False
    assert not any(exceeded(post(), "form", times=1, seconds=60) for _time in range(9))


def test_address_behind_our_proxy_is_the_one_the_proxy_saw(settings):
    forged = post("10.0.0.1", **{"X-Forwarded-For": "203.0.113.9, 198.51.100.7"})
    settings.HTTPS_PROXY = False
    assert client_address(forged) == "10.0.0.1"
    settings.HTTPS_PROXY = True
    assert client_address(forged) == "198.51.100.7"


def test_cache_holds_no_address():
    exceeded(post("192.0.2.77"), "form", times=1, seconds=60)
    assert not any("192.0.2.77" in str(key) for key in getattr(cache, "_cache", {}))


def test_one_line_of_ipv6_is_one_visitor_whichever_of_its_addresses_it_takes():
    for number in range(3):
        assert not exceeded(post(f"2001:db8:1:2::{number}"), "form", times=3, seconds=60)
    assert exceeded(post("2001:db8:1:2:ffff::9"), "form", times=3, seconds=60)
    assert not exceeded(post("2001:db8:1:3::1"), "form", times=3, seconds=60)
    assert client_address(post("::ffff:192.0.2.1")) == client_address(post("192.0.2.1")) == "192.0.2.1"
    assert client_address(post("unix:")) == "unix:"


def test_request_that_does_the_work_of_many_counts_as_many():
    assert not exceeded(post(), "save", times=10, seconds=60, weight=6)
    assert exceeded(post(), "save", times=10, seconds=60, weight=6)
    assert exceeded(post("192.0.2.2"), "save", times=10, seconds=60, weight=11)


def test_who_is_named_by_a_sign_is_counted_apart_from_the_address():
    for _time in range(2):
        assert not exceeded(post(), "form", times=2, seconds=3600, who="participant 1")
    assert exceeded(post("192.0.2.2"), "form", times=2, seconds=3600, who="participant 1")
    assert not exceeded(post(), "form", times=2, seconds=3600, who="participant 2")
    assert not exceeded(post(), "form", times=1, seconds=3600)


def test_a_look_counts_nothing():
    for _time in range(9):
        assert not exceeded(post(), "code", times=1, seconds=3600, weight=0)
    exceeded(post(), "code", times=1, seconds=3600, weight=2)
    assert exceeded(post(), "code", times=1, seconds=3600, weight=0)


def test_count_in_the_database_lasts_as_long_as_its_window(settings):
    from django.db import connection

    settings.CACHES = site_caches()
    cache.clear()
    for _time in range(2):
        exceeded(post(), "form", times=9, seconds=3600)
    in_half_an_hour = timezone.now() + timedelta(minutes=30)
    with connection.cursor() as cursor:
        cursor.execute("SELECT expires FROM web_cache")
        assert str(cursor.fetchone()[0]) > in_half_an_hour.strftime("%Y-%m-%d %H:%M:%S")


def site_caches():
    """Return what conftest.py put others in the place of; by name, since the ground may not import the roof."""
    return import_module("minga.site.settings").CACHES


def test_site_remembers_more_visitors_than_djangos_three_hundred(settings):
    settings.CACHES = site_caches()
    cache.clear()
    assert not exceeded(post(), "form", times=1, seconds=3600)
    for number in range(400):
        cache.set(f"other-{number}", 1, timeout=3600)
    assert exceeded(post(), "form", times=1, seconds=3600)


def test_counts_are_gone_once_their_window_is_over(settings):
    from django.db import connection

    assert forget_expired() == {"counts": 0}
    settings.CACHES = site_caches()
    cache.clear()
    exceeded(post(), "form", times=1, seconds=3600)
    exceeded(post("192.0.2.2"), "form", times=1, seconds=3600)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE web_cache SET expires = '2026-01-01 00:00:00' "
            "WHERE cache_key = (SELECT MIN(cache_key) FROM web_cache)"
        )
        assert forget_expired() == {"counts": 1}
        cursor.execute("SELECT COUNT(*) FROM web_cache")
        assert cursor.fetchone() == (1,)

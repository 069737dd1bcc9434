"""The table of every page and API route, `routes.txt`, is whole and says nothing that should not be.

No route is listed by hand here: what the site serves is read from its URL resolver. `test_walk.py` visits every route
as everybody; a route without a line fails there, and is shown as it would be true today; read it before you believe it.
"""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.people import ROLES
from tests.walk import carries_ids, every_visit, real_address, routes_table, visit_and_undo

pytestmark = [pytest.mark.page, pytest.mark.once]


def test_table_lists_every_route_and_no_other():
    table, served = set(routes_table()), set(every_visit())
    assert sorted(table - served) == [], "these lines name routes that are gone"
    assert sorted(served - table) == [], "these routes have no line in tests/routes.txt"


def test_table_says_something_for_every_role():
    assert {visit: said for visit, said in routes_table().items() if len(said) != len(ROLES)} == {}


def test_nobody_gets_a_broken_page():
    assert [visit for visit, said in routes_table().items() if any(word.startswith("5") for word in said)] == []


#: What strangers may never get at addresses that carry Amina's ids: anything but "not here", "not you", "sign in".
CLOSED = {"404", "403", "401", "405", "login"}
STRANGERS = ("visitor", "guest", "other owner", "assessor")


def test_strangers_get_nothing_at_addresses_of_amina():
    opened = [
        f"{' '.join(visit)}: {role} gets {said[ROLES.index(role)]}"
        for visit, said in routes_table().items()
        if carries_ids(visit)
        for role in STRANGERS
        if said[ROLES.index(role)] not in CLOSED
    ]
    assert opened == []


def test_no_page_accepts_a_form_without_its_seal(alliance):
    """Every POST without the CSRF mark is refused before any view runs."""
    accepted = []
    for method, pattern in every_visit():
        if method != "POST" or pattern.startswith("/api/"):
            continue
        browser = Client(enforce_csrf_checks=True)
        browser.cookies.update(alliance.browsers["owner"].cookies)
        status = browser.post(real_address(pattern, alliance)).status_code
        if status not in {403, 405}:
            accepted.append(f"{pattern}: {status}")
    assert accepted == []


def test_key_of_one_check_opens_no_other(alliance):
    """Dina renames the cookie of her check to that of Amina's."""
    browser = alliance.browsers["guest"]
    (own,) = [name for name in browser.cookies if name.startswith("check_")]
    other = f"check_{alliance.amina.assessment.pk.hex}"
    browser.cookies[other] = browser.cookies[own].value
    assert browser.get(f"/en/readiness/a/{alliance.dina.assessment.pk}/").status_code == 200
    assert browser.get(f"/en/readiness/a/{alliance.amina.assessment.pk}/").status_code == 404


INLINE = re.compile(r"<[^>]+\s(?:style|on\w+)=\"|<script(?![^>]*\s(?:src|nonce)=)|<style(?![^>]*\snonce=)")


@pytest.mark.parametrize(
    "code", ['<p style="color:red">', '<a href="/" onclick="x()">', "<script>x()</script>", "<style>p{}</style>"]
)
def test_inline_code_would_be_found(code):
    assert INLINE.search(f"<main>{code}</main>")


def test_every_page_carries_the_policy_and_nothing_that_breaks_it(alliance):
    seen_pages, faults = 0, []
    for visit in every_visit():
        if visit[0] != "GET" or visit[1].startswith("/api/"):
            continue
        response = visit_and_undo(alliance.browsers["owner"], visit, real_address(visit[1], alliance))
        if not response.get("Content-Type", "").startswith("text/html") or response.status_code != 200:
            continue
        seen_pages += 1
        policy = response.get("Content-Security-Policy", "")
        if "default-src 'none'" not in policy or "unsafe" in policy:
            faults.append(f"{visit[1]}: policy {policy!r}")
        if found := INLINE.search(response.content.decode()):
            faults.append(f"{visit[1]}: inline {found.group()!r}")
        if carries_ids(visit) and "no-store" not in response.get("Cache-Control", ""):
            faults.append(f"{visit[1]}: may be kept by a shared cache")
    assert seen_pages > 25
    assert faults == []

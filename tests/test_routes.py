"""The table of every page and API route, `routes.txt`, is whole and says nothing that should not be.

No route is listed by hand here: what the site serves is read from its URL resolver. `test_walk.py` visits every route
as everybody; a route without a line fails there, and is shown as it would be true today; read it before you believe it.
"""

from __future__ import annotations

from http.cookies import SimpleCookie

import pytest
from django.test import Client

from tests.people import ROLES
from tests.walk import carries_ids, every_visit, real_address, routes_table

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
    browser = Client(enforce_csrf_checks=True)
    for method, pattern in every_visit():
        if method != "POST" or pattern.startswith("/api/"):
            continue
        browser.cookies = SimpleCookie(dict(alliance.browsers["owner"].cookies))
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

"""Every page and API route, visited by everybody, compared with one table: `routes.txt`.

No route is listed by hand here: what the site serves is read from its URL resolver, and a route without a line in
the table fails and is shown as it would be true today; read it before you believe it.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

from tests.people import ROLES, Alliance
from tests.walk import Visit, carries_ids, every_visit, real_address, visit_and_undo

pytestmark = [pytest.mark.page, pytest.mark.once]

TABLE = Path(__file__).with_name("routes.txt")
GROUPS = ("account", "members", "knowledge", "meetings", "readiness", "indicators", "deliberation", "api", "house")


def expected() -> dict[Visit, tuple[str, ...]]:
    """Read the table: method, address, then what each role gets."""
    lines = [line.split() for line in TABLE.read_text(encoding="utf-8").splitlines()]
    return {(words[0], words[1]): tuple(words[2:]) for words in lines if words and not words[0].startswith("#")}


def group(visit: Visit) -> str:
    """Return the room that serves an address."""
    words = visit[1].removeprefix("/{language}").removeprefix("/api/v1").strip("/").split("/")
    if visit[1].startswith("/api/v1"):
        return "api"
    return words[0] if words[0] in GROUPS else "house"


def seen(browser: Client, visit: Visit, address: str) -> str:
    """Say in one word what came of a visit."""
    response = visit_and_undo(browser, visit, address)
    if response.status_code in {301, 302} and "/account/login/" in response["Location"]:
        return "login"
    return str(response.status_code)


def actual(alliance: Alliance, visits: list[Visit]) -> dict[Visit, tuple[str, ...]]:
    return {
        visit: tuple(seen(alliance.browsers[role], visit, real_address(visit[1], alliance)) for role in ROLES)
        for visit in visits
    }


def test_table_lists_every_route_and_no_other():
    table, served = set(expected()), set(every_visit())
    assert sorted(table - served) == [], "these lines name routes that are gone"
    assert sorted(served - table) == [], "these routes have no line in tests/routes.txt"


def test_table_says_something_for_every_role():
    assert {visit: said for visit, said in expected().items() if len(said) != len(ROLES)} == {}


def line(visit: Visit, said: tuple[str, ...]) -> str:
    return f"{visit[0]:<6} {visit[1]:<62} {' '.join(f'{word:<5}' for word in said)}".rstrip()


@pytest.mark.parametrize("room", GROUPS)
def test_everybody_gets_what_the_table_says(alliance, room):
    table = expected()
    found = actual(alliance, [visit for visit in every_visit() if group(visit) == room])
    assert found
    wrong = [
        f"is    {line(visit, said)}\ntable {line(visit, table.get(visit, ('nothing',)))}"
        for visit, said in found.items()
        if said != table.get(visit)
    ]
    assert not wrong, f"roles are {', '.join(ROLES)}\n" + "\n".join(wrong)


def test_nobody_gets_a_broken_page():
    assert [visit for visit, said in expected().items() if any(word.startswith("5") for word in said)] == []


#: What strangers may never get at addresses that carry Amina's ids: anything but "not here", "not you", "sign in".
CLOSED = {"404", "403", "401", "405", "login"}
STRANGERS = ("visitor", "guest", "other owner", "assessor")


def test_strangers_get_nothing_at_addresses_of_amina():
    opened = [
        f"{' '.join(visit)}: {role} gets {said[ROLES.index(role)]}"
        for visit, said in expected().items()
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

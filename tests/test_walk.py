"""Everybody visits every address: each gets what `routes.txt` says, and sees no word planted in another tenant's data.

Pages, exports, search, API and every log are looked through, and what keeps pages safe in a browser is looked at on the
way. The walk takes its time, so it is gone once for all these questions, in parts that processes share among them.
"""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import override_settings
from django.urls import reverse
from django.utils import translation

from minga.web import pdf
from minga.web.logs import JsonFormatter, Redact, TextFormatter
from tests import plain
from tests.people import ROLES, Alliance, Tenant, gather
from tests.walk import Visit, carries_ids, every_visit, in_a_word, real_address, routes_table, visit_and_undo

pytestmark = [pytest.mark.page, pytest.mark.once, pytest.mark.django_db]

#: No such letters occur in any text of the site, so a hit is a leak.
CANARIES = ("qzvamina", "qzvkhadija", "qzvdina")

#: Who may see what of an organization, by role: its adviser and the secretariat see its page with its people.
#: Nobody but its own people sees what it answered.
MAY_SEE = {"adviser": {"organization", "person"}, "secretariat": {"organization", "person"}}
PLACES = ("mail", "person", "organization", "check", "note", "reason", "colleague")
#: What a colleague noted, not even the owner of the check sees.
HIDDEN_FROM_OWNERS = {"colleague"}


def owner_of(alliance: Alliance, role: str) -> Tenant | None:
    return {"owner": alliance.amina, "other owner": alliance.khadija, "guest": alliance.dina}.get(role)


def leaks(role: str, text: str, alliance: Alliance) -> list[str]:
    """Return the planted words in a text that this role must not see."""
    text = text.lower()
    return [
        f"{tenant.word}{place}"
        for tenant in (alliance.amina, alliance.khadija, alliance.dina)
        for place in PLACES
        if tenant is not owner_of(alliance, role) or place in HIDDEN_FROM_OWNERS
        if f"{tenant.word}{place}" in text
        and not (place in MAY_SEE.get(role, set()) and (role == "secretariat" or tenant is alliance.amina))
    ]


def everything_said(response) -> str:
    """Return head and body: a redirect or a cookie can leak too."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return f"{dict(response.headers)}\n{response.cookies.output()}\n{body.decode(errors='replace')}"


@pytest.fixture(scope="module")
def gathered(django_db_setup, django_db_blocker) -> Iterator[Alliance]:
    """Bring everybody together once; every test takes back what it does beside them."""
    with django_db_blocker.unblock(), override_settings(**plain.SETTINGS), translation.override("en"):
        cache.clear()
        with plain.second_factors(), transaction.atomic():
            yield gather(CANARIES)
            transaction.set_rollback(True)


@pytest.fixture
def planted(gathered, db) -> Iterator[Alliance]:
    cookies = {role: dict(browser.cookies) for role, browser in gathered.browsers.items()}
    yield gathered
    for role, browser in gathered.browsers.items():
        browser.cookies = SimpleCookie(cookies[role])


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """Catch what the site would log at its most talkative, in both formats, as the handlers would write it."""
    stream = io.StringIO()
    root = logging.getLogger()
    before, handlers = root.level, []
    for formatter in (TextFormatter(), JsonFormatter()):
        handler = logging.StreamHandler(stream)
        handler.setFormatter(formatter)
        handler.addFilter(Redact())
        root.addHandler(handler)
        handlers.append(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.setLevel(before)
    for handler in handlers:
        root.removeHandler(handler)


@dataclass
class Walk:
    """What came of a walk, or of a part of it."""

    alliance: Alliance
    #: what each role gets at Amina's addresses, in one word
    said: dict[Visit, tuple[str, ...]] = field(default_factory=dict)
    leaked: list[str] = field(default_factory=list)
    #: planted words by the role that saw them
    seen: dict[str, set[str]] = field(default_factory=lambda: {role: set() for role in ROLES})
    #: pages looked through for what keeps them safe in a browser, and what is wrong with them
    pages: int = 0
    unsafe: list[str] = field(default_factory=list)
    log: str = ""

    def go(self, visits: Iterable[Visit]) -> Walk:
        """Visit addresses as everybody, also those of other tenants where an address belongs to one."""
        with logged() as log:
            for visit in visits:
                responses = [self._visit(visit, role, self.alliance.amina) for role in ROLES]
                self.said[visit] = tuple(in_a_word(response) for response in responses)
                if visit[0] == "GET":
                    self._look_at_page(visit, responses[ROLES.index("owner")])
                # a method that nobody may use is refused before the ids in the address are read
                if carries_ids(visit) and set(self.said[visit]) != {"405"}:
                    for tenant in self._others_with_own(visit[1]):
                        for role in ROLES:
                            self._visit(visit, role, tenant)
        self.log += log.getvalue().lower()
        return self

    def _others_with_own(self, pattern: str) -> list[Tenant]:
        """Name the tenants at whose address nobody has been: who lacks a thing gets the address of Amina's."""
        been, others = {real_address(pattern, self.alliance, self.alliance.amina)}, []
        for tenant in (self.alliance.khadija, self.alliance.dina):
            if (address := real_address(pattern, self.alliance, tenant)) not in been:
                been.add(address)
                others.append(tenant)
        return others

    def _visit(self, visit: Visit, role: str, tenant: Tenant) -> Any:
        """Visit an address of a tenant as somebody, and write down the planted words that come back."""
        address = real_address(visit[1], self.alliance, tenant)
        response = visit_and_undo(self.alliance.browsers[role], visit, address)
        text = everything_said(response).lower()
        if any(word in text for word in CANARIES):
            self.leaked += [f"{role}: {visit[0]} {address}: {leak}" for leak in leaks(role, text, self.alliance)]
            self.seen[role] |= {f"{word}{place}" for word in CANARIES for place in PLACES if f"{word}{place}" in text}
        return response

    def _look_at_page(self, visit: Visit, response: Any) -> None:
        """Look whether a page of the owner carries the policy, nothing that breaks it, and stays out of caches."""
        if not response.get("Content-Type", "").startswith("text/html") or response.status_code != 200:
            return
        self.pages += 1
        policy = response.get("Content-Security-Policy", "")
        if "default-src 'none'" not in policy or "unsafe" in policy:
            self.unsafe.append(f"{visit[1]}: policy {policy!r}")
        if found := INLINE.search(response.content.decode()):
            self.unsafe.append(f"{visit[1]}: inline {found.group()!r}")
        if carries_ids(visit) and "no-store" not in response.get("Cache-Control", ""):
            self.unsafe.append(f"{visit[1]}: may be kept by a shared cache")


INLINE = re.compile(r"<[^>]+\s(?:style|on\w+)=\"|<script(?![^>]*\s(?:src|nonce)=)|<style(?![^>]*\snonce=)")


@pytest.mark.parametrize(
    "code", ['<p style="color:red">', '<a href="/" onclick="x()">', "<script>x()</script>", "<style>p{}</style>"]
)
def test_inline_code_would_be_found(code):
    assert INLINE.search(f"<main>{code}</main>")


@pytest.fixture
def _plain_responses(monkeypatch):
    """Read the page that a PDF is drawn from, since a PDF packs its words, and keep no record of templates."""
    monkeypatch.setattr(pdf, "render", lambda html, address: html.encode())
    monkeypatch.setattr("django.test.client.store_rendered_templates", lambda *_rendered, **_more: None)
    pdf._public.cache_clear()
    yield
    pdf._public.cache_clear()


#: Every part holds pages of every room, so that all take as long.
PARTS = 5


@pytest.mark.usefixtures("_plain_responses")
@pytest.mark.parametrize("part", range(PARTS))
def test_everybody_gets_what_the_table_says_and_no_word_of_others(planted, part):
    walk = Walk(planted).go(every_visit()[part::PARTS])
    table = routes_table()
    wrong = [
        f"is    {line(visit, said)}\ntable {line(visit, table.get(visit, ('nothing',)))}"
        for visit, said in walk.said.items()
        if said != table.get(visit)
    ]
    assert not wrong, f"roles are {', '.join(ROLES)}\n" + "\n".join(wrong)
    assert walk.leaked == []
    assert "minga.request" in walk.log, "the walk was not logged, so the test would see nothing"
    assert [word for word in CANARIES if word in walk.log] == []
    # every page carries the policy, and nothing that breaks it
    assert walk.pages > 10
    assert walk.unsafe == []
    # the walk must have reached what it guards: owners and the guest do see their own words
    assert all(walk.seen[role] for role in ("owner", "other owner", "guest"))


def line(visit: Visit, said: tuple[str, ...]) -> str:
    return f"{visit[0]:<6} {visit[1]:<62} {' '.join(f'{word:<5}' for word in said)}".rstrip()


@pytest.mark.usefixtures("_plain_responses")
def test_own_words_come_back_to_owners_and_guests(planted):
    """Else the walk would pass by what it guards."""
    check = "/{language}/readiness/a/<pk>/"
    walk = Walk(planted).go([("GET", check), ("GET", "/{language}/members/organizations/<mark>/")])
    assert f"{CANARIES[1]}organization" in walk.seen["other owner"]
    assert f"{CANARIES[2]}check" in walk.seen["guest"]
    assert f"{CANARIES[0]}note" in Walk(planted).go([("GET", f"{check}export.json")]).seen["owner"]
    assert f"{CANARIES[0]}check" in Walk(planted).go([("GET", f"{check}report.pdf")]).seen["owner"]


def test_no_search_finds_what_a_tenant_wrote(planted):
    """Words that stand beside every planted one, and the beginning of the planted ones themselves."""
    searches = (reverse("knowledge:find"), reverse("members:directory"), "/api/v1/knowledge/records")
    for words in ("Enterprise", "Note", "Reason", "qzv", "bakery.example"):
        for role in ("visitor", "other owner"):
            for address in searches:
                response = planted.browsers[role].get(address, {"q": words})
                assert response.status_code == 200, address
                assert leaks(role, response.content.decode(), planted) == [], (address, words)


def test_the_search_index_holds_no_word_of_a_tenant(planted):
    tables = [table for table in connection.introspection.table_names() if "search" in table]
    assert tables
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            assert "qzv" not in str(cursor.fetchall()).lower(), table


def test_export_of_a_person_holds_her_own_words_only(planted):
    response = planted.browsers["owner"].post(reverse("members:export_me"))
    text = json.dumps(response.json())
    assert f"{planted.amina.word}person" in text
    assert leaks("owner", text, planted) == []


def test_audit_trail_holds_no_word_of_a_tenant(planted):
    from minga.members import selectors

    acts = str([(act.act, act.actor, act.on, act.reason) for act in selectors.acts()]).lower()
    assert "organization.created" in acts
    assert [word for word in CANARIES if word in acts] == []


def test_a_leak_would_be_seen():
    planted = Alliance(*(Tenant(word, f"{word}mail@bakery.example") for word in CANARIES))
    text = f"<p>Note {planted.amina.word}note of {planted.amina.word}organization</p>"
    assert len(leaks("visitor", text, planted)) == 2
    assert leaks("owner", text, planted) == []
    assert leaks("secretariat", text, planted) == [f"{planted.amina.word}note"]
    assert len(leaks("owner", f"Note {planted.amina.word}colleague", planted)) == 1

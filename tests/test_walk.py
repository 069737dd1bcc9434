"""Everybody visits every address: each gets what `routes.txt` says, and sees no word planted in another tenant's data.

Pages, exports, search, API and every log are looked through. The walk takes its time, so it is gone once for the tests
that ask what came of it.
"""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.db import connection
from django.urls import reverse

from minga.web.logs import JsonFormatter, Redact, TextFormatter
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


@pytest.fixture
def planted(db) -> Alliance:
    return gather(CANARIES)


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


@dataclass(frozen=True)
class Walk:
    """What came of the walk."""

    #: what each role gets at Amina's addresses, in one word
    said: dict[Visit, tuple[str, ...]]
    leaked: list[str]
    #: planted words by the role that saw them
    seen: dict[str, set[str]]
    log: str


#: one walk a process
_WALKS: list[Walk] = []


@pytest.fixture
def walk(request: pytest.FixtureRequest) -> Walk:
    if not _WALKS:
        _WALKS.append(_go(request.getfixturevalue("planted")))
    return _WALKS[0]


def _go(alliance: Alliance) -> Walk:
    """Visit everything as everybody, also at the addresses of other tenants where an address belongs to one."""
    said: dict[Visit, list[str]] = {}
    leaked: list[str] = []
    seen: dict[str, set[str]] = {role: set() for role in ROLES}
    planted = {f"{word}{place}" for word in CANARIES for place in PLACES}
    with logged() as log:
        for visit in every_visit():
            tenants = (alliance.amina, alliance.khadija, alliance.dina) if carries_ids(visit) else (alliance.amina,)
            for role in ROLES:
                for tenant in tenants:
                    address = real_address(visit[1], alliance, tenant)
                    response = visit_and_undo(alliance.browsers[role], visit, address)
                    if tenant is alliance.amina:
                        said.setdefault(visit, []).append(in_a_word(response))
                    text = everything_said(response)
                    leaked += [f"{role}: {visit[0]} {address}: {leak}" for leak in leaks(role, text, alliance)]
                    seen[role] |= {word for word in planted if word in text.lower()}
    return Walk({visit: tuple(words) for visit, words in said.items()}, leaked, seen, log.getvalue().lower())


def test_everybody_gets_what_the_table_says(walk):
    table = routes_table()
    wrong = [
        f"is    {line(visit, said)}\ntable {line(visit, table.get(visit, ('nothing',)))}"
        for visit, said in walk.said.items()
        if said != table.get(visit)
    ]
    assert not wrong, f"roles are {', '.join(ROLES)}\n" + "\n".join(wrong)


def line(visit: Visit, said: tuple[str, ...]) -> str:
    return f"{visit[0]:<6} {visit[1]:<62} {' '.join(f'{word:<5}' for word in said)}".rstrip()


def test_nobody_sees_what_another_tenant_wrote(walk):
    assert walk.leaked == []
    # the walk must have reached what it guards: owners and the guest do see their own words
    assert f"{CANARIES[0]}note" in walk.seen["owner"]
    assert f"{CANARIES[1]}organization" in walk.seen["other owner"]
    assert f"{CANARIES[2]}check" in walk.seen["guest"]


def test_no_log_holds_what_a_tenant_wrote(walk):
    assert "minga.request" in walk.log, "the walk was not logged, so the test would see nothing"
    assert [word for word in CANARIES if word in walk.log] == []


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


def test_a_leak_would_be_seen(planted):
    text = f"<p>Note {planted.amina.word}note of {planted.amina.word}organization</p>"
    assert len(leaks("visitor", text, planted)) == 2
    assert leaks("owner", text, planted) == []
    assert leaks("secretariat", text, planted) == [f"{planted.amina.word}note"]
    assert len(leaks("owner", f"Note {planted.amina.word}colleague", planted)) == 1

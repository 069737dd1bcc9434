"""Walking the whole site as somebody: every page and API route, at addresses that carry one tenant's ids."""

from __future__ import annotations

import json
import re
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.test import Client

from scripts import routes
from tests import consulted
from tests.people import Alliance, Tenant

#: Method and address pattern.
Visit = tuple[str, str]

#: What a program sends where an operation needs a body, so that a refusal is one of rights and not of form.
BODIES: dict[str, Any] = {
    "POST /api/v1/readiness/assessments": {"country": "TN", "sector": "10", "size": "1-9"},
    "PATCH /api/v1/readiness/assessments/{pk}/answers": {"answers": [{"item": "INT1", "value": "3"}]},
    "POST /api/v1/readiness/assessments/{pk}/submit": {},
    "PATCH /api/v1/readiness/validations/{pk}/findings": {"findings": []},
    "POST /api/v1/readiness/assessments/{pk}/colleagues": {"role": "production"},
    "POST /api/v1/readiness/assessments/{pk}/agreements": {"item": "INT1", "level": 3, "reason": "talked"},
    "POST /api/v1/readiness/assessments/{pk}/shares": {"code": "0000-0000-0000-0000"},
    "POST /api/v1/readiness/colleagues/open": {"code": "0000-0000-0000-0000"},
    "PATCH /api/v1/readiness/colleagues/{pk}/answers": {"answers": [{"item": "INT1", "value": "3"}]},
    "POST /api/v1/deliberation/conversations/{slug}/participants": {},
    "POST /api/v1/deliberation/conversations/{slug}/votes": {"statement": 1, "vote": 1, "client_id": "walk"},
    "POST /api/v1/deliberation/conversations/{slug}/statements": {"text": "Water first.", "language": "en"},
    "POST /api/v1/readiness/clients": {"country": "TN", "sector": "10", "size": "1-9", "how": "telephone"},
}


def routes_table() -> dict[Visit, tuple[str, ...]]:
    """Read `routes.txt`: method, address, then what each role gets."""
    text = Path(__file__).with_name("routes.txt").read_text(encoding="utf-8")
    lines = [line.split() for line in text.splitlines()]
    return {(words[0], words[1]): tuple(words[2:]) for words in lines if words and not words[0].startswith("#")}


def in_a_word(response: Any) -> str:
    """Say what came of a visit, as the table does."""
    if response.status_code in {301, 302} and "/account/login/" in response["Location"]:
        return "login"
    return str(response.status_code)


def every_visit() -> list[Visit]:
    """Return every page by GET and by POST, and every API operation."""
    from minga.site.api import api

    pages = [(method, route.address) for route in routes.page_routes() for method in ("GET", "POST")]
    programs = [(method, address) for method, address, _operation in routes.api_routes(api.get_openapi_schema())]
    return [*dict.fromkeys(pages), *programs]


def carries_ids(visit: Visit) -> bool:
    """Whether an address belongs to one tenant."""
    return bool(
        re.search(
            r"/desk/|/[acp]/<pk>/|<mark>|/(?:assessments|colleagues|validations)/\{|/(?:validations|queue)/<pk>/|/consents/<pk>|/mandates/<pk>|/tokens/<pk>",
            visit[1],
        )
    )


def real_address(pattern: str, alliance: Alliance, tenant: Tenant | None = None) -> str:
    """Put a tenant's own ids into an address (Amina's, if none is named)."""
    tenant = tenant or alliance.amina
    known = alliance.addresses
    if (pattern, tenant.word) not in known:
        values = _values(pattern, alliance, tenant)
        known[pattern, tenant.word] = re.sub(r"[<{](\w+)[>}]", lambda found: str(values[found.group(1)]), pattern)
    return known[pattern, tenant.word]


def _values(pattern: str, alliance: Alliance, tenant: Tenant) -> dict[str, Any]:
    """Return what an address may name, by the word in its pattern."""
    values: dict[str, Any] = {
        "language": "en",
        "factor": "integration",
        "item": "INT1",
        "token": "no-such-token-0123456789-0123456789",
        "key": "no-such-key",
        "uidb36": "1",
        "code": "TN",
        "name": "generic-enterprise",
        "slug": _slug(pattern),
        "draft": consulted.DRAFT,
        "version": 1,
        "ending": "md" if "/text." in pattern else "csv",
        "talk": consulted.TALK,
        **{name: alliance.consulted.rows[name].pk for name in ("answer", "change", "citation")},
        "index": "trade",
        "edition": "trade-2026.2" if "/build/" in pattern else "trade-2026.1",
        "unit": "TN",
        "node": "exports",
        "mark": (tenant.organization or alliance.amina.organization).mark,
        "number": 1,
        "file": (tenant.evidence or alliance.amina.evidence).pk,
        "share": 1,
        "content_hash": tenant.assessment.edition.content_hash,
    }
    place = re.split(r"[<{]pk[>}]", pattern)[0].rstrip("/").rpartition("/")[2]
    answered = bool(re.search(r"[<{]pk[>}]/(?:goals|submit|save|answers|<factor>)", pattern))
    stored = {"consents": (tenant.consent or alliance.amina.consent), "mandates": alliance.mandate}
    colleague = tenant.colleague or alliance.amina.colleague
    stored |= {"c": colleague, "colleagues": colleague}
    stored |= {"tokens": alliance.token, "keys": alliance.amina.account}
    panellist = tenant.panellist or alliance.amina.panellist
    # results are of the published panel; everything else about panels of the one whose first round is open
    stored |= {"p": panellist, "panels": alliance.panel if _tells_result(pattern) else panellist.panel}
    meeting = tenant.meeting or alliance.amina.meeting
    stored |= {"meetings": meeting}
    values["place"] = meeting.attendances.get().pk
    stored |= {"commitments": alliance.consulted.commitment} | alliance.consulted.rows
    validation = tenant.validation or alliance.amina.validation
    competent = validation.assessor.person
    stored |= {"validations": validation, "queue": validation}
    stored |= {"person": competent, "record": competent.competences.get()}
    values["pk"] = stored.get(place, tenant.draft if answered else tenant.assessment).pk
    return values


def _slug(pattern: str) -> str:
    """Return what an address names by a word: a conversation, a consultation, or a record."""
    if "/deliberation/talk/" in pattern or "/deliberation/conversations/" in pattern:
        return consulted.TALK
    return consulted.SLUG if "/deliberation/" in pattern else "tn-raidet"


def _tells_result(pattern: str) -> bool:
    return "/result" in pattern or pattern.startswith("/api/")


def visit_and_undo(browser: Client, visit: Visit, address: str) -> Any:
    """Visit an address, undo what the visit changed in database and browser, and return the response."""
    cache.clear()  # rate limits have tests of their own
    browser.raise_request_exception = False
    cookies = dict(browser.cookies)
    body = BODIES.get(" ".join(visit))
    sent, kind = ("", "application/x-www-form-urlencoded") if body is None else (json.dumps(body), "application/json")
    with transaction.atomic():
        response = browser.generic(visit[0], address, sent, content_type=kind)
        transaction.set_rollback(True)
    browser.cookies = SimpleCookie(cookies)
    return response

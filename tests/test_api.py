"""The API under fire: whatever a program sends, no route breaks, and every refusal has the one shape."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.people import enterprise, signed_in

pytestmark = [pytest.mark.page, pytest.mark.once]

SCHEMA = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]

BOUNDED = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much, HealthCheck.too_slow],
)

every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)


def send(case: Any, session: str = "") -> Any:
    """Send a case to the site inside this process, as a visitor or with a session."""
    cache.clear()  # rate limits have tests of their own
    cookies = {"sessionid": session} if session else None
    return case.call(cookies=cookies, headers={"Accept-Encoding": "identity"})


def check(response: Any) -> None:
    """Accept any answer but a broken one; a refusal has a code, a sentence and a place."""
    assert response.status_code < 500, response.content
    if response.status_code < 400:
        return
    body = response.json()
    assert set(body) == {"error"}, body
    assert set(body["error"]) == {"code", "message", "where"}, body
    assert body["error"]["code"], body
    assert body["error"]["message"].endswith("."), body


@pytest.fixture
def one_connection():
    """Keep the test's own connection open over requests that come through WSGI, as Django's test client does."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def amina(db, one_connection) -> Any:
    """Amina with her bakery, and her session in a browser."""
    tenant = enterprise("amina", "Amina", country="CV", sector="10")
    return signed_in(tenant.account)


@every_operation
def test_no_route_breaks_whatever_fits_the_description(amina, operation):
    """Each request is sent by a visitor and by Amina, who may reach more."""
    session = amina.cookies["sessionid"].value

    @BOUNDED
    @given(data=st.data())
    def fire(data):
        case = data.draw(operation.as_strategy())
        check(send(case))
        check(send(case, session))

    fire()


#: Whatever a person or a broken program may put where a word belongs.
ANYTHING = st.one_of(
    st.text(max_size=30), st.sampled_from(["", "0", "-1", "9" * 40, "NaN", "null", "../..", "%00", "é", "م"])
)


@every_operation
def test_no_route_breaks_when_the_request_fits_nothing(amina, operation):
    """Any text in every place of the address, and bodies that are no JSON."""
    address, method = operation.path, operation.method.upper()
    asked = operation.definition.raw.get("parameters", [])

    @BOUNDED
    @given(data=st.data())
    def fire(data):
        cache.clear()
        drawn = {one["name"]: data.draw(ANYTHING) for one in asked}
        parts = {one["name"]: quote(drawn[one["name"]], safe="") or "-" for one in asked if one["in"] == "path"}
        words = {one["name"]: drawn[one["name"]] for one in asked if one["in"] == "query"}
        response = amina.generic(
            method,
            f"{address.format(**parts)}?{urlencode(words)}",
            data.draw(st.binary(max_size=40)),
            content_type="application/json",
        )
        if "json" in response["Content-Type"]:
            check(response)
        assert response.status_code < 500

    fire()


def test_the_session_is_really_used(amina):
    session = amina.cookies["sessionid"].value
    (me,) = [operation for operation in OPERATIONS if operation.label == "GET /api/v1/members/me"]
    assert send(me.Case()).status_code == 401
    assert send(me.Case(), session).status_code == 200


@pytest.mark.parametrize("address", ["/api/v1/nothing-here", "/api/v1/members/nothing-here"])
def test_an_unknown_address_is_refused_in_the_same_shape(db, client, address):
    response = client.get(address)
    assert response.status_code == 404
    assert set(response.json()["error"]) == {"code", "message", "where"}


def test_a_wrong_method_is_refused(db, client):
    assert client.delete("/api/v1/members/countries").status_code == 405


def test_a_session_alone_changes_nothing(amina):
    """A page of a stranger that makes Amina's browser send something lacks the mark against forged requests."""
    browser = Client(enforce_csrf_checks=True)
    browser.cookies.update(amina.cookies)
    pk = "00000000-0000-0000-0000-000000000000"
    response = browser.delete(f"/api/v1/readiness/assessments/{pk}")
    assert response.status_code == 403
    check(response)

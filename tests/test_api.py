"""The API under fire: whatever a program sends, no route breaks, and every refusal has the one shape."""

from __future__ import annotations

import pytest
import schemathesis
from django.core.cache import cache
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, settings

from tests.people import signed_in

pytestmark = pytest.mark.page

BOUNDED = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much, HealthCheck.too_slow],
)


@pytest.fixture
def described(db):
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


@pytest.fixture
def cookie(alliance) -> str:
    """Amina's session: what she may reach must not break either."""
    return signed_in(alliance.amina.account).cookies["sessionid"].value


schema = schemathesis.pytest.from_fixture("described")


def check(response) -> None:
    assert response.status_code < 500, response.text
    if response.status_code < 400:
        return
    body = response.json()
    assert set(body) == {"error"}, body
    assert set(body["error"]) == {"code", "message", "where"}, body
    assert body["error"]["message"].endswith((".", ")", ";")), body


@schema.parametrize()
@BOUNDED
def test_no_route_breaks_for_a_visitor(case):
    cache.clear()
    check(case.call())


@schema.parametrize()
@BOUNDED
def test_no_route_breaks_for_a_member(case, cookie):
    cache.clear()
    check(case.call(cookies={"sessionid": cookie}))

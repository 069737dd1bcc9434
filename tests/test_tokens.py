"""Amina's program works with a token: within its scopes, until its last day, never on her account."""

from __future__ import annotations

import logging
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from minga.members import selectors, services
from minga.members.engine.errors import MembersError
from minga.members.models import ApiToken, AuditAct
from minga.site.api import api
from minga.web import rooms
from scripts.routes import api_routes
from tests.people import enterprise, give_app

pytestmark = [pytest.mark.django_db, pytest.mark.page]


@pytest.fixture
def amina(db):
    return services.create_account(email="amina@bakery.example", password="bread-and-salt-7", name="Amina").person


@pytest.fixture
def chloe(db):
    return services.create_account(email="chloe@bakery.example", password="bread-and-salt-8", name="Chloé").person


@pytest.fixture
def bao(db):
    return services.createadmin(email="bao@alliance.example", password="tea-and-rice-99", name="Bao").person


@pytest.fixture
def signed_in(client):
    def sign_in(person):
        client.force_login(person.account, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


ME = "/api/v1/members/me"


def in_days(days):
    return timezone.localdate() + timedelta(days=days)


def token_for(person, *scopes, days=30):
    return services.make_token(person=person, name="Loader", scopes=list(scopes), expires_on=in_days(days))


def asked(token, address=ME, method="get", **sent):
    return getattr(Client(), method)(address, headers={"Authorization": f"Bearer {token}"}, **sent)


def code_of(response):
    body = response.json()
    assert set(body["error"]) == {"code", "message", "where"}
    return body["error"]["code"]


def test_a_token_is_made_on_a_page_shown_once_and_works(client, amina, signed_in):
    signed_in(amina)
    sent = {"name": "Loader", "scopes": ["members:read"], "days": "90"}
    first = client.post(reverse("members:new_token"), sent)
    assert first.status_code == 302
    assert "/account/reauthenticate/" in first["Location"]
    page = client.post(first["Location"], {"password": "bread-and-salt-7"}, follow=True).content.decode()
    token = re.search(r"<code data-token>(minga_[0-9a-f]{8}_[\w-]{43})</code>", page).group(1)
    listed = client.get(reverse("members:tokens")).content.decode()
    assert token not in listed
    assert token[:14] in listed
    assert "never" in listed
    assert asked(token).json()["email"] == "amina@bakery.example"
    assert ApiToken.objects.get().last_used_on == timezone.localdate()
    assert ApiToken.objects.get().expires_on == in_days(90)


def test_only_a_hash_is_stored_and_nothing_of_it_reaches_trail_or_log(amina, caplog):
    with caplog.at_level(logging.DEBUG):
        token = token_for(amina, "members:read")
        asked(token)
        asked(token + "x")
    stored = ApiToken.objects.values().get()
    assert token not in str(stored)
    assert token not in caplog.text
    act = AuditAct.objects.get(act="api_token.created")
    assert (act.actor, act.on, act.reason) == (amina.reference, f"token:{stored['prefix']}", "members:read")
    assert token[-40:] not in str(AuditAct.objects.values())


def test_a_token_without_the_scope_is_refused_and_named_the_scope(amina):
    refused = asked(token_for(amina, "knowledge:read"))
    assert refused.status_code == 403
    assert code_of(refused) == "scope_missing"
    assert "members:read" in refused.json()["error"]["message"]


def test_reading_is_not_changing(db):
    tenant = enterprise("amina", "Amina", country="CV", sector="10")
    address = f"/api/v1/readiness/assessments/{tenant.draft.pk}"
    reads = token_for(tenant.person, "readiness:read")
    assert asked(reads, address).status_code == 200
    assert code_of(asked(reads, address, "delete")) == "scope_missing"
    writes = token_for(tenant.person, "readiness:write")
    assert code_of(asked(writes, address)) == "scope_missing"
    answers = {"answers": [{"item": "INT1", "value": "3"}]}
    saved = asked(writes, f"{address}/answers", "patch", data=answers, content_type="application/json")
    assert saved.json()["outcomes"][0]["outcome"] in {"saved", "conflict"}
    assert asked(writes, address, "delete").status_code == 204


def test_a_token_opens_no_more_than_its_holder_may(db, amina):
    tenant = enterprise("khadija", "Khadija", country="TN", sector="29")
    stranger = token_for(amina, "readiness:read")
    assert asked(stranger, f"/api/v1/readiness/assessments/{tenant.assessment.pk}").status_code == 404


@pytest.mark.parametrize("token", ["", "minga_00000000_x", "é", "a b", "x" * 5000])
def test_an_unknown_token_is_refused_also_where_everyone_may_read(token, amina):
    for address in (ME, "/api/v1/members/countries"):
        response = Client().get(address, headers={"Authorization": f"Bearer {token}".encode().decode("latin-1")})
        assert response.status_code == 401
        assert code_of(response) == "token_unknown"


def test_a_token_ends_on_its_day_when_revoked_and_when_its_holder_is_gone(client, amina, signed_in):
    over, revoked, closed = (token_for(amina, "members:read") for _one in range(3))
    ApiToken.objects.filter(prefix=over[:14]).update(expires_on=in_days(-1))
    assert asked(over).status_code == 401
    pk = ApiToken.objects.get(prefix=revoked[:14]).pk
    signed_in(amina).post(reverse("members:revoke_token", args=[pk]))
    assert asked(revoked).status_code == 401
    assert AuditAct.objects.filter(act="api_token.revoked", actor=amina.reference).count() == 1
    assert asked(closed).status_code == 200
    amina.account.is_active = False
    amina.account.save()
    assert asked(closed).status_code == 401


def test_nobody_revokes_the_token_of_another(client, amina, chloe, signed_in):
    token_for(amina, "members:read")
    address = reverse("members:revoke_token", args=[ApiToken.objects.get().pk])
    assert signed_in(chloe).post(address).status_code == 404
    assert ApiToken.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", ["me", "edit_me", "export_me", "erase_me", "tokens", "new_token"])
def test_a_token_opens_no_page(amina, name, method):
    response = asked(token_for(amina, "members:read"), reverse(f"members:{name}"), method)
    assert response.status_code in {302, 405}
    if response.status_code == 302:
        assert "/account/login/" in response["Location"]


def test_a_token_needs_no_seal_and_a_session_still_does(amina):
    browser = Client(enforce_csrf_checks=True)
    address = "/api/v1/readiness/assessments/00000000-0000-0000-0000-000000000000"
    token = token_for(amina, "readiness:write")
    assert browser.delete(address, headers={"Authorization": f"Bearer {token}"}).status_code == 404
    browser.force_login(amina.account, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert browser.delete(address).status_code == 403


def test_the_secretariat_acts_through_a_token_only_if_it_says_so(bao):
    bao.account.token_scopes = frozenset({"members:read"})
    assert not selectors.is_secretariat(bao.account)
    assert not bao.account.has_perm("members.view_trail")
    bao.account.token_scopes = frozenset({"members:read", "admin"})
    assert selectors.is_secretariat(bao.account)


def test_only_the_secretariat_may_allow_acts_of_the_secretariat(amina, bao):
    assert "admin" in services.allowed_scopes(bao)
    with pytest.raises(MembersError, match="allowed admin"):
        token_for(amina, "admin")


@pytest.mark.bare_roles
def test_without_a_second_step_there_is_no_admin_scope_and_no_use_of_a_token(bao):
    assert "admin" not in services.allowed_scopes(bao)
    refused = asked(token_for(bao, "members:read"))
    assert refused.status_code == 403
    assert code_of(refused) == "second_step_first"


@pytest.mark.parametrize("days", [0, -1, 366])
def test_a_token_lasts_a_year_at_most(amina, days):
    with pytest.raises(MembersError, match="within 365 days"):
        token_for(amina, "members:read", days=days)


def test_a_token_for_nothing_is_refused(amina):
    with pytest.raises(MembersError, match="allowed nothing"):
        token_for(amina)


def test_ended_tokens_are_deleted_after_a_month_and_erasure_takes_all(amina):
    for days in (-31, -29, 5):
        token_for(amina, "members:read")
        ApiToken.objects.filter(expires_on=in_days(30)).update(expires_on=in_days(days))
    assert services.delete_ended_tokens() == 1
    assert len(services.export_own(amina)["api_tokens"]) == 2
    services.erase_person(amina)
    assert not ApiToken.objects.exists()


def test_a_reset_second_step_takes_the_tokens_along(amina):
    give_app(amina.account)
    token = token_for(amina, "members:read")
    services.reset_second_factor(account=amina.account, reason="stolen")
    assert asked(token).status_code == 401


def test_wrong_tokens_are_counted(settings, db):
    settings.RATE_LIMITS = True
    codes = [code_of(asked("minga_wrong")) for _try in range(61)]
    assert codes[:60] == ["token_unknown"] * 60
    assert codes[60] == "too_many"


def test_every_route_names_a_scope_that_its_room_declares():
    declared = {scope.code for scope in rooms.scopes()}
    found = api_routes(api.get_openapi_schema())
    assert len(found) > 15
    for method, address, operation in found:
        assert operation["x-scope"] in declared, f"{method} {address}"
        assert {"ApiToken": [operation["x-scope"]]} in operation["security"], f"{method} {address}"


def test_every_declared_scope_opens_something():
    used = {operation["x-scope"] for _method, _address, operation in api_routes(api.get_openapi_schema())}
    assert {scope.code for scope in rooms.scopes()} == used

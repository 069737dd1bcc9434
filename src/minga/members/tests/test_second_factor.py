"""Bao of the secretariat needs a second step, Amina may have one; codes count once; what is lost is reset on record."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.urls import reverse
from typer.testing import CliRunner

from minga.members import second_factor, selectors, services
from minga.members.cli import app
from minga.members.engine.errors import MembersError
from minga.members.models import AuditAct
from tests.people import APP_SECRET, code_now, give_app

pytestmark = [pytest.mark.django_db, pytest.mark.page]

PASSWORD = "tea-and-rice-99"
INDEX = "/en/account/second-step/"
SET_UP = f"{INDEX}totp/activate/"


def sign_in(client, email="bao@alliance.example", password=PASSWORD):
    return client.post("/en/account/login/", {"login": email, "password": password}, follow=True)


def set_up(client, password=PASSWORD):
    """Set up an app the way a person does; return the secret it holds."""
    page = client.get(SET_UP, follow=True)
    if "Type your password" in page.content.decode():
        page = client.post(page.redirect_chain[-1][0], {"password": password}, follow=True)
    secret = re.search(r'class="code secret">([A-Z2-7 ]+)<', page.content.decode()).group(1).replace(" ", "")
    client.post(SET_UP, {"code": code_now(secret)}, follow=True)
    return secret


# ---------------------------------------------------------------- demanded
@pytest.mark.bare_roles
def test_the_secretariat_is_led_to_set_up_a_second_step_and_then_let_in(client, bao, bakery):
    page = sign_in(client)
    assert page.redirect_chain[-1][0] == INDEX
    assert "Your role needs a second step" in page.content.decode()
    assert client.get(reverse("members:roles")).headers["Location"] == INDEX
    assert not bao.account.has_perm("members.view_trail")
    set_up(client)
    assert bao.account.has_perm("members.view_trail")
    assert client.get(reverse("members:roles")).status_code == 200
    assert "Your role needs" not in client.get(INDEX).content.decode()


@pytest.mark.bare_roles
@pytest.mark.parametrize(
    ("address", "seen"),
    [
        ("/en/", 200),
        ("/en/members/privacy/", 200),
        ("/en/members/me/", 302),
        ("/en/members/trail/", 302),
        ("/en/account/login/", 302),
        ("/en/account/email/", 302),
        ("/en/account/password/change/", 302),
    ],
)
def test_until_then_only_what_is_open_to_everyone_is_shown(client, bao, signed_in, address, seen):
    response = signed_in(bao).get(address)
    assert response.status_code == seen
    if seen == 302:
        assert response["Location"] == INDEX
    assert "bao@alliance.example" not in response.content.decode()


@pytest.mark.bare_roles
def test_until_then_an_organization_that_is_not_listed_is_not_there(client, bao, bakery, signed_in):
    assert signed_in(bao).get(reverse("members:organization", args=[bakery.mark])).status_code == 404


@pytest.mark.bare_roles
def test_until_then_the_api_says_what_is_missing(client, bao, signed_in):
    refused = signed_in(bao).get("/api/v1/members/me")
    assert refused.status_code == 403
    assert refused.json()["error"]["code"] == "second_step_first"


@pytest.mark.bare_roles
def test_until_then_one_may_sign_out(client, bao, signed_in):
    signed_in(bao).post("/en/account/logout/")
    assert "_auth_user_id" not in client.session


@pytest.mark.bare_roles
def test_an_assessor_needs_one_an_owner_does_not(amina, chloe, bakery):
    services.grant_mandate(person=chloe, role="assessor", organization=bakery)
    assert selectors.second_factor_due(chloe.account)
    assert not selectors.has_role(chloe.account, "assessor")
    assert "assessor" not in selectors.roles_of(chloe)
    assert not selectors.second_factor_due(amina.account)
    assert selectors.has_role(amina.account, "owner", bakery)
    give_app(chloe.account)
    assert selectors.has_role(chloe.account, "assessor", bakery)
    assert selectors.roles_of(chloe) == {"assessor"}


@pytest.mark.bare_roles
def test_recovery_codes_alone_are_no_second_step(bao):
    Authenticator.objects.create(user=bao.account, type="recovery_codes", data={})
    assert selectors.second_factor_due(bao.account)


@pytest.mark.bare_roles
def test_who_may_do_everything_by_djangos_own_flag_needs_one_too(amina):
    amina.account.is_superuser = True
    assert selectors.second_factor_due(amina.account)


@pytest.mark.bare_roles
def test_a_role_that_is_over_demands_nothing(bao):
    bao.mandates.update(starts_on="2020-01-01", ends_on="2020-12-31")
    assert not selectors.second_factor_due(bao.account)


@pytest.mark.bare_roles
def test_sample_sites_do_without_and_a_setting_can_ask_everybody(settings, amina, bao):
    settings.SECOND_FACTOR = "all"
    assert selectors.second_factor_due(amina.account)
    settings.SAMPLE = True
    assert not selectors.second_factor_due(bao.account)
    assert selectors.is_secretariat(bao.account)


# ---------------------------------------------------------------- signing in
@pytest.fixture
def with_app(amina):
    give_app(amina.account)
    return amina


def to_second_step(client):
    page = client.post(
        "/en/account/login/", {"login": "amina@bakery.example", "password": "bread-and-salt-7"}, follow=True
    )
    assert page.redirect_chain[-1][0] == f"{INDEX}authenticate/"
    assert "_auth_user_id" not in client.session
    return page


def test_signing_in_takes_the_code_from_the_app(client, with_app):
    to_second_step(client)
    wrong = client.post(f"{INDEX}authenticate/", {"code": "000000"})
    assert "This did not fit." in wrong.content.decode()
    client.post(f"{INDEX}authenticate/", {"code": code_now(APP_SECRET)})
    assert "_auth_user_id" in client.session


@pytest.mark.parametrize("steps", [-1, 1])
def test_a_clock_may_be_half_a_minute_off_but_not_more(client, with_app, steps):
    to_second_step(client)
    client.post(f"{INDEX}authenticate/", {"code": code_now(APP_SECRET, steps * 2)})
    assert "_auth_user_id" not in client.session
    client.post(f"{INDEX}authenticate/", {"code": code_now(APP_SECRET, steps)})
    assert "_auth_user_id" in client.session


def test_a_code_that_was_used_is_refused_while_it_would_still_fit(client, with_app):
    code = code_now(APP_SECRET)
    to_second_step(client)
    client.post(f"{INDEX}authenticate/", {"code": code})
    client.logout()
    to_second_step(client)
    again = client.post(f"{INDEX}authenticate/", {"code": f"{code[:3]} {code[3:]}"})
    assert "This did not fit." in again.content.decode()
    assert "_auth_user_id" not in client.session


def test_the_code_that_set_the_app_up_does_not_sign_in(client, amina):
    client.post("/en/account/login/", {"login": "amina@bakery.example", "password": "bread-and-salt-7"})
    secret = set_up(client, "bread-and-salt-7")
    client.logout()
    to_second_step(client)
    client.post(f"{INDEX}authenticate/", {"code": code_now(secret)})
    assert "_auth_user_id" not in client.session


def test_guesses_are_counted_and_then_even_the_right_code_waits(client, with_app, settings):
    settings.RATE_LIMITS, settings.ACCOUNT_RATE_LIMITS = True, {}
    to_second_step(client)
    for guess in range(6):
        page = client.post(f"{INDEX}authenticate/", {"code": f"00000{guess}"})
    assert "too many attempts" in page.content.decode()
    client.post(f"{INDEX}authenticate/", {"code": code_now(APP_SECRET)})
    assert "_auth_user_id" not in client.session


def test_recovery_codes_open_once_each_and_can_be_printed_and_downloaded(client, amina):
    client.post("/en/account/login/", {"login": "amina@bakery.example", "password": "bread-and-salt-7"})
    set_up(client, "bread-and-salt-7")
    shown = client.get(f"{INDEX}recovery-codes/").content.decode()
    codes = [code.replace(" ", "") for code in re.findall(r'class="code">([\d ]+)<', shown)]
    assert len(codes) == 10
    told = client.get(f"{INDEX}recovery-codes/download/")
    assert told["Content-Type"].startswith("text/plain")
    assert all(code in told.content.decode() for code in codes)
    for expected in (True, False):
        client.logout()
        to_second_step(client)
        client.post(f"{INDEX}authenticate/", {"code": codes[0]})
        assert ("_auth_user_id" in client.session) is expected


def test_new_recovery_codes_replace_the_old(client, amina):
    client.post("/en/account/login/", {"login": "amina@bakery.example", "password": "bread-and-salt-7"})
    set_up(client, "bread-and-salt-7")
    before = set(re.findall(r'class="code">([\d ]+)<', client.get(f"{INDEX}recovery-codes/").content.decode()))
    client.post(f"{INDEX}recovery-codes/generate/")
    after = set(re.findall(r'class="code">([\d ]+)<', client.get(f"{INDEX}recovery-codes/").content.decode()))
    assert len(after) == 10
    assert not before & after


def test_secrets_lie_encrypted_and_another_key_opens_nothing(client, with_app, settings):
    stored = Authenticator.objects.get(type="totp")
    assert APP_SECRET not in str(stored.data)
    settings.SECRET_KEY = "another-key-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789"
    assert not stored.wrap().validate_code(code_now(APP_SECRET))
    assert second_factor.unreadable() == 1
    settings.SECRET_KEY_FALLBACKS = ["only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789"]
    assert stored.wrap().validate_code(code_now(APP_SECRET))
    assert second_factor.unreadable() == 0


def test_the_picture_stands_in_the_page_and_holds_nothing_else(client, amina, signed_in):
    signed_in(amina)
    client.post("/en/account/reauthenticate/", {"password": "bread-and-salt-7"})
    page = client.get(SET_UP).content.decode()
    assert re.search(r'<div class="qr" role="img" aria-label="[^"]+"><svg version="1.1" viewBox="[^"]+"', page)
    assert "otpauth://totp/amina%40bakery.example?secret=" in page
    assert "issuer=Minga" in page


# ---------------------------------------------------------------- what must not follow
@pytest.mark.django_db(transaction=True)
def test_sign_ins_from_before_the_second_step_end_with_it(client, amina):
    thief = Client()
    for browser in (thief, client):
        browser.post("/en/account/login/", {"login": "amina@bakery.example", "password": "bread-and-salt-7"})
    assert thief.get(reverse("members:me")).status_code == 200
    set_up(client, "bread-and-salt-7")
    assert client.get(reverse("members:me")).status_code == 200
    assert thief.get(reverse("members:me")).status_code == 302
    assert "Your app with codes is set up" in [message.subject for message in mail.outbox]


_KEY = '"id": "YQ", "rawId": "YQ", "type": "public-key"'


@pytest.mark.parametrize(
    "credential",
    [
        *("", "x", "null", "[]", '"x"', "{}", '{"id": "a"}', f'{{{_KEY}, "response": {{}}}}'),
        '{"id": 1, "rawId": null, "type": [], "response": {"clientDataJSON": "YQ", "attestationObject": "YQ"}}',
        f'{{{_KEY}, "response": {{"clientDataJSON": "YQ", "attestationObject": "YQ"}}}}',
        f'{{{_KEY}, "response": {{"clientDataJSON": "YQ", "authenticatorData": "YQ", "signature": "YQ"}}}}',
    ],
)
def test_rubbish_for_a_passkey_is_refused_everywhere(client, amina, signed_in, credential):
    sent = {"credential": credential, "name": "Phone"}
    assert client.post(f"{INDEX}webauthn/login/", sent).status_code in {200, 302}
    signed_in(amina)
    client.post("/en/account/reauthenticate/", {"password": "bread-and-salt-7"})
    client.get(f"{INDEX}webauthn/add/")
    assert client.post(f"{INDEX}webauthn/add/", sent).status_code == 200
    assert not Authenticator.objects.exists()


# ---------------------------------------------------------------- lost
def test_the_secretariat_takes_a_lost_second_step_away_on_record_and_by_mail(
    client, amina, bao, signed_in, django_capture_on_commit_callbacks
):
    give_app(amina.account)
    assert signed_in(amina).get(reverse("members:reset_second_factor")).status_code == 403
    hers = Client()
    hers.force_login(amina.account, backend="allauth.account.auth_backends.AuthenticationBackend")
    with django_capture_on_commit_callbacks(execute=True):
        done = signed_in(bao).post(
            reverse("members:reset_second_factor"), {"email": "Amina@bakery.example", "reason": "lost"}, follow=True
        )
    assert "The second step is taken away" in done.content.decode()
    assert not selectors.has_second_factor(amina.account)
    assert hers.get(reverse("members:me")).status_code == 302
    act = AuditAct.objects.get(act="second_factor.reset")
    assert (act.actor, act.on, act.reason) == (bao.reference, amina.reference, "lost")
    assert mail.outbox[-1].to == ["amina@bakery.example"]
    assert mail.outbox[-1].subject == "Your second step was taken away"


@pytest.mark.parametrize("email", ["nobody@bakery.example", "amina@bakery.example", "bao@alliance.example"])
def test_what_cannot_be_reset_is_said_and_nothing_happens(client, amina, bao, signed_in, email):
    page = signed_in(bao).post(reverse("members:reset_second_factor"), {"email": email, "reason": "lost"})
    assert "There is nothing to reset" in page.content.decode()
    assert selectors.has_second_factor(bao.account)
    assert not AuditAct.objects.filter(act="second_factor.reset").exists()


def test_the_command_resets_as_well(amina):
    give_app(amina.account)
    done = CliRunner().invoke(app, ["reset-second-factor", "amina@bakery.example", "--reason", "stolen"])
    assert done.exit_code == 0, done.output
    assert "1" in done.output
    assert not selectors.has_second_factor(amina.account)
    refused = CliRunner().invoke(app, ["reset-second-factor", "amina@bakery.example", "--reason", "stolen"])
    assert refused.exit_code == 1
    assert "no second step" in refused.output


def test_a_reason_is_one_of_few_words(amina):
    with pytest.raises(MembersError, match=r"no reason 'bored'.*lost, stolen, broken"):
        services.reset_second_factor(account=amina.account, reason="bored")


# ---------------------------------------------------------------- the person's own
def test_export_tells_of_ways_in_without_a_secret_and_erasure_takes_them(amina):
    give_app(amina.account)
    told = services.export_own(amina)
    assert told["second_step"][0]["kind"] == "totp"
    assert APP_SECRET not in str(told)
    assert Authenticator.objects.get().data["secret"] not in str(told)
    services.erase_person(amina)
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(
    "path",
    ["", "totp/activate/", "totp/deactivate/", "recovery-codes/", "recovery-codes/generate/", "webauthn/",
     "webauthn/add/", "reauthenticate/"],
)  # fmt: skip
def test_every_page_stands_in_the_frame_of_the_house(client, with_app, signed_in, path, language):
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    RecoveryCodes.activate(with_app.account)
    signed_in(with_app)
    client.post("/en/account/reauthenticate/", {"password": "bread-and-salt-7"})
    page = client.get(f"/{language}/account/second-step/{path}", follow=True)
    content = page.content.decode()
    assert page.status_code == 200
    assert content.count("<h1") == 1
    assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in content
    assert "no-store" in page["Cache-Control"]

"""Sign-in through a provider, over real HTTP: new people, known people, and everything that must not be believed."""

from __future__ import annotations

import html
import re

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core import mail
from django.test import Client
from django.urls import reverse

from minga.members import services
from minga.members.models import Account, Person
from minga.site import env
from tests import provider as fake
from tests.people import give_app

pytestmark = [pytest.mark.django_db, pytest.mark.page, pytest.mark.once]

VERIFIED = {"email": "amina@bakery.example", "email_verified": True, "name": "Amina"}


@pytest.fixture
def provider(settings):
    with fake.served() as served:
        app = env.oidc_settings(served.address, fake.CLIENT, fake.SECRET, "Alliance ID")
        known = dict(settings.SOCIALACCOUNT_PROVIDERS["openid_connect"], APPS=[app])
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": known}
        served.claims = dict(VERIFIED)
        yield served


@pytest.fixture
def amina(db):
    return services.create_account(email="amina@bakery.example", password="bread-and-salt-7", name="Amina").person


def leave(client, language="en", **sent):
    """Press the button; return the address that the page leads on to."""
    page = client.post(f"/{language}/account/provider/sign-in/", sent)
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page.content.decode())
    return html.unescape(found.group(1)) if found else ""


def come_back(client, provider, language="en", **sent):
    address = leave(client, language, **sent)
    return client.get(provider.authorize(address).replace("http://testserver", ""), follow=True)


def is_signed_in(client):
    return "_auth_user_id" in client.session


# ---------------------------------------------------------------- the way there
def test_the_button_stands_on_the_page_only_where_a_provider_is_set(client, db):
    assert "Sign in through" not in client.get("/en/account/login/").content.decode()


def test_without_a_provider_none_of_its_pages_is_there(client, db):
    for part in ("", "sign-in/", "sign-up/", "cancelled/", "error/"):
        assert client.post(f"/en/account/provider/{part}").status_code == 404
    assert client.get("/account/provider/callback/").status_code == 404


def test_the_way_there_is_a_page_and_the_policy_stays_closed(client, provider):
    assert "Sign in through Alliance ID" in client.get("/en/account/login/").content.decode()
    page = client.post("/en/account/provider/sign-in/")
    assert page.status_code == 200
    assert "form-action 'self'" in page["Content-Security-Policy"]
    assert provider.address not in page["Content-Security-Policy"]
    assert client.get("/en/account/provider/sign-in/").status_code == 405


def test_the_provider_is_told_one_address_without_a_language(client, provider):
    assert "redirect_uri=http%3A%2F%2Ftestserver%2Faccount%2Fprovider%2Fcallback%2F&" in leave(client, "ar")


# ---------------------------------------------------------------- who comes back
def test_a_new_person_gets_an_account_with_a_confirmed_address_in_the_language_they_left_in(client, provider):
    page = come_back(client, provider, "ar")
    assert page.redirect_chain[-1][0] == "/ar/members/me/"
    account = Account.objects.get()
    assert account.email == "amina@bakery.example"
    assert not account.has_usable_password()
    assert EmailAddress.objects.get().verified
    assert Person.objects.get().account == account
    assert SocialAccount.objects.get().extra_data == {}
    assert not mail.outbox


def test_the_same_person_comes_back_to_the_same_account_even_under_another_address(client, provider):
    come_back(client, provider)
    client.logout()
    provider.claims["email"] = "owner@bakery.example"
    come_back(client, provider)
    assert is_signed_in(client)
    assert Account.objects.count() == 1


def test_one_is_led_to_the_page_one_came_for_and_never_to_another_site(client, provider, amina):
    page = come_back(client, provider, next="/en/members/join/")
    assert page.redirect_chain[-1][0] == "/en/members/join/"
    client.logout()
    page = come_back(client, provider, next="https://elsewhere.example/")
    assert page.redirect_chain[-1][0] == "/en/members/me/"


def test_an_account_with_the_same_confirmed_address_is_connected_and_its_holder_told(client, provider, amina):
    come_back(client, provider)
    assert int(client.session["_auth_user_id"]) == amina.account.pk
    assert amina.account.has_usable_password()
    assert SocialAccount.objects.get().user == amina.account
    assert mail.outbox[-1].subject == "Your account was connected"
    told = services.export_own(amina)["sign_in_provider"]
    assert told[0]["number"] == "7"
    services.erase_person(amina)
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("verified", [False, None, "false", "yes", 0])
def test_an_address_that_the_provider_did_not_confirm_opens_no_account(client, provider, amina, verified):
    provider.claims["email_verified"] = verified
    come_back(client, provider)
    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()


def test_an_address_that_was_never_confirmed_here_is_nobodys(client, provider, amina):
    """Somebody signed up with Amina's address before her and knows the password."""
    EmailAddress.objects.update(verified=False)
    come_back(client, provider)
    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()


def test_an_account_with_a_second_step_is_not_opened_by_an_address(client, provider, amina):
    give_app(amina.account)
    page = come_back(client, provider)
    assert page.redirect_chain[-1][0] == "/en/account/login/"
    assert "protected by more than its address" in page.content.decode()
    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()


@pytest.mark.bare_roles
@pytest.mark.parametrize("role", ["secretariat", "assessor"])
def test_neither_is_one_of_the_secretariat_or_an_assessor(client, provider, amina, role):
    services.grant_in_alliance(person=amina, role=role)
    come_back(client, provider)
    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()


def test_who_proves_it_connects_it_and_is_still_asked_for_the_second_step(client, provider, amina):
    give_app(amina.account)
    client.force_login(amina.account, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = come_back(client, provider, process="connect", next="/en/account/provider/")
    assert page.redirect_chain[-1][0].startswith("/en/account/reauthenticate/")
    page = client.post(page.redirect_chain[-1][0], {"password": "bread-and-salt-7"}, follow=True)
    assert "You can sign in through Alliance ID" in page.content.decode()
    other = Client()
    page = come_back(other, provider)
    assert page.redirect_chain[-1][0] == "/en/account/second-step/authenticate/"
    assert not is_signed_in(other)


def test_an_account_is_parted_from_the_provider_only_while_another_way_in_is_left(client, provider):
    come_back(client, provider)
    pk = SocialAccount.objects.get().pk
    page = client.post("/en/account/provider/", {"account": pk})
    assert "Set a password first" in page.content.decode()
    account = Account.objects.get()
    account.set_password("three unrelated words")
    account.save()
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.post("/en/account/reauthenticate/", {"password": "three unrelated words"})
    client.post("/en/account/provider/", {"account": pk})
    assert not SocialAccount.objects.exists()


def test_who_has_no_password_erases_the_account_by_typing_its_address(client, provider):
    come_back(client, provider)
    page = client.get(reverse("members:erase_me")).content.decode()
    assert 'name="password"' not in page
    wrong = client.post(reverse("members:erase_me"), {"understood": "on", "email": "other@bakery.example"})
    assert "Nothing was erased" in wrong.content.decode()
    client.post(reverse("members:erase_me"), {"understood": "on", "email": "Amina@bakery.example"})
    assert not Account.objects.exists()


def test_where_the_provider_gives_no_address_one_is_asked_for_and_confirmed(client, provider):
    provider.claims, provider.user_page = {}, {"sub": "7"}
    page = come_back(client, provider)
    assert page.redirect_chain[-1][0] == "/en/account/provider/sign-up/"
    client.post("/en/account/provider/sign-up/", {"email": "dina@shop.example"})
    assert not is_signed_in(client)
    assert mail.outbox[-1].to == ["dina@shop.example"]


def test_the_address_may_come_from_the_user_page_of_the_same_person(client, provider):
    provider.claims = {}
    provider.user_page = {"sub": "7", **VERIFIED}
    come_back(client, provider)
    assert is_signed_in(client)
    assert "/userinfo" in provider.asked


# ---------------------------------------------------------------- what is not believed
@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("token", {"iss": "https://elsewhere.example"}),
        ("token", {"aud": "another site"}),
        ("token", {"exp": 1_000_000_000, "iat": 999_999_000}),
        ("token", {"sub": None}),
        ("token", {"exp": None}),
        ("description", {"issuer": "https://elsewhere.example"}),
        ("description", {"token_endpoint": "http://elsewhere.example/token"}),
        ("description", {"jwks_uri": "file:///etc/passwd"}),
        ("description", {"authorization_endpoint": "javascript:alert(1)"}),
    ],
)
def test_what_the_provider_says_wrongly_signs_nobody_in(client, provider, part, value):
    address = leave(client) if part == "token" else ""
    setattr(provider, part, value)
    if part == "token":
        page = client.get(provider.authorize(address).replace("http://testserver", ""))
    else:
        page = client.post("/en/account/provider/sign-in/")
    assert "its answer could not be believed" in page.content.decode()
    assert not is_signed_in(client)
    assert not Account.objects.exists()


def test_a_forged_signature_signs_nobody_in(client, provider):
    provider.signing_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    come_back(client, provider)
    assert not Account.objects.exists()


@pytest.mark.parametrize(("algorithm", "key"), [("none", None), ("HS256", "x" * 64)])
def test_a_token_that_anybody_could_have_written_signs_nobody_in(client, provider, algorithm, key):
    provider.algorithm, provider.signing_key, provider.signs = algorithm, key, False
    come_back(client, provider)
    assert "/keys" in provider.asked
    assert not Account.objects.exists()


def test_a_user_page_of_somebody_else_is_not_believed(client, provider):
    provider.claims = {}
    provider.user_page = {"sub": "8", **VERIFIED}
    come_back(client, provider)
    assert not Account.objects.exists()


def test_an_answer_that_this_browser_did_not_ask_for_signs_nobody_in(client, provider):
    address = provider.authorize(leave(client)).replace("http://testserver", "")
    stranger = Client()
    stranger.get(address)
    assert not is_signed_in(stranger)
    assert not Account.objects.exists()


def test_an_answer_counts_once(client, provider):
    address = provider.authorize(leave(client)).replace("http://testserver", "")
    client.get(address)
    assert is_signed_in(client)
    client.logout()
    client.get(address)
    assert not is_signed_in(client)


def test_a_provider_that_is_down_is_said_in_words(client, provider):
    provider.is_down = True
    page = client.post("/en/account/provider/sign-in/")
    assert page.status_code < 500
    assert "Alliance ID did not answer" in page.content.decode()


def test_who_turns_back_at_the_provider_is_told_that_nothing_happened(client, provider):
    state = re.search(r"state=(\w+)", leave(client)).group(1)
    page = client.get("/account/provider/callback/", {"error": "access_denied", "state": state}, follow=True)
    assert "You turned back at the sign-in provider" in page.content.decode()


# ---------------------------------------------------------------- settings
GIVEN = ("https://id.example.org/realms/alliance/", "minga", "secret", "Alliance ID")


def test_none_of_the_settings_means_no_provider_and_all_of_them_one():
    assert env.oidc_settings("", "", "", "") is None
    made = env.oidc_settings(*GIVEN)
    assert made["settings"]["server_url"] == "https://id.example.org/realms/alliance"
    assert made["provider_id"] != env.oidc_settings("https://id.example.net", *GIVEN[1:])["provider_id"]


@pytest.mark.parametrize("missing", range(4))
def test_some_of_the_settings_are_refused_with_the_names_of_those_that_miss(missing):
    names = ["MINGA_OIDC_URL", "MINGA_OIDC_CLIENT_ID", "MINGA_OIDC_SECRET", "MINGA_OIDC_NAME"]
    given = ["" if place == missing else value for place, value in enumerate(GIVEN)]
    with pytest.raises(env.SettingError, match=f"^{names[missing]} is not set.*all four of them, or none"):
        env.oidc_settings(*given)


@pytest.mark.parametrize("url", ["http://id.example.org", "id.example.org", "ftp://id.example.org", "https://"])
def test_the_address_of_a_provider_is_a_safe_one(url):
    with pytest.raises(env.SettingError, match="begins with https"):
        env.oidc_settings(url, *GIVEN[1:])

"""Amina signs up, confirms her address, signs in, forgets her password and sets a new one."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.urls import reverse

from minga.members import services
from minga.members.models import Account, Person

pytestmark = [pytest.mark.django_db, pytest.mark.page]

PASSWORD = "three unrelated words"


def link_in(message) -> str:
    return re.search(r"https?://testserver(\S+)", message.body).group(1)


def sign_up(client, email="amina@bakery.example"):
    return client.post("/en/account/signup/", {"email": email, "password1": PASSWORD}, follow=True)


def sign_in(client, email="amina@bakery.example", password=PASSWORD):
    return client.post("/en/account/login/", {"login": email, "password": password}, follow=True)


def test_amina_signs_up_confirms_and_reaches_her_page(client):
    page = sign_up(client, "Amina@Bakery.example")
    assert "We sent you a message" in page.content.decode()
    account = Account.objects.get()
    assert account.email == "amina@bakery.example"
    assert Person.objects.get().account == account

    assert client.get(reverse("members:me")).status_code == 302
    confirm = link_in(mail.outbox[0])
    assert "Is amina@bakery.example your address?" in client.get(confirm).content.decode()
    client.post(confirm)

    page = sign_in(client)
    assert page.redirect_chain[-1][0] == "/en/members/me/"
    assert "amina@bakery.example" in page.content.decode()


def test_an_unconfirmed_address_does_not_sign_in(client):
    sign_up(client)
    page = sign_in(client)
    assert "Confirm your e-mail address" in page.content.decode()
    assert "_auth_user_id" not in client.session


def test_signing_up_twice_tells_nobody_that_the_address_is_known(client, amina):
    first = sign_up(client, "new@bakery.example").content.decode()
    client.logout()
    second = sign_up(client, "amina@bakery.example").content.decode()
    assert "We sent you a message" in first
    assert "We sent you a message" in second
    assert mail.outbox[-1].subject == "You have an account already"
    assert Account.objects.count() == 2


def test_a_wrong_password_is_said_in_a_whole_sentence(client, amina):
    page = sign_in(client, password="wrong-password")
    assert "Address and password do not fit together." in page.content.decode()


def test_a_weak_password_is_refused(client):
    page = client.post("/en/account/signup/", {"email": "a@b.example", "password1": "12345678"})
    assert page.status_code == 200
    assert not Account.objects.exists()
    assert "at least 10 characters" in page.content.decode()


def test_a_forgotten_password_is_set_anew_by_a_link_that_works_once(client, amina):
    client.post("/en/account/password/reset/", {"email": "amina@bakery.example"})
    link = link_in(mail.outbox[0])
    page = client.get(link, follow=True)
    # The key goes into the session at once, so it does not stand in the address that a referrer would show.
    assert link not in page.redirect_chain[-1][0]
    new = {"password1": "another three words", "password2": "another three words"}
    page = client.post(page.redirect_chain[-1][0], new, follow=True)
    assert "Your new password is saved" in page.content.decode()
    assert "_auth_user_id" in sign_in(client, password="another three words").client.session
    client.logout()
    assert "This link was used already" in client.get(link, follow=True).content.decode()


def test_a_reset_for_an_unknown_address_looks_the_same(client, amina):
    known = client.post("/en/account/password/reset/", {"email": "amina@bakery.example"}, follow=True)
    unknown = client.post("/en/account/password/reset/", {"email": "nobody@bakery.example"}, follow=True)
    assert known.redirect_chain == unknown.redirect_chain
    assert mail.outbox[-1].subject == "There is no account with this address"


def test_sign_in_is_refused_after_too_many_wrong_passwords(client, amina):
    for _ in range(12):
        page = sign_in(client, password="wrong-password")
    assert "too many" in page.content.decode()
    assert "_auth_user_id" not in sign_in(client, password="bread-and-salt-7").client.session


def test_signing_out_needs_a_post_and_ends_the_session(client, amina, signed_in):
    signed_in(amina)
    assert "What you saved stays saved." in client.get("/en/account/logout/").content.decode()
    client.post("/en/account/logout/")
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "path",
    [
        "login", "signup", "logout", "password/reset", "password/reset/done", "confirm-email", "inactive",
        "email", "password/change", "reauthenticate", "confirm-email/no-such-key", "password/reset/key/1-a-b",
        "password/reset/key/done",
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_about_accounts_stands_in_the_frame_of_the_house(client, amina, signed_in, path, language):
    if path in {"logout", "email", "password/change", "reauthenticate"}:
        signed_in(amina)
    page = client.get(f"/{language}/account/{path}/", follow=True)
    content = page.content.decode()
    assert page.status_code == 200
    assert 'id="main"' in content
    assert content.count("<h1") == 1
    assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in content


def test_an_address_is_added_confirmed_made_main_and_the_old_removed(client, amina, signed_in):
    signed_in(amina)
    client.post("/en/account/email/", {"action_add": "", "email": "owner@bakery.example"})
    if not mail.outbox:  # the session is too old for this change
        client.post("/en/account/reauthenticate/", {"password": "bread-and-salt-7"})
        client.post("/en/account/email/", {"action_add": "", "email": "owner@bakery.example"})
    client.post(link_in(mail.outbox[-1]))
    client.post("/en/account/email/", {"action_primary": "", "email": "owner@bakery.example"})
    client.post("/en/account/email/", {"action_remove": "", "email": "amina@bakery.example"})
    amina.account.refresh_from_db()
    assert amina.account.email == "owner@bakery.example"
    assert "amina@bakery.example" not in client.get("/en/account/email/").content.decode()


def test_an_account_made_by_the_secretariat_can_sign_in_at_once(client, db):
    services.create_account(email="Chloe@Bakery.example", password=PASSWORD)
    sign_in(client, "chloe@bakery.example")
    assert "_auth_user_id" in client.session

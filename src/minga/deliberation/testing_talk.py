"""What tests of taking part share: a conversation with statements, the pages, and browsers of members."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import reverse
from django.utils import translation

from minga.deliberation.models import Conversation
from minga.deliberation.testing_conversations import conversation, said
from minga.members import services as members


def talk(slug: str = "ovens", statements: int = 3, **fields: Any) -> Conversation:
    """Make an open conversation with accepted statements of the organizers."""
    made = conversation(slug, **{"title": "How shall bakeries use AI?", "seed": 1} | fields)
    for number in range(statements):
        said(made, f"Ovens should be watched by machine number {number}.")
    return made


def address(name: str, where: Conversation, language: str = "en") -> str:
    """Return the address of a page of a conversation."""
    with translation.override(language):
        return reverse(f"deliberation:{name}", args=[where.slug])


def shown(page: str) -> int | None:
    """Return the number of the statement that a page asks about."""
    found = re.search(r'name="statement" value="(\d+)"', page)
    return int(found.group(1)) if found else None


def mark(page: str) -> str:
    """Return the mark that a page drew for the next act."""
    return re.search(r'name="client" value="([^"]+)"', page).group(1)  # type: ignore[union-attr]


def press(browser: Client, where: Conversation, button: str = "agree", **fields: Any) -> int | None:
    """Open the conversation and press a button; return the number of the statement."""
    page = browser.get(address("conversation", where)).content.decode()
    number = shown(page)
    given = {"statement": number, "client": mark(page), "vote": button} | fields
    response = browser.post(address("vote", where), given)
    assert response.status_code == 302, response.content.decode()
    return number


def signed_in_member(email: str = "amina@bakery.example") -> tuple[Client, Any]:
    """Return a browser in which somebody with an organization is signed in, and the person."""
    account = members.create_account(email=email, password=uuid4().hex, name="Amina")
    person = members.person_for(account)
    members.create_organization(by=person, name="Bakery of Praia", type="sme", country="CV")
    return signed_in(account), person


def signed_in(account: Any) -> Client:
    """Return a browser in which an account is signed in."""
    client = Client()
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client

"""What tests of meetings share: a hearing in Tunis, called by a chamber that Amina owns."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from minga.meetings import services
from minga.meetings.models import Meeting
from minga.members import services as members


def signed_in(email: str) -> tuple[Client, Any, Any]:
    """Return a browser in which a new account is signed in, the account and its person."""
    account = members.create_account(email=email, password=uuid4().hex, name=email.partition("@")[0].title())
    client = Client()
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client, account, members.person_for(account)


def owned_by(person: Any, *, is_listed: bool = True, type: str = "association", name: str = "Chamber of Tunis") -> Any:
    """Set up an organization of a person's."""
    organization = members.create_organization(by=person, name=name, type=type, country="TN")
    if is_listed:
        members.list_in_directory(organization=organization, by=person, listed=True)
    return organization


def called(*, hours: float = 48, state: str = Meeting.State.ANNOUNCED, **fields: Any) -> Meeting:
    """Call a meeting that begins in so many hours (before now: a negative number) and lasts two."""
    starts = timezone.now().replace(second=0, microsecond=0) + timedelta(hours=hours)
    given = {"title": "Hearing on AI in workshops", "starts_at": starts, "ends_at": starts + timedelta(hours=2)}
    meeting = services.call_meeting(**(given | {"time_zone": "Africa/Tunis", "place": "Tunis"} | fields))
    if state != Meeting.State.DRAFT:
        services.announce(meeting=meeting)
    if state == Meeting.State.HELD:
        services.hold(meeting=meeting)
    if state == Meeting.State.CANCELLED:
        services.cancel(meeting=meeting)
    return meeting


def hearing(**fields: Any) -> Meeting:
    """Call a public hearing, to which guests can come."""
    return called(**({"kind": Meeting.Kind.HEARING, "is_public": True} | fields))


def address(name: str, *rest: Any, language: str = "en") -> str:
    """Return the address of a page of meetings."""
    with translation.override(language):
        return reverse(f"meetings:{name}", args=rest)


def text_of(response: HttpResponse) -> str:
    """Return the words of a page without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def sent(host: Any, **fields: str) -> dict[str, str]:
    """Return the form of a public hearing as its host fills it in."""
    given = {
        "kind": "hearing", "title": "Hearing in Tunis", "about": "AI in workshops", "language": "fr", "body": "",
        "organization": str(host.pk), "country": "TN", "place": "Chamber", "online_link": "", "day": "2031-03-05",
        "begins": "09:30", "last_day": "", "ends": "12:00", "time_zone": "Africa/Tunis", "capacity": "",
        "is_public": "on",
    }  # fmt: skip
    return given | fields

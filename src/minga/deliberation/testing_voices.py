"""What tests of answers and drafts share: a consultation in Cabo Verde, and voices without the pages of intake."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import uuid4

from django.test import Client
from django.utils import timezone

from minga.deliberation.models import Consultation, Source, TeamMember, Theme, ThemeLink, Voice
from minga.members import services as members


def consultation(slug: str = "strategy", **fields: Any) -> Consultation:
    """Make an open consultation."""
    given = {"title": "AI for the islands", "state": Consultation.State.OPEN, "country": "CV"} | fields
    return Consultation.objects.create(slug=slug, opened_at=timezone.now(), **given)


def heard(asked: Consultation, text: str, *, may_publish: bool = True, **fields: Any) -> Voice:
    """Take in a letter with one voice; `fields` are those of its source."""
    source = sent(asked, text, may_publish=may_publish, **{"read_at": timezone.now()} | fields)
    return Voice.objects.create(
        consultation=asked, source=source, number=asked.voices.count() + 1, text=text, language=source.language
    )


def sent(asked: Consultation, text: str, **fields: Any) -> Source:
    """Take in a letter without splitting it."""
    given: dict[str, Any] = {"kind": Source.Kind.LETTER, "language": "en", "text_hash": uuid4().hex * 2} | fields
    return Source.objects.create(
        consultation=asked, number=asked.sources.count() + 1, text=text, received_at=timezone.now(), **given
    )


def themed(asked: Consultation, name: str, voices: Iterable[Voice] = ()) -> Theme:
    """Make a theme, and find it in voices."""
    theme = Theme.objects.create(consultation=asked, number=asked.themes.count() + 1, name=name)
    ThemeLink.objects.bulk_create(ThemeLink(voice=voice, theme=theme) for voice in voices)
    return theme


def at_work(asked: Consultation, *tasks: str, email: str = "") -> tuple[Client, Any]:
    """Return a browser in which somebody with these tasks is signed in, and the account."""
    account = members.create_account(email=email or f"{uuid4().hex}@example.org", password=uuid4().hex, name="Nadia")
    person = members.person_for(account)
    for task in tasks:
        TeamMember.objects.create(consultation=asked, person=person, task=task)
    client = Client()
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client, account


def strata_of(row: Mapping[str, Any], names: Iterable[str]) -> dict[str, str]:
    """Keep what a row tells of somebody."""
    return {name: row[name] for name in names if row.get(name)}

"""The sample alliance's part of deliberation: one consultation that is open, one that was adopted and followed up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from minga.deliberation.models import Consultation, Conversation, Level
from minga.deliberation.sample_talks import load_talk, sample_id, texts
from minga.deliberation.selectors.consulting import organizations_for_consultations
from minga.deliberation.services import consulting, mapping
from minga.members import services as members

#: What earlier rooms of the sample made: who runs the ministry, and who helps.
OFFICER = "officer@sample.example"
HELPERS = (("adviser@sample.example", "moderator"), ("adviser@sample.example", "analyst"),
           ("assessor@sample.example", "editor"))  # fmt: skip
_BEGIN = datetime(2026, 6, 10, 8, 0, tzinfo=UTC)


@transaction.atomic
def load_sample() -> list[dict[str, str]]:
    """Store the sample's consultations; a second time changes nothing. Its people have their logins already."""
    if not Consultation.objects.filter(is_sample=True).exists():
        _load_open()
    return []


def _consultation(key: str, **fields: Any) -> Consultation:
    """Begin a consultation of the sample in the name of its ministry, with its words in six languages."""
    said = texts("consultations")[key]
    officer = members.person_by_address(OFFICER)
    made = consulting.begin(
        pk=sample_id(said["slug"]),
        slug=said["slug"],
        title=said["title"]["en"],
        about=said["about"]["en"],
        organization=_ministry(officer),
        is_sample=True,
        **fields,
    )
    made.translations = {
        code: {"title": title, "about": said["about"][code]} for code, title in said["title"].items() if code != "en"
    }
    made.save(update_fields=["translations"])
    for email, task in HELPERS if officer else ():
        consulting.add_to_team(consultation=made, email=email, task=task)
    return made


def _ministry(officer: Any) -> Any:
    """Return the organization that the officer runs; None where a room below was loaded without its people."""
    return next(iter(organizations_for_consultations(officer.account)), None) if officer else None


def _load_open() -> None:
    """Ask people in Sfax what a training centre shall teach; rounds roll up from the city to the country."""
    begin = timezone.now() - timedelta(days=20)
    asked = _consultation("open", level=Level.COUNTRY, country="TN")
    closes = (timezone.now() + timedelta(days=40)).date()
    place = {"consultation": asked, "country": "TN", "opens_on": begin.date(), "closes_on": closes}
    country = consulting.save_round(**place, title="Tunisia (sample)", level=Level.COUNTRY)
    region = consulting.save_round(
        **place, title="South (sample)", level=Level.REGION, place="South", parent=country.number
    )
    city = consulting.save_round(**place, title="Sfax (sample)", level=Level.CITY, place="Sfax", parent=region.number)
    consulting.save_round(**place, title="Gabès (sample)", level=Level.CITY, place="Gabès", parent=region.number)
    consulting.open_to_all(consultation=asked)
    talk = load_talk("open", consultation=asked, state=Conversation.State.OPEN, begin=begin, round=city)
    mapping.refresh_map(conversation=talk)

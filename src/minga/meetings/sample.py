"""The sample alliance's meetings, all invented: a hearing that was held, a visit to a factory, a workshop to come."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from minga.meetings import services
from minga.meetings.engine import zones
from minga.meetings.models import Meeting
from minga.members import services as members

HEARING = "Regional hearing in Sfax: AI in small workshops (sample)"
VISIT = "Visit to a ceramics factory: seeing faults before the kiln (sample)"
WORKSHOP = "Workshop: first steps with machine data (sample)"
_ZONE = "Africa/Tunis"
#: who came to the hearing: kind of organization, women, men, and how many did not say
_CAME = (("sme", 7, 5, 0), ("association", 4, 2, 0), ("government", 2, 3, 1), ("civil_society", 2, 0, 0))

#: what was said at the hearing: kind, language, words, who does it, days until it is due
_SAID: tuple[tuple[str, str, str, str, int | None], ...] = (
    ("point", "fr", "Sans électricité stable, aucune machine connectée ne tient une journée.", "", None),
    ("point", "ar", "نحتاج إلى تدريب في الورشة نفسها، لا في العاصمة.", "", None),
    ("point", "fr", "Les petites entreprises n’ont personne pour lire vingt pages de règles.", "", None),
    ("point", "en", "Workers should be asked before a camera watches their hands.", "", None),
    ("point", "fr", "Les femmes qui dirigent un atelier apprennent les aides trop tard.", "", None),
    ("decision", "fr", "Chaque semaine, une heure de conseil sans rendez-vous.", "", None),
    ("action", "fr", "Demander à la compagnie d’électricité les coupures par quartier.", "Sample Chamber of Sfax", 60),
    ("action", "en", "Write one page of rules on cameras with the workers’ union.", "Sample Chamber of Sfax", 90),
)
_LEARNED: tuple[tuple[str, str, str, str, int | None], ...] = (
    ("point", "en", "A camera for 300 euro finds cracks that people missed; it took six weeks to teach.", "", None),
    ("point", "en", "The operators chose where it hangs, so they trust it.", "", None),
    ("action", "en", "Share the list of parts and costs with the other workshops.", "Sample Ceramics Factory", 45),
)
_MINUTES = "\n\n".join((
    "Opened at 9:00 by the chamber. Invented for the sample.",
    "The chamber explained how voices are taken in: each takeaway becomes a voice of the consultation and is answered.",
    "Workshops spoke of power cuts, of training that is far away, and of rules that nobody has time to read. The union "
    "asked that workers are heard before cameras are put up. Women who run workshops hear of support too late.",
    "The chamber gives advice for an hour each week. Two actions were agreed; they stand among the takeaways.",
))  # fmt: skip
_REPORT = "\n\n".join((
    "Eleven people from four workshops saw how cracks are found before the kiln. Invented for the sample.",
    "What was learned: begin with the one fault that costs most; let those at the line choose the place of the "
    "camera; count scrap for a month before and after.",
    "What remains open: who repairs it when the one person who knows it is away.",
))  # fmt: skip


@transaction.atomic
def load_sample() -> None:
    """Store the sample's meetings; a second time changes nothing."""
    if Meeting.objects.filter(is_sample=True).exists():
        return
    chamber = _host("Sample Chamber of Sfax", "association")
    factory = _host("Sample Ceramics Factory", "company")
    hearing = _called(HEARING, kind="hearing", days=-40, hours=(9, 12), organization=chamber, language="en",
        about="What must a national strategy say so that small workshops can use it?", place="Sample Chamber, Sfax",
        sessions=(("Welcome, and what happens with what you say", 20), ("Voices from the workshops", 90),
                  ("What the chamber does next", 40)))  # fmt: skip
    _came(hearing)
    _held(hearing, _MINUTES, _SAID)
    visit = _called(VISIT, kind="visit", days=-20, hours=(14, 17), organization=factory, language="en",
        about="How does a small factory find faults with a camera, what did it cost, and who keeps it running?",
        place="Sample Ceramics Factory, Nabeul",
        sessions=(("Walk along the line", 60), ("Questions to the operators", 60)))  # fmt: skip
    _held(visit, _REPORT, _LEARNED)
    _called(WORKSHOP, kind="workshop", days=30, hours=(10, 16), organization=chamber, language="en",
        about="Bring one machine’s notes of the last month, on paper or as a table.", place="Sample Chamber, Sfax",
        online_link="https://join.sample.example/workshop", capacity=40,
        sessions=(("What to count, and how", 90), ("Your own table", 120), ("What to ask for next", 45)))  # fmt: skip


def _host(name: str, type: str) -> Any:
    host = members.create_organization(by=None, is_sample=True, name=name, type=type, country="TN", languages=["fr"])
    # invented organizations agree under invented keys
    members.give_consent(
        scope="publication", text_version="sample", subject_key=f"sample:{host.mark}", object=host.reference
    )
    return host


def _called(
    title: str, *, days: int, hours: tuple[int, int], sessions: Sequence[tuple[str, int]], **fields: Any
) -> Meeting:
    on = timezone.localdate() + timedelta(days=days)
    starts, ends = (zones.moment(on, time(hour), _ZONE) for hour in hours)
    # the same id each time, so that links to the sample stay
    meeting = services.call_meeting(
        pk=uuid.uuid5(uuid.NAMESPACE_URL, f"minga-sample/{title}"),
        title=title,
        country="TN",
        starts_at=starts,
        ends_at=ends,
        time_zone=_ZONE,
        is_public=True,
        is_sample=True,
        **fields,
    )
    _agenda(meeting, starts, sessions)
    services.announce(meeting=meeting)
    return meeting


def _agenda(meeting: Meeting, begin: datetime, sessions: Sequence[tuple[str, int]]) -> None:
    for title, minutes in sessions:
        services.add_session(meeting=meeting, title=title, starts_at=begin, minutes_long=minutes)
        begin += timedelta(minutes=minutes)


def _came(meeting: Meeting) -> None:
    number = 0
    for kind, women, men, unsaid in _CAME:
        for gender in (*["woman"] * women, *["man"] * men, *[""] * unsaid):
            number += 1
            services.add_guest(meeting=meeting, name=f"Sample guest {number}", organization_type=kind, gender=gender)


def _held(meeting: Meeting, minutes: str, said: Sequence[tuple[str, str, str, str, int | None]]) -> None:
    for kind, language, text, owner, days in said:
        due = timezone.localdate() + timedelta(days=days) if days else None
        services.add_takeaway(meeting=meeting, kind=kind, text=text, language=language, owner=owner, due_on=due)
    services.write_minutes(meeting=meeting, text=minutes, language="en", seen=0)
    services.hold(meeting=meeting)
    services.approve_minutes(meeting=meeting, version=1)

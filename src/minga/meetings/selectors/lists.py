"""Lists of meetings, and what calendars hold of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from minga.meetings.models import Attendance, CalendarFeed, Meeting, Takeaway
from minga.meetings.selectors.access import ANNOUNCED, all_meetings, bodies_of, public_meetings
from minga.meetings.selectors.attending import COMES, hash_of
from minga.web.numbers import read_number

#: How long a meeting that is over stays in a calendar that somebody subscribed to.
FEED_DAYS = 365


def coming(found: QuerySet[Meeting]) -> QuerySet[Meeting]:
    """Keep what is not over, the next first."""
    return found.filter(ends_at__gte=timezone.now()).order_by("starts_at", "pk")


def past(found: QuerySet[Meeting]) -> QuerySet[Meeting]:
    """Keep what is over, the latest first."""
    return found.filter(ends_at__lt=timezone.now()).order_by("-starts_at", "pk")


def search(found: QuerySet[Meeting], *, kind: str = "", country: str = "", body: str = "") -> QuerySet[Meeting]:
    """Keep the meetings that fit; a body is named by its number."""
    if kind:
        found = found.filter(kind=kind)
    if country:
        found = found.filter(country=country)
    if (number := read_number(body)) is not None:
        found = found.filter(body=number)
    return found


def coming_meetings_of(person: Any) -> list[tuple[Meeting, Attendance | None]]:
    """Return what a person goes to, is invited to, or what her bodies call; with her answer if there is one."""
    found = coming(_meetings_of(person)).exclude(state=Meeting.State.CANCELLED)
    answers = {one.meeting_id: one for one in Attendance.objects.filter(person=person, meeting__in=found)}
    return [(meeting, answers.get(meeting.pk)) for meeting in found]


def _meetings_of(person: Any) -> QuerySet[Meeting]:
    theirs = Attendance.objects.filter(meeting=OuterRef("pk"), person=person).exclude(state=Attendance.State.EXCUSED)
    excused = Attendance.objects.filter(meeting=OuterRef("pk"), person=person, state=Attendance.State.EXCUSED)
    in_body = Q(body__in=bodies_of(person)) & ~Exists(excused)
    return all_meetings().filter(ANNOUNCED, Exists(theirs) | in_body)


# ---------------------------------------------------------------- calendars
def public_feed() -> QuerySet[Meeting]:
    """Return what the public calendar holds: a year back, and everything to come, also what was cancelled."""
    return _recent(public_meetings())


def feed_of(person: Any) -> QuerySet[Meeting]:
    """Return what a person's own calendar holds."""
    return _recent(_meetings_of(person))


def _recent(found: QuerySet[Meeting]) -> QuerySet[Meeting]:
    since = timezone.now() - timedelta(days=FEED_DAYS)
    return found.filter(ends_at__gte=since).order_by("starts_at", "pk")


def joined_by(person: Any) -> set[UUID]:
    """Return the meetings to which a person said yes, so that their calendar may hold the link to join."""
    return set(Attendance.objects.filter(person=person, state__in=COMES).values_list("meeting", flat=True))


def actions_due(found: QuerySet[Meeting]) -> QuerySet[Takeaway]:
    """Return the actions with a day that these meetings led to and that are not done.

    Of meetings that were held: what is noted during one is not yet for others.
    """
    held = found.filter(state=Meeting.State.HELD)
    due = Takeaway.objects.filter(meeting__in=held, kind=Takeaway.Kind.ACTION, due_on__isnull=False, done_at=None)
    return due.select_related("meeting").order_by("due_on", "pk")


def person_of_feed(secret: str) -> Any:
    """Return whose calendar a secret link opens; None where it opens nothing, or the account was closed."""
    feed = CalendarFeed.objects.filter(secret_hash=hash_of(secret)).select_related("person__account").first()
    return feed.person if feed and feed.person.account and feed.person.account.is_active else None


def feed_link_of(person: Any) -> CalendarFeed | None:
    """Return when a person made the link, if there is one."""
    return CalendarFeed.objects.filter(person=person).first()


def last_zone_of(organization: Any) -> str:
    """Return the time zone of the newest meeting of which an organization was the host; "" where there is none."""
    found = all_meetings().filter(organization=organization).order_by("-changed_at")
    return found.values_list("time_zone", flat=True).first() or ""

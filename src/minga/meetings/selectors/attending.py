"""Who is invited, comes and came; and counts of them that may be shown."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import polars as pl
from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from minga.meetings.engine.attendance import Figures, figures
from minga.meetings.models import Attendance, Meeting
from minga.members import selectors as members

#: States of those for whom a place is kept.
COMES = (Attendance.State.REGISTERED, Attendance.State.ATTENDED)


def hash_of(secret: str) -> str:
    """Return what the database keeps of a secret."""
    return sha256(secret.encode()).hexdigest()


def attendance_of(meeting: Meeting, account: Any) -> Attendance | None:
    """Return what an account's person said about coming."""
    person = members.person_of(account)
    return meeting.attendances.filter(person=person).first() if person else None


def attendance_by_code(meeting: Meeting, code: str) -> Attendance | None:
    """Return a guest's place by the code that was given for it."""
    return meeting.attendances.filter(key_hash=hash_of(code)).first() if code else None


def people_of(meeting: Meeting) -> QuerySet[Attendance]:
    """Return everybody on the list, those who come first."""
    return meeting.attendances.select_related("person").order_by("pk")


def counts_of(meeting: Meeting) -> dict[str, int]:
    """Count by state, for those who organize."""
    counted = dict(meeting.attendances.order_by().values_list("state").annotate(n=Count("pk")))
    return {state: counted.get(state, 0) for state in Attendance.State.values}


def places_left(meeting: Meeting) -> int | None:
    """Return how many more can come; None where there is no limit."""
    if meeting.capacity is None:
        return None
    return max(0, meeting.capacity - meeting.attendances.filter(state__in=COMES).count())


def takes_registrations(meeting: Meeting) -> bool:
    """Whether people can still say that they come."""
    return bool(meeting.state == Meeting.State.ANNOUNCED and meeting.ends_at > timezone.now())


def takes_guests(meeting: Meeting) -> bool:
    """Whether people without an account can put themselves on the list: public hearings only."""
    is_hearing = meeting.kind == Meeting.Kind.HEARING and meeting.is_public
    return is_hearing and takes_registrations(meeting)


def role_holders(meeting: Meeting) -> set[int]:
    """Return the people whom one click invites: who holds a role in the body that meets or the host."""
    held = members.running_mandates().filter(
        (Q(body=meeting.body_id) & Q(body__isnull=False))
        | (Q(organization=meeting.organization_id) & Q(organization__isnull=False))
    )
    return set(held.values_list("person", flat=True))


def to_be_told(meeting: Meeting) -> QuerySet[Attendance]:
    """Return who comes or is invited, can be written to, and was not told of the meeting as it is now."""
    waiting = Q(told=None) | Q(told__lt=meeting.sequence)
    reachable = Q(person__account__is_active=True) | ~Q(email="")
    found = meeting.attendances.exclude(state=Attendance.State.EXCUSED).filter(waiting, reachable)
    return found.select_related("meeting", "person__account").order_by("pk")


def figures_of(meeting: Meeting) -> Figures:
    """Return who came, as counts that may be shown; the kept ones once the names are deleted."""
    if meeting.figures:
        return meeting.figures  # type: ignore[no-any-return]
    came = meeting.attendances.filter(state=Attendance.State.ATTENDED)
    rows = list(came.order_by("pk").values_list("organization_type", "gender"))
    table = pl.DataFrame(rows, schema={"type": pl.String, "gender": pl.String}, orient="row")
    return figures(table, least=settings.MIN_PERSONS)

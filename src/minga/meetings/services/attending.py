"""Who is invited, who comes, who came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from minga.meetings import selectors
from minga.meetings.engine.errors import ActError
from minga.meetings.models import Attendance, Meeting
from minga.members import services as trail
from minga.web import codes

#: Version of the words by which somebody agrees to stand on the list.
LIST_TEXT = "attendance-1"


def tidy_code(text: str) -> str:
    """Return a typed code in its one spelling; "" where it cannot be a code."""
    return codes.tidy_code(text) or ""


def _with_room(meeting: Meeting) -> Meeting:
    """Lock the meeting and check that somebody more can come: of two people at the last place, one gets it."""
    stored = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if not selectors.takes_registrations(stored):
        raise ActError("closed", f"Meeting {stored.pk} takes nobody on its list now: it is over or not announced.")
    if selectors.places_left(stored) == 0:
        raise ActError("full", f"All {stored.capacity} places of meeting {stored.pk} are taken.")
    return stored


@transaction.atomic
def register(
    *, meeting: Meeting, person: Any, organization: str = "", organization_type: str = "", gender: str = ""
) -> Attendance:
    """Put a person with an account on the list; saying it twice is once.

    Raises
    ------
    ActError
        Every place is taken, or the meeting is over, cancelled or not announced.
    """
    locked = Meeting.objects.select_for_update().get(pk=meeting.pk)
    place = locked.attendances.filter(person=person).first() or Attendance(meeting=meeting, person=person)
    if place.pk is None or place.state not in (Attendance.State.REGISTERED, Attendance.State.ATTENDED):
        _with_room(locked)
        place.state = Attendance.State.REGISTERED
    place.organization, place.organization_type, place.gender = organization, organization_type, gender
    place.agreed_at, place.agreed_text, place.told = timezone.now(), LIST_TEXT, locked.sequence
    place.save()
    return place


@transaction.atomic
def come_as_guest(
    *,
    meeting: Meeting,
    name: str,
    organization: str = "",
    organization_type: str = "",
    gender: str = "",
    email: str = "",
    language: str = "",
) -> tuple[Attendance, str]:
    """Put somebody without an account on the list of a public hearing; return the place and the code to it.

    Who gives an address is told of changes by mail, in the `language` in which they came.

    Raises
    ------
    ActError
        The meeting is no public hearing, every place is taken, or it is over, cancelled or not announced.
    """
    if not selectors.takes_guests(meeting):
        raise ActError("closed", f"Meeting {meeting.pk} takes no guests: it is no public hearing, or it is over.")
    _with_room(meeting)
    code = codes.new_code()
    place = Attendance.objects.create(
        meeting=meeting,
        name=name.strip(),
        email=email.strip(),
        language=language if email.strip() else "",
        told=meeting.sequence,
        organization=organization.strip(),
        organization_type=organization_type,
        gender=gender,
        state=Attendance.State.REGISTERED,
        agreed_at=timezone.now(),
        agreed_text=LIST_TEXT,
        key_hash=selectors.hash_of(code),
    )
    return place, code


@transaction.atomic
def excuse(*, meeting: Meeting, person: Any) -> None:
    """Note that a person cannot come; the place is free for somebody else.

    Raises
    ------
    ActError
        The meeting is over or cancelled.
    """
    if not selectors.takes_registrations(meeting):
        raise ActError("closed", f"Meeting {meeting.pk} is over, cancelled or not announced.")
    nothing = {"organization": "", "organization_type": "", "gender": ""}
    Attendance.objects.update_or_create(
        meeting=meeting, person=person, defaults=nothing | {"state": Attendance.State.EXCUSED}
    )


@transaction.atomic
def take_off(*, attendance: Attendance, by: Any = None) -> None:
    """Delete a row of the list: a guest leaves, or whoever organizes corrects a mistake (`by`)."""
    reference = attendance.meeting.reference
    attendance.delete()
    if by is not None:
        trail.record(by=by, act="meeting.attendance_deleted", on=reference)


# ---------------------------------------------------------------- those who organize
@transaction.atomic
def invite_role_holders(*, meeting: Meeting, by: Any = None) -> int:
    """Invite everybody who holds a role in the body that meets or in the host; return how many are new."""
    Meeting.objects.select_for_update().get(pk=meeting.pk)
    there = set(meeting.attendances.filter(person__isnull=False).values_list("person", flat=True))
    new = sorted(selectors.role_holders(meeting) - there)
    Attendance.objects.bulk_create(Attendance(meeting=meeting, person_id=person) for person in new)
    if new:
        trail.record(by=by, act="meeting.invited", on=meeting.reference, reason=f"{len(new)}")
    return len(new)


@transaction.atomic
def mark(*, attendance: Attendance, came: bool) -> None:
    """Note that somebody came, or that this was a mistake.

    Raises
    ------
    ActError
        The meeting has not begun, or it was cancelled.
    """
    _begun(attendance.meeting)
    states = Attendance.State
    if came:
        attendance.state = states.ATTENDED
    elif attendance.state == states.ATTENDED:
        attendance.state = states.REGISTERED
    attendance.save(update_fields=["state", "at"])


@transaction.atomic
def add_guest(
    *, meeting: Meeting, name: str, organization: str = "", organization_type: str = "", gender: str = ""
) -> Attendance:
    """Add somebody who came without being on the list.

    Raises
    ------
    ActError
        The meeting has not begun, or it was cancelled.
    """
    _begun(meeting)
    return Attendance.objects.create(
        meeting=meeting,
        name=name.strip(),
        organization=organization.strip(),
        organization_type=organization_type,
        gender=gender,
        state=Attendance.State.ATTENDED,
    )


@transaction.atomic
def add_guests(*, meeting: Meeting, guests: Sequence[Mapping[str, str]]) -> int:
    """Add many who came without being on the list, each as for `add_guest`: all of them or none; return how many.

    Raises
    ------
    ActError
        The meeting has not begun, or it was cancelled.
    """
    for guest in guests:
        add_guest(meeting=meeting, **guest)
    return len(guests)


def _begun(meeting: Meeting) -> None:
    if not selectors.has_begun(meeting):
        raise ActError("early", f"Meeting {meeting.pk} has not begun, so nobody can have come yet.")


@transaction.atomic
def note_as_not_told(*, attendance: Attendance) -> None:
    """Take back what `note_as_told` noted, because no mail went out; a later change may have told them since."""
    noted = Attendance.objects.filter(pk=attendance.pk, told=attendance.meeting.sequence)
    noted.update(told=attendance.told)


@transaction.atomic
def note_as_told(*, attendance: Attendance) -> bool:
    """Note that somebody is told of the meeting as it is now; of two who try, one is to send the mail."""
    now = attendance.meeting.sequence
    waiting = Attendance.objects.filter(Q(told=None) | Q(told__lt=now), pk=attendance.pk)
    return bool(waiting.update(told=now))

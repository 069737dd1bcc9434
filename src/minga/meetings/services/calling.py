"""Calling a meeting, changing it, and what becomes of it: announced, held, cancelled."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from minga.meetings.engine import zones
from minga.meetings.engine.errors import ActError
from minga.meetings.models import Meeting
from minga.members import selectors as members
from minga.members import services as trail

#: What can be said of a meeting.
FIELDS = (
    "kind", "title", "about", "language", "country", "place", "online_link", "starts_at", "ends_at", "time_zone",
    "body", "organization", "capacity", "is_public",
)  # fmt: skip
#: What people who come must be told when it changes.
TOLD = frozenset({"title", "place", "online_link", "starts_at", "ends_at", "time_zone"})
_AT_A_PLACE = (Meeting.Kind.VISIT, Meeting.Kind.EXCHANGE)


@transaction.atomic
def call_meeting(*, by: Any = None, is_sample: bool = False, pk: uuid.UUID | None = None, **fields: Any) -> Meeting:
    """Begin a meeting, in preparation: only those who organize it see it.

    `pk` is the id of a sample, so that links to it stay.

    Raises
    ------
    ActError
        It ends before it begins, its zone is unknown, a visit has no host, or the host of a public one is not listed.
    """
    meeting = Meeting(pk=pk or uuid.uuid4(), is_sample=is_sample, **fields)
    _check(meeting)
    meeting.save(force_insert=True)
    trail.record(by=by, act="meeting.created", on=meeting.reference)
    return meeting


@transaction.atomic
def change_meeting(*, meeting: Meeting, seen: int, by: Any = None, **fields: Any) -> frozenset[str]:
    """Change a meeting as somebody saw it in its change `seen`; return what changed.

    Raises
    ------
    ActError
        Somebody else changed it meanwhile, it was cancelled, or as in `call_meeting`.
    """
    if unknown := sorted(set(fields) - set(FIELDS)):
        raise ActError("field", f"{', '.join(unknown)} of a meeting cannot be changed. Change {', '.join(FIELDS)}.")
    stored = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if stored.sequence != seen:
        raise ActError(
            "changed",
            f"Meeting {stored.pk} was changed meanwhile: change {seen} was seen, {stored.sequence} is stored. "
            "Look at it as it is now, then change it again.",
        )
    if stored.state == Meeting.State.CANCELLED:
        raise ActError("cancelled", f"Meeting {stored.pk} was cancelled. Announce it again before changing it.")
    changed = frozenset(name for name, value in fields.items() if getattr(stored, name) != value)
    if changed:
        for name in changed:
            setattr(stored, name, fields[name])
        _check(stored)
        stored.sequence += 1
        stored.save(update_fields=[*changed, "sequence", "changed_at"])
        trail.record(by=by, act="meeting.changed", on=stored.reference, reason=", ".join(sorted(changed)))
    meeting.refresh_from_db()
    return changed


def touch(meeting: Meeting) -> None:
    """Count a change of something that belongs to the meeting, such as its agenda."""
    Meeting.objects.filter(pk=meeting.pk).update(sequence=F("sequence") + 1, changed_at=timezone.now())
    meeting.refresh_from_db(fields=["sequence", "changed_at"])


def _check(meeting: Meeting) -> None:
    if meeting.ends_at < meeting.starts_at:
        raise ActError("order", f"The meeting ends at {meeting.ends_at}, before it begins at {meeting.starts_at}.")
    if not zones.is_known(meeting.time_zone):
        raise ActError("zone", f"There is no time zone {meeting.time_zone!r}. Give a name such as Africa/Tunis.")
    if meeting.kind in _AT_A_PLACE and not (meeting.organization_id or meeting.place):
        raise ActError("host", "A visit or an exchange needs its host. Name the organization or the place.")
    host = meeting.organization
    if meeting.is_public and host is not None and not members.is_listed(host):
        raise ActError(
            "unlisted",
            f"{host.reference} is not listed in the directory, so it cannot host in public. List it first.",
        )


# ---------------------------------------------------------------- what becomes of it
def _move(meeting: Meeting, by: Any, act: str, to: str, *allowed: str) -> None:
    """Bring a meeting from one of the allowed states to another; of two people who try, one does."""
    moved = Meeting.objects.filter(pk=meeting.pk, state__in=allowed).update(
        state=to, sequence=F("sequence") + 1, changed_at=timezone.now()
    )
    if not moved:
        raise ActError("state", f"Meeting {meeting.pk} is not {' or '.join(allowed)} any more. Look at it again.")
    trail.record(by=by, act=act, on=meeting.reference)
    meeting.refresh_from_db()


@transaction.atomic
def announce(*, meeting: Meeting, by: Any = None) -> None:
    """Show a meeting to those it is for; also one that was cancelled by mistake.

    Raises
    ------
    ActError
        It is announced or held already.
    """
    states = Meeting.State
    _move(meeting, by, "meeting.announced", states.ANNOUNCED, states.DRAFT, states.CANCELLED)


@transaction.atomic
def cancel(*, meeting: Meeting, by: Any = None) -> None:
    """Cancel a meeting; it stays visible, so that calendars and people learn it.

    Raises
    ------
    ActError
        It is not announced.
    """
    _move(meeting, by, "meeting.cancelled", Meeting.State.CANCELLED, Meeting.State.ANNOUNCED)


@transaction.atomic
def hold(*, meeting: Meeting, by: Any = None) -> None:
    """Say that a meeting took place.

    Raises
    ------
    ActError
        It has not begun, or was not announced.
    """
    if meeting.starts_at > timezone.now():
        raise ActError("early", f"Meeting {meeting.pk} begins at {meeting.starts_at}. It cannot have been held yet.")
    _move(meeting, by, "meeting.held", Meeting.State.HELD, Meeting.State.ANNOUNCED)


@transaction.atomic
def delete_draft(*, meeting: Meeting, by: Any = None) -> None:
    """Delete a meeting that was never announced.

    Raises
    ------
    ActError
        It was announced: people may have it in their calendars, so it can only be cancelled.
    """
    deleted, _by_kind = Meeting.objects.filter(pk=meeting.pk, state=Meeting.State.DRAFT).delete()
    if not deleted:
        raise ActError("state", f"Meeting {meeting.pk} was announced. Cancel it instead, so that people learn it.")
    trail.record(by=by, act="meeting.deleted", on=meeting.reference)

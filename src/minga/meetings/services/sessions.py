"""The agenda: sessions in their order. Each change counts as one of the meeting."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Max

from minga.meetings.engine.errors import ActError
from minga.meetings.models import Meeting, Session
from minga.meetings.services.calling import touch

MOST = 100
FIELDS = ("title", "about", "speakers", "starts_at", "minutes_long")


def _locked(meeting: Meeting, seen: int | None = None) -> Meeting:
    """Lock the meeting, whose agenda only one person can change at a time; check that it is the one that was seen."""
    stored = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if stored.state == Meeting.State.CANCELLED:
        raise ActError("cancelled", f"Meeting {stored.pk} was cancelled. Announce it again before changing it.")
    if seen is not None and stored.sequence != seen:
        raise ActError(
            "changed", f"Meeting {stored.pk} was changed meanwhile. Look at it as it is now, then change it again."
        )
    return stored


@transaction.atomic
def add_session(*, meeting: Meeting, **fields: Any) -> Session:
    """Add a session at the end of the agenda.

    Raises
    ------
    ActError
        The meeting was cancelled, or has a hundred sessions.
    """
    _locked(meeting)
    if meeting.sessions.count() >= MOST:
        raise ActError("many", f"Meeting {meeting.pk} has {MOST} sessions. Delete one before adding another.")
    last = meeting.sessions.aggregate(last=Max("number"))["last"] or 0
    session = Session.objects.create(meeting=meeting, number=last + 1, **fields)
    touch(meeting)
    return session


@transaction.atomic
def change_session(*, session: Session, seen: int, **fields: Any) -> None:
    """Change a session as somebody saw it when the meeting was at its change `seen`.

    Raises
    ------
    ActError
        The meeting or its agenda was changed meanwhile, or the meeting was cancelled.
    """
    meeting = session.meeting
    _locked(meeting, seen)
    for name in FIELDS:
        if name in fields:
            setattr(session, name, fields[name])
    session.save(update_fields=list(FIELDS))
    touch(meeting)


@transaction.atomic
def move_session(*, session: Session, up: bool) -> None:
    """Move a session one place; at the end of the agenda nothing happens."""
    meeting = session.meeting
    _locked(meeting)
    session.refresh_from_db(fields=["number"])
    if up:
        other = meeting.sessions.filter(number__lt=session.number).order_by("-number").first()
    else:
        other = meeting.sessions.filter(number__gt=session.number).order_by("number").first()
    if other is None:
        return
    mine, theirs = session.number, other.number
    # two sessions never share a number, also not for a moment
    for one, number in ((session, 0), (other, mine), (session, theirs)):
        Session.objects.filter(pk=one.pk).update(number=number)
    session.number = theirs
    touch(meeting)


@transaction.atomic
def delete_session(*, session: Session) -> None:
    """Take a session out of the agenda; takeaways that came of it stay with the meeting."""
    meeting = session.meeting
    _locked(meeting)
    session.delete()
    touch(meeting)

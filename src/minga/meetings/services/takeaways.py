"""Takeaways: what is worth keeping of a meeting, in a sentence or two."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F, Max, ProtectedError
from django.utils import timezone

from minga.meetings import selectors
from minga.meetings.engine.errors import ActError
from minga.meetings.models import Meeting, Takeaway
from minga.members import services as trail

FIELDS = ("kind", "text", "language", "session", "owner", "due_on")
MOST = 500


def _fitting(fields: dict[str, Any]) -> dict[str, Any]:
    """Keep who and until when for an action alone: nobody does a point that was made."""
    if fields.get("kind") == Takeaway.Kind.ACTION:
        return fields
    return fields | {"owner": "", "due_on": None}


@transaction.atomic
def add_takeaway(*, meeting: Meeting, **fields: Any) -> Takeaway:
    """Note something that is worth keeping.

    Raises
    ------
    ActError
        The meeting has not begun or was cancelled, or there are five hundred already.
    """
    stored = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if not selectors.has_begun(stored):
        raise ActError("early", f"Meeting {meeting.pk} has not begun, so there is nothing to write down yet.")
    if meeting.takeaways.count() >= MOST:
        raise ActError("many", f"Meeting {meeting.pk} has {MOST} takeaways. Bring some of them together.")
    last = meeting.takeaways.aggregate(last=Max("number"))["last"] or 0
    return Takeaway.objects.create(meeting=meeting, number=last + 1, **_fitting(fields))


@transaction.atomic
def change_takeaway(*, takeaway: Takeaway, seen: int, **fields: Any) -> None:
    """Change a takeaway as somebody saw it in revision `seen`.

    Raises
    ------
    ActError
        Somebody else changed it meanwhile.
    """
    given = {name: value for name, value in _fitting(fields).items() if name in FIELDS}
    _update(takeaway, seen, **given)


def _update(takeaway: Takeaway, seen: int, **values: Any) -> None:
    changed = Takeaway.objects.filter(pk=takeaway.pk, revision=seen).update(revision=F("revision") + 1, **values)
    if not changed:
        raise ActError(
            "changed",
            f"Takeaway {takeaway.number} was changed meanwhile. Look at it as it is now, then change it again.",
        )
    takeaway.refresh_from_db()


@transaction.atomic
def set_done(*, takeaway: Takeaway, done: bool) -> None:
    """Note that an action is done, or not done after all; twice is once."""
    if takeaway.kind != Takeaway.Kind.ACTION:
        raise ActError("action", f"Takeaway {takeaway.number} is no action, so it cannot be done.")
    found = Takeaway.objects.filter(pk=takeaway.pk, done_at__isnull=done)
    found.update(done_at=timezone.now() if done else None, revision=F("revision") + 1)
    takeaway.refresh_from_db()


@transaction.atomic
def delete_takeaway(*, takeaway: Takeaway, by: Any = None) -> None:
    """Take a takeaway out, unless something of another room rests on it.

    Raises
    ------
    ActError
        A consultation took it in as a voice: its way from the meeting to the answer would end here.
    """
    meeting = takeaway.meeting
    try:
        takeaway.delete()
    except ProtectedError:
        raise ActError(
            "taken_in",
            f"Takeaway {takeaway.number} was taken in elsewhere, as a voice of a consultation, so it stays. Its words "
            "can still be changed.",
        ) from None
    trail.record(by=by, act="meeting.takeaway_deleted", on=meeting.reference)

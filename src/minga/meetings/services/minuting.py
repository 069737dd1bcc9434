"""Minutes: versions that are only added, so that nobody's text is lost."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from minga.meetings import selectors
from minga.meetings.engine.errors import ActError
from minga.meetings.models import Meeting, Minutes
from minga.members import selectors as members
from minga.members import services as trail


def write_minutes(*, meeting: Meeting, text: str, language: str, seen: int, by: Any = None) -> Minutes:
    """Add a version that follows version `seen` (0: the first); the same text once more changes nothing.

    Raises
    ------
    ActError
        Somebody wrote a version meanwhile, or the meeting has not begun.
    """
    if not selectors.has_begun(meeting):
        raise ActError("early", f"Meeting {meeting.pk} has not begun, so there is nothing to write down yet.")
    latest = selectors.latest_minutes(meeting)
    if latest and (latest.version, latest.text, latest.language) == (seen, text, language):
        return latest
    if (latest.version if latest else 0) != seen:
        raise _written(meeting, seen)
    person = members.person_of(by) if by is not None else None
    try:
        with transaction.atomic():
            return Minutes.objects.create(
                meeting=meeting,
                version=seen + 1,
                text=text,
                language=language,
                by_mark=person.reference if person else "",
            )
    except IntegrityError:  # written between our look and our own version
        raise _written(meeting, seen) from None


def _written(meeting: Meeting, seen: int) -> ActError:
    return ActError(
        "written",
        f"Somebody wrote minutes of meeting {meeting.pk} after version {seen}. Bring both texts together, then save.",
    )


@transaction.atomic
def approve_minutes(*, meeting: Meeting, version: int, by: Any = None) -> None:
    """Let everyone who may see the meeting read this version; twice is once.

    Raises
    ------
    ActError
        A newer version was written meanwhile, or the meeting is not marked as held.
    """
    if meeting.state != Meeting.State.HELD:
        raise ActError("unheld", f"Meeting {meeting.pk} is not marked as held. Mark it, then approve its minutes.")
    latest = selectors.latest_minutes(meeting)
    if latest is None or latest.version != version:
        raise ActError("newer", f"Version {version} is not the newest one of meeting {meeting.pk}. Read it first.")
    if Minutes.objects.filter(pk=latest.pk, approved_at=None).update(approved_at=timezone.now()):
        trail.record(by=by, act="meeting.minutes_approved", on=meeting.reference, reason=f"version {version}")

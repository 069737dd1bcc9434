"""What a person can take along, what erasing her deletes, and the end of names on lists."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from minga.meetings import selectors
from minga.meetings.models import Attendance, CalendarFeed, Meeting


def export_person(person: Any) -> dict[str, Any]:
    """Return where a person was invited, came or excused herself, and since when a calendar reads her meetings."""
    feed = selectors.feed_link_of(person)
    rows = Attendance.objects.filter(person=person).select_related("meeting").order_by("pk")
    return {
        "attendance": [
            {
                "meeting": str(one.meeting_id),
                "title": one.meeting.title,
                "starts_at": one.meeting.starts_at.isoformat(),
                "state": one.state,
                "organization": one.organization,
                "organization_type": one.organization_type,
                "gender": one.gender,
                "agreed_at": one.agreed_at.isoformat() if one.agreed_at else None,
                "at": one.at.isoformat(),
            }
            for one in rows
        ],
        "calendar_link_since": feed.created_at.isoformat() if feed else None,
    }


@transaction.atomic
def erase_person(person: Any) -> int:
    """Delete a person's rows on lists and the link of her calendar; minutes keep a mark that points to nobody."""
    deleted, _by_kind = Attendance.objects.filter(person=person).delete()
    links, _by_kind = CalendarFeed.objects.filter(person=person).delete()
    return deleted + links


def delete_old_attendance() -> int:
    """Delete addresses of guests once the meeting is over, and lists long after; counts that may be shown stay."""
    # an address serves until the meeting is over, and no day longer
    Attendance.objects.exclude(email="").filter(meeting__ends_at__lt=timezone.now()).update(email="", language="")
    before = timezone.now() - timedelta(days=settings.ATTENDANCE_DAYS)
    named = Attendance.objects.values("meeting")
    old = Meeting.objects.filter(ends_at__lt=before, is_sample=False, pk__in=named)
    return sum(_forget(meeting) for meeting in old)


@transaction.atomic
def _forget(meeting: Meeting) -> int:
    if meeting.state == Meeting.State.HELD and not meeting.figures:
        Meeting.objects.filter(pk=meeting.pk).update(figures=selectors.figures_of(meeting))
    deleted, _by_kind = meeting.attendances.all().delete()
    return deleted

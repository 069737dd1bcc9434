"""What is kept of a meeting: minutes and takeaways."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from minga.meetings.models import Meeting, Minutes, Takeaway
from minga.meetings.selectors.access import meetings_organized_by, meetings_visible_to


def latest_minutes(meeting: Meeting) -> Minutes | None:
    """Return the newest version, approved or not."""
    return meeting.minutes.order_by("-version").first()


def approved_minutes(meeting: Meeting) -> Minutes | None:
    """Return the newest version that was approved: the one that everyone reads who may see the meeting."""
    return meeting.minutes.filter(approved_at__isnull=False).order_by("-version").first()


def takeaways_of(meeting: Meeting) -> QuerySet[Takeaway]:
    """Return what is worth keeping of a meeting, in its order."""
    return meeting.takeaways.select_related("session").order_by("number")


def takeaways_open_to(account: Any) -> QuerySet[Takeaway]:
    """Return the takeaways of meetings that an account may see, those of the latest meeting first.

    Of meetings that were held, or that the account organizes: what is noted during a meeting is not yet for others.
    """
    organized = meetings_organized_by(account).order_by().values("pk")
    seen = meetings_visible_to(account).filter(Q(state=Meeting.State.HELD) | Q(pk__in=organized))
    found = Takeaway.objects.filter(meeting__in=seen.order_by().values("pk")).select_related("meeting", "session")
    return found.order_by("-meeting__starts_at", "meeting", "number")


def sample_hearing() -> Meeting | None:
    """Return the hearing of the sample alliance, whose takeaways the sample consultation takes in."""
    return Meeting.objects.filter(is_sample=True, kind=Meeting.Kind.HEARING, state=Meeting.State.HELD).first()

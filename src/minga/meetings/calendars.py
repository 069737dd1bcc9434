"""Meetings and due actions as events of a calendar file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from minga.meetings.models import Meeting, Takeaway
from minga.web.calendar import Event

#: Gives the whole address of a meeting's page.
Address = Callable[[Meeting], str]


def event_of(meeting: Meeting, address: str, *, with_link: bool = False) -> Event:
    """Return a meeting as an event; the link to join stands in it only for those who come."""
    parts = [meeting.about.strip(), agenda_of(meeting)]
    if with_link and meeting.online_link:
        parts.append(_("Link to join: %(link)s") % {"link": meeting.online_link})
    return Event(
        uid=f"meeting-{meeting.pk.hex}@minga",
        title=meeting.title,
        starts=meeting.starts_at,
        ends=meeting.ends_at,
        changed_at=meeting.changed_at,
        about="\n\n".join(part for part in parts if part),
        place=meeting.place,
        url=address,
        sequence=meeting.sequence,
        is_cancelled=meeting.state == Meeting.State.CANCELLED,
        language=meeting.language,
    )


def agenda_of(meeting: Meeting) -> str:
    """Return the agenda as lines, numbered."""
    sessions = sorted(meeting.sessions.all(), key=lambda one: one.number)
    return "\n".join(f"{place}. {one.title}" for place, one in enumerate(sessions, start=1))


def events_of(meetings: Iterable[Meeting], address: Address, joined: Collection[UUID] = ()) -> list[Event]:
    """Return meetings as events."""
    return [event_of(meeting, address(meeting), with_link=meeting.pk in joined) for meeting in meetings]


def due_events(actions: Iterable[Takeaway], address: Address) -> list[Event]:
    """Return actions as whole days on which they are due."""
    return [
        Event(
            uid=f"action-{action.pk.hex}@minga",
            title=_("Due: %(action)s") % {"action": action.text},
            starts=action.due_on,
            changed_at=action.meeting.changed_at,
            url=address(action.meeting),
            sequence=action.revision,
        )
        for action in actions
        if action.due_on is not None
    ]

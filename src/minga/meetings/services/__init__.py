"""Every write of meetings, by subject."""

from __future__ import annotations

from minga.meetings.services.attending import (
    add_guest,
    add_guests,
    come_as_guest,
    excuse,
    invite_role_holders,
    mark,
    note_as_not_told,
    note_as_told,
    register,
    take_off,
)
from minga.meetings.services.calling import announce, call_meeting, cancel, change_meeting, delete_draft, hold
from minga.meetings.services.feeds import make_feed, revoke_feed
from minga.meetings.services.minuting import approve_minutes, write_minutes
from minga.meetings.services.privacy import delete_old_attendance, erase_person, export_person
from minga.meetings.services.sessions import add_session, change_session, delete_session, move_session
from minga.meetings.services.takeaways import add_takeaway, change_takeaway, delete_takeaway, set_done

__all__ = [
    "add_guest",
    "add_guests",
    "add_session",
    "add_takeaway",
    "announce",
    "approve_minutes",
    "call_meeting",
    "cancel",
    "change_meeting",
    "change_session",
    "change_takeaway",
    "come_as_guest",
    "delete_draft",
    "delete_old_attendance",
    "delete_session",
    "delete_takeaway",
    "erase_person",
    "excuse",
    "export_person",
    "hold",
    "invite_role_holders",
    "make_feed",
    "mark",
    "move_session",
    "note_as_not_told",
    "note_as_told",
    "register",
    "revoke_feed",
    "set_done",
    "take_off",
    "write_minutes",
]

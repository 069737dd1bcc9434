"""Public meetings for programs. Under /api/v1/meetings."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Router, Schema
from pydantic import StringConstraints

from minga.meetings import selectors
from minga.meetings.models import Meeting

router = Router()

_MOST = 200
CountryCode = Annotated[str, StringConstraints(pattern="^[A-Za-z]{0,2}$")]
KindCode = Annotated[str, StringConstraints(pattern="^[a-z]{0,12}$")]


class ListedMeeting(Schema):
    """A public meeting; times in UTC."""

    id: uuid.UUID
    kind: str
    state: str
    title: str
    language: str
    country: str
    place: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str = Field(description="The zone in which people read the times, such as Africa/Tunis.")
    sequence: int = Field(description="Goes up with each change.")
    is_sample: bool


class ListedMeetings(Schema):
    """Public meetings, the latest first."""

    meetings: list[ListedMeeting]


class SessionOut(Schema):
    """An entry of the agenda."""

    title: str
    about: str
    speakers: str
    starts_at: datetime | None
    minutes_long: int | None


class TakeawayOut(Schema):
    """What is worth keeping of a meeting that was held."""

    id: uuid.UUID
    number: int
    kind: str
    text: str
    language: str
    owner: str
    due_on: date | None
    is_done: bool

    @staticmethod
    def resolve_is_done(obj: Any) -> bool:
        """Whether an action is done."""
        return obj.done_at is not None


class CountOut(Schema):
    """One line of who came; null where fewer than five people stand behind it."""

    value: str
    n: int | None


class FiguresOut(Schema):
    """Who came, as counts that may be shown."""

    total: int | None
    type: list[CountOut]
    gender: list[CountOut]


class MeetingOut(ListedMeeting):
    """A public meeting with its agenda; after it was held also approved minutes, takeaways and who came."""

    about: str
    body: str
    host: str
    sessions: list[SessionOut]
    minutes: str
    takeaways: list[TakeawayOut]
    figures: FiguresOut | None


@router.get("", response=ListedMeetings, summary="List public meetings", auth=None)
def meetings(request: HttpRequest, kind: KindCode = "", country: CountryCode = "") -> Any:
    """At most 200, the latest first; needs no account. `country` is two letters of ISO 3166, such as TN."""
    found = selectors.search(selectors.public_meetings(), kind=kind, country=country.upper())
    return {"meetings": found.order_by("-starts_at", "pk")[:_MOST]}


@router.get("/{uuid:pk}", response=MeetingOut, summary="Read a public meeting", auth=None)
def meeting(request: HttpRequest, pk: uuid.UUID) -> Any:
    """What everyone sees on its page; the link to join is never part of it."""
    found: Meeting = get_object_or_404(selectors.public_meetings(), pk=pk)
    host, minutes = selectors.shown_host(found), selectors.approved_minutes(found)
    is_held = found.state == Meeting.State.HELD
    listed = {name: getattr(found, name) for name in ListedMeeting.model_fields}
    return listed | {
        "about": found.about,
        "body": found.body.name if found.body else "",
        "host": host.name if host else "",
        "sessions": list(found.sessions.all()),
        "minutes": minutes.text if minutes else "",
        "takeaways": list(selectors.takeaways_of(found)) if is_held else [],
        "figures": selectors.figures_of(found) if is_held else None,
    }

"""The list of meetings, the page of one, and both as calendar files."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from minga.meetings import calendars, selectors, wording
from minga.meetings.engine import zones
from minga.meetings.models import Attendance, Meeting, Session
from minga.meetings.views.common import place_of, shows_meeting
from minga.web.calendar import CONTENT_TYPE, Event, write_calendar

_PAGE = 20
_MOST_COMING = 200


def _asked(request: HttpRequest, name: str) -> str:
    """A field of a GET form. PostgreSQL cannot compare with the character NUL, and nobody types it."""
    return request.GET.get(name, "").replace("\x00", "")


@require_safe
@never_cache
def meetings(request: HttpRequest) -> HttpResponse:
    """List what comes and what was, for whoever reads."""
    visible = selectors.meetings_visible_to(request.user)
    chosen = {name: _asked(request, name) for name in ("kind", "country", "body")}
    found = selectors.search(visible, **chosen)
    page = Paginator(selectors.past(found), _PAGE).get_page(request.GET.get("page"))
    countries = set(visible.exclude(country="").order_by().values_list("country", flat=True))
    words = {
        "coming": _rows(selectors.coming(found)[:_MOST_COMING]) if page.number == 1 else [],
        "page": page,
        "past": _rows(page),
        "chosen": chosen,
        "kinds": Meeting.Kind.choices,
        "countries": wording.country_choices(countries),
        "bodies": selectors.bodies_in(visible),
        "may_set_up": selectors.may_set_up(request.user),
    }
    return render(request, "meetings/list.html", words)


def _rows(found: Any) -> list[dict[str, Any]]:
    return [{"meeting": meeting, "times": wording.times(meeting)} for meeting in found]


@require_safe
@shows_meeting
def meeting(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Show a meeting: when, where, agenda, who may come how; afterwards minutes, takeaways and figures."""
    return render(request, "meetings/meeting.html", page_words(request, meeting))


def page_words(request: HttpRequest, meeting: Meeting) -> dict[str, Any]:
    """Return what the page of a meeting shows."""
    organizes = selectors.may_organize(request.user, meeting)
    place = place_of(request, meeting)
    comes = place is not None and place.state in (Attendance.State.REGISTERED, Attendance.State.ATTENDED)
    is_held = meeting.state == Meeting.State.HELD
    return {
        "meeting": meeting,
        "host": selectors.shown_host(meeting, organizes=organizes),
        "times": wording.times(meeting),
        "sessions": _agenda(meeting, list(meeting.sessions.all())),
        "organizes": organizes,
        "place": place,
        "comes": comes,
        "join_link": meeting.online_link if (comes or organizes) and not is_held else "",
        "takes": selectors.takes_registrations(meeting),
        "takes_guests": selectors.takes_guests(meeting),
        "places_left": selectors.places_left(meeting),
        "minutes": selectors.approved_minutes(meeting),
        "takeaways": selectors.takeaways_of(meeting) if is_held or organizes else [],
        "figures": wording.figures_in_words(selectors.figures_of(meeting)) if is_held else None,
        "counts": wording.counts_in_words(selectors.counts_of(meeting)) if organizes else None,
        "has_begun": selectors.has_begun(meeting),
    }


def _agenda(meeting: Meeting, sessions: list[Session]) -> list[dict[str, Any]]:
    """Lay beside each session when it begins, on the clock of the meeting."""
    is_long = zones.in_zone(meeting.starts_at, meeting.time_zone).date() != (
        zones.in_zone(meeting.ends_at, meeting.time_zone).date()
    )
    return [
        {"session": one, "at": wording.clock(one.starts_at, meeting.time_zone, with_day=is_long)} for one in sessions
    ]


# ---------------------------------------------------------------- calendar files
def address_in(request: HttpRequest) -> calendars.Address:
    """Return how to find the whole address of a meeting's page on this site."""
    return lambda meeting: request.build_absolute_uri(reverse("meetings:meeting", args=[meeting.pk]))


def calendar_file(events: list[Event], *, name: str = "", file: str = "") -> HttpResponse:
    """Answer with a calendar file; with a name of the file, it is to be saved."""
    response = HttpResponse(write_calendar(events, name=name, language=wording.language()), content_type=CONTENT_TYPE)
    if file:
        response["Content-Disposition"] = f'attachment; filename="{file}"'
    return response


@require_safe
@shows_meeting
def event(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """One meeting as a calendar file; the link to join stands in it for those who come."""
    comes = page_words(request, meeting)["comes"]
    found = calendars.event_of(meeting, address_in(request)(meeting), with_link=comes)
    return calendar_file([found], file="meeting.ics")


@require_safe
def public_calendar(request: HttpRequest) -> HttpResponse:
    """All public meetings as one calendar to which anybody can subscribe."""
    found = selectors.public_feed().prefetch_related("sessions")
    return calendar_file(calendars.events_of(found, address_in(request)), name=_("Meetings of the alliance"))

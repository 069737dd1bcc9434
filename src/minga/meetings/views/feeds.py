"""A person's own calendar: making and ending its secret link, and the file behind it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from minga.meetings import calendars, selectors, services
from minga.meetings.views.public import address_in, calendar_file
from minga.members import services as people
from minga.web.ratelimit import limited


@require_http_methods(["GET", "HEAD", "POST"])
@limited("meetings-feed", times=30, seconds=3600)
@never_cache
@login_required
def my_calendar(request: HttpRequest) -> HttpResponse:
    """Say whether there is a link; make a new one, which is shown once, or end it."""
    person = people.person_for(request.user)
    link = ""
    if request.method == "POST" and request.POST.get("do") == "end":
        services.revoke_feed(person=person)
        messages.success(request, _("The link has ended. Calendar programs that used it get nothing more."))
        return redirect("meetings:my_calendar")
    if request.method == "POST":
        secret = services.make_feed(person=person)
        link = request.build_absolute_uri(reverse("meetings:feed", args=[secret]))
    words = {"feed": selectors.feed_link_of(person), "link": link, "webcal": f"webcal:{link.partition(':')[2]}"}
    return render(request, "meetings/my_calendar.html", words)


@require_safe
@never_cache
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar of whoever made the link: meetings with the links to join them, and actions that are due."""
    person = selectors.person_of_feed(token)
    if person is None:
        raise Http404
    found = selectors.feed_of(person).prefetch_related("sessions")
    events = calendars.events_of(found, address_in(request), selectors.joined_by(person))
    events += calendars.due_events(selectors.actions_due(found), address_in(request))
    return calendar_file(events, name=_("My meetings"))

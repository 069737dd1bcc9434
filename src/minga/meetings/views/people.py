"""The list of who is invited, comes and came, for those who organize a meeting; it prints as a list to sign."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from minga.meetings import selectors, services, wording
from minga.meetings.engine.errors import ActError
from minga.meetings.forms_list import GuestListForm
from minga.meetings.forms_people import AddGuestForm
from minga.meetings.models import Attendance, Meeting
from minga.meetings.views.common import organizes, refused, tell_people


@require_http_methods(["GET", "HEAD", "POST"])
@organizes
def people(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Show the list, and add people who came without being on it: one, or a whole sheet."""
    offered: dict[str, Any] = {"form": AddGuestForm(), "list_form": GuestListForm()}
    is_refused = False
    if request.method == "POST":
        which = "list_form" if "lines" in request.POST else "form"
        sent = offered[which] = type(offered[which])(request.POST)
        if sent.is_valid() and _add(request, meeting, sent):
            return redirect("meetings:people", pk=meeting.pk)
        is_refused = True
    words = {
        "meeting": meeting,
        "times": wording.times(meeting),
        "rows": selectors.people_of(meeting),
        "counts": wording.counts_in_words(selectors.counts_of(meeting)),
        "has_begun": selectors.has_begun(meeting),
        "may_invite": bool(meeting.body_id or meeting.organization_id) and meeting.is_open,
        "kept_days": settings.ATTENDANCE_DAYS,
    }
    return render(request, "meetings/people.html", words | offered, status=422 if is_refused else 200)


def _add(request: HttpRequest, meeting: Meeting, sent: AddGuestForm | GuestListForm) -> bool:
    try:
        count = services.add_guests(meeting=meeting, guests=sent.guests())
    except ActError as error:
        sent.add_error(None, wording.refusal(error.code))
        return False
    said = ngettext("%(count)s guest is now on the list.", "%(count)s guests are now on the list.", count)
    messages.success(request, said % {"count": count})
    return True


@require_POST
@organizes
def invite(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Invite everybody who holds a role in the body or the host; once it is announced, they are told by mail."""
    count = services.invite_role_holders(meeting=meeting, by=request.user)
    if meeting.state == Meeting.State.ANNOUNCED:
        tell_people(request, meeting)
    said = ngettext("%(count)s person is newly invited.", "%(count)s people are newly invited.", count)
    messages.success(request, said % {"count": count})
    return redirect("meetings:people", pk=meeting.pk)


@require_POST
@organizes
def person(request: HttpRequest, meeting: Meeting, place: int) -> HttpResponse:
    """Note that somebody came or did not, or take a row off the list."""
    found: Attendance = get_object_or_404(meeting.attendances.select_related("meeting"), pk=place)
    act = request.POST.get("do")
    try:
        if act == "delete":
            services.take_off(attendance=found, by=request.user)
        else:
            services.mark(attendance=found, came=act == "came")
    except ActError as error:
        return refused(request, error, "people", meeting)
    return redirect("meetings:people", pk=meeting.pk)

"""Calling a meeting, changing it, and saying what becomes of it."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from minga.meetings import selectors, services, wording
from minga.meetings.engine.errors import ActError
from minga.meetings.forms import MeetingForm, stored_beside
from minga.meetings.models import Meeting
from minga.meetings.services.calling import TOLD
from minga.meetings.views.common import organizes, refused, tell_people
from minga.web.ratelimit import limited
from minga.web.signing_in import signed_in

#: Which field of the form a refusal of the service stands beside.
_BESIDE = {"order": "ends", "zone": "time_zone", "host": "organization", "unlisted": "is_public"}


@require_http_methods(["GET", "HEAD", "POST"])
@limited("meetings-new", times=60, seconds=3600)
@never_cache
@signed_in
def new(request: HttpRequest) -> HttpResponse:
    """Call a meeting; it is in preparation until it is announced."""
    if not selectors.may_set_up(request.user):
        raise Http404
    form = MeetingForm(request.user, request.POST or None, initial={"language": wording.language()})
    if request.method == "POST" and form.is_valid():
        try:
            made = services.call_meeting(**form.meeting(), by=request.user, is_sample=settings.SAMPLE)
        except ActError as error:
            form.add_error(_BESIDE.get(error.code), wording.refusal(error.code))
        else:
            messages.success(request, _("The meeting is in preparation. Write its agenda, then announce it."))
            return redirect("meetings:meeting", pk=made.pk)
    return render(request, "meetings/edit.html", {"form": form, "meeting": None}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@organizes
def edit(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Change a meeting; whoever comes is told of another time or place by mail."""
    form = MeetingForm(request.user, request.POST or None, meeting=meeting)
    beside = []
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["seen"] or 0
        try:
            changed = services.change_meeting(meeting=meeting, seen=seen, by=request.user, **form.meeting())
        except ActError as error:
            # what was typed stays, and the next save counts as made after seeing what stands beside it
            now = selectors.find_for_work(meeting.pk, request.user)
            typed = request.POST.copy()
            typed["seen"] = str(now.sequence)
            form = MeetingForm(request.user, typed, meeting=now)
            form.is_valid()
            form.add_error(_BESIDE.get(error.code), wording.refusal(error.code))
            beside = stored_beside(form) if error.code == "changed" else []
        else:
            if changed & TOLD:
                tell_people(request, meeting)
            messages.success(request, _("The meeting is saved."))
            return redirect("meetings:meeting", pk=meeting.pk)
    words = {"form": form, "meeting": meeting, "beside": beside}
    return render(request, "meetings/edit.html", words, status=422 if form.errors else 200)


def _step(request: HttpRequest, meeting: Meeting, act: Callable[..., None], said: str, *, tells: bool) -> HttpResponse:
    try:
        act(meeting=meeting, by=request.user)
    except ActError as error:
        return refused(request, error, "meeting", meeting)
    if tells:
        tell_people(request, meeting)
    messages.success(request, said)
    return redirect("meetings:meeting", pk=meeting.pk)


@require_POST
@organizes
def announce(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Show the meeting to those it is for, and tell those who are invited."""
    return _step(request, meeting, services.announce, _("The meeting is announced."), tells=True)


@require_POST
@organizes
def hold(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Say that the meeting took place."""
    said = _("The meeting is marked as held. Takeaways are now open to everyone who may see it.")
    return _step(request, meeting, services.hold, said, tells=False)


@require_http_methods(["GET", "HEAD", "POST"])
@organizes
def cancel(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Say who will be told and ask; a post cancels the meeting."""
    if request.method == "POST":
        said = _("The meeting is cancelled. Those on the list are told by mail.")
        return _step(request, meeting, services.cancel, said, tells=True)
    words = {
        "meeting": meeting,
        "counts": wording.counts_in_words(selectors.counts_of(meeting)),
        "times": wording.times(meeting),
    }
    return render(request, "meetings/cancel.html", words)


@require_http_methods(["GET", "HEAD", "POST"])
@organizes
def delete(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Ask, then delete a meeting that was never announced."""
    if request.method != "POST":
        return render(request, "meetings/delete.html", {"meeting": meeting})
    try:
        services.delete_draft(meeting=meeting, by=request.user)
    except ActError as error:
        return refused(request, error, "meeting", meeting)
    messages.success(request, _("The meeting is deleted."))
    return redirect("meetings:list")

"""Saying that one comes, or cannot come: with an account, or as a guest of a public hearing."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from minga.meetings import selectors, services, tasks, wording
from minga.meetings.engine.errors import ActError
from minga.meetings.forms_people import CodeForm, ComeAsGuestForm, RegisterForm
from minga.meetings.models import Meeting
from minga.meetings.services.attending import tidy_code
from minga.meetings.views.common import forget, place_of, refused, remember, shows_meeting
from minga.members import selectors as members
from minga.members import services as people
from minga.web.ratelimit import limited


@require_http_methods(["GET", "HEAD", "POST"])
@limited("meetings-come", times=30, seconds=3600)
@shows_meeting
def register(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Ask how somebody comes, and put them on the list."""
    if request.user.is_authenticated:
        return _register(request, meeting)
    if selectors.takes_guests(meeting):
        return _come_as_guest(request, meeting)
    return redirect_to_login(request.get_full_path())


def _register(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    person = people.person_for(request.user)
    place = place_of(request, meeting)
    initial = {"gender": place.gender if place else ""}
    form = RegisterForm(members.organizations_of(person), request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.register(meeting=meeting, person=person, **form.said())
        except ActError as error:
            return refused(request, error, "meeting", meeting)
        messages.success(request, _("You are on the list. If something changes, a mail tells you."))
        return redirect("meetings:meeting", pk=meeting.pk)
    words = {"form": form, "meeting": meeting, "times": wording.times(meeting), "is_guest": False}
    return render(request, "meetings/register.html", words, status=422 if form.errors else 200)


def _come_as_guest(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    form = ComeAsGuestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            place, code = services.come_as_guest(meeting=meeting, language=get_language() or "", **form.said())
        except ActError as error:
            return refused(request, error, "meeting", meeting)
        is_told = bool(place.email) and tasks.send(place, request.build_absolute_uri("/"), code)
        words = {"meeting": meeting, "times": wording.times(meeting), "code": code, "is_told": is_told}
        words["is_not_told"] = bool(place.email) and not is_told
        return remember(render(request, "meetings/registered.html", words), meeting, code)
    words = {"form": form, "meeting": meeting, "times": wording.times(meeting), "is_guest": True}
    return render(request, "meetings/register.html", words, status=422 if form.errors else 200)


@require_POST
@limited("meetings-come", times=30, seconds=3600)
@shows_meeting
def excuse(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Note that somebody with an account cannot come."""
    if not request.user.is_authenticated:
        raise Http404
    try:
        services.excuse(meeting=meeting, person=people.person_for(request.user))
    except ActError as error:
        return refused(request, error, "meeting", meeting)
    messages.success(request, _("It is noted that you cannot come."))
    return redirect("meetings:meeting", pk=meeting.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@limited("meetings-leave", times=20, seconds=600)
@shows_meeting
def leave(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Let a guest off the list, by the browser that remembers the place or by its code."""
    place = None if request.user.is_authenticated else place_of(request, meeting)
    form = CodeForm(request.POST or None)
    if request.method == "POST":
        if place is None and form.is_valid():
            place = selectors.attendance_by_code(meeting, tidy_code(form.cleaned_data["code"]))
            if place is None:
                form.add_error("code", _("This code opens no place at this meeting. Look whether it was copied well."))
        if place is not None:
            services.take_off(attendance=place)
            messages.success(request, _("You are no longer on the list; your name is deleted."))
            return forget(redirect("meetings:meeting", pk=meeting.pk), meeting)
    words = {"meeting": meeting, "form": form, "is_known": place is not None}
    return render(request, "meetings/leave.html", words, status=422 if form.errors else 200)

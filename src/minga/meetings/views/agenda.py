"""The agenda, for those who organize a meeting: sessions to add, change, move and delete, without a script."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from minga.meetings import services, wording
from minga.meetings.engine.errors import ActError
from minga.meetings.forms import SessionForm, stored_beside
from minga.meetings.models import Meeting, Session
from minga.meetings.views.common import organizes, refused


@require_http_methods(["GET", "HEAD", "POST"])
@organizes
def sessions(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Show the agenda and add to its end."""
    form = SessionForm(meeting, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.add_session(meeting=meeting, **form.session())
        except ActError as error:
            form.add_error(None, wording.refusal(error.code))
        else:
            messages.success(request, _("The session is in the agenda."))
            return redirect("meetings:sessions", pk=meeting.pk)
    rows = [(one, wording.clock(one.starts_at, meeting.time_zone, with_day=True)) for one in meeting.sessions.all()]
    words = {"meeting": meeting, "rows": rows, "form": form}
    return render(request, "meetings/sessions.html", words, status=422 if form.errors else 200)


def _found(meeting: Meeting, number: int) -> Session:
    return get_object_or_404(meeting.sessions.select_related("meeting"), number=number)


@require_http_methods(["GET", "HEAD", "POST"])
@organizes
def session(request: HttpRequest, meeting: Meeting, number: int) -> HttpResponse:
    """Change a session."""
    found = _found(meeting, number)
    form, beside = SessionForm(meeting, request.POST or None, session=found), []
    if request.method == "POST" and form.is_valid():
        try:
            services.change_session(session=found, seen=form.cleaned_data["seen"] or 0, **form.session())
        except ActError as error:
            meeting.refresh_from_db()
            typed = request.POST.copy()
            typed["seen"] = str(meeting.sequence)
            form = SessionForm(meeting, typed, session=_found(meeting, number))
            form.is_valid()
            form.add_error(None, wording.refusal(error.code))
            beside = stored_beside(form) if error.code == "changed" else []
        else:
            messages.success(request, _("The session is saved."))
            return redirect("meetings:sessions", pk=meeting.pk)
    words = {"meeting": meeting, "session": found, "form": form, "beside": beside}
    return render(request, "meetings/session.html", words, status=422 if form.errors else 200)


@require_POST
@organizes
def move(request: HttpRequest, meeting: Meeting, number: int) -> HttpResponse:
    """Move a session one place up or down."""
    try:
        services.move_session(session=_found(meeting, number), up=request.POST.get("to") == "up")
    except ActError as error:
        return refused(request, error, "sessions", meeting)
    return redirect("meetings:sessions", pk=meeting.pk)


@require_POST
@organizes
def delete(request: HttpRequest, meeting: Meeting, number: int) -> HttpResponse:
    """Take a session out of the agenda."""
    try:
        services.delete_session(session=_found(meeting, number))
    except ActError as error:
        return refused(request, error, "sessions", meeting)
    messages.success(request, _("The session is out of the agenda."))
    return redirect("meetings:sessions", pk=meeting.pk)

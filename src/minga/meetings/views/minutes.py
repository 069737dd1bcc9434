"""Minutes: writing the next version, reading older ones, approving the newest."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minga.meetings import selectors, services, wording
from minga.meetings.engine.errors import ActError
from minga.meetings.forms_people import MinutesForm
from minga.meetings.models import Meeting
from minga.meetings.views.common import organizes, refused
from minga.web.numbers import read_number


@require_http_methods(["GET", "HEAD", "POST"])
@organizes
def minutes(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Write the next version; where somebody was faster, both texts stand side by side and nothing is lost."""
    latest, newer = selectors.latest_minutes(meeting), None
    initial = {"language": meeting.language}
    if latest:
        initial = {"text": latest.text, "language": latest.language, "seen": latest.version}
    form = MinutesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.write_minutes(meeting=meeting, by=request.user, **form.cleaned_data)
        except ActError as error:
            latest = selectors.latest_minutes(meeting)
            typed = request.POST.copy()
            if error.code == "written" and latest:
                newer = latest
                typed["seen"] = str(latest.version)
            form = MinutesForm(typed)
            form.is_valid()
            form.add_error(None, wording.refusal(error.code))
        else:
            messages.success(request, _("The minutes are saved as a new version."))
            return redirect("meetings:minutes", pk=meeting.pk)
    words = {
        "meeting": meeting,
        "form": form,
        "latest": latest,
        "newer": newer,
        "versions": meeting.minutes.order_by("-version"),
    }
    return render(request, "meetings/minutes.html", words, status=422 if form.errors else 200)


@require_safe
@organizes
def version(request: HttpRequest, meeting: Meeting, number: int) -> HttpResponse:
    """Show a version of the minutes as it was written."""
    found = get_object_or_404(meeting.minutes, version=number)
    return render(request, "meetings/minutes_version.html", {"meeting": meeting, "minutes": found})


@require_POST
@organizes
def approve(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Approve the version that was read."""
    seen = read_number(request.POST.get("seen")) or 0
    try:
        services.approve_minutes(meeting=meeting, version=seen, by=request.user)
    except ActError as error:
        return refused(request, error, "minutes", meeting)
    messages.success(request, _("The minutes are approved: everyone who may see the meeting can read them."))
    return redirect("meetings:meeting", pk=meeting.pk)

"""Takeaways, for those who organize a meeting: add, change, mark as done, delete."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from minga.meetings import selectors, services, wording
from minga.meetings.engine.errors import ActError
from minga.meetings.forms import stored_beside
from minga.meetings.forms_people import TakeawayForm
from minga.meetings.models import Meeting, Takeaway
from minga.meetings.views.common import organizes, refused


@require_http_methods(["GET", "HEAD", "POST"])
@organizes
def takeaways(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Show what was noted and add to it."""
    form = TakeawayForm(meeting, request.POST or None, initial={"language": meeting.language})
    if request.method == "POST" and form.is_valid():
        try:
            services.add_takeaway(meeting=meeting, **form.takeaway())
        except ActError as error:
            form.add_error(None, wording.refusal(error.code))
        else:
            messages.success(request, _("It is noted."))
            return redirect("meetings:takeaways", pk=meeting.pk)
    words = {
        "meeting": meeting,
        "takeaways": selectors.takeaways_of(meeting),
        "form": form,
        "has_begun": selectors.has_begun(meeting),
    }
    return render(request, "meetings/takeaways.html", words, status=422 if form.errors else 200)


def _found(meeting: Meeting, number: int) -> Takeaway:
    return get_object_or_404(meeting.takeaways.select_related("meeting"), number=number)


@require_http_methods(["GET", "HEAD", "POST"])
@organizes
def takeaway(request: HttpRequest, meeting: Meeting, number: int) -> HttpResponse:
    """Change a takeaway."""
    found = _found(meeting, number)
    form, beside = TakeawayForm(meeting, request.POST or None, takeaway=found), []
    if request.method == "POST" and form.is_valid():
        try:
            services.change_takeaway(takeaway=found, seen=form.cleaned_data["seen"] or 0, **form.takeaway())
        except ActError as error:
            now = _found(meeting, number)
            typed = request.POST.copy()
            typed["seen"] = str(now.revision)
            form = TakeawayForm(meeting, typed, takeaway=now)
            form.is_valid()
            form.add_error(None, wording.refusal(error.code))
            beside = stored_beside(form)
        else:
            messages.success(request, _("The takeaway is saved."))
            return redirect("meetings:takeaways", pk=meeting.pk)
    words = {"meeting": meeting, "takeaway": found, "form": form, "beside": beside}
    return render(request, "meetings/takeaway.html", words, status=422 if form.errors else 200)


@require_POST
@organizes
def done(request: HttpRequest, meeting: Meeting, number: int) -> HttpResponse:
    """Note that an action is done, or not after all."""
    try:
        services.set_done(takeaway=_found(meeting, number), done=request.POST.get("done") == "yes")
    except ActError as error:
        return refused(request, error, "takeaways", meeting)
    return redirect("meetings:takeaways", pk=meeting.pk)


@require_POST
@organizes
def delete(request: HttpRequest, meeting: Meeting, number: int) -> HttpResponse:
    """Delete a takeaway, unless a voice rests on it."""
    try:
        services.delete_takeaway(takeaway=_found(meeting, number), by=request.user)
    except ActError as error:
        return refused(request, error, "takeaways", meeting)
    messages.success(request, _("The takeaway is deleted."))
    return redirect("meetings:takeaways", pk=meeting.pk)

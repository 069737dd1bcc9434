"""What all pages of the room share: the meeting of an address, given only to whoever may see or change it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from minga.meetings import selectors, tasks, wording
from minga.meetings.engine.errors import ActError
from minga.meetings.models import Attendance, Meeting
from minga.web.signing_in import sign_in_first

View = Callable[..., HttpResponse]

_SALT = "minga.meetings.place"


def shows_meeting(view: View) -> View:
    """Give a view the meeting of its address, or answer 404; nothing is cached, since the page knows who reads it."""

    @wraps(view)
    @never_cache
    def guarded(request: HttpRequest, pk: UUID, **named: Any) -> HttpResponse:
        return view(request, selectors.find_meeting(pk, request.user), **named)

    return guarded


def organizes(view: View) -> View:
    """Give a view the meeting of its address if the account organizes it; 404 otherwise, and sign-in for visitors."""

    @wraps(view)
    @never_cache
    def guarded(request: HttpRequest, pk: UUID, **named: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return sign_in_first(request)
        return view(request, selectors.find_for_work(pk, request.user), **named)

    return guarded


def refused(request: HttpRequest, error: ActError, name: str, meeting: Meeting) -> HttpResponse:
    """Say why a step is not possible, on the page to which it leads back."""
    messages.error(request, str(wording.refusal(error.code)))
    return redirect(f"meetings:{name}", pk=meeting.pk)


def tell_people(request: HttpRequest, meeting: Meeting) -> None:
    """Queue the mail to those who come; the page does not wait for it."""
    tasks.tell_people.enqueue(str(meeting.pk), request.build_absolute_uri("/"))


# ---------------------------------------------------------------- a guest's place, which the browser remembers
def _cookie_name(meeting: Meeting) -> str:
    return f"place_{meeting.pk.hex}"


def remember(response: HttpResponse, meeting: Meeting, code: str) -> HttpResponse:
    """Let this browser know the guest's place, as long as the list is kept."""
    response.set_signed_cookie(
        _cookie_name(meeting),
        code,
        salt=_SALT,
        max_age=settings.ATTENDANCE_DAYS * 24 * 3600,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return response


def forget(response: HttpResponse, meeting: Meeting) -> HttpResponse:
    """Take the guest's place out of this browser."""
    response.delete_cookie(_cookie_name(meeting), samesite="Lax")
    return response


def place_of(request: HttpRequest, meeting: Meeting) -> Attendance | None:
    """Return what the reader said about coming: by account, or as a guest by what this browser remembers."""
    if request.user.is_authenticated:
        return selectors.attendance_of(meeting, request.user)
    code = request.get_signed_cookie(_cookie_name(meeting), default="", salt=_SALT)
    return selectors.attendance_by_code(meeting, code or "")

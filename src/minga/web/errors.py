"""Error pages: what happened, and what to do."""

from __future__ import annotations

import logging

from django.conf import settings
from django.core.exceptions import TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from minga.web.signing_in import page_of_the_form

_log = logging.getLogger(__name__)


def _page(
    request: HttpRequest, status: int, title: str, explanation: str, what_to_do: str, back: str = ""
) -> HttpResponse:
    if request.path.startswith("/api/"):
        from django.http import JsonResponse

        return JsonResponse(
            {
                "error": {
                    "code": f"http_{status}",
                    "message": f"{explanation} {what_to_do}",
                    "where": request.path,
                }
            },
            status=status,
        )
    words = {"title": title, "explanation": explanation, "what_to_do": what_to_do, "back": back}
    return render(request, "web/error.html", words, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the browser sent what the site cannot read, or more files or answers than it receives at once."""
    if isinstance(exception, TooManyFilesSent):
        return _too_many(
            request,
            _("Too many files at once"),
            _("At most %(most)s files are received at once.") % {"most": settings.DATA_UPLOAD_MAX_NUMBER_FILES},
            _("Put them into one .zip file and send that."),
        )
    if isinstance(exception, TooManyFieldsSent):
        return _too_many(
            request,
            _("Too many answers at once"),
            _("A form may have at most %(most)s answers, so nothing of it was kept.")
            % {"most": settings.DATA_UPLOAD_MAX_NUMBER_FIELDS},
            _("Send it in parts: fewer files at once, or a long text as several shorter ones."),
        )
    return _page(
        request,
        400,
        _("This request could not be read"),
        _("Something in the address or the form was damaged on its way."),
        _("Go back, reload the page and try again."),
    )


def _too_many(request: HttpRequest, title: str, explanation: str, what_to_do: str) -> HttpResponse:
    response = _page(request, 400, title, explanation, what_to_do, back=request.path)
    # people choose too many files; Django would log it as an attack, with a traceback
    _log.info("%s: %s", title, request.path)
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the page exists but not for this visitor."""
    return _page(
        request,
        403,
        _("This page is not open to you"),
        _("It belongs to somebody else, or your role does not include it."),
        _("Sign in with the account that may see it, or ask its owner or the secretariat."),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing here."""
    return _page(
        request,
        404,
        _("There is no such page"),
        _("The address is wrong, or what stood here was removed."),
        _("Check the address, or start from the first page."),
    )


def too_many_requests(request: HttpRequest, wait: int = 3600) -> HttpResponse:
    """429: more came than people send; `wait` seconds later it goes on, an hour later in any case."""
    return _page(request, 429, _("Too many attempts in a short time"), *too_many_words(wait))


def too_many_words(wait: int) -> tuple[str, str]:
    """Say that too much came, and in how many minutes it goes on."""
    minutes = -(-wait // 60)
    what_to_do = ngettext(
        "Wait %(minutes)d minute, then try again.", "Wait %(minutes)d minutes, then try again.", minutes
    )
    came = _(
        "More came from here, or from the network that you share with others, than the site accepts in this time. "
        "What was confirmed as saved is saved."
    )
    return came, what_to_do % {"minutes": minutes}


def busy(request: HttpRequest) -> HttpResponse:
    """503: something that takes long is being made for others, and would hold up every other page."""
    response = _page(
        request,
        503,
        _("This file cannot be made at the moment"),
        _("Others are being made just now, and each takes a while."),
        _("Try again in a minute, or take the page as it is."),
    )
    response["Retry-After"] = "60"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault; the page needs neither database nor session."""
    return HttpResponse(loader.get_template("web/500.html").render({}), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's seal is missing or too old."""
    return _page(
        request,
        403,
        _("The form could not be sent safely"),
        _("Its security mark was missing or too old. Nothing was changed."),
        _("Allow cookies for this site, go back, reload the page and send the form again."),
        back=page_of_the_form(request, instead=""),
    )

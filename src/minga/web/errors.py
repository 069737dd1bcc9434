"""Error pages: what happened, and what to do."""

from __future__ import annotations

import logging

from django.conf import settings
from django.core.exceptions import TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext as _

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
    """400: the browser sent what the site cannot read, or more files than it receives at once."""
    if isinstance(exception, TooManyFilesSent):
        response = _page(
            request,
            400,
            _("Too many files at once"),
            _("At most %(most)s files are received at once.") % {"most": settings.DATA_UPLOAD_MAX_NUMBER_FILES},
            _("Put them into one .zip file and send that."),
            back=request.path,
        )
        # people choose too many files; Django would log it as an attack, with a traceback
        _log.info("Too many files at once: %s", request.path)
        response._has_been_logged = True  # type: ignore[attr-defined]
        return response
    return _page(
        request,
        400,
        _("This request could not be read"),
        _("Something in the address or the form was damaged on its way."),
        _("Go back, reload the page and try again."),
    )


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


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """429: one address sends more than a person would."""
    return _page(
        request,
        429,
        _("Too many attempts in a short time"),
        _("This address has sent more than the site accepts. What was confirmed as saved is saved."),
        _("Wait a few minutes, then try again."),
    )


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

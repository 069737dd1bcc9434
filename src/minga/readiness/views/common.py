"""What the pages of an assessment share: who may open it, and the cookie that remembers a guest."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache

from minga.readiness import selectors
from minga.readiness.engine.instrument import Instrument
from minga.readiness.models import Assessment, Colleague, Panellist

View = Callable[..., HttpResponse]

#: What a key opens: a check, a colleague's questions, or a place in a panel.
Opened = Assessment | Colleague | Panellist

_SALT = "minga.readiness.key"


def language() -> str:
    """Return the language of the page."""
    return get_language() or settings.LANGUAGE_CODE


def _cookie_name(pk: uuid.UUID) -> str:
    return f"check_{pk.hex}"


def remember(response: HttpResponse, opened: Opened, secret: str) -> HttpResponse:
    """Let this browser open a check, a colleague's questions or a place in a panel, as long as a guest's is kept."""
    response.set_signed_cookie(
        _cookie_name(opened.pk),
        secret,
        salt=_SALT,
        max_age=settings.UNCLAIMED_DAYS * 24 * 3600,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return response


def forget(response: HttpResponse, pk: uuid.UUID) -> HttpResponse:
    """Take the key out of this browser."""
    response.delete_cookie(_cookie_name(pk), samesite="Lax")
    return response


def held_secret(request: HttpRequest, pk: uuid.UUID) -> str | None:
    """Return the key this browser holds for an assessment; None where there is none, or it was altered."""
    return request.get_signed_cookie(_cookie_name(pk), default=None, salt=_SALT)


def opens_to(right: Assessment.OpenedFor) -> Callable[[View], View]:
    """Give a view the assessment of its address, or answer 404 to those who lack the right; nothing is cached."""

    def decorate(view: View) -> View:
        @wraps(view)
        @never_cache
        def guarded(request: HttpRequest, pk: uuid.UUID, **named: Any) -> HttpResponse:
            assessment = selectors.find(pk, account=request.user, secret=held_secret(request, pk), right=right)
            return view(request, assessment, **named)

        return guarded

    return decorate


#: for the business itself, for an adviser who may write answers down, and for one who may only read
opens = opens_to(Assessment.OpenedFor.OWNING)
opens_to_answer = opens_to(Assessment.OpenedFor.ANSWERING)
opens_to_read = opens_to(Assessment.OpenedFor.READING)


def place_of(assessment: Assessment) -> str:
    """Return how this device calls an assessment: the part of the address that its pages share."""
    return f"a/{assessment.pk}"


def for_offline(request: HttpRequest, response: HttpResponse, key: str | None) -> HttpResponse:
    """Let the page's worker keep a page for whoever opened it; `key` is what their browser opened it with.

    The mark changes with the person, so the worker throws a page away that was kept for somebody else.
    """
    who = f"{request.user.pk if request.user.is_authenticated else ''} {key or ''}"
    response["Minga-Keep"] = salted_hmac("minga.readiness.keep", who).hexdigest()[:16]
    return response


def keep_alive(request: HttpRequest, response: HttpResponse, opened: Opened) -> HttpResponse:
    """Renew the cookie of whoever has no account after an answer, since the retention time starts anew too."""
    secret = held_secret(request, opened.pk)
    return remember(response, opened, secret) if secret else response


def frame(assessment: Assessment) -> dict[str, Any]:
    """Return what every page of an assessment shows: instrument, answers, progress, and when it is deleted."""
    instrument = shown_instrument(assessment)
    answers = selectors.answers_of(assessment)
    return {
        "assessment": assessment,
        "instrument": instrument,
        "answers": answers,
        "progress": selectors.progress(assessment, instrument, answers),
        "deleted_on": selectors.deleted_on(assessment),
        "place": place_of(assessment),
    }


def shown_instrument(assessment: Assessment) -> Instrument:
    """Return the pinned instrument in the language of the page."""
    return selectors.instrument_of(assessment, language())

"""Speaking in a consultation by form, without an account, and the receipt that is shown afterwards."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from minga.deliberation import wording_consulting as wording
from minga.deliberation.engine.errors import ActError
from minga.deliberation.forms_speaking import SpeakForm
from minga.deliberation.models import Consultation, Source
from minga.deliberation.selectors import consulting
from minga.deliberation.services import sources
from minga.deliberation.views.common import posted, shows_consultation
from minga.web.ratelimit import limited

_SALT = "minga.deliberation.receipt"
#: how long the browser that sent the words shows their code again, as after a reload
_SECONDS = 900


@limited("deliberation-speak", times=30, seconds=3600)
@shows_consultation
@never_cache
def speak(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """Take in what somebody says, point by point."""
    if not consultation.is_open:
        messages.info(request, str(wording.refusal("closed")))
        return redirect("deliberation:consultation", consultation.slug)
    rounds = consulting.open_rounds(consultation)
    asked = {"language": wording.language(), "sending": uuid.uuid4().hex, "round": request.GET.get("round", "")}
    form = SpeakForm(rounds, posted(request), initial=asked)
    if request.method == "POST" and form.is_valid():
        try:
            return _taken_in(request, consultation, form)
        except ActError as error:
            form.add_error(None, str(wording.refusal(error.code)))
    words = {"consultation": consultation, "text": wording.shown(consultation), "form": form}
    return render(request, "deliberation/speak.html", words, status=422 if form.errors else 200)


def _taken_in(request: HttpRequest, consultation: Consultation, form: SpeakForm) -> HttpResponse:
    """Store the words once, and lead to their receipt; the code travels in a cookie that only the site can read."""
    to_receipt = redirect("deliberation:spoken", consultation.slug)
    once = f"spoke:{form.cleaned_data['sending']}"
    if not cache.add(once, 1, timeout=_SECONDS):
        return to_receipt
    try:
        taken = _take_in(request, consultation, form)
    except Exception:
        cache.delete(once)  # nothing was stored: the same page may be sent again
        raise
    to_receipt.set_signed_cookie(
        _cookie(consultation),
        taken.receipt_code,
        salt=_SALT,
        max_age=_SECONDS,
        path=reverse("deliberation:spoken", args=[consultation.slug]),
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return to_receipt


def _take_in(request: HttpRequest, consultation: Consultation, form: SpeakForm) -> Any:
    given = form.cleaned_data
    return sources.take_in(
        consultation,
        Source.Kind.FORM,
        "\n\n".join(form.points),
        voices=[sources.Part(text=point, language=given["language"]) for point in form.points],
        round=form.round,
        author=sources.Author(name=given["name"], organization=given["organization"], address=given["email"]),
        strata=form.strata,
        may_publish=given["may_publish"],
        account=request.user if request.user.is_authenticated else None,
        language=given["language"],
    )


def _cookie(consultation: Consultation) -> str:
    return f"spoken_{consultation.pk.hex}"


@require_safe
@shows_consultation
@never_cache
def spoken(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """Show the code of what was just sent, for a quarter of an hour and in this browser alone."""
    code = request.get_signed_cookie(_cookie(consultation), default=None, salt=_SALT, max_age=_SECONDS)
    words = {"consultation": consultation, "text": wording.shown(consultation), "code": code}
    return render(request, "deliberation/spoken.html", words)

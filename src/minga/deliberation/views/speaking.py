"""Speaking in a consultation by form, without an account, and the receipt that is shown afterwards."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from minga.deliberation import wording_consulting as wording
from minga.deliberation.engine.errors import ActError
from minga.deliberation.engine.submissions import hash_of_text
from minga.deliberation.forms_speaking import SpeakForm
from minga.deliberation.models import Consultation, Source
from minga.deliberation.selectors import consulting
from minga.deliberation.services import sources
from minga.deliberation.views.common import posted, shows_consultation
from minga.text.contacts import pieces
from minga.web.ratelimit import limited

_SALT = "minga.deliberation.receipt"
#: how long the browser that sent the words shows their code again, as after a reload
_SECONDS = 900
#: how long the same words out of the same browser are asked about, and the same page is taken in once
_DAY = 86_400
#: so many texts are known again, by so many digits of their mark
_MARKS, _DIGITS = 10, 16


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
    question = ""
    reached_by: list[str] = []
    if request.method == "POST" and form.is_valid():
        reached_by = _reached_by(form)
        question = _question(request, consultation, form, reached_by)
        if not question:
            try:
                return _taken_in(request, consultation, form)
            except ActError as error:
                form.add_error(None, str(wording.refusal(error.code)))
    words = {
        "consultation": consultation,
        "text": wording.shown(consultation),
        "form": form,
        "question": question,
        "reached_by": reached_by,
    }
    return render(request, "deliberation/speak.html", words, status=422 if form.errors or question else 200)


def _question(request: HttpRequest, consultation: Consultation, form: SpeakForm, reached_by: list[str]) -> str:
    """Return what is asked once before words are taken in: "same", "reached", or "out" once contacts are taken out."""
    if cache.get(_once(form)):  # this page was sent already: its receipt is all that is left to show
        return ""
    if not form.cleaned_data["again"] and _digest(form) in _sent_before(request, consultation):
        return "same"
    if not reached_by or form.cleaned_data["reachable"]:
        return ""
    if request.POST.get("contacts") != "out":
        return "reached"
    form.without_contacts()
    return "out"


def _reached_by(form: SpeakForm) -> list[str]:
    """Return telephone numbers and e-mail addresses in words that would be shown in public."""
    if not form.cleaned_data["may_publish"]:
        return []
    return [words for point in form.points for words, kind in pieces(point) if kind]


def _once(form: SpeakForm) -> str:
    return f"spoke:{form.cleaned_data['sending']}"


def _digest(form: SpeakForm) -> str:
    return hash_of_text("\n\n".join(form.points))[:_DIGITS]


def _sent_before(request: HttpRequest, consultation: Consultation) -> list[str]:
    """Return marks of the words that this browser, or this account, sent to the consultation before."""
    told = request.get_signed_cookie(_words_cookie(consultation), default="", salt=_SALT, max_age=_DAY)
    marks = told.split(".") if told else []
    if request.user.is_authenticated:
        own = consultation.sources.filter(account=request.user, kind=Source.Kind.FORM).exclude(text="")
        marks += [digest[:_DIGITS] for digest in own.values_list("text_hash", flat=True)]
    return marks


def _taken_in(request: HttpRequest, consultation: Consultation, form: SpeakForm) -> HttpResponse:
    """Store the words once, and lead to their receipt; the code travels in a cookie that only the site can read."""
    to_receipt = redirect("deliberation:spoken", consultation.slug)
    once = _once(form)
    if not cache.add(once, 1, timeout=_DAY):
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
    marks = [_digest(form), *_sent_before(request, consultation)][:_MARKS]
    to_receipt.set_signed_cookie(
        _words_cookie(consultation),
        ".".join(marks),
        salt=_SALT,
        max_age=_DAY,
        path=reverse("deliberation:speak", args=[consultation.slug]),
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


def _words_cookie(consultation: Consultation) -> str:
    return f"said_{consultation.pk.hex}"


@require_safe
@shows_consultation
@never_cache
def spoken(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """Show the code of what was just sent, for a quarter of an hour and in this browser alone."""
    code = _code_of(request, consultation)
    words = {"consultation": consultation, "text": wording.shown(consultation), "code": code}
    return render(request, "deliberation/spoken.html", words)


@require_safe
@shows_consultation
@never_cache
def spoken_file(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """Give the code as a small text to keep, with the address at which it opens the receipt."""
    code = _code_of(request, consultation)
    if not code:
        raise Http404
    opens = request.build_absolute_uri(reverse("deliberation:receipt_link", args=[code]))
    lines = [wording.shown(consultation).title, "", _("Your code"), code, "", _("It opens your receipt here:"), opens]
    # a text editor reads UTF-8 by the mark at its beginning
    response = HttpResponse("\ufeff" + "\r\n".join(lines) + "\r\n", content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{consultation.slug}-code.txt"'
    return response


def _code_of(request: HttpRequest, consultation: Consultation) -> str | None:
    """Return the code of what this browser sent last; None where it is too late."""
    code: str | None = request.get_signed_cookie(_cookie(consultation), default=None, salt=_SALT, max_age=_SECONDS)
    return code

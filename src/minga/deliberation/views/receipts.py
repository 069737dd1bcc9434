"""Receipts: a code opens what one sent, with the answer and what came of it, and lets one take words back."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from minga.deliberation.engine.errors import ActError
from minga.deliberation.forms_receipts import CodeForm
from minga.deliberation.models import Source
from minga.deliberation.selectors import voices as selectors
from minga.deliberation.selectors.sourcing import is_kept_back
from minga.deliberation.services import receipts
from minga.deliberation.views.voices import frame
from minga.web.numbers import read_number
from minga.web.ratelimit import limited

View = Callable[..., HttpResponse]

_SALT = "minga.deliberation.receipt"
#: How long a browser may read a receipt after the code was typed: a family or an office may share it.
_SECONDS = 2 * 3600


def _cookie(pk: uuid.UUID) -> str:
    return f"receipt_{pk.hex}"


def opens_receipt(view: View) -> View:
    """Give a view the submission of its address: to who typed its code in this browser, or sent it signed in."""

    @wraps(view)
    @never_cache
    def guarded(request: HttpRequest, pk: uuid.UUID, **named: Any) -> HttpResponse:
        source = Source.objects.select_related("consultation").filter(pk=pk).first()
        if source is None or not (_holds(request, source) or _sent(request, source)):
            raise Http404
        return view(request, source, **named)

    return guarded


def _holds(request: HttpRequest, source: Source) -> bool:
    held = request.get_signed_cookie(_cookie(source.pk), default="", salt=_SALT, max_age=_SECONDS)
    return bool(source.receipt_hash) and held == source.receipt_hash


def _sent(request: HttpRequest, source: Source) -> bool:
    return request.user.is_authenticated and source.account_id == request.user.pk


# ---------------------------------------------------------------- coming in
@limited("deliberation-receipt", times=10, seconds=600)
@never_cache
def receipt(request: HttpRequest) -> HttpResponse:
    """Ask for the code; a signed-in sender finds what they sent without one."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        source = receipts.find_by_code(form.cleaned_data["code"])
        if source is not None:
            return _opened(source)
        form.add_error(
            "code", _("This code opens nothing. Compare it with what you noted: it has 16 letters and digits.")
        )
    words = {"form": form, "own": selectors.submissions_of(request.user)[:100]}
    return render(request, "deliberation/answering_receipt_code.html", words, status=422 if form.errors else 200)


@limited("deliberation-receipt", times=10, seconds=600)
@never_cache
def receipt_link(request: HttpRequest, code: str) -> HttpResponse:
    """Show one button; pressing it exchanges the link for this browser's key, so that the code leaves the address."""
    if request.method != "POST":
        return render(request, "deliberation/answering_receipt_link.html", {"is_wrong": False})
    source = receipts.find_by_code(code)
    if source is not None:
        return _opened(source)
    return render(request, "deliberation/answering_receipt_link.html", {"is_wrong": True}, status=410)


def _opened(source: Source) -> HttpResponse:
    response = redirect("deliberation:my_receipt", pk=source.pk)
    response.set_signed_cookie(
        _cookie(source.pk),
        source.receipt_hash,
        salt=_SALT,
        max_age=_SECONDS,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return response


# ---------------------------------------------------------------- the receipt
@require_safe
@opens_receipt
def my_receipt(request: HttpRequest, source: Source) -> HttpResponse:
    """Show my words, their themes, answers, clauses and commitments."""
    voices = selectors.voices_of(source)
    standing = [voice for voice in voices if voice.withdrawn_at is None]
    words = frame(source.consultation) | {
        "source": source,
        "stories": selectors.stories(source.consultation, standing),
        "taken_back": [voice for voice in voices if voice.withdrawn_at is not None],
        "shown": set(selectors.public_voices(source.consultation).filter(source=source).values_list("pk", flat=True)),
        "by_account": not _holds(request, source),
        "is_kept_back": is_kept_back(source),
    }
    return render(request, "deliberation/answering_receipt.html", words)


@require_POST
@limited("deliberation-receipt-change", times=60, seconds=600)
@opens_receipt
def receipt_publish(request: HttpRequest, source: Source) -> HttpResponse:
    """Let the words be shown in public, or not any more."""
    wanted = request.POST.get("may_publish") == "yes"
    if wanted and not source.voices.filter(withdrawn_at=None).exists():
        raise Http404
    try:
        receipts.set_may_publish(source=source, may_publish=wanted)
    except ActError as error:  # the page shows no such button
        raise Http404 from error
    if wanted:
        messages.success(request, _("Thank you. Your words may be shown in public, without your name."))
    else:
        messages.success(request, _("Your words are no longer shown in public. They still count and are answered."))
    return redirect("deliberation:my_receipt", pk=source.pk)


@opens_receipt
def receipt_withdraw(request: HttpRequest, source: Source) -> HttpResponse:
    """Say what will be deleted and ask; a post deletes the words of one voice, or of all."""
    number = request.GET.get("voice", "")
    voice = None
    if number:
        voice = get_object_or_404(source.voices, number=read_number(number), withdrawn_at=None)
    if request.method != "POST":
        words = frame(source.consultation) | {"source": source, "voice": voice}
        return render(request, "deliberation/answering_receipt_withdraw.html", words)
    if voice is not None:
        receipts.withdraw_voice(voice=voice)
    else:
        receipts.withdraw_source(source=source)
    messages.success(request, _("The words are deleted. The number stays, so that the counts of others hold."))
    return redirect("deliberation:my_receipt", pk=source.pk)


@require_POST
@opens_receipt
def receipt_close(request: HttpRequest, source: Source) -> HttpResponse:
    """Take the key out of this browser."""
    response = redirect("deliberation:receipt")
    response.delete_cookie(_cookie(source.pk), samesite="Lax")
    messages.success(request, _("The receipt is closed in this browser. Your code opens it again."))
    return response

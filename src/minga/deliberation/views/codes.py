"""Invitation codes: made and shown once, to be printed or saved as a table; withdrawn while nobody has used them."""

from __future__ import annotations

import csv

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import ngettext

from minga.deliberation.forms_setting_up import CodesForm
from minga.deliberation.models import Conversation
from minga.deliberation.selectors.access import Task
from minga.deliberation.services import setting_up as services
from minga.deliberation.views.common import works_on_conversation
from minga.deliberation.views.moderating import frame
from minga.web.ratelimit import limited

#: between making and showing, and from showing to the file
_SESSION, _SALT, _SEALED_FOR = "deliberation-codes", "minga.deliberation.codes", 12 * 3600
#: so that a spreadsheet knows the letters
_BOM = "\ufeff"


@limited("deliberation-codes", times=30, seconds=3600)
@works_on_conversation(Task.LEAD)
def codes(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """Make codes, which the next page shows once; give out those shown as a table; withdraw unused ones."""
    wish = request.POST.get("do", "make")
    if request.method == "POST" and wish == "file":
        return _file(request, conversation)
    if request.method == "POST" and wish == "withdraw":
        return _withdraw(request, conversation)
    form = CodesForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = services.make_codes(conversation=conversation, count=form.cleaned_data["count"], by=request.user)
        # they wait in the session for the one page that shows them, so that loading it again makes no others
        request.session[_SESSION] = [conversation.pk.hex, made]
        return redirect("deliberation:codes", slug=conversation.slug)
    return _page(request, conversation, form)


def _page(request: HttpRequest, conversation: Conversation, form: CodesForm) -> HttpResponse:
    made = _take_made(request, conversation)
    words = frame(request, conversation) | {
        "form": form,
        "made": made,
        "sealed": signing.dumps([conversation.pk.hex, made], salt=_SALT, compress=True) if made else "",
        "address": _address(request, conversation),
        "unused": conversation.codes.filter(used_at=None).count(),
        "used": conversation.codes.exclude(used_at=None).count(),
    }
    response = render(request, "deliberation/set_up_codes.html", words, status=422 if form.errors else 200)
    response["Cache-Control"] = "no-store, private"
    return response


def _take_made(request: HttpRequest, conversation: Conversation) -> list[str]:
    """Return codes that were made a moment ago, and forget them."""
    whose, made = request.session.pop(_SESSION, ["", []])
    return list(made) if whose == conversation.pk.hex else []


def _address(request: HttpRequest, conversation: Conversation) -> str:
    return request.build_absolute_uri(reverse("deliberation:conversation", args=[conversation.slug]))


def _file(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """Give out as a table the codes that the page shows; they stand sealed in the page, and nowhere else."""
    try:
        whose, made = signing.loads(request.POST.get("sealed", ""), salt=_SALT, max_age=_SEALED_FOR)
    except signing.BadSignature:
        raise Http404 from None
    if whose != conversation.pk.hex:
        raise Http404
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="codes-{conversation.slug}.csv"'
    response["Cache-Control"] = "no-store, private"
    response.write(_BOM)
    writer = csv.writer(response)
    writer.writerow(["code", "address"])
    writer.writerows([code, _address(request, conversation)] for code in made)
    return response


def _withdraw(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    gone = services.withdraw_codes(conversation=conversation, by=request.user)
    said = ngettext(
        "%(count)d unused code opens nothing any more.", "%(count)d unused codes open nothing any more.", gone
    )
    messages.success(request, said % {"count": gone})
    return redirect("deliberation:codes", slug=conversation.slug)

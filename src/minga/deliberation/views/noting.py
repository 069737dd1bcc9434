"""Saying something to a clause without an account, and the receipt that is shown afterwards."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from minga.deliberation import wording_consulting
from minga.deliberation import wording_drafting as wording
from minga.deliberation.engine.errors import ActError
from minga.deliberation.forms_drafting import NoteForm
from minga.deliberation.models import Clause, Draft
from minga.deliberation.selectors import drafts as selectors
from minga.deliberation.selectors import noted
from minga.deliberation.services import noting
from minga.deliberation.views.common_drafts import find_clause, frame, posted, shows_draft
from minga.web.ratelimit import limited

_SALT = "minga.deliberation.note"
#: how long the browser that sent the words shows their code again, as after a reload
_SECONDS = 900


@limited("deliberation-note", times=30, seconds=3600)
@shows_draft
@never_cache
def say(request: HttpRequest, draft: Draft, is_team: bool, number: int) -> HttpResponse:
    """Take in a comment on a clause, or other words for it."""
    clause = find_clause(draft, number)
    row = next((one for one in selectors.clauses_at(draft, draft.version) if one.number == number), None)
    if row is None or not noted.may_take_notes(draft):
        raise Http404
    asked = {
        "language": wording_consulting.language(),
        "sending": uuid.uuid4().hex,
        "version": draft.version,
        "proposed": row.text,
    }
    form = NoteForm(posted(request), initial=asked)
    if request.method == "POST" and form.is_valid():
        try:
            return _taken_in(request, clause, form)
        except ActError as error:
            form.add_error("text", str(wording.refusal(error.code)))
    words = frame(draft) | {"clause": clause, "row": row, "form": form}
    return render(request, "deliberation/drafting_say.html", words, status=422 if form.errors else 200)


def _taken_in(request: HttpRequest, clause: Clause, form: NoteForm) -> HttpResponse:
    """Store the words once, and lead to their receipt; the code travels in a cookie that only the site can read."""
    given = form.cleaned_data
    read = next((one for one in selectors.clauses_at(clause.draft, given["version"]) if one.code == clause.code), None)
    proposed = given["proposed"].replace("\r\n", "\n").strip()
    taken = noting.take_note(
        clause=clause,
        version=given["version"],
        text=given["text"],
        # words that were left as they stood propose nothing
        proposed="" if read is not None and proposed == read.text.strip() else proposed,
        language=given["language"],
        account=request.user if request.user.is_authenticated else None,
        pk=given["sending"],
    )
    place = [clause.draft.consultation.slug, clause.draft.slug, clause.number]
    to_receipt = redirect("deliberation:clause_said", *place)
    if taken.code:
        to_receipt.set_signed_cookie(
            _cookie(clause),
            taken.code,
            salt=_SALT,
            max_age=_SECONDS,
            path=reverse("deliberation:clause_said", args=place),
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Lax",
        )
    return to_receipt


def _cookie(clause: Clause) -> str:
    return f"said_{clause.pk.hex}"


@require_safe
@shows_draft
@never_cache
def said(request: HttpRequest, draft: Draft, is_team: bool, number: int) -> HttpResponse:
    """Show the code of what was just said, for a quarter of an hour and in this browser alone."""
    clause = find_clause(draft, number)
    code = request.get_signed_cookie(_cookie(clause), default=None, salt=_SALT, max_age=_SECONDS)
    words: dict[str, Any] = frame(draft) | {"clause": clause, "code": code}
    return render(request, "deliberation/drafting_said.html", words)

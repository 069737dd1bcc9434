"""What pages of drafts share: the draft and the clause of an address, given only to whoever may see or change them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from minga.deliberation import wording_consulting
from minga.deliberation.models import Citation, Clause, Consultation, Draft
from minga.deliberation.selectors import access, citing
from minga.deliberation.selectors import drafts as selectors
from minga.deliberation.views.common import View, shows_consultation, works_on


def shows_draft(view: View) -> View:
    """Give a view the draft of its address, or answer 404; before a version is published it is the team's alone."""

    @wraps(view)
    @shows_consultation
    def guarded(request: HttpRequest, consultation: Consultation, draft: str, **named: Any) -> HttpResponse:
        is_team = access.may(request.user, consultation)
        found = selectors.find_draft(consultation, draft, is_team=is_team, also_withdrawn=True)
        return view(request, found, is_team=is_team, **named)

    return guarded


def works_on_draft(*tasks: str) -> Any:
    """Give a view the draft of its address if the account has one of these tasks in it; 404 otherwise."""

    def guard(view: View) -> View:
        @wraps(view)
        @works_on(*tasks)
        def guarded(request: HttpRequest, consultation: Consultation, draft: str, **named: Any) -> HttpResponse:
            return view(request, selectors.find_draft(consultation, draft, is_team=True), **named)

        return guarded

    return guard


def posted(request: HttpRequest) -> Any:
    """Return what was sent, also where that is nothing at all; None where nothing was."""
    return request.POST if request.method == "POST" else None


def find_clause(draft: Draft, number: int) -> Clause:
    """Return a clause of a draft by its number, or raise Http404."""
    found = get_object_or_404(Clause, draft=draft, number=number)
    found.draft = draft
    return found


def cited(citations: Iterable[Citation], *, today: bool = True) -> list[tuple[Citation, str, str]]:
    """Return evidence with its address in the language of the page and, if asked for, the value of today if another."""
    shown = list(citations)
    now = citing.current_values(one.link for one in shown) if today else {}
    return [
        (one, citing.shown_link(one.link), now[one.link] if now.get(one.link, one.value) != one.value else "")
        for one in shown
    ]


def frame(draft: Draft) -> dict[str, Any]:
    """Return what the head of every page of a draft needs."""
    return {
        "consultation": draft.consultation,
        "text": wording_consulting.shown(draft.consultation),
        "draft": draft,
    }

"""Flagged votes: whose stand out, how they voted and when; nothing happens without a person's decision."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from minga.deliberation import wording_moderating
from minga.deliberation.conversation_report import percent
from minga.deliberation.engine.errors import ActError
from minga.deliberation.forms_moderating import PlainReasonForm
from minga.deliberation.models import Conversation, Participant
from minga.deliberation.selectors import flags as selectors
from minga.deliberation.selectors.access import Task
from minga.deliberation.services import banning
from minga.deliberation.views.common import posted, works_on_conversation
from minga.deliberation.views.moderating import frame
from minga.web.numbers import read_number
from minga.web.ratelimit import limited

_A_PAGE = 10


@limited("deliberation-moderate", times=600, seconds=3600)
@works_on_conversation(Task.MODERATOR)
def flags(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """Show whose votes stand out, a bloc as one case, and decide with a reason."""
    wrong, form = "", PlainReasonForm(posted(request))
    if request.method == "POST":
        people = _chosen(request, conversation)
        if form.is_valid():
            try:
                _decide(request, people, form.cleaned_data["words"])
            except ActError as error:
                wrong = str(wording_moderating.refusal(error.code))
            else:
                messages.success(request, _("Saved. The next map counts with it."))
                return redirect(request.get_full_path())
    decision = request.GET.get("decision", "open")
    page = Paginator(selectors.cases(conversation, decision), _A_PAGE).get_page(request.GET.get("page"))
    without = selectors.without_flagged(conversation)
    words = frame(request, conversation) | {
        "page": page,
        "rows": _rows(page),
        "decision": decision,
        "form": form,
        "asked_for": request.POST.get("case", ""),
        "chosen": request.POST.getlist("participant"),
        "wrong": wrong,
        "without": without,
        "largest": percent(without["largest_change"]) if without else None,
    }
    return render(request, "deliberation/moderating_flags.html", words, status=422 if wrong or form.errors else 200)


def _rows(page: Page[selectors.Case]) -> list[dict[str, Any]]:
    """Return the cases of a page with how each person voted, and what stands behind each flag."""
    voted = selectors.how_they_voted([person for case in page for person in case.people])
    return [
        {
            "case": case,
            "flags": [(wording_moderating.flag(one.kind), wording_moderating.figure(one), one) for one in case.flags],
            "people": [(person, voted.get(person.pk)) for person in case.people],
        }
        for case in page
    ]


def _chosen(request: HttpRequest, conversation: Conversation) -> list[Participant]:
    """Return the people who were chosen; all of them must be of this conversation."""
    keys = {read_number(each) for each in request.POST.getlist("participant")}
    people = list(conversation.participants.filter(pk__in=[key for key in keys if key is not None]).order_by("pk"))
    if len(people) != len(keys):
        raise Http404
    return people


def _decide(request: HttpRequest, people: list[Participant], reason: str) -> None:
    act = request.POST.get("act", "")
    if act not in banning.ACTS:
        raise Http404
    if not people:
        raise ActError("nobody", "Nobody was chosen. Choose at least one person, then decide.")
    banning.decide_on(people=people, act=act, reason=reason, by=request.user)

"""The public report of a conversation: map, groups, statements, participation; and what the team does with it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from minga.deliberation import conversation_report, tasks, wording_consulting, wording_drafting, wording_moderating
from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import Conversation, Disposition, MapRun, Statement
from minga.deliberation.selectors import access, moderating, sourcing, votes
from minga.deliberation.selectors.access import Task
from minga.deliberation.services import mapping
from minga.deliberation.views.common import shows_conversation, works_on_conversation
from minga.deliberation.views.moderating import frame
from minga.web.numbers import read_number
from minga.web.ratelimit import limited

_A_PAGE = 50
_MOST_K = 5


def _run_for(request: HttpRequest, conversation: Conversation) -> MapRun | None:
    """Return the map that somebody sees: the team the newest unless it asks for the published one, all others that."""
    published = votes.published_map(conversation)
    if request.GET.get("as") == "everyone" or not access.may(request.user, conversation.consultation):
        return published
    return votes.latest_map(conversation) or published


def _frame(request: HttpRequest, conversation: Conversation, run: MapRun | None) -> dict[str, Any]:
    published = votes.published_map(conversation)
    tasks_held = access.tasks_of(request.user, conversation.consultation)
    as_everyone = request.GET.get("as") == "everyone" or not tasks_held
    return frame(request, conversation) | {
        "run": run,
        "published": published,
        "as_everyone": as_everyone,
        "decides": not as_everyone and bool(tasks_held & {Task.LEAD, Task.ANALYST}),
        "refreshes": not as_everyone and bool(tasks_held & {Task.LEAD, Task.ANALYST, Task.MODERATOR}),
        "gives_data": gives_data(request, conversation),
        "least": settings.MIN_PERSONS,
        "kept": "as=everyone&" if request.GET.get("as") == "everyone" else "",
    }


def gives_data(request: HttpRequest, conversation: Conversation) -> bool:
    """Whether somebody may have the votes as files: the team always; everyone where people were told so beforehand,
    once it is closed and reported.
    """
    if access.may(request.user, conversation.consultation):
        return True
    is_over = conversation.state == Conversation.State.CLOSED and conversation.publishes_votes
    return is_over and conversation.maps.filter(is_published=True).exists()


@require_safe
@shows_conversation
def report(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """Show the map, the groups and what people agree on; say so where no groups are clear."""
    run = _run_for(request, conversation)
    words = _frame(request, conversation, run)
    if run is None:
        return render(request, "deliberation/report_none.html", words)
    run.conversation = conversation
    built = conversation_report.build(run, get_language() or "en")
    return render(request, "deliberation/report.html", words | {"report": built, "ks": range(2, _MOST_K + 1)})


@require_safe
@shows_conversation
def report_statements(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """Show every statement with its votes, in the order asked for: also by its rank in a group."""
    run = _run_for(request, conversation)
    if run is None:
        raise Http404
    run.conversation = conversation
    letters = [conversation_report.letter(group) for group in run.facts["shown"]]
    asked = request.GET.get("order", "")
    order = asked if asked in {*conversation_report.ORDERS, *letters} else "number"
    rows = conversation_report.statement_rows(run, get_language() or "en", order)
    page = Paginator(rows, _A_PAGE).get_page(request.GET.get("page"))
    words = _frame(request, conversation, run) | {
        "page": page,
        "order": order,
        "letters": letters,
        "by_group": order in letters,
        "orders": [(name, wording_moderating.ORDERS[name]) for name in conversation_report.ORDERS],
    }
    return render(request, "deliberation/report_statements.html", words)


@require_safe
@shows_conversation
def report_statement(request: HttpRequest, conversation: Conversation, number: int) -> HttpResponse:
    """Show one statement for ever under its own address: its words, votes, decisions and answer."""
    statement = get_object_or_404(conversation.statements, number=number)
    works = access.may(request.user, conversation.consultation)
    if statement.state == Statement.State.WAITING and conversation.is_strict and not works:
        raise Http404
    run = _run_for(request, conversation)
    total, cells = conversation_report.cells_of(run, number) if run is not None else (None, [])
    answer = statement.dispositions.filter(superseded_by=None).first()
    words = _frame(request, conversation, run) | {
        "statement": statement,
        "words": conversation_report.worded(statement, get_language() or "en"),
        "total": total,
        "cells": cells,
        "acts": [(row, wording_consulting.rule(row.rule)) for row in moderating.log_of(conversation, statement)],
        "is_withdrawn": moderating.is_withdrawn(statement),
        "written_by": moderating.written_by(statement),
        "answer": answer,
        "follows": _follows(answer) if answer is not None else [],
        "weight": conversation_report.weight_of(run, number) if run is not None else None,
    }
    return render(request, "deliberation/report_statement.html", words)


def _follows(answer: Disposition) -> list[tuple[sourcing.Followed, str]]:
    """Return what an answer led to, each clause with its name."""
    return [
        (one, wording_drafting.clause_title(one.row.clause.code, one.row.heading, one.row.text))
        for one in sourcing.followed(answer)
    ]


# ---------------------------------------------------------------- what the team does
@require_POST
@limited("deliberation-map", times=60, seconds=3600)
@works_on_conversation(Task.LEAD, Task.ANALYST, Task.MODERATOR)
def report_refresh(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """Queue the calculation of a new map; with `k` in so many groups."""
    k = read_number(request.POST.get("k")) or 0
    tasks.start_refresh(conversation, k if 2 <= k <= _MOST_K else 0)
    messages.success(request, _("The map is being calculated. Look at this page again in a minute."))
    return redirect("deliberation:report", slug=conversation.slug)


@require_POST
@works_on_conversation(Task.LEAD, Task.ANALYST)
def report_publish(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """Show a map to everyone as the report, or take the one that is shown back."""
    if request.POST.get("act") == "take-back":
        mapping.take_back_map(conversation=conversation, by=request.user)
        messages.success(request, _("The report is not public any more."))
        return redirect("deliberation:report", slug=conversation.slug)
    number = read_number(request.POST.get("run"))
    run = get_object_or_404(conversation.maps.defer("points", "tables"), pk=number)
    try:
        mapping.publish_map(run=run, by=request.user)
    except ActError as error:
        messages.error(request, str(wording_moderating.refusal(error.code)))
    else:
        messages.success(request, _("Everyone sees this report now."))
    return redirect("deliberation:report", slug=conversation.slug)

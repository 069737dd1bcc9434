"""My place in a conversation: my group, my votes and statements, what I said of myself, and leaving."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from minga.deliberation import limits, wording_consulting
from minga.deliberation import wording_taking_part as wording
from minga.deliberation.engine.errors import ActError
from minga.deliberation.forms_taking_part import AboutMeForm, OwnStatementForm, WithdrawForm
from minga.deliberation.models import Conversation, ModerationAct, Statement
from minga.deliberation.selectors import moderating, my_place
from minga.deliberation.selectors import taking_part as selectors
from minga.deliberation.services import participants, stating
from minga.deliberation.services import taking_part as services
from minga.deliberation.views.common import shows_conversation
from minga.deliberation.views.taking_part import page_frame
from minga.deliberation.views.visiting import Visit, visit
from minga.web.ratelimit import too_many

_A_PAGE = 30


@require_safe
@shows_conversation
@never_cache
def mine(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """Show somebody their group, their votes to change or take back, and their statements."""
    came = visit(request, conversation)
    words = page_frame(came) | {"client": secrets.token_hex(12)}
    if came.participant is not None:
        words |= _own(came, request.GET.get("page", ""))
    return came.remember(render(request, "deliberation/mine.html", words))


def _own(came: Visit, page: str) -> dict[str, object]:
    participant = came.participant
    hidden = {Statement.State.REJECTED, *([Statement.State.WAITING] if came.conversation.is_strict else [])}
    votes = Paginator(selectors.votes_of(participant), _A_PAGE).get_page(page)
    standing = my_place.standing_of(participant)
    taken_back = moderating.withdrawn(one.statement for one in votes)
    stands_for = [(wording.said(one), agrees) for one, agrees in standing.group.stands_for] if standing.group else []
    return {
        "standing": standing,
        "map_votes": settings.MAP_VOTES,
        "stands_for": stands_for,
        "page": votes,
        "votes": [
            (wording.said(one.statement), one.value, wording.VOTES[one.value], one.statement.state not in hidden)
            for one in votes
        ],
        "taken_back": taken_back,
        "statements": _own_statements(came),
    }


def _own_statements(came: Visit) -> list[dict[str, Any]]:
    """Return the statements of whoever asks: how each stands, why it was left out, and what they may still do."""
    told = list(selectors.statements_of(came.participant))
    gone = moderating.withdrawn(told)
    return [
        {
            "statement": one,
            "state": wording.WITHDRAWN if one.pk in gone else _state(one, came.conversation),
            "is_withdrawn": one.pk in gone,
            "why": _why(one) if one.state == Statement.State.REJECTED and one.pk not in gone else None,
            "may_change": one.pk not in gone and stating.may_withdraw(one),
        }
        for one in told
    ]


def _why(statement: Statement) -> dict[str, str]:
    """Return for which rule a statement was left out, and what the moderator wrote."""
    act = statement.moderation.filter(act=ModerationAct.Act.REJECT).order_by("-pk").first()
    if act is None:
        return {}
    return {"rule": wording_consulting.rule(act.rule), "reason": act.reason}


def _state(statement: Statement, conversation: Conversation) -> wording.Words:
    if statement.state == Statement.State.WAITING and not conversation.is_strict:
        return wording.WAITS_OPENLY
    return wording.STATEMENT_STATES[statement.state]


@shows_conversation
@never_cache
def my_statement(request: HttpRequest, conversation: Conversation, number: int) -> HttpResponse:
    """Let an author correct a statement, or withdraw it."""
    came = visit(request, conversation)
    if came.participant is None:
        raise Http404
    own = get_object_or_404(came.participant.statements, number=number)
    is_sent = request.method == "POST"
    if is_sent and (over := limits.acts_too_often(request, limits.STATEMENTS, came.participant)):
        return too_many(request, over)
    wish = request.POST.get("do", "")
    given = request.POST if is_sent and wish != "withdraw" else None
    form = OwnStatementForm(conversation, given, initial={"text": own.text, "version": own.version})
    withdrawing = WithdrawForm(
        request.POST if wish == "withdraw" else None, auto_id="gone_%s", initial={"version": own.version}
    )
    asked = withdrawing if wish == "withdraw" else form
    if is_sent and asked.is_valid():
        try:
            messages.success(request, _do_with_own(came, number, wish, asked.cleaned_data))
        except ActError as error:
            asked.add_error(None, str(wording.refusal(error.code)))
        else:
            return redirect("deliberation:mine", conversation.slug)
    words = page_frame(came) | {
        "own": own,
        "form": form,
        "withdrawing": withdrawing,
        "may_correct": stating.may_correct(own) and selectors.is_running(conversation),
        "may_withdraw": stating.may_withdraw(own),
    }
    status = 422 if is_sent else 200
    return render(request, "deliberation/mine_statement.html", words, status=status)


def _do_with_own(came: Visit, number: int, wish: str, given: dict[str, Any]) -> str:
    """Do with a statement what its author wishes, and return what is said about it."""
    named = {"participant": came.participant, "number": number, "seen_version": given["version"]}
    if wish == "withdraw":
        stating.withdraw_statement(**named)
        return _("Your statement is withdrawn.")
    changed = stating.correct_statement(**named, text=given["text"])
    if changed.state == Statement.State.WAITING and came.conversation.is_strict:
        return _("Saved. A moderator reads your statement before others vote on it.")
    return _("Saved.")


@require_safe
@shows_conversation
@never_cache
def mine_json(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """Give out everything that is kept of whoever asks."""
    came = visit(request, conversation)
    if came.participant is None:
        raise Http404
    kept = participants.export_participant(came.participant)
    response = JsonResponse(kept, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="{conversation.slug}.json"'
    return response


@shows_conversation
@never_cache
def leave(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """Say what will be lost and ask; a post deletes the trace of whoever asks in this conversation."""
    came = visit(request, conversation)
    if came.participant is None:
        return redirect("deliberation:mine", conversation.slug)
    if request.method != "POST":
        return render(request, "deliberation/leave.html", page_frame(came))
    services.delete_trace(participant=came.participant)
    messages.success(request, _("Your votes are deleted, and nothing leads to you any more."))
    return came.forget(redirect("deliberation:conversation", conversation.slug))


@require_POST
@shows_conversation
@never_cache
def close(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """Close the place on a device that others use too; the votes stay."""
    came = visit(request, conversation)
    messages.success(request, _("Your place is closed on this device. Your votes stay."))
    return came.forget(redirect("deliberation:conversation", conversation.slug))


@shows_conversation
@never_cache
def about_me(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """Ask what somebody wishes to say of themselves; every question may stay open."""
    came = visit(request, conversation)
    if came.door:
        return redirect("deliberation:conversation", conversation.slug)
    is_sent = request.method == "POST"
    if is_sent and (over := limits.acts_too_often(request, limits.ABOUT_ME, came.participant)):
        return too_many(request, over)
    kept = came.participant.strata if came.participant else {}
    form = AboutMeForm(request.POST if is_sent else None, initial=kept)
    if is_sent and form.is_valid():
        try:
            services.describe(participant=came.join(), strata=form.cleaned_data)
        except ActError as error:
            form.add_error(None, str(wording.refusal(error.code)))
        else:
            messages.success(request, _("Saved."))
            return came.remember(redirect("deliberation:conversation", conversation.slug))
    words = page_frame(came) | {"form": form, "said": bool(kept)}
    response = render(request, "deliberation/about_me.html", words, status=422 if form.errors else 200)
    return came.remember(response)

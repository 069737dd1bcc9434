"""My place in a conversation: my group, my votes and statements, what I said of myself, and leaving."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from minga.deliberation import wording_taking_part as wording
from minga.deliberation.engine.errors import ActError
from minga.deliberation.forms_taking_part import AboutMeForm
from minga.deliberation.models import Conversation, Statement
from minga.deliberation.selectors import my_place
from minga.deliberation.selectors import taking_part as selectors
from minga.deliberation.services import participants
from minga.deliberation.services import taking_part as services
from minga.deliberation.views.common import shows_conversation
from minga.deliberation.views.taking_part import page_frame
from minga.deliberation.views.visiting import Visit, visit
from minga.web.ratelimit import limited

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
        "statements": [(one, _state(one, came.conversation)) for one in selectors.statements_of(participant)],
    }


def _state(statement: Statement, conversation: Conversation) -> wording.Words:
    if statement.state == Statement.State.WAITING and not conversation.is_strict:
        return wording.WAITS_OPENLY
    return wording.STATEMENT_STATES[statement.state]


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


@limited("deliberation-about", times=60, seconds=3600)
@shows_conversation
@never_cache
def about_me(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """Ask what somebody wishes to say of themselves; every question may stay open."""
    came = visit(request, conversation)
    if came.door:
        return redirect("deliberation:conversation", conversation.slug)
    kept = came.participant.strata if came.participant else {}
    form = AboutMeForm(request.POST if request.method == "POST" else None, initial=kept)
    if request.method == "POST" and form.is_valid():
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

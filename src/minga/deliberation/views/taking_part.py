"""The page of a conversation: one statement at a time, a vote, a statement of one's own, and the way in."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from minga.deliberation import limits, wording_consulting, wording_taking_part
from minga.deliberation.engine.errors import ActError
from minga.deliberation.forms_taking_part import CodeForm, StatementForm, VoteForm
from minga.deliberation.models import Conversation, Statement
from minga.deliberation.selectors import access
from minga.deliberation.selectors import taking_part as selectors
from minga.deliberation.services import stating, voting
from minga.deliberation.services import taking_part as services
from minga.deliberation.views.common import shows_conversation
from minga.deliberation.views.visiting import Visit, visit
from minga.text.contacts import contacts, pieces, without_contacts
from minga.web.numbers import read_number
from minga.web.ratelimit import too_many


@require_safe
@shows_conversation
@never_cache
def conversation(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """Show the statement that somebody is asked next, or the door that is closed to them."""
    came = visit(request, conversation)
    return came.remember(render(request, "deliberation/conversation.html", page_words(came)))


def page_words(came: Visit) -> dict[str, Any]:
    """Return what the page says, also inside another site."""
    talk = came.conversation
    words: dict[str, Any] = {
        "conversation": talk,
        "consultation": talk.consultation,
        "text": wording_consulting.shown(talk),
        "consultation_text": wording_consulting.shown(talk.consultation),
        "participant": came.participant,
        "door": came.door,
        "may_verify": came.may_verify,
        "has_report": talk.maps.filter(is_published=True).exists(),
        "works_on": access.tasks_of(came.account, talk.consultation),
    }
    if came.door:
        return words
    turn = selectors.next_turn(talk, came.participant, came.token)
    shown = wording_taking_part.said(turn.statement) if turn.statement else None
    return words | {
        "turn": turn,
        "said": shown,
        "translated_by": wording_taking_part.TRANSLATED_BY.get(shown.translated_by, "") if shown else "",
        "client": secrets.token_hex(12),
    }


# ---------------------------------------------------------------- voting
@require_POST
@shows_conversation
@never_cache
def vote(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """Store one vote and go on to the next statement; what this answers is on the disk."""
    came = visit(request, conversation)
    if over := limits.acts_too_often(request, limits.VOTES, came.participant):
        return too_many(request, over)
    onward = came.remember(redirect(_back(request, conversation)))
    form = VoteForm(request.POST)
    if refused := cast(came, form):
        messages.error(request, refused)
    else:
        _counted(request, conversation, form.value)
    return onward


def cast(came: Visit, form: VoteForm) -> str:
    """Cast the vote of a form; return why it was not taken, empty when it was."""
    if not form.is_valid():
        return str(wording_taking_part.refusal("vote"))
    try:
        voting.cast_vote(came.join(), form.cleaned_data["statement"], form.value, form.client_id)
    except ActError as error:
        return str(wording_taking_part.refusal(error.code))
    return ""


def _counted(request: HttpRequest, conversation: Conversation, vote: int | None) -> None:
    """Say what was counted, where the next page can show it: a frame in another site has no place for it."""
    if request.POST.get("from"):
        return
    said = _("Counted: %(vote)s.") % {"vote": wording_taking_part.VOTES[vote]}
    mine = reverse("deliberation:mine", args=[conversation.slug])
    messages.success(request, format_html('{} <a href="{}">{}</a>', said, mine, _("Change it")))


def _back(request: HttpRequest, conversation: Conversation) -> str:
    """Return the page from which somebody voted: one of three, whatever the form says."""
    names = {"mine": "deliberation:mine", "embed": "deliberation:embed"}
    name = names.get(request.POST.get("from", ""), "deliberation:conversation")
    address = reverse(name, args=[conversation.slug])
    if name == "deliberation:mine":
        page = read_number(request.POST.get("page"))
        return f"{address}?page={page}" if page else address
    # the browser goes on where the eyes are, and a reader of screens begins at the statement
    return f"{address}#talk"


# ---------------------------------------------------------------- adding a statement
@shows_conversation
@never_cache
def add(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """Take in a statement; what others said alike is shown first, so that voices do not split."""
    came = visit(request, conversation)
    if came.door or not conversation.takes_statements:
        if not came.door:
            messages.info(request, str(wording_taking_part.refusal("no_statements")))
        return redirect("deliberation:conversation", conversation.slug)
    is_sent = request.method == "POST"
    if is_sent and (over := limits.acts_too_often(request, limits.STATEMENTS, came.participant)):
        return too_many(request, over)
    form = StatementForm(
        conversation,
        request.POST if is_sent else None,
        initial={"language": wording_consulting.language(), "text": _again(came, request.GET.get("again", ""))},
    )
    similar: list[Statement] = []
    is_same = False
    reached = ""
    if is_sent and form.is_valid():
        reached = _reached(form, request.POST.get("contacts", ""))
    if is_sent and form.is_valid() and not reached:
        try:
            similar = _similar(conversation, form.cleaned_data)
            if not similar:
                return _added(request, came, form.cleaned_data)
        except stating.SameWords as same:
            similar, is_same = [same.statement], True
        except ActError as error:
            form.add_error("text", str(wording_taking_part.refusal(error.code)))
    words = page_frame(came) | {
        "form": form,
        "similar": [(wording_taking_part.said(one), _own_vote(came, one)) for one in similar],
        "is_same": is_same,
        "reached": reached,
        "reached_by": [words for words, kind in pieces(form.cleaned_data["text"]) if kind] if reached else [],
        "policy": wording_consulting.policy(conversation.consultation),
        "client": secrets.token_hex(12),
    }
    status = 422 if form.errors or similar or reached else 200
    return came.remember(render(request, "deliberation/add_statement.html", words, status=status))


def _again(came: Visit, number: str) -> str:
    """Return the words of somebody's own statement that was left out, for them to write it again."""
    asked = read_number(number)
    if came.participant is None or asked is None:
        return ""
    own = came.participant.statements.filter(number=asked, state=Statement.State.REJECTED).first()
    return own.text if own is not None else ""


def _reached(form: StatementForm, wish: str) -> str:
    """Ask about what looks like a telephone number or an address: "asked", "out" once it is taken out, or nothing."""
    text = form.cleaned_data["text"]
    if form.cleaned_data["kept"] or not contacts(text):
        return ""
    if wish != "out":
        return "asked"
    form.with_text(without_contacts(text))
    return "out"


def _similar(conversation: Conversation, given: dict[str, Any]) -> list[Statement]:
    """Return what others said alike; nothing once it was shown, or where somebody said exactly the same."""
    said = {"conversation": conversation, "text": given["text"], "language": given["language"]}
    if given["seen"] or stating.find_same(**said) is not None:
        return []
    return [one.statement for one in stating.alike(**said)]


def _added(request: HttpRequest, came: Visit, given: dict[str, Any]) -> HttpResponse:
    stating.add_statement(participant=came.join(), text=given["text"], language=given["language"])
    said = _("Thank you. Others can vote on your statement now.")
    if came.conversation.is_strict:
        said = _("Thank you. A moderator reads your statement before others vote on it.")
    messages.success(request, said)
    return came.remember(redirect("deliberation:conversation", came.conversation.slug))


def _own_vote(came: Visit, statement: Any) -> Any:
    if came.participant is None:
        return None
    value = selectors.value_now(came.participant, statement)
    return wording_taking_part.VOTES[value] if value is not None else None


def page_frame(came: Visit) -> dict[str, Any]:
    """Return what every page about a conversation shows."""
    talk = came.conversation
    return {
        "conversation": talk,
        "text": wording_consulting.shown(talk),
        "participant": came.participant,
        "is_running": selectors.is_running(talk),
    }


# ---------------------------------------------------------------- coming in
@shows_conversation
@never_cache
def code(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """Let somebody in who has an invitation code."""
    came = visit(request, conversation)
    if came.door != "code":
        return redirect("deliberation:conversation", conversation.slug)
    is_sent = request.method == "POST"
    if is_sent and (over := limits.mistypes_too_often(request, wrong=0)):
        return too_many(request, over)
    form = CodeForm(request.POST if is_sent else None)
    if is_sent and form.is_valid():
        typed = form.cleaned_data["code"]
        spoken = wording_consulting.language()
        try:
            services.use_code(conversation=conversation, typed=typed, secret=came.secret, language=spoken)
        except ActError as error:
            if error.code == "wrong_code" and (over := limits.mistypes_too_often(request)):
                return too_many(request, over)
            form.add_error("code", str(wording_taking_part.refusal(error.code)))
        else:
            return came.remember(redirect("deliberation:conversation", conversation.slug))
    words = page_frame(came) | {"form": form}
    response = render(request, "deliberation/entry_code.html", words, status=422 if form.errors else 200)
    return came.remember(response)


@require_POST
@shows_conversation
@never_cache
def verify(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """Let a signed-in member take part as one; what this browser gave goes along."""
    came = visit(request, conversation)
    spoken = wording_consulting.language()
    try:
        services.verify(conversation=conversation, person=came.person, secret=came.secret, language=spoken)
    except ActError as error:
        messages.error(request, str(wording_taking_part.refusal(error.code)))
        return redirect("deliberation:conversation", conversation.slug)
    messages.success(request, _("You take part as a verified member now. Nobody sees who you are."))
    return came.forget(redirect("deliberation:conversation", conversation.slug))

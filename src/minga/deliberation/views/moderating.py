"""Pages of moderators: the queue, one statement, flags; and the public log."""

from __future__ import annotations

import csv
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from minga.deliberation import wording_consulting, wording_moderating
from minga.deliberation.engine.errors import ActError
from minga.deliberation.forms_moderating import (
    DetailsForm,
    FilterForm,
    PlainReasonForm,
    ReasonForm,
    RewordForm,
    TranslationForm,
)
from minga.deliberation.models import Conversation, Participant, Statement
from minga.deliberation.selectors import access, moderating
from minga.deliberation.selectors.access import Task
from minga.deliberation.services import moderating as services
from minga.deliberation.views.common import posted, shows_conversation, works_on_conversation
from minga.web.numbers import read_number
from minga.web.ratelimit import limited

_A_PAGE, _LOG_PAGE = 25, 50
#: buttons of the queue, and the state that they lead to
_BULK = {"accept": Statement.State.ACCEPTED, "reject": Statement.State.REJECTED, "reopen": Statement.State.WAITING}


def frame(request: HttpRequest, conversation: Conversation) -> dict[str, Any]:
    """Return what every page about a conversation for its team shows above its own words."""
    return {
        "conversation": conversation,
        "consultation": conversation.consultation,
        "asked": wording_consulting.shown(conversation.consultation),
        "text": wording_consulting.shown(conversation),
        "tasks": access.tasks_of(request.user, conversation.consultation),
        "works_on": access.may(request.user, conversation.consultation),
    }


# ---------------------------------------------------------------- the queue
@limited("deliberation-moderate", times=600, seconds=3600)
@works_on_conversation(Task.MODERATOR)
def queue(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """Show statements that wait, or others, and decide on several at once."""
    form = ReasonForm(wording_moderating.rules(conversation.consultation), posted(request))
    wrong, chosen = "", request.POST.getlist("chosen")
    if request.method == "POST" and form.is_valid():
        try:
            _decide_on_chosen(request, conversation, form.cleaned_data, chosen)
        except ActError as error:
            wrong = str(wording_moderating.refusal(error.code))
        else:
            return redirect(request.get_full_path())
    words = _queue_words(request, conversation) | {"form": form, "wrong": wrong, "chosen": chosen}
    return render(request, "deliberation/moderating_queue.html", words, status=422 if wrong or form.errors else 200)


def _decide_on_chosen(
    request: HttpRequest, conversation: Conversation, given: dict[str, str], chosen: list[str]
) -> None:
    state = _BULK.get(request.POST.get("act", ""))
    seen = [pair for each in chosen if (pair := _pair(each)) is not None]
    if state is None or not seen:
        messages.warning(request, _("Choose at least one statement, then what shall become of it."))
        return
    reason = wording_moderating.full_reason(conversation.consultation, given["rule"], given["words"])
    became = services.decide_many(conversation=conversation, seen=seen, state=state, reason=reason, by=request.user)
    if became.done:
        said = ngettext("%(count)d statement is decided.", "%(count)d statements are decided.", len(became.done))
        messages.success(request, said % {"count": len(became.done)})
    if became.changed:
        messages.warning(
            request,
            _("Somebody else was faster on these, so they stay as they are: %(numbers)s.") % _listed(became.changed),
        )
    if became.second:
        messages.warning(
            request,
            _("You asked for a second look at these, so somebody else decides: %(numbers)s.") % _listed(became.second),
        )


def _listed(numbers: tuple[int, ...]) -> dict[str, str]:
    return {"numbers": ", ".join(map(str, numbers))}


def _pair(text: str) -> tuple[int, int] | None:
    """Read the number of a statement and the version that was shown."""
    first, _colon, second = text.partition(":")
    number, version = read_number(first), read_number(second)
    return None if number is None or version is None else (number, version)


def _queue_words(request: HttpRequest, conversation: Conversation) -> dict[str, Any]:
    given = request.GET if set(request.GET) - {"page"} else {"state": Statement.State.WAITING}
    filters = FilterForm(moderating.languages(conversation), moderating.themes(conversation), given)
    filters.is_valid()
    named = {name: value for name, value in filters.cleaned_data.items() if value}
    page = Paginator(moderating.queue(conversation, moderating.Filters(**named)), _A_PAGE).get_page(
        request.GET.get("page")
    )
    counted = moderating.votes_on(page.object_list)
    return frame(request, conversation) | {
        "page": page,
        "rows": [(one, counted.get(one.pk, 0), f"{one.number}:{one.version}") for one in page],
        "filters": filters,
        "query": _query(request),
        "rules": wording_consulting.policy(conversation.consultation),
        "waiting": moderating.waiting(conversation),
        "second": conversation.statements.filter(wants_second_look=True).count(),
        "flags": moderating.open_flags(conversation),
    }


def _query(request: HttpRequest) -> str:
    """Return the other fields of the address, for links to further pages."""
    kept = request.GET.copy()
    kept.pop("page", None)
    return f"{kept.urlencode()}&" if kept else ""


# ---------------------------------------------------------------- one statement
@limited("deliberation-moderate", times=600, seconds=3600)
@works_on_conversation(Task.MODERATOR)
def queue_statement(request: HttpRequest, conversation: Conversation, number: int) -> HttpResponse:
    """Show one statement with its history, and do everything that can be done with it."""
    statement = get_object_or_404(conversation.statements.select_related("author"), number=number)
    forms = _forms(request, conversation, statement)
    wrong = ""
    if request.method == "POST":
        form = forms.get(_FORM_OF.get(request.POST.get("do", ""), ""))
        if form is None:
            raise Http404
        if form.is_valid():
            try:
                _do(request, statement, form.cleaned_data)
            except ActError as error:
                wrong = str(wording_moderating.refusal(error.code))
            else:
                messages.success(request, _("Saved."))
                return redirect("deliberation:queue_statement", slug=conversation.slug, number=number)
    words = frame(request, conversation) | {
        "statement": statement,
        "votes": moderating.votes_on([statement]).get(statement.pk, 0),
        "history": moderating.history(statement),
        "wrong": wrong,
        "forms": forms,
        "rules": wording_consulting.policy(conversation.consultation),
        "has_flags": statement.author is not None and statement.author.flags.filter(decision="open").exists(),
    }
    failed = wrong or any(form.errors for form in forms.values())
    return render(request, "deliberation/moderating_statement.html", words, status=422 if failed else 200)


#: what a button does, and the form whose fields it needs
_FORM_OF = {
    "accept": "reason",
    "reject": "reason",
    "reopen": "reason",
    "second": "reason",
    "ban": "reason",
    "reword": "reword",
    "details": "details",
    "translate": "translation",
}


def _forms(request: HttpRequest, conversation: Conversation, statement: Statement) -> dict[str, Any]:
    asked = _FORM_OF.get(request.POST.get("do", ""))
    given = {name: request.POST if name == asked else None for name in ("reason", "reword", "details", "translation")}
    details = {"is_meta": statement.is_meta, "order": statement.order, "theme": statement.theme}
    return {
        "reason": ReasonForm(wording_moderating.rules(conversation.consultation), given["reason"]),
        "reword": RewordForm(conversation.longest, given["reword"], initial={"text": statement.text}),
        "details": DetailsForm(given["details"], initial=details),
        "translation": TranslationForm(statement.language, given["translation"]),
    }


def _do(request: HttpRequest, statement: Statement, given: dict[str, Any]) -> None:
    wish, by = request.POST["do"], request.user
    seen = read_number(request.POST.get("version")) or 0
    if wish in {"accept", "reject", "reopen", "second", "ban"}:
        consultation = statement.conversation.consultation
        reason = wording_moderating.full_reason(consultation, given["rule"], given["words"])
        if wish == "ban":
            if statement.author is None:
                raise Http404
            services.ban(participant=statement.author, reason=reason, by=by)
        elif wish == "second":
            services.ask_second_look(statement=statement, seen_version=seen, reason=reason, by=by)
        else:
            services.decide(statement=statement, state=_BULK[wish], seen_version=seen, reason=reason, by=by)
    elif wish == "reword":
        services.reword(statement=statement, text=given["text"], seen_version=seen, by=by)
    elif wish == "details":
        services.set_details(statement=statement, seen_version=seen, by=by, **given)
    else:
        services.translate(statement=statement, seen_version=seen, by=by, **given)


# ---------------------------------------------------------------- flags
@limited("deliberation-moderate", times=600, seconds=3600)
@works_on_conversation(Task.MODERATOR)
def flags(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """Show whose votes stand out, and decide with a reason; nothing happens by itself."""
    wrong, form = "", PlainReasonForm(posted(request))
    asked = read_number(request.POST.get("participant"))
    if request.method == "POST" and form.is_valid():
        person = get_object_or_404(conversation.participants, pk=asked)
        try:
            _decide_on_person(request, person, form.cleaned_data["words"])
        except ActError as error:
            wrong = str(wording_moderating.refusal(error.code))
        else:
            messages.success(request, _("Saved. The next map counts with it."))
            return redirect(request.get_full_path())
    decision = request.GET.get("decision", "open")
    page = Paginator(moderating.flagged(conversation, decision), _A_PAGE).get_page(request.GET.get("page"))
    words = frame(request, conversation) | {
        "page": page,
        "rows": [(one, [(wording_moderating.flag(flag.kind), flag) for flag in one.flags.all()]) for one in page],
        "decision": decision,
        "query": _query(request),
        "form": form,
        "asked_for": asked,
        "wrong": wrong,
    }
    return render(request, "deliberation/moderating_flags.html", words, status=422 if wrong or form.errors else 200)


def _decide_on_person(request: HttpRequest, person: Participant, reason: str) -> None:
    act = {"keep": services.keep_votes, "ban": services.ban, "unban": services.unban}.get(request.POST.get("act", ""))
    if act is None:
        raise Http404
    act(participant=person, reason=reason, by=request.user)


# ---------------------------------------------------------------- the public log
@require_safe
@shows_conversation
def log(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """Show every decision with its reason, to everyone; not who decided, and not about whom."""
    page = Paginator(moderating.public_log(conversation), _LOG_PAGE).get_page(request.GET.get("page"))
    words = frame(request, conversation) | {
        "page": page,
        "query": "",
        "rules": wording_consulting.policy(conversation.consultation),
    }
    return render(request, "deliberation/moderating_log.html", words)


@require_safe
@shows_conversation
def log_csv(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """Give out the same log as a table."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="moderation-{conversation.slug}.csv"'
    writer = csv.writer(response)
    writer.writerow(["date", "statement", "participants", "decision", "reason"])
    for row in moderating.public_log(conversation):
        number = "" if row.number is None else row.number
        writer.writerow([row.on.isoformat(), number, row.people or "", row.act, _harmless(row.reason)])
    return response


def _harmless(text: str) -> str:
    """Keep a spreadsheet from taking words for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text

"""Pages of moderators: the queue, and everything that can be done with one statement."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from minga.deliberation import wording_consulting, wording_moderating
from minga.deliberation.engine.errors import ActError
from minga.deliberation.forms_consulting import PlainForm
from minga.deliberation.forms_moderating import (
    DetailsForm,
    FilterForm,
    ReasonForm,
    RewordForm,
    TranslationForm,
)
from minga.deliberation.models import Conversation, Statement
from minga.deliberation.selectors import access, moderating
from minga.deliberation.selectors.access import Task
from minga.deliberation.services import banning
from minga.deliberation.services import moderating as services
from minga.deliberation.services.marks import mark_of
from minga.deliberation.views.common import posted, works_on_conversation
from minga.text.contacts import contacts, pieces
from minga.web.numbers import read_number
from minga.web.ratelimit import limited

_A_PAGE = 25
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
    form = ReasonForm(wording_consulting.grounds(conversation.consultation), posted(request))
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
        raise ActError("unchosen", "No statement was chosen. Choose at least one, then what shall become of it.")
    why = wording_moderating.reasoned(conversation.consultation, given["rule"], given["words"])
    became = services.decide_many(conversation=conversation, seen=seen, state=state, by=request.user, **why)
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
    if became.withdrawn:
        messages.warning(
            request, _("Their authors withdrew these, so nobody decides: %(numbers)s.") % _listed(became.withdrawn)
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
    return frame(request, conversation) | {
        "page": page,
        "rows": _rows(request, list(page)),
        "filters": filters,
        "rules": wording_consulting.policy(conversation.consultation),
        "waiting": moderating.waiting(conversation),
        "second": conversation.statements.filter(wants_second_look=True).count(),
        "flags": moderating.open_flags(conversation),
    }


def _rows(request: HttpRequest, statements: list[Statement]) -> list[dict[str, Any]]:
    """Return what the queue shows of each statement; words that tell how to reach somebody are told apart."""
    counted, asked = moderating.votes_on(statements), moderating.askers(statements)
    gone, own = moderating.withdrawn(statements), mark_of(request.user)
    return [
        {
            "statement": one,
            "pieces": pieces(one.text),
            "has_contacts": bool(contacts(one.text)),
            "votes": counted.get(one.pk, 0),
            "mark": f"{one.number}:{one.version}",
            "is_asked_by_me": own in asked.get(one.pk, frozenset()),
            "is_withdrawn": one.pk in gone,
        }
        for one in statements
    ]


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
    asked = moderating.who_asked(statement)
    words = frame(request, conversation) | {
        "statement": statement,
        "pieces": pieces(statement.text),
        "has_contacts": bool(contacts(statement.text)),
        "votes": moderating.votes_on([statement]).get(statement.pk, 0),
        "may_reword": not moderating.votes_of_others(statement).exists(),
        "is_asked_by_me": mark_of(request.user) in asked,
        "is_withdrawn": moderating.is_withdrawn(statement),
        "history": [(one, wording_consulting.rule(one.rule)) for one in moderating.history(statement)],
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
    "unlook": "nothing",
    "ban": "reason",
    "reword": "reword",
    "details": "details",
    "translate": "translation",
}


def _forms(request: HttpRequest, conversation: Conversation, statement: Statement) -> dict[str, Any]:
    asked = _FORM_OF.get(request.POST.get("do", ""))
    names = ("reason", "nothing", "reword", "details", "translation")
    given = {name: request.POST if name == asked else None for name in names}
    details = {"is_meta": statement.is_meta, "order": statement.order, "theme": statement.theme}
    return {
        "reason": ReasonForm(wording_consulting.grounds(conversation.consultation), given["reason"]),
        "nothing": PlainForm(given["nothing"]),
        "reword": RewordForm(conversation.longest, given["reword"], initial=_words_to_mend(statement)),
        "details": DetailsForm(given["details"], initial=details),
        "translation": TranslationForm(statement.language, given["translation"]),
    }


def _words_to_mend(statement: Statement) -> dict[str, Any]:
    return {"text": statement.text, "is_private": bool(contacts(statement.text))}


def _do(request: HttpRequest, statement: Statement, given: dict[str, Any]) -> None:
    wish, by = request.POST["do"], request.user
    seen = read_number(request.POST.get("version")) or 0
    if wish in {"accept", "reject", "reopen", "second", "ban"}:
        consultation = statement.conversation.consultation
        why = wording_moderating.reasoned(consultation, given["rule"], given["words"])
        if wish == "ban":
            if statement.author is None:
                raise Http404
            banning.ban(participant=statement.author, by=by, **why)
        elif wish == "second":
            services.ask_second_look(statement=statement, seen_version=seen, by=by, **why)
        else:
            services.decide(statement=statement, state=_BULK[wish], seen_version=seen, by=by, **why)
    elif wish == "unlook":
        services.take_back_second_look(statement=statement, seen_version=seen, by=by)
    elif wish == "reword":
        services.reword(statement=statement, seen_version=seen, by=by, **given)
    elif wish == "details":
        services.set_details(statement=statement, seen_version=seen, by=by, **given)
    else:
        services.translate(statement=statement, seen_version=seen, by=by, **given)

"""Answers at the desk: what waits, one form for voices, themes and statements, and what an answer rests on."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from minga.deliberation import wording_answering as wording
from minga.deliberation import wording_consulting
from minga.deliberation.engine.errors import ActError
from minga.deliberation.engine.trace import ACCEPTED
from minga.deliberation.forms_answering import AnswerForm, name_of
from minga.deliberation.forms_citing import CitationForm
from minga.deliberation.models import ClauseVersion, Consultation, Disposition, Statement, Theme, Voice
from minga.deliberation.selectors import access, answering, citing, sources, theming
from minga.deliberation.services import answering as services
from minga.deliberation.services import citing as evidence
from minga.deliberation.views.common import remember_saved, take_saved, works_on
from minga.web.numbers import read_number

_ANALYST = access.Task.ANALYST
_PER_PAGE = 25
#: Voices of a theme that stand beside its answer.
_BESIDE = 10


def _frame(consultation: Consultation) -> dict[str, Any]:
    return {"consultation": consultation, "text": wording_consulting.shown(consultation)}


def address_of(answer: Disposition) -> str:
    """Return where an answer is given and changed."""
    slug = answer.consultation.slug
    if answer.theme is not None:
        return reverse("deliberation:answer_theme", args=[slug, answer.theme.number])
    if answer.voice is not None:
        return reverse("deliberation:answer_voice", args=[slug, answer.voice.number])
    statement = answer.statement
    return reverse("deliberation:answer_statement", args=[slug, statement.conversation.slug, statement.number])


# ---------------------------------------------------------------- the list
@require_safe
@works_on(_ANALYST)
def answers(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """Show what waits for an answer, or the answers that stand, or acceptances that no clause carries yet."""
    shown = request.GET.get("show", "waiting")
    words = _frame(consultation) | {"shown": shown, "words": request.GET.get("q", ""), "choices": wording.ANSWERS}
    if shown == "given":
        found = answering.given(consultation, answer=request.GET.get("answer", ""), words=words["words"])
        words |= {"chosen": request.GET.get("answer", "")} | _listed(request, found)
    elif shown == "carry":
        words |= _listed(request, answering.still_to_carry(consultation))
    else:
        waits = answering.waiting(consultation)
        page = Paginator(waits.voices, _PER_PAGE).get_page(request.GET.get("page"))
        words |= {
            "waits": waits,
            "page": page,
            "count": len(waits.themes) + page.paginator.count + len(waits.statements),
        }
    words |= {
        "to_carry": answering.still_to_carry(consultation).count(),
        "unread": sources.waiting(consultation).count(),
    }
    return render(request, "deliberation/answering_answers.html", words)


def _listed(request: HttpRequest, found: Any) -> dict[str, Any]:
    page = Paginator(found, _PER_PAGE).get_page(request.GET.get("page"))
    return {"page": page, "answers": [(one, address_of(one)) for one in page.object_list]}


# ---------------------------------------------------------------- one answer
@works_on(_ANALYST)
def answer_theme(request: HttpRequest, consultation: Consultation, number: int) -> HttpResponse:
    """Answer a theme."""
    return _answer(request, consultation, get_object_or_404(consultation.themes, number=number))


@works_on(_ANALYST)
def answer_voice(request: HttpRequest, consultation: Consultation, number: int) -> HttpResponse:
    """Answer one voice."""
    return _answer(
        request, consultation, get_object_or_404(consultation.voices.select_related("source"), number=number)
    )


@works_on(_ANALYST)
def answer_statement(request: HttpRequest, consultation: Consultation, talk: str, number: int) -> HttpResponse:
    """Answer a statement of a conversation."""
    found = Statement.objects.select_related("conversation__consultation").filter(
        conversation__consultation=consultation, conversation__slug=talk, number=number
    )
    return _answer(request, consultation, get_object_or_404(found))


def _answer(request: HttpRequest, consultation: Consultation, target: Voice | Theme | Statement) -> HttpResponse:
    if request.method != "POST":
        return _page(request, consultation, target, sent=take_saved(request))
    form = AnswerForm(target, request.POST)
    if form.is_valid():
        made = form.give(replaces=request.POST.get("replaces", ""), language=get_language() or "en", by=request.user)
        if made is not None:
            remember_saved(request, _kept(target))
            messages.success(request, _given(target))
            if made.answer in ACCEPTED and not answering.changes_of(made).exists():
                messages.info(request, _("Say below which clause follows from it, now or when the draft is written."))
                return redirect(f"{request.path}#changes")
            return redirect(request.path)
    # who met somebody else's answer replaces that one with the next try, having seen it; otherwise what was seen stays
    more = {} if form.code == "answered" else {"replaces": request.POST.get("replaces", "")}
    return _page(request, consultation, target, status=422, form=form, **more)


def _kept(target: Voice | Theme | Statement) -> str:
    """Name the words of an answer that the browser keeps while they are typed."""
    return f"answer {services.field_of(target)} {target.pk}"


def _given(target: Voice | Theme | Statement) -> str:
    """Say that an answer is given, and how its senders find it; letters and files have no code."""
    with_code, without = answering.senders_of(target)
    if with_code and without:
        return _(
            "The answer is given. Senders who have a code find it with that; the others have none, so write to them."
        )
    if with_code:
        return _("The answer is given. The sender finds it with the code of the receipt.")
    if without:
        return _("The answer is given. What came by post or in a file has no code, so write to the sender.")
    return _("The answer is given.")


def _page(
    request: HttpRequest,
    consultation: Consultation,
    target: Voice | Theme | Statement,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    standing = services.standing_answer(target)
    words = _frame(consultation) | {
        "target": target,
        "kind": services.field_of(target),
        "kept": _kept(target),
        "standing": standing,
        "replaces": standing.pk if standing else "",
        "chain": answering.chain_of(standing),
        "form": AnswerForm(target, initial=_initial(consultation, standing)),
        "may_answer": not citing.is_settled(standing) if standing else not _is_adopted(consultation),
        **_around(consultation, target),
    }
    if standing is not None:
        words |= _rests_on(consultation, standing)
    return render(request, "deliberation/answering_answer.html", words | more, status=status)


def _is_adopted(consultation: Consultation) -> bool:
    return consultation.state == Consultation.State.ADOPTED


def _initial(consultation: Consultation, standing: Disposition | None) -> dict[str, Any]:
    """Begin with the answer that stands; without one, with the office that answered last."""
    if standing is not None:
        first = standing.duplicate_of
        return {
            "answer": standing.answer,
            "reason": standing.reason,
            "responder": standing.responder,
            "duplicate_of": first.code if first else "",
            "covered_by": name_of(standing.covered_by),
        }
    last = Disposition.objects.filter(consultation=consultation).exclude(responder="").order_by("-at").first()
    return {"responder": last.responder if last else wording_consulting.asked_by(consultation)}


def _around(consultation: Consultation, target: Voice | Theme | Statement) -> dict[str, Any]:
    """Return the voices that a theme's answer answers, the themes of a voice, or the conversation of a statement."""
    if isinstance(target, Theme):
        voices = theming.voices_in(consultation, target)
        return {"voices": list(voices[:_BESIDE]), "count": voices.count()}
    if isinstance(target, Voice):
        links = target.theme_links.filter(ended_at=None).select_related("theme").order_by("pk")
        themes = [link.theme for link in links]
        held = {one.theme_id: one for one in theming.standing_answers(consultation).filter(theme__in=themes)}
        return {"themes": [(theme, held.get(theme.pk)) for theme in themes]}
    return {"talk": wording_consulting.shown(target.conversation)}


def _rests_on(consultation: Consultation, standing: Disposition) -> dict[str, Any]:
    citations = list(standing.citations.filter(ended_at=None))
    now = citing.current_values(one.link for one in citations)
    return {
        "citations": [
            (one, citing.shown_link(one.link), now[one.link] if now.get(one.link, one.value) != one.value else "")
            for one in citations
        ],
        "taken_out": citing.taken_out((), [standing.pk]),
        "cite_form": CitationForm(prefix="cite"),
        "accepts": standing.answer in ACCEPTED,
        "changes": list(answering.changes_of(standing)),
        "changes_to_choose": answering.changes_to_choose(consultation) if standing.answer in ACCEPTED else [],
    }


# ---------------------------------------------------------------- what it rests on, and what it led to
def _find(consultation: Consultation, answer: uuid.UUID) -> Disposition:
    found = Disposition.objects.select_related(
        "consultation", "voice", "theme", "statement__conversation__consultation"
    )
    return get_object_or_404(found, consultation=consultation, pk=answer)


def _back(request: HttpRequest, answer: Disposition, part: str, error: ActError | None = None) -> HttpResponse:
    if error is not None:
        messages.error(request, str(wording.refusal(error.code)))
    return redirect(f"{address_of(answer)}#{part}")


@require_POST
@works_on(_ANALYST)
def answer_cite(request: HttpRequest, consultation: Consultation, answer: uuid.UUID) -> HttpResponse:
    """Cite a figure or a record for an answer."""
    found = _find(consultation, answer)
    form = CitationForm(request.POST, prefix="cite")
    if form.is_valid() and form.cite(found, request.user) is not None:
        messages.success(request, _("The evidence stands beside the answer."))
        return _back(request, found, "evidence")
    target = found.theme or found.voice or found.statement
    return _page(request, consultation, target, status=422, cite_form=form)


@require_POST
@works_on(_ANALYST)
def answer_uncite(request: HttpRequest, consultation: Consultation, answer: uuid.UUID, citation: int) -> HttpResponse:
    """Take a piece of evidence out."""
    found = _find(consultation, answer)
    row = get_object_or_404(found.citations, pk=citation)
    try:
        evidence.end_citation(citation=row, by=request.user)
    except ActError as error:
        return _back(request, found, "evidence", error)
    messages.success(request, _("The evidence is taken out."))
    return _back(request, found, "evidence")


@require_POST
@works_on(_ANALYST, access.Task.EDITOR)
def answer_link(request: HttpRequest, consultation: Consultation, answer: uuid.UUID) -> HttpResponse:
    """Say which change of a clause follows from an answer."""
    found = _find(consultation, answer)
    number = read_number(request.POST.get("change"))
    change = get_object_or_404(ClauseVersion.objects.select_related("clause__draft"), pk=number)
    try:
        services.link_change(disposition=found, clause_version=change, by=request.user)
    except ActError as error:
        return _back(request, found, "changes", error)
    messages.success(request, _("The answer now leads to the clause."))
    return _back(request, found, "changes")


@require_POST
@works_on(_ANALYST, access.Task.EDITOR)
def answer_unlink(request: HttpRequest, consultation: Consultation, answer: uuid.UUID, change: int) -> HttpResponse:
    """Take the link to a clause out."""
    found = _find(consultation, answer)
    try:
        services.unlink_change(
            disposition=found,
            clause_version=get_object_or_404(found.changes.select_related("clause__draft"), pk=change),
            by=request.user,
        )
    except ActError as error:
        return _back(request, found, "changes", error)
    return _back(request, found, "changes")

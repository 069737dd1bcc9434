"""Answering: the overview, one factor a page, saving one answer at once, goals, submitting."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from minga import members as world
from minga.readiness import report, selectors, services, wording
from minga.readiness.engine.errors import AnswerError
from minga.readiness.forms import GoalsForm, PageForm, seen_version
from minga.readiness.models import Assessment
from minga.readiness.views.common import frame, keep_alive, language, opens, shown_instrument
from minga.web.ratelimit import limited


@opens
def overview(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Show how far the assessment is, and everything its owner can do with it."""
    words = frame(assessment) | {
        "country": world.country(assessment.country).name(language()),
        "sector": world.sector(assessment.sector).name(language()),
        "may_decide": selectors.may_decide(assessment, request.user),
        "organizations": selectors.organizations_owned_by(request.user) if not assessment.is_claimed else [],
        "overlays": [wording.overlay_title(one.id, one.title) for one in shown_instrument(assessment).overlays],
    }
    return render(request, "readiness/assessment.html", words)


@limited("readiness-save", times=1200, seconds=600)
@opens
def answer(request: HttpRequest, assessment: Assessment, factor: str) -> HttpResponse:
    """Show the questions of one factor; a post saves the whole page and goes on."""
    if assessment.is_submitted:
        return redirect("readiness:assessment", pk=assessment.pk)
    instrument = shown_instrument(assessment)
    items = selectors.items_of_page(instrument, factor, assessment.form)
    answers = selectors.answers_of(assessment)
    if request.method != "POST":
        return _page(request, assessment, factor, PageForm(instrument, items, answers))
    form = PageForm(instrument, items, answers, request.POST)
    if _save_page(request, assessment, form) and form.is_valid:
        forward = _neighbour(assessment, factor, -1 if "back" in request.POST else 1)
        return keep_alive(request, forward, assessment)
    response = _page(request, assessment, factor, form, status=422)
    return keep_alive(request, response, assessment)


def _save_page(request: HttpRequest, assessment: Assessment, form: PageForm) -> bool:
    """Save every valid card; False where somebody else answered in the meantime, which the card then shows."""
    for card in form.given:
        saved = services.save_answer(
            assessment=assessment,
            item=card.item.id,
            value=card.value,
            reason=card.reason,
            note=card.note,
            seen_version=card.version,
            language=language(),
            account=request.user if request.user.is_authenticated else None,
        )
        card.version = saved.answer.version
        if saved.outcome == "conflict":
            card.conflict = saved.answer
    return not any(card.conflict for card in form.cards)


def _neighbour(assessment: Assessment, factor: str, step: int) -> HttpResponse:
    """Go to the page after or before a factor; behind the last stand the goals, before the first the overview."""
    pages = [one.id for one in frame(assessment)["progress"].factors]
    at = pages.index(factor) + step
    if at < 0:
        return redirect("readiness:assessment", pk=assessment.pk)
    if at >= len(pages):
        return redirect("readiness:goals", pk=assessment.pk)
    return redirect("readiness:answer", pk=assessment.pk, factor=pages[at])


def _page(request: HttpRequest, assessment: Assessment, factor: str, form: PageForm, status: int = 200) -> HttpResponse:
    words = frame(assessment)
    pages = [one.id for one in words["progress"].factors]
    words |= {
        "page": form,
        "factor": form.instrument.factor(factor),
        "number": pages.index(factor) + 1,
        "pages": len(pages),
        "states": _states(words["progress"], factor),
        "errors": [card for card in form.cards if card.error or card.conflict],
    }
    return render(request, "readiness/answer.html", words, status=status)


def _states(progress: selectors.Progress, factor: str) -> dict[str, str]:
    """Say progress in words, for the page of a factor and for the script that keeps it up to date."""
    here = next(one for one in progress.factors if one.id == factor)
    saved = ""
    if progress.saved_at is not None:
        clock = date_format(timezone.localtime(progress.saved_at), "TIME_FORMAT")
        saved = _("saved %(time)s UTC") % {"time": clock}
    left = ngettext("about %(count)s minute left", "about %(count)s minutes left", progress.minutes_left)
    return {
        "answered": _("%(answered)s of %(asked)s answered") % {"answered": progress.answered, "asked": progress.asked},
        "here": f"{here.answered}/{here.asked}",
        "saved": saved,
        "left": left % {"count": progress.minutes_left} if progress.minutes_left else _("all answered"),
    }


@require_POST
@limited("readiness-save", times=1200, seconds=600)
@opens
def save(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Save one answer sent by the page's script; what this confirms is on the disk."""
    sent = request.POST
    try:
        saved = services.save_answer(
            assessment=assessment,
            item=sent.get("item", ""),
            value=sent.get("value", ""),
            reason=sent.get("reason", "")[:2000].replace("\x00", ""),
            note=sent.get("note", "")[:2000].replace("\x00", ""),
            seen_version=seen_version(sent.get("version")),
            client_id=sent.get("client", "")[:64].replace("\x00", ""),
            language=language(),
            account=request.user if request.user.is_authenticated else None,
        )
    except AnswerError:
        # the form says it in the page's language; the engine's sentence is for programs
        words = _("This answer could not be saved as it is. If it does not apply to you, say why.")
        return JsonResponse({"outcome": "refused", "message": words}, status=422)
    words = frame(assessment)
    body: dict[str, Any] = {
        "outcome": saved.outcome,
        "version": saved.answer.version,
        "value": saved.answer.value,
        "at": saved.answer.saved_at.isoformat(),
        "states": _states(words["progress"], words["instrument"].item(saved.answer.item).factor),
        "done": words["progress"].answered,
    }
    if saved.outcome == "conflict":
        body["message"] = _(
            "This was answered on another device in the meantime. What is stored there is marked now; "
            "choose again if yours is right."
        )
    response = JsonResponse(body, status=409 if saved.outcome == "conflict" else 200)
    return keep_alive(request, response, assessment)


@limited("readiness-submit", times=300, seconds=3600)
@opens
def goals(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Ask what matters and what a step may cost; a post submits the assessment and shows the report."""
    if assessment.is_submitted:
        return redirect("readiness:report", pk=assessment.pk)
    words = frame(assessment)
    initial = {key: getattr(assessment, key) for key in ("goals", "cash_limit", "horizon_limit", "location")}
    form = GoalsForm(words["instrument"], request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        services.choose_goals(assessment=assessment, **form.cleaned_data)
        return _submitted(assessment)
    words["form"] = form
    return render(request, "readiness/goals.html", words, status=422 if form.errors else 200)


@require_POST
@limited("readiness-submit", times=300, seconds=3600)
@opens
def submit(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Submit without goals: priorities then weigh every goal alike."""
    return _submitted(assessment)


def _submitted(assessment: Assessment) -> HttpResponse:
    if not assessment.is_submitted:
        services.submit_assessment(assessment=assessment, scores=report.score_rows(assessment))
    return redirect("readiness:report", pk=assessment.pk)


@require_POST
@limited("readiness-submit", times=300, seconds=3600)
@opens
def reopen(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Open the answers again: to correct them, or to go on with the full form."""
    form = Assessment.Form.FULL if request.POST.get("form") == "full" else assessment.form
    if assessment.is_submitted or form != assessment.form:
        services.reopen_assessment(assessment=assessment, form=form)
    following = frame(assessment)["progress"].next_factor
    if following is None:
        return redirect("readiness:assessment", pk=assessment.pk)
    return redirect("readiness:answer", pk=assessment.pk, factor=following)

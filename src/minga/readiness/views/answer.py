"""Answering: the overview, one factor a page, saving one answer at once, goals, submitting."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from minga import members as world
from minga.readiness import report, selectors, services, wording
from minga.readiness.engine.errors import AgreementError
from minga.readiness.forms import GoalsForm, PageForm
from minga.readiness.models import Assessment
from minga.readiness.views.common import (
    for_offline,
    frame,
    held_secret,
    keep_alive,
    language,
    opens_to_answer,
    opens_to_read,
    shown_instrument,
)
from minga.readiness.views.filling import neighbour_of, page_words, save_one, save_page
from minga.web.ratelimit import limited


@opens_to_read
def overview(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Show how far the assessment is, and everything its owner can do with it."""
    words = frame(assessment) | {
        "country": world.country(assessment.country).name(language()),
        "sector": world.sector(assessment.sector).name(language()),
        "may_decide": selectors.may_decide(assessment, request.user),
        "has_validation": bool(selectors.standing_validations(assessment)),
        "organizations": selectors.organizations_owned_by(request.user) if not assessment.is_claimed else [],
        "overlays": [wording.overlay_title(one.id, one.title) for one in shown_instrument(assessment).overlays],
        "asked": list(selectors.colleagues_of(assessment)),
        "is_owner": assessment.opened_for == Assessment.OpenedFor.OWNING,
        "can_answer": assessment.opened_for != Assessment.OpenedFor.READING,
        "can_reopen": assessment.opened_for != Assessment.OpenedFor.READING and _may_reopen(request, assessment),
    }
    words["finished"] = sum(one.finished_at is not None for one in words["asked"])
    response = render(request, "readiness/assessment.html", words)
    return response if assessment.is_submitted else for_offline(request, response, held_secret(request, assessment.pk))


@limited("readiness-save", times=1200, seconds=600)
@opens_to_answer
def answer(request: HttpRequest, assessment: Assessment, factor: str) -> HttpResponse:
    """Show the questions of one factor; a post saves the whole page and goes on."""
    if assessment.is_submitted:
        return redirect("readiness:assessment", pk=assessment.pk)
    words = frame(assessment)
    instrument, answers = words["instrument"], words["answers"]
    items = selectors.items_of_page(instrument, factor, assessment.form)
    if request.method != "POST":
        response = _page(request, words, factor, PageForm(instrument, items, answers))
        return for_offline(request, response, held_secret(request, assessment.pk))
    form = PageForm(instrument, items, answers, request.POST)
    if save_page(request, assessment, form) and form.is_valid:
        following = redirect(_neighbour(words, factor, -1 if "back" in request.POST else 1))
        return keep_alive(request, following, assessment)
    response = _page(request, frame(assessment), factor, form, status=422)
    return keep_alive(request, response, assessment)


def _neighbour(words: dict[str, Any], factor: str, step: int) -> str:
    """Return where to go from a factor: behind the last stand the goals, before the first the overview."""
    pk = words["assessment"].pk
    return neighbour_of(
        words["progress"],
        factor,
        step,
        page=lambda other: reverse("readiness:answer", args=[pk, other]),
        first=reverse("readiness:assessment", args=[pk]),
        last=reverse("readiness:goals", args=[pk]),
    )


def _page(request: HttpRequest, words: dict[str, Any], factor: str, form: PageForm, status: int = 200) -> HttpResponse:
    beside = page_words(words["progress"], form, factor, lambda step: _neighbour(words, factor, step))
    return render(request, "readiness/answer.html", words | beside | {"page": form}, status=status)


@require_POST
@limited("readiness-save", times=1200, seconds=600)
@opens_to_answer
def save(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Save one answer sent by the page's script; what this confirms is on the disk."""
    response = save_one(request, assessment, lambda: frame(assessment))
    return keep_alive(request, response, assessment)


@limited("readiness-submit", times=300, seconds=3600)
@opens_to_answer
def goals(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Ask what matters and what a step may cost; a post submits the assessment and shows the report."""
    if assessment.is_submitted:
        return redirect("readiness:report", pk=assessment.pk)
    words = frame(assessment)
    initial = {key: getattr(assessment, key) for key in ("goals", "cash_limit", "horizon_limit", "location")}
    form = GoalsForm(words["instrument"], request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        services.choose_goals(assessment=assessment, **form.cleaned_data)
        return _submitted(request, assessment)
    words["form"] = form
    response = render(request, "readiness/goals.html", words, status=422 if form.errors else 200)
    return for_offline(request, response, held_secret(request, assessment.pk))


@require_POST
@limited("readiness-submit", times=300, seconds=3600)
@opens_to_answer
def submit(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Submit without goals: priorities then weigh every goal alike."""
    return _submitted(request, assessment)


def _submitted(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Submit and show the report; where colleagues differ, the agreement comes first."""
    if not assessment.is_submitted:
        try:
            services.submit_assessment(assessment=assessment, scores=lambda: report.score_rows(assessment))
        except AgreementError:
            return _agree_first(request, assessment)
    return redirect("readiness:report", pk=assessment.pk)


def _agree_first(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Lead the owner to the agreement; an adviser can only be told."""
    if assessment.opened_for == Assessment.OpenedFor.OWNING:
        return redirect("readiness:agreement", pk=assessment.pk)
    messages.error(
        request, _("Colleagues were asked too. The owner agrees with them first; then the check can be submitted.")
    )
    return redirect("readiness:assessment", pk=assessment.pk)


def _may_reopen(request: HttpRequest, assessment: Assessment) -> bool:
    """Whether opening the answers ends no validation, or whoever asks may decide that it ends."""
    return selectors.may_decide(assessment, request.user) or not selectors.standing_validations(assessment)


@require_POST
@limited("readiness-submit", times=300, seconds=3600)
@opens_to_answer
def reopen(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Open the answers again: to correct them, or to go on with the full form."""
    if not _may_reopen(request, assessment):
        raise Http404  # opening the answers would end a validation, which is the owner's to decide
    form = Assessment.Form.FULL if request.POST.get("form") == "full" else assessment.form
    if assessment.is_submitted or form != assessment.form:
        services.reopen_assessment(assessment=assessment, form=form)
    following = frame(assessment)["progress"].next_factor
    if following is None:
        return redirect("readiness:assessment", pk=assessment.pk)
    return redirect("readiness:answer", pk=assessment.pk, factor=following)

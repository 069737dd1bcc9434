"""The assessor's pages: declare first, then look, judge, visit and complete."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from minga.readiness import report_validation, selectors, services
from minga.readiness import wording_validation as words_of
from minga.readiness.engine.errors import ValidationError
from minga.readiness.file_response import given_out
from minga.readiness.forms_validation import CompleteForm, DeclareForm, Judged, JudgeForm, VisitForm, WordForm
from minga.readiness.models import Validation
from minga.readiness.views.common import for_offline, shown_instrument
from minga.readiness.views.validation import about
from minga.web.ratelimit import limited


@never_cache
@login_required
def validations(request: HttpRequest) -> HttpResponse:
    """List what an assessor was asked to validate."""
    if not selectors.is_assessor(request.user):
        raise PermissionDenied
    rows = [{"validation": one, "about": about(one)} for one in selectors.validations_for(request.user)]
    return render(request, "readiness/validations.html", {"rows": rows})


def _opens(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give a view the validation of its address once its assessor has declared; 404 to everyone else."""

    @wraps(view)
    @never_cache
    @login_required
    def guarded(request: HttpRequest, pk: uuid.UUID, **named: Any) -> HttpResponse:
        return view(request, selectors.opened_validation(pk, request.user), **named)

    return guarded


def _points(validation: Validation) -> list[selectors.Point]:
    return selectors.points(validation, shown_instrument(validation.assessment))


@limited("readiness-assess", times=600, seconds=3600)
@never_cache
@login_required
def assess(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask for conflicts of interest; once none is declared, show what there is to judge."""
    found = selectors.find_validation(pk, request.user)
    if found.status == Validation.Status.ASSIGNED:
        return _declare(request, found)
    return render(request, "readiness/assess.html", _overview(found))


def _declare(request: HttpRequest, found: Validation) -> HttpResponse:
    form = DeclareForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        has_conflict = form.cleaned_data["has_conflict"] == "yes"
        try:
            services.declare_conflict(validation=found, has_conflict=has_conflict, text=form.cleaned_data["conflict"])
        except ValidationError as problem:
            messages.error(request, words_of.refusal(problem))
            return redirect("readiness:validations")
        if has_conflict:
            messages.success(request, _("Thank you. The secretariat will ask somebody else."))
            return redirect("readiness:validations")
        return redirect("readiness:assess", pk=found.pk)
    words = {"validation": found, "about": about(found), "form": form}
    return render(request, "readiness/declare.html", words, status=422 if form.errors else 200)


def _overview(found: Validation, complete: CompleteForm | None = None) -> dict[str, Any]:
    points = _points(found)
    instrument = shown_instrument(found.assessment)
    factors = []
    for factor in instrument.factors:
        mine = [point for point in points if point.item.factor == factor.id]
        if mine:
            factors.append(
                {
                    "factor": factor,
                    "asked": len(mine),
                    "decided": sum(point.state == "set" for point in mine),
                    "open": sum(point.is_open for point in mine),
                    "files": sum(len(point.evidence) for point in mine),
                }
            )
    return {
        "validation": found,
        "about": about(found),
        "factors": factors,
        "open": [{"point": point, "why": words_of.POINTS[point.state]} for point in points if point.is_open],
        "undecided": sum(point.state == "undecided" and point.own.isdigit() for point in points),
        "unchecked": [point for point in points if point.state == "unchecked"],
        "decided": sum(point.state == "set" for point in points),
        "to_visit": sum(point.to_visit for point in points),
        "word": WordForm(initial={"summary": found.summary}),
        "visit": VisitForm(initial={"visited_on": found.visited_on}),
        "complete": complete or CompleteForm(),
    }


@limited("readiness-assess", times=600, seconds=3600)
@_opens
def assess_factor(request: HttpRequest, found: Validation, factor: str) -> HttpResponse:
    """Show the answers and evidence of one factor; a post keeps the assessor's levels and goes on."""
    instrument = shown_instrument(found.assessment)
    points = [point for point in _points(found) if point.item.factor == factor]
    if not points:
        raise Http404
    form = JudgeForm(points, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        _save(found, form.rows)
        if form.is_valid:
            return _onward(found, factor, -1 if "back" in request.POST else 1)
    names = [one.id for one in instrument.factors if instrument.items_of(one.id, found.assessment.form)]
    words = {
        "validation": found,
        "about": about(found),
        "factor": instrument.factor(factor),
        "number": names.index(factor) + 1,
        "pages": len(names),
        "rows": _with_words(form.rows),
        "errors": [row for row in form.rows if row.error or row.conflict],
    }
    return render(request, "readiness/assess_factor.html", words, status=422 if words["errors"] else 200)


def _with_words(rows: Iterable[Judged]) -> list[dict[str, Any]]:
    return [
        {"row": row, "own": words_of.own_answer(row.point.own), "state": words_of.POINTS[row.point.state]}
        for row in rows
    ]


def _save(found: Validation, rows: Iterable[Judged]) -> None:
    """Save every valid row; one that somebody changed in another tab is shown instead of overwritten."""
    for row in rows:
        if row.error:
            continue
        saved = services.save_finding(
            validation=found,
            item=row.point.item.id,
            level=row.number,
            comment=row.comment,
            to_visit=row.to_visit,
            seen_version=row.version,
        )
        row.version = saved.finding.version
        if saved.outcome == "conflict":
            row.conflict = saved.finding


def _onward(found: Validation, factor: str, step: int) -> HttpResponse:
    instrument = shown_instrument(found.assessment)
    names = [one.id for one in instrument.factors if instrument.items_of(one.id, found.assessment.form)]
    at = names.index(factor) + step
    if not 0 <= at < len(names):
        return redirect("readiness:assess", pk=found.pk)
    return redirect("readiness:assess_factor", pk=found.pk, factor=names[at])


@limited("readiness-assess", times=600, seconds=3600)
@_opens
def visit_list(request: HttpRequest, found: Validation) -> HttpResponse:
    """Everything to see on the visit on one page, to print or fill in on the spot; a post keeps what was filled in."""
    points = [point for point in _points(found) if point.to_visit]
    form = JudgeForm(points, _with_marks(request, points) if request.method == "POST" else None)
    day = VisitForm(request.POST if request.method == "POST" else None, initial={"visited_on": found.visited_on})
    if request.method == "POST":
        _save(found, form.rows)
        if day.is_valid():
            services.record_visit(validation=found, visited_on=day.cleaned_data["visited_on"])
            if form.is_valid:
                messages.success(request, _("The visit is kept."))
                return redirect("readiness:assess", pk=found.pk)
    words = {
        "validation": found,
        "about": about(found),
        "rows": _with_words(form.rows),
        "day": day,
        "errors": [row for row in form.rows if row.error or row.conflict],
        "place": f"validations/{found.pk}",
    }
    if request.method == "POST":
        return render(request, "readiness/visit_list.html", words, status=422)
    return for_offline(request, render(request, "readiness/visit_list.html", words), None)


def _with_marks(request: HttpRequest, points: Iterable[selectors.Point]) -> dict[str, str]:
    """What stands on the list stays marked for the visit: the list itself has no box to take the mark away."""
    return {**request.POST.dict(), **{f"{point.item.id}-visit": "on" for point in points}}


@require_GET
@_opens
def assess_file(request: HttpRequest, found: Validation, file: uuid.UUID) -> HttpResponse:
    """Give the assessor one file of evidence; that it was opened is recorded."""
    return given_out(selectors.find_evidence(file, found.assessment), by=request.user, as_assessor=True)


@require_POST
@_opens
def assess_word(request: HttpRequest, found: Validation) -> HttpResponse:
    """Tell the business what is missing."""
    form = WordForm(request.POST)
    if form.is_valid():
        services.write_word(validation=found, text=form.cleaned_data["summary"])
        messages.success(request, _("The business can read it now."))
    else:
        messages.error(request, _("This is longer than 4,000 characters. Shorten it."))
    return redirect("readiness:assess", pk=found.pk)


@require_POST
@_opens
def assess_visited(request: HttpRequest, found: Validation) -> HttpResponse:
    """Record the day of the visit."""
    form = VisitForm(request.POST)
    if form.is_valid():
        services.record_visit(validation=found, visited_on=form.cleaned_data["visited_on"])
        messages.success(request, _("The day of the visit is kept."))
    else:
        messages.error(request, " ".join(form.errors["visited_on"]))
    return redirect("readiness:assess", pk=found.pk)


@require_POST
@_opens
def assess_confirm(request: HttpRequest, found: Validation) -> HttpResponse:
    """Take the business's own level wherever evidence or the visit showed it and nothing else was set."""
    count = services.confirm_remaining(validation=found)
    said = ngettext(
        "%(count)s level of the business is confirmed.", "%(count)s levels of the business are confirmed.", count
    )
    messages.success(request, said % {"count": count})
    return redirect("readiness:assess", pk=found.pk)


@require_POST
@_opens
def assess_complete(request: HttpRequest, found: Validation) -> HttpResponse:
    """Close the validation."""
    form = CompleteForm(request.POST)
    if form.is_valid():
        try:
            is_valid = services.complete_validation(
                validation=found,
                summary=form.cleaned_data["summary"],
                score=report_validation.validated_score_rows,
            )
        except ValidationError as problem:
            form.add_error(None, words_of.refusal(problem))
        else:
            messages.success(
                request,
                _("The check is validated for two years. Thank you.")
                if is_valid
                else _("Your part is complete. The check is validated once the other assessor is done too."),
            )
            return redirect("readiness:validations")
    return render(request, "readiness/assess.html", _overview(found, form), status=422)

"""A validation as the owner and the secretariat see it: asking, waiting, assigning. No answer is shown here."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from minga import members as world
from minga.readiness import selectors, services
from minga.readiness import wording_validation as words_of
from minga.readiness.engine.agreement import agreement
from minga.readiness.engine.errors import ValidationError
from minga.readiness.forms_validation import RequestForm
from minga.readiness.models import Assessment, Validation
from minga.readiness.report_validation import bias_by_group, findings_table, pairs_completed, percent
from minga.readiness.views.common import language, opens, shown_instrument
from minga.web.ratelimit import limited


def _decides(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def guarded(request: HttpRequest, assessment: Assessment, **named: Any) -> HttpResponse:
        if not selectors.may_decide(assessment, request.user):
            raise Http404
        return view(request, assessment, **named)

    return guarded


# ---------------------------------------------------------------- the owner
@limited("readiness-validation", times=60, seconds=3600)
@opens
@_decides
def validation(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Say what a validation is and how far it is; a post asks for an assessor."""
    form = RequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.request_validation(
                assessment=assessment, by=request.user, is_double=form.cleaned_data["is_double"]
            )
        except ValidationError as problem:
            messages.error(request, words_of.refusal(problem))
        else:
            messages.success(request, _("You asked for an assessor. The secretariat chooses somebody independent."))
        return redirect("readiness:validation", pk=assessment.pk)
    instrument = shown_instrument(assessment)
    shown = selectors.evidence_counts(assessment)
    asked = instrument.items_of(None, assessment.form)
    standing = selectors.standing_validations(assessment)
    words = {
        "assessment": assessment,
        "form": form,
        "why_not": words_of.WHY_NOT.get(services.why_not_request(assessment), ""),
        "standing": standing,
        "may_withdraw": any(one.status in selectors.RUNNING for one in standing),
        "may_double": len(standing) == 1 and standing[0].status in selectors.RUNNING,
        "declined": [one for one in selectors.declined_validations(assessment) if one.has_conflict],
        "with_evidence": [item for item in asked if item.id in shown],
        "without_evidence": [item for item in asked if item.id not in shown],
        "is_open": assessment.is_claimed and assessment.status != Assessment.Status.VALIDATED,
    }
    return render(request, "readiness/validation.html", words, status=422 if form.errors else 200)


@require_POST
@opens
@_decides
def validation_second(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Ask for a second assessor."""
    try:
        services.request_second(assessment=assessment, by=request.user)
    except ValidationError as problem:
        messages.error(request, words_of.refusal(problem))
    else:
        messages.success(request, _("You asked for a second assessor, who will not see what the first one finds."))
    return redirect("readiness:validation", pk=assessment.pk)


@require_POST
@opens
@_decides
def validation_withdraw(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Take the request back; assessors see nothing from now on."""
    if assessment.status != Assessment.Status.VALIDATED:
        services.withdraw_validation(assessment=assessment, by=request.user)
        messages.success(request, _("The request is taken back. No assessor sees anything of this check any more."))
    return redirect("readiness:validation", pk=assessment.pk)


# ---------------------------------------------------------------- the secretariat
def _for_secretariat(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    @never_cache
    @login_required
    def guarded(request: HttpRequest, **named: Any) -> HttpResponse:
        if not selectors.is_secretariat(request.user):
            raise PermissionDenied
        return view(request, **named)

    return guarded


def about(validation: Validation) -> dict[str, Any]:
    """Say which business a validation is about, as those see it who may see no answer."""
    assessment = validation.assessment
    return {
        "name": assessment.organization.name if assessment.organization else assessment.name,
        "country": world.country(assessment.country).name(language()),
        "sector": world.sector(assessment.sector).name(language()),
        "size": assessment.get_size_display(),
        "is_sample": assessment.is_sample,
    }


@_for_secretariat
def queue(request: HttpRequest) -> HttpResponse:
    """List the validations: what waits for an assessor first."""
    words = {
        "waiting": [{"validation": one, "about": about(one)} for one in selectors.queue()],
        "closed": [{"validation": one, "about": about(one)} for one in selectors.closed()],
        "agreements": [_agreement(pair) for pair in pairs_completed()],
        "differences": [
            _differences(_("By country"), _("Country"), "country", lambda code: world.country(code).name(language())),
            _differences(_("By sector"), _("Sector"), "section", lambda code: world.sector(code).name(language())),
        ],
    }
    return render(request, "readiness/queue.html", words)


def _agreement(pair: list[Validation]) -> dict[str, Any]:
    found = agreement(*(findings_table(one) for one in pair))
    return {
        "at": max(one.completed_at for one in pair if one.completed_at),
        "agreement": found,
        "exact": percent(found.exact_share),
        "within": percent(found.within_one_share),
    }


def _differences(title: str, head: str, by: str, name: Callable[[str], str]) -> dict[str, Any]:
    return {"title": title, "head": head, "rows": [row | {"name": name(row["group"])} for row in bias_by_group(by=by)]}


@_for_secretariat
def assign(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Choose who assesses; shows who the business is, and nothing it said."""
    validation = selectors.find_queued(pk)
    candidates = selectors.candidates(validation)
    if request.method == "POST":
        chosen = {str(one.account.pk): one.account for one in candidates}.get(request.POST.get("assessor", ""))
        try:
            if chosen is None:
                raise ValidationError("assessor", "No assessor was chosen. Choose one from the list.")
            services.assign_assessor(validation=validation, account=chosen, by=request.user)
        except ValidationError as problem:
            messages.error(request, words_of.refusal(problem))
            return redirect("readiness:assign", pk=pk)
        messages.success(request, _("The assessor is asked, and first declares whether interests conflict."))
        return redirect("readiness:queue")
    words = {
        "validation": validation,
        "about": about(validation),
        "fitting": [one for one in candidates if not one.why_not],
        "others": [{"one": one, "why": words_of.WHY_NOT_ASSESSOR[one.why_not]} for one in candidates if one.why_not],
        "may_double": len(selectors.standing_validations(validation.assessment)) == 1,
    }
    return render(request, "readiness/assign.html", words)


@require_POST
@_for_secretariat
def assign_second(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask for a second assessor, for agreement statistics."""
    validation = selectors.find_queued(pk)
    try:
        services.request_second(assessment=validation.assessment, by=request.user)
    except ValidationError as problem:
        messages.error(request, words_of.refusal(problem))
    else:
        messages.success(request, _("A second assessor is asked for. Choose one from the list of what waits."))
    return redirect("readiness:queue")

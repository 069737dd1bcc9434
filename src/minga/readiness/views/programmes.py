"""Programmes: what they are, joining and leaving, and the groups that whoever runs one may see."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from minga.members import selectors as members
from minga.readiness import programme_report, selectors, services, wording
from minga.readiness.models import Assessment
from minga.readiness.programme_forms import ProgrammeForm
from minga.readiness.views.common import frame, language, opens
from minga.web.ratelimit import limited


def programmes(request: HttpRequest) -> HttpResponse:
    """List every programme; whoever may start one finds how."""
    words = {
        "programmes": selectors.programmes(),
        "mine": set(selectors.programmes_run_by(request.user).values_list("pk", flat=True)),
        "may_start": bool(selectors.organizations_for_programmes(request.user)),
    }
    return render(request, "readiness/programmes.html", words)


@login_required
@never_cache
@limited("readiness-programme", times=30, seconds=3600)
def new_programme(request: HttpRequest) -> HttpResponse:
    """Start a programme in the name of an organization that one owns."""
    organizations = selectors.organizations_for_programmes(request.user)
    if not organizations:
        raise Http404
    form = ProgrammeForm(organizations, language(), request.POST or None)
    if request.method == "POST" and form.is_valid():
        programme = services.start_programme(**form.programme(), by=members.person_of(request.user))
        messages.success(request, _("The programme is listed. Businesses join it from the page of their check."))
        return redirect("readiness:programme", pk=programme.pk)
    return render(request, "readiness/programme_new.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
def programme(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Say what a programme is; whoever runs it sees the groups too, never a single business."""
    found = selectors.find_programme(pk)
    words: dict[str, Any] = {"programme": found}
    if selectors.programmes_run_by(request.user).filter(pk=pk).exists():
        words |= _groups(programme_report.build(found))
    return render(request, "readiness/programme.html", words)


def _groups(made: programme_report.ProgrammeReport) -> dict[str, Any]:
    stages = [row | {"name": wording.STAGES[row["stage"]]} for row in made.stages]
    groups = [
        {
            "name": wording.GROUPS[name],
            "rows": [row | {"name": wording.group_value(name, row[name])} for row in _by_size(rows)],
        }
        for name, rows in made.by_group.items()
    ]
    effect = [row | {"name": wording.node_name(row["node"])} for row in wording.in_order(made.effect)]
    is_shown = any(not row["withheld"] for row in effect)
    return {"made": made, "stages": stages, "effect": effect, "groups": groups, "is_shown": is_shown}


def _by_size(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put groups of size from small to large; other groups stay as they are."""
    return sorted(rows, key=lambda row: Assessment.Size.values.index(row["size"]) if "size" in row else 0)


@limited("readiness-keep", times=60, seconds=3600)
@opens
def joining(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Show which programmes count this business, and let its owner join and leave."""
    if not selectors.may_decide(assessment, request.user):
        raise Http404
    running = selectors.running_programmes(is_sample=assessment.is_sample)
    if request.method == "POST":
        return _joined(request, assessment, running)
    joined = set(selectors.programme_shares(assessment).values_list("programme", flat=True))
    fitting = [one for one in running if one.pk in joined or one.country in ("", assessment.country)]
    words = frame(assessment) | {"programmes": fitting, "joined": joined}
    return render(request, "readiness/joining.html", words)


def _joined(request: HttpRequest, assessment: Assessment, running: Any) -> HttpResponse:
    found = {str(one.pk): one for one in running}.get(request.POST.get("programme", ""))
    if found is None:
        raise Http404
    by = members.person_of(request.user)
    if request.POST.get("join") == "yes":
        services.join_programme(assessment=assessment, programme=found, by=by)
        messages.success(request, _("The programme now counts your business, in groups of ten or more."))
    else:
        services.leave_programme(assessment=assessment, programme=found, by=by)
        messages.success(request, _("The programme no longer counts your business."))
    return redirect("readiness:joining", pk=assessment.pk)

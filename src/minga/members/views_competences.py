"""The secretariat records what assessors and advisers are able to do."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from minga.members import selectors, services
from minga.members.engine.errors import MembersError
from minga.members.forms_competences import CompetenceForm
from minga.members.models import Competence


def _refuse_others(request: HttpRequest) -> None:
    if not request.user.has_perm("members.view_trail"):
        raise PermissionDenied


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def competences(request: HttpRequest, pk: int) -> HttpResponse:
    """What one assessor or adviser is able to do; a post records one thing more."""
    _refuse_others(request)
    person = get_object_or_404(selectors.people_in_bodies(), pk=pk)
    form = CompetenceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.record_competence(person=person, by=selectors.person_of(request.user), **form.cleaned_data)
        except MembersError:
            form.add_error("valid_until", _("The last day lies in the past. Choose today or a later day."))
        else:
            messages.success(request, _("The competence is recorded."))
            return redirect("members:competences", pk=pk)
    rows = [{"one": one, "sectors": one.sectors} for one in person.competences.order_by("pk")]
    words = {"person": person, "rows": rows, "form": form}
    return render(request, "members/competences.html", words, status=422 if form.errors else 200)


@require_POST
@login_required
def end_competence(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a competence back."""
    _refuse_others(request)
    found = get_object_or_404(Competence.objects.select_related("person"), pk=pk)
    services.end_competence(competence=found, by=selectors.person_of(request.user))
    messages.success(request, _("The competence is taken back."))
    return redirect("members:competences", pk=found.person_id)

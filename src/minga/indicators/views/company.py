"""A member company's disclosure, seen by its owners."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from minga.indicators import forms, selectors, services, wording
from minga.members import selectors as members


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def disclosure(request: HttpRequest, mark: UUID) -> HttpResponse:
    """Answer twelve questions on responsibility, each yes or partly with public evidence."""
    organization = selectors.organization_of(mark, request.user)
    stored = selectors.disclosure_of(organization)
    posted = request.POST if request.method == "POST" else None
    form = forms.DisclosureForm(wording.language(), posted, stored.answers if stored else {})
    if form.is_valid():
        services.disclose(
            organization=organization, answers=form.answers, by=members.person_of(request.user),
            is_sample=organization.is_sample,
        )  # fmt: skip
        messages.success(request, _("The answers are saved. They are published only if you agree below."))
        return redirect("indicators:disclosure", mark=mark)
    context = {
        "organization": organization,
        "form": form,
        "parts": form.parts(),
        "answers": forms.ANSWERS,
        "stored": stored,
        "is_agreed": bool(stored and selectors.is_agreed(stored)),
    }
    return render(request, "indicators/disclosure.html", context, status=422 if form.problems else 200)


@require_POST
@never_cache
@login_required
def disclosure_consent(request: HttpRequest, mark: UUID) -> HttpResponse:
    """Agree to publication in the index, or take that back."""
    organization = selectors.organization_of(mark, request.user)
    stored = selectors.disclosure_of(organization)
    if stored is None:
        raise Http404
    agrees = request.POST.get("agrees") == "yes"
    services.agree_to_publication(disclosure=stored, by=members.person_of(request.user), agrees=agrees)
    said = (
        _("Thank you. The next edition of the index holds your answers.")
        if agrees
        else _("Your figures are no longer shown, in no edition.")
    )
    messages.success(request, said)
    return redirect("indicators:disclosure", mark=mark)

"""Advisers: the list of clients, a check begun for a client, and the owner's page of who is let in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from minga.members import selectors as people
from minga.readiness import report, selectors, services
from minga.readiness.engine.errors import ReadinessError
from minga.readiness.forms import ClientForm, ShareForm
from minga.readiness.models import Assessment, Share
from minga.readiness.views.common import language, opens, opens_to_answer
from minga.web.qr import qr_code
from minga.web.ratelimit import limited

#: Each submitted check on the page is a report of its own, so few stand on one page.
_A_PAGE = 10


def _for_advisers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let advisers in whose mandate runs; to everyone else the page does not exist."""

    @wraps(view)
    @login_required
    @never_cache
    def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        if not selectors.is_adviser(request.user):
            raise Http404
        return view(request, *arguments, **named)

    return guarded


@_for_advisers
def clients(request: HttpRequest) -> HttpResponse:
    """List an adviser's clients: how far each is, what comes first for it, and by which consent it is open."""
    page = Paginator(selectors.clients_of(request.user), _A_PAGE).get_page(request.GET.get("page"))
    words = {
        "page": page,
        "clients": [_client(share) for share in page],
        "code": selectors.adviser_code(people.person_of(request.user)),
    }
    return render(request, "readiness/clients.html", words)


def _client(share: Share) -> dict[str, Any]:
    assessment = share.assessment
    instrument = selectors.instrument_of(assessment, language())
    built = report.build(assessment, language()) if assessment.is_submitted else None
    return {
        "share": share,
        "assessment": assessment,
        "answered": share.answered,
        "asked": len(instrument.items_of(None, assessment.form)),
        "steps": [step.short for step in built.report.first_steps[:3]] if built else [],
    }


@limited("readiness-start", times=60, seconds=3600)
@_for_advisers
def new_client(request: HttpRequest) -> HttpResponse:
    """Show the words to read aloud; a post stores the consent and begins the check."""
    form = ClientForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        assessment, _share = services.start_for_client(
            adviser=request.user,
            how=given["how"],
            given_on=given["given_on"],
            country=given["country"],
            sector=given["sector"],
            size=given["size"],
            name=given["name"],
            language=language(),
        )
        return _paper(request, assessment)
    return render(request, "readiness/new_client.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@limited("readiness-invite", times=60, seconds=3600)
@_for_advisers
@opens_to_answer
def client_paper(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Make the client's paper anew, as long as the client has not opened the check."""
    if assessment.opened_for == Assessment.OpenedFor.OWNING:
        raise Http404
    return _paper(request, assessment)


def _paper(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Show once what the client takes home: the code, the link, and what both are good for."""
    try:
        made = services.paper_for_client(assessment=assessment)
    except ReadinessError:
        messages.error(request, _("The client has opened this check already, and makes codes alone now."))
        return redirect("readiness:clients")
    link = request.build_absolute_uri(reverse("readiness:resume_link", args=[made.link]))
    words = {
        "assessment": assessment,
        "code": made.code,
        "link": link,
        "resume_page": request.build_absolute_uri(reverse("readiness:resume")),
        "qr": qr_code(link, label=_("The link as a picture for a telephone’s camera")),
        "adviser": people.person_of(request.user).name,
    }
    return render(request, "readiness/client_paper.html", words)


@require_POST
@_for_advisers
def leave_client(request: HttpRequest, share: int) -> HttpResponse:
    """End one's own access to a client."""
    services.revoke_share(share=get_object_or_404(selectors.clients_of(request.user), pk=share), by=request.user)
    messages.success(request, _("You no longer see this client’s check."))
    return redirect("readiness:clients")


@limited("readiness-share", times=30, seconds=3600)
@opens
def sharing(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Show who is let in; a post lets in the adviser whose code was typed."""
    if not selectors.may_decide(assessment, request.user):
        raise Http404
    form = ShareForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        adviser = selectors.adviser_by_code(form.cleaned_data["code"])
        if adviser is not None:
            services.share_with_adviser(
                assessment=assessment,
                adviser=adviser,
                may_answer=form.cleaned_data["right"] == "answer",
                by=request.user if request.user.is_authenticated else None,
            )
            name = people.person_of(adviser).name or _("The adviser")
            messages.success(request, _("%(name)s is let in now. You can end it here at any time.") % {"name": name})
            return redirect("readiness:sharing", pk=assessment.pk)
        form.add_error("code", _("This is no adviser’s code. Compare it with what the adviser gave you."))
    words = {"assessment": assessment, "shares": selectors.adviser_shares(assessment), "form": form}
    return render(request, "readiness/sharing.html", words, status=422 if form.errors else 200)


@require_POST
@opens
def revoke_share(request: HttpRequest, assessment: Assessment, share: int) -> HttpResponse:
    """Take the access back; it ends with this click."""
    if not selectors.may_decide(assessment, request.user):
        raise Http404
    services.revoke_share(
        share=get_object_or_404(assessment.shares, pk=share),
        by=request.user if request.user.is_authenticated else None,
    )
    messages.success(request, _("The access has ended."))
    return redirect("readiness:sharing", pk=assessment.pk)

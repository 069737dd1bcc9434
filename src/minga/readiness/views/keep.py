"""Keeping an assessment: continue later, claim, consent, export, delete, and the list of one's own."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from minga.readiness import selectors, services
from minga.readiness.engine.errors import ReadinessError
from minga.readiness.forms import ResumeForm
from minga.readiness.models import AccessKey, Assessment, Colleague, Panellist
from minga.readiness.views.common import forget, frame, held_secret, opens, remember
from minga.web.ratelimit import limited


@limited("readiness-keep", times=30, seconds=3600)
@opens
def keep(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Offer a code and a link for another device; both are shown once, right after they were made."""
    words = frame(assessment)
    if request.method == "POST":
        if assessment.is_claimed:
            raise Http404
        link = services.give_key(assessment=assessment, kind=AccessKey.Kind.LINK)
        words["code"] = services.give_key(assessment=assessment, kind=AccessKey.Kind.CODE)
        words["link"] = request.build_absolute_uri(reverse("readiness:resume_link", args=[link]))
        words["resume_page"] = request.build_absolute_uri(reverse("readiness:resume"))
    return render(request, "readiness/keep.html", words)


@limited("readiness-resume", times=10, seconds=600)
@never_cache
def resume(request: HttpRequest) -> HttpResponse:
    """Exchange a printed code for this browser's key."""
    form = ResumeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        opened = _resumed(request, AccessKey.Kind.CODE, form.cleaned_data["code"])
        if opened:
            return _welcome(request, *opened)
        form.add_error(
            "code",
            _(
                "This code opens nothing. It may be misread, replaced by a newer one, or its assessment was claimed "
                "by an account or deleted. Compare it with your paper, or sign in if you have an account."
            ),
        )
    return render(request, "readiness/resume.html", {"form": form}, status=422 if form.errors else 200)


@limited("readiness-resume", times=10, seconds=600)
@never_cache
def resume_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show one button; pressing it exchanges the link for this browser's key and uses the link up.

    A mail program that follows links to look at them presses no button, so it cannot use the link up.
    """
    if request.method == "POST":
        opened = _resumed(request, AccessKey.Kind.LINK, token)
        if opened:
            return _welcome(request, *opened)
        return render(request, "readiness/resume_link.html", {"is_used": True}, status=410)
    words = {"is_used": False, "is_invitation": selectors.is_invitation(token)}
    return render(request, "readiness/resume_link.html", words)


def _resumed(request: HttpRequest, kind: str, secret: str) -> tuple[Assessment | Colleague | Panellist, str] | None:
    """Exchange a code or a link for what it opens: a check, a colleague's questions, or a place in a panel."""
    return services.resume(kind=kind, secret=secret, account=request.user) or services.resume_seat(
        kind=kind, secret=secret
    )


def _welcome(request: HttpRequest, opened: Assessment | Colleague | Panellist, secret: str) -> HttpResponse:
    if isinstance(opened, Panellist):
        return remember(redirect("readiness:seat", pk=opened.pk), opened, secret)
    if isinstance(opened, Colleague):
        return remember(redirect("readiness:colleague", pk=opened.pk), opened, secret)
    messages.success(request, _("Welcome back. Your answers are here, as you left them."))
    return remember(redirect("readiness:assessment", pk=opened.pk), opened, secret)


@require_POST
@opens
def claim(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Give the assessment to the signed-in account."""
    if not request.user.is_authenticated:
        return redirect(f"{reverse(settings.LOGIN_URL)}?next={reverse('readiness:assessment', args=[assessment.pk])}")
    if not assessment.is_claimed:
        organizations = {str(own.pk): own for own in selectors.organizations_owned_by(request.user)}
        chosen = organizations.get(request.POST.get("organization", ""))
        try:
            services.claim_assessment(
                assessment=assessment,
                account=request.user,
                organization=chosen,
                secret=held_secret(request, assessment.pk),
            )
        except ReadinessError:  # somebody else claimed it in this moment
            return redirect("readiness:mine")
        messages.success(
            request, _("This check now belongs to your account. Codes and links made for it no longer work.")
        )
        return forget(redirect("readiness:assessment", pk=assessment.pk), assessment.pk)
    return redirect("readiness:assessment", pk=assessment.pk)


@require_POST
@opens
def consent(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Lend the scores to groups of peers, or take them back."""
    if not selectors.may_decide(assessment, request.user):
        raise Http404
    if request.POST.get("benchmark") == "yes":
        services.give_benchmark(assessment=assessment)
        messages.success(request, _("Thank you. Your scores now count in groups of ten or more, without your name."))
    else:
        services.revoke_benchmark(assessment=assessment)
        messages.success(request, _("Your scores no longer count in any group."))
    return redirect(f"{reverse('readiness:report', args=[assessment.pk])}#peers")


#: What pages show to those alone who decide about a check, and not to everybody who answers in it.
_OWNERS_ALONE = ("colleagues", "shares", "evidence", "validations")


@opens
def export(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Give out everything that is stored about the assessment and that this person may see."""
    everything = services.export_assessment(assessment)
    if not selectors.may_decide(assessment, request.user):
        everything = {name: value for name, value in everything.items() if name not in _OWNERS_ALONE}
    response = JsonResponse(everything, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="readiness-{assessment.pk}.json"'
    return response


@opens
def delete(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Say what will be lost and ask; a post deletes it."""
    if not selectors.may_decide(assessment, request.user):
        raise Http404
    if request.method != "POST":
        return render(request, "readiness/delete.html", frame(assessment))
    pk = assessment.pk
    services.delete_assessment(assessment=assessment)
    messages.success(request, _("The check and all its answers are deleted."))
    return forget(redirect("readiness:start"), pk)


@login_required
@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    """List the assessments an account answers for, and those in which it was asked as a colleague."""
    words = {
        "assessments": selectors.assessments_of(request.user),
        "places": selectors.places_of(request.user),
        "is_adviser": selectors.is_adviser(request.user),
    }
    return render(request, "readiness/mine.html", words)

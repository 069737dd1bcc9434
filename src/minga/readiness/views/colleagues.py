"""The owner's page of colleagues: who was asked and how far they are, new invitations, taking one back."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.mail import send_mail
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from minga.readiness import selectors, services
from minga.readiness.engine.errors import ReadinessError
from minga.readiness.forms import InviteForm
from minga.readiness.models import Assessment, Colleague
from minga.readiness.services import Invitation
from minga.readiness.views.common import language, opens, shown_instrument
from minga.web.qr import qr_code
from minga.web.ratelimit import limited


def _decides(request: HttpRequest, assessment: Assessment) -> None:
    if not selectors.may_decide(assessment, request.user):
        raise Http404


def _account(request: HttpRequest) -> Any:
    return request.user if request.user.is_authenticated else None


@limited("readiness-invite", times=60, seconds=3600)
@opens
def colleagues(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """List who was asked; a post asks one more."""
    _decides(request, assessment)
    instrument = shown_instrument(assessment)
    roles = selectors.roles_to_ask(instrument, assessment.form)
    # mail costs strangers time: only somebody with an address of their own may have it sent
    by_mail = request.user.is_authenticated
    form = InviteForm(roles, by_mail, request.POST or None, initial={"language": language()})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = services.invite_colleague(assessment=assessment, role=given["role"], account=_account(request))
        except ReadinessError:
            messages.error(
                request, _("No further colleague can be asked: the check is submitted, or thirty were asked already.")
            )
            return redirect("readiness:colleagues", pk=assessment.pk)
        return _handed_over(request, assessment, made, given["language"], given.get("address", ""))
    words = {
        "assessment": assessment,
        "asked": selectors.colleagues_progress(assessment, instrument),
        "form": form,
        "are_all_finished": selectors.are_all_finished(assessment),
    }
    return render(request, "readiness/colleagues.html", words, status=422 if form.errors else 200)


def _handed_over(
    request: HttpRequest, assessment: Assessment, made: Invitation, spoken: str, address: str = ""
) -> HttpResponse:
    """Show link, code and QR code once, in the colleague's language, ready to be printed; send them if asked."""
    with translation.override(spoken):
        link = request.build_absolute_uri(reverse("readiness:resume_link", args=[made.link]))
        resume_page = request.build_absolute_uri(reverse("readiness:resume"))
        words = {
            "assessment": assessment,
            "colleague": made.colleague,
            "role": shown_instrument(assessment).codes.roles.get(made.colleague.role, ""),
            "link": link,
            "code": made.code,
            "resume_page": resume_page,
            "qr": qr_code(link, label=_("The link as a picture for a telephone’s camera")),
            "spoken": spoken,
            "spoken_direction": "rtl" if translation.get_language_bidi() else "ltr",
            "site_name": settings.SITE_NAME,
        }
        paper = render_to_string("readiness/_invitation.html", words)
        is_sent = bool(address) and _send(words, address)
    words |= {"paper": paper, "is_sent": is_sent, "is_not_sent": bool(address) and not is_sent}
    return render(request, "readiness/invitation.html", words)


def _send(words: dict[str, Any], address: str) -> bool:
    """Send the invitation once; the address is used for nothing else and is not stored."""
    name = " ".join(words["assessment"].name.split())
    subject = _("Your view is asked for: %(site)s") % {"site": words["site_name"]}
    text = render_to_string("readiness/invitation.txt", words | {"name": name})
    try:
        return bool(send_mail(subject, text, None, [address]))
    except OSError:  # no mail server answers; smtplib's errors are of this kind
        return False


def _found(assessment: Assessment, number: int) -> Colleague:
    return get_object_or_404(selectors.colleagues_of(assessment), number=number)


@require_POST
@limited("readiness-invite", times=60, seconds=3600)
@opens
def renew_invitation(request: HttpRequest, assessment: Assessment, number: int) -> HttpResponse:
    """Make a new link and code where nobody used the first ones."""
    _decides(request, assessment)
    try:
        made = services.renew_invitation(colleague=_found(assessment, number))
    except ReadinessError:
        messages.error(request, _("This invitation was opened already. Only the colleague can make a new code now."))
        return redirect("readiness:colleagues", pk=assessment.pk)
    return _handed_over(request, assessment, made, language())


@require_POST
@opens
def withdraw_invitation(request: HttpRequest, assessment: Assessment, number: int) -> HttpResponse:
    """Take an invitation back."""
    _decides(request, assessment)
    try:
        services.withdraw_invitation(colleague=_found(assessment, number), account=_account(request))
    except ReadinessError:
        messages.error(
            request,
            _(
                "This colleague has finished, so only the colleague can take the answers out. "
                "Taking them out here would show what they were."
            ),
        )
    else:
        messages.success(request, _("The invitation is taken back, and what was answered with it is deleted."))
    return redirect("readiness:colleagues", pk=assessment.pk)

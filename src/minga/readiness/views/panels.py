"""Panels for those who run one: setting up, inviting, closing the rounds, publishing; and the list for everyone."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from minga.readiness import selectors, services, wording_panels
from minga.readiness.engine.errors import PanelError
from minga.readiness.forms_panels import PanelForm, PublishForm, SeatInviteForm, within_words
from minga.readiness.models import Panel, Panellist
from minga.readiness.services import SeatInvitation
from minga.readiness.views.common import language
from minga.web.qr import qr_code
from minga.web.ratelimit import limited


def runs_panel(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give a view the panel of its address, or answer 404 to everyone who does not run it."""

    @wraps(view)
    @never_cache
    def guarded(request: HttpRequest, pk: uuid.UUID, **named: Any) -> HttpResponse:
        return view(request, selectors.find_panel(pk, request.user), **named)

    return guarded


def panels(request: HttpRequest) -> HttpResponse:
    """List what is published, and the panels that one runs or sits in."""
    words = {
        "published": [(one, wording_panels.where(one)) for one in selectors.published_panels()[:100]],
        "run": [(one, wording_panels.where(one)) for one in selectors.panels_run_by(request.user)[:100]],
        "seats": selectors.seats_of(request.user),
        "may_set_up": selectors.may_set_up_panels(request.user),
    }
    return render(request, "readiness/panels.html", words)


@limited("readiness-panel", times=60, seconds=3600)
@login_required
def panel_new(request: HttpRequest) -> HttpResponse:
    """Set a panel up, in the name of a ministry or an association, or for the secretariat."""
    if not selectors.may_set_up_panels(request.user):
        raise Http404
    owned = selectors.organizations_for_panels(request.user)
    form = PanelForm(owned, language(), selectors.is_secretariat(request.user), request.POST or None)
    if request.method == "POST" and form.is_valid():
        panel = services.set_up_panel(**form.panel(), by=request.user, is_sample=settings.SAMPLE)
        messages.success(request, _("The panel is set up. Now invite seven to fifteen people."))
        return redirect("readiness:panel", pk=panel.pk)
    words = {"form": form, "instrument": selectors.industry(language())}
    return render(request, "readiness/panel_new.html", words, status=422 if form.errors else 200)


@runs_panel
def panel(request: HttpRequest, panel: Panel) -> HttpResponse:
    """Show who was asked and how far they are, and what can be done next."""
    return render(request, "readiness/panel.html", _frame(panel))


def _frame(panel: Panel) -> dict[str, Any]:
    seats = selectors.seats(panel)
    invited = [one.panellist.group for one in seats]
    plan = [
        (label, panel.planned.get(group, 0), invited.count(group))
        for group, label in Panellist.Group.choices
        if panel.planned.get(group) or group in invited
    ]
    return {
        "panel": panel,
        "where": wording_panels.where(panel),
        "within": within_words(panel.within),
        "seats": seats,
        "plan": plan,
        "asked": len(selectors.instrument_of_panel(panel, "en").items),
        "finished": sum(one.is_finished for one in seats),
        "least": settings.MIN_PERSONS,
        "form": SeatInviteForm(initial={"language": language()}),
        "publishing": PublishForm(initial={"dissent": panel.dissent}),
        "kept_days": settings.PANEL_DAYS,
    }


def _refused(request: HttpRequest, panel: Panel, error: PanelError) -> HttpResponse:
    messages.error(request, str(wording_panels.refusal(error.code)))
    return redirect("readiness:panel", pk=panel.pk)


# ---------------------------------------------------------------- inviting
@require_POST
@limited("readiness-invite", times=60, seconds=3600)
@runs_panel
def panel_invite(request: HttpRequest, panel: Panel) -> HttpResponse:
    """Ask one more person of a group."""
    form = SeatInviteForm(request.POST)
    if not form.is_valid():
        return render(request, "readiness/panel.html", _frame(panel) | {"form": form}, status=422)
    given = form.cleaned_data
    try:
        made = services.invite_panellist(panel=panel, group=given["group"], by=request.user)
    except PanelError as error:
        return _refused(request, panel, error)
    return _handed_over(request, panel, made, given["language"])


def _handed_over(request: HttpRequest, panel: Panel, made: SeatInvitation, spoken: str) -> HttpResponse:
    """Show link, code and QR code once, in the language of the person asked, ready to be printed."""
    with translation.override(spoken):
        link = request.build_absolute_uri(reverse("readiness:resume_link", args=[made.link]))
        words = {
            "panel": panel,
            "panellist": made.panellist,
            "where": wording_panels.where(panel),
            "link": link,
            "code": made.code,
            "resume_page": request.build_absolute_uri(reverse("readiness:resume")),
            "qr": qr_code(link, label=_("The link as a picture for a telephone’s camera")),
            "spoken": spoken,
            "spoken_direction": "rtl" if translation.get_language_bidi() else "ltr",
        }
        paper = render_to_string("readiness/_panel_paper.html", words)
    return render(request, "readiness/panel_invitation.html", words | {"paper": paper})


def _seat(panel: Panel, number: int) -> Panellist:
    return get_object_or_404(panel.panellists, number=number)


@require_POST
@limited("readiness-invite", times=60, seconds=3600)
@runs_panel
def panel_renew(request: HttpRequest, panel: Panel, number: int) -> HttpResponse:
    """Make a new link and code where nobody used the first ones."""
    try:
        made = services.renew_seat(panellist=_seat(panel, number))
    except PanelError as error:
        return _refused(request, panel, error)
    return _handed_over(request, panel, made, language())


@require_POST
@runs_panel
def panel_withdraw(request: HttpRequest, panel: Panel, number: int) -> HttpResponse:
    """Take an invitation back."""
    try:
        services.withdraw_seat(panellist=_seat(panel, number), by=request.user)
    except PanelError as error:
        return _refused(request, panel, error)
    messages.success(request, _("The invitation is taken back, and what was answered with it is deleted."))
    return redirect("readiness:panel", pk=panel.pk)


# ---------------------------------------------------------------- rounds and result
@require_POST
@runs_panel
def panel_close(request: HttpRequest, panel: Panel) -> HttpResponse:
    """Close the round that was open when the button was shown."""
    stage = request.POST.get("stage", "")
    try:
        services.close_round(panel=panel, stage=stage, by=request.user)
    except PanelError as error:
        return _refused(request, panel, error)
    said = {
        Panel.Stage.FIRST: _("The first round is closed. Those who finished it now see the spread and answer again."),
        Panel.Stage.SECOND: _("Both rounds are closed. Look at the result, then publish it."),
    }
    messages.success(request, said[Panel.Stage(stage)])
    return redirect("readiness:panel", pk=panel.pk)


@require_POST
@runs_panel
def panel_publish(request: HttpRequest, panel: Panel) -> HttpResponse:
    """Show the result to everyone, with what was not agreed on."""
    form = PublishForm(request.POST)
    if not form.is_valid():
        return render(request, "readiness/panel.html", _frame(panel) | {"publishing": form}, status=422)
    try:
        services.publish_panel(panel=panel, dissent=form.cleaned_data["dissent"], by=request.user)
    except PanelError as error:
        return _refused(request, panel, error)
    messages.success(request, _("The result is published."))
    return redirect("readiness:panel_result", pk=panel.pk)


@require_POST
@runs_panel
def panel_take_back(request: HttpRequest, panel: Panel) -> HttpResponse:
    """Show the result to nobody else any more."""
    services.take_back_panel(panel=panel, by=request.user)
    messages.success(request, _("The result is not public any more."))
    return redirect("readiness:panel", pk=panel.pk)


@runs_panel
def panel_delete(request: HttpRequest, panel: Panel) -> HttpResponse:
    """Say what will be lost and ask; a post deletes the panel with every answer."""
    if request.method != "POST":
        return render(request, "readiness/panel_delete.html", {"panel": panel, "seats": panel.panellists.count()})
    services.delete_panel(panel=panel, by=request.user)
    messages.success(request, _("The panel is deleted, with everything that was answered in it."))
    return redirect("readiness:panels")

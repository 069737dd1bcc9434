"""The desk of a consultation: what waits, its settings, opening and closing, rounds and the team."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from minga.deliberation import wording_consulting as wording
from minga.deliberation.engine.errors import ActError
from minga.deliberation.forms_consulting import RoundForm, SettingsForm, TeamForm
from minga.deliberation.models import Consultation, Conversation
from minga.deliberation.selectors import access, consulting, overview
from minga.deliberation.services import consulting as services
from minga.deliberation.views.common import posted, works_on
from minga.web.ratelimit import limited

_LEAD = access.Task.LEAD


def _frame(consultation: Consultation) -> dict[str, Any]:
    return {"consultation": consultation, "text": wording.shown(consultation)}


def _refused(request: HttpRequest, consultation: Consultation, error: ActError, page: str) -> HttpResponse:
    messages.error(request, str(wording.refusal(error.code)))
    return redirect(f"deliberation:{page}", consultation.slug)


# ---------------------------------------------------------------- what waits
@require_safe
@works_on()
def desk(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """Show what waits for whom, and what can be done next."""
    tasks = access.tasks_of(request.user, consultation)
    progress = consulting.progress(consultation)
    parts = overview.desk_in_order(consultation, tasks)
    waiting = [one for one in parts if one.waiting or one.overdue]
    words = _frame(consultation) | {
        "steps": wording.steps(progress),
        "progress": progress,
        "waiting": sorted(waiting, key=lambda one: one.overdue == 0),
        # all of them, so that each has its place whether something waits there or not
        "parts": parts,
        "tasks": [] if _LEAD in tasks else [label for value, label in access.Task.choices if value in tasks],
        "leads": _LEAD in tasks,
        "can_open": consultation.state in {Consultation.State.DRAFT, Consultation.State.CLOSED},
        "can_delete": not consultation.is_public,
    }
    return render(request, "deliberation/desk.html", words)


@require_POST
@works_on(_LEAD)
def open_consultation(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """Show the consultation to everyone and take voices in."""
    try:
        services.open_to_all(consultation=consultation, by=request.user)
    except ActError as error:
        return _refused(request, consultation, error, "desk")
    messages.success(request, _("The consultation is open: everyone sees it and can speak."))
    return redirect("deliberation:desk", consultation.slug)


@require_POST
@works_on(_LEAD)
def close_consultation(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """Take in no more voices from everyone."""
    try:
        services.close(consultation=consultation, by=request.user)
    except ActError as error:
        if error.code == "talking":
            return _still_talking(request, consultation)
        return _refused(request, consultation, error, "desk")
    messages.success(request, _("The consultation is closed. Now every voice gets its answer."))
    return redirect("deliberation:desk", consultation.slug)


def _still_talking(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """Name the conversations that are open still, each with the way to the page where it is closed."""
    open_ones = consultation.conversations.filter(state=Conversation.State.OPEN).order_by("created_at")
    links = format_html_join(
        " · ",
        '<a href="{}">{}</a>',
        ((reverse("deliberation:set_up", args=[one.slug]), wording.shown(one).title) for one in open_ones),
    )
    messages.error(request, format_html("{} {}", wording.refusal("talking"), links))
    return redirect("deliberation:desk", consultation.slug)


@works_on(_LEAD)
def delete_consultation(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """Say what will be lost and ask; a post deletes a consultation that was never opened."""
    if consultation.is_public:
        raise Http404
    if request.method != "POST":
        return render(request, "deliberation/delete_consultation.html", _frame(consultation))
    try:
        services.delete(consultation=consultation, by=request.user)
    except ActError as error:
        return _refused(request, consultation, error, "desk")
    messages.success(request, _("The consultation is deleted."))
    return redirect("deliberation:list")


# ---------------------------------------------------------------- settings
@works_on(_LEAD)
def settings_page(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """Change what the consultation says of itself, in several languages."""
    language = wording.language()
    if request.method == "POST":
        form = SettingsForm(language, request.POST)
        if form.is_valid() and _saved(request, consultation, form):
            messages.success(request, _("The settings are saved."))
            return redirect("deliberation:settings", consultation.slug)
    else:
        form = SettingsForm.of(consultation, services.settings_mark(consultation), language)
    words = _frame(consultation) | {"form": form, "policy": wording.policy(consultation)}
    return render(request, "deliberation/settings.html", words, status=422 if form.errors else 200)


_FIELD_OF = {"country": "country", "place": "place", "source": "reference_source", "about": "about",
             "shares": "population", "stratum": "population"}  # fmt: skip


def _saved(request: HttpRequest, consultation: Consultation, form: SettingsForm) -> bool:
    """Save what was typed, or say beside its field why not; then the words stay, and the next try sees the others'."""
    try:
        services.edit(
            consultation=consultation, changes=form.changes(), seen=form.cleaned_data["seen"], by=request.user
        )
    except ActError as error:
        form.add_error(_FIELD_OF.get(error.code), str(wording.refusal(error.code)))
        if error.code == "changed":
            consultation.refresh_from_db()
            _see(form, services.settings_mark(consultation))
        return False
    return True


def _see(form: SettingsForm | RoundForm, mark: str) -> None:
    """Let a form that is shown again carry what stands there now."""
    form.data = form.data.copy()
    form.data["seen"] = mark


# ---------------------------------------------------------------- rounds
@works_on(_LEAD)
def rounds(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """List the rounds, and add one."""
    listed = list(consultation.rounds.all())
    form = RoundForm(listed, wording.language(), posted(request), initial=_place_of(consultation))
    if request.method == "POST" and form.is_valid():
        try:
            services.save_round(consultation=consultation, **form.cleaned_data, by=request.user)
        except ActError as error:
            form.add_error(None, str(wording.refusal(error.code)))
        else:
            messages.success(request, _("The round is added."))
            return redirect("deliberation:rounds", consultation.slug)
    words = _frame(consultation) | {"rounds": consulting.round_counts(consultation), "form": form}
    return render(request, "deliberation/rounds.html", words, status=422 if form.errors else 200)


def _place_of(consultation: Consultation) -> dict[str, str]:
    return {"level": consultation.level, "country": consultation.country}


@works_on(_LEAD)
def round_edit(request: HttpRequest, consultation: Consultation, number: int) -> HttpResponse:
    """Change one round."""
    listed = list(consultation.rounds.select_related("parent"))
    found = next((one for one in listed if one.number == number), None)
    if found is None:
        raise Http404
    language = wording.language()
    if request.method == "POST":
        form = RoundForm([one for one in listed if one != found], language, request.POST)
        if form.is_valid():
            try:
                services.save_round(consultation=consultation, number=number, **form.cleaned_data, by=request.user)
            except ActError as error:
                form.add_error(None, str(wording.refusal(error.code)))
                if error.code == "changed":
                    found.refresh_from_db()
                    _see(form, services.round_mark(found))
            else:
                messages.success(request, _("The round is saved."))
                return redirect("deliberation:rounds", consultation.slug)
    else:
        form = RoundForm.of(found, services.round_mark(found), listed, language)
    words = _frame(consultation) | {"round": found, "form": form}
    return render(request, "deliberation/round_edit.html", words, status=422 if form.errors else 200)


@require_POST
@works_on(_LEAD)
def round_delete(request: HttpRequest, consultation: Consultation, number: int) -> HttpResponse:
    """Take a round out in which nobody has spoken."""
    found = consultation.rounds.filter(number=number).first()
    if found is None:
        raise Http404
    try:
        services.delete_round(round=found, by=request.user)
    except ActError as error:
        return _refused(request, consultation, error, "rounds")
    messages.success(request, _("The round is taken out."))
    return redirect("deliberation:rounds", consultation.slug)


# ---------------------------------------------------------------- team
@limited("deliberation-team", times=60, seconds=3600)
@works_on(_LEAD)
def team(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """List who works on the consultation, and add somebody."""
    form = TeamForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.add_to_team(consultation=consultation, **form.cleaned_data, by=request.user)
        except ActError as error:
            form.add_error("email" if error.code == "nobody" else None, str(wording.refusal(error.code)))
        else:
            messages.success(request, _("They can work on it from now on."))
            return redirect("deliberation:team", consultation.slug)
    members = consultation.team.select_related("person").order_by("person__name", "task")
    words = _frame(consultation) | {"members": members, "form": form, "owners": consulting.owners_of(consultation)}
    return render(request, "deliberation/team.html", words, status=422 if form.errors else 200)


@require_POST
@works_on(_LEAD)
def team_end(request: HttpRequest, consultation: Consultation, pk: int) -> HttpResponse:
    """End somebody's task; ending it twice changes nothing."""
    if services.end_task(consultation=consultation, pk=pk, by=request.user):
        messages.success(request, _("The task has ended."))
    return redirect("deliberation:team", consultation.slug)

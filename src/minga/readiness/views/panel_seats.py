"""The pages of somebody who sits in a panel: answering alone, seeing the spread, answering again, leaving."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from minga.readiness import selectors, services, wording_panels
from minga.readiness.engine.errors import AnswerError, PanelError
from minga.readiness.forms import seen_version
from minga.readiness.forms_panels import PanelPageForm, SeatForm, within_words
from minga.readiness.models import AccessKey, Panellist
from minga.readiness.views.common import for_offline, forget, held_secret, keep_alive, language
from minga.readiness.views.filling import confirmed, neighbour_of, page_words
from minga.web.ratelimit import limited


def opens_seat(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give a view the place of its address, or answer 404 to everyone else, those who run the panel among them."""

    @wraps(view)
    @never_cache
    def guarded(request: HttpRequest, pk: uuid.UUID, **named: Any) -> HttpResponse:
        panellist = selectors.find_panellist(pk, account=request.user, secret=held_secret(request, pk))
        return view(request, panellist, **named)

    return guarded


def _frame(panellist: Panellist) -> dict[str, Any]:
    """Return what every page of a panellist shows; of the others only the first round, and without names."""
    panel = panellist.panel
    instrument = selectors.instrument_of_panel(panel, language())
    answers = selectors.answers_of_panellist(panellist, panel.round)
    is_second = panel.round == 2
    return {
        "panellist": panellist,
        "panel": panel,
        "where": wording_panels.where(panel),
        "instrument": instrument,
        "answers": answers,
        "before": selectors.answers_of_panellist(panellist, 1) if is_second else {},
        "shown": selectors.first_round_shown(panel, instrument) if is_second else {},
        "progress": selectors.panel_progress(instrument, answers),
        "takes_part": selectors.takes_part(panellist),
        "is_finished": panellist.finished_at(panel.round) is not None,
        # a round has a place of its own on the device: what waited for the first never meets the second
        "place": f"p/{panellist.pk}/{panel.round}",
        "hash": panel.edition.content_hash,
    }


@opens_seat
def seat(request: HttpRequest, panellist: Panellist) -> HttpResponse:
    """Show what is asked, how far it is, who will see what, and in the second round what to talk about."""
    words = _frame(panellist)
    instrument = words["instrument"]
    words |= {
        "discuss": [
            (instrument.item(item), shown, words["before"].get(item))
            for item, shown in words["shown"].items()
            if shown.must_discuss and not shown.is_agreed
        ],
        # most of the panel agrees, and somebody sees it otherwise
        "apart": [
            instrument.item(item) for item, shown in words["shown"].items() if shown.must_discuss and shown.is_agreed
        ],
        "form": SeatForm(initial={"gender": panellist.gender, "counted": panellist.counted_at is not None}),
        "within": within_words(panellist.panel.within),
        "kept_days": settings.PANEL_DAYS,
    }
    response = render(request, "readiness/seat.html", words)
    return for_offline(request, response, held_secret(request, panellist.pk)) if words["takes_part"] else response


# ---------------------------------------------------------------- answering
@limited("readiness-save", times=1200, seconds=600)
@opens_seat
def seat_answer(request: HttpRequest, panellist: Panellist, factor: str) -> HttpResponse:
    """Show the questions of one factor; a post saves the whole page and goes on."""
    words = _frame(panellist)
    instrument = words["instrument"]
    if factor not in instrument.factor_ids:
        raise Http404
    if not words["takes_part"]:
        return redirect("readiness:seat", pk=panellist.pk)
    items = instrument.items_of(factor)
    if request.method != "POST":
        form = PanelPageForm(instrument, items, words["answers"], words["before"])
        response = _page(request, words, factor, form)
        return for_offline(request, response, held_secret(request, panellist.pk))
    if request.POST.get("round") != str(panellist.panel.round):
        messages.error(request, _("The round was closed meanwhile, so this page was not saved. Here is the new round."))
        return redirect("readiness:seat", pk=panellist.pk)
    form = PanelPageForm(instrument, items, words["answers"], words["before"], request.POST)
    if _save_page(panellist, form) and form.is_valid:
        following = redirect(_neighbour(words, factor, -1 if "back" in request.POST else 1))
        return keep_alive(request, following, panellist)
    return keep_alive(request, _page(request, _frame(panellist), factor, form, status=422), panellist)


def _save_page(panellist: Panellist, form: PanelPageForm) -> bool:
    """Save every valid card; False where another device answered in the meantime, which the card then shows."""
    for card in form.given:
        saved = services.save_panel_answer(
            panellist=panellist,
            round_number=panellist.panel.round,
            item=card.item.id,
            value=card.value,
            reason=card.reason,
            seen_version=card.version,
            language=language(),
        )
        card.version = saved.answer.version
        if saved.outcome == "conflict":
            card.conflict = saved.answer
    return not any(card.conflict for card in form.cards)


def _neighbour(words: dict[str, Any], factor: str, step: int) -> str:
    """Return where the page after or before a factor is; the panellist's first page stands at both ends."""
    pk = words["panellist"].pk
    own = reverse("readiness:seat", args=[pk])
    return neighbour_of(
        words["progress"],
        factor,
        step,
        page=lambda other: reverse("readiness:seat_answer", args=[pk, other]),
        first=own,
        last=own,
    )


def _page(
    request: HttpRequest, words: dict[str, Any], factor: str, form: PanelPageForm, status: int = 200
) -> HttpResponse:
    cards = [(card, words["shown"].get(card.item.id), words["before"].get(card.item.id)) for card in form.cards]
    beside = page_words(words["progress"], form, factor, lambda step: _neighbour(words, factor, step))
    return render(request, "readiness/seat_answer.html", words | beside | {"cards": cards}, status=status)


@require_POST
@limited("readiness-save", times=1200, seconds=600)
@opens_seat
def seat_save(request: HttpRequest, panellist: Panellist, number: int) -> HttpResponse:
    """Save one answer sent by the page's script; what this confirms is on the disk."""
    sent = request.POST
    try:
        saved = services.save_panel_answer(
            panellist=panellist,
            round_number=number,
            item=sent.get("item", ""),
            value=sent.get("value", ""),
            reason=sent.get("reason", "")[:2000].replace("\x00", ""),
            seen_version=seen_version(sent.get("version")),
            client_id=sent.get("client", "")[:64].replace("\x00", ""),
            language=language(),
        )
    except AnswerError:
        words = _("This answer could not be saved: the round is closed, or the answer is none of the statements.")
        return keep_alive(request, JsonResponse({"outcome": "refused", "message": words}, status=422), panellist)
    instrument = selectors.instrument_of_panel(panellist.panel, language())
    progress = selectors.panel_progress(instrument, selectors.answers_of_panellist(panellist, number))
    response = confirmed(saved, progress, instrument.item(saved.answer.item).factor)
    return keep_alive(request, response, panellist)


@require_POST
@opens_seat
def seat_finish(request: HttpRequest, panellist: Panellist) -> HttpResponse:
    """Say: I am finished with this round; in the second, first keep what was not answered again if that is wished."""
    try:
        if "keep" in request.POST:
            services.keep_other_answers(panellist=panellist, language=language())
        services.finish_round(panellist=panellist)
    except (PanelError, AnswerError) as error:
        messages.error(request, str(wording_panels.refusal(getattr(error, "code", "stage"))))
    else:
        messages.success(request, _("Thank you. You can still change answers until the round is closed."))
    return keep_alive(request, redirect("readiness:seat", pk=panellist.pk), panellist)


@require_POST
@opens_seat
def seat_describe(request: HttpRequest, panellist: Panellist) -> HttpResponse:
    """Keep whether the panellist is counted in the composition, and as what."""
    form = SeatForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        services.describe_seat(panellist=panellist, gender=given["gender"], is_counted=given["counted"])
        messages.success(request, _("Saved."))
    return redirect("readiness:seat", pk=panellist.pk)


# ---------------------------------------------------------------- coming back, and leaving
@limited("readiness-keep", times=30, seconds=3600)
@opens_seat
def seat_keep(request: HttpRequest, panellist: Panellist) -> HttpResponse:
    """Make a code of the panellist's own for another device."""
    words: dict[str, Any] = {"panellist": panellist, "panel": panellist.panel}
    if request.method == "POST" and panellist.account_id is None:
        words["code"] = services.give_seat_key(panellist=panellist, kind=AccessKey.Kind.CODE)
        words["resume_page"] = request.build_absolute_uri(reverse("readiness:resume"))
    return render(request, "readiness/seat_keep.html", words)


@require_POST
@opens_seat
def seat_claim(request: HttpRequest, panellist: Panellist) -> HttpResponse:
    """Keep the place in the account that is signed in."""
    own = reverse("readiness:seat", args=[panellist.pk])
    if not request.user.is_authenticated:
        return redirect(f"{reverse(settings.LOGIN_URL)}?next={own}")
    if panellist.account_id is None:
        try:
            services.keep_seat(panellist=panellist, account=request.user, secret=held_secret(request, panellist.pk))
        except PanelError as error:
            messages.error(request, str(wording_panels.refusal(error.code)))
            return redirect(own)
        messages.success(request, _("Your place is kept in your account. You find it under “Panels”."))
    return forget(redirect(own), panellist.pk)


@require_POST
@opens_seat
def seat_close(request: HttpRequest, panellist: Panellist) -> HttpResponse:
    """Close the questions on this device, which others may use."""
    services.leave_seat_browser(panellist=panellist, secret=held_secret(request, panellist.pk))
    messages.success(request, _("Your questions are closed on this device. Your own code opens them again."))
    return forget(redirect("readiness:resume"), panellist.pk)


@require_GET
@opens_seat
def seat_export(request: HttpRequest, panellist: Panellist) -> HttpResponse:
    """Give out everything that the panellist gave."""
    response = JsonResponse(
        services.export_panellist(panellist), json_dumps_params={"ensure_ascii": False, "indent": 2}
    )
    response["Content-Disposition"] = f'attachment; filename="panel-{panellist.pk}.json"'
    return response


@opens_seat
def seat_leave(request: HttpRequest, panellist: Panellist) -> HttpResponse:
    """Say what will be lost and ask; a post takes everything out that the panellist gave."""
    if request.method != "POST":
        words = {"panellist": panellist, "panel": panellist.panel, "given": panellist.answers.count()}
        return render(request, "readiness/seat_leave.html", words)
    pk = panellist.pk
    try:
        services.leave_panel(panellist=panellist)
    except PanelError as error:
        messages.error(request, str(wording_panels.refusal(error.code)))
        return redirect("readiness:seat", pk=pk)
    messages.success(request, _("Everything you answered is deleted, and you do not sit in the panel any more."))
    return forget(redirect("readiness:panels"), pk)

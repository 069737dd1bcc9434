"""What the form does for whoever fills it in, the business or one colleague: saving, and saying how far it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from minga.readiness import selectors, services
from minga.readiness.engine.errors import AnswerError
from minga.readiness.forms import PageForm, seen_version
from minga.readiness.models import Assessment, Colleague
from minga.readiness.views.common import language


def save_page(request: HttpRequest, assessment: Assessment, form: PageForm, colleague: Colleague | None = None) -> bool:
    """Save every valid card; False where somebody else answered in the meantime, which the card then shows."""
    for card in form.given:
        saved = services.save_answer(
            assessment=assessment,
            item=card.item.id,
            value=card.value,
            reason=card.reason,
            note=card.note,
            seen_version=card.version,
            **_by_whom(request, assessment, colleague),
        )
        card.version = saved.answer.version
        if saved.outcome == "conflict":
            card.conflict = saved.answer
    return not any(card.conflict for card in form.cards)


def _by_whom(request: HttpRequest, assessment: Assessment, colleague: Colleague | None) -> dict[str, Any]:
    return {
        "language": language(),
        "account": request.user if request.user.is_authenticated else None,
        "colleague": colleague,
        "is_assisted": colleague is None and assessment.opened_for != Assessment.OpenedFor.OWNING,
    }


def save_one(
    request: HttpRequest,
    assessment: Assessment,
    frame: Callable[[], dict[str, Any]],
    colleague: Colleague | None = None,
) -> JsonResponse:
    """Save one answer sent by the page's script; what this confirms is on the disk.

    `frame` gives the instrument and the progress as they are after saving.
    """
    sent = request.POST
    try:
        saved = services.save_answer(
            assessment=assessment,
            item=sent.get("item", ""),
            value=sent.get("value", ""),
            reason=sent.get("reason", "")[:2000].replace("\x00", ""),
            note=sent.get("note", "")[:2000].replace("\x00", ""),
            seen_version=seen_version(sent.get("version")),
            client_id=sent.get("client", "")[:64].replace("\x00", ""),
            **_by_whom(request, assessment, colleague),
        )
    except AnswerError:
        # the form says it in the page's language; the engine's sentence is for programs
        words = _("This answer could not be saved as it is. If it does not apply to you, say why.")
        return JsonResponse({"outcome": "refused", "message": words}, status=422)
    shown = frame()
    return confirmed(saved, shown["progress"], shown["instrument"].item(saved.answer.item).factor)


def confirmed(saved: services.Saved, progress: selectors.Progress, factor: str) -> JsonResponse:
    """Tell the page's script what is stored now, and how far the form is."""
    body: dict[str, Any] = {
        "outcome": saved.outcome,
        "version": saved.answer.version,
        "value": saved.answer.value,
        "at": saved.answer.saved_at.isoformat(),
        "states": states(progress, factor),
        "done": progress.answered,
    }
    if saved.outcome == "conflict":
        body["message"] = _(
            "This was answered on another device in the meantime. What is stored there is marked now; "
            "choose again if yours is right."
        )
    return JsonResponse(body, status=409 if saved.outcome == "conflict" else 200)


def page_words(progress: selectors.Progress, form: Any, factor: str, neighbour: Callable[[int], str]) -> dict[str, Any]:
    """Return what a page of questions shows beside its cards; `neighbour` says where the page before or after is."""
    pages = [one.id for one in progress.factors]
    return {
        "factor": form.instrument.factor(factor),
        "number": pages.index(factor) + 1,
        "pages": len(pages),
        "states": states(progress, factor),
        "errors": [card for card in form.cards if card.error or card.conflict],
        "forward": neighbour(1),
        "backward": neighbour(-1),
    }


def neighbour_of(
    progress: selectors.Progress, factor: str, step: int, *, page: Callable[[str], str], first: str, last: str
) -> str:
    """Return where to go from a factor: `page` says where another one is, `first` and `last` stand at the ends."""
    pages = [one.id for one in progress.factors]
    at = pages.index(factor) + step
    if at < 0:
        return first
    return page(pages[at]) if at < len(pages) else last


def states(progress: selectors.Progress, factor: str) -> dict[str, str]:
    """Say progress in words, for the page of a factor and for the script that keeps it up to date."""
    here = next(one for one in progress.factors if one.id == factor)
    saved = ""
    if progress.saved_at is not None:
        clock = date_format(timezone.localtime(progress.saved_at), "TIME_FORMAT")
        saved = _("saved %(time)s UTC") % {"time": clock}
    left = ngettext("about %(count)s minute left", "about %(count)s minutes left", progress.minutes_left)
    return {
        "answered": _("%(answered)s of %(asked)s answered") % {"answered": progress.answered, "asked": progress.asked},
        "here": f"{here.answered}/{here.asked}",
        "saved": saved,
        "left": left % {"count": progress.minutes_left} if progress.minutes_left else _("all answered"),
    }

"""The agreement step: what lies far apart side by side, without names, and the level that people agree on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from minga.readiness import selectors, services
from minga.readiness.engine.errors import ReadinessError
from minga.readiness.engine.instrument import Instrument, Item
from minga.readiness.forms import seen_version
from minga.readiness.models import Agreement, Assessment
from minga.readiness.views.common import opens, shown_instrument
from minga.web.ratelimit import limited

_REASON_LENGTH = 2000


@dataclass(frozen=True)
class Level:
    """One level of an item, and how many stand there."""

    number: int
    label: str
    text: str
    voices: int
    is_own: bool


@dataclass
class AgreementCard:
    """One item as the agreement page shows it: what was typed now, else what is stored."""

    item: Item
    levels: list[Level]
    without_level: int
    stands: bool
    level: str
    reason: str
    version: int
    error: str = ""
    conflict: Agreement | None = None
    #: whether something was sent for this item that differs from what is stored
    is_sent: bool = field(default=False)


def _card(found: selectors.Discussion, instrument: Instrument, data: Any) -> AgreementCard:
    item, voices, stored = instrument.item(found.voices.item.id), found.voices, found.agreement
    sent = data or {}
    levels = [
        Level(number, instrument.scale.labels[number], text, voices.levels.count(number), voices.own == number)
        for number, text in enumerate(item.levels)
    ]
    card = AgreementCard(
        item=item,
        levels=levels,
        without_level=voices.without_level,
        stands=found.stands,
        level=sent.get(f"{item.id}-level", str(stored.level) if stored else ""),
        reason=sent.get(f"{item.id}-reason", stored.reason if stored else "").replace("\x00", "").strip(),
        version=seen_version(sent.get(f"{item.id}-version")) if sent else found.version,
    )
    if sent:
        _check(card)
    return card


def _check(card: AgreementCard) -> None:
    """Say what is missing; a card that was left alone is no mistake."""
    card.is_sent = bool(card.level or card.reason)
    if not card.is_sent:
        return
    if card.level not in {str(one.number) for one in card.levels}:
        card.error = str(_("Choose the level that you agreed on."))
    elif not card.reason:
        card.error = str(_("Say in a sentence why this level is right: the reason stays with the result."))
    elif len(card.reason) > _REASON_LENGTH:
        card.error = str(_("The reason is longer than 2,000 characters. Shorten it."))


@limited("readiness-save", times=1200, seconds=600)
@opens
def agreement(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Lay levels that differ by two or more side by side; a post keeps what was agreed on, with its reason."""
    if assessment.is_submitted:
        return redirect("readiness:assessment", pk=assessment.pk)
    instrument = shown_instrument(assessment)
    decides = selectors.may_decide(assessment, request.user)
    waiting = [one for one in selectors.colleagues_progress(assessment, instrument) if not one.is_finished]
    words: dict[str, Any] = {"assessment": assessment, "decides": decides, "waiting": waiting, "cards": []}
    if not decides or waiting:
        if request.method == "POST":
            raise Http404
        words["asked"] = selectors.colleagues_of(assessment).count()
        return render(request, "readiness/agreement.html", words)
    data = request.POST if request.method == "POST" else None
    cards = [_card(found, instrument, data) for found in selectors.discussions(assessment, instrument)]
    if data is not None:
        _keep(request, assessment, cards)
        if not any(card.error or card.conflict for card in cards):
            return _after(request, assessment, instrument)
    words |= {
        "cards": cards,
        "errors": [card for card in cards if card.error or card.conflict],
        "voices": selectors.voices_heard(assessment),
        "is_settled": not selectors.open_discussions(assessment, instrument),
    }
    return render(request, "readiness/agreement.html", words, status=422 if words["errors"] else 200)


def _keep(request: HttpRequest, assessment: Assessment, cards: list[AgreementCard]) -> None:
    """Keep every complete card; what somebody else recorded meanwhile is shown, never overwritten."""
    for card in cards:
        if card.error or not card.is_sent:
            continue
        try:
            kept = services.agree(
                assessment=assessment,
                item=card.item.id,
                level=int(card.level),
                reason=card.reason,
                seen_version=card.version,
                account=request.user if request.user.is_authenticated else None,
            )
        except ReadinessError:  # somebody changed an answer, or submitted, while this was typed
            card.error = str(_("The answers changed meanwhile. Look at them again, then save."))
            continue
        card.version, card.stands = kept.agreement.version, kept.outcome != "conflict"
        if kept.outcome == "conflict":
            card.conflict = kept.agreement


def _after(request: HttpRequest, assessment: Assessment, instrument: Instrument) -> HttpResponse:
    if selectors.open_discussions(assessment, instrument):
        messages.success(request, _("Saved. Some questions are still open."))
        return redirect("readiness:agreement", pk=assessment.pk)
    messages.success(request, _("Everything is agreed. One page is left before the report."))
    return redirect("readiness:goals", pk=assessment.pk)


@require_POST
@opens
def go_on_without(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Take back the invitations of everybody who has not finished, and lay the others' levels side by side."""
    if not selectors.may_decide(assessment, request.user) or assessment.is_submitted:
        raise Http404
    for colleague in selectors.colleagues_of(assessment).filter(finished_at=None):
        services.withdraw_invitation(
            colleague=colleague, account=request.user if request.user.is_authenticated else None
        )
    messages.success(request, _("The open invitations are taken back."))
    return redirect("readiness:agreement", pk=assessment.pk)

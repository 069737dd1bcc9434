"""What the pages of an edition share: finding it, and its tombstone."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from minga.indicators import report, selectors
from minga.indicators.report import Item, Shown, Unit

View = Callable[..., HttpResponse]


def of_edition(view: View) -> View:
    """Give a view the edition of its address; a withdrawn one answers with its tombstone, whatever was asked of it."""

    @wraps(view)
    @require_GET
    def found(request: HttpRequest, index: str, edition: str, **named: Any) -> HttpResponse:
        stored = selectors.find_edition(edition, request.user, index=index)
        shown = report.shown(stored)
        if stored.state == "withdrawn":
            return tombstone(request, shown)
        if not stored.is_calculated:
            raise Http404
        return view(request, shown, **named)

    return found


def tombstone(request: HttpRequest, shown: Shown) -> HttpResponse:
    """Say that an edition was withdrawn, when and why; 410 tells programs the same."""
    others = [one for one in selectors.editions_of(shown.index) if one.is_published]
    return render(request, "indicators/withdrawn.html", {"shown": shown, "others": others}, status=410)


def unit_of(shown: Shown, code: str) -> Unit:
    """Return a unit of an edition, or 404."""
    if code not in shown.units:
        raise Http404
    return shown.units[code]


def item_of(shown: Shown, code: str) -> Item:
    """Return an indicator or node of an edition, or 404."""
    if code not in shown.items:
        raise Http404
    return shown.items[code]

"""Translations beside their originals, for whoever reviews them: every text, with its status."""

from __future__ import annotations

from typing import Any

import polars as pl
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from minga import readiness
from minga.readiness import selectors, wording
from minga.readiness.engine.instrument import Instrument
from minga.readiness.views.common import language

_INSTRUMENTS = (selectors.GENERIC, "generic-industry")
#: What belongs to no factor: titles, scale, codes, gates, questions on the business.
_GENERAL = "general"


def _named(name: str) -> Instrument:
    """Return an instrument that comes with Minga, or the generic one with one overlay."""
    if name in _INSTRUMENTS:
        return readiness.load_instrument(name)
    overlay = next((one for one in selectors.overlays() if one.id == name), None)
    if overlay is None:
        raise Http404
    return readiness.merge(readiness.load_instrument(selectors.GENERIC), overlay)


def _asked(request: HttpRequest) -> tuple[str, Instrument, str]:
    """Return what the address asks for: name of the instrument, the instrument, and the language."""
    name = request.GET.get("instrument", selectors.GENERIC)
    others = [code for code, _name in settings.LANGUAGES if code != "en"]
    fallback = language() if language() in others else others[0]
    wanted = request.GET.get("language", fallback)
    if wanted not in others:
        raise Http404
    return name, _named(name), wanted


@require_GET
def translations(request: HttpRequest) -> HttpResponse:
    """Show one part of an instrument side by side; the file has all of it."""
    name, instrument, wanted = _asked(request)
    table = readiness.translation_table(instrument, wanted)
    parts = [(_GENERAL, wording.GENERAL), *((one, wording.node_name(one)) for one in instrument.factor_ids)]
    part = request.GET.get("part", instrument.factor_ids[0])
    if part not in dict(parts):
        raise Http404
    of_factor = {item.id: item.factor for item in instrument.items}
    rows = [row for row in table.iter_rows(named=True) if of_factor.get(row["place"], _GENERAL) == part]
    words: dict[str, Any] = {
        "name": name,
        "names": [(one.id, wording.overlay_title(one.id, one.content.title)) for one in selectors.overlays()],
        "languages": [(code, own) for code, own in settings.LANGUAGES if code != "en"],
        "wanted": wanted,
        "parts": parts,
        "part": part,
        "rows": [row | {"said": wording.TRANSLATION_STATES[row["status"]]} for row in rows],
        "counts": _counts(table),
        "texts": table.height,
    }
    return render(request, "readiness/translations.html", words)


def _counts(table: pl.DataFrame) -> list[tuple[Any, int]]:
    found = dict(table["status"].value_counts().iter_rows())
    return [(said, found[status]) for status, said in wording.TRANSLATION_STATES.items() if status in found]


@require_GET
def translations_csv(request: HttpRequest) -> HttpResponse:
    """Give every text with its translation as CSV, to be looked through elsewhere."""
    name, instrument, wanted = _asked(request)
    content = readiness.translation_table(instrument, wanted).write_csv(include_bom=True)
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.{wanted}.csv"'
    return response

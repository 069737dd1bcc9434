"""The result of a panel as page, table and JSON: for those who run it after the first round, for all once published."""

from __future__ import annotations

import csv
import io
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from minga.readiness import selectors, wording_panels
from minga.readiness.engine.panel_result import PanelResult
from minga.readiness.forms_panels import within_words
from minga.readiness.models import Panel
from minga.readiness.views.common import language


@dataclass(frozen=True)
class _Found:
    """A panel's result, and whether it is the one that everyone sees."""

    panel: Panel
    result: PanelResult
    firms: selectors.Firms | None
    is_public: bool


def _find(request: HttpRequest, pk: uuid.UUID, *, for_all: bool = False) -> _Found:
    panel, is_public = selectors.find_result(pk, request.user)
    firms = selectors.firms_beside(panel)
    find = selectors.public_result if is_public or for_all else selectors.result_of
    result = find(panel, firms=firms)
    return _Found(panel, result, firms, is_public)


@never_cache
def panel_result(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show levels with intervals, what moved, what was not agreed on, who sat there, and the gap to the firms."""
    found = _find(request, pk)
    rows = wording_panels.level_rows(found.result)
    instrument = selectors.instrument_of_panel(found.panel, language())
    composition = selectors.composition_of(found.panel)
    words: dict[str, Any] = {
        "panel": found.panel,
        "where": wording_panels.where(found.panel),
        "within": within_words(found.panel.within),
        "result": found.result,
        "is_public": found.is_public,
        "rows": rows,
        "chart": wording_panels.chart_rows(rows, found.firms),
        "firms": found.firms,
        "factors": wording_panels.item_rows(found.result, instrument),
        "composition": composition,
        "parts": wording_panels.composition_rows(composition),
        "instrument": instrument,
        "least": settings.MIN_PERSONS,
        "fewest": selectors.FEWEST_PLANNED,
        "runs": selectors.panels_run_by(request.user).filter(pk=found.panel.pk).exists(),
    }
    return render(request, "readiness/panel_result.html", words)


@require_GET
@never_cache
def panel_json(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Give the result as everyone may see it, as JSON."""
    found = _find(request, pk, for_all=True)
    composition = selectors.composition_of(found.panel)
    response = JsonResponse(
        wording_panels.to_plain(found.panel, found.result, composition, found.firms),
        json_dumps_params={"ensure_ascii": False, "indent": 2},
    )
    response["Content-Disposition"] = f'attachment; filename="panel-{found.panel.pk}.json"'
    return response


_COLUMNS = ("median", "level", "q1", "q3", "iqr", "lowest", "highest", "near", "agreed")


@require_GET
@never_cache
def panel_csv(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Give the questions as everyone may see them, a row a question and both rounds side by side."""
    found = _find(request, pk, for_all=True)
    written = io.StringIO()
    table = csv.writer(written)
    rounds = ("first", "second")
    table.writerow(["item", "factor", *(f"{name}_{at}" for at in rounds for name in ("n", "n_at_least", *_COLUMNS))])
    for one in found.result.items:
        sides = [one.first, one.second]
        values = [
            "" if side is None or side.is_withheld or getattr(side, name) is None else getattr(side, name)
            for side in sides
            for name in ("n", "n_at_least", *_COLUMNS)
        ]
        table.writerow([one.item, one.factor, *values])
    response = HttpResponse(written.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="panel-{found.panel.pk}.csv"'
    return response

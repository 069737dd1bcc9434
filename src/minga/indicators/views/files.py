"""An edition as files: CSV, JSON, TOML."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from minga.indicators import report_values
from minga.indicators.report import Shown
from minga.indicators.views.common import item_of, of_edition, unit_of


def _csv(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _harmless(cell: Any) -> Any:
    """Keep a spreadsheet from running a name that begins like a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" and cell[:1] else cell


@of_edition
def scores_csv(request: HttpRequest, shown: Shown) -> HttpResponse:
    """Scores, ranks and intervals of every unit and part as CSV."""
    rows = report_values.score_rows(shown)
    head = list(rows[0]) if rows else ["unit", "node", "score", "rank"]
    return _csv(f"{shown.edition.name}-scores.csv", head, (list(row.values()) for row in rows))


@of_edition
def data_csv(request: HttpRequest, shown: Shown) -> HttpResponse:
    """The data an edition was calculated from as CSV."""
    data = shown.edition.data
    at = data["columns"].index(shown.definition.unit)
    rows = (row for row in data["rows"] if str(row[at]) not in shown.hidden)
    return _csv(f"{shown.edition.name}-data.csv", data["columns"], rows)


@of_edition
def edition_json(request: HttpRequest, shown: Shown) -> HttpResponse:
    """An edition with its method and all figures as JSON."""
    values = report_values.edition_values(shown) | {"scores": report_values.score_rows(shown)}
    return JsonResponse(values, json_dumps_params={"ensure_ascii": False, "indent": 1})


@of_edition
def definition_toml(request: HttpRequest, shown: Shown) -> HttpResponse:
    """The definition as TOML, ready for the command line."""
    response = HttpResponse(shown.edition.definition, content_type="application/toml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{shown.edition.name}.toml"'
    return response


@of_edition
def figure_json(request: HttpRequest, shown: Shown, unit: str, node: str) -> HttpResponse:
    """One figure with its interval and hashes as JSON."""
    figure = shown.figure(unit_of(shown, unit), item_of(shown, node))
    return JsonResponse(
        report_values.figure_values(shown, figure), json_dumps_params={"ensure_ascii": False, "indent": 1}
    )

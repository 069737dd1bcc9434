"""Coverage in public: how much was given a theme, answered and carried over, for whom, and what waits."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import polars as pl
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from minga.deliberation import wording_answering as wording
from minga.deliberation import wording_consulting
from minga.deliberation.engine.coverage import NOT_STATED
from minga.deliberation.engine.texts.replies import without_formula
from minga.deliberation.models import Consultation
from minga.deliberation.selectors import covering, sources
from minga.deliberation.views.common import shows_consultation
from minga.deliberation.views.voices import frame
from minga.web.ratelimit import limited

#: Who spoke, in the columns of the table.
_SPEAKERS = {
    "stratum": pl.String, "value": pl.String, "measure": pl.String, "people": pl.Int64, "share": pl.Float64,
    "reference": pl.Float64, "withheld": pl.Boolean,
}  # fmt: skip
_READS = limited("deliberation-coverage", times=120, seconds=600, reading=True)


@require_safe
@_READS
@shows_consultation
def coverage(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """Show each measure with what was counted, strata with their intervals, and what is still unanswered."""
    found = covering.covered(consultation)
    words = frame(consultation) | {
        "found": found,
        "letters": sources.waiting(consultation).count(),
        "measures": [_measure(row) for row in found.coverage.measures.rows(named=True)],
        "strata": _strata(found),
        "participation": _participation(found),
        "source": consultation.reference_source,
        "key": [*((code, name) for code, (name, _about) in wording.MEASURES.items()), *wording.COLUMNS.items()],
    }
    return render(request, "deliberation/answering_coverage.html", words)


def _measure(row: dict[str, Any]) -> dict[str, Any]:
    name, about = wording.MEASURES[row["measure"]]
    return row | {"name": name, "about": about, "percent": _percent(row["share"])}


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _value_name(stratum: str, value: str) -> Any:
    return wording.NOT_STATED if value == NOT_STATED else wording_consulting.stratum_value(stratum, value)


def _strata(found: covering.Covered) -> list[dict[str, Any]]:
    """Lay the strata out, one table each; a stratum in which everybody said nothing is left out."""
    tables = []
    for stratum, name in wording_consulting.STRATUM_NAMES.items():
        rows = [row for row in found.coverage.strata.rows(named=True) if row["stratum"] == stratum]
        if {row["value"] for row in rows} - {NOT_STATED}:
            values = dict.fromkeys(row["value"] for row in rows)
            lines = [_line(stratum, value, [row for row in rows if row["value"] == value]) for value in values]
            tables.append(
                {"name": name, "rows": lines, "measures": [one["measure_name"] for one in lines[0]["measures"]]}
            )
    return tables


def _line(stratum: str, value: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Lay both measures of a group side by side; the policy withholds both or neither."""
    hidden = next((row for row in rows if row["withheld"]), None)
    return {
        "name": _value_name(stratum, value),
        "why": wording.WITHHELD.get(hidden["reason"], wording.WITHHELD["few"]) if hidden else "",
        "measures": [_compared(row) for row in rows],
    }


def _compared(row: dict[str, Any]) -> dict[str, Any]:
    points = {name: _percent(row[name]) for name in ("share", "difference", "lower", "upper")}
    return row | points | {"measure_name": wording.MEASURES[row["measure"]][0]}


def _participation(found: covering.Covered) -> list[dict[str, Any]]:
    tables = []
    for stratum, told in found.participation.items():
        if told["rows"]:
            rows = [
                row | {
                    "name": _value_name(stratum, row["value"]),
                    "percent": _percent(row["share"]),
                    "wanted": _percent(row.get("reference")),
                }
                for row in told["rows"]
            ]  # fmt: skip
            told_of = {"name": wording_consulting.STRATUM_NAMES[stratum], "rows": rows}
            told_of["is_shown"] = not all(row["withheld"] for row in rows)
            told_of |= {"apart": _percent(told["dissimilarity"]), "rest": _percent(told["rest"])}
            tables.append(told_of | {"not_stated": told["not_stated"]})
    return tables


# ---------------------------------------------------------------- files
@require_safe
@_READS
@shows_consultation
def coverage_csv(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """Give measures, strata and who spoke out as a table: the figures of the file for programs, one row each."""
    table = _as_table(covering.covered(consultation), consultation)
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(table.columns)
    # a region is what people typed
    writer.writerows([without_formula(cell) if isinstance(cell, str) else cell for cell in row] for row in table.rows())
    # spreadsheet programs read UTF-8 by the mark at its beginning
    response = HttpResponse("\ufeff" + written.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{consultation.slug}-coverage.csv"'
    return response


def _as_table(found: covering.Covered, consultation: Consultation) -> pl.DataFrame:
    rows, strata = covering.rows_of(found), found.coverage.strata
    if "people" in strata.columns and "people" not in rows.columns:
        of = ["stratum", "value", "measure"]
        rows = rows.join(strata.select(*of, "people"), on=of, how="left", maintain_order="left")
    speakers = pl.DataFrame(list(_speakers(found)), schema=_SPEAKERS, orient="row")
    together = pl.concat([rows, speakers], how="diagonal_relaxed")
    return together.with_columns(is_sample=pl.lit(consultation.is_sample))


def _speakers(found: covering.Covered) -> Iterator[tuple[Any, ...]]:
    """Lay out who spoke, one row each, with what the policy withholds left empty."""
    for stratum, told in found.participation.items():
        for row in told["rows"]:
            yield (stratum, row["value"], "who_spoke", row["people"], row["share"], row["reference"], row["withheld"])
        silent = told["not_stated"]
        yield (stratum, NOT_STATED, "who_spoke", silent, None, None, silent is None)
        if told["dissimilarity"] is not None:
            yield (stratum, "", "dissimilarity", None, told["dissimilarity"], None, False)
        if told["rest"]:
            yield (stratum, "", "other_population", None, None, told["rest"], False)


@require_safe
@_READS
@shows_consultation
def coverage_json(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """Give measures, strata and participation out for programs."""
    found = covering.covered(consultation)
    told = {
        "consultation": consultation.slug,
        "is_sample": consultation.is_sample,
        "measures": found.coverage.measures.rows(named=True),
        "strata": found.coverage.strata.rows(named=True),
        "participation": found.participation,
        "population_source": consultation.reference_source,
        "said_already": [
            {"draft": row.clause.draft.slug, "clause": row.clause.code, "voices": count}
            for row, count in found.said_already
        ],
        "consensus_without_answer": [
            {"conversation": one.conversation.slug, "statement": one.number, "side": side}
            for one, side in found.statements
        ],
    }
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 2})

"""The audit page of an edition: what someone who doubts the index looks at first."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from minga.indicators import charts, findings, services, wording
from minga.indicators.report import Item, Shown
from minga.indicators.views import evidence
from minga.indicators.views.common import of_edition


@of_edition
def audit(request: HttpRequest, shown: Shown) -> HttpResponse:
    """What an auditor looks at first: statistics, gaps, correlations, consistency, what moves the ranks."""
    held = shown.results["audit"]
    effects = [(shown.items[code].name, value) for code, value in held["removals"] if value is not None]
    context = {
        "shown": shown,
        "stats": [_stats(shown, row) for row in held["stats"]],
        "columns": [words for _key, words in wording.STATISTICS],
        "heat": _heat(shown, held["correlations"]),
        "flags": [
            {"group": shown.items[group].name, "a": shown.items[a].name, "b": shown.items[b].name, "value": value}
            for group, a, b, value in held["corr_flags"]
        ],
        "alpha": [
            {"name": shown.items[code].name, "columns": columns, "alpha": value}
            for code, _level, columns, value in held["alpha"]
        ],
        "nodes": [{"name": shown.items[a].name, "value": value} for a, _b, value, _n in held["nodes"]],
        "removals": sorted(effects, key=lambda one: -one[1]),
        "removal_chart": charts.bars(
            sorted(effects, key=lambda one: -one[1]), _("Mean change of rank without each part; numbers below")
        )
        if effects
        else "",
        "sensitivity": _sensitivity(held["sensitivity"]),
        "pairs": evidence.pairs(shown),
        "treated": evidence.treated(shown),
        "available": _available(shown),
        "left_out": shown.results["left_out"],
        "warnings": [_warning(shown, *warning) for warning in held["warnings"]],
        "intact": not services.intact(shown.edition),
    }
    return render(request, "indicators/audit.html", context)


_FIGURES = ("min", "max", "mean", "median", "sd", "skew", "kurt")
_COLUMNS = (
    "column", "min", "max", "mean", "median", "sd", "n_nonzero", "n_unique", "n_same", "skew", "kurt", "n_available",
    "available", "nonzero", "unique", "same", "low_data", "many_zeros", "few_values", "outliers",
)  # fmt: skip


def _warning(shown: Shown, rule: str, text: str, code: str = "", values: Any = ()) -> dict[str, str]:
    """One doubt of the engine; editions made before doubts had codes have its English sentence alone."""
    said = findings.sentence(
        code, dict(values), lambda part: shown.items[part].name if part in shown.items else part,
        lambda unit: wording.unit_name(shown.index.units, unit, unit),
    )  # fmt: skip
    return {"head": findings.head(rule), "text": said, "english": "" if said else text}


def _stats(shown: Shown, row: list[Any]) -> dict[str, Any]:
    named = dict(zip(_COLUMNS, row, strict=True))
    item = shown.items[named["column"]]
    return {
        "item": item,
        "figures": [wording.number(named[key], 2) for key in _FIGURES],
        "available": wording.percent(100 * named["available"]),
        "flags": [str(words) for key, words in wording.FLAGS.items() if named[key]],
    }


def _heat(shown: Shown, rows: list[list[Any]]) -> dict[str, Any]:
    """Correlations as a table of classes: -4 to 4, by quarters."""
    known = {row[0] for row in rows}
    codes = [item.code for item in shown.tree if item.code in known]  # what belongs together stands together
    parents = [shown.items[code].parent for code in codes]
    found = {(a, b): value for a, b, value, _n in rows}
    lines = []
    for at, code in enumerate(codes):
        cells = [
            _cell(found.get((code, other)), _box(parents, at, place)) for place, other in enumerate(codes[: at + 1])
        ]
        lines.append({"number": at + 1, "item": shown.items[code], "cells": cells})
    return {"rows": lines, "numbers": range(1, len(codes) + 1)}


def _box(parents: list[Any], row: int, column: int) -> str:
    """The edges of the box around indicators of one part, as classes of a cell of the lower triangle."""
    if parents[row] != parents[column]:
        return ""
    edges = {
        "own-start": column == 0 or parents[column - 1] != parents[column],
        "own-end": row == len(parents) - 1 or parents[row + 1] != parents[row],
        "own-step": row == column,
    }
    return "".join(f" {name}" for name, is_edge in edges.items() if is_edge)


def _cell(value: float | None, box: str = "") -> dict[str, Any]:
    if value is None:
        return {"text": "–", "css": f"none{box}"}
    size = min(int(abs(value) * 5), 4)
    return {"text": wording.number(value, 2), "css": f"{'minus' if value < 0 else 'plus'}-{size}{box}"}


def _sensitivity(held: dict[str, Any]) -> dict[str, Any]:
    if not held["rows"]:
        return {"rows": [], "why": held["why"]}
    rows = [dict(zip(held["columns"], row, strict=True)) for row in held["rows"]]
    named = [(wording.choice(str(row["factor"])), row) for row in rows]
    return {
        "rows": [
            {"name": name, "first": wording.number(row["first"], 2), "total": wording.number(row["total"], 2)}
            for name, row in named
        ],
        "svg": charts.bars(
            [(name, max(row["total"] or 0.0, 0.0)) for name, row in named],
            _("Share of the moves in rank that each choice has a part in; numbers below"),
            1.0,
        ),
        "runs": held["runs"],
        "why": "",
    }


def _available(shown: Shown) -> list[dict[str, Any]]:
    """Units with gaps, the most first."""
    root: Item = shown.root
    rows = [(unit, shown.value("available", root.code, unit)) for unit in shown.units.values()]
    gaps = sorted(((unit, share) for unit, share in rows if share is not None and share < 1), key=lambda one: one[1])
    return [{"unit": unit, "percent": wording.percent(100 * share)} for unit, share in gaps[:30]]

"""Pages on which a reader tries something: units side by side, other weights."""

from __future__ import annotations

import math
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from minga.indicators import calculation, charts, wording
from minga.indicators.engine.errors import IndicatorsError
from minga.indicators.report import Item, Shown
from minga.indicators.views.common import of_edition
from minga.web.ratelimit import exceeded, too_many

MOST_UNITS, MOST_WEIGHTS, LARGEST_WEIGHT = 4, 40, 1000.0
RULES = ("as_published", "arithmetic", "geometric")


@of_edition
def compare(request: HttpRequest, shown: Shown) -> HttpResponse:
    """Two to four units side by side."""
    asked = list(dict.fromkeys(code for code in request.GET.getlist("u") if code in shown.units))[:MOST_UNITS]
    chosen = [shown.units[code] for code in asked]
    items = [item for item in shown.tree if not item.is_indicator] if len(shown.tree) > 60 else shown.tree
    rows = []
    if len(chosen) > 1:
        for item in items:
            rows.append({"item": item, "figures": [shown.figure(unit, item) for unit in chosen]})
    low, high = shown.scale
    strips = [
        charts.Strip(
            row["item"].name,
            shown.values("score", row["item"].code),
            shown.median(row["item"].code),
            [figure.score for figure in row["figures"]],
        )
        for row in rows
    ]
    context = {
        "shown": shown,
        "chosen": [
            {"unit": unit, "mark": charts.mark(at), "basis": shown.figure(unit, shown.root).basis_words}
            for at, unit in enumerate(chosen)
        ],
        "slots": [asked[at] if at < len(asked) else "" for at in range(MOST_UNITS)],
        "choices": sorted(shown.units.values(), key=lambda unit: unit.name),
        "rows": rows,
        "chart": charts.strips(strips, _("Scores side by side; the figures stand in the table below"), low, high)
        if rows
        else "",
    }
    return render(request, "indicators/compare.html", context)


@of_edition
def what_if(request: HttpRequest, shown: Shown) -> HttpResponse:
    """Try other weights: the index calculated anew, beside the published result."""
    if exceeded(request, "indicators-what-if", times=300, seconds=600):
        return too_many(request, seconds=600)
    items = weighable(shown)
    weights, problems = _weights(request, items)
    rule = request.GET.get("rule", RULES[0])
    rule = rule if rule in RULES else RULES[0]
    is_asked = any(f"w_{item.code}" in request.GET for item in items) or "rule" in request.GET
    rows, problem = [], ""
    if is_asked and not problems:
        try:
            rows = recalculated(shown, weights, rule)
        except IndicatorsError as wrong:
            problem = str(wrong)
    moved = [abs(row["rank"] - row["published"]) for row in rows if row["rank"] and row["published"]]
    context = {
        "shown": shown,
        "weights": [
            {"item": item, "value": request.GET.get(f"w_{item.code}", f"{weights[item.code]:g}"),
             "problem": problems.get(item.code, ""), "depth": min(shown.root.level - item.level, 4)}
            for item in items
        ],
        "rule": rule,
        "rules": [
            (RULES[0], _("as published")), ("arithmetic", wording.MEANS["arithmetic"]),
            ("geometric", wording.MEANS["geometric"]),
        ],
        "rows": rows,
        "problem": problem,
        "is_asked": is_asked,
        "mean_move": wording.number(sum(moved) / len(moved)) if moved else "",
    }  # fmt: skip
    return render(request, "indicators/what_if.html", context, status=422 if problems else 200)


def weighable(shown: Shown) -> list[Item]:
    """The parts whose weights a reader may change: all, or where they are many, the nodes only."""
    parts = [item for item in shown.tree if item.code != shown.root.code]
    if len(parts) > MOST_WEIGHTS:
        parts = [item for item in parts if not item.is_indicator]
    return parts[:MOST_WEIGHTS]


def _weights(request: HttpRequest, items: list[Item]) -> tuple[dict[str, float], dict[str, str]]:
    weights, problems = {}, {}
    for item in items:
        text = request.GET.get(f"w_{item.code}", "").strip().replace(",", ".")
        weights[item.code] = item.weight
        if not text:
            continue
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not 0 <= value <= LARGEST_WEIGHT:
            problems[item.code] = _("Give a number from 0 to 1000.")
        else:
            weights[item.code] = value
    return weights, problems


def recalculated(shown: Shown, weights: dict[str, float], rule: str) -> list[dict[str, Any]]:
    """Calculate an edition anew under other weights: its engine, its data, nothing stored.

    Raises
    ------
    IndicatorsError
        These weights or this rule give no index.
    """
    definition = shown.definition.replace("weights", weights)
    if rule != RULES[0]:
        definition = definition.replace("aggregate", rule)
        for node in definition.nodes:
            if node.aggregate is not None:
                definition = definition.node(node.code, aggregate=rule)
    result = definition.fit(calculation.table_of(shown.edition.data))
    at = result.nodes.index(shown.root.code)
    rows = []
    for place, code in enumerate(result.units.to_list()):
        unit = shown.units.get(str(code))
        if unit is None:
            continue
        score, rank = float(result.node_scores[place, at]), float(result.node_ranks[place, at])
        published = shown.value("rank", shown.root.code, unit)
        rows.append({
            "unit": unit, "score": None if math.isnan(score) else score,
            "rank": None if math.isnan(rank) else int(rank),
            "published": None if published is None else int(published),
            "move": None if math.isnan(rank) or published is None else int(published) - int(rank),
        })  # fmt: skip
    return sorted(rows, key=lambda row: (row["rank"] is None, row["rank"] or 0, row["unit"].name))

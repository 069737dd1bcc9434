"""Parts of public pages that show how much an order is worth: pairs, treatment, weights, moves between editions."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from minga.indicators import charts, plots, report, wording
from minga.indicators.models import Edition
from minga.indicators.report import Figure, Shown

#: lines that a chart can be read of
_LINES = 40


def pairs(shown: Shown) -> dict[str, Any] | None:
    """In which share of the calculations the unit of the row ranks above that of the column; None if not stored."""
    held = (shown.results["intervals"].get(shown.root.code) or {}).get("above")
    if not held:
        return None
    units = [one.unit for one in shown.ranking if one.rank is not None]
    rows = [
        {"number": at + 1, "unit": unit, "cells": [_pair(held[unit.at][other.at], unit == other) for other in units]}
        for at, unit in enumerate(units)
    ]
    return {"rows": rows, "numbers": range(1, len(units) + 1)} if len(units) > 1 else None


def doubts(shown: Shown, figure: Figure) -> dict[str, Any] | None:
    """How sure a figure is, by where the doubt comes from; None where that was not told apart."""
    if not figure.doubts or figure.rank is None or figure.rank_low is None:
        return None
    together = {"score_low": figure.score_low, "score_high": figure.score_high,
                "rank_low": figure.rank_low, "rank_high": figure.rank_high}  # fmt: skip
    rows = [
        {"name": wording.DOUBTS[name], **ends,
         "bar": charts.rank_bar(figure.rank, ends["rank_low"], ends["rank_high"], figure.of)}
        for name, ends in {**figure.doubts, "together": together}.items()
    ]  # fmt: skip
    return {"rows": rows, "last": figure.of}


def _pair(share: float | None, is_self: bool) -> dict[str, Any]:
    """Colour what is sure: always above on one side, never above on the other."""
    if share is None or is_self:
        return {"text": "–", "css": "none"}
    size = min(int(abs(share - 0.5) * 10), 4)
    return {"text": wording.percent(100 * share), "css": f"{'minus' if share < 0.5 else 'plus'}-{size}"}


def treated(shown: Shown) -> list[dict[str, Any]]:
    """Return each indicator whose outliers were treated, with its figures before and after as histograms."""
    found = []
    for code, column in shown.results.get("untreated", {}).items():
        before = [column[unit.at] for unit in shown.units.values() if column[unit.at] is not None]
        after = shown.values("used", code)
        if len(before) < 3 or len(after) < 3:
            continue
        # on the scale of far outliers nothing else can be told apart, and a transformation has a scale of its own
        same = min(before) <= min(after) and max(after) <= max(before)
        same = same and max(after) - min(after) > (max(before) - min(before)) / 2
        name = shown.items[code].name
        head = _("After, on the same scale") if same else _("After, on a scale of its own")
        sides = [
            _side(before, [], _("%(name)s before treatment"), name, _("Before")),
            _side(after, before if same else [], _("%(name)s after treatment"), name, head),
        ]
        found.append({"name": name, "sides": sides})
    return found


def _side(values: list[float], over: list[float], label: str, name: str, head: str) -> dict[str, Any]:
    bins = charts.bins_of(values, over)
    return {
        "head": head,
        "svg": charts.histogram(bins, label % {"name": name}),
        "bins": [{"low": f"{one.low:g}", "high": f"{one.high:g}", "count": one.count} for one in bins],
    }


def numbers(shown: Shown) -> dict[str, str]:
    """Number the parts of an index from the top down: 1, 1.1, 1.2, 2; the whole has none."""
    found = {shown.root.code: ""}

    def count(code: str) -> None:
        for at, item in enumerate(shown.children(code), start=1):
            above = found[code]
            found[item.code] = f"{above}.{at}" if above else str(at)
            count(item.code)

    count(shown.root.code)
    return found


def rings(shown: Shown) -> Any:
    """Draw the parts of an index as rings; large indexes without their indicators. Empty where nothing has a weight."""
    numbered, arcs = numbers(shown), []
    skip = len(shown.tree) > _LINES

    def put(code: str, start: float, depth: int, colour: int) -> None:
        at = start
        for place, item in enumerate(shown.children(code)):
            share = item.effective_weight or 0.0
            if share <= 0 or (skip and item.is_indicator):
                continue
            own = place if depth == 1 else colour
            title = f"{numbered[item.code]} {item.name} · {wording.percent(100 * share, 1)}"
            arcs.append(plots.Arc(numbered[item.code], title, depth, at, share, own))
            put(item.code, at, depth + 1, own)
            at += share

    put(shown.root.code, 0.0, 1, 0)
    label = _("The same parts as rings, numbered as in the table; the whole is in the middle")
    return plots.rings(arcs, label) if arcs else ""


def weights(shown: Shown) -> Any:
    """Draw the parts of an index with their effective weights; large indexes without their indicators."""
    items = shown.tree
    if len(items) > _LINES:
        items = [item for item in items if not item.is_indicator]
    top = shown.root.level
    numbered, rows = numbers(shown), []
    for item in items:
        percent = 100 * (item.effective_weight or 0)
        rows.append(
            (
                f"{numbered[item.code]} {item.name}".strip(),
                min(top - item.level, 4),
                wording.percent(percent, 1),
                percent,
            )
        )
    return plots.tree(rows, _("Parts of the index with their effective weights; the figures stand in the table below"))


def moves(shown: Shown, before: Edition | None) -> dict[str, Any] | None:
    """Rank in the edition before and now, of the units in both; of many units those that moved most."""
    if before is None:
        return None
    old = report.shown(before)
    rows = []
    for code, unit in shown.units.items():
        if code in old.units:
            now, then = shown.value("rank", shown.root.code, unit), old.value("rank", old.root.code, old.units[code])
            if now is not None and then is not None:
                rows.append(plots.Slope(unit.name, int(then), int(now)))
    if len(rows) < 2:
        return None
    most = sorted(rows, key=lambda one: (-abs(one.then - one.now), one.now, one.name))[:_LINES]
    drawn = sorted(most, key=lambda one: (one.now, one.name))
    label = _("Ranks in the edition before and in this one; the figures stand in the table below")
    return {"svg": plots.slopes(drawn, label), "rows": drawn, "all": len(drawn) == len(rows)}

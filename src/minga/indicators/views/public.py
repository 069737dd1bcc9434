"""Public pages of indexes: the list, an edition, a unit, one figure, the audit."""

from __future__ import annotations

import math
import statistics
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from minga.indicators import charts, report, selectors, wording
from minga.indicators.engine.definition import Index
from minga.indicators.engine.revisions import definition_changes
from minga.indicators.models import CompositeIndex, Edition
from minga.indicators.report import Figure, Shown, Unit
from minga.indicators.views import evidence
from minga.indicators.views.common import item_of, of_edition, tombstone, unit_of

#: lines of a unit's profile; larger indexes show their parts only
_PROFILE = 24


@require_GET
def index_list(request: HttpRequest) -> HttpResponse:
    """All published indexes, each with its newest edition."""
    views = [
        report.shown(edition) for one in selectors.published_indexes() if (edition := selectors.latest_edition(one))
    ]
    context = {"views": views, "may_build": selectors.is_secretariat(request.user)}
    return render(request, "indicators/list.html", context)


@require_GET
def index_page(request: HttpRequest, index: str) -> HttpResponse:
    """The newest edition of an index: ranking with intervals, map, method, files."""
    found = selectors.find_index(index, request.user)
    edition = selectors.latest_edition(found)
    if edition is not None:
        return _edition(request, report.shown(edition), is_latest=True)
    withdrawn = selectors.editions_of(found).first()
    if withdrawn is not None:
        return tombstone(request, report.shown(Edition.objects.select_related("index").get(pk=withdrawn.pk)))
    return render(request, "indicators/nothing_yet.html", {"title": wording.title(found)})


@of_edition
def edition_page(request: HttpRequest, shown: Shown) -> HttpResponse:
    """One edition at its permanent address: ranking with intervals, map, method, files."""
    return _edition(request, shown, is_latest=False)


def _edition(request: HttpRequest, shown: Shown, *, is_latest: bool) -> HttpResponse:
    ranking = shown.ranking
    last = shown.ranked(shown.root.code)
    rows = [
        {"figure": one, "bar": _bar(one, last), "unit_url": shown.address("unit", unit=one.unit.code),
         "changed": shown.imputed(one.unit)}
        for one in ranking
    ]  # fmt: skip
    scores = [one.score for one in ranking if one.score is not None]
    bins = charts.bins_of(scores) if len(scores) > 2 else []
    before = selectors.edition_before(shown.edition) if shown.edition.published_at else None
    context = {
        "shown": shown,
        "is_latest": is_latest,
        "rows": rows,
        "best": ranking[0] if ranking and ranking[0].rank is not None else None,
        "last": last,
        "surest": _surest(ranking),
        "basis": _basis(shown, ranking),
        "map": _map(shown, ranking),
        "histogram": charts.histogram(bins, _("How many units have which score; the numbers stand in the table below"))
        if bins
        else "",
        "bins": [
            {"low": wording.number(one.low), "high": wording.number(one.high), "count": one.count} for one in bins
        ],
        "editions": list(selectors.editions_of(shown.index)),
        "before": before,
        "changes": _changes(shown, before),
        "choices": wording.listed(wording.choice(path) for path in _choices(shown)),
        "moves": evidence.moves(shown, before),
        "tree": _tree(shown),
        "weights": evidence.weights(shown),
        "rings": evidence.rings(shown),
        "permanent": request.build_absolute_uri(shown.address("edition")),
    }
    return render(request, "indicators/edition.html", context)


def _bar(figure: Figure, last: int) -> Any:
    return charts.rank_bar(figure.rank, figure.rank_low, figure.rank_high, last) if figure.rank is not None else ""


def _surest(ranking: list[Figure]) -> int | None:
    """How many places the widest interval holds."""
    widths = [
        one.rank_high - one.rank_low + 1 for one in ranking if one.rank_low is not None and one.rank_high is not None
    ]
    return max(widths, default=None)


def _basis(shown: Shown, ranking: list[Figure]) -> str:
    """Say how many units stand on checked levels."""
    if not shown.has_basis:
        return ""
    checked = sum(one.basis == "validated" for one in ranking)
    if {one.basis for one in ranking} == {"declared"}:
        return _("All levels behind it are self-declared and not yet checked.")
    if checked == len(ranking):
        return _("All levels behind it were checked by assessors.")
    return ngettext(
        "%(checked)s of %(count)s unit stands on levels that assessors checked; the others are self-declared, wholly "
        "or in part.",
        "%(checked)s of %(count)s units stand on levels that assessors checked; the others are self-declared, wholly "
        "or in part.",
        len(ranking),
    ) % {"checked": checked, "count": len(ranking)}


def _choices(shown: Shown) -> list[str]:
    held = shown.results["intervals"].get(shown.root.code)
    return list(held["choices"]) if held else []


def _tree(shown: Shown) -> list[dict[str, Any]]:
    top, numbered = shown.root.level, evidence.numbers(shown)
    return [
        {"item": item, "number": numbered[item.code], "depth": min(top - item.level, 4),
         "percent": wording.percent(100 * (item.effective_weight or 0), 1)}
        for item in shown.tree
    ]  # fmt: skip


def _map(shown: Shown, ranking: list[Figure]) -> dict[str, Any] | None:
    """The map of tiles with its classes; only for indexes of countries."""
    if shown.index.units != CompositeIndex.Units.COUNTRY:
        return None
    scores = [one.score for one in ranking if one.score is not None]
    if not scores:
        return None
    # classes over the scores that occur: most indexes use a small part of their scale
    low, high = math.floor(min(scores)), math.ceil(max(scores)) or 1
    found, titles = {}, {}
    for one in ranking:
        country = wording.iso2(one.unit.code)
        if country is None or one.score is None:
            continue
        found[country.iso2] = charts.class_of(one.score, low, high)
        named = {"name": one.unit.name, "score": wording.number(one.score)}
        titles[country.iso2] = _("%(name)s: %(score)s") % named
    if not found:
        return None
    step = (high - low) / 5
    return {
        "svg": charts.tile_map(found, titles, _("Map of countries by class of score; the scores stand in the ranking")),
        "classes": [
            {"opacity": opacity, "low": wording.number(low + at * step), "high": wording.number(low + (at + 1) * step)}
            for at, opacity in enumerate(charts.CLASSES)
        ],
    }


def _changes(shown: Shown, before: Edition | None) -> dict[str, Any]:
    """What is new against the edition before: in the definition, in the units, in the ranks."""
    if before is None:
        return {}
    old = report.shown(before)
    lines = definition_changes(Index.from_toml(before.definition), shown.definition)
    moved = []
    for code, unit in shown.units.items():
        if code in old.units:
            now, then = shown.value("rank", shown.root.code, unit), old.value("rank", old.root.code, old.units[code])
            if now is not None and then is not None and now != then:
                moved.append({"name": unit.name, "then": int(then), "now": int(now)})
    return {
        "definition": lines.height,
        "added": [unit.name for code, unit in shown.units.items() if code not in old.units],
        "removed": [unit.name for code, unit in old.units.items() if code not in shown.units],
        "moved": sorted(moved, key=lambda one: -abs(one["then"] - one["now"]))[:20],
    }


# ---------------------------------------------------------------- one unit
@of_edition
def unit_page(request: HttpRequest, shown: Shown, unit: str) -> HttpResponse:
    """One unit: where it stands and why, its strengths and weaknesses, which of its figures were changed."""
    found = unit_of(shown, unit)
    figures = [shown.figure(found, item) for item in shown.tree]
    overall = figures[0]
    parts = [one for one in figures if not one.item.is_indicator and one.item.code != shown.root.code]
    indicators = [one for one in figures if one.item.is_indicator]
    low, high = shown.scale
    group = _group(shown, found)
    lines = [*parts, *indicators] if len(figures) <= _PROFILE else parts or indicators[:_PROFILE]
    measured = [one for one in indicators if one.rank and not one.pooled]
    strengths, weaknesses = _sides(measured)
    context = {
        "shown": shown,
        "unit": found,
        "overall": overall,
        "why": _why(strengths, weaknesses),
        "basis": wording.BASIS_OF_UNIT.get(overall.basis, ""),
        "share": _validated(shown, found),
        "doubts": evidence.doubts(shown, overall),
        "figures": figures,
        "profile": charts.strips(
            [_strip(shown, one, group) for one in (overall, *lines)],
            _("Scores of this unit among the others; the figures stand in the table below"),
            low,
            high,
        ),
        "group": group["name"],
        "stack": _stack(shown, found),
        "strengths": strengths,
        "weaknesses": weaknesses,
        "changed": [one for one in indicators if one.note or one.pooled],
        "country": wording.iso2(found.code) if shown.index.units == CompositeIndex.Units.COUNTRY else None,
    }
    return render(request, "indicators/unit.html", context)


def _sides(measured: list[Figure]) -> tuple[list[Figure], list[Figure]]:
    """The figures in which a unit ranks best, of the better half, and worst, of the other half: at most five each."""
    better = sorted((one for one in measured if 2 * (one.rank or 0) <= one.of + 1), key=_by_rank)
    worse = sorted((one for one in measured if 2 * (one.rank or 0) > one.of + 1), key=_by_rank, reverse=True)
    return better[:5], worse[:5]


def _by_rank(figure: Figure) -> tuple[float, str]:
    return (figure.rank or 0) / max(figure.of, 1), figure.item.name


def _why(strengths: list[Figure], weaknesses: list[Figure]) -> str:
    """Say in a sentence why a unit stands where it does: the figures that rank best, and those that rank worst."""
    if not strengths and not weaknesses:
        return ""
    if not weaknesses:
        return _("It ranks best in %(strengths)s.") % {"strengths": wording.listed(map(_placed, strengths[:2]))}
    if not strengths:
        return _("It ranks worst in %(weaknesses)s.") % {"weaknesses": wording.listed(map(_placed, weaknesses[:2]))}
    return _("It ranks best in %(strengths)s; worst in %(weaknesses)s.") % {
        "strengths": wording.listed(_placed(one) for one in strengths[:2]),
        "weaknesses": wording.listed(_placed(one) for one in weaknesses[:2]),
    }


def _placed(figure: Figure) -> str:
    return _("%(part)s (%(rank)s of %(of)s)") % {"part": figure.item.name, "rank": figure.rank, "of": figure.of}


def _validated(shown: Shown, unit: Unit) -> str:
    share = shown.share(unit)
    if share is None:
        return ""
    return _("Validated are %(percent)s of its businesses.") % {"percent": wording.percent(100 * share)}


def _group(shown: Shown, unit: Unit) -> dict[str, Any]:
    """Whom a unit is compared with: its group of the data where that holds five others, else all."""
    for column, value in unit.groups.items():
        same = [one for one in shown.units.values() if value and one.groups.get(column) == value]
        if len(same) > 5:
            return {"name": str(value), "units": same}
    return {"name": "", "units": list(shown.units.values())}


def _strip(shown: Shown, figure: Figure, group: dict[str, Any]) -> charts.Strip:

    among = [shown.value("score", figure.item.code, one) for one in group["units"]]
    values = [value for value in among if value is not None]
    note = "" if figure.score is None else wording.number(figure.score)
    return charts.Strip(figure.item.name, values, statistics.median(values) if values else None, [figure.score], note)


def _stack(shown: Shown, unit: Unit) -> dict[str, Any] | None:
    """What the parts just below the top bring to the score, beside the median unit."""
    children = shown.children(shown.root.code)
    own = [shown.value("contribution", item.code, unit) for item in children]
    if not children or any(value is None or value < 0 for value in own):
        return None
    ranked = [one for one in shown.ranking if one.score is not None]
    middle = ranked[len(ranked) // 2]
    other = [shown.value("contribution", item.code, middle.unit) for item in children]
    rows = [(unit.name, own)]
    if middle.unit.code != unit.code and all(value is not None and value >= 0 for value in other):
        rows.append((_("%(name)s, in the middle of the ranking") % {"name": middle.unit.name}, other))
    top = max(shown.scale[1], *(sum(values) for _name, values in rows))
    return {
        "svg": charts.stacked(rows, _("What each part brings to the score; the figures stand in the table below"), top),
        "rows": [
            {"number": at + 1, "swatch": charts.swatch(at), "item": item, "own": own[at],
             "other": other[at] if len(rows) > 1 else None}
            for at, item in enumerate(children)
        ],
        "other": rows[1][0] if len(rows) > 1 else "",
    }  # fmt: skip


@of_edition
def figure_page(request: HttpRequest, shown: Shown, unit: str, node: str) -> HttpResponse:
    """One figure that can be cited: value, interval, method, hashes."""
    found, item = unit_of(shown, unit), item_of(shown, node)
    figure = shown.figure(found, item)
    context = {
        "shown": shown,
        "figure": figure,
        "strip": charts.strips(
            [_strip(shown, figure, {"units": list(shown.units.values())})],
            _("This score among all others"),
            *shown.scale,
        ),
        "changed": figure.reasons,
        "doubts": evidence.doubts(shown, figure),
        "parts": [shown.figure(found, child) for child in shown.children(item.code)],
        "parent": shown.items.get(item.parent or ""),
        "permanent": request.build_absolute_uri(figure.address),
        "cite": _cite(shown, figure),
        "choices": wording.listed(wording.choice(path) for path in _choices(shown)),
    }
    return render(request, "indicators/figure.html", context)


def _cite(shown: Shown, figure: Figure) -> str:
    return _("%(unit)s, %(item)s: %(score)s. In: %(edition)s") % {
        "unit": figure.unit.name,
        "item": figure.item.name,
        "score": wording.number(figure.score, 2),
        "edition": shown.cite,
    }

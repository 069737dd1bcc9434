"""What a person should know before and after a run: faults and doubts in plain words, each with its remedy."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from minga.indicators.engine.data import Data, data_findings, read
from minga.indicators.engine.definition import Index
from minga.indicators.engine.errors import Finding, IndicatorsError
from minga.indicators.engine.scales import Goalposts, MinMax, Rank
from minga.indicators.engine.sentences import error, finding
from minga.indicators.engine.steps import Aggregation
from minga.indicators.engine.structure import structure_findings

Floats = NDArray[np.float64]


def check(index: Index, table: pl.DataFrame) -> list[Finding]:
    """Look a definition and its data over before running; errors first.

    Found are: loops and orphans in the arrangement, missing columns, text where numbers belong, duplicate units,
    indicators without spread or without values, groups wholly missing, wrong directions and weights, and values that
    a geometric or harmonic mean cannot take.
    """
    found = structure_findings(index.indicators, index.nodes) + definition_findings(index)
    if not any(one.level == "error" for one in found):
        found += data_findings(index, table)
    if not any(one.level == "error" for one in found):
        data = read(index, table)
        found += [*column_findings(index, data), *group_findings(index, data), *denominator_findings(index, data)]
        if not any(one.level == "error" for one in found):
            found += _trial(index, table)
    return sorted(dict.fromkeys(found), key=lambda one: one.level)


def _trial(index: Index, table: pl.DataFrame) -> list[Finding]:
    """Run it, and say what went wrong; afterwards only warnings remain."""
    from minga.indicators.engine.pipeline import fit

    try:
        return list(fit(index, table).warnings)
    except IndicatorsError as wrong:
        return list(wrong.findings) or [Finding("error", "run", str(wrong))]


def definition_findings(index: Index) -> list[Finding]:
    """Look over what can be judged without data."""
    found = []
    for item in index.indicators:
        if item.direction not in (-1, 1):
            found.append(error("direction", indicator=item.code, part=item.code, direction=item.direction))
    for part in index.items:
        if not part.weight >= 0:
            found.append(error("weight", indicator=part.code, part=part.code, weight=part.weight))
    if index.best not in ("high", "low"):
        found.append(error("best", best=index.best))
    return [*found, *_zero_based_means(index)]


def _zero_based_means(index: Index) -> list[Finding]:
    """A minimum of 0 and a mean that needs values above it cannot go together: the worst unit would have no score."""
    from minga.indicators.engine.pipeline import node_rules

    if structure_findings(index.indicators, index.nodes):
        return []
    tree = index.tree
    found = []
    for position, rule in zip(tree.order, node_rules(index).rules, strict=True):
        if not _needs_positive(rule):
            continue
        for child in tree.children[position]:
            if child >= tree.indicators or index.indicators[child].weight == 0:
                continue
            item = index.indicators[child]
            scale = item.normalise or index.normalise
            if item.value is None and isinstance(scale, MinMax) and scale.lower <= 0:
                found.append(error("zero_in_mean", indicator=item.code, node=tree.codes[position], mean=_name(rule),
                                   part=item.code, low=scale.lower))  # fmt: skip
    return found


def _needs_positive(rule: Aggregation) -> bool:
    return rule.exponent is not None and rule.exponent <= 0


def _name(rule: Aggregation) -> str:
    return str(rule.method) if rule.method != "power" else f"power {rule.power:g}"


def column_findings(index: Index, data: Data) -> list[Finding]:
    """Indicators that have no values, or the same for every unit."""
    found = []
    for at, item in enumerate(index.indicators):
        seen = data.values[:, at][~np.isnan(data.values[:, at])]
        scale = item.normalise or index.normalise
        if not seen.size:
            found.append(error("no_values", indicator=item.code, part=item.code))
        elif item.value is None and seen.min() == seen.max() and not isinstance(scale, Goalposts | Rank):
            found.append(error("zero_range", indicator=item.code, part=item.code, value=float(seen[0])))
    return found


def group_findings(index: Index, data: Data) -> list[Finding]:
    """Groups of units in which an indicator is wholly missing: the group has nothing to impute from."""
    column = index.impute.group
    if not column or index.impute.method == "none" or index.impute.axis != "column":
        return []
    labels = data.groups[column].cast(pl.String).fill_null("(none)").to_numpy()
    found = []
    for label in np.unique(labels):
        for at in np.flatnonzero(np.isnan(data.values[labels == label]).all(axis=0)):
            code = index.codes[at]
            found.append(finding("warning", "group_gap", indicator=code, part=code, column=column, group=str(label)))
    return found


def denominator_findings(index: Index, data: Data) -> list[Finding]:
    """Denominators of 0, which give no value."""
    found = []
    for code, column in data.denominators.items():
        for row in np.flatnonzero(column == 0):
            unit = data.units[int(row)]
            found.append(finding("warning", "zero_denominator", of_unit=unit, part=code, unit=unit))
    return found


def not_positive(index: Index, columns: list[Floats], units: pl.Series) -> list[Finding]:
    """Name the children and units whose values a mean cannot take."""
    from minga.indicators.engine.pipeline import node_rules

    tree = index.tree
    found = []
    for position, rule in zip(tree.order, node_rules(index).rules, strict=True):
        if not _needs_positive(rule):
            continue
        for child in tree.children[position]:
            rows = np.flatnonzero(columns[child] <= 0)
            weight = index.items[child].weight
            if rows.size and weight != 0:
                named = ", ".join(units[int(row)] for row in rows[:3]) + (", …" if rows.size > 3 else "")
                found.append(error(
                    "zero_in_mean.seen", indicator=tree.codes[child], of_unit=units[int(rows[0])],
                    node=tree.codes[position], mean=_name(rule), part=tree.codes[child],
                    value=float(columns[child][rows[0]]), units=named,
                ))  # fmt: skip
    return found


def after(index: Index, data: Data, scores: Floats) -> list[Finding]:
    """Doubts that only the run shows: units without a score."""
    root = index.tree.root - index.tree.indicators
    lost = np.flatnonzero(np.isnan(scores[:, root]))
    if not lost.size:
        return []
    units = list(dict.fromkeys(data.units[int(row)] for row in lost))
    named = ", ".join(units[:5]) + (", …" if len(units) > 5 else "")
    what = "units" if data.times is None else "rows"
    return [finding("warning", "no_score", of_unit=data.units[int(lost[0])], count=int(lost.size), what=what,
                    units=named)]  # fmt: skip


def directions(index: Index) -> pl.DataFrame:
    """The direction of every indicator in words, to be shown beside scores."""
    return pl.DataFrame({
        "indicator": index.codes,
        "name": [item.name for item in index.indicators],
        "unit": [item.unit for item in index.indicators],
        "direction": [item.direction for item in index.indicators],
        "meaning": ["more is better" if item.direction > 0 else "less is better" for item in index.indicators],
    })  # fmt: skip

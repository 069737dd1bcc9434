"""What changed since last time: only on the items of both results, and only beyond the interval."""

from __future__ import annotations

import numpy as np

from minga.readiness.engine import intervals
from minga.readiness.engine.answers import AnswerMatrix
from minga.readiness.engine.instrument import Instrument
from minga.readiness.engine.report_types import Change
from minga.readiness.engine.scoring import MIN_FACTORS, TOTAL

#: From so many common items on a factor is compared; one item alone says too little.
MIN_COMMON = 2
_ROUNDING = 1e-9


def changes(now: AnswerMatrix, before: AnswerMatrix, instrument: Instrument) -> tuple[Change, ...]:
    """Compare two results of one enterprise.

    Parameters
    ----------
    now, before : AnswerMatrix of one enterprise each
        A short and a full form may be mixed: only items with a level in both are compared.
    instrument : Instrument

    Returns
    -------
    tuple of Change
        Factors with at least two common items, then the total of at least six of seven such factors.
        ``is_change`` only if the 90 % interval of the difference leaves 0 out; it is clipped to the scale.

    Notes
    -----
    The interval stands on the spread of the item differences, without the finite population correction:
    the question is whether answers moved by more than answers vary, also when every item was answered.

    Source: scoring rules, "uncertainty: rule"; paired differences; docs/methods/intervals.md.
    """
    found = []
    for factor in instrument.factors:
        rows = [n for n, item in enumerate(now.items) if instrument.item(item).factor == factor.id]
        change = _of_factor(factor.id, factor.name, rows, now, before, instrument)
        if change is not None:
            found.append(change)
    if len(found) * MIN_FACTORS[1] < len(instrument.factors) * MIN_FACTORS[0]:
        return tuple(change for change, _, _ in found)
    return (*(change for change, _, _ in found), _total(found, instrument))


_Part = tuple[Change, float, int]


def _of_factor(
    node: str, name: str, rows: list[int], now: AnswerMatrix, before: AnswerMatrix, instrument: Instrument
) -> _Part | None:
    common = [row for row in rows if now.levels[row, 0] >= 0 and before.levels[row, 0] >= 0]
    if len(common) < MIN_COMMON:
        return None
    weights = np.array([instrument.item(now.items[row]).weight for row in common])
    new, old = now.levels[common, 0].astype(np.float64), before.levels[common, 0].astype(np.float64)
    count = np.array([len(common)])
    # an unlimited number of items stands for "no finite population correction"
    error = intervals.standard_error(count, np.array([np.std(new - old, ddof=1)]), 10**9)
    degrees = intervals.degrees_of_freedom(count)
    half = float(intervals.half_width(error, degrees)[0])
    values = float(np.average(old, weights=weights)), float(np.average(new, weights=weights))
    return _change(node, name, *values, half, len(common), instrument.top_level), float(error[0]), int(degrees[0])


def _total(parts: list[_Part], instrument: Instrument) -> Change:
    weights = np.array([instrument.weights[change.node] for change, _, _ in parts])
    weights = weights / weights.sum()
    errors = np.array([[error] for _, error, _ in parts])
    degrees = np.array([[freedom] for _, _, freedom in parts])
    error, freedom = intervals.combined(errors, degrees, weights[:, None])
    half = float(intervals.half_width(error, freedom)[0])
    before = sum(w * change.before for w, (change, _, _) in zip(weights, parts, strict=True))
    now = sum(w * change.now for w, (change, _, _) in zip(weights, parts, strict=True))
    items = sum(change.items for change, _, _ in parts)
    return _change(TOTAL, TOTAL, float(before), float(now), half, items, instrument.top_level)


def _change(node: str, name: str, before: float, now: float, half: float, items: int, top: int) -> Change:
    difference = now - before
    return Change(
        node=node,
        name=name,
        before=before,
        now=now,
        difference=difference,
        # two levels never differ by more than the scale is long
        lower=max(difference - half, -float(top)),
        upper=min(difference + half, float(top)),
        items=items,
        is_change=abs(difference) > half + _ROUNDING,
    )

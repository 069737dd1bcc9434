"""Bringing indicators to a common scale, many columns at a time.

Every function takes columns in the indicator's own units, their directions, and the rows the scale refers to (all, or
the base year of a panel), and returns columns where more is better. A column that cannot be scaled comes back as a
problem in words, never as infinity.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from minga.indicators.engine import scales
from minga.indicators.engine.definition import Index
from minga.indicators.engine.ranking import rank_columns
from minga.indicators.engine.scales import Scale

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Context:
    """What a rule may need beside the values: one entry per column."""

    direction: Floats
    goalposts: Floats
    target: Floats
    frame: NDArray[np.bool_] | None = None
    reference: int | None = None

    def columns(self, chosen: NDArray[np.int64]) -> Context:
        return Context(self.direction[chosen], self.goalposts[chosen], self.target[chosen], self.frame, self.reference)

    def at(self, reference: int | None) -> Context:
        """The same context with a reference unit's row."""
        return Context(self.direction, self.goalposts, self.target, self.frame, reference)


@dataclass(frozen=True)
class Scaled:
    """The outcome: values, and for some columns why there are none."""

    values: Floats
    problems: dict[int, str]


def context_for(index: Index, frame: NDArray[np.bool_] | None = None) -> Context:
    """Collect directions, goalposts and targets of a definition."""
    missing = (np.nan, np.nan)
    return Context(
        direction=np.array([item.direction for item in index.indicators], dtype=np.float64),
        goalposts=np.array([item.goalposts or missing for item in index.indicators], dtype=np.float64).reshape(-1, 2),
        target=np.array([np.nan if item.target is None else item.target for item in index.indicators]),
        frame=frame,
    )


def rules_of(index: Index) -> list[Scale]:
    """The rule of every indicator: its own, or the common one. A constant is left as it is."""
    return [
        item.normalise or (scales.Identity() if item.value is not None else index.normalise)
        for item in index.indicators
    ]


def normalise(rules: list[Scale], x: Floats, context: Context) -> Scaled:
    """Scale every column by its own rule; equal rules are done together."""
    if len(set(rules)) == 1:
        return apply(rules[0], x, context)
    out = np.empty(x.shape, order="F")
    problems: dict[int, str] = {}
    by_rule: dict[Scale, list[int]] = {}
    for position, rule in enumerate(rules):
        by_rule.setdefault(rule, []).append(position)
    for rule, positions in by_rule.items():
        chosen = np.array(positions)
        done = apply(rule, x[:, chosen], context.columns(chosen))
        out[:, chosen] = done.values
        problems |= {positions[at]: problem for at, problem in done.problems.items()}
    return Scaled(out, problems)


def apply(rule: Scale, x: Floats, context: Context) -> Scaled:
    """Scale columns by one rule."""
    with np.errstate(all="ignore"):
        return _RULES[type(rule)](rule, x, context)


def _ends(x: Floats, context: Context) -> tuple[Floats, Floats]:
    """Lowest and highest value of the rows the scale refers to."""
    seen = x if context.frame is None else x[context.frame]
    if not seen.shape[0]:
        empty = np.full(x.shape[1], np.nan)
        return empty, empty
    return np.fmin.reduce(seen, axis=0), np.fmax.reduce(seen, axis=0)


def _flat(low: Floats, high: Floats) -> dict[int, str]:
    """Columns in which every value is the same, or none is there."""
    found: dict[int, str] = {}
    for at in np.flatnonzero(~(high > low)):
        found[int(at)] = (
            "has no values at all. Leave it out, or find data."
            if np.isnan(low[at])
            else f"is {low[at]:g} for every unit, so it cannot tell them apart on this scale. "
            "Leave it out, give fixed goalposts, or treat outliers less."
        )
    return found


def _blank(values: Floats, problems: dict[int, str]) -> Scaled:
    if problems:
        values[:, list(problems)] = np.nan
    return Scaled(values, problems)


def _minmax(rule: Scale, x: Floats, context: Context) -> Scaled:
    assert isinstance(rule, scales.MinMax)
    low, high = _ends(x, context)
    up = context.direction > 0
    slope = (rule.upper - rule.lower) / (high - low) * context.direction
    out = x - np.where(up, low, high)
    out *= slope
    out += rule.lower  # also when it is 0: -0.0 becomes 0.0
    return _blank(out, _flat(low, high))


def _zscore(rule: Scale, x: Floats, context: Context) -> Scaled:
    assert isinstance(rule, scales.ZScore)
    seen = x if context.frame is None else x[context.frame]
    count = (~np.isnan(seen)).sum(axis=0)
    mean = np.nansum(seen, axis=0) / count
    sd = np.sqrt(np.nansum((seen - mean) ** 2, axis=0) / (count - 1))
    out = (x - mean) * (context.direction * rule.sd / sd) + rule.mean
    return _blank(out, _flat(*_ends(x, context)))


def _linear(rule: Scale, x: Floats, context: Context) -> Scaled:
    assert isinstance(rule, scales.Linear)
    if rule.floor is not None:
        x = np.where(x < rule.floor, rule.floor, x)
    share = (x - rule.lower) / (rule.upper - rule.lower)
    return Scaled(rule.factor * np.where(context.direction > 0, share, 1.0 - share), {})


def _goalposts(rule: Scale, x: Floats, context: Context) -> Scaled:
    assert isinstance(rule, scales.Goalposts)
    low = context.goalposts[:, 0] if rule.lower is None else np.full(x.shape[1], rule.lower)
    high = context.goalposts[:, 1] if rule.upper is None else np.full(x.shape[1], rule.upper)
    problems = {
        int(at): "has no goalposts, low before high. Give it goalposts = [low, high]."
        for at in np.flatnonzero(~(high > low))
    }
    if rule.log:
        bad = ~(low > 0) | (np.fmin.reduce(x, axis=0) <= 0)
        problems |= {int(at): "needs positive values and goalposts for logarithms." for at in np.flatnonzero(bad)}
        x, low, high = np.log(x), np.log(low), np.log(high)
    share = np.where(context.direction > 0, x - low, high - x) / (high - low)
    if rule.truncate:
        share = np.clip(share, 0.0, 1.0)
    return _blank(share * rule.scale, problems)


def _ranks(x: Floats, context: Context) -> Floats:
    return rank_columns(-x * context.direction)


def _rank(rule: Scale, x: Floats, context: Context) -> Scaled:
    return Scaled(_ranks(x, context), {})


def _borda(rule: Scale, x: Floats, context: Context) -> Scaled:
    return Scaled(_ranks(x, context) - 1.0, {})


def _percentile_rank(rule: Scale, x: Floats, context: Context) -> Scaled:
    count = (~np.isnan(x)).sum(axis=0)
    problems = {int(at): "has fewer than two values, so it has no ranks." for at in np.flatnonzero(count < 2)}
    return _blank((_ranks(x, context) - 1.0) / (count - 1), problems)


def _distance_to_max(rule: Scale, x: Floats, context: Context) -> Scaled:
    return _minmax(scales.MinMax(0.0, 1.0), x, context)


def _worst(x: Floats, context: Context) -> Floats:
    low, high = _ends(x, context)
    return np.where(context.direction > 0, low, high)


def _distance_to_reference(rule: Scale, x: Floats, context: Context) -> Scaled:
    if context.reference is None:
        unit = getattr(rule, "unit", "")
        return _blank(np.full(x.shape, np.nan), dict.fromkeys(
            range(x.shape[1]), f"is measured against the unit {unit!r}, which is not in the data. Name another."
        ))  # fmt: skip
    return _towards(x, x[context.reference], _worst(x, context), "the value of the reference unit")


def _distance_to_target(rule: Scale, x: Floats, context: Context) -> Scaled:
    assert isinstance(rule, scales.DistanceToTarget)
    done = _towards(x, context.target, _worst(x, context), "its target")
    return Scaled(np.where(done.values > 1.0, 1.0, done.values), done.problems) if rule.cap else done


def _towards(x: Floats, goal: Floats, worst: Floats, what: str) -> Scaled:
    problems = {
        int(at): f"has no way to go: {what} is missing, or is the worst value itself. Give another."
        for at in np.flatnonzero(np.isnan(goal) | (goal == worst))
    }
    return _blank(1.0 - (goal - x) / (goal - worst), problems)


def _fraction_of_max(rule: Scale, x: Floats, context: Context) -> Scaled:
    assert isinstance(rule, scales.FractionOfMax)
    low, high = _ends(x, context)
    up = context.direction > 0
    best = np.where(up, high, low)
    if rule.as_coinr:
        out, bad = x / best, best == 0
    else:
        out, bad = np.where(up, x / high, low / x), np.where(up, high <= 0, low <= 0)
    problems = {
        int(at): f"is divided by its best value, {best[at]:g}, which must be above 0. Use MinMax."
        for at in np.flatnonzero(bad | np.isnan(best))
    }
    return _blank(out, problems)


def _reciprocal(rule: Scale, x: Floats, context: Context) -> Scaled:
    assert isinstance(rule, scales.Reciprocal)
    held = np.clip(x, -np.inf if rule.lower is None else rule.lower, np.inf if rule.upper is None else rule.upper)
    problems = {
        int(at): "is turned into 1/x, which is for positive figures where less is better (direction = -1)."
        for at in np.flatnonzero((np.fmin.reduce(held, axis=0) <= 0) | (context.direction > 0))
    }
    return _blank(rule.factor / held, problems)


def _identity(rule: Scale, x: Floats, context: Context) -> Scaled:
    return Scaled(x * context.direction, {})


def _own(rule: Scale, x: Floats, context: Context) -> Scaled:
    assert isinstance(rule, scales.Own)
    assert rule.function is not None
    signed = x * context.direction
    done = [np.asarray(rule.function(signed[:, at]), dtype=np.float64) for at in range(x.shape[1])]
    return Scaled(np.column_stack(done), {})


_RULES = {
    scales.MinMax: _minmax,
    scales.ZScore: _zscore,
    scales.Linear: _linear,
    scales.Goalposts: _goalposts,
    scales.Rank: _rank,
    scales.PercentileRank: _percentile_rank,
    scales.Borda: _borda,
    scales.DistanceToMax: _distance_to_max,
    scales.DistanceToReference: _distance_to_reference,
    scales.DistanceToTarget: _distance_to_target,
    scales.FractionOfMax: _fraction_of_max,
    scales.Reciprocal: _reciprocal,
    scales.Identity: _identity,
    scales.Own: _own,
}

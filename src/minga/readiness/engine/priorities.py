"""Priorities: the items where one more level is worth most to this enterprise, within its limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from minga.readiness.engine.errors import InstrumentError, ProfileError
from minga.readiness.engine.explain import LATER, REASONS, SENTENCES
from minga.readiness.engine.instrument import Instrument, Item
from minga.readiness.engine.report_types import PeerFigures, Priorities, Reason, Step
from minga.readiness.engine.scoring import Scores
from minga.stats.sampling import latin_hypercube

COST_RELIEF = {"c0": 1.0, "c1": 0.85, "c2": 0.6, "c3": 0.35, "c4": 0.15}
SPEED = {"h1": 1.0, "h2": 0.7, "h3": 0.4}
DEFAULT_TARGET = 3.0
FIRST = 5
MAX_PER_FACTOR = 2
MAX_GOALS = 3
DRAWS, CHANGE, SEED = 200, 0.20, 20260214

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Weights:
    """Every number of the formula that is a judgement; the sensitivity run varies each of them."""

    unblock: float = 10.0
    need_base: float = 0.10
    need: float = 0.90
    speed_base: float = 0.5
    speed: float = 0.5
    agreement_base: float = 0.5
    agreement: float = 0.5

    def varied(self, factors: Sequence[float]) -> Weights:
        """Return the weights multiplied one by one."""
        names = list(self.__dataclass_fields__)
        return Weights(**{name: getattr(self, name) * f for name, f in zip(names, factors, strict=True)})


def priority(
    gap: Floats,
    need: Floats,
    cost_relief: Floats,
    speed: Floats,
    unblock: Floats,
    agreement: Floats,
    weights: Weights | None = None,
) -> Floats:
    """Return the priority of steps.

    Parameters
    ----------
    gap : array, target minus level in levels; below 0 counts as 0, above 2 as 2
    need, cost_relief, speed, agreement : arrays, 0 to 1
    unblock : array, 1 where a closed gate stands on the item
    weights : Weights, optional

    Returns
    -------
    array

    Source: ``unblock * 10 + (0.10 + 0.90 * need) * min(gap, 2) / 2 * cost_relief * (0.5 + 0.5 * speed)
    * (0.5 + 0.5 * agreement)``, docs/methods/priorities.md.
    """
    w = weights or Weights()
    closing = np.clip(gap, 0.0, 2.0) / 2
    worth = (w.need_base + w.need * need) * closing * cost_relief
    result: Floats = w.unblock * unblock + worth * (w.speed_base + w.speed * speed) * (
        w.agreement_base + w.agreement * agreement
    )
    return result


def prioritize(
    scores: Scores,
    instrument: Instrument,
    profile: Mapping[str, Any],
    peers: Mapping[str, PeerFigures] | pl.DataFrame | None = None,
    enterprise: Any = None,
) -> Priorities:
    """Rank the next steps of one enterprise.

    Parameters
    ----------
    scores : Scores
        Of the enterprise; with several, name it by ``enterprise``.
    instrument : Instrument
        In the language the steps should be written in.
    profile : mapping
        ``goals`` (up to 3 KPI codes, as a list or as text parted by ``;``), ``cash_limit`` (c0 to c4) and
        ``horizon_limit`` (h1 to h3); a missing limit limits nothing.
    peers : result of ``compare``, or table with ``node`` and ``p75``, optional
        Where an item has no peer figure the target is level 3.

    Returns
    -------
    Priorities
        ``first`` (at most 5, at most 2 of a factor, one with an inclusion lens where one has a gap of a
        level), ``ranked`` (all within the limits) and ``later`` (beyond them), each with its inputs, the
        reasons as codes and one sentence.

    Raises
    ------
    ProfileError
        A goal or a limit is not a code of the instrument.
    InstrumentError
        The items of the instrument carry no cost and time, as in an industry panel.

    Source: docs/methods/priorities.md.
    """
    one = scores.the_one(enterprise)
    if any(item.cost_band is None or item.horizon is None for item in instrument.items):
        raise InstrumentError(f"{instrument.id} has items without cost and time, so steps cannot be ranked.")
    wishes = _read_profile(profile, instrument)
    steps = _steps(one, instrument, wishes, _targets(peers))
    ranked = [step for step in steps if not step.later]
    later = [step for step in steps if step.later]
    values = np.array([step.priority for step in ranked])
    by_value, chosen = _highest(ranked, values), _first(ranked, values)
    share = _stability(ranked)
    ranked = [replace(step, stability=float(share[at])) for at, step in enumerate(ranked)]
    first = [ranked[at] if at in by_value else _for_inclusion(ranked[at]) for at in chosen]
    return Priorities(
        enterprise=str(one.enterprises[0]),
        first=tuple(replace(step, rank=number + 1) for number, step in enumerate(first)),
        ranked=tuple(replace(step, rank=number + 1) for number, step in enumerate(ranked)),
        later=tuple(replace(step, rank=number + 1) for number, step in enumerate(later)),
    )


@dataclass(frozen=True)
class _Wishes:
    goals: tuple[str, ...]
    cash: str | None
    horizon: str | None


def _read_profile(profile: Mapping[str, Any], instrument: Instrument) -> _Wishes:
    said = profile.get("goals") or ()
    parts = said.replace(",", ";").split(";") if isinstance(said, str) else list(said)
    goals = tuple(dict.fromkeys(str(goal).strip() for goal in parts if str(goal).strip()))
    if len(goals) > MAX_GOALS:
        raise ProfileError(f"The profile names {len(goals)} goals, but at most {MAX_GOALS} count. Keep the main ones.")
    for goal in goals:
        _demand(goal, "goals", instrument.codes.kpi)
    cash, horizon = profile.get("cash_limit") or None, profile.get("horizon_limit") or None
    if cash is not None:
        _demand(cash, "cash_limit", COST_RELIEF)
    if horizon is not None:
        _demand(horizon, "horizon_limit", SPEED)
    return _Wishes(goals, cash, horizon)


def _demand(value: Any, key: str, known: Mapping[str, Any]) -> None:
    if value not in known:
        raise ProfileError(f"The profile has {value!r} in '{key}'. Use one of: {', '.join(known)}.")


def _targets(peers: Mapping[str, PeerFigures] | pl.DataFrame | None) -> dict[str, float]:
    """Read the 75th percentile of each item that may be shown."""
    if peers is None:
        return {}
    if isinstance(peers, pl.DataFrame):
        shown = peers.filter(pl.col("p75").is_not_null())
        return dict(zip(shown["node"].to_list(), shown["p75"].to_list(), strict=True))
    return {node: figures.p75 for node, figures in peers.items() if figures.p75 is not None}


def _steps(one: Scores, instrument: Instrument, wishes: _Wishes, targets: Mapping[str, float]) -> list[Step]:
    rows = one.items.filter(pl.col("asked") & pl.col("level").is_not_null()).iter_rows(named=True)
    steps = [_step(instrument, instrument.item(r["item"]), r["level"], r["spread"], wishes, targets) for r in rows]
    order = {item: number for number, item in enumerate(instrument.item_ids)}
    return sorted(steps, key=lambda step: (-step.priority, step.level, order[step.item]))


def _step(
    instrument: Instrument, item: Item, level: int, spread: int, wishes: _Wishes, targets: Mapping[str, float]
) -> Step:
    top = instrument.top_level
    from_peers = item.id in targets
    target = min(float(top), targets.get(item.id, DEFAULT_TARGET))
    served = [goal for goal in wishes.goals if goal in item.kpis]
    need = len(served) / len(wishes.goals) if wishes.goals else 0.0
    closed = [gate for gate in instrument.gates_of(item.id) if level < gate.below]
    cost_band, horizon = str(item.cost_band), str(item.horizon)
    gap, agreement = max(target - level, 0.0), 1 - spread / 5
    numbers = (gap, need, COST_RELIEF[cost_band], SPEED[horizon], float(bool(closed)), agreement)
    a, b, c, d, e, f = (np.array(number) for number in numbers)
    cost, time = instrument.codes.cost_band.get(cost_band, ""), instrument.codes.horizon.get(horizon, "")
    words = tuple(instrument.codes.kpi.get(goal, goal) for goal in served)
    reasons = [Reason("opens_gate", (("gate", gate.id), ("then", gate.then))) for gate in closed]
    if served:
        counts = (("count", len(served)), ("chosen", len(wishes.goals)))
        reasons.append(Reason("serves_goals", (*counts, ("goals", ", ".join(words)), ("codes", tuple(served)))))
    else:
        reasons.append(Reason("serves_no_goal"))
    if gap > 0:
        reasons.append(Reason("gap_to_peers" if from_peers else "gap_to_level_3", (("target", round(target, 2)),)))
    reasons.append(Reason("cost", (("cost", cost), ("code", cost_band))))
    reasons.append(Reason("time", (("time", time), ("code", horizon))))
    if item.has_inclusion_lens:
        reasons.append(Reason("inclusion"))
    if spread >= 2:
        reasons.append(Reason("views_differ", (("spread", spread),)))
    return Step(
        rank=0,
        item=item.id,
        short=item.short,
        factor=item.factor,
        factor_name=instrument.factor(item.factor).name,
        level=level,
        next_level_text=item.levels[level + 1] if level < top else "",
        target=target,
        target_source="peers" if from_peers else "default",
        cost_band=cost_band,
        horizon=horizon,
        cost=cost,
        time=time,
        spread=spread,
        gap=gap,
        need=need,
        cost_relief=COST_RELIEF[cost_band],
        speed=SPEED[horizon],
        unblock=int(bool(closed)),
        agreement=agreement,
        priority=float(priority(a, b, c, d, e, f)),
        stability=0.0,
        inclusion=item.has_inclusion_lens,
        reasons=tuple(reasons),
        sentence=_sentence(level, target, bool(closed), words, cost, time),
        later=_later(cost_band, horizon, wishes),
    )


def _sentence(level: int, target: float, gate: bool, goals: Sequence[str], cost: str, time: str) -> str:
    if target <= level and not gate:
        code = "no_gap"
    else:
        code = {(True, True): "gate_and_goals", (True, False): "gate", (False, True): "goals"}.get(
            (gate, bool(goals)), "plain"
        )
    return SENTENCES[code].format(
        level=level,
        next_level=level + 1,
        target=f"{target:g}",
        goals=", ".join(_lower(goal) for goal in goals),
        cost=_lower(cost),
        time=time,
    )


def sentence_of(step: Step) -> tuple[str, dict[str, Any]]:
    """Return the code of a step's sentence and its values, so that a page can say it in its language."""
    goals = next((reason.values["goals"] for reason in step.reasons if reason.code == "serves_goals"), "")
    if step.gap <= 0 and not step.unblock:
        code = "no_gap"
    elif step.unblock:
        code = "gate_and_goals" if goals else "gate"
    else:
        code = "goals" if goals else "plain"
    values = {"level": step.level, "next_level": step.level + 1, "target": round(step.target, 2)}
    return code, {**values, "goals": goals, "cost": step.cost, "time": step.time}


def english(reason: Reason) -> str:
    """Write one reason in English."""
    return REASONS[reason.code].format(**reason.values)


def later_english(step: Step) -> str:
    """Say in English why a step is on the later list, "" when it is not."""
    return LATER[step.later] if step.later else ""


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _later(cost_band: str, horizon: str, wishes: _Wishes) -> str:
    dear = wishes.cash is not None and cost_band > wishes.cash
    slow = wishes.horizon is not None and horizon > wishes.horizon
    if dear and slow:
        return "cash_and_horizon"
    return "cash" if dear else ("horizon" if slow else "")


def _highest(ranked: Sequence[Step], values: Floats) -> list[int]:
    """Choose at most five: the highest above zero, at most two of a factor."""
    chosen: list[int] = []
    for at in np.argsort(-values, kind="stable").tolist():
        if len(chosen) == FIRST or values[at] <= 0:
            break
        if _count(ranked, chosen, at) < MAX_PER_FACTOR:
            chosen.append(at)
    return chosen


def _first(ranked: Sequence[Step], values: Floats) -> list[int]:
    """Choose the first five and see to it that one of them widens who takes part."""
    order = [at for at in np.argsort(-values, kind="stable").tolist() if values[at] > 0]
    return _with_inclusion(ranked, order, _highest(ranked, values))


def _count(ranked: Sequence[Step], chosen: Sequence[int], at: int) -> int:
    return sum(ranked[other].factor == ranked[at].factor for other in chosen)


def _with_inclusion(ranked: Sequence[Step], order: Sequence[int], chosen: list[int]) -> list[int]:
    """Let the best step with an inclusion lens replace the last one, if none is among the chosen."""
    if any(ranked[at].inclusion for at in chosen):
        return chosen
    candidates = [at for at in order if ranked[at].inclusion and ranked[at].gap >= 1]
    for replaced in range(len(chosen) - 1, -1, -1):
        rest = chosen[:replaced] + chosen[replaced + 1 :]
        if len(chosen) < FIRST:
            rest = chosen
        for at in candidates:
            if _count(ranked, rest, at) < MAX_PER_FACTOR:
                return [*rest, at]
    return chosen


def _for_inclusion(step: Step) -> Step:
    """Say that a step stands among the first five to widen who takes part."""
    return replace(step, reasons=(*step.reasons, Reason("for_inclusion")))


def _stability(ranked: Sequence[Step]) -> Floats:
    """Return how often each step stays among the first five when every weight moves by up to 20 %."""
    if not ranked:
        return np.zeros(0)
    numbers = len(Weights.__dataclass_fields__)
    points = latin_hypercube(DRAWS, numbers + len(COST_RELIEF) + len(SPEED), SEED)
    factors = 1 + CHANGE * (2 * points - 1)
    gap, need, unblock, agreement = (
        np.array([float(getattr(step, name)) for step in ranked]) for name in ("gap", "need", "unblock", "agreement")
    )
    relief = np.array([step.cost_relief for step in ranked])
    speed = np.array([step.speed for step in ranked])
    cost_at = np.array([list(COST_RELIEF).index(step.cost_band) for step in ranked]) + numbers
    speed_at = np.array([list(SPEED).index(step.horizon) for step in ranked]) + numbers + len(COST_RELIEF)
    times = np.zeros(len(ranked))
    for draw in factors:
        weights = Weights().varied(draw[:numbers].tolist())
        values = priority(gap, need, relief * draw[cost_at], speed * draw[speed_at], unblock, agreement, weights)
        times[_first(ranked, values)] += 1
    return times / DRAWS

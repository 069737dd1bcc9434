"""From raw figures to an index, step by step: the only place that knows the order."""

from __future__ import annotations

from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from minga.indicators.engine import checks
from minga.indicators.engine.aggregation import NodeRules, Problems, Runs, Variant, evaluate
from minga.indicators.engine.data import Data, read
from minga.indicators.engine.definition import Index
from minga.indicators.engine.errors import DataError, Finding, StepError, refuse
from minga.indicators.engine.imputation import along_time, impute, reasons, reasons_along_time
from minga.indicators.engine.normalisation import Scaled, context_for, normalise, rules_of
from minga.indicators.engine.ranking import ranks_within
from minga.indicators.engine.result import Result
from minga.indicators.engine.scales import DistanceToReference
from minga.indicators.engine.screening import keep_mask
from minga.indicators.engine.sentences import finding
from minga.indicators.engine.trace import Trace
from minga.indicators.engine.treatment import Checks, treat

Floats = NDArray[np.float64]


def fit(index: Index, table: pl.DataFrame, *, allow_errors: bool = False) -> Result:
    """Calculate an index.

    Parameters
    ----------
    index : Index
    table : one row per unit (and time), the columns the definition names
    allow_errors : go on where an indicator cannot be scaled; it counts as missing and is listed

    Returns
    -------
    Result with scores, ranks, every stage, the ``why`` of every changed cell, the log and the warnings.

    Raises
    ------
    DefinitionError, DataError, StepError
        Everything that is wrong, in sentences that name indicator, unit and remedy.
    """
    trace = Trace(index)
    data = base(index, read(index, table), trace)
    treated, checks_made = _treated(index, data)
    trace.treated(data, treated, checks_made)
    scaled = _scaled(index, data, treated)
    _refuse_problems(index, scaled, allow_errors, trace)
    trace.stage("normalised", data, scaled.values)
    scores = aggregate(index, scaled.values, data)
    ranks = ranks_within(scores, data.time_codes(), best=index.best)
    trace.warn(checks.after(index, data, scores))
    trace.scored = int((~np.isnan(scores[:, index.tree.root - index.tree.indicators])).sum())
    return Result(index, data, trace.stages, scores, ranks, trace, tuple(trace.findings))


def _years(index: Index, data: Data) -> list[NDArray[np.int64]] | None:
    """The rows of each year where every year is treated and scaled by itself, else None."""
    if not index.panel.time or index.panel.frame != "each":
        return None
    codes = data.time_codes()
    return [np.flatnonzero(codes == code) for code in np.unique(codes)]


def _treated(index: Index, data: Data) -> tuple[Floats, Checks]:
    years = _years(index, data)
    if years is None:
        return treat(index, data.values)
    treated = data.values.copy()
    made: list[tuple[object, Checks]] = []
    for rows in years:
        treated[rows], checks_made = treat(index, data.values[rows])
        made.append((data.times[rows[:1]].item() if data.times is not None else None, checks_made))

    def together() -> pl.DataFrame:
        tables = [(when, each()) for when, each in made]
        return pl.concat(
            [held.with_columns(pl.lit(when).alias("time")) if held.width else held for when, held in tables]
        )

    return treated, together


def _scaled(index: Index, data: Data, treated: Floats) -> Scaled:
    years = _years(index, data)
    if years is None:
        return scale(index, data, treated)
    values = np.empty(treated.shape)
    problems: dict[int, str] = {}
    for rows in years:
        done = scale(index, data.take(rows), treated[rows])
        values[rows] = done.values
        problems |= done.problems
    return Scaled(values, problems)


def base(index: Index, raw: Data, trace: Trace | None = None) -> Data:
    """Do the steps before treatment: denominate, screen, impute (or impute, then screen)."""
    trace = trace or Trace(index)
    trace.stage("raw", raw, raw.values)
    data = _with(raw, denominate(index, raw))
    trace.stage("denominated", data, data.values)
    if index.screen.when == "before_impute":
        data = _screened(index, data, trace)
        return _imputed(index, data, trace)
    return _screened(index, _imputed(index, data, trace), trace)


def _with(data: Data, values: Floats) -> Data:
    return data if values is data.values else Data(
        data.units, data.times, data.names, data.groups, values, data.denominators
    )  # fmt: skip


def denominate(index: Index, data: Data) -> Floats:
    """Divide indicators by their denominators: ``x / (denominator / scale)``; a denominator of 0 gives no value."""
    scales = {item.code: item.scale for item in index.denominators}
    named = [(at, item.denominator) for at, item in enumerate(index.indicators) if item.denominator]
    if not index.denominate.on or not named:
        return data.values
    values = data.values.copy(order="K")
    for at, code in named:
        divisor = data.denominators[code] / scales.get(code, 1.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            values[:, at] = np.where(divisor == 0, np.nan, values[:, at] / divisor)
    return values


def _screened(index: Index, data: Data, trace: Trace) -> Data:
    kept = keep_mask(data.values, data.units, index.screen)
    if kept.all():
        return data
    if not kept.any():
        raise DataError("Screening leaves no unit at all. Lower screen.min_available, or name units in screen.keep.")
    trace.screened(data, kept)
    return data.take(kept)


def _imputed(index: Index, data: Data, trace: Trace) -> Data:
    filled = along_time(index, data)
    trace.imputed(data, filled, partial(reasons_along_time, index, data))
    data = _with(data, filled)
    filled = impute(index, data)
    trace.imputed(data, filled, lambda rows, columns: reasons(index, columns))
    return _with(data, filled)


def scale(index: Index, data: Data, treated: Floats) -> Scaled:
    """Normalise, each reference unit looked up."""
    context = context_for(index, frame_rows(index, data))
    rules = rules_of(index)
    references = {rule.unit for rule in rules if isinstance(rule, DistanceToReference)}
    if len(references) == 1:
        found = np.flatnonzero((data.units == next(iter(references))).to_numpy())
        context = context.at(int(found[0]) if found.size else None)
    elif references:
        raise StepError("Indicators are measured against different reference units. Use one, or the targets.")
    return normalise(rules, treated, context)


def frame_rows(index: Index, data: Data) -> NDArray[np.bool_] | None:
    """The rows the scale refers to: all of them (None), or those of the base year."""
    if not index.panel.time or index.panel.frame != "base" or data.times is None:
        return None
    rows = np.asarray((data.times == index.panel.base).to_numpy(), dtype=np.bool_)
    if not rows.any():
        raise DataError(f"The base year {index.panel.base} has no rows. Choose a year of the data as panel.base.")
    return rows


def _refuse_problems(index: Index, scaled: Scaled, allow_errors: bool, trace: Trace) -> None:
    level = "warning" if allow_errors else "error"
    found = [
        finding(level, "no_scale", indicator=index.codes[at], part=index.codes[at], problem=problem)
        for at, problem in sorted(scaled.problems.items())
    ]
    if allow_errors:
        trace.warn(found)
    else:
        refuse(StepError, found)


def node_rules(index: Index) -> NodeRules:
    """Rule and threshold of every node: its own, that of its level, or the common one."""
    tree = index.tree
    rules, shares = [], []
    for position in tree.order:
        node = index.nodes[position - tree.indicators]
        level = tree.levels[position]
        rules.append(node.aggregate or index.aggregate.for_level(level))
        own = node.min_share
        shares.append(index.aggregate.share_for_level(level) if own is None else own)
    return NodeRules(tuple(rules), tuple(shares))


def weight_row(index: Index) -> Floats:
    """The weights of indicators and nodes, in the order of the tree."""
    return np.array([item.weight for item in index.items], dtype=np.float64)


def aggregate(index: Index, scaled: Floats, data: Data) -> Floats:
    """Calculate every node; a panel's years apart where the rule compares units."""
    codes = data.time_codes()
    blocks = [codes == code for code in np.unique(codes)] if codes.any() else [np.ones(len(codes), dtype=np.bool_)]
    scores = np.empty((scaled.shape[0], len(index.nodes)), order="F")
    for rows in blocks:
        chosen = scaled if len(blocks) == 1 else scaled[rows]
        done = _aggregate_block(index, chosen, data.units if len(blocks) == 1 else data.units.filter(pl.Series(rows)))
        for at, column in enumerate(done):
            if len(blocks) == 1:
                scores[:, at] = column
            else:
                scores[rows, at] = column
    return scores


def _aggregate_block(index: Index, scaled: Floats, units: pl.Series) -> list[Floats]:
    once = np.zeros(1, dtype=np.int64)
    leaves = [Variant(scaled[:, at][None, :], once) for at in range(scaled.shape[1])]
    problems = Problems({})
    runs = Runs(weight_row(index)[None, :], once, [node_rules(index)], once)
    found = evaluate(index.tree, leaves, runs, problems)
    if problems.reasons:
        named = checks.not_positive(index, [variant.values[0] for variant in found], units)
        refuse(StepError, named or [Finding("error", "aggregate", f"Node {problems.reasons[0]}")])
    return [variant.values[0] for variant in found[index.tree.indicators :]]

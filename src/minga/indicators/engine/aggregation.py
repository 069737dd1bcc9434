"""How children become their parent, for many replications at a time.

A :class:`Variant` holds the distinct versions of a column (rows: versions, columns: units) and says which version
each replication uses. A node is calculated once per distinct combination of its children's versions, its weights and
its rule; that is why a thousand replications cost little more than the few that differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from minga.indicators.engine.errors import StepError
from minga.indicators.engine.frontier import benefit_of_the_doubt
from minga.indicators.engine.mazziotta import ampi_scores, mpi_scores
from minga.indicators.engine.outranking import copeland_scores
from minga.indicators.engine.steps import Aggregation
from minga.indicators.engine.structure import Tree

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Variant:
    """Versions of one column: ``values`` (versions x units) and the version each replication ``pick``s."""

    values: Floats
    pick: Ints


@dataclass(frozen=True)
class NodeRules:
    """Rule and data threshold of every node, in the order of ``tree.order``, for one setting."""

    rules: tuple[Aggregation, ...]
    shares: tuple[float, ...]


@dataclass(frozen=True)
class Runs:
    """What varies besides the columns: weight rows and node rules, and which of them each replication uses."""

    weights: Floats
    weight_pick: Ints
    rules: Sequence[NodeRules]
    rule_pick: Ints


@dataclass
class Problems:
    """Replications that could not be calculated, with the first reason found."""

    reasons: dict[int, str]

    def add(self, rows: Ints, reason: str) -> None:
        for row in rows.tolist():
            self.reasons.setdefault(row, reason)


def evaluate(tree: Tree, leaves: list[Variant], runs: Runs, problems: Problems) -> list[Variant]:
    """Calculate every node; the list has indicators first, then nodes, as in the tree."""
    found: list[Variant | None] = [*leaves, *([None] * (len(tree.codes) - tree.indicators))]
    copies = dict(tree.copies)
    for at, position in enumerate(tree.order):
        if position in copies:
            found[position] = found[copies[position]]
            continue
        children = [found[child] for child in tree.children[position]]
        found[position] = _node(tree, position, at, [c for c in children if c is not None], runs, problems)
    return [variant for variant in found if variant is not None]


def _node(tree: Tree, position: int, at: int, children: list[Variant], runs: Runs, problems: Problems) -> Variant:
    """Calculate one node for every distinct combination of what it depends on."""
    weights = runs.weights[:, list(tree.children[position])]
    fixed = weights.shape[0] == 1 or bool((weights == weights[0]).all())
    kinds = [(each.rules[at], each.shares[at]) for each in runs.rules]
    distinct = list(dict.fromkeys(kinds))
    rule_of = np.array([distinct.index(kind) for kind in kinds])[runs.rule_pick]
    parts = [(child.pick, child.values.shape[0]) for child in children]
    parts.append((runs.weight_pick if not fixed else np.zeros_like(runs.weight_pick), weights.shape[0]))
    first, pick = _combinations([*parts, (rule_of, len(distinct))])
    out = np.empty((first.size, children[0].values.shape[1]))
    for number, (rule, share) in enumerate(distinct):
        rows = np.flatnonzero(rule_of[first] == number)
        if not rows.size:
            continue
        chosen = first[rows]
        picks = [child.pick[chosen] for child in children]
        w = weights[np.zeros_like(chosen) if fixed else runs.weight_pick[chosen]]
        out[rows], bad, reason = combine(rule, [child.values for child in children], picks, w, share)
        if bad.any():
            failed = np.isin(pick, rows[bad])
            problems.add(np.flatnonzero(failed), f"{tree.codes[position]!r}: {reason}")
    return Variant(out, pick)


def _combinations(parts: list[tuple[Ints, int]]) -> tuple[Ints, Ints]:
    """Find the distinct combinations of several picks: where each first occurs, and which one each row is."""
    rows = parts[0][0].size
    key = np.zeros(rows, dtype=np.int64)
    size = 1
    for pick, versions in parts:
        if versions <= 1:
            continue
        if size > 2**62 // versions:  # squeeze the key before it overflows
            key = np.unique(key, return_inverse=True)[1].astype(np.int64)
            size = rows
        key = key * versions + pick
        size *= versions
    if size == 1:
        return np.zeros(1, dtype=np.int64), np.zeros(rows, dtype=np.int64)
    _, first, pick = np.unique(key, return_index=True, return_inverse=True)
    return first.astype(np.int64), pick.astype(np.int64)


def combine(
    rule: Aggregation, columns: list[Floats], picks: list[Ints], weights: Floats, min_share: float = 0.0
) -> tuple[Floats, NDArray[np.bool_], str]:
    """Aggregate children (each versions x units) with one row of weights per outcome.

    Missing children are left out and the weights of the rest rescaled; with less than ``min_share`` of the children
    there is no score. Returns the scores (outcomes x units), which outcomes cannot be calculated, and why.
    """
    if rule.exponent is not None:
        out, bad, reason = _power_mean(columns, picks, weights, rule.exponent)
    else:
        out, bad, reason = _row_by_row(rule, columns, picks, weights)
    if min_share > 0:
        there = sum((~np.isnan(column))[pick].astype(np.int64) for column, pick in zip(columns, picks, strict=True))
        out[there / len(columns) < min_share] = np.nan
    if rule.factor != 1.0 or rule.offset != 0.0:
        out = rule.factor * out + rule.offset
    if rule.decimals is not None:
        out = np.round(out, rule.decimals)
    return out, bad, reason


def _power_mean(
    columns: list[Floats], picks: list[Ints], weights: Floats, p: float
) -> tuple[Floats, NDArray[np.bool_], str]:
    outcomes = weights.shape[0]
    total: Floats = np.zeros((outcomes, 1))
    out = np.zeros((outcomes, columns[0].shape[1]))
    bad = np.zeros(outcomes, dtype=np.bool_)
    needs_positive = p <= 0 or p != int(p)
    for column, pick, weight in zip(columns, picks, weights.T, strict=True):
        if needs_positive:
            wrong = np.less_equal(column, 0) if p <= 0 else np.less(column, 0)
            bad |= np.asarray(wrong.any(axis=1))[pick] & (weight != 0)
        term, total = _term(column, pick, weight[:, None], p, total)
        out += term
    with np.errstate(all="ignore"):
        out /= np.where(total == 0, np.nan, total)
        if p == 0:
            np.exp(out, out=out)
        elif p != 1:
            out = 1.0 / out if p == -1 else out ** (1.0 / p)
    if bad.any():
        out[bad] = np.nan
    return out, bad, "this mean needs values above 0. Normalise with MinMax(1, 100), or use the arithmetic mean."


def _term(column: Floats, pick: Ints, weight: Floats, p: float, total: Floats) -> tuple[Floats, Floats]:
    """One child's part of a power mean, and the weights so far."""
    with np.errstate(all="ignore"):
        turned = column if p == 1 else np.log(column) if p == 0 else 1.0 / column if p == -1 else column**p
    missing = np.isnan(column)
    some = bool(missing.any())
    if some:
        turned = np.where(missing, 0.0, turned)
    picked = turned if turned.shape[0] == pick.size == 1 else turned[pick]
    unused = weight[:, 0] == 0
    with np.errstate(invalid="ignore"):
        term = weight * picked
    if unused.any():
        term[unused] = 0.0  # what has no weight has no say, not even a zero in a geometric mean
    return term, total + (weight * ~missing[pick] if some else weight)


def _row_by_row(
    rule: Aggregation, columns: list[Floats], picks: list[Ints], weights: Floats
) -> tuple[Floats, NDArray[np.bool_], str]:
    """Rules that look at all units of one outcome together."""
    out = np.full((weights.shape[0], columns[0].shape[1]), np.nan)
    bad = np.zeros(weights.shape[0], dtype=np.bool_)
    reason = ""
    for row, weight in enumerate(weights):
        block = np.column_stack([column[pick[row]] for column, pick in zip(columns, picks, strict=True)])
        try:
            out[row] = _whole(rule, block, weight)
        except StepError as wrong:
            bad[row], reason = True, str(wrong)
    return out, bad, reason


def _whole(rule: Aggregation, values: Floats, weights: Floats) -> Floats:
    if callable(rule.method):
        return np.asarray(rule.method(values, weights), dtype=np.float64)
    used = weights != 0
    if rule.method == "copeland":
        return copeland_scores(values, weights)
    if rule.method == "bod":
        return benefit_of_the_doubt(values[:, used], rule.share)[0]
    if rule.method == "mpi":
        return mpi_scores(values[:, used], weights[used], rule.penalty)
    if rule.method == "ampi":
        return ampi_scores(values[:, used], weights[used], rule.penalty)
    if rule.method == "product":
        return np.asarray(np.prod(values[:, used], axis=1))
    if values.shape[1] != 2:
        raise StepError(f"A ratio is of two children, but this node has {values.shape[1]}.")
    if (values[:, 1] == 0).any():
        raise StepError("The second child of a ratio is 0 for a unit, so there is no ratio.")
    return np.asarray(values[:, 0] / values[:, 1])

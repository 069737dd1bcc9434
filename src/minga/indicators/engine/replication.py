"""Calculating an index thousands of times with little changed between the times.

Steps before treatment are done once per distinct setting; an indicator's treated and normalised versions once per
distinct outcome; a node once per distinct combination of what it depends on. Blocks of replications keep memory
bounded. The figures are those of :func:`minga.indicators.engine.pipeline.fit`, replication by replication.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from minga.indicators.engine import treatment
from minga.indicators.engine.aggregation import NodeRules, Problems, Runs, Variant, evaluate
from minga.indicators.engine.data import Data, read
from minga.indicators.engine.definition import Index
from minga.indicators.engine.errors import DataError, IndicatorsError
from minga.indicators.engine.factors import Factor
from minga.indicators.engine.normalisation import Context, apply, context_for, rules_of
from minga.indicators.engine.pipeline import base, frame_rows, node_rules, weight_row
from minga.indicators.engine.scales import DistanceToReference, Scale

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
BLOCK_BYTES = 96 * 2**20
CACHE_BYTES = 128 * 2**20


@dataclass
class Column:
    """The versions of one indicator seen so far: what was done to it, and what came out."""

    place: dict[tuple[int, Scale], int] = field(default_factory=dict)
    values: list[Floats] = field(default_factory=list)
    problems: dict[int, str] = field(default_factory=dict)
    stacked: Floats | None = None

    def all(self) -> Floats:
        if self.stacked is None or self.stacked.shape[0] != len(self.values):
            self.stacked = np.array(self.values)
        return self.stacked


class Base:
    """The figures before treatment, for one setting of the steps that lead there."""

    def __init__(self, index: Index, raw: Data) -> None:
        self.data = base(index, raw)
        self.path = treatment.Path(treatment.own_functions(index, self.data.values, treatment.rules_for(index)))
        self.registry: list[str | Callable[..., Any]] = []
        self.context = context_for(index, frame_rows(index, self.data))
        self.columns = [Column() for _ in index.codes]
        place = {unit: at for at, unit in enumerate(raw.units)}
        self.rows = np.array([place[unit] for unit in self.data.units], dtype=np.int64)

    def versions(self, settings: list[Index]) -> Ints:
        """For each setting and indicator, which version it uses; new versions are calculated."""
        if sum(len(column.values) for column in self.columns) * self.data.size * 8 > CACHE_BYTES:
            self.columns = [Column() for _ in self.columns]
        codes = self._codes(settings)
        rules, kind = self._scales(settings)
        wanted: dict[Scale, list[tuple[int, int]]] = {}
        picks = np.empty(codes.shape, dtype=np.int64)
        for at, column in enumerate(self.columns):
            seen, pick = np.unique(codes[:, at] * len(rules) + kind, return_inverse=True)
            places = np.empty(seen.size, dtype=np.int64)
            for number, both in enumerate(seen.tolist()):
                key = (both // len(rules), rules[both % len(rules)][at])
                if key not in column.place:
                    column.place[key] = len(column.place)
                    wanted.setdefault(key[1], []).append((at, key[0]))
                places[number] = column.place[key]
            picks[:, at] = places[pick.ravel()]
        for rule, missing in wanted.items():
            self._calculate(rule, missing)
        return picks

    def _codes(self, settings: list[Index]) -> Ints:
        """What the treatment does to each indicator under each setting."""
        distinct = {(index.treat, id(index.indicators)): index for index in settings}
        order = {key: at for at, key in enumerate(distinct)}
        rules = [treatment.rules_for(index) for index in distinct.values()]
        found = treatment.decide(self.path, rules, self.registry)
        return found[[order[index.treat, id(index.indicators)] for index in settings]]

    @staticmethod
    def _scales(settings: list[Index]) -> tuple[list[list[Scale]], Ints]:
        """The distinct lists of normalisation rules, and which one each setting has."""
        order: dict[Any, int] = {}
        rules: list[list[Scale]] = []
        kind = []
        for index in settings:
            key = (index.normalise, id(index.indicators))
            if key not in order:
                order[key] = len(rules)
                rules.append(rules_of(index))
            kind.append(order[key])
        return rules, np.array(kind, dtype=np.int64)

    def _calculate(self, rule: Scale, missing: list[tuple[int, int]]) -> None:
        """Treat and normalise the versions that are new, equal rules together, results in the order asked for."""
        positions = np.array([at for at, _ in missing])
        treated = np.empty((self.data.size, len(missing)), order="F")
        for number, (at, code) in enumerate(missing):
            treated[:, number] = treatment.column(self.path, at, code, self.registry)
        done = apply(rule, treated, self._context(rule, positions))
        for number, at in enumerate(positions.tolist()):
            column = self.columns[at]
            key = (missing[number][1], rule)
            if number in done.problems:
                column.problems[column.place[key]] = done.problems[number]
            self._store(column, column.place[key], done.values[:, number])

    def _context(self, rule: Scale, positions: Ints) -> Context:
        context = self.context.columns(positions)
        if isinstance(rule, DistanceToReference):
            found = np.flatnonzero((self.data.units == rule.unit).to_numpy())
            context = context.at(int(found[0]) if found.size else None)
        return context

    @staticmethod
    def _store(column: Column, place: int, values: Floats) -> None:
        while len(column.values) <= place:
            column.values.append(values)
        column.values[place] = values


@dataclass(frozen=True)
class Block:
    """Some replications: the overall scores (replications x units) and those that failed, with the reason."""

    start: int
    scores: Floats
    failures: dict[int, str]


class Engine:
    """Calculates replications of one index over one table."""

    def __init__(self, index: Index, table: pl.DataFrame, factors: tuple[Factor, ...] = ()) -> None:
        if index.panel.time and (index.panel.frame == "each" or table[index.panel.time].n_unique() > 1):
            raise DataError(
                "Replications are calculated for one time. Filter the table to one, for example "
                f"table.filter(pl.col({index.panel.time!r}) == 2022), and define [panel] without a time."
            )
        self.index, self.raw, self.factors = index, read(index, table), factors
        self.tree = index.tree
        self.bases: dict[Any, Base | IndicatorsError] = {}
        self.weights = weight_row(index)[None, :]

    def with_figures(self, values: Floats) -> Engine:
        """Give the same engine over other figures (units x indicators); nothing calculated before is reused."""
        other = copy(self)
        other.raw, other.bases = replace(self.raw, values=values), {}
        return other

    @property
    def block(self) -> int:
        """How many replications fit in memory together."""
        return max(1, BLOCK_BYTES // (8 * max(1, self.raw.size) * (len(self.index.nodes) + 4)))

    def runs(self, u: Floats) -> Iterator[Block]:
        """Calculate the replications of a design (rows of numbers from 0 to 1, one column per factor)."""
        for start in range(0, u.shape[0], self.block):
            yield self._block(start, u[start : start + self.block])

    def _block(self, start: int, u: Floats) -> Block:
        weights, weight_pick = self.weights, np.zeros(u.shape[0], dtype=np.int64)
        picks, choices, paths = [], [], []
        for factor, column in zip(self.factors, u.T, strict=True):
            pick, values = factor.draw(column)
            if factor.weights is not None:
                weights, weight_pick = factor.weights, pick
            else:
                picks.append(pick)
                choices.append(values)
                paths.append(factor.path)
        settings, setting_pick = self._settings(paths, choices, picks, u.shape[0])
        return self.run(settings, setting_pick, weights, weight_pick, start)

    def _settings(
        self, paths: list[str], choices: list[list[Any]], picks: list[Ints], size: int
    ) -> tuple[list[Index], Ints]:
        """The distinct definitions among the replications."""
        if not picks:
            return [self.index], np.zeros(size, dtype=np.int64)
        rows, pick = np.unique(np.column_stack(picks), axis=0, return_inverse=True)
        settings = []
        for row in rows:
            index = self.index
            for path, values, at in zip(paths, choices, row, strict=True):
                index = index.replace(path, values[at])
            settings.append(index)
        return settings, pick.astype(np.int64).ravel()

    def run(self, settings: list[Index], pick: Ints, weights: Floats, weight_pick: Ints, start: int = 0) -> Block:
        """Calculate replications: which setting and which row of weights each has."""
        by_base: dict[Any, list[int]] = {}
        for at, index in enumerate(settings):
            by_base.setdefault(self._base_key(index), []).append(at)
        scores = np.full((pick.size, self.raw.size), np.nan)
        failures: dict[int, str] = {}
        for key, members in by_base.items():
            held = self._base(key, settings[members[0]])
            rows = np.arange(pick.size) if len(by_base) == 1 else np.flatnonzero(np.isin(pick, members))
            if isinstance(held, IndicatorsError):
                failures |= dict.fromkeys(rows.tolist(), str(held))
                continue
            local = np.searchsorted(members, pick[rows])
            chosen = [settings[at] for at in members]
            problems = Problems({})
            found = self._evaluate(held, chosen, local, weights, weight_pick[rows], problems)
            if held.rows.size == self.raw.size and len(by_base) == 1:
                scores = found
            else:
                scores[np.ix_(rows, held.rows)] = found
            failures |= {int(rows[at]): reason for at, reason in problems.reasons.items()}
        if failures:
            scores[list(failures)] = np.nan
        return Block(start, scores, {start + at: reason for at, reason in sorted(failures.items())})

    def _base_key(self, index: Index) -> Any:
        """What decides the figures before treatment."""
        own = None
        if index.indicators is not self.index.indicators:
            own = tuple(
                (item.denominator, item.impute, item.column, item.value, item.direction) for item in index.indicators
            )
        first = None
        if callable(index.treat.first) or any("first" in dict(item.treat) for item in index.indicators if item.treat):
            first = (
                index.treat,
                tuple(item.treat for item in index.indicators),
            )  # an own function comes before the path
        return index.denominate, index.impute, index.screen, index.panel, own, first

    def _base(self, key: Any, index: Index) -> Base | IndicatorsError:
        if key not in self.bases:
            try:
                self.bases[key] = Base(index, self.raw)
            except IndicatorsError as wrong:
                self.bases[key] = wrong
        return self.bases[key]

    def _evaluate(
        self, held: Base, settings: list[Index], pick: Ints, weights: Floats, weight_pick: Ints, problems: Problems
    ) -> Floats:
        versions = held.versions(settings)
        leaves = []
        for at, column in enumerate(held.columns):
            leaves.append(Variant(column.all(), versions[pick, at]))
            for version, reason in column.problems.items():
                used = np.flatnonzero(leaves[at].pick == version)
                problems.add(used, f"Indicator {self.index.codes[at]!r} {reason}")
        rules, rule_pick = self._rules(settings)
        runs = Runs(weights, weight_pick, rules, rule_pick[pick])
        top = evaluate(self.tree, leaves, runs, problems)[self.tree.root]
        return top.values[top.pick]

    @staticmethod
    def _rules(settings: list[Index]) -> tuple[list[NodeRules], Ints]:
        distinct: dict[Any, int] = {}
        rules: list[NodeRules] = []
        pick = []
        for index in settings:
            key = (index.aggregate, id(index.nodes))
            if key not in distinct:
                distinct[key] = len(rules)
                rules.append(node_rules(index))
            pick.append(distinct[key])
        return rules, np.array(pick, dtype=np.int64)

"""What calculating an index gives: scores and ranks, every stage, and why each figure is what it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from minga.indicators.engine.data import Data
from minga.indicators.engine.definition import Index
from minga.indicators.engine.errors import DataError, Finding
from minga.indicators.engine.ranking import ranks_within
from minga.indicators.engine.trace import Stage, Trace

if TYPE_CHECKING:
    from minga.indicators.engine.explanation import Explanation

Floats = NDArray[np.float64]
STAGES = ("raw", "denominated", "screened", "imputed", "treated", "normalised", "aggregated")


@dataclass(frozen=True, eq=False)
class Result:
    """A calculated index. Tables are made when asked for; ``warnings`` are findings in plain words."""

    index: Index
    data: Data
    stages: dict[str, Stage]
    node_scores: Floats
    node_ranks: Floats
    trace: Trace
    warnings: tuple[Finding, ...]

    @property
    def details(self) -> pl.DataFrame:
        """The record of each check of the treatment, one row per indicator (and year, where each stands alone)."""
        return self.trace.details

    @property
    def log(self) -> pl.DataFrame:
        """What the steps did, counted: ``stage``, ``what``, ``count``."""
        return self.trace.log

    @property
    def why(self) -> pl.DataFrame:
        """Every unit left out and every cell changed: stage, unit, (time,) indicator, before, after, reason."""
        return self.trace.why

    @property
    def units(self) -> pl.Series:
        return self.data.units

    @property
    def nodes(self) -> tuple[str, ...]:
        """The nodes' codes, in the order of the definition."""
        return tuple(node.code for node in self.index.nodes)

    @cached_property
    def keys(self) -> pl.DataFrame:
        """Unit (and time) of each row."""
        return keys_of(self.index, self.data)

    @cached_property
    def scores(self) -> pl.DataFrame:
        """One row per unit (and time) and node: ``node``, ``level``, ``score``, ``rank``, ``available``.

        ``available`` is the share of indicators below the node that were measured, not imputed.
        """
        tree = self.index.tree
        parts = []
        for at, code in enumerate(self.nodes):
            position = tree.indicators + at
            parts.append(
                self.keys.with_columns(
                    pl.lit(code).alias("node"),
                    pl.lit(tree.levels[position]).alias("level"),
                    _number(self.node_scores[:, at]).alias("score"),
                    _number(self.node_ranks[:, at]).cast(pl.Int64).alias("rank"),
                    pl.Series("available", self._available(position)),
                )
            )
        return pl.concat(parts)

    def _available(self, position: int) -> Floats:
        raw = self.stages["raw"]
        rows = _rows_in(raw.data, self.data)
        tree = self.index.tree
        leaves = tree.leaves(position)
        return np.asarray((~np.isnan(raw.values[rows][:, leaves])).mean(axis=1), dtype=np.float64)

    @cached_property
    def ranks(self) -> pl.DataFrame:
        """One row per unit (and time), one column per node, and one per indicator."""
        indicators = ranks_within(self.stages["normalised"].values, self.data.time_codes())
        return self._wide(self.node_ranks, indicators, whole=True)

    def table(self) -> pl.DataFrame:
        """One row per unit (and time): groups, every node's score, every normalised indicator."""
        wide = self._wide(self.node_scores, self.stages["normalised"].values)
        return wide if not self.data.groups.width else pl.concat(
            [self.keys, self.data.groups, wide.drop(self.keys.columns)], how="horizontal"
        )  # fmt: skip

    def _wide(self, nodes: Floats, indicators: Floats, *, whole: bool = False) -> pl.DataFrame:
        tree = self.index.tree
        order = sorted(range(len(self.nodes)), key=lambda at: -tree.levels[tree.indicators + at])
        columns = [_number(nodes[:, at]).alias(self.nodes[at]) for at in order]
        columns += [_number(indicators[:, at]).alias(code) for at, code in enumerate(self.index.codes)]
        if whole:
            columns = [column.cast(pl.Int64) for column in columns]
        return self.keys.with_columns(columns)

    def stage(self, name: str) -> pl.DataFrame:
        """The figures after a step, one row per unit (and time): raw, denominated, screened, imputed, treated,
        normalised, aggregated."""
        if name == "aggregated":
            return self._wide(self.node_scores, self.stages["normalised"].values)
        if name not in STAGES:
            raise DataError(f"There is no stage {name!r}. The stages are: {', '.join(STAGES)}.")
        held = self.stages.get(name) or self.stages[self._before(name)]
        columns = [_number(held.values[:, at]).alias(code) for at, code in enumerate(self.index.codes)]
        return keys_of(self.index, held.data).with_columns(columns)

    def _before(self, name: str) -> str:
        """The last stage that changed something before the named one."""
        place = STAGES.index(name)
        return next(stage for stage in reversed(STAGES[:place]) if stage in self.stages)

    def group_ranks(self, column: str) -> pl.DataFrame:
        """Ranks inside each group of units (and each time)."""
        groups = self.data.group_codes(column)
        joint = self.data.time_codes() * (groups.max(initial=0) + 1) + groups
        ranks = ranks_within(self.node_scores, joint, best=self.index.best)
        indicators = ranks_within(self.stages["normalised"].values, joint)
        wide = self._wide(ranks, indicators, whole=True)
        return wide.with_columns(self.data.groups[column])

    def explain(
        self, unit: str, *, time: object = None, top: int = 5, by: str = "raw", include_last: bool = True
    ) -> Explanation:
        """Say why a unit stands where it stands: contributions, strengths, weaknesses, directions shown."""
        from minga.indicators.engine.explanation import explain

        return explain(self, unit, time=time, top=top, by=by, include_last=include_last)


def keys_of(index: Index, data: Data) -> pl.DataFrame:
    """Unit (and time) columns under the names of the definition."""
    keys = {index.unit: data.units}
    if data.times is not None and index.panel.time:
        keys[index.panel.time] = data.times
    return pl.DataFrame(keys)


def _number(values: Floats) -> pl.Series:
    return pl.Series(values).fill_nan(None)


def _rows_in(whole: Data, part: Data) -> NDArray[np.int64]:
    """Where the rows of a part stand in the whole (both keep the order)."""
    if whole.size == part.size:
        return np.arange(whole.size)
    times = whole.times if whole.times is not None else pl.Series(np.zeros(whole.size, dtype=np.int64))
    some = part.times if part.times is not None else pl.Series(np.zeros(part.size, dtype=np.int64))
    place = {key: at for at, key in enumerate(zip(whole.units.to_list(), times.to_list(), strict=True))}
    return np.array([place[key] for key in zip(part.units.to_list(), some.to_list(), strict=True)], dtype=np.int64)

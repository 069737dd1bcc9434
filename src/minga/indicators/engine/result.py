"""What calculating an index gives: scores and ranks, every stage, and why each figure is what it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from minga.indicators.engine.data import Data
from minga.indicators.engine.definition import Index
from minga.indicators.engine.errors import DataError, Finding
from minga.indicators.engine.ranking import ranks_within

if TYPE_CHECKING:
    from minga.indicators.engine.explanation import Explanation

Floats = NDArray[np.float64]
STAGES = ("raw", "denominated", "screened", "imputed", "treated", "normalised", "aggregated")
WHY_LIMIT = 2_000_000  # cells listed one by one


@dataclass(frozen=True)
class Stage:
    """The figures after one step."""

    data: Data
    values: Floats


@dataclass(frozen=True, eq=False)
class Result:
    """A calculated index. Tables are made when asked for.

    ``details`` records each check of the treatment; ``warnings`` are findings in plain words.
    """

    index: Index
    data: Data
    stages: dict[str, Stage]
    node_scores: Floats
    node_ranks: Floats
    details: pl.DataFrame
    log: pl.DataFrame
    why: pl.DataFrame
    warnings: tuple[Finding, ...]

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

    @classmethod
    def join(cls, index: Index, parts: Sequence[Result]) -> Result:
        """Put results of several years, each calculated by itself, one below the other."""
        stages = {
            name: Stage(
                _stack([part.stages[name].data for part in parts]),
                np.vstack([part.stages[name].values for part in parts]),
            )
            for name in STAGES
            if all(name in part.stages for part in parts)
        }
        warnings = dict.fromkeys(warning for part in parts for warning in part.warnings)
        return cls(
            index, _stack([part.data for part in parts]), stages,
            np.vstack([part.node_scores for part in parts]), np.vstack([part.node_ranks for part in parts]),
            pl.concat([part.details for part in parts]), pl.concat([part.log for part in parts]),
            pl.concat([part.why for part in parts]), tuple(warnings),
        )  # fmt: skip


def _stack(parts: Sequence[Data]) -> Data:
    times = [part.times for part in parts if part.times is not None]
    names = [part.names for part in parts if part.names is not None]
    return Data(
        units=pl.concat([part.units for part in parts]),
        times=pl.concat(times) if times else None,
        names=pl.concat(names) if names else None,
        groups=pl.concat([part.groups for part in parts]),
        values=np.vstack([part.values for part in parts]),
        denominators={
            code: np.concatenate([part.denominators[code] for part in parts]) for code in parts[0].denominators
        },
    )


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


@dataclass
class Record:
    """Keeps stages, reasons and the log while an index is calculated."""

    index: Index
    stages: dict[str, Stage] = field(default_factory=dict)
    lines: list[tuple[str, str, int]] = field(default_factory=list)
    reasons: list[pl.DataFrame] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def stage(self, name: str, data: Data, values: Floats) -> None:
        if not self.stages or values is not self.stages[next(reversed(self.stages))].values or name == "normalised":
            self.stages[name] = Stage(data, values)
        if name == "denominated" and name in self.stages:
            self.note(name, "indicators divided by their denominators",
                      sum(1 for item in self.index.indicators if item.denominator))  # fmt: skip
        if name in ("raw", "normalised"):
            self.note(name, "cells without a value", int(np.isnan(values).sum()))

    def note(self, stage: str, what: str, count: int) -> None:
        self.lines.append((stage, what, count))

    def warn(self, findings: Iterable[Finding]) -> None:
        self.findings.extend(findings)

    def screened(self, data: Data, kept: NDArray[np.bool_]) -> None:
        rows = np.flatnonzero(~kept)
        self.stages["screened"] = Stage(data.take(kept), data.values[kept])
        self.note("screened", "units left out", rows.size)
        self._list("screened", data, rows, None, None, None, "too little of its data is there")

    def imputed(self, data: Data, filled: Floats) -> None:
        if filled is data.values:
            return
        rows, columns = np.nonzero(np.isnan(data.values) & ~np.isnan(filled))
        self.stages["imputed"] = Stage(data, filled)
        self.note("imputed", "cells filled", rows.size)
        self.note("imputed", "cells still without a value", int(np.isnan(filled).sum()))
        self._list("imputed", data, rows, columns, data.values, filled, self._imputation())

    def _imputation(self) -> str:
        step, panel = self.index.impute, self.index.panel
        words = [f"{step.method} of the {step.axis}" if step.method != "none" else "",
                 f"within {step.group}" if step.group else "",
                 f"along time ({panel.impute})" if panel.impute != "none" else ""]  # fmt: skip
        return "imputed: " + (", ".join(word for word in words if word) or "the indicator's own rule")

    def treated(self, data: Data, treated: Floats, details: pl.DataFrame) -> None:
        self.stages["treated"] = Stage(data, treated)
        if treated is data.values or details.is_empty():
            return
        kept = details.filter((pl.col("transformation") == "") & pl.col("winsorised").is_not_null())
        self.note("treated", "indicators winsorised", kept.height)
        self.note("treated", "indicators transformed", int((details["transformation"] != "").sum()))
        for at, row in enumerate(details.iter_rows(named=True)):
            self._list_treated(data, treated, at, row)

    def _list_treated(self, data: Data, treated: Floats, at: int, row: dict[str, Any]) -> None:
        before = data.values[:, at]
        if row["transformation"]:
            self.reasons.append(_why_rows(
                self.index, "treated", None, None, [self.index.codes[at]], None, None,
                f"whole indicator transformed: {row['transformation']}",
            ))  # fmt: skip
        for side, rows in (("high", before > row["high"]), ("low", before < row["low"])):
            found = np.flatnonzero(rows)
            if found.size:
                reason = f"winsorised at the {side} end"
                self._list("treated", data, found, np.full(found.size, at), data.values, treated, reason)

    def _list(
        self, stage: str, data: Data, rows: NDArray[np.int64], columns: NDArray[np.int64] | None,
        before: Floats | None, after: Floats | None, reason: str,
    ) -> None:  # fmt: skip
        if rows.size > WHY_LIMIT:
            self.warn([Finding("warning", "why_cut", f"{rows.size} cells changed at stage {stage!r}; "
                               f"the first {WHY_LIMIT} are listed.")])  # fmt: skip
            rows = rows[:WHY_LIMIT]
            columns = None if columns is None else columns[:WHY_LIMIT]
        codes = None if columns is None else np.array(self.index.codes, dtype=object)[columns].tolist()
        self.reasons.append(_why_rows(
            self.index, stage, data.units[rows], data.times[rows] if data.times is not None else None, codes,
            None if before is None or columns is None else before[rows, columns],
            None if after is None or columns is None else after[rows, columns], reason,
        ))  # fmt: skip

    def result(self, data: Data, scores: Floats, ranks: Floats, details: pl.DataFrame) -> Result:
        self.note("aggregated", "units with a score", int((~np.isnan(scores[:, _root(self.index)])).sum()))
        log = pl.DataFrame(self.lines, schema={"stage": pl.String, "what": pl.String, "count": pl.Int64}, orient="row")
        empty = _why_rows(self.index, "", None, None, [], None, None, "")
        return Result(
            self.index, data, self.stages, scores, ranks, details, log,
            pl.concat([empty, *self.reasons], how="diagonal_relaxed"), tuple(self.findings),
        )  # fmt: skip


def _root(index: Index) -> int:
    return index.tree.root - index.tree.indicators


def _why_rows(
    index: Index, stage: str, units: pl.Series | None, times: pl.Series | None, codes: list[str] | None,
    before: Floats | None, after: Floats | None, reason: str,
) -> pl.DataFrame:  # fmt: skip
    """Rows of the ``why`` table: stage, unit, (time,) indicator, before, after, reason."""
    size = len(units) if units is not None else len(codes or [])
    nothing = [None] * size
    columns = {
        "stage": pl.Series([stage] * size, dtype=pl.String),
        index.unit: units.cast(pl.String) if units is not None else pl.Series(nothing, dtype=pl.String),
    }
    if index.panel.time:
        columns[index.panel.time] = times if times is not None else pl.Series(nothing, dtype=pl.Null)
    columns["indicator"] = pl.Series(codes if codes is not None else nothing, dtype=pl.String)
    columns["before"] = _number(before) if before is not None else pl.Series(nothing, dtype=pl.Float64)
    columns["after"] = _number(after) if after is not None else pl.Series(nothing, dtype=pl.Float64)
    columns["reason"] = pl.Series([reason] * size, dtype=pl.String)
    return pl.DataFrame(columns)

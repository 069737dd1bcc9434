"""What happened to the figures on their way: kept lightly while an index is calculated, told when asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from minga.indicators.engine.data import Data
from minga.indicators.engine.definition import Index
from minga.indicators.engine.errors import Finding

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
Reasons = Callable[[Rows, Rows], list[str]]
WHY_LIMIT = 2_000_000  # filled cells listed one by one; the log counts all


@dataclass(frozen=True)
class Stage:
    """The figures after one step."""

    data: Data
    values: Floats


@dataclass(eq=False)
class Trace:
    """Stages, what was left out, filled and treated, and findings, in the order they happened."""

    index: Index
    stages: dict[str, Stage] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    left_out: list[tuple[Data, NDArray[np.bool_]]] = field(default_factory=list)
    filled: list[tuple[Data, Floats, Reasons]] = field(default_factory=list)
    before_treatment: Stage | None = None
    checks: Callable[[], pl.DataFrame] = pl.DataFrame
    scored: int = 0

    def stage(self, name: str, data: Data, values: Floats) -> None:
        """Keep a stage if it changed something (the normalised one always)."""
        if not self.stages or values is not self.stages[next(reversed(self.stages))].values or name == "normalised":
            self.stages[name] = Stage(data, values)

    def warn(self, findings: Iterable[Finding]) -> None:
        self.findings.extend(findings)

    def screened(self, data: Data, kept: NDArray[np.bool_]) -> None:
        self.stages["screened"] = Stage(data.take(kept), data.values[kept])
        self.left_out.append((data, kept))

    def imputed(self, data: Data, filled: Floats, reasons: Reasons) -> None:
        if filled is not data.values:
            self.stages["imputed"] = Stage(data, filled)
            self.filled.append((data, filled, reasons))

    def treated(self, data: Data, treated: Floats, checks: Callable[[], pl.DataFrame]) -> None:
        self.before_treatment = Stage(data, data.values)
        self.stages["treated"] = Stage(data, treated)
        self.checks = checks

    @cached_property
    def details(self) -> pl.DataFrame:
        """The record of each check of the treatment."""
        return self.checks()

    @cached_property
    def log(self) -> pl.DataFrame:
        """One row per step and thing counted: ``stage``, ``what``, ``count``."""
        lines = [("raw", "cells without a value", _gaps(self.stages["raw"].values))]
        if "denominated" in self.stages:
            divided = sum(1 for item in self.index.indicators if item.denominator)
            lines.append(("denominated", "indicators divided by their denominators", divided))
        lines += [("screened", "units left out", int((~kept).sum())) for _, kept in self.left_out]
        if self.filled:
            first, last = self.filled[0][0].values, self.filled[-1][1]
            lines.append(("imputed", "cells filled", _gaps(first) - _gaps(last)))
            lines.append(("imputed", "cells still without a value", _gaps(last)))
        if not self.details.is_empty():
            words = self.details["transformation"]
            winsorised = (words == "") & self.details["winsorised"].is_not_null()
            lines.append(("treated", "indicators winsorised", int(winsorised.sum())))
            lines.append(("treated", "indicators transformed", int((words != "").sum())))
        lines.append(("normalised", "cells without a value", _gaps(self.stages["normalised"].values)))
        lines.append(("aggregated", "units with a score", self.scored))
        return pl.DataFrame(lines, schema={"stage": pl.String, "what": pl.String, "count": pl.Int64}, orient="row")

    @cached_property
    def why(self) -> pl.DataFrame:
        """One row per unit left out and cell changed: stage, unit, (time,) indicator, before, after, reason."""
        parts = [self._rows("", None, None, [], None, None, "")]
        for data, kept in self.left_out:
            rows = np.flatnonzero(~kept)
            parts.append(self._cells("screened", data, rows, None, None, "too little of its data is there"))
        for data, filled, reasons in self.filled:
            at, columns = np.nonzero(np.isnan(data.values) & ~np.isnan(filled))
            at, columns = at[:WHY_LIMIT], columns[:WHY_LIMIT]
            parts.append(self._cells("imputed", data, at, columns, filled, reasons(at, columns)))
        if self.before_treatment is not None:
            for number, row in enumerate(self.details.iter_rows(named=True)):
                parts += self._treatment(self.before_treatment.data, number % len(self.index.codes), row)
        return pl.concat(parts, how="diagonal_relaxed")

    def _treatment(self, data: Data, at: int, row: dict[str, Any]) -> list[pl.DataFrame]:
        """What one check record means, cell by cell."""
        before = data.values[:, at]
        if "time" in row and data.times is not None:  # one record a year
            before = np.where((data.times == row["time"]).to_numpy(), before, np.nan)
        parts = []
        if row["transformation"]:
            reason = f"whole indicator transformed: {row['transformation']}"
            parts.append(self._rows("treated", None, None, [self.index.codes[at]], None, None, reason))
        treated = self.stages["treated"].values
        for side, changed in (("high", before > row["high"]), ("low", before < row["low"])):
            rows = np.flatnonzero(changed)
            if rows.size:
                columns = np.full(rows.size, at)
                parts.append(self._cells("treated", data, rows, columns, treated, f"winsorised at the {side} end"))
        return parts

    def _cells(
        self, stage: str, data: Data, rows: Rows, columns: Rows | None, after: Floats | None, reason: str | list[str]
    ) -> pl.DataFrame:
        """Rows for cells of the data, with their values before and after."""
        times = data.times[rows] if data.times is not None else None
        if columns is None or after is None:
            return self._rows(stage, data.units[rows], times, None, None, None, reason)
        codes = np.array(self.index.codes, dtype=object)[columns].tolist()
        return self._rows(
            stage, data.units[rows], times, codes, data.values[rows, columns], after[rows, columns], reason
        )

    def _rows(
        self, stage: str, units: pl.Series | None, times: pl.Series | None, codes: list[str] | None,
        before: Floats | None, after: Floats | None, reason: str | list[str],
    ) -> pl.DataFrame:  # fmt: skip
        size = len(units) if units is not None else len(codes or [])
        nothing = [None] * size
        columns = {
            "stage": pl.Series([stage] * size, dtype=pl.String),
            self.index.unit: units if units is not None else pl.Series(nothing, dtype=pl.String),
        }
        if self.index.panel.time:
            columns[self.index.panel.time] = times if times is not None else pl.Series(nothing, dtype=pl.Null)
        columns["indicator"] = pl.Series(codes if codes is not None else nothing, dtype=pl.String)
        columns["before"] = _number(before) if before is not None else pl.Series(nothing, dtype=pl.Float64)
        columns["after"] = _number(after) if after is not None else pl.Series(nothing, dtype=pl.Float64)
        columns["reason"] = pl.Series([reason] * size if isinstance(reason, str) else reason, dtype=pl.String)
        return pl.DataFrame(columns)


def _gaps(values: Floats) -> int:
    return int(np.isnan(values).sum())


def _number(values: Floats) -> pl.Series:
    return pl.Series(values).fill_nan(None)

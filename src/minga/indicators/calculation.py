"""An edition's results: everything its pages show, calculated once and then kept as plain values.

No Django here: a definition and a table come in, one value comes out that JSON can hold.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

import minga
from minga.indicators import doubt
from minga.indicators.engine import checks, comparing, reliability, screening, sensitivity, statistics
from minga.indicators.engine.definition import Index
from minga.indicators.engine.errors import DefinitionError, Finding, IndicatorsError
from minga.indicators.engine.ranking import ranks_within
from minga.indicators.engine.result import Result
from minga.indicators.engine.sentences import error
from minga.indicators.engine.weighting import effective_weights
from minga.indicators.plain import column, plain, rows

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]
#: base sample of the sensitivity analysis; runs are this times the number of choices and two
SENSITIVITY_BASE = 128
#: ending of the column that tells from which wider group a figure comes
POOLED = "__pooled"
#: ending of the column that tells whose levels a figure stands on
BASIS = "__basis"
#: endings of the columns that tell where and when an added figure was taken from
SOURCE, YEAR = "__source", "__year"
#: what the pages of an edition can carry
MAX_UNITS, MAX_INDICATORS = 400, 120
STEPS = 6


def table_of(data: dict[str, Any]) -> pl.DataFrame:
    """Turn stored data into a table."""
    columns = {name: [row[at] for row in data["rows"]] for at, name in enumerate(data["columns"])}
    return pl.DataFrame(columns, strict=False)


def data_of(table: pl.DataFrame) -> dict[str, Any]:
    """Turn a table into what is stored; NaN and infinities are missing."""
    clean = table.with_columns(
        pl.when(pl.col(name).is_finite()).then(pl.col(name)).alias(name)
        for name, kind in table.schema.items()
        if kind.is_float()
    )
    return {"columns": clean.columns, "rows": [list(row) for row in clean.iter_rows()]}


def check(index: Index, table: pl.DataFrame) -> list[Finding]:
    """Look an upload over: the engine's checks, and what the pages of an edition can carry."""
    found = list(checks.check(index, table))
    if not any(one.level == "error" for one in found):
        found += _page_findings(index, table)
    return sorted(found, key=lambda one: one.level)


def _page_findings(index: Index, table: pl.DataFrame) -> list[Finding]:
    found = []
    if table.height > MAX_UNITS or len(index.codes) > MAX_INDICATORS:
        found.append(error("too_large", units=table.height, indicators=len(index.codes), most_units=MAX_UNITS,
                           most_indicators=MAX_INDICATORS))  # fmt: skip
    if index.panel.time and table[index.panel.time].n_unique() > 1:
        found.append(error("several_times", column=index.panel.time))
    names = [*(str(unit) for unit in table[index.unit].to_list()), *(item.code for item in index.items)]
    for name in names:
        if not fits_address(name):
            found.append(error("address", part=name, reserved=", ".join(sorted(RESERVED))))
    return found


#: words that stand where a unit's code would stand in an address
RESERVED = frozenset({"audit", "compare", "what-if", "cite", "method"})


def fits_address(code: str) -> bool:
    """Whether a code can stand in an address."""
    plain = code.replace("-", "").replace("_", "").replace(".", "")
    return bool(plain) and plain.isalnum() and len(code) <= 60 and code not in RESERVED


def results_of(
    index: Index, table: pl.DataFrame, *, seed: int = 1, progress: Progress | None = None,
    replicates: Floats | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Calculate all that an edition's pages show.

    Parameters
    ----------
    replicates : array (times, units, indicators), where figures come from samples
        What the table would have held had others taken part; see :func:`sampling.uncertainty_sources`.

    Raises
    ------
    IndicatorsError
        The index cannot be calculated.
    """
    said = _Steps(progress)
    fitted = index.fit(table)
    said.step()
    intervals = doubt.intervals(index, table, fitted, seed, replicates)
    said.step()
    audit = _audit(index, table, fitted, seed, said)
    said.step()
    return {
        "software": minga.__version__,
        "seed": seed,
        "replications": doubt.REPLICATIONS,
        "resamples": 0 if replicates is None else len(replicates),
        "root": index.tree.codes[index.tree.root],
        "best": index.best,
        "items": _items(index),
        "units": _units(index, fitted),
        **_values(index, fitted),
        "intervals": intervals,
        "audit": audit,
        "left_out": _left_out(index, fitted),
        "pooled": _pooled(index, table),
        "basis": _marked(index, table, fitted, BASIS),
        "sources": _marked(index, table, fitted, SOURCE),
        "years": _marked(index, table, fitted, YEAR),
        "shares": _shares(index, table, fitted),
    }


@dataclasses.dataclass
class _Steps:
    """Counts the steps done for whoever waits."""

    tell: Progress | None
    done: int = 0

    def step(self) -> None:
        self.done += 1
        if self.tell:
            self.tell(min(self.done, STEPS), STEPS)


def _items(index: Index) -> list[dict[str, Any]]:
    """Indicators, then nodes, with their place and weights."""
    tree = index.tree
    effective = dict(effective_weights(index).select("code", "effective").iter_rows())
    found = []
    for at, item in enumerate(index.items):
        is_indicator = at < tree.indicators
        found.append({
            "code": item.code, "name": item.name or item.code, "parent": item.parent, "level": tree.levels[at],
            "kind": "indicator" if is_indicator else "node", "weight": float(item.weight),
            "effective_weight": plain(effective.get(item.code)), "unit": item.unit, "source": item.source,
            "direction": getattr(item, "direction", 1), "year": getattr(item, "year", None),
            "names": dict(item.names), "licence": getattr(item, "licence", ""),
            "method": getattr(item, "method", ""), "quality": getattr(item, "quality", ""),
        })  # fmt: skip
    return found


def _units(index: Index, fitted: Result) -> list[dict[str, Any]]:
    names = fitted.data.names.to_list() if fitted.data.names is not None else fitted.units.to_list()
    groups = fitted.data.groups.to_dicts() or [{}] * fitted.data.size
    return [
        {"code": str(code), "name": str(name or code), "groups": {key: plain(value) for key, value in group.items()}}
        for code, name, group in zip(fitted.units.to_list(), names, groups, strict=True)
    ]


def _values(index: Index, fitted: Result) -> dict[str, Any]:
    """Scores, ranks, parts of the score and the figures behind them: one list an item, one place a unit."""
    scaled = fitted.stages["normalised"].values
    ranks = ranks_within(scaled, fitted.data.time_codes())
    score = {code: column(scaled[:, at]) for at, code in enumerate(index.codes)}
    score |= {code: column(fitted.node_scores[:, at]) for at, code in enumerate(fitted.nodes)}
    rank = {code: column(ranks[:, at]) for at, code in enumerate(index.codes)}
    rank |= {code: column(fitted.node_ranks[:, at]) for at, code in enumerate(fitted.nodes)}
    available = {code: fitted.scores.filter(pl.col("node") == code)["available"].to_list() for code in fitted.nodes}
    parts = [fitted.explain(str(unit)).contributions["contribution"].to_list() for unit in fitted.units.to_list()]
    codes = [item.code for item in index.items]
    raw = fitted.stage("raw").join(fitted.keys, on=fitted.keys.columns, how="right", maintain_order="right")
    return {
        "score": score,
        "rank": rank,
        "available": available,
        "contribution": {code: [plain(row[at]) for row in parts] for at, code in enumerate(codes)},
        "raw": {code: [plain(value) for value in raw[code].to_list()] for code in index.codes},
        "used": {code: [plain(value) for value in fitted.stage("treated")[code].to_list()] for code in index.codes},
        "untreated": _untreated(index, fitted),
        "changed": _changed(index, fitted),
    }


def _untreated(index: Index, fitted: Result) -> dict[str, list[Any]]:
    """The figures just before outliers were treated, of the indicators that this changed."""
    names = list(fitted.stages)
    # stages that change nothing are not kept, so the one before has one of several names
    before, after = (fitted.stages[names[names.index("treated") - back]].values for back in (1, 0))
    return {
        code: column(before[:, at])
        for at, code in enumerate(index.codes)
        if not np.array_equal(before[:, at], after[:, at], equal_nan=True)
    }


def _changed(index: Index, fitted: Result) -> list[list[Any]]:
    """Cells that are not as they were measured: stage, unit, indicator, before, after, reason."""
    named = fitted.why.filter(pl.col(index.unit).is_not_null() & pl.col("indicator").is_not_null())
    rows = named.select("stage", index.unit, "indicator", "before", "after", "reason").iter_rows()
    return [[plain(value) for value in row] for row in rows]


def _left_out(index: Index, fitted: Result) -> list[str]:
    gone = fitted.why.filter((pl.col("stage") == "screened") & pl.col(index.unit).is_not_null())
    return [str(unit) for unit in gone[index.unit].to_list()]


def _pooled(index: Index, table: pl.DataFrame) -> list[list[str]]:
    """Cells whose figure is that of a wider group: unit, indicator, the group. A column `<code>__pooled` says so."""
    found = []
    for code in index.codes:
        if (column := f"{code}{POOLED}") in table.columns:
            wide = table.filter(pl.col(column).fill_null("") != "").select(index.unit, column)
            found += [[str(unit), code, str(group)] for unit, group in wide.iter_rows()]
    return found


def _marked(index: Index, table: pl.DataFrame, fitted: Result, ending: str) -> dict[str, list[Any]]:
    """What a column `<code><ending>` says of each unit, for the indicators that have one."""
    units = table[index.unit].cast(pl.String).to_list()
    found = {}
    for code in index.codes:
        if (column := f"{code}{ending}") in table.columns:
            said = dict(zip(units, table[column].to_list(), strict=True))
            found[code] = [plain(said.get(str(unit))) for unit in fitted.units.to_list()]
    return found


#: the column that holds which share of a unit's businesses was validated
SHARE = "validated_share"


def _shares(index: Index, table: pl.DataFrame, fitted: Result) -> list[Any]:
    if SHARE not in table.columns:
        return []
    said = dict(zip(table[index.unit].cast(pl.String).to_list(), table[SHARE].to_list(), strict=True))
    return [plain(said.get(str(unit))) for unit in fitted.units.to_list()]


# ---------------------------------------------------------------- audit
def _audit(index: Index, table: pl.DataFrame, fitted: Result, seed: int, said: _Steps) -> dict[str, Any]:
    raw = fitted.stage("raw")
    scaled = fitted.stage("normalised")
    audit: dict[str, Any] = {
        "stats": rows(statistics.stats(raw, list(index.codes))),
        "availability": rows(screening.availability(index, table)),
        "correlations": rows(statistics.corr(scaled, list(index.codes)).select("a", "b", "correlation", "n")),
        "nodes": rows(_node_correlations(index, fitted)),
        "corr_flags": rows(statistics.corr_flags(index, scaled)),
        "warnings": [[one.rule, one.message, one.code, dict(one.values)] for one in fitted.warnings],
        "log": rows(fitted.log),
    }
    said.step()
    audit["alpha"] = rows(reliability.alpha(fitted))
    audit["removals"] = _removals(index, table)
    said.step()
    audit["sensitivity"] = _sensitivity(index, table, fitted, seed)
    said.step()
    return audit


def _node_correlations(index: Index, fitted: Result) -> pl.DataFrame:
    """How each node moves with the index."""
    root = index.tree.codes[index.tree.root]
    others = [code for code in fitted.nodes if code != root]
    if not others:
        return pl.DataFrame({"a": [], "b": [], "correlation": [], "n": []})
    return statistics.corr(fitted.stage("aggregated"), others, [root]).select("a", "b", "correlation", "n")


def _removals(index: Index, table: pl.DataFrame) -> list[list[Any]]:
    """How far ranks move on average when one part just below the top is left out."""
    level = index.tree.top - 1
    try:
        effect = comparing.drop_each(index, table, level=level).effect
    except IndicatorsError:
        return []
    return [row for row in rows(effect) if row[0] != "nominal"]


def _sensitivity(index: Index, table: pl.DataFrame, fitted: Result, seed: int) -> dict[str, Any]:
    """Which choice moves the ranks; only where there are at least two."""
    uncertain = doubt.thawed_all(dict(index.uncertain) | {"weights": dict(index.uncertain).get("weights") or _sets()})
    if len(uncertain) < 2:
        return {"rows": [], "runs": 0, "why": "one_choice"}
    kept = table.filter(pl.col(index.unit).cast(pl.String).is_in(fitted.units.to_list()))
    try:
        found = sensitivity.sobol(index, kept, uncertain, n=SENSITIVITY_BASE, seed=seed, bootstrap=100)
    except (IndicatorsError, DefinitionError):
        return {"rows": [], "runs": 0, "why": "not_possible"}
    return {"columns": found.indices.columns, "rows": rows(found.indices), "runs": found.runs,
            "mean": plain(found.mean), "why": ""}  # fmt: skip


def _sets() -> Any:
    from minga.indicators.engine.factors import Jitter

    return Jitter(0.25, sets=100)

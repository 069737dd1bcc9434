"""Reports in Markdown: what an index is and how it came about, and why one unit stands where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from minga.indicators.engine.definition import Index
from minga.indicators.engine.pipeline import node_rules
from minga.indicators.engine.result import Result
from minga.indicators.engine.scales import Scale, options_of
from minga.indicators.engine.steps import Aggregation
from minga.indicators.engine.weighting import effective_weights


def title_of(index: Index, language: str = "en") -> str:
    """The title in a language, else in English, else in any."""
    titles = dict(index.title)
    return titles.get(language) or titles.get("en") or next(iter(titles.values()), index.id)


def method_text(index: Index) -> list[str]:
    """How the index is calculated, one sentence a step, generated from the definition."""
    steps = []
    divided = [item.code for item in index.indicators if item.denominator]
    if index.denominate.on and divided:
        steps.append(f"{len(divided)} indicators are divided by a denominator: {', '.join(divided)}.")
    if index.screen.method != "none":
        steps.append(f"Units with less than {index.screen.min_available:.0%} of their data are left out "
                     f"({index.screen.method.replace('_', ' ')}, {index.screen.when.replace('_', ' ')}).")  # fmt: skip
    if index.impute.method != "none":
        inside = f" within {index.impute.group}" if index.impute.group else ""
        steps.append(f"Gaps are filled with the {index.impute.method} of the {index.impute.axis}{inside}.")
    if index.treat.on:
        steps.append(
            f"Where the skew is {index.treat.skew:g} or more and the kurtosis {index.treat.kurt:g} or more, up to "
            f"{index.treat.winmax} outliers are drawn in; where that is not enough, the indicator is transformed "
            f"({index.treat.then})."
        )
    steps.append(f"Indicators are brought to a common scale by {_scale(index.normalise)}.")
    own = [item.code for item in index.indicators if item.normalise]
    if own:
        steps.append(f"Their own scale have: {', '.join(own)}.")
    rules = dict.fromkeys(_rule(rule) for rule in node_rules(index).rules)
    steps.append(f"Children become their parent by: {', '.join(rules)}.")
    return steps


def _scale(scale: Scale) -> str:
    options = ", ".join(f"{name} {getattr(scale, name)}" for name in options_of(scale))
    return f"{scale.method.replace('_', ' ')} ({options})" if options else str(scale.method)


def _rule(rule: Aggregation) -> str:
    return str(rule.method) if not callable(rule.method) else "an own function"


def index_report(result: Result) -> str:
    """The whole index: method, framework with effective weights, ranking, directions, warnings, sources."""
    index = result.index
    root = index.tree.codes[index.tree.root]
    ranking = result.scores.filter(pl.col("node") == root).sort("rank", nulls_last=True)
    columns = [*result.keys.columns, "rank", "score", "available"]
    weights = effective_weights(index).sort("level", descending=True, maintain_order=True)
    lines = [f"# {title_of(index)}", "", *[text for _, text in index.description if text], ""]
    lines += [f"Version {index.version}." if index.version else "", f"{index.licence}." if index.licence else "", ""]
    lines += ["## How it is calculated", "", *[f"{at}. {step}" for at, step in enumerate(method_text(index), start=1)]]
    lines += ["", "## Ranking", "", *table_text(ranking.select(columns)), "", "## What it is made of", ""]
    lines += table_text(weights)
    sources = [
        (item.code, item.name, item.unit, "more is better" if item.direction > 0 else "less is better", item.source)
        for item in index.indicators
    ]
    named = pl.DataFrame(sources, schema=["code", "name", "unit", "direction", "source"], orient="row")
    lines += ["", "## Indicators", "", *table_text(named), "", "## What was done to the figures", ""]
    lines += table_text(result.log)
    if result.warnings:
        lines += ["", "## Warnings", "", *[f"- {warning}" for warning in result.warnings]]
    return "\n".join(lines) + "\n"


def unit_report(result: Result, unit: str) -> str:
    """One unit: its place, what brings it there, where it is strong and weak, which of its figures were changed."""
    found = result.explain(unit)
    top = found.contributions.sort("level", descending=True, maintain_order=True)
    root = top.row(0, named=True)
    when = "" if found.time is None else f", {found.time}"
    lines = [f"# {title_of(result.index)}: {unit}{when}", ""]
    lines += [f"Score {_word(root['score'])}, rank {_word(root['rank'])} of {found.ranked}.", ""]
    lines += ["## What the score is made of", ""]
    lines += table_text(top.select("code", "name", "level", "score", "rank", "effective_weight", "contribution"))
    lines += ["", "## Strengths", "", *table_text(found.strengths.drop("last")), "", "## Weaknesses", ""]
    lines += table_text(found.weaknesses.drop("last"))
    lines += ["", "## Figures that were changed", ""]
    lines += table_text(found.changed) if found.changed.height else ["None: every figure is as it was measured."]
    return "\n".join(lines) + "\n"


def table_text(table: pl.DataFrame) -> list[str]:
    """A table as Markdown lines."""

    def line(cells: Sequence[Any]) -> str:
        return "| " + " | ".join(_word(cell).replace("|", "/") for cell in cells) + " |"

    return [line(table.columns), "|" + " --- |" * table.width, *[line(row) for row in table.iter_rows()]]


def _word(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.4g}" if isinstance(value, float) else str(value)

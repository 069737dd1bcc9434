"""What findings say: one English sentence a code, with places for names and figures.

A finding keeps its code and what stands in the places, so that whoever shows it may say it in another language.
"""

from __future__ import annotations

from typing import Any

from minga.indicators.engine.errors import Finding

#: By code; a code is its rule, after a point what sets it apart from others of the rule.
SENTENCES = {
    "duplicate_code": "The code {part!r} is used twice. Give each one its own code.",
    "orphan": "{part!r} belongs to {parent!r}, but no [[node]] has that code. Add the node, or correct the parent.",
    "orphan.copy": "{part!r} copies {parent!r}, which is no node.",
    "orphan.indicator": "Indicator {part!r} has no parent. Name the node it belongs to.",
    "parent_loop": "The parents form a loop: {loop}. One of them must stand at the top.",
    "one_top": "An index has exactly one node without a parent; here it is {nodes}. Give the others a parent.",
    "childless": "Node {part!r} has no children. Give it some, or leave it out.",
    "childless.copy": "Node {part!r} copies another and cannot have children.",
    "direction": "Indicator {part!r} has direction {direction}. Write 1 where more is better, -1 where less is better.",
    "weight": "{part!r} has the weight {weight}. Weights are 0 or more.",
    "best": "best is {best!r}. Write 'high' or 'low'.",
    "zero_in_mean": "Node {node!r} takes a {mean} mean of {part!r}, which min-max brings down to {low:g}. Normalise to "
    '1..100 instead: normalise = {{method = "minmax", lower = 1, upper = 100}}.',
    "zero_in_mean.seen": "Node {node!r} takes a {mean} mean, but {part!r} is {value:g} for {units}; it needs values "
    "above 0. Normalise with MinMax(1, 100), or use the arithmetic mean there.",
    "no_values": "Indicator {part!r} has no value for any unit. Leave it out, or find data.",
    "zero_range": "Indicator {part!r} is {value:g} for every unit, so it cannot tell them apart. Leave it out, or give "
    "fixed goalposts.",
    "no_scale": "Indicator {part!r} {problem}",
    "group_gap": "Indicator {part!r} is missing for every unit of {column} = {group!r}, so nothing can be imputed "
    "there. Use a wider group, or leave the gap.",
    "zero_denominator": "The denominator {part!r} of unit {unit!r} is 0; its indicators have no value there. "
    "Correct it, or leave it empty.",
    "no_score": "{count} {what} have no overall score, because too little of their data is there: {units}. They are "
    "not ranked.",
    "missing_column": "The data has no column {column!r}, which is {what}. {remedy}",
    "not_a_number": "Indicator {part!r} of unit {unit!r} holds {cell!r}, which is no number. Write a number with a "
    "point, or leave the cell empty.",
    "not_a_number.cell": "Row {row}, column {column!r}: {cell!r} is no number. Write it with a point, or leave the "
    "cell empty.",
    "unit_without_code": "A row has no value in {column}. Fill it in.",
    "duplicate_unit": "These units stand in more than one row: {units}. {remedy}",
    "too_large": "There are {units} units and {indicators} indicators; pages carry {most_units} and "
    "{most_indicators}. Calculate larger indexes with the command line.",
    "several_times": "The column {column!r} holds several times. An edition is one time: upload one table for each.",
    "address": "The code {part!r} cannot stand in an address. Use letters, digits, point, hyphen and underscore, and "
    "none of: {reserved}.",
}


def finding(
    level: str, code: str, *, indicator: str | None = None, of_unit: str | None = None, line: int | None = None,
    **values: Any,
) -> Finding:  # fmt: skip
    """Make a finding from the code of its sentence and what stands in its places."""
    return Finding(
        level, code.partition(".")[0], SENTENCES[code].format(**values), indicator, of_unit, line, code,
        tuple(sorted(values.items())),
    )  # fmt: skip


def error(code: str, *, indicator: str | None = None, of_unit: str | None = None, **values: Any) -> Finding:
    """Make a finding that stops the run."""
    return finding("error", code, indicator=indicator, of_unit=of_unit, **values)

"""Findings of the engine in the language of the page: a head, and a sentence by its code with names in its places."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise
Naming = Callable[[str], str]

#: What a finding is about, in a few words.
HEADS: dict[str, Words] = {
    "missing_column": _("A column is missing."),
    "not_a_number": _("A cell holds no number."),
    "duplicate_unit": _("A unit stands in more than one row."),
    "unit_without_code": _("A row has no code."),
    "duplicate_code": _("A code is used twice."),
    "orphan": _("A part belongs to nothing."),
    "parent_loop": _("The parts form a loop."),
    "one_top": _("There must be one part at the top."),
    "childless": _("A part has nothing below it."),
    "direction": _("A direction is neither 1 nor -1."),
    "weight": _("A weight is below zero."),
    "no_values": _("An indicator has no value."),
    "zero_range": _("An indicator is the same for every unit."),
    "no_scale": _("An indicator cannot be scaled."),
    "zero_in_mean": _("A mean cannot take zero."),
    "zero_denominator": _("A denominator is zero."),
    "group_gap": _("An indicator is missing for a whole group."),
    "no_score": _("Some units have no score."),
    "address": _("A code cannot stand in an address."),
    "too_large": _("The table is too large for pages."),
    "several_times": _("The table holds several times."),
}
#: The sentence of each code of `engine.sentences`, with the same names in its places, though not all of them.
SENTENCES: dict[str, Words] = {
    "duplicate_code": _("The code “%(part)s” is used twice. Give each part its own code."),
    "orphan": _("“%(part)s” belongs to “%(parent)s”, but no part has that code. Add the part, or correct the code."),
    "orphan.copy": _("“%(part)s” copies “%(parent)s”, which is no part."),
    "orphan.indicator": _("The indicator “%(part)s” belongs to no part. Name the part it belongs to."),
    "parent_loop": _("The parts form a loop: %(loop)s. One of them must stand at the top."),
    "one_top": _("An index has exactly one part that belongs to no other; here it is %(nodes)s."),
    "childless": _("The part “%(part)s” has nothing below it. Give it something, or leave it out."),
    "childless.copy": _("The part “%(part)s” copies another and cannot have anything below it."),
    "direction": _(
        "The indicator “%(part)s” has the direction %(direction)s. Write 1 where more is better, -1 where less is "
        "better."
    ),
    "weight": _("“%(part)s” has the weight %(weight)s. Weights are 0 or more."),
    "best": _("“best” is %(best)s. Write high or low."),
    "zero_in_mean": _(
        "“%(node)s” is a mean that needs values above 0, but the common scale brings “%(part)s” down to %(low)s. Let "
        "the scale run from 1 to 100."
    ),
    "zero_in_mean.seen": _(
        "“%(node)s” is a mean that needs values above 0, but “%(part)s” is %(value)s for %(units)s. Let the scale run "
        "from 1 to 100, or use the arithmetic mean."
    ),
    "no_values": _("The indicator “%(part)s” has no value for any unit. Leave it out, or find data."),
    "zero_range": _(
        "The indicator “%(part)s” is %(value)s for every unit, so it cannot tell them apart. Leave it out, or give it "
        "fixed goalposts."
    ),
    "no_scale": _(
        "The indicator “%(part)s” cannot be brought to the common scale as it is. Leave it out, give it fixed "
        "goalposts, or treat outliers less."
    ),
    "group_gap": _(
        "The indicator “%(part)s” is missing for every unit with %(column)s = %(group)s, so gaps there cannot be "
        "filled. Use a wider group, or leave the gap."
    ),
    "zero_denominator": _(
        "What the figures of “%(unit)s” are divided by (%(part)s) is 0, so they have no value. Correct it, or leave it "
        "empty."
    ),
    "no_score": _("Too little data: %(units)s. Units without an overall score, %(count)s in all, are not ranked."),
    "missing_column": _("The table has no column “%(column)s”. Add it, or change the definition."),
    "not_a_number": _(
        "The indicator “%(part)s” of “%(unit)s” holds “%(cell)s”, which is no number. Write a number with a point, or "
        "leave the cell empty."
    ),
    "not_a_number.cell": _(
        "Row %(row)s, column “%(column)s”: “%(cell)s” is no number. Write it with a point, or leave the cell empty."
    ),
    "unit_without_code": _("A row has no value in the column %(column)s. Fill it in."),
    "duplicate_unit": _("These units stand in more than one row: %(units)s. Keep one row for each."),
    "too_large": _(
        "There are %(units)s units and %(indicators)s indicators; pages carry %(most_units)s and %(most_indicators)s. "
        "Calculate larger indexes with the command line."
    ),
    "several_times": _("The column “%(column)s” holds several times. An edition is one time: upload a table for each."),
    "address": _(
        "The code “%(part)s” cannot stand in an address. Use letters, digits, point, hyphen and underscore, and none "
        "of: %(reserved)s."
    ),
}


def head(rule: str) -> str:
    """Say in a few words what a finding is about."""
    return str(HEADS.get(rule, _("Look at this.")))


def sentence(code: str, values: Mapping[str, Any], part: Naming = str, unit: Naming = str) -> str:
    """Say a finding in the page's language; empty where only the engine's English is known.

    Parameters
    ----------
    part, unit : give the name of a part or a unit by its code
    """
    if code not in SENTENCES:
        return ""
    named = {key: _number(value) for key, value in values.items()}
    named |= {key: part(str(values[key])) for key in ("part", "node", "parent") if key in values}
    if "unit" in values:
        named["unit"] = unit(str(values["unit"]))
    return str(SENTENCES[code]) % named


def _number(value: Any) -> Any:
    return f"{value:g}" if isinstance(value, float) else value

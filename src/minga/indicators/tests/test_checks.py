"""What is said before anything runs: the thing, the unit, the rule, the remedy."""

from __future__ import annotations

import polars as pl
import pytest

from minga import indicators as mi
from minga.indicators.tests.makers import flat, nested, table


def errors(index: mi.Index, data: pl.DataFrame) -> dict[str, str]:
    return {finding.rule: finding.message for finding in mi.check(index, data) if finding.level == "error"}


GOOD = table(a=[1.0, 2.0, 3.0], b=[3.0, 1.0, 2.0])


def loop() -> mi.Index:
    nodes = (mi.Node("x", parent="y"), mi.Node("y", parent="x"), mi.Node("top"))
    return mi.Index(indicators=(mi.Indicator("a", parent="x"),), nodes=nodes)


def test_parent_loop_is_shown_as_a_chain():
    assert "x > y > x" in errors(loop(), GOOD)["parent_loop"]
    with pytest.raises(mi.DefinitionError, match="form a loop"):
        loop().fit(GOOD)


def test_orphans_and_childless_nodes():
    index = mi.Index(indicators=(mi.Indicator("a", parent="nowhere"),), nodes=(mi.Node("top"),))
    assert "'a' belongs to 'nowhere'" in errors(index, GOOD)["orphan"]
    index = mi.Index(indicators=(mi.Indicator("a", parent="top"),), nodes=(mi.Node("top"), mi.Node("empty", "top")))
    assert "'empty' has no children" in errors(index, GOOD)["childless"]


def test_two_tops_and_the_same_code_twice():
    index = mi.Index(indicators=(mi.Indicator("a", parent="t"),), nodes=(mi.Node("t"), mi.Node("u")))
    assert "'t', 'u'" in errors(index, GOOD)["one_top"]
    index = mi.Index(indicators=(mi.Indicator("a", parent="t"), mi.Indicator("a", parent="t")), nodes=(mi.Node("t"),))
    assert "'a' is used twice" in errors(index, GOOD)["duplicate_code"]


def test_a_missing_column_is_named_with_what_it_is_for():
    assert "no column 'c', which is indicator 'c'" in errors(flat("a", "c"), GOOD)["missing_column"]
    index = flat("a", "b").replace("indicator.a.denominator", "people")
    assert "'people', which is the denominator of 'a'" in errors(index, GOOD)["missing_column"]


def test_a_missing_column_of_units_says_which_it_may_be():
    data = GOOD.rename({"unit": "town"})
    assert "write unit = 'town' under [index]" in errors(flat("a", "b"), data)["missing_column"]
    assert "Is it the column 'aa'?" in errors(flat("a", "b"), GOOD.rename({"a": "aa"}))["missing_column"]


def test_duplicate_units_are_named():
    found = errors(flat("a", "b"), pl.concat([GOOD, GOOD[:1]]))
    assert "Almond" in found["duplicate_unit"]
    assert "Keep one row per unit" in found["duplicate_unit"]


def test_text_among_numbers_names_the_cell():
    data = GOOD.with_columns(pl.Series("a", ["1", "many", "3"]))
    assert "Indicator 'a' of unit 'Birch' holds 'many'" in errors(flat("a", "b"), data)["not_a_number"]


def test_zero_range_and_no_values():
    data = table(a=[1.0, 1.0, 1.0], b=[1.0, 2.0, 3.0])
    assert "'a' is 1 for every unit" in errors(flat("a", "b"), data)["zero_range"]
    data = table(a=pl.Series([None, None, None], dtype=pl.Float64), b=[1.0, 2.0, 3.0])
    assert "'a' has no value for any unit" in errors(flat("a", "b"), data)["no_values"]


def test_a_group_wholly_missing_is_a_warning_that_names_it():
    data = table(a=[None, None, 3.0, 4.0], b=[1.0, 2.0, 3.0, 4.0]).with_columns(
        pl.Series("region", ["N", "N", "S", "S"])
    )
    index = flat("a", "b", impute={"method": "mean", "group": "region"})
    found = [finding for finding in mi.check(index, data) if finding.rule == "group_gap"]
    assert "Indicator 'a' is missing for every unit of region = 'N'" in found[0].message
    assert index.fit(data).stage("imputed")["a"].to_list() == [None, None, 3.0, 4.0]


def test_wrong_direction_and_negative_weight():
    index = flat("a", "b").replace("indicator.a.direction", 2).replace("indicator.b.weight", -1.0)
    found = errors(index, GOOD)
    assert "'a' has direction 2" in found["direction"]
    assert "'b' has the weight -1.0" in found["weight"]


def test_a_denominator_of_zero_gives_no_value_and_a_warning():
    data = GOOD.with_columns(pl.Series("people", [10.0, 0.0, 5.0]))
    index = flat("a", "b").replace("indicator.a.denominator", "people")
    assert index.fit(data).stage("denominated")["a"].to_list() == [0.1, None, 0.6]
    assert any("'people' of unit 'Birch' is 0" in finding.message for finding in mi.check(index, data))


def test_directions_are_shown_in_words():
    found = mi.directions(flat("a", "b").replace("indicator.b.direction", -1))
    assert found["meaning"].to_list() == ["more is better", "less is better"]


def test_a_sound_index_has_no_findings():
    assert mi.check(nested({"g": ["a"], "h": ["b"]}), GOOD) == []


def test_units_without_a_score_are_named():
    data = table(a=[1.0, None, 3.0], b=[1.0, None, 2.0])
    found = flat("a", "b").fit(data)
    assert "Birch" in found.warnings[0].message
    assert found.ranks["top"].to_list() == [2, None, 1]

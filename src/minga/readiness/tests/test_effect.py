"""The change of a group between two times: pairs, interval, disclosure."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from minga import readiness
from minga.readiness.engine.effect import paired_changes, programme_effect
from minga.stats.release import ReleaseError

INSTRUMENT = readiness.load_instrument("generic-enterprise")
ANCHORS = [item for item in INSTRUMENT.items if item.anchor]
SAFETY = [item.id for item in ANCHORS if item.factor == "safety"]


def answers(levels):
    """Make a table of answers from {enterprise: {item: level}}."""
    rows = [(name, item, level) for name, given in levels.items() for item, level in given.items()]
    return pl.DataFrame(rows, schema=["enterprise", "item", "level"], orient="row")


def changed(values):
    rows = [(str(place), "safety", 2.0, 2.0 + value, value) for place, value in enumerate(values)]
    return pl.DataFrame(rows, schema=["enterprise", "node", "before", "after", "change"], orient="row")


def test_only_questions_with_a_level_both_times_are_compared():
    before = answers({"a": dict.fromkeys(SAFETY, "1") | {"INT1": "0"}})
    after = answers({"a": dict.fromkeys(SAFETY[:-1], "3") | {SAFETY[-1]: "dk", "INT1": "5"}})
    found = paired_changes(before, after, INSTRUMENT)
    assert found.rows() == [("a", "safety", 1.0, 3.0, 2.0)]


def test_question_of_an_overlay_is_never_compared():
    own = next(item.id for item in INSTRUMENT.items if not item.anchor)
    before, after = ({"a": {own: level, SAFETY[0]: level, SAFETY[1]: level}} for level in ("1", "2"))
    assert paired_changes(answers(before), answers(after), INSTRUMENT)["node"].to_list() == ["safety"]


def test_total_stands_on_six_factors():
    def everything(level, left_out):
        return answers({"a": {item.id: level for item in ANCHORS if item.factor not in left_out}})

    with_six = paired_changes(everything("1", ["skills"]), everything("2", ["skills"]), INSTRUMENT)
    assert with_six.filter(node="total")["change"].to_list() == [1.0]
    with_five = paired_changes(everything("1", ["skills", "safety"]), everything("2", []), INSTRUMENT)
    assert with_five.filter(node="total").is_empty()


def test_interval_is_the_paired_t_interval():
    values = np.random.default_rng(3).normal(0.3, 0.6, 24)
    row = programme_effect(changed(values)).row(0, named=True)
    wanted = stats.ttest_rel(2 + values, np.full(24, 2.0)).confidence_interval(0.90)
    assert (row["lower"], row["upper"]) == pytest.approx((wanted.low, wanted.high), abs=1e-12)
    assert row["n"] == 24
    assert row["risen"] == np.mean(values > 0)
    assert row["is_change"] == (wanted.low > 0)


def test_fewer_than_ten_businesses_show_nothing():
    row = programme_effect(changed([1.0] * 9)).row(0, named=True)
    assert row["withheld"] == "few"
    assert all(row[name] is None for name in ("n", "before", "after", "change", "lower", "upper", "risen", "is_change"))


def test_threshold_can_be_raised_and_never_lowered():
    assert programme_effect(changed([1.0] * 12), min_group=15)["withheld"].to_list() == ["few"]
    with pytest.raises(ReleaseError):
        programme_effect(changed([1.0] * 12), min_group=9)


def test_group_that_could_be_found_by_subtraction_is_withheld_too():
    table = changed([0.5] * 43).with_columns(size=pl.Series(["small"] * 20 + ["medium"] * 15 + ["large"] * 8))
    found = programme_effect(table, by=["size"])
    assert dict(zip(found["size"], found["withheld"], strict=True)) == {
        "large": "few",
        "medium": "protects",
        "small": "",
    }


def test_business_that_did_not_say_its_group_is_left_out():
    table = changed([0.5] * 25).with_columns(place=pl.Series(["rural"] * 12 + [None] * 13))
    assert programme_effect(table, by=["place"])["n"].to_list() == [12]


def test_interval_holds_the_truth_as_often_as_it_says():
    random = np.random.default_rng(11)
    hits = 0
    for _trial in range(1000):
        row = programme_effect(changed(random.normal(0.2, 0.7, 15))).row(0, named=True)
        hits += row["lower"] <= 0.2 <= row["upper"]
    assert 870 <= hits <= 930


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-3, 3), min_size=10, max_size=40), st.randoms())
def test_order_of_businesses_changes_nothing(values, random):
    table = changed(values)
    mixed = table.sample(fraction=1, shuffle=True, seed=random.randrange(10**6))
    first, second = (programme_effect(one).row(0, named=True) for one in (table, mixed))
    for name in ("n", "change", "lower", "upper"):
        assert first[name] == pytest.approx(second[name], abs=1e-9)


def test_no_pair_gives_an_empty_table_and_a_wrong_level_a_clear_error():
    assert programme_effect(changed([]).cast({"change": pl.Float64})).is_empty()
    with pytest.raises(ValueError, match="between 0 and 1"):
        programme_effect(changed([1.0]), level=90)

"""Scores: two thirds rule, gaps, weights, intervals, bands, many voices."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from minga import readiness
from minga.readiness.engine import scoring
from minga.readiness.engine.answers import answer_matrix
from minga.readiness.engine.bands import band
from minga.readiness.engine.instrument import INSTRUMENTS
from minga.readiness.tests.engine_support import GENERIC, answered, everything, node, overlay

RULES = yaml.safe_load((INSTRUMENTS / "scoring.yaml").read_text(encoding="utf-8"))
INT = ["INT1", "INT2", "INT3", "INT4", "INT5", "INT6"]
levels = st.integers(0, 5)
answers = st.fixed_dictionaries({}, optional=dict.fromkeys(GENERIC.item_ids, levels | st.just("dk")))


def integration(given_levels, **more):
    return node(readiness.score(answered(given_levels), GENERIC, **more), "integration")


def test_score_is_the_mean_of_the_answered_items():
    row = integration(dict(zip(INT, [1, 2, 3, 4, 5, 3], strict=True)))
    assert row["score"] == 3.0
    assert (row["answered"], row["n"], row["band"]) == (1.0, 6, 3)


def test_do_not_know_is_left_out_rather_than_zero():
    assert integration({"INT1": 5, "INT2": 5, "INT3": 5, "INT4": 5, "INT5": "dk", "INT6": None})["score"] == 5.0


def test_exactly_two_thirds_count_and_less_does_not():
    four = dict.fromkeys(INT[:4], 3)
    assert integration(four)["score"] == 3.0
    three = integration(dict.fromkeys(INT[:3], 3))
    assert three["score"] is None
    assert three["answered"] == 0.5
    assert (three["lower"], three["upper"], three["band"]) == (None, None, None)


def test_does_not_apply_leaves_the_denominator_and_do_not_know_stays_in_it():
    safety = {"SAF1": 2, "SAF2": 4, "SAF4": 3}
    assert node(readiness.score(answered(safety | {"SAF3": "dk"}), GENERIC), "safety")["score"] is None
    row = node(readiness.score(answered(safety | {"SAF3": "na", "SAF5": 3}), GENERIC), "safety")
    assert row["score"] == 3.0
    assert row["answered"] == pytest.approx(4 / 5)


def test_weakest_item_is_reported_beside_the_mean():
    row = integration(dict(zip(INT, [5, 5, 1, 5, 1, 5], strict=True)))
    assert (row["floor_item"], row["floor_level"]) == ("INT3", 1)


def test_total_needs_six_of_seven_factors():
    six = {i.id: 2 for i in GENERIC.items if i.factor != "policies"}
    assert node(readiness.score(answered(six), GENERIC), "total")["score"] == pytest.approx(2)
    five = {i.id: 2 for i in GENERIC.items if i.factor not in ("policies", "culture")}
    assert node(readiness.score(answered(five), GENERIC), "total")["score"] is None


def test_weights_of_overlays_move_the_local_total_and_leave_the_link_total():
    merged = readiness.merge(GENERIC, "sector-food-processing")
    given_levels = {i.id: (5 if i.factor == "safety" else 1) for i in merged.items}
    table = answered(given_levels)
    local = node(readiness.score(table, merged, "local"), "total")["score"]
    link = node(readiness.score(table, merged, "link"), "total")["score"]
    assert local == pytest.approx((1.3 * 5 + 1.2 + 5) / 7.5)
    assert link == pytest.approx((5 + 6) / 7)


def test_link_score_knows_neither_added_nor_reanchored_items():
    merged = readiness.merge(GENERIC, "sector-automotive-components")
    base = {i.id: 2 for i in GENERIC.items}
    table = answered(base | {"AUTO1": 5, "AUTO2": 5, "INT5": 5})
    row = node(readiness.score(table, merged, "link"), "integration")
    assert row["score"] == 2.0
    assert row["n"] == 3
    assert node(readiness.score(table, merged, "local"), "integration")["score"] == pytest.approx(20 / 7)


def test_short_form_scores_its_own_items_and_ignores_the_others():
    table = answered(everything(1) | {"INT1": 4, "INT2": 5})
    row = node(readiness.score(table, GENERIC, form="short"), "integration")
    assert (row["score"], row["n"], row["answered"]) == (4.5, 2, 1.0)
    assert readiness.score(table, GENERIC, form="short").label == "short form"


def test_weight_of_an_item_counts_only_locally():
    merged = readiness.merge(GENERIC, overlay({"op": "weight", "item": "INT1", "weight": 3}))
    table = answered(dict(zip(INT, [5, 1, 1, 1, 1, 1], strict=True)))
    assert node(readiness.score(table, merged), "integration")["score"] == pytest.approx(20 / 8)
    assert node(readiness.score(table, merged, "link"), "integration")["score"] == pytest.approx(8 / 4)


class TestIntervals:
    """The uncalibrated rule of scoring.yaml, computed by hand with SciPy as the judge of t."""

    def test_five_of_six_items(self):
        given_levels = [1, 2, 3, 4, 2]
        row = integration(dict(zip(INT, given_levels, strict=False)))
        s = np.std(given_levels, ddof=1)
        half = stats.t.ppf(0.95, 4) * s / math.sqrt(5) * math.sqrt(1 - 5 / 6)
        assert row["lower"] == pytest.approx(2.4 - half, abs=1e-12)
        assert row["upper"] == pytest.approx(2.4 + half, abs=1e-12)

    def test_two_items_of_the_short_form_use_a_spread_of_one_and_the_size_of_the_full_form(self):
        row = node(readiness.score(answered({"INT1": 2, "INT2": 2}), GENERIC, form="short"), "integration")
        half = stats.t.ppf(0.95, 1) / math.sqrt(2) * math.sqrt(1 - 2 / 6)
        assert half > 2
        assert (row["lower"], row["upper"]) == (0.0, 5.0)

    def test_equal_answers_use_a_spread_of_one(self):
        row = integration(dict.fromkeys(INT[:4], 3))
        half = stats.t.ppf(0.95, 3) / 2 * math.sqrt(1 - 4 / 6)
        assert row["upper"] == pytest.approx(3 + half)

    def test_every_item_answered_leaves_nothing_open(self):
        row = integration(dict(zip(INT, [1, 2, 3, 4, 5, 0], strict=True)))
        assert row["lower"] == row["score"] == row["upper"]

    def test_total_carries_the_errors_of_its_factors(self):
        row = node(readiness.score(answered(everything(2)), GENERIC, form="short"), "total")
        error = math.sqrt(sum((math.sqrt(1 / 2) * math.sqrt(1 - 2 / n) / 7) ** 2 for n in (6, 6, 6, 6, 6, 5, 6)))
        freedom = 6  # Welch and Satterthwaite: just below 7, because one factor is smaller
        assert row["upper"] == pytest.approx(2 + stats.t.ppf(0.95, freedom) * error)


@pytest.mark.parametrize(("bounds", "number"), [(b, n) for n, b in RULES["bands"].items()])
def test_bands_are_those_of_the_rule_book(bounds, number):
    assert band(bounds[0]) == number
    assert band(bounds[1] - 1e-6) == number


def test_last_digit_of_the_computer_costs_no_band():
    assert band(sum([0.1] * 15)) == 2  # 1.5000000000000002 or a hair below, by the order of the sum
    assert band(2.4999999999999996) == 3


def test_top_score_belongs_to_the_top_band():
    assert band(5.0) == 5
    assert band(None) is None


def test_thresholds_are_those_of_the_rule_book():
    assert RULES["factor_score"]["minimum_answered"] == "{}/{}".format(*scoring.MIN_ANSWERED)
    assert "6 of 7" in RULES["total_score"]
    assert scoring.MIN_FACTORS == (6, 7)


def voices(*rows):
    return pl.DataFrame(rows, schema=["enterprise", "respondent", "item", "level"], orient="row")


class TestRespondents:
    """Many voices, one level."""

    @pytest.mark.parametrize(
        ("given_levels", "level", "spread"),
        [(("1", "2", "4", "5"), "2", 4), (("3", "1", "2"), "2", 2), (("4", "dk"), "4", 0), (("dk", "dk"), "dk", 0)],
    )
    def test_lower_median_and_spread(self, given_levels, level, spread):
        table = voices(*[("Bao", f"r{n}", "INT1", lev) for n, lev in enumerate(given_levels)])
        row = readiness.combine_respondents(table, GENERIC).row(0, named=True)
        assert (row["level"], row["spread"]) == (level, spread)
        assert row["discuss"] is (spread >= 2)

    def test_agreed_level_counts_and_ends_the_discussion(self):
        table = voices(("Bao", "a", "INT1", "1"), ("Bao", "b", "INT1", "5"), ("Bao", "a", "INT2", "3"))
        row = readiness.combine_respondents(table, GENERIC, answered({"INT1": 3}, "Bao")).row(0, named=True)
        assert (row["level"], row["spread"], row["discuss"]) == ("3", 4, False)

    def test_assessor_replaces_the_level_and_both_are_kept(self):
        row = readiness.combine_assessor(answered({"INT1": 4}), answered({"INT1": 2}), GENERIC).row(0, named=True)
        assert (row["level"], row["self_level"], row["assessor_level"], row["difference"]) == ("2", "4", "2", 2)

    def test_assessor_cannot_judge_what_was_never_answered(self):
        with pytest.raises(readiness.AnswerError, match=r"'INT2'.*did not answer"):
            readiness.combine_assessor(answered({"INT1": 4}), answered({"INT2": 2}), GENERIC)

    def test_score_combines_respondents_by_itself(self):
        table = voices(*[("Bao", who, item, lev) for item in INT for who, lev in (("a", "1"), ("b", "4"))])
        scores = readiness.score(table, GENERIC)
        assert node(scores, "integration")["score"] == 1.0
        assert scores.items["spread"].max() == 3


class TestWrongAnswers:
    """Each wrong row is named; the others are kept."""

    @pytest.mark.parametrize(
        ("given_levels", "words"),
        [
            ({"INT1": 9}, r"'INT1'.*level '9'.*0 to 5"),
            ({"INT1": "2.5"}, r"level '2.5'"),
            ({"INT1": "-1"}, r"level '-1'"),
            ({"XX1": 2}, r"'XX1'.*not in minga-generic-enterprise"),
            ({"INT1": "na"}, r"'INT1'.*applies to everyone"),
        ],
    )
    def test_message_names_item_level_and_scale(self, given_levels, words):
        with pytest.raises(readiness.AnswerError, match=words):
            readiness.score(answered(given_levels), GENERIC)

    def test_dropped_item_names_the_overlay(self):
        merged = readiness.merge(GENERIC, "sector-food-processing")
        with pytest.raises(readiness.AnswerError, match="overlay sector-food-processing drops it"):
            readiness.score(answered({"INT3": 2}), merged)

    def test_good_rows_are_kept_and_the_first_of_two_answers_counts(self):
        table = pl.concat([answered({"INT1": 3, "INT2": 8}), answered({"INT1": 4}), answered({"INT4": 2}, " ")])
        good, problems = readiness.check_answers(table, GENERIC)
        assert good.rows() == [("Amina's bakery", "INT1", "3")]
        assert [(p.row, p.code) for p in problems] == [
            (2, "level_off_scale"), (3, "answered_twice"), (4, "no_enterprise"),
        ]  # fmt: skip

    def test_missing_column_is_named(self):
        with pytest.raises(readiness.AnswerError, match="lack the column 'level'; found were enterprise, item"):
            readiness.score(pl.DataFrame({"enterprise": ["a"], "item": ["INT1"]}), GENERIC)

    @pytest.mark.parametrize("written", ["3", " 3 ", "3.0", 3, 3.0])
    def test_ways_to_write_a_level(self, written):
        table = pl.DataFrame({"enterprise": ["a"], "item": ["INT1"], "level": [written]})
        assert answer_matrix(table, GENERIC).levels[0, 0] == 3

    @pytest.mark.parametrize("wrong", [6, -1, 300, 2.5, float("nan")])
    def test_numbers_off_the_scale_are_refused(self, wrong):
        with pytest.raises(readiness.AnswerError):
            readiness.score(pl.DataFrame({"enterprise": ["a"], "item": ["INT1"], "level": [wrong]}), GENERIC)

    def test_no_answers_at_all_give_no_rows(self):
        assert readiness.score(answered({}), GENERIC).nodes.height == 0


class TestProperties:
    """True for all inputs."""

    @given(answers)
    @settings(max_examples=60, deadline=None)
    def test_scores_and_intervals_stay_on_the_scale(self, given_levels):
        for kind in ("local", "link"):
            nodes = readiness.score(answered(given_levels), GENERIC, kind).nodes.drop_nulls("score")
            for row in nodes.iter_rows(named=True):
                assert 0 <= row["lower"] <= row["score"] + 1e-12
                assert row["score"] <= row["upper"] + 1e-12 <= 5 + 1e-11

    @given(answers, st.randoms(use_true_random=False))
    @settings(max_examples=40, deadline=None)
    def test_order_of_the_rows_does_not_matter(self, given_levels, random):
        rows = list(given_levels.items())
        random.shuffle(rows)
        straight, mixed = (
            readiness.score(answered(given_levels), GENERIC),
            readiness.score(answered(dict(rows)), GENERIC),
        )
        assert straight.nodes.equals(mixed.nodes)

    @given(st.lists(st.integers(0, 4), min_size=41, max_size=41), st.sampled_from(GENERIC.item_ids))
    @settings(max_examples=40, deadline=None)
    def test_raising_one_level_never_lowers_a_score(self, numbers, item):
        given_levels = dict(zip(GENERIC.item_ids, numbers, strict=True))
        before = readiness.score(answered(given_levels), GENERIC).nodes["score"]
        after = readiness.score(answered(given_levels | {item: given_levels[item] + 1}), GENERIC).nodes["score"]
        assert ((after - before) >= -1e-12).all()
        assert (after - before).max() > 0

    @given(answers, st.sampled_from(GENERIC.item_ids))
    @settings(max_examples=40, deadline=None)
    def test_do_not_know_equals_silence_and_never_counts_as_zero(self, given_levels, item):
        silent = {key: level for key, level in given_levels.items() if key != item}
        said = readiness.score(answered(silent | {item: "dk"}), GENERIC).nodes
        if silent:
            assert said.equals(readiness.score(answered(silent), GENERIC).nodes)

    @given(st.lists(st.tuples(st.sampled_from("abc"), answers), min_size=1, max_size=4, unique_by=lambda pair: pair[0]))
    @settings(max_examples=30, deadline=None)
    def test_enterprises_do_not_touch_each_other(self, firms):
        together = readiness.score(pl.concat([answered(given_levels, name) for name, given_levels in firms]), GENERIC)
        for name, given_levels in firms:
            if given_levels:
                alone = readiness.score(answered(given_levels, name), GENERIC)
                assert together.only(name).nodes.equals(alone.nodes)
                assert together.nodes.filter(pl.col("enterprise") == name).equals(alone.nodes)

"""How far two judges agree, against figures of R's irr, and how their levels come together."""

from __future__ import annotations

import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minga.readiness.engine.agreement import KAPPA_FROM, agreement, lower_of_two, self_minus_assessor
from minga.readiness.engine.respondents import combine_assessor
from minga.readiness.tests.engine_support import GENERIC, answered
from tests.support import shared_data


def judged(levels) -> pl.DataFrame:
    rows = list(levels.items()) if isinstance(levels, dict) else [(f"i{n}", level) for n, level in enumerate(levels)]
    return pl.DataFrame(rows, schema={"item": pl.String, "level": pl.Int64}, orient="row")


pairs = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=60)


def test_weighted_kappa_is_that_of_irr():
    golden = json.loads(shared_data("readiness/psychometrics/golden_agreement.json").read_text())
    raters = pl.read_csv(shared_data("readiness/psychometrics/irr_anxiety.csv"))
    found = agreement(judged(raters["rater1"].to_list()), judged(raters["rater2"].to_list()))
    assert found.n == raters.height
    assert found.kappa == pytest.approx(golden["kappa2_squared"], abs=1e-8)


def test_shares_and_difference_by_hand():
    found = agreement(judged([3, 2, 4, 0]), judged([3, 3, 2, 0]))
    assert (found.n, found.exact_share, found.within_one_share, found.mean_difference) == (4, 0.5, 0.75, 0.25)


def test_few_items_have_no_kappa():
    levels = [n % 5 for n in range(KAPPA_FROM - 1)]
    assert agreement(judged(levels), judged(levels)).kappa is None
    assert agreement(judged([*levels, 1]), judged([*levels, 1])).kappa == pytest.approx(1)


def test_judges_who_never_vary_have_no_kappa():
    assert agreement(judged([3] * 30), judged([3] * 30)).kappa is None


def test_items_that_only_one_judged_count_for_nothing():
    assert agreement(judged({"a": 3, "b": None}), judged({"b": 2, "c": 1})).n == 0


@given(pairs)
def test_exchanging_the_judges_changes_nothing_but_the_sign(levels):
    first, second = judged([one for one, _ in levels]), judged([two for _, two in levels])
    there, back = agreement(first, second), agreement(second, first)
    assert (there.exact_share, there.kappa) == (back.exact_share, pytest.approx(back.kappa))
    assert there.mean_difference == pytest.approx(-back.mean_difference)


@given(pairs)
def test_lower_of_two_is_never_above_either(levels):
    found = lower_of_two(judged([one for one, _ in levels]), judged([two for _, two in levels]))
    assert found.height == len(levels)
    assert (found["level"] <= found["first"]).all()
    assert (found["level"] <= found["second"]).all()
    assert found["differs"].to_list() == (found["first"] != found["second"]).to_list()


def test_what_one_assessor_judged_alone_stays():
    found = lower_of_two(judged({"a": 3, "b": 4}), judged({"b": 2, "c": 1}))
    assert dict(zip(found["item"], found["level"], strict=True)) == {"a": 3, "b": 2, "c": 1}
    assert dict(zip(found["item"], found["differs"], strict=True)) == {"a": False, "b": True, "c": False}


def test_own_minus_assessor_by_factor():
    own, set_ = answered({"INT1": 4, "INT2": 3, "SKL1": 2, "SKL2": "dk"}), answered({"INT1": 2, "INT2": 3, "SKL2": 1})
    found = {bias.node: bias for bias in self_minus_assessor(combine_assessor(own, set_, GENERIC), GENERIC)}
    integration = found["integration"]
    assert (integration.n, integration.difference, integration.higher, integration.equal) == (2, 1.0, 1, 1)
    # nobody's level of SKL1 was checked, and "I do not know" is no level to compare
    assert (found["skills"].n, found["skills"].difference) == (0, None)
    assert (found["total"].n, found["total"].difference) == (2, 1.0)

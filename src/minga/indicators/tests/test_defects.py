"""Ten defects seen in COINr 1.1.14 (and one more), each with what is right instead."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from minga import indicators as mi
from minga.indicators.engine.factors import Factor
from minga.indicators.engine.transforms import log_gii
from minga.indicators.tests.makers import flat, nested, random_table, score_of, table


def test_1_log_gii_really_transforms():
    x = np.array([1.0, 2.0, 4.0, 8.0, 100.0])
    wanted = np.log(99.0 * (x - 1.0) / 99.0 + 1.0)
    np.testing.assert_allclose(log_gii(x), wanted, rtol=1e-15)
    assert not np.allclose(log_gii(x), x)


def test_1_log_gii_is_mirrored_for_a_long_lower_tail():
    x = np.array([100.0, 99.0, 97.0, 93.0, 2.0])
    wanted = -np.log(99.0 * (100.0 - x) / 98.0 + 1.0)
    np.testing.assert_allclose(log_gii(x), wanted, rtol=1e-15)
    assert (np.argsort(log_gii(x)) == np.argsort(x)).all()


def test_2_a_power_mean_goes_on_when_an_input_is_missing():
    rule = {"method": "power", "power": 2.0}
    found = flat("a", "b", normalise=mi.Identity(), aggregate=rule).fit(table(a=[3.0, 1.0], b=[None, 7.0]))
    assert score_of(found, "Almond") == 3.0
    assert score_of(found, "Birch") == pytest.approx(5.0, rel=1e-15)


def test_3_copeland_is_an_aggregation_like_any_other():
    data = table(a=[3.0, 2.0, 1.0], b=[3.0, 1.0, 2.0])
    found = nested({"g": ["a"], "h": ["b"]}, aggregate="copeland").fit(data)
    assert [score_of(found, unit) for unit in ("Almond", "Birch", "Cedar")] == [2.0, -1.0, -1.0]


def test_4_optimised_weights_stay_in_bounds_and_figures_are_of_the_optimum():
    codes = ["a", "b", "c", "d"]
    data = random_table(60, codes, seed=5).with_columns((pl.col("a") * 0.9 + pl.col("b") * 0.1).alias("b"))
    index = nested({"g": ["a", "b"], "h": ["c", "d"]})
    found = mi.optimise_weights(index, data, level=1, target="equal", floor=0.05, starts=3)
    assert (found.table["weight"] >= 0).all()
    refitted = found.index.fit(data)
    normalised = refitted.stage("normalised")
    top = refitted.node_scores[:, refitted.nodes.index("top")]
    r = np.array([np.corrcoef(normalised[code], top)[0, 1] for code in codes])
    np.testing.assert_allclose(found.table["obtained"], r / r.sum(), atol=1e-9)
    assert found.loss == pytest.approx(np.log(np.mean((r / r.sum() - 0.25) ** 2)), abs=1e-6)


def test_5_effective_weights_are_of_the_weights_that_were_used():
    index = nested({"g": ["a", "b"], "h": ["c"]})
    used = {"a": 3.0, "b": 1.0, "g": 1.0, "h": 3.0}
    found = mi.effective_weights(index, used)
    effective = dict(zip(found["code"], found["effective"], strict=True))
    assert effective == pytest.approx({"a": 0.1875, "b": 0.0625, "c": 0.75, "g": 0.25, "h": 0.75, "top": 1.0})
    assert dict(zip(found["code"], found["weight"], strict=True))["a"] == 3.0


def test_6_discrete_choices_are_drawn_from_the_whole_range_of_chance():
    factor = Factor("treat.winmax", (1, 2, 3, 4, 5))
    narrow = np.array([0.41, 0.42, 0.43])  # a sample that happens to lie close together picks one choice
    assert factor.draw(narrow)[0].tolist() == [2, 2, 2]
    even = np.random.default_rng(1).random(100_000)
    shares = np.bincount(factor.draw(even)[0]) / even.size
    np.testing.assert_allclose(shares, 0.2, atol=0.005)


def test_7_a_missing_value_is_no_defeat_in_outranking():
    data = pl.DataFrame({"unit": ["x", "y"], "a": [None, 5.0], "b": [2.0, 1.0]})
    found = mi.copeland(data)
    assert found["score"].to_list() == [1.0, -1.0]  # decided by b alone, whoever stands first
    assert mi.copeland(data.reverse()).sort("unit")["score"].to_list() == [1.0, -1.0]


@pytest.mark.parametrize("scale", [mi.MinMax(), mi.ZScore(), mi.DistanceToMax()])
def test_8_a_column_without_range_is_an_error_that_names_it(scale):
    with pytest.raises(mi.IndicatorsError, match="'b' is 4 for every unit"):
        flat("a", "b", normalise=scale).fit(table(a=[1.0, 2.0, 3.0], b=[4.0, 4.0, 4.0]))


def test_8_a_column_whose_best_value_is_zero_is_an_error_that_names_it():
    with pytest.raises(mi.StepError, match="'a' is divided by its best value, 0"):
        flat("a", normalise=mi.FractionOfMax()).fit(table(a=[-1.0, -2.0, 0.0]))


def test_9_sensitivity_refuses_a_step_it_does_not_know_before_anything_runs():
    data = random_table(10, ["a", "b"])
    with pytest.raises(mi.DefinitionError, match="no option 'winmaxx'"):
        mi.uncertainty(flat("a", "b"), data, {"treat.winmaxx": [1, 2]})
    with pytest.raises(mi.DefinitionError, match=r"There is no 'trate\.winmax'"):
        mi.sobol(flat("a", "b"), data, {"trate.winmax": [1, 2]})


def test_9_failed_replications_are_counted_and_listed():
    data = random_table(12, ["a", "b"])
    index = flat("a", "b", normalise=mi.MinMax(1, 100))
    choices = {"normalise": [mi.MinMax(0, 100), mi.MinMax(1, 100)], "aggregate": ["arithmetic", "geometric"]}
    found = mi.uncertainty(index, data, choices, n=200, seed=4)
    drawn = found.draws.filter(
        (pl.col("normalise") == "minmax(lower=0, upper=100)") & (pl.col("aggregate") == "geometric")
    )
    assert found.failures["replication"].to_list() == drawn["replication"].to_list()
    assert 30 < found.failed < 70
    assert "values above 0" in found.failures["reason"][0]
    assert found.ranks["mean"].null_count() == 0


def test_10_a_geometric_mean_of_zeros_is_caught_before_running_with_a_remedy():
    index = flat("a", "b", aggregate="geometric")
    data = table(a=[1.0, 2.0, 3.0], b=[3.0, 2.0, 1.0])
    rules = [finding.rule for finding in mi.check(index, data) if finding.level == "error"]
    assert "zero_in_mean" in rules
    with pytest.raises(mi.IndicatorsError, match=r"'a' is 0 for Almond.*MinMax\(1, 100\)"):
        index.fit(data)
    assert index.replace("normalise", mi.MinMax(1, 100)).fit(data).warnings == ()


def test_11_fraction_of_max_is_highest_for_the_best_also_where_less_is_better():
    index = flat("a", normalise=mi.FractionOfMax()).replace("indicator.a.direction", -1)
    found = index.fit(table(a=[2.0, 4.0, 8.0])).stage("normalised")["a"].to_list()
    assert found == [1.0, 0.5, 0.25]

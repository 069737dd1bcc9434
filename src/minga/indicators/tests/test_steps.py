"""Steps with figures that can be followed by hand."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from minga import indicators as mi
from minga.indicators.engine.imputation import series
from minga.indicators.engine.transforms import TRANSFORMATIONS, boxcox, log_ct, log_ct_plus
from minga.indicators.tests.makers import flat, nested, random_table, score_of, table


def normalised(scale: mi.MinMax, values: list[float], **changes: object) -> list[float]:
    index = flat("a", normalise=scale)
    for path, value in changes.items():
        index = index.replace(f"indicator.a.{path}", value)
    return index.fit(table(a=values)).stage("normalised")["a"].to_list()


def test_denominator_with_its_scale():
    index = flat("a", "b").replace("indicator.a.denominator", "people")
    index = mi.Index(
        index.indicators, index.nodes, treat=mi.Treat(on=False), denominators=(mi.Denominator("people", scale=1000),)
    )
    data = table(a=[4.0, 9.0], b=[1.0, 2.0]).with_columns(pl.Series("people", [2000.0, 3000.0]))
    assert index.fit(data).stage("denominated")["a"].to_list() == [2.0, 3.0]


def test_median_imputation_in_groups_and_an_own_rule():
    data = table(a=[1.0, None, 9.0, 5.0, None], b=[None, 2.0, 3.0, 4.0, 5.0]).with_columns(
        pl.Series("region", ["N", "N", "S", "S", "S"])
    )
    index = flat("a", "b", impute={"method": "median", "group": "region"})
    index = index.replace("indicator.b.impute", {"method": "constant", "value": 7.0})
    found = index.fit(data)
    assert found.stage("imputed")["a"].to_list() == [1.0, 1.0, 9.0, 5.0, 7.0]
    assert found.stage("imputed")["b"].to_list() == [7.0, 2.0, 3.0, 4.0, 5.0]
    assert found.why["reason"][1] == "imputed: median of the column within region"
    assert found.why.select("unit", "indicator", "after").rows() == [
        ("Almond", "b", 7.0), ("Birch", "a", 1.0), ("Elm", "a", 7.0),
    ]  # fmt: skip


def test_whole_table_imputation():
    found = flat("a", "b", impute={"method": "mean", "axis": "table"}).fit(table(a=[1.0, None, 3.0], b=[4.0, 5.0, 7.0]))
    assert found.stage("imputed")["a"].to_list() == [1.0, 4.0, 3.0]


@pytest.mark.parametrize(
    ("method", "gap", "wanted"),
    [
        ("latest", None, [None, 2.0, 2.0, 2.0, 8.0, 8.0]), ("latest", 1, [None, 2.0, 2.0, None, 8.0, 8.0]),
        ("linear", None, [None, 2.0, 4.0, 6.0, 8.0, None]), ("linear", 1, [None, 2.0, None, None, 8.0, None]),
        ("linear-constant", None, [2.0, 2.0, 4.0, 6.0, 8.0, 8.0]), ("constant", None, [9.0, 2.0, 9.0, 9.0, 8.0, 9.0]),
    ],
)  # fmt: skip
def test_gaps_along_time(method, gap, wanted):
    values = np.array([np.nan, 2.0, np.nan, np.nan, 8.0, np.nan])
    found = series(np.arange(2000.0, 2006.0), values, method, gap, 9.0)
    np.testing.assert_array_equal(found, np.array(wanted, dtype=float))


def test_screening_before_imputation_lists_who_left_and_why():
    data = table(a=[1.0, None, 3.0], b=[1.0, None, 2.0], c=[3.0, 2.0, 1.0])
    index = flat("a", "b", "c", screen={"method": "missing"}, impute="mean")
    found = index.fit(data)
    assert found.units.to_list() == ["Almond", "Cedar"]
    assert found.why.filter(pl.col("stage") == "screened")["unit"].to_list() == ["Birch"]
    kept = index.replace("screen.keep", ("Birch",)).fit(data)
    assert kept.units.to_list() == ["Almond", "Birch", "Cedar"]
    dropped = index.replace("screen", {"method": "none", "drop": ("Birch",)}).fit(data)
    assert dropped.units.to_list() == ["Almond", "Cedar"]


def test_screening_by_zeros():
    data = table(a=[0.0, 1.0, 3.0], b=[0.0, 0.0, 2.0], c=[0.0, 2.0, 1.0])
    found = flat("a", "b", "c", screen={"method": "zeros", "min_nonzero": 0.5}).fit(data)
    assert found.units.to_list() == ["Birch", "Cedar"]


@pytest.mark.parametrize(
    ("scale", "wanted"),
    [
        (mi.Linear(0, 10, 1), [0.2, 0.4, 0.8]), (mi.Linear(0, 10, 1, floor=3), [0.3, 0.4, 0.8]),
        (mi.Goalposts(2, 8, 1), [0.0, 1 / 3, 1.0]), (mi.Goalposts(4, 6, 1), [0.0, 0.0, 1.0]),
        (mi.Goalposts(4, 6, 1, truncate=False), [-1.0, 0.0, 2.0]),
        (mi.Goalposts(1, 8, 1, log=True), [1 / 3, 2 / 3, 1.0]),
        (mi.FractionOfMax(), [0.25, 0.5, 1.0]), (mi.Identity(), [2.0, 4.0, 8.0]), (mi.Borda(), [0.0, 1.0, 2.0]),
        (mi.Own(lambda x: x / x.sum()), [1 / 7, 2 / 7, 4 / 7]),
    ],
)  # fmt: skip
def test_scales_where_more_is_better(scale, wanted):
    assert normalised(scale, [2.0, 4.0, 8.0]) == pytest.approx(wanted, abs=1e-15)


@pytest.mark.parametrize(
    ("scale", "wanted"),
    [
        (mi.MinMax(), [100.0, 200 / 3, 0.0]), (mi.Rank(), [3.0, 2.0, 1.0]), (mi.Linear(0, 10, 1), [0.8, 0.6, 0.2]),
        (mi.Goalposts(2, 8, 1), [1.0, 2 / 3, 0.0]), (mi.Reciprocal(8.0), [4.0, 2.0, 1.0]),
        (mi.Reciprocal(8.0, lower=4.0), [2.0, 2.0, 1.0]), (mi.ZScore(), [0.8728715609, 0.2182178902, -1.0910894512]),
        (mi.DistanceToReference("Birch"), [1.5, 1.0, 0.0]),
    ],
)  # fmt: skip
def test_scales_where_less_is_better(scale, wanted):
    assert normalised(scale, [2.0, 4.0, 8.0], direction=-1) == pytest.approx(wanted, rel=1e-9)


def test_targets_capped_and_not():
    assert normalised(mi.DistanceToTarget(), [0.0, 5.0, 10.0], target=8.0) == [0.0, 0.625, 1.25]
    assert normalised(mi.DistanceToTarget(cap=True), [0.0, 5.0, 10.0], target=8.0) == [0.0, 0.625, 1.0]


def test_min_max_to_any_range():
    assert normalised(mi.MinMax(1, 7), [2.0, 4.0, 8.0]) == pytest.approx([1.0, 3.0, 7.0])


def test_one_indicator_may_have_its_own_scale():
    index = flat("a", "b").replace(
        "indicator.b.normalise", {"method": "goalposts", "lower": 0, "upper": 10, "scale": 100}
    )
    found = index.fit(table(a=[1.0, 2.0, 3.0], b=[1.0, 2.0, 3.0])).stage("normalised")
    assert found["a"].to_list() == [0.0, 50.0, 100.0]
    assert found["b"].to_list() == pytest.approx([10.0, 20.0, 30.0])


@pytest.mark.parametrize("name", ["log_ct", "log_ct_orig", "log_ct_plus", "log", "log_gii", "boxcox"])
def test_transformations_keep_the_order_and_draw_in_the_tail(name):
    x = np.exp(np.random.default_rng(2).normal(1.0, 1.2, 200)) + 1.0
    found = TRANSFORMATIONS[name](x)
    assert (np.argsort(found) == np.argsort(x)).all()
    assert abs(((found - found.mean()) ** 3).mean() / found.std() ** 3) < abs(
        ((x - x.mean()) ** 3).mean() / x.std() ** 3
    )


def test_box_cox_of_log_normal_figures_is_nearly_the_logarithm():
    x = np.exp(np.random.default_rng(2).normal(0.0, 1.0, 4000))
    assert np.corrcoef(boxcox(x), np.log(x))[0, 1] > 0.9999


def test_log_ct_plus_mirrors_a_long_lower_tail():
    x = -np.exp(np.linspace(0.0, 3.0, 40))
    np.testing.assert_allclose(log_ct_plus(x), -log_ct(-x))


def test_an_own_treatment():
    values = [*np.linspace(1.0, 2.0, 39), 500.0]
    data = random_table(40, ["a", "b"]).with_columns(pl.Series("a", values), pl.Series("b", np.linspace(0.0, 1.0, 40)))
    found = flat("a", "b", treat={"on": True, "first": "none", "then": np.sqrt}).fit(data)
    np.testing.assert_allclose(found.stage("treated")["a"], np.sqrt(values))
    np.testing.assert_array_equal(found.stage("treated")["b"], data["b"])
    assert found.details["transformation"].to_list() == ["sqrt", ""]


def test_aggregations_of_two_children():
    data = table(a=[8.0, 1.0], b=[2.0, 4.0])
    for rule, wanted in (("product", 16.0), ("ratio", 4.0), ("arithmetic", 5.0), ("geometric", 4.0), ("harmonic", 3.2),
                         ({"method": "ratio", "factor": -1.0, "offset": 1.0}, -3.0),
                         ({"method": "power", "power": 2.0}, np.sqrt(34))):  # fmt: skip
        found = flat("a", "b", normalise=mi.Identity(), aggregate=rule).fit(data)
        assert score_of(found, "Almond") == pytest.approx(wanted, rel=1e-14)


def test_different_rules_in_one_level_and_an_own_rule():
    data = table(a=[8.0, 1.0], b=[2.0, 4.0], c=[8.0, 1.0], d=[2.0, 4.0])
    index = nested({"g": ["a", "b"], "h": ["c", "d"]}, normalise=mi.Identity())
    index = index.node("g", aggregate="geometric").node("h", aggregate=lambda x, w: x.max(axis=1))
    found = index.fit(data)
    assert (score_of(found, "Almond", "g"), score_of(found, "Almond", "h"), score_of(found, "Almond")) == (
        4.0,
        8.0,
        6.0,
    )


def test_min_share_of_one_node_only():
    data = table(a=[None, 1.0], b=[2.0, 4.0], c=[8.0, 1.0])
    index = nested({"g": ["a", "b"], "h": ["c"]}, normalise=mi.Identity()).node("g", min_share=0.75)
    assert score_of(index.fit(data), "Almond", "g") is None
    assert score_of(index.fit(data), "Almond") == 8.0


def test_a_weight_of_zero_takes_an_indicator_out_even_of_a_geometric_mean():
    data = table(a=[0.0, 5.0, 9.0], b=[1.0, 2.0, 4.0])
    index = flat("a", "b", normalise=mi.Identity(), aggregate="geometric").replace("indicator.a.weight", 0.0)
    assert score_of(index.fit(data), "Almond") == 1.0


def test_mazziotta_pareto_by_its_formula():
    x = np.array([[1.0, 4.0], [2.0, 9.0], [6.0, 5.0]])
    z = 100 + 10 * (x - x.mean(axis=0)) / x.std(axis=0)
    mean, spread = z.mean(axis=1), z.std(axis=1)
    data = table(a=x[:, 0].tolist(), b=x[:, 1].tolist())
    np.testing.assert_allclose(mi.mpi(data)["score"], mean - spread**2 / mean)
    np.testing.assert_allclose(mi.mpi(data, penalty="positive")["score"], mean + spread**2 / mean)
    found = flat("a", "b", normalise=mi.Identity(), aggregate="mpi").fit(data)
    np.testing.assert_allclose(found.table()["top"], mean - spread**2 / mean)


def test_adjusted_mazziotta_pareto_with_a_reference_of_one_hundred():
    data = table(a=[1.0, 3.0, 5.0], b=[10.0, 30.0, 20.0])
    found = mi.ampi(data, reference={"a": 3.0, "b": 20.0})
    r = np.array([[70.0, 70.0], [100.0, 130.0], [130.0, 100.0]])
    mean = r.mean(axis=1)
    np.testing.assert_allclose(found["score"], mean - r.var(axis=1) / mean)
    turned = mi.ampi(data.with_columns(-pl.col("a")), directions={"a": -1}, reference={"a": -3.0, "b": 20.0})
    np.testing.assert_allclose(turned["score"], found["score"])


def test_benefit_of_the_doubt_by_hand_and_with_bounds():
    data = table(a=[1.0, 0.5, 0.5], b=[0.5, 1.0, 0.5])
    found = mi.bod(data)
    assert found["score"].to_list() == pytest.approx([1.0, 1.0, 2 / 3])
    bounded = mi.bod(data, share=(0.5, 1.0))  # each half of the score: 2 / (max a/.. ) lowers the lopsided
    assert (bounded["score"] <= found["score"] + 1e-12).all()
    assert bounded["score"][2] == pytest.approx(2 / 3)
    with pytest.raises(mi.StepError, match="at least 0\\."):
        mi.bod(table(a=[-1.0, 2.0], b=[1.0, 1.0]))


def test_statistics_by_hand():
    found = mi.stats(table(a=[1.0, 2.0, 2.0, None, 7.0])).row(0, named=True)
    assert (found["min"], found["max"], found["mean"], found["median"]) == (1.0, 7.0, 3.0, 2.0)
    assert found["n_available"] == 4
    assert found["n_same"] == 2
    assert found["skew"] == pytest.approx(13.5 / 5.5**1.5 * np.sqrt(12) / 2)


def test_explanation_shows_direction_and_changed_cells():
    data = table(a=[1.0, None, 3.0], b=[3.0, 1.0, 2.0])
    found = flat("a", "b", impute="mean").replace("indicator.b.direction", -1).fit(data).explain("Birch")
    assert found.strengths["direction"].to_list() == ["less is better"]
    assert found.changed["indicator"].to_list() == ["a"]
    with pytest.raises(mi.DataError, match="no unit 'Fir'"):
        flat("a", "b").fit(data).explain("Fir")


def test_stage_names_are_checked():
    with pytest.raises(mi.DataError, match=r"no stage 'cooked'.*raw, denominated"):
        flat("a").fit(table(a=[1.0, 2.0])).stage("cooked")


def test_words_of_coinr_are_understood():
    index = flat("a").replace("normalise", {"method": "n_minmax", "lower": 1, "upper": 100})
    assert index.normalise == mi.MinMax(1, 100)
    assert index.replace("aggregate", ["a_gmean", "a_amean"]).aggregate.for_level(2).method == "geometric"
    assert mi.Index.from_toml(index.to_toml()) == index


def test_statistics_and_correlations_of_a_result():
    found = flat("a", "b").fit(table(a=[1.0, 2.0, 4.0], b=[3.0, 1.0, 2.0]))
    assert mi.stats(found)["max"].to_list() == [4.0, 3.0]
    assert mi.stats(found, stage="normalised")["max"].to_list() == [100.0, 100.0]
    assert set(mi.corr(found)["a"]) == {"a", "b", "top"}


def test_first_components_as_weights():
    data = random_table(30, ["a", "b"]).with_columns((pl.col("a") + 0.1 * pl.col("b")).alias("b"))
    found = mi.pca(flat("a", "b").fit(data)).first_weights()
    assert found["a"] == pytest.approx(found["b"])
    turned = flat("a", "b").replace("indicator.b.direction", -1).fit(data)
    with pytest.raises(mi.DataError, match=r"weighs .* negatively"):
        mi.pca(turned).first_weights()

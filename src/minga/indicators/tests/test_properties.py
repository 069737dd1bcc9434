"""What holds for every index, whatever its figures."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from minga import indicators as mi
from minga.indicators.tests.makers import nested, random_table

GROUPS = {"g": ["a", "b", "c"], "h": ["d", "e"]}
CODES = ["a", "b", "c", "d", "e"]
seeds = st.integers(0, 10_000)
weights = st.lists(st.floats(0.1, 10.0), min_size=7, max_size=7)
quick = settings(max_examples=25, deadline=None)


def index(**options: object) -> mi.Index:
    return nested(GROUPS, **options)


def weighted(values: list[float], **options: object) -> mi.Index:
    return index(**options).replace("weights", dict(zip([*CODES, "g", "h"], values, strict=True)))


def top(result: mi.Result) -> np.ndarray:
    return result.node_scores[:, result.nodes.index("top")]


@quick
@given(seeds, st.floats(0.001, 1000), st.floats(-100, 100))
def test_a_change_of_measuring_unit_changes_nothing(seed, factor, shift):
    data = random_table(20, CODES, seed)
    other = data.with_columns((pl.col("a") * factor + shift).alias("a"))
    ix = index(treat=True)
    np.testing.assert_allclose(top(ix.fit(other)), top(ix.fit(data)), rtol=1e-7, atol=1e-7)


@quick
@given(seeds, st.randoms(use_true_random=False))
def test_the_order_of_units_does_not_matter(seed, shuffle):
    data = random_table(15, CODES, seed, missing=0.1)
    order = list(range(15))
    shuffle.shuffle(order)
    ix = index(treat=True, impute="mean")
    a, b = ix.fit(data), ix.fit(data[order])
    np.testing.assert_allclose(top(b), top(a)[order], rtol=1e-12)
    assert b.ranks["top"].to_list() == [a.ranks["top"].to_list()[at] for at in order]


@quick
@given(seeds, weights, st.floats(0.01, 100))
def test_only_the_proportions_of_weights_matter(seed, values, factor):
    data = random_table(12, CODES, seed)
    a, b = weighted(values).fit(data), weighted([value * factor for value in values]).fit(data)
    np.testing.assert_allclose(top(b), top(a), rtol=1e-12)


@quick
@given(seeds, st.sampled_from(CODES), st.sampled_from(["arithmetic", "geometric", "harmonic"]))
def test_more_of_a_good_thing_never_lowers_a_score(seed, code, rule):
    data = random_table(12, CODES, seed)
    ends = {item: (0.0, float(data[item].max()) * 3) for item in CODES}  # fixed goalposts: others stay where they are
    ix = index(normalise=mi.Goalposts(truncate=False), aggregate=rule)
    for item, posts in ends.items():
        ix = ix.replace(f"indicator.{item}.goalposts", posts)
    raised = data.with_columns(
        pl.when(pl.int_range(pl.len()) == 3).then(pl.col(code) * 1.5).otherwise(code).alias(code)
    )
    before, after = top(ix.fit(data)), top(ix.fit(raised))
    assert after[3] > before[3]
    np.testing.assert_array_equal(np.delete(after, 3), np.delete(before, 3))


@quick
@given(seeds, weights)
def test_arithmetic_is_at_least_geometric_is_at_least_harmonic(seed, values):
    data = random_table(12, CODES, seed)
    am, gm, hm = (
        top(weighted(values, normalise=mi.MinMax(1, 100), aggregate=rule).fit(data))
        for rule in ("arithmetic", "geometric", "harmonic")
    )
    assert (am >= gm - 1e-9).all()
    assert (gm >= hm - 1e-9).all()


@quick
@given(seeds, weights)
def test_contributions_add_up_to_the_score(seed, values):
    data = random_table(10, CODES, seed, missing=0.1)
    found = weighted(values, normalise=mi.MinMax(1, 100)).fit(data)
    for unit in found.units[:3]:
        parts = found.explain(unit).contributions
        leaves = parts.filter(pl.col("level") == 1)["contribution"].fill_null(0.0).sum()
        score = parts.filter(pl.col("code") == "top")["score"][0]
        assert abs(leaves - score) <= 1e-12 * max(1.0, abs(score))


@quick
@given(seeds, weights, st.sampled_from(["geometric", "harmonic", {"method": "power", "power": 0.5}]))
def test_contributions_to_other_means_add_up_too(seed, values, rule):
    found = weighted(values, normalise=mi.MinMax(1, 100), aggregate=rule).fit(random_table(8, CODES, seed))
    parts = found.explain(found.units[0]).contributions
    leaves = parts.filter(pl.col("level") == 1)["contribution"].sum()
    score = parts.filter(pl.col("code") == "top")["score"][0]
    np.testing.assert_allclose(leaves, score, rtol=1e-10)


@quick
@given(seeds)
def test_scores_lie_between_the_lowest_and_highest_child(seed):
    found = index().fit(random_table(12, CODES, seed))
    leaves = found.stage("normalised").select(CODES).to_numpy()
    assert (top(found) >= leaves.min(axis=1) - 1e-9).all()
    assert (top(found) <= leaves.max(axis=1) + 1e-9).all()


@quick
@given(seeds, st.integers(1, 6), st.floats(0.3, 3.0), st.booleans())
def test_any_replication_equals_fitting_that_definition(seed, winmax, skew, combine):
    data = random_table(25, CODES, seed, missing=0.05)
    ix = index(treat={"on": True, "combine": combine})
    found = mi.uncertainty(ix, data, {"treat.winmax": [winmax], "treat.skew": [skew], "treat.kurt": [skew]}, n=1)
    fitted = ix.replace("treat.winmax", winmax).replace("treat.skew", skew).replace("treat.kurt", skew).fit(data)
    np.testing.assert_allclose(found.scores["mean"], top(fitted), rtol=1e-12)


@quick
@given(seeds)
def test_copeland_scores_of_full_data_sum_to_zero(seed):
    data = random_table(15, CODES, seed)
    assert mi.copeland(data)["score"].sum() == 0


@quick
@given(seeds)
def test_benefit_of_the_doubt_is_at_most_one_and_reached(seed):
    found = mi.bod(random_table(8, ["a", "b", "c"], seed))["score"]
    assert (found <= 1 + 1e-9).all()
    assert found.max() > 1 - 1e-9

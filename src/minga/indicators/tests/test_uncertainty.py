"""How sure ranks are, and what moves them."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from minga import indicators as mi
from minga.indicators.engine.factors import factors_from
from minga.indicators.engine.replication import Engine
from minga.indicators.engine.sensitivity import design, exact_indices
from minga.indicators.tests.makers import flat, nested, random_table

GROUPS = {"g": ["a", "b", "c"], "h": ["d", "e"]}
DATA = random_table(20, ["a", "b", "c", "d", "e"], seed=2, missing=0.05)
CHOICES = {
    "treat.winmax": [1, 3, 5],
    "normalise": [mi.MinMax(1, 100), mi.ZScore(10, 2)],
    "weights": mi.Jitter(0.25),
    "aggregate": ["arithmetic", "geometric"],
    "impute": ["mean", "median"],
}


def index() -> mi.Index:
    return nested(GROUPS, treat=True, normalise=mi.MinMax(1, 100), impute="mean")


def bytes_of(found: mi.Uncertainty) -> bytes:
    return b"".join(table.write_csv().encode() for table in (found.ranks, found.scores, found.draws, found.pairwise))


def test_the_same_seed_gives_the_same_bytes_and_another_does_not():
    one, two, three = (bytes_of(mi.uncertainty(index(), DATA, CHOICES, n=300, seed=seed)) for seed in (5, 5, 6))
    assert one == two
    assert one != three


def test_sensitivity_is_seeded_too():
    one, two = (mi.sobol(index(), DATA, CHOICES, n=64, seed=9).indices.write_csv() for _ in range(2))
    assert one == two


def test_memory_blocks_do_not_change_the_figures(monkeypatch):
    whole = mi.uncertainty(index(), DATA, CHOICES, n=200, seed=3)
    monkeypatch.setattr("minga.indicators.engine.replication.BLOCK_BYTES", 8 * 20 * 7 * 13)
    pieces = mi.uncertainty(index(), DATA, CHOICES, n=200, seed=3)
    assert bytes_of(whole) == bytes_of(pieces)


def test_replications_with_distinct_steps_before_treatment_equal_fitting():
    engine = Engine(index(), DATA, factors_from(index(), CHOICES, seed=1, default_sets=10))
    u = np.random.default_rng(0).random((40, 5))
    scores = np.vstack([block.scores for block in engine.runs(u)])
    factors = engine.factors
    for run in range(0, 40, 7):
        ix = index()
        for factor, value in zip(factors, u[run], strict=True):
            pick, values = factor.draw(np.array([value]))
            if factor.weights is None:
                ix = ix.replace(factor.path, values[pick[0]])
            else:
                ix = ix.replace("weights", dict(zip(ix.tree.codes, factor.weights[pick[0]], strict=True)))
        fitted = ix.fit(DATA)
        np.testing.assert_allclose(scores[run], fitted.node_scores[:, fitted.nodes.index("top")], rtol=1e-12)


def test_screening_may_be_uncertain_and_ranks_only_who_is_there():
    data = DATA.with_columns(pl.when(pl.int_range(pl.len()) == 0).then(None).otherwise("a").alias("a"))
    found = mi.uncertainty(index().replace("screen", {"method": "missing"}), data,
                           {"screen.min_available": [0.5, 0.9]}, n=50)  # fmt: skip
    engine_units = found.ranks.filter(pl.col("mean").is_null())
    assert engine_units.height == 0
    assert found.failed == 0


def test_pairwise_shares_add_up_where_there_are_no_ties():
    found = mi.uncertainty(index(), DATA, CHOICES, n=200)
    pair = {(row["unit"], row["other"]): row["share_above"] for row in found.pairwise.iter_rows(named=True)}
    assert all(abs(share + pair[other, unit] - 1) < 1e-12 for (unit, other), share in pair.items() if unit != other)


def test_a_unit_that_is_best_in_everything_is_always_first():
    best = pl.DataFrame({"unit": ["best"]} | {code: [99.0] for code in "abcde"})
    found = mi.uncertainty(index(), pl.concat([DATA, best]), CHOICES, n=200).ranks.filter(pl.col("unit") == "best")
    assert found.select("nominal", "median", "low", "high").row(0) == (1.0, 1.0, 1.0, 1.0)


def test_rank_intervals_cover_simulated_truth():
    """The weights truly meant lie within a quarter of the nominal ones: 90% intervals must hold their ranks."""
    random = np.random.default_rng(8)
    ix = flat("a", "b", "c", "d", "e")
    inside = total = 0
    for trial in range(40):
        data = random_table(15, ["a", "b", "c", "d", "e"], seed=100 + trial)
        truth = dict(zip("abcde", 1 + 0.25 * random.uniform(-1, 1, 5), strict=True))
        ranks = ix.replace("weights", truth).fit(data).ranks["top"]
        found = mi.uncertainty(ix, data, {"weights": mi.Jitter(0.25)}, n=300, seed=trial).ranks
        inside += ((ranks >= found["low"]) & (ranks <= found["high"])).sum()
        total += 15
    assert inside / total >= 0.90


def test_the_definition_may_say_itself_what_is_uncertain():
    said = '[uncertainty]\n"treat.winmax" = {low = 1, high = 4, whole = true}\nweights = {jitter = 0.1}\n'
    toml = f"{index().to_toml()}\n{said}"
    found = mi.uncertainty(mi.Index.from_toml(toml), DATA, n=100)
    assert set(found.draws["treat.winmax"].to_list()) == {1, 2, 3, 4}
    assert mi.uncertainty(index(), DATA, n=10).draws.columns == ["replication", "weights"]


@pytest.mark.parametrize(
    ("uncertain", "message"),
    [
        ({}, "Nothing is uncertain"), ({"treat.winmax": 3}, "Give a list"), ({"weights": [{"z": 1}]}, "given for z"),
        ({"weights": 0.25}, "Jitter"), ({"treat.winmax": {"lo": 1}}, "low, high"), ({"aggregate": ["mode"]}, "'mode'"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_from_is_refused(uncertain, message):
    with pytest.raises(mi.DefinitionError, match=message):
        mi.uncertainty(index(), DATA, uncertain)


def test_exact_indices_of_a_known_table():
    y = np.add.outer(np.array([0.0, 2.0]), np.array([0.0, 1.0]))  # additive: variances 1 and 0.25
    first, total = exact_indices(y)
    np.testing.assert_allclose(first, [0.8, 0.2])
    np.testing.assert_allclose(total, [0.8, 0.2])
    first, total = exact_indices(np.array([[1.0, -1.0], [-1.0, 1.0]]))  # pure interaction
    np.testing.assert_allclose(first, [0.0, 0.0], atol=1e-15)
    np.testing.assert_allclose(total, [1.0, 1.0])


@pytest.mark.parametrize(("sampler", "limit"), [("sobol", 0.01), ("random", 0.08)])
def test_estimates_of_the_ishigami_function(sampler, limit):
    x = -np.pi + 2 * np.pi * design(4096, 3, sampler, 2)
    y = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    found = mi.sobol_indices(y, 3, bootstrap=50)
    np.testing.assert_allclose(found["first"], [0.3139, 0.4424, 0.0], atol=limit)
    np.testing.assert_allclose(found["total"], [0.5576, 0.4424, 0.2437], atol=limit)
    assert (found["first_low"] <= found["first"]).all()
    assert (found["first"] <= found["first_high"]).all()


def test_the_rank_of_one_unit_or_an_own_function_as_target():
    choices = {"normalise": [mi.MinMax(1, 100), mi.ZScore(10, 2)], "aggregate": ["arithmetic", "geometric"]}
    one = mi.sobol(index(), DATA, choices, sampler="exact", target="unit_rank", unit="u00003")
    assert one.runs == 4
    assert one.mean == pytest.approx(np.mean(one.y))
    own = mi.sobol(index(), DATA, choices, sampler="exact", target=lambda scores, nominal: scores.max(axis=1))
    assert own.indices["total"].max() > 0.5
    with pytest.raises(mi.DefinitionError, match="needs a unit"):
        mi.sobol(index(), DATA, choices, target="unit_rank", unit="nobody")


def test_exact_counting_refuses_ranges_and_impossible_combinations():
    with pytest.raises(mi.DefinitionError, match=r"treat\.skew may be any number"):
        mi.sobol(index(), DATA, {"treat.skew": mi.Uniform(1, 3)}, sampler="exact")
    ix = index().replace("normalise", mi.MinMax(0, 100))
    with pytest.raises(mi.StepError, match="1 of 2 combinations cannot be calculated"):
        mi.sobol(ix, DATA, {"aggregate": ["arithmetic", "geometric"]}, sampler="exact")


def test_noisy_weights_stay_in_their_band():
    found = mi.noisy_weights(index(), {2: 0.25}, 500, seed=1)
    level_two = found.filter(pl.col("code").is_in(["g", "h"]))["weight"]
    assert 0.75 <= level_two.min() < 0.76
    assert 1.24 < level_two.max() <= 1.25
    assert (found.filter(pl.col("code") == "a")["weight"] == 1.0).all()


def test_an_own_first_treatment_works_in_replications_too():
    ix = index().replace("treat", {"first": np.sqrt, "then": "none", "skew": 1e-6, "kurt": -9.0, "on": True})
    found = mi.uncertainty(ix, DATA, {"aggregate": ["arithmetic"]}, n=1)
    fitted = ix.fit(DATA)
    assert not np.allclose(fitted.stage("treated")["a"].to_numpy(), fitted.stage("imputed")["a"].to_numpy())
    np.testing.assert_allclose(found.scores["mean"], fitted.node_scores[:, fitted.nodes.index("top")], rtol=1e-12)


@pytest.mark.parametrize(("n", "seed"), [(0, 1), (10, -1)])
def test_numbers_that_make_no_sense_are_refused(n, seed):
    with pytest.raises(mi.DefinitionError, match="give n of at least"):
        mi.uncertainty(index(), DATA, n=n, seed=seed)
    with pytest.raises(mi.DefinitionError, match="give n of at least"):
        mi.sobol(index(), DATA, n=n, seed=seed)
    with pytest.raises(mi.DefinitionError, match="keeps them at 0 or above"):
        mi.Jitter(1.5)


def test_a_target_that_never_varies_gives_no_indices_rather_than_noise():
    best = pl.DataFrame({"unit": ["x", "y"], "a": [1.0, 2.0], "b": [1.0, 2.0]})
    found = mi.sobol(flat("a", "b"), best, {"weights": mi.Jitter(0.25)}, n=8)
    assert found.indices["first"].null_count() == 1
    assert found.variance == 0

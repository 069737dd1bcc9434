"""600 replications, their ranks and Sobol indices equal COINr's; exact indices equal the enumeration."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import polars as pl
import pytest

from minga import indicators as mi
from minga.indicators.engine.factors import factors_from
from minga.indicators.engine.ranking import rank_rows
from minga.indicators.engine.replication import Engine
from minga.indicators.tests import asem
from tests.support import shared_data

FACTORS = ["Winmax", "Normalisation", "Weights", "Aggregation"]


def nominal() -> mi.Index:
    return asem.index().replace("normalise", mi.MinMax(1, 100))


@cache
def uncertain() -> dict[str, list[object]]:
    sets = asem.golden("sa_weight_sets")
    weights = [dict(zip(sets["iCode"], sets[f"w{at}"], strict=True)) for at in range(1, 101)]
    return {
        "treat.winmax": [1, 2, 3, 4, 5],
        "normalise": [mi.MinMax(1, 100), mi.ZScore(10, 2)],
        "weights": weights,
        "aggregate": ["arithmetic", "geometric"],
    }


@cache
def replications() -> np.ndarray:
    """The 600 runs of COINr's design, units in the order of iData."""
    design = asem.golden("sa_design")
    picks = [design["winmax"] - 1, design["norm"] == "n_zscore", design["weight_set"] - 1, design["agg"] == "a_gmean"]
    u = np.column_stack(
        [(pick.cast(pl.Float64) + 0.5) / size for pick, size in zip(picks, (5, 2, 100, 2), strict=True)]
    )
    engine = Engine(nominal(), asem.idata(), factors_from(nominal(), uncertain(), seed=1, default_sets=100))
    return np.vstack([block.scores for block in engine.runs(u)])


def in_order(name: str) -> pl.DataFrame:
    return asem.idata().select("uCode").join(asem.golden(name), on="uCode", how="left", maintain_order="left")


def nominal_ranks() -> np.ndarray:
    return in_order("sa_nominal")["Rank"].to_numpy().astype(float)


def test_nominal_scores_and_ranks():
    found = (
        nominal().fit(asem.idata()).scores.filter(pl.col("node") == "Index").rename({"score": "Score", "rank": "Rank"})
    )
    asem.assert_equals(found, "sa_nominal")


def test_600_replications_equal_coinr():
    wanted = in_order("sa_scores").select(pl.col("^r_.*$")).to_numpy().T
    assert replications().shape == wanted.shape == (600, 51)
    np.testing.assert_allclose(replications(), wanted, rtol=1e-9)


def test_rank_statistics_of_the_first_200():
    wanted = in_order("sa_rankstats")
    ranks = rank_rows(replications()[:200])
    np.testing.assert_allclose(ranks.mean(axis=0), wanted["Mean"], rtol=1e-12)
    for column, q in (("Median", 0.5), ("Q5", 0.05), ("Q95", 0.95)):
        np.testing.assert_allclose(np.quantile(ranks, q, axis=0), wanted[column], rtol=1e-12)


def test_sobol_indices_from_the_same_runs():
    y = np.abs(rank_rows(replications()) - nominal_ranks()).mean(axis=1)
    wanted = asem.golden("sa_sobol_coinr_N100")
    found = mi.sobol_indices(y, 4)
    assert wanted["Variable"].to_list() == FACTORS
    np.testing.assert_allclose(found["first"], wanted["Si"], rtol=1e-9)
    np.testing.assert_allclose(found["total"], wanted["STi"], rtol=1e-9)


def exact_golden() -> dict[str, object]:
    return json.loads(shared_data("composite/asem/goldens/sa_sobol_exact.json").read_text())


def test_exact_indices_by_enumeration():
    wanted = exact_golden()
    found = mi.sobol(nominal(), asem.idata(), uncertain(), sampler="exact")
    assert found.runs == wanted["n_combinations"] == 2000
    assert found.mean == pytest.approx(wanted["mean"], rel=1e-9)
    assert found.variance == pytest.approx(wanted["variance_population"], rel=1e-9)
    for row, name in zip(found.indices.iter_rows(named=True), FACTORS, strict=True):
        assert row["first"] == pytest.approx(wanted["indices"][name]["Si"], rel=1e-9)
        assert row["total"] == pytest.approx(wanted["indices"][name]["STi"], rel=1e-9)


def test_scrambled_sobol_comes_within_three_hundredths():
    wanted = exact_golden()["indices"]
    found = mi.sobol(nominal(), asem.idata(), uncertain(), n=4096, seed=3)
    assert found.runs == 4096 * 6
    for row, name in zip(found.indices.iter_rows(named=True), FACTORS, strict=True):
        assert abs(row["first"] - wanted[name]["Si"]) < 0.03
        assert abs(row["total"] - wanted[name]["STi"]) < 0.03


def test_replications_equal_fitting_one_by_one():
    design = asem.golden("sa_design")[:6]
    for at, row in enumerate(design.iter_rows(named=True)):
        ix = nominal().replace("treat.winmax", row["winmax"])
        ix = ix.replace("normalise", uncertain()["normalise"][row["norm"] == "n_zscore"])
        ix = ix.replace("weights", uncertain()["weights"][row["weight_set"] - 1])
        ix = ix.replace("aggregate", "geometric" if row["agg"] == "a_gmean" else "arithmetic")
        fitted = ix.fit(asem.idata())
        root = fitted.nodes.index("Index")
        np.testing.assert_allclose(replications()[at], fitted.node_scores[:, root], rtol=1e-13)

"""What is read from the ASEM example equals what COINr 1.1.14 wrote."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from minga import indicators as mi
from minga.indicators.tests import asem
from tests.support import shared_data

PILLARS = ["Physical", "ConEcFin", "Political", "Instit", "P2P", "Environ", "Social", "SusEcFin"]
PARENT = dict.fromkeys(PILLARS[:5], "Conn") | dict.fromkeys(PILLARS[5:], "Sust")


def pairs(found: pl.DataFrame) -> dict[tuple[str, str], float]:
    return {(row["a"], row["b"]): row["correlation"] for row in found.iter_rows(named=True)}


def test_scores_ranks_and_group_ranks():
    asem.assert_equals(asem.result().table(), "results_default_scores", skip=("Rank",))
    asem.assert_equals(asem.result().ranks, "results_default_ranks", tolerance=0)
    asem.assert_equals(asem.result().group_ranks("GDP_group"), "results_default_groupranks_GDP_group", tolerance=0)
    top = asem.golden("results_default_scores")
    rank = dict(zip(top["uCode"], top["Rank"], strict=True))
    ours = asem.result().scores.filter(pl.col("node") == "Index")
    assert {row["uCode"]: row["rank"] for row in ours.iter_rows(named=True)} == rank


@pytest.mark.parametrize(("golden", "stage"), [("stats_raw", "raw"), ("stats_treated", "treated")])
def test_statistics_and_flags(golden, stage):
    wanted = asem.golden(golden)
    table = asem.idata() if stage == "raw" else asem.result().stage(stage)
    found = mi.stats(table, wanted["iCode"].to_list())
    for theirs, ours in {
        "Min": "min", "Max": "max", "Mean": "mean", "Median": "median", "Std": "sd", "Skew": "skew", "Kurt": "kurt",
        "N.Avail": "n_available", "N.NonZero": "n_nonzero", "N.Unique": "n_unique", "N.Same": "n_same",
        "Frc.Avail": "available", "Frc.NonZero": "nonzero", "Frc.Unique": "unique", "Frc.Same": "same",
    }.items():  # fmt: skip
        asem.close(found[ours], wanted[theirs], f"{golden}: {theirs}")
    for theirs, ours in {"Flag.Avail": "low_data", "Flag.NonZero": "many_zeros", "Flag.Unique": "few_values",
                         "Flag.SkewKurt": "outliers"}.items():  # fmt: skip
        assert (wanted[theirs] != "ok").to_list() == found[ours].to_list()


def test_availability_by_unit_and_by_node():
    raw = asem.raw_index()
    names = {"n_missing": "N_missing", "n_zero": "N_zero", "n_missing_or_zero": "N_miss_or_zero",
             "available": "Dat_Avail", "nonzero": "Non_Zero"}  # fmt: skip
    asem.assert_equals(mi.availability(raw, asem.idata()).rename(names), "data_avail_summary")
    asem.assert_equals(mi.availability(raw, asem.idata(), by="node"), "data_avail_bygroup")


def test_screening_shows_its_figures():
    wanted = asem.golden("screen_raw_byNA_0.9_summary")
    found = mi.screen(asem.raw_index(), asem.idata(), mi.Screen(method="missing", min_available=0.9))
    found = wanted.select("uCode").join(found, on="uCode", how="left", maintain_order="left")
    for theirs, ours in {"LowData": "low_data", "LowNonZero": "low_nonzero", "Included": "included"}.items():
        assert found[ours].to_list() == [str(value).upper() == "TRUE" for value in wanted[theirs]]
    asem.close(found["available"], wanted["Dat_Avail"], "available")
    assert 0 < found["included"].sum() < wanted.height


def test_correlation_with_denominators():
    wanted = asem.golden("denom_corr_raw_0.6")
    found = mi.denominator_corr(asem.raw_index(), asem.idata(), limit=0.6)
    ours = {(row["indicator"], row["denominator"]): row["correlation"] for row in found.iter_rows(named=True)}
    theirs = {(row["Ind"], row["Denom"]): row["Corr"] for row in wanted.iter_rows(named=True)}
    assert ours.keys() == theirs.keys()
    assert ours == pytest.approx(theirs, rel=1e-9)


@pytest.mark.parametrize(
    ("golden", "limits"),
    [
        ("corr_flags_raw_high_0.75", {"high": 0.75, "low": None}),
        ("corr_flags_raw_low_-0.4", {"high": None, "low": -0.4}),
    ],
)
def test_flagged_pairs_inside_a_pillar(golden, limits):
    found = mi.corr_flags(asem.index(), asem.idata(), **limits)
    ours = {frozenset((row["a"], row["b"])): (row["group"], row["correlation"]) for row in found.iter_rows(named=True)}
    for row in asem.golden(golden).iter_rows(named=True):
        group, value = ours.pop(frozenset((row["Ind1"], row["Ind2"])))
        assert group == row["Group"]
        assert value == pytest.approx(row["Corr"], rel=1e-9)
    assert not ours


@pytest.mark.parametrize("method", ["pearson", "spearman", "kendall"])
def test_correlations_pairwise_complete(method):
    wanted = asem.golden(f"corr_raw_{method}")
    ours = pairs(mi.corr(asem.idata(), asem.index().codes, method=method))
    theirs = {(row["Var1"], row["Var2"]): row["Correlation"] for row in wanted.iter_rows(named=True)}
    assert ours.keys() == theirs.keys()
    assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-9)


def test_p_values_of_correlations():
    wanted = asem.golden("corr_raw_pearson_pvalues")
    codes = wanted.columns[1:]
    found = mi.corr(asem.idata(), wanted["iCode"].to_list(), codes)
    ours = found["p_value"].to_numpy().reshape(len(codes), -1)
    theirs = wanted.select(codes).to_numpy()
    off = ~np.eye(len(codes), dtype=bool)
    np.testing.assert_allclose(ours[off], theirs[off], rtol=1e-7, atol=1e-15)
    assert (ours.diagonal() < 1e-15).all()


def test_correlations_between_levels():
    table = asem.result().table()
    everything = pairs(mi.corr(table, [*asem.index().codes, *PILLARS], [*PILLARS, "Conn", "Sust", "Index"]))
    for row in asem.golden("corr_ind_vs_pillar_default").iter_rows(named=True):
        assert everything[row["Var2"], row["Var1"]] == pytest.approx(row["Correlation"], rel=1e-9, abs=1e-9)
    for row in asem.golden("corr_family_default").iter_rows(named=True):
        above = "Index" if row["Var1"] == "Index" else PARENT[row["Var2"]]
        assert everything[row["Var2"], above] == pytest.approx(row["Correlation"], rel=1e-9)


def test_correlations_without_significance_are_hidden():
    found = pairs(mi.corr(asem.result().table(), PILLARS, ["Conn", "Sust"], significant=0.05))
    wanted = asem.golden("corr_pillar_vs_subindex_p0.05")
    assert wanted["Correlation"].null_count() > 0
    for row in wanted.iter_rows(named=True):
        ours = found[row["Var2"], row["Var1"]]
        assert (ours is None) == (row["Correlation"] is None)
        assert ours is None or ours == pytest.approx(row["Correlation"], rel=1e-9)


def test_cronbach_alpha_raw_normalised_and_aggregated():
    wanted = asem.golden("cronbach")
    found = {}
    for stage, name in (("raw", "Raw"), ("normalised", "Normalised")):
        for row in mi.alpha(asem.result(), stage=stage, level=2).iter_rows(named=True):
            found[name, row["group"]] = row["alpha"]
    for row in mi.alpha(asem.result(), level=3).iter_rows(named=True):
        found["Aggregated", row["group"]] = row["alpha"]
    for row in wanted.iter_rows(named=True):
        assert found[row["dset"], row["group"]] == pytest.approx(row["alpha"], rel=1e-9)
    assert len(found) == wanted.height


@pytest.mark.parametrize(("level", "golden"), [(2, "pca_level1_weights"), (3, "pca_level2_weights")])
def test_first_principal_components(level, golden):
    wanted = asem.golden(golden)
    theirs = dict(zip(wanted["iCode"], wanted["Weight"], strict=True))
    for name, found in mi.pca(asem.result(), level=level).weights.group_by("group"):
        ours = found["weight"].to_numpy()
        other = np.array([theirs[code] for code in found["column"]])
        np.testing.assert_allclose(ours * np.sign(ours @ other), other, rtol=1e-9, atol=1e-12, err_msg=str(name))


def test_variance_of_the_components():
    wanted = asem.golden("pca_level1_variance").sort("group", "component")
    found = mi.pca(asem.result(), level=2).variance.sort("group", "component")
    assert found["group"].to_list() == wanted["group"].to_list()
    asem.close(found["sd"], wanted["sdev"], "sd")
    asem.close(found["share"], wanted["var_explained"], "share")


def test_effective_weights():
    wanted = asem.golden("effective_weights")
    found = mi.effective_weights(asem.index())
    ours = wanted.select("iCode").join(found, left_on="iCode", right_on="code", how="left", maintain_order="left")
    asem.close(ours["effective"], wanted["EffWeight"], "effective")


def test_optimised_weights_of_two_sub_indexes_reach_the_target():
    found = mi.optimise_weights(asem.index(), asem.idata(), level=3)
    wanted = asem.golden("optweights_level3_balance_corr")
    np.testing.assert_allclose(found.table["weight"], wanted["OptWeight"], rtol=1e-6)
    np.testing.assert_allclose(found.table["obtained"], 0.5, atol=1e-8)
    theirs = asem.golden("optweights_level3_balance").filter(pl.col("Level") == 3)["Weight"].to_numpy()
    np.testing.assert_allclose(found.table["weight"], theirs / theirs.sum(), rtol=1e-6)
    assert found.converged


def test_our_measure_of_balance_gives_coinrs_figure_for_coinrs_weights():
    given = asem.golden("optweights_level2_balance")
    weights = dict(zip(given["iCode"], given["Weight"], strict=True))
    found = asem.index().replace("weights", weights).fit(asem.idata())
    pillars = np.column_stack([found.node_scores[:, found.nodes.index(code)] for code in PILLARS])
    top = found.node_scores[:, found.nodes.index("Index")]
    r = np.array([np.corrcoef(pillar, top)[0, 1] for pillar in pillars.T])
    assert np.log(np.mean((r / r.sum() - 1 / 8) ** 2)) == pytest.approx(-9.6416, abs=1e-4)


def test_optimised_weights_of_the_pillars_stay_in_their_bounds():
    theirs = asem.golden("optweights_level2_balance_corr")
    assert theirs["OptWeight"].min() < 0  # what COINr returns, unconstrained and unconverged
    bounded = mi.optimise_weights(asem.index(), asem.idata(), level=2)
    assert bounded.start_loss == pytest.approx(-5.3246, abs=1e-3)
    assert bounded.loss <= -6.94
    assert bounded.converged
    assert (bounded.table["weight"] >= 0).all()
    assert bounded.table["is_zero"].sum() == 4
    free = mi.optimise_weights(asem.index(), asem.idata(), level=2, bounds=None, starts=4)
    assert free.loss <= -9.64


def test_removing_each_pillar():
    found = mi.drop_each(asem.index(), asem.idata(), level=2)
    asem.assert_equals(found.scores.rename({"nominal": "Nominal"}), "remove_level2_scores")
    wanted = asem.golden("remove_level2_meanabsdiff")
    theirs = dict(zip(wanted["element"].str.to_lowercase(), wanted["mean_abs_rank_diff"], strict=True))
    ours = {row["element"].lower(): row["mean_abs_rank_change"] for row in found.effect.iter_rows(named=True)}
    assert ours == pytest.approx(theirs, rel=1e-12)


def test_two_versions_compared():
    other = asem.index().replace("normalise", mi.MinMax(1, 100)).replace("aggregate", "geometric").fit(asem.idata())
    found = mi.compare(asem.result(), other)
    ours = found.ranks.rename({"rank_a": "coin.1", "rank_b": "coin.2", "difference": "Diff"})
    asem.assert_equals(ours, "compare_default_vs_gmean_ranks", skip=("Abs.diff",), tolerance=0)
    table = dict(zip(found.correlations["node"], found.correlations["correlation"], strict=True))
    pearson = mi.compare(asem.result(), other, method="pearson").correlations
    linear = dict(zip(pearson["node"], pearson["correlation"], strict=True))
    for row in asem.golden("compare_default_vs_gmean_rankcorr").iter_rows(named=True):
        assert row["Correlation"] in (
            pytest.approx(table[row["iCode"]], rel=1e-9), pytest.approx(linear[row["iCode"]], rel=1e-9)
        )  # fmt: skip


def test_strengths_and_weaknesses_of_viet_nam():
    found = asem.result().explain("VNM", include_last=False)
    for golden, table in (("strengths_VNM", found.strengths), ("weaknesses_VNM", found.weaknesses)):
        wanted = asem.golden(golden)
        theirs = {(r["Code"], r["Pillar"], r["Rank"], r["Unit"]): r["Value"] for r in wanted.iter_rows(named=True)}
        ours = {(r["indicator"], r["node"], r["rank"], r["unit"]): r["value"] for r in table.iter_rows(named=True)}
        assert ours == pytest.approx(theirs, rel=5e-3)  # COINr shows three significant digits


def test_every_golden_is_compared():
    folder = shared_data("composite/asem/goldens")
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert len(list(folder.iterdir())) > 65
    by_method = {f"corr_raw_{method}" for method in ("pearson", "spearman", "kendall")}
    assert {path.stem for path in folder.iterdir() if path.stem not in tests} <= by_method


def test_lineage():
    tree = asem.index().tree
    for row in asem.golden("lineage").iter_rows(named=True):
        at = tree.codes.index(row["Indicator"])
        above = [tree.codes[tree.ancestor(at, level)] for level in (2, 3, 4)]
        assert above == [row["Pillar"], row["Sub-index"], row["Index"]]

"""Every step of the ASEM example equals what COINr 1.1.14 wrote (see SOURCE.md beside the tests)."""

from __future__ import annotations

import polars as pl
import pytest

from minga import indicators as mi
from minga.indicators.tests import asem

ONE_TO_HUNDRED = mi.MinMax(1, 100)


def stage(name: str, ix: mi.Index | None = None) -> pl.DataFrame:
    return (asem.result() if ix is None else ix.fit(asem.idata())).stage(name)


@pytest.mark.parametrize(
    ("golden", "name"),
    [
        ("denominated", "denominated"), ("impute_mean_by_EurAsia_group", "imputed"), ("treat_default", "treated"),
        ("norm_minmax_0_100", "normalised"), ("agg_amean_default", "aggregated"),
    ],
)  # fmt: skip
def test_default_chain(golden, name):
    asem.assert_equals(stage(name), golden)


@pytest.mark.parametrize(
    ("golden", "impute"),
    [
        ("impute_mean", {"method": "mean", "group": None}),
        ("impute_row_mean_all_normalised_first", {"method": "mean", "axis": "row"}),
        ("impute_row_mean_within_level2_group", {"method": "mean", "axis": "row", "within_level": 2}),
    ],
)
def test_imputation(golden, impute):
    asem.assert_equals(stage("imputed", asem.index().replace("impute", impute)), golden)


@pytest.mark.parametrize(
    ("golden", "scale"),
    [
        ("norm_minmax_1_100", ONE_TO_HUNDRED), ("norm_zscore_0_1", mi.ZScore()), ("norm_rank", mi.Rank()),
        ("norm_prank", mi.PercentileRank()), ("norm_borda", mi.Borda()), ("norm_dist2max", mi.DistanceToMax()),
        ("norm_dist2ref_BEL", mi.DistanceToReference("BEL")),
    ],
)  # fmt: skip
def test_normalisation(golden, scale):
    asem.assert_equals(stage("normalised", asem.index().replace("normalise", scale)), golden)


def test_fraction_of_max_as_coinr_where_the_best_value_is_not_zero():
    wanted = asem.golden("norm_fracmax").columns[1:]
    ix = asem.index().replace("normalise", mi.FractionOfMax(as_coinr=True))
    for code in set(ix.codes) - set(wanted):
        ix = ix.replace(f"indicator.{code}.normalise", mi.Rank())
    asem.assert_equals(stage("normalised", ix), "norm_fracmax")


def test_goalposts_in_the_indicators_own_units():
    ix = asem.index().replace("normalise", mi.Goalposts())
    for row in asem.golden("norm_goalposts_params").iter_rows(named=True):
        ix = ix.replace(f"indicator.{row['iCode']}.goalposts", (row["lower"], row["upper"]))
    asem.assert_equals(stage("normalised", ix), "norm_goalposts")


def test_distance_to_the_targets_of_imeta():
    ix = asem.raw_index().replace("normalise", mi.DistanceToTarget())
    asem.assert_equals(stage("normalised", ix), "norm_dist2targ_raw_iMeta")


@pytest.mark.parametrize(
    ("golden", "rule"),
    [
        ("agg_gmean_minmax_1_100", "geometric"), ("agg_hmean_minmax_1_100", "harmonic"),
        ("agg_genmean_p0.5_minmax_1_100", {"method": "power", "power": 0.5}),
        ("agg_mixed_amean_gmean_amean_1_100", ["arithmetic", "geometric", "arithmetic"]),
    ],
)  # fmt: skip
def test_aggregation(golden, rule):
    ix = asem.index().replace("normalise", ONE_TO_HUNDRED).replace("aggregate", rule)
    asem.assert_equals(stage("aggregated", ix), golden)


def test_copeland_at_every_level():
    asem.assert_equals(stage("aggregated", asem.index().replace("aggregate", "copeland")), "agg_copeland_all_levels")


def test_own_weights():
    given = asem.golden("weights_custom")
    weights = dict(zip(given["iCode"], given["Weight"], strict=True))
    asem.assert_equals(stage("aggregated", asem.index().replace("weights", weights)), "agg_amean_weights_custom")


def test_chain_without_imputation_rescales_weights_over_what_is_there():
    ix = asem.index().replace("impute", "none").replace("screen", "none")
    asem.assert_equals(stage("treated", ix), "noimpute_treated")
    asem.assert_equals(stage("aggregated", ix), "noimpute_agg_amean")
    ix = ix.replace("aggregate.min_share", 0.75)
    asem.assert_equals(stage("aggregated", ix), "noimpute_agg_amean_datthresh_0.75")


def custom_treatment() -> mi.Index:
    ix = asem.index().replace("treat", {"winmax": 3, "skew": 1.5, "kurt": 3, "combine": True})
    return ix.replace("indicator.Flights.treat.on", False)


def untreated_denominators() -> mi.Index:
    return asem.raw_index().replace("treat", True)


def test_custom_treatment_leaves_one_indicator_alone_and_combines():
    asem.assert_equals(stage("treated", custom_treatment()), "treat_custom")


def test_treatment_of_raw_data_with_gaps():
    asem.assert_equals(stage("treated", untreated_denominators()), "qtreat_raw_with_missing")


@pytest.mark.parametrize(
    ("golden", "make"),
    [
        ("treat_default_details", asem.index), ("treat_custom_details", custom_treatment),
        ("qtreat_raw_with_missing_details", untreated_denominators),
    ],
)  # fmt: skip
def test_every_check_of_the_treatment_is_recorded(golden, make):
    wanted = asem.golden(golden)
    found = wanted.select("iCode").join(
        make().fit(asem.idata()).details, left_on="iCode", right_on="indicator", how="left", maintain_order="left"
    )
    for number in "012":
        for kind, ours in (("Skew", "skew"), ("Kurt", "kurt"), ("Pass", "passed")):
            column = f"check_SkewKurt{number}.{kind}"
            if column in wanted.columns:
                theirs = wanted[column]
                if theirs.dtype == pl.String:
                    theirs = theirs.replace_strict({"TRUE": 1.0, "FALSE": 0.0}, default=None)
                asem.close(found[f"{ours}_{number}"], theirs, f"{golden}: {column}")
    asem.close(found["winsorised"], wanted["winsorise.nwin"], f"{golden}: nwin")


def test_winsorised_cells_are_listed_one_by_one():
    marks = asem.golden("treat_default_points")
    units = asem.golden("treat_default")["uCode"]
    wanted = {
        (unit, code, mark)
        for code in marks.columns
        for unit, mark in zip(units, marks[code], strict=True)
        if mark is not None
    }
    why = asem.result().why.filter(pl.col("reason").str.starts_with("winsorised"))
    sides = {"winsorised at the high end": "winhi", "winsorised at the low end": "winlo"}
    found = {(row["uCode"], row["indicator"], sides[row["reason"]]) for row in why.iter_rows(named=True)}
    assert found == wanted

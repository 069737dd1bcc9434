"""The definitions that ship reproduce the values UNDP published, from UNDP's own inputs."""

from __future__ import annotations

import polars as pl
import pytest

from minga import indicators as mi
from tests.support import shared_data

HDI, GII = "hdi_gdi_phdi_2000_2015", "gii_2000_2010"


@pytest.mark.parametrize(
    ("name", "file", "tolerance", "least"),
    [
        ("hdi", HDI, 0.000501, 2957),
        ("gdi", HDI, 0.000501, 2648),
        ("gii", GII, 0.0006, 1727),
        ("phdi", HDI, 0.0006, 2434),
    ],
)
def test_published_values(name, file, tolerance, least):
    table = pl.read_csv(shared_data(f"composite/undp_hdr/{file}.csv"), infer_schema_length=None)
    found = mi.Index.preset(name).replace("panel.time", "year").fit(table).table()
    joined = found.select("iso3", "year", pl.col(name).alias("ours")).join(
        table.select("iso3", "year", pl.col(name).alias("published")), on=["iso3", "year"]
    )
    compared = joined.filter(pl.col("published").is_not_null())
    assert compared.height == least
    assert compared["ours"].null_count() == 0
    assert (compared["ours"] - compared["published"]).abs().max() <= tolerance


@pytest.mark.parametrize("name", ["hdi", "gdi", "gii", "phdi"])
def test_presets_round_trip_and_have_titles_in_three_languages(name):
    index = mi.Index.preset(name)
    assert mi.Index.from_toml(index.to_toml()) == index
    assert {language for language, _ in index.title} == {"en", "fr", "ar"}


def test_gender_inequality_ranks_the_lowest_value_first():
    table = pl.read_csv(shared_data("composite/undp_hdr/gii_2000_2010.csv"), infer_schema_length=None)
    found = mi.Index.preset("gii").fit(table.filter(pl.col("year") == 2010))
    scores = found.scores.filter((pl.col("node") == "gii") & (pl.col("rank") == 1))["score"]
    assert scores[0] == found.table()["gii"].min()


def test_an_unknown_preset_says_which_there_are():
    with pytest.raises(mi.DefinitionError, match="gdi, gii, hdi, phdi"):
        mi.Index.preset("ghi")

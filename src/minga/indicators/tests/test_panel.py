"""Several years in one table, and what moves from one edition to the next."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from minga import indicators as mi
from minga.indicators.tests import asem
from minga.indicators.tests.makers import flat

YEARS = pl.DataFrame({
    "unit": ["x", "y", "x", "y", "x", "y"], "year": [2020, 2020, 2021, 2021, 2022, 2022],
    "a": [1.0, 2.0, 2.0, None, 5.0, 4.0],
})  # fmt: skip


def panel(**options: object) -> mi.Index:
    return flat("a", **{"panel__time": "year"} | options)


def scores(index: mi.Index) -> list[float]:
    return index.fit(YEARS).table()["top"].to_list()


def test_all_years_share_one_scale_by_default():
    assert scores(panel()) == [0.0, 25.0, 25.0, None, 100.0, 75.0]


def test_each_year_by_itself():
    assert scores(panel(panel__impute="linear", panel__frame="each")) == [0.0, 100.0, 0.0, 100.0, 100.0, 0.0]
    index = panel(panel__frame="each")
    found = index.fit(YEARS.filter(pl.col("year") != 2021))
    assert found.table()["top"].to_list() == [0.0, 100.0, 100.0, 0.0]
    assert found.scores["rank"].to_list() == [2, 1, 1, 2]


def test_scale_of_the_base_year_lets_later_years_leave_it():
    index = panel(panel={"time": "year", "frame": "base", "base": 2020})
    assert scores(index) == [0.0, 100.0, 100.0, None, 400.0, 300.0]
    with pytest.raises(mi.DataError, match="base year 2019 has no rows"):
        panel(panel={"time": "year", "frame": "base", "base": 2019}).fit(YEARS)


def test_gaps_are_filled_along_time_and_listed():
    found = panel(panel={"time": "year", "impute": "linear"}).fit(YEARS)
    assert found.stage("imputed")["a"].to_list() == [1.0, 2.0, 2.0, 3.0, 5.0, 4.0]
    assert found.why.select("unit", "year", "indicator", "after", "reason").rows() == [
        ("y", 2021, "a", 3.0, "imputed along time: linear from 2020 and 2022")
    ]
    latest = panel(panel={"time": "year", "impute": "latest"}).fit(YEARS)
    assert latest.stage("imputed")["a"][3] == 2.0
    assert latest.why["reason"].to_list() == ["imputed along time: latest from 2020"]


def test_a_unit_is_explained_for_the_latest_year_or_the_one_asked_for():
    found = panel(panel={"time": "year", "impute": "linear"}).fit(YEARS)
    last, middle = found.explain("y"), found.explain("y", time=2021)
    assert (last.time, last.changed.height, last.ranked) == (2022, 0, 2)
    assert (middle.time, middle.changed.height) == (2021, 1)
    assert "y, 2022" in mi.unit_report(found, "y")
    assert "of 2." in mi.unit_report(found, "y")


def test_ranks_are_within_a_year():
    assert panel().fit(YEARS).scores["rank"].to_list() == [2, 1, 1, None, 1, 2]


def test_trends():
    found = mi.trends(panel().fit(YEARS)).filter(pl.col("unit") == "y").row(0, named=True)
    assert (found["first"], found["last"], found["change"], found["rank_change"]) == (25.0, 75.0, 50.0, -1)
    assert found["cagr"] == pytest.approx(3**0.5 - 1)
    assert found["percent"] == pytest.approx(200.0)
    with pytest.raises(mi.DataError, match="several times"):
        mi.trends(flat("a").fit(YEARS[:2]))


def test_the_same_year_five_times_is_the_asem_example_five_times():
    once = asem.result()
    copies = pl.concat([asem.idata().with_columns(pl.lit(year).alias("Time")) for year in range(2018, 2023)])
    found = asem.index().replace("panel", {"time": "Time", "frame": "each"}).fit(copies)
    one_year = found.table().filter(pl.col("Time") == 2021)
    asem.assert_equals(one_year, "results_default_scores", skip=("Rank",))
    assert once.units.len() * 5 == found.units.len()


def test_the_asem_panel_runs_as_it_is():
    data = asem.table("iData_panel.csv")
    index = mi.Index.from_tables(data, asem.imeta())
    assert index.panel.time == "Time"
    found = index.replace("panel.impute", "latest").fit(data)
    assert found.table().height == 255
    first = found.scores.filter((pl.col("Time") == 2018) & (pl.col("node") == "Index"))
    assert first["rank"].min() == 1
    assert first["rank"].max() <= 51
    assert mi.trends(found).height == 51


def test_uncertainty_of_a_panel_asks_for_one_year():
    with pytest.raises(mi.DataError, match="Filter the table to one"):
        mi.uncertainty(panel(), YEARS)
    one = YEARS.filter(pl.col("year") == 2020)
    assert mi.uncertainty(panel(), one, n=20).ranks["nominal"].to_list() == [2.0, 1.0]


def test_revisions_tell_data_from_method():
    old, new = flat("a", "b"), flat("a", "b").replace("indicator.b.weight", 3.0)
    before = pl.DataFrame({"unit": ["x", "y", "z"], "a": [0.0, 5.0, 10.0], "b": [10.0, 0.0, 5.0]})
    after = pl.DataFrame({"unit": ["x", "y", "w"], "a": [0.0, 10.0, 10.0], "b": [10.0, 0.0, 5.0]})
    found = mi.revisions(old, before, new, after)
    x, y = (found.units.filter(pl.col("unit") == unit).row(0, named=True) for unit in "xy")
    assert (x["by_data"], x["by_method"], x["change"]) == (0.0, 25.0, 25.0)
    assert (y["by_data"], y["by_method"], y["change"]) == (25.0, -25.0, 0.0)
    assert found.cells.rows() == [("y", None, "a", 5.0, 10.0)]
    assert found.definition.rows() == [("indicator.b.weight", None, "3.0")]
    assert (found.added, found.removed) == (("w",), ("z",))


def test_a_new_edition_with_other_columns_still_shows_the_change():
    before = pl.DataFrame({"unit": ["x", "y"], "a": [0.0, 5.0], "b": [10.0, 0.0]})
    found = mi.revisions(flat("a", "b"), before, flat("a"), before.drop("b"))
    assert found.units["by_data"].null_count() == 2
    assert np.isfinite(found.units["change"].to_numpy()).all()

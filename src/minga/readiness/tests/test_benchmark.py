"""Peers: figures of groups of ten or more, the wider group in place of a small one."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minga import readiness
from minga.readiness.tests.engine_support import answered, tiny_instrument
from minga.stats.release import ReleaseError

TINY = tiny_instrument()


def firms(*levels):
    """Scores of one enterprise a level, every item answered alike."""
    tables = [answered(dict.fromkeys(TINY.item_ids, level), f"firm {n}") for n, level in enumerate(levels)]
    return readiness.score(pl.concat(tables), TINY, "link")


def profiles(**columns):
    count = len(next(iter(columns.values())))
    return pl.DataFrame({"enterprise": [f"firm {n}" for n in range(count)], **columns})


def total(table, **where):
    return table.filter(pl.col("node") == "total", **where).row(0, named=True)


def test_quantiles_of_a_group_are_those_of_numpy():
    given_levels = [0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 5]
    row = total(readiness.peers(firms(*given_levels)))
    assert row["n"] == 11
    expected = np.quantile(given_levels, [0.1, 0.25, 0.5, 0.75, 0.9])
    assert [row[name] for name in ("p10", "p25", "median", "p75", "p90")] == pytest.approx(expected)


def test_nine_peers_are_withheld_and_ten_are_shown():
    nine, ten = total(readiness.peers(firms(*[3] * 9))), total(readiness.peers(firms(*[3] * 10)))
    assert (nine["withheld"], nine["n"], nine["median"], nine["pooled"]) == ("few", None, None, "")
    assert (ten["withheld"], ten["n"], ten["median"]) == ("", 10, 3.0)


def test_small_group_falls_back_to_the_wider_one_and_says_so():
    sectors = profiles(sector=["food"] * 12 + ["parts"] * 12, country=["TN"] * 6 + ["KE"] * 6 + ["TN"] * 12)
    table = readiness.peers(firms(*[1] * 12, *[4] * 12), ["sector", "country"], profiles=sectors)
    row = total(table, sector="food", country="KE")
    assert (row["withheld"], row["pooled"], row["n"], row["median"]) == ("few", "sector", 12, 1.0)
    assert total(table, sector="parts", country="TN")["withheld"] == ""


def test_neighbour_that_would_give_a_small_group_away_is_withheld_too():
    countries = profiles(country=["TN"] * 12 + ["KE"] * 4 + ["MA"] * 30)
    table = readiness.peers(firms(*[2] * 46), ["country"], profiles=countries)
    assert {c: total(table, country=c)["withheld"] for c in ("TN", "KE", "MA")} == {
        "TN": "protects",
        "KE": "few",
        "MA": "",
    }


def test_several_sites_of_one_organization_count_once():
    own = profiles(organization=["Bao"] * 8 + ["Chloé", "Amina", "Dina"], country=["TN"] * 11)
    row = total(readiness.peers(firms(*[2] * 11), ["country"], profiles=own))
    assert (row["withheld"], row["n"]) == ("few", None)
    many = profiles(organization=["Bao"] * 12 + [f"o{n}" for n in range(10)], country=["TN"] * 22)
    assert total(readiness.peers(firms(*[2] * 22), ["country"], profiles=many))["withheld"] == "dominated"


def test_threshold_cannot_be_lowered():
    with pytest.raises(ReleaseError, match="raised, never lowered"):
        readiness.peers(firms(*[3] * 12), min_group=5)
    assert total(readiness.peers(firms(*[3] * 12), min_group=13))["withheld"] == "few"


def test_plain_table_gives_the_same_as_scores():
    scores = firms(*range(6), *range(6))
    table = scores.nodes.select("enterprise", "node", "score")
    assert readiness.peers(table).equals(readiness.peers(scores))


def test_items_become_nodes_when_asked():
    table = readiness.peers(firms(*[2] * 10), items=True)
    assert set(table["node"]) == {"a", "b", "c", "total", *TINY.item_ids}


def test_missing_profiles_and_columns_are_named():
    with pytest.raises(readiness.ReadinessError, match="need a table 'profiles'"):
        readiness.peers(firms(1), ["country"])
    with pytest.raises(readiness.ReadinessError, match="lacks the column sector"):
        readiness.peers(firms(1), ["sector"], profiles=profiles(country=["TN"]))


def test_place_of_one_enterprise_among_its_peers():
    own = readiness.score(answered(dict.fromkeys(TINY.item_ids, 4), "Amina"), TINY, "link")
    where = profiles(country=["TN"] * 10)
    found = readiness.compare(own, firms(*[1] * 5, *[4] * 2, *[5] * 3), {"country": "TN"}, ["country"], profiles=where)
    figures = found["total"]
    assert (figures.group, figures.n, figures.percentile_rank, figures.pooled) == ((("country", "TN"),), 10, 60, False)
    assert (figures.kind, figures.own) == ("link", 4.0)
    assert found["a1"].p75 == pytest.approx(np.quantile([1] * 5 + [4] * 2 + [5] * 3, 0.75))


def test_enterprise_without_peers_in_its_country_sees_the_wider_group():
    own = readiness.score(answered(dict.fromkeys(TINY.item_ids, 4), "Amina"), TINY, "link")
    where = profiles(country=["TN"] * 10)
    figures = readiness.compare(own, firms(*[1] * 10), {"country": "CV"}, ["country"], profiles=where)["total"]
    assert (figures.withheld, figures.pooled, figures.group, figures.n) == ("few", True, (), 10)
    few = readiness.compare(own, firms(*[1] * 9), {}, [])["total"]
    assert (few.withheld, few.n, few.median, few.percentile_rank) == ("few", None, None, None)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz")), min_size=1, max_size=60))
@settings(max_examples=60, deadline=None)
def test_no_shown_group_and_no_difference_of_shown_groups_holds_fewer_than_ten(where):
    own = profiles(sector=[s for s, _ in where], country=[c for _, c in where])
    table = readiness.peers(firms(*[3] * len(where)), ["sector", "country"], profiles=own)
    table = table.filter(pl.col("node") == "total")
    assert table["n"].drop_nulls().min() is None or table["n"].drop_nulls().min() >= 10
    for sector in set(own["sector"]):
        rows = table.filter(pl.col("sector") == sector)
        shown = rows.filter(pl.col("withheld") == "")["n"].sum()
        pooled = rows.filter(pl.col("pooled") == "sector")["n"]
        if len(pooled):
            assert pooled[0] - shown >= 10

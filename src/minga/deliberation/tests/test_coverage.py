"""Coverage equals counting by hand, few people are withheld, and intervals are the published ones."""

from __future__ import annotations

import polars as pl
import pytest

from minga import deliberation
from minga.deliberation.engine.intervals import newcombe, ratio_interval, wilson
from minga.deliberation.engine.trace import Trace
from minga.deliberation.tests.traces import by_hand, covered, seeded, table


@pytest.fixture(scope="module")
def trace() -> Trace:
    return seeded()


# ---------------------------------------------------------------- coverage
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_coverage_equals_counting_by_hand(seed):
    drawn = seeded(seed)
    expected = by_hand(drawn)
    assert {name: covered(drawn).of(name) for name in expected} == expected
    assert all(0 < numerator < denominator for numerator, denominator in expected.values())


def test_strata_add_up_and_are_compared_with_the_rest(trace):
    found = covered(trace, ["gender"])
    rows = found.strata.filter(pl.col("measure") == "answered")
    assert sorted(rows["value"].to_list()) == ["man", "not stated", "woman"]
    assert rows["numerator"].sum() == found.of("answered")[0]
    woman = rows.row(by_predicate=pl.col("value") == "woman", named=True)
    rest = rows.filter(pl.col("value") != "woman")
    cases, of = rest["numerator"].sum(), rest["denominator"].sum()
    assert woman["difference"] == pytest.approx(woman["numerator"] / woman["denominator"] - cases / of)
    assert (woman["lower"], woman["upper"]) == pytest.approx(
        newcombe(woman["numerator"], woman["denominator"], cases, of)
    )
    assert woman["ratio_lower"] < woman["ratio"] < woman["ratio_upper"]


def test_groups_under_five_people_are_withheld_and_cannot_be_worked_out(trace):
    few = trace.voices.with_columns(
        region=pl.when(pl.col("author") == "p7").then(pl.lit("island")).otherwise(pl.col("region"))
    )
    found = deliberation.coverage(few, trace.links, trace.dispositions, trace.clauses, ["region"]).strata
    hidden = found.filter(pl.col("withheld"))
    assert "island" in hidden["value"].to_list()
    assert hidden["numerator"].null_count() == hidden.height
    assert found.filter(pl.col("measure") == "answered")["withheld"].sum() >= 2


def test_people_are_counted_not_their_voices():
    voices = pl.DataFrame(
        {"voice": [f"v{at}" for at in range(20)], "author": ["p1"] * 10 + ["p2"] * 10, "place": ["a"] * 20}
    )
    found = deliberation.coverage(
        voices, pl.DataFrame(schema={"voice": pl.String, "theme": pl.String}), table("dispositions", []),
        table("clauses", []).with_columns(pl.col("version").cast(pl.Int64)), ["place"],
    )  # fmt: skip
    assert found.strata["withheld"].all()


def test_coverage_of_no_voice_at_all_is_empty(trace):
    nothing = trace.voices.head(0), trace.links.head(0), table("dispositions", []), trace.clauses.head(0)
    found = deliberation.coverage(*nothing, ["region"])
    assert found.of("read") == (0, 0)
    assert found.strata.height == 0


def test_groups_needed_to_be_shown_can_only_be_larger(trace):
    shown = [
        deliberation.coverage(
            trace.voices, trace.links, trace.dispositions, trace.clauses, ["region"], min_group=size
        ).strata["withheld"].sum()
        for size in (5, 60)
    ]  # fmt: skip
    assert shown[0] == 0 < shown[1]


def test_a_stratum_nobody_has_is_named(trace):
    with pytest.raises(deliberation.TraceError, match="no column language"):
        covered(trace, ["language"])


def test_participation_beside_a_population():
    voices = pl.DataFrame({"voice": [f"v{at}" for at in range(20)], "region": ["n"] * 15 + ["s"] * 5})
    found = deliberation.participation(voices, "region", {"n": 50, "s": 50})
    assert found["share"].to_list() == [0.75, 0.25]
    assert found["dissimilarity"].to_list() == [0.25, 0.25]
    with pytest.raises(deliberation.TraceError, match="positive"):
        deliberation.participation(voices, "region", {"n": 0})


# ---------------------------------------------------------------- intervals
def test_intervals_are_those_of_the_published_examples():
    assert newcombe(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert newcombe(9, 10, 3, 10) == pytest.approx((0.1705, 0.8090), abs=5e-5)
    assert newcombe(10, 10, 0, 20) == pytest.approx((0.6791, 1.0), abs=5e-5)
    assert newcombe(0, 0, 5, 10) == pytest.approx((-0.7634, 0.5341), abs=5e-5)
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)


@pytest.mark.parametrize(
    ("counts", "words"),
    [((5, 3, 1, 2), "5 cases of 3"), ((float("nan"), 1, 1, 2), "nan is no count"), ((-1, 3, 1, 2), "-1 is no count")],
)
def test_counts_that_cannot_be_are_refused(counts, words):
    for interval in (newcombe, ratio_interval):
        with pytest.raises(deliberation.TraceError, match=words):
            interval(*counts)


def test_interval_of_a_ratio_holds_it_and_turns_round():
    low, high = ratio_interval(30, 40, 20, 40)
    assert low < 1.5 < high
    other_low, other_high = ratio_interval(20, 40, 30, 40)
    assert (1 / other_high, 1 / other_low) == pytest.approx((low, high))
    assert ratio_interval(3, 10, 0, 10)[1] == float("inf")
    assert ratio_interval(0, 10, 3, 10)[0] == 0.0


def test_interval_of_a_difference_leaves_zero_out_exactly_when_that_of_the_ratio_leaves_one_out():
    for cases in range(1, 30):
        low, high = newcombe(cases, 30, 15, 40)
        ratio_low, ratio_high = ratio_interval(cases, 30, 15, 40)
        assert (low > 0, high < 0) == (ratio_low > 1, ratio_high < 1)

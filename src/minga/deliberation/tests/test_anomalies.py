"""Flags: planted campaigns are seen, ordinary people are left alone, and nothing is removed."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from minga import deliberation
from minga.deliberation.engine import clustering
from minga.deliberation.tests.data import real, with_groups

DAY = 86_400


@pytest.fixture(scope="module")
def votes():
    """200 people over ten days, a minute between two of their votes."""
    votes, _side = with_groups(3, k=2, people=200, statements=40)
    place = pl.int_range(pl.len()).over("participant")
    return votes.with_columns(timestamp=1_600_000_000 + pl.col("participant") * (10 * DAY // 200) + place * 60)


def people(first: int, begins: int, n: int, votes_of, step: float = 30.0) -> pl.DataFrame:
    rows = [
        (first + at, statement, votes_of(at, statement), 1_600_000_000 + begins + at * 20 + int(statement * step))
        for at in range(n)
        for statement in range(20)
    ]
    return pl.DataFrame(rows, schema=["participant", "statement", "vote", "timestamp"], orient="row")


def flags(table: pl.DataFrame, flag: str) -> set[int]:
    return set(table.filter(pl.col("flag") == flag)["participant"].to_list())


def test_ordinary_people_are_left_alone(votes):
    assert deliberation.anomalies(votes).height == 0


def test_same_votes_in_a_burst(votes):
    copies = people(900, 2 * DAY, 6, lambda _at, statement: 1 if statement % 3 else -1)
    found = deliberation.anomalies(pl.concat([votes, copies]))
    assert flags(found, "identical") == set(range(900, 906))
    assert found.filter(pl.col("flag") == "identical")["people"].unique().to_list() == [6]


def test_same_votes_days_apart_are_no_burst(votes):
    copies = people(900, 2 * DAY, 6, lambda _at, statement: 1 if statement % 3 else -1)
    spread = copies.with_columns(pl.col("timestamp") + (pl.col("participant") - 900) * DAY)
    assert deliberation.anomalies(pl.concat([votes, spread])).height == 0


def test_one_answer_to_everything_needs_no_times(votes):
    always = people(900, DAY, 1, lambda _at, _statement: 1)
    found = deliberation.anomalies(pl.concat([votes, always]).drop("timestamp"))
    assert found.rows() == [(900, "one_answer", None, 1, 20.0)]


@pytest.mark.parametrize("unit", [1, 1000])
def test_speed_in_seconds_and_in_milliseconds(votes, unit):
    fast = people(900, DAY, 1, lambda _at, statement: statement % 3 - 1, step=0.4)
    both = pl.concat([votes, fast]).with_columns(pl.col("timestamp") * unit)
    assert flags(deliberation.anomalies(both), "speed") == {900}


def test_late_bloc_that_nearly_agrees(votes):
    def nearly(at: int, statement: int) -> int:
        return (1 if statement % 2 else -1) * (-1 if statement == at else 1)

    late = people(900, 9 * DAY, 8, nearly)
    found = deliberation.anomalies(pl.concat([votes, late]))
    assert flags(found, "late_bloc") == set(range(900, 908))
    assert flags(found, "identical") == set()
    early = people(900, DAY, 8, nearly)
    assert flags(deliberation.anomalies(pl.concat([votes, early])), "late_bloc") == set()


def test_two_blocs_of_one_burst_are_both_seen(votes):
    """A campaign and the one against it began in the same ten minutes."""

    def nearly(at: int, statement: int) -> int:
        return (1 if statement % 2 else -1) * (-1 if statement == at else 1)

    one = people(900, 9 * DAY, 8, nearly)
    other = people(950, 9 * DAY + 5, 6, lambda at, statement: -nearly(at, statement))
    found = deliberation.anomalies(pl.concat([votes, one, other])).filter(pl.col("flag") == "late_bloc")
    blocs = found.group_by("bloc").agg(pl.col("participant").sort())["participant"].to_list()
    assert sorted(blocs) == [list(range(900, 908)), list(range(950, 956))]


@pytest.mark.parametrize("step", [0, 10])
def test_nobody_is_late_where_all_began_together(step):
    """A class of thirty that votes in one lesson, or an export whose times are all the same."""
    rows = [
        (at, statement, 1 if statement % 2 and at != statement else -1, 1_600_000_000 + at * step)
        for at in range(30)
        for statement in range(12)
    ]
    table = pl.DataFrame(rows, schema=["participant", "statement", "vote", "timestamp"], orient="row")
    assert flags(deliberation.anomalies(table), "late_bloc") == set()


def test_times_may_be_date_times_and_never_text(votes):
    late = people(900, 9 * DAY, 8, lambda at, statement: 1 if statement % 2 else -1)
    both = pl.concat([votes, late])
    told = deliberation.anomalies(both)
    dated = both.with_columns(pl.from_epoch("timestamp"))
    assert told.height
    assert deliberation.anomalies(dated).equals(told)
    with pytest.raises(deliberation.VoteError, match="'timestamp' of the votes holds String, such as '1600000000'"):
        deliberation.anomalies(both.with_columns(pl.col("timestamp").cast(pl.String)))


def test_real_conversations_hold_no_bloc():
    for name in ("biodiversity", "london-policing"):
        found = deliberation.anomalies(real(name))
        assert set(found["flag"].to_list()) <= {"one_answer", "speed"}


def test_people_in_no_group_do_not_count_as_a_group_that_stays():
    conversation = real("vtaiwan-uberx")
    found = deliberation.groups(deliberation.opinion_map(conversation))
    flagged = deliberation.anomalies(conversation)["participant"].unique()
    rest = conversation.votes.filter(~pl.col("participant").is_in(flagged.to_list()))
    others = deliberation.groups(deliberation.opinion_map(rest, conversation.statements)).labels
    both = found.labels.join(others, on="participant", suffix="_other").drop_nulls()
    by_hand = clustering.agreement(both["group"].to_numpy(), both["group_other"].to_numpy())
    assert by_hand < 0.9
    assert deliberation.with_and_without(found, flagged).agreement == pytest.approx(by_hand, abs=1e-12)


def test_who_was_kept_stays_in_the_comparison():
    conversation = real("biodiversity")
    opinions = deliberation.opinion_map(conversation)
    seldom = opinions.points.filter(~pl.col("in_conv"))["participant"].head(60)
    found = deliberation.groups(opinions, keep=seldom)
    assert deliberation.with_and_without(found, []).agreement == 1
    assert deliberation.stability(found, n=2, how="order")["agreement"].to_list() == [1, 1]


def test_figures_with_and_without(votes):
    late = people(900, 9 * DAY, 60, lambda _at, statement: 1 if statement == 0 else -1)
    both = pl.concat([votes, late])
    found = deliberation.groups(deliberation.opinion_map(both))
    compared = deliberation.with_and_without(found, range(900, 960))
    alone = deliberation.vote_table(votes)
    share = alone.counts(1) / alone.counts()
    assert compared.people == 60
    assert compared.statements["agree_without"].to_numpy() == pytest.approx(share)
    assert np.abs(compared.statements["change"].to_numpy()).max() > 0.05
    assert compared.k_without == 2
    assert found.map.table.shape[0] == 260


def test_a_set_number_of_groups_gives_way_when_too_few_are_left(votes):
    found = deliberation.groups(deliberation.opinion_map(votes), 2)
    compared = deliberation.with_and_without(found, range(8, 200))
    assert (compared.people, compared.k, compared.k_without) == (192, 2, 1)


def test_leaving_out_nobody_changes_nothing(votes):
    found = deliberation.groups(deliberation.opinion_map(votes))
    compared = deliberation.with_and_without(found, [])
    assert (compared.people, compared.k, compared.agreement) == (0, compared.k_without, 1.0)
    assert compared.statements["change"].abs().max() == 0
    assert compared.consensus.height == 0


def test_people_to_leave_out_are_named_as_in_the_votes_and_some_are_left(votes):
    found = deliberation.groups(deliberation.opinion_map(votes))
    with pytest.raises(deliberation.MapError, match="people holds 'a', but the votes name them by whole numbers"):
        deliberation.with_and_without(found, ["a"])
    with pytest.raises(deliberation.MapError, match="Everybody would be left out"):
        deliberation.with_and_without(found, range(200))


def test_the_figures_without_are_solved_as_those_with(votes, monkeypatch):
    from minga.deliberation.engine import anomalies

    asked = []
    solve = anomalies.opinion_map
    monkeypatch.setattr(
        anomalies, "opinion_map", lambda *given, **named: asked.append(named["solver"]) or solve(*given, **named)
    )
    deliberation.with_and_without(deliberation.groups(deliberation.opinion_map(votes, solver="rsvd"), 2), [0])
    assert asked == ["rsvd"]

"""What groups say: the figures of published conversations, and rules one can check by hand."""

from __future__ import annotations

import math as m

import numpy as np
import polars as pl
import pytest

from minga import deliberation
from minga.deliberation.tests.data import MATH, REAL, acts, facts, fixture, golden, published, real, with_groups

FIGURES = ("na", "nd", "ns", "pa", "pd", "pat", "pdt", "ra", "rd", "rat", "rdt")
#: Statements that tie to the last digit, of which the other tool shows another.
TIES = {"london-policing"}


def stats(name):
    return deliberation.group_stats(deliberation.vote_table(real(name)), published(name))


@pytest.mark.parametrize("name", REAL)
def test_group_stats_are_those_of_the_golden_files(name):
    mine, theirs = stats(name), golden(name, "group_stats")
    assert mine.columns == theirs.columns
    assert mine.select("group_id", "statement_id").rows() == theirs.select("group_id", "statement_id").rows()
    for column in FIGURES:
        assert np.abs(mine[column].to_numpy() - theirs[column].to_numpy()).max() <= 1e-9, column


@pytest.mark.parametrize("name", REAL)
def test_consensus_across_groups_and_priorities_are_those_of_the_golden_files(name):
    opinions = deliberation.opinion_map(real(name), mode="polis")
    aware = deliberation.consensus(opinions.table, published(name))["group_aware"]
    theirs = golden(name, "statements")
    weights = deliberation.priorities(opinions, published(name))
    for mine, column in (
        (aware["agree"], "group-aware-consensus-agree"),
        (aware["disagree"], "group-aware-consensus-disagree"),
        (weights["priority"], "priority"),
    ):
        assert np.abs(mine.to_numpy() - theirs[column].to_numpy()).max() <= 1e-9, column


@pytest.mark.parametrize("name", REAL)
def test_lists_of_consensus_are_those_of_the_golden_files(name):
    told = facts(name)
    lists = deliberation.consensus(deliberation.vote_table(real(name)), published(name), mod_out=told["mod_out"])
    for side in ("agree", "disagree"):
        theirs = told["consensus"][side]
        strength = [row["p-success"] * row["p-test"] for row in theirs]
        assert (lists[side]["p_success"] * lists[side]["p_test"]).to_list() == pytest.approx(strength)
        if name not in TIES:
            assert lists[side]["statement"].to_list() == [row["tid"] for row in theirs]


@pytest.mark.parametrize("name", REAL)
def test_representative_statements_are_those_of_the_golden_files(name):
    told = facts(name)
    mine = deliberation.representative(stats(name), mod_out=told["mod_out"])
    for group, theirs in told["representative_published_groups"].items():
        own = mine.filter(pl.col("group_id") == int(group))
        assert own["side"].to_list() == [row["repful-for"] for row in theirs]
        strength = [row["repness"] * row["repness-test"] * row["p-success"] * row["p-test"] for row in theirs]
        assert own["metric"].to_list()[1:] == pytest.approx(strength[1:])  # the first may be there as best agreement
        if name not in TIES:
            assert own["statement_id"].to_list() == [row["tid"] for row in theirs]


@pytest.mark.parametrize("name", MATH)
def test_all_figures_of_the_mathematics_of_polis(name):
    conversation, math, labels = fixture(name)
    opinions = deliberation.opinion_map(conversation, mode="polis")
    mine = deliberation.representative(deliberation.group_stats(opinions.table, labels), mod_out=math["mod-out"])
    for group, theirs in math["repness"].items():
        own = mine.filter(pl.col("group_id") == int(group))
        assert own["statement_id"].to_list() == [row["tid"] for row in theirs]
        assert own["side"].to_list() == [row["repful-for"] for row in theirs]
        assert own["n_success"].to_list() == [row["n-success"] for row in theirs]
        for ours, their in (("repness", "repness"), ("repness_test", "repness-test"), ("p_test", "p-test")):
            assert own[ours].to_list() == pytest.approx([row[their] for row in theirs], abs=1e-6)
    lists = deliberation.consensus(opinions.table, labels, mod_out=math["mod-out"])
    for side in ("agree", "disagree"):
        assert lists[side]["statement"].to_list() == [row["tid"] for row in math["consensus"][side]]
    aware = dict(lists["group_aware"].select("statement", "agree").rows())
    weights = dict(deliberation.priorities(opinions, labels).select("statement", "priority").rows())
    for key, mine_, theirs_ in (
        ("aware", aware, math["group-aware-consensus"]),
        ("priority", weights, math["comment-priorities"]),
    ):
        assert max(abs(mine_[int(tid)] - value) for tid, value in theirs_.items()) <= 1e-9, key


# ---------------------------------------------------------------- by hand
@pytest.fixture
def table():
    """Group 0 agrees with statement 1 (3 of 4, one passes), group 1 disagrees (2 of 2); statement 2 pleases all."""
    votes = acts([1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6], [1] * 6 + [2] * 6, [1, 1, 1, 0, -1, -1, 1, 1, 1, 1, 1, 1])
    return deliberation.vote_table(votes)


LABELS = pl.DataFrame({"participant": [1, 2, 3, 4, 5, 6], "group": [0, 0, 0, 0, 1, 1]})


def test_figures_by_hand(table):
    row = deliberation.group_stats(table, LABELS).row(0, named=True)
    assert (row["na"], row["nd"], row["ns"]) == (3, 0, 4)
    assert row["pa"] == pytest.approx(4 / 6)
    assert row["pat"] == pytest.approx(2 * m.sqrt(5) * (4 / 5 - 0.5))
    assert row["ra"] == pytest.approx((4 / 6) / (1 / 4))
    pooled = (4 + 1) / (5 + 3)
    assert row["rat"] == pytest.approx((4 / 5 - 1 / 3) / m.sqrt(pooled * (1 - pooled) * (1 / 5 + 1 / 3)))


def test_test_of_two_proportions_is_zero_where_all_agree(table):
    both = deliberation.group_stats(table, LABELS).filter(pl.col("statement_id") == 2)
    assert both["rat"].to_list() == [0.0, 0.0]


def test_consensus_by_hand(table):
    aware = deliberation.consensus(table, LABELS)["group_aware"].row(0, named=True)
    assert aware["agree"] == pytest.approx(4 / 6 * 1 / 4)
    assert aware["agree_mean"] == pytest.approx((4 / 6 * 1 / 4) ** 0.5)
    lists = deliberation.consensus(table, LABELS)
    assert lists["agree"]["statement"].to_list() == [2]
    assert lists["disagree"].height == 0


def test_votes_of_ungrouped_people_count_as_asked(table):
    some = LABELS.with_columns(group=pl.when(pl.col("participant") != 6).then(pl.col("group")))
    every = deliberation.consensus(table, some)["agree"]["n_trials"].to_list()
    grouped = deliberation.consensus(table, some, of="grouped")["agree"]["n_trials"].to_list()
    assert (every, grouped) == ([6], [5])


def test_without_groups_nothing_is_representative_and_consensus_is_still_there(table):
    none = np.full(6, -1)
    assert deliberation.representative(deliberation.group_stats(table, none)).height == 0
    assert deliberation.consensus(table, none)["agree"]["statement"].to_list() == [2]


def test_ranking_holds_every_statement_of_every_group(table):
    ranked = deliberation.representative(deliberation.group_stats(table, LABELS), top=None)
    assert ranked.group_by("group_id").len()["len"].to_list() == [2, 2]
    assert ranked.filter(pl.col("group_id") == 1).sort("rank")["statement_id"].to_list()[0] in (1, 2)
    assert ranked.filter(rank=1)["side"].to_list()[0] == "agree"


def test_rejected_statements_are_not_picked(table):
    picked = deliberation.representative(deliberation.group_stats(table, LABELS), mod_out=[1])
    assert 1 not in picked["statement_id"].to_list()


def test_rejected_statements_are_on_no_list_unasked():
    conversation = real("biodiversity")
    found = deliberation.groups(deliberation.opinion_map(conversation))
    rejected = conversation.statements.filter(pl.col("moderated") == -1)["statement"]
    assert set(found.map.rejected) == set(rejected) & set(found.map.table.statements)
    lists = deliberation.consensus(found.map.table, found)
    assert lists["disagree"]["statement"].to_list() == [205, 128, 79, 96, 40]
    with_them = deliberation.consensus(found.map.table, found, mod_out=())
    assert set(with_them["disagree"]["statement"]) & set(rejected)


def test_divisiveness_between_groups_and_between_people(table):
    told = deliberation.divisiveness(table, LABELS)
    assert told["between"].to_list() == [1.0, 0.0]
    assert told["within"].to_list() == pytest.approx([2 * 2 / 5, 0.0])


def test_labels_must_fit_the_people(table):
    with pytest.raises(deliberation.VoteError, match="2 labels for 6 people"):
        deliberation.group_stats(table, np.array([0, 1]))


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (lambda people: ["a"] * people, "such as 'a', but a group is a whole number"),
        (lambda people: [0.5] * people, "such as 0.5"),
        (lambda people: [-2] * people, "such as -2"),
        (lambda people: pl.DataFrame({"participant": ["x"], "group": [0]}), "holds 'x', but the votes name them by"),
        (lambda people: pl.DataFrame({"person": [1], "group": [0]}), "lacks the column participant or group"),
    ],
)
def test_groups_are_whole_numbers_of_people_in_the_votes(labels, words):
    votes = deliberation.vote_table(with_groups(1, people=20)[0])
    with pytest.raises(deliberation.VoteError, match=words):
        deliberation.group_stats(votes, labels(20))


def test_a_person_has_one_group():
    votes = deliberation.vote_table(with_groups(1, people=20)[0])
    with pytest.raises(deliberation.VoteError, match="Participant 1 has two rows"):
        deliberation.group_stats(votes, pl.DataFrame({"participant": [1, 1], "group": [0, 1]}))


def test_no_number_is_no_group():
    votes = deliberation.vote_table(with_groups(1, people=20)[0])
    assert deliberation.group_stats(votes, np.full(20, np.nan)).height == 0


def test_unknown_options_of_lists_are_refused():
    votes = deliberation.vote_table(with_groups(1, people=20)[0])
    stats = deliberation.group_stats(votes, np.zeros(20, dtype=int))
    for wrong in (
        lambda: deliberation.representative(stats, top=-1),
        lambda: deliberation.consensus(votes, np.zeros(20, dtype=int), top=-1),
        lambda: deliberation.consensus(votes, np.zeros(20, dtype=int), of="x"),
    ):
        with pytest.raises(deliberation.VoteError, match=r"top, the length|of is 'x'"):
            wrong()


def test_strength_of_the_best_agreement_is_the_product_of_the_figures_shown():
    """Both groups agree; the first disagrees more than the second, so that disagreement is its stronger side."""
    sides = ((1, 30, -1, 5), (1, 30, -1, 1))
    rows = [
        (100 * group + at, 1, yes if at < most else no if at < most + few else 0)
        for group, (yes, most, no, few) in enumerate(sides)
        for at in range(36)
    ]
    votes = deliberation.vote_table(pl.DataFrame(rows, schema=["participant", "statement", "vote"], orient="row"))
    labels = pl.DataFrame({"participant": votes.participants, "group": [0] * 36 + [1] * 36})
    row = deliberation.representative(deliberation.group_stats(votes, labels)).row(0, named=True)
    assert (row["side"], row["best_agree"]) == ("agree", True)
    assert row["metric"] == row["repness"] * row["repness_test"] * row["p_success"] * row["p_test"] == 0


def test_common_ground_of_a_table_without_a_row_is_that_of_everybody(table):
    statements = deliberation.map_tables(deliberation.groups(deliberation.opinion_map(table)))["statements"]
    one = deliberation.common_ground(deliberation.group_stats(table, [-1] * len(table.participants)), statements)
    assert deliberation.common_ground(pl.DataFrame(), statements).equals(one)


@pytest.mark.parametrize(("people", "told"), [(1, []), (4, []), (5, [0])])
def test_few_votes_of_a_group_are_no_common_ground(people, told):
    each = pl.DataFrame({"participant": range(20), "statement": 0, "vote": 1})
    other = pl.DataFrame({"participant": range(100, 100 + people), "statement": 0, "vote": 1})
    votes = deliberation.vote_table(pl.concat([each, other]))
    stats = deliberation.group_stats(votes, [0] * 20 + [1] * people)
    agree = pl.Series([20 + people], dtype=pl.Int64)
    statements = pl.DataFrame({"comment-id": [0], "mod_out": [0], "n_agree": agree, "n_disagree": [0], "n_pass": [0]})
    assert deliberation.common_ground(stats, statements)["statement"].to_list() == told


def test_common_ground_keeps_the_names_of_statements_as_they_are():
    votes = with_groups(1)[0].with_columns(statement=pl.format("s{}", "statement"), vote=pl.lit(1))
    found = deliberation.groups(deliberation.opinion_map(votes))
    tables = deliberation.map_tables(found)
    told = deliberation.common_ground(tables["group_stats"], tables["statements"])
    assert told["statement"].to_list()[:2] == ["s0", "s1"]
    assert set(told["side"]) == {"agree"}

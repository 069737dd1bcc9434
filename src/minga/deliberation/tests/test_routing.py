"""The next statement: never one that was answered or rejected, drawn by weight, the same again with the same seed."""

from __future__ import annotations

import time
from collections import Counter

import numpy as np
import polars as pl
import pytest

from minga import deliberation
from minga.deliberation.engine.routing import factors
from minga.deliberation.tests.data import acts, fixture, real, with_groups


@pytest.fixture(scope="module")
def table():
    return deliberation.vote_table(with_groups(1, people=50, statements=20)[0])


@pytest.fixture(scope="module")
def weights(table):
    return deliberation.priorities(deliberation.opinion_map(table))


def test_nobody_is_asked_what_they_answered_or_what_was_rejected(table, weights):
    for person in range(50):
        row = table.place[person]
        seen = set(table.statements[table.column[table.start[row] : table.start[row + 1]]])
        for seed in range(20):
            assert deliberation.next_statement(table, weights, person, seed, closed=[3, 4]) not in seen | {3, 4}


def test_statements_that_a_map_leaves_out_are_not_drawn():
    conversation = real("biodiversity")
    opinions = deliberation.opinion_map(conversation)
    weights = deliberation.priorities(opinions)
    rejected = set(opinions.rejected)
    drawn = {deliberation.next_statement(opinions.table, weights, -1, seed) for seed in range(300)}
    assert len(drawn) > 50
    assert not drawn & rejected
    assert deliberation.next_statement(opinions.table, weights, -1, order=sorted(rejected)) not in rejected


def test_a_map_remembers_what_is_about_the_conversation():
    conversation, _math, _labels = fixture("trust-27-meta")
    found = deliberation.groups(deliberation.opinion_map(conversation))
    told = deliberation.map_tables(found)["statements"]
    assert told.filter(pl.col("priority") == 49)["comment-id"].to_list() == (
        conversation.statements.filter(pl.col("is_meta") > 0)["statement"].to_list()
    )
    assert told.equals(deliberation.map_tables(found, conversation.statements)["statements"])


def test_draw_is_the_same_again_and_differs_between_people(table, weights):
    one = [deliberation.next_statement(table, weights, 1000 + at, 1) for at in range(40)]
    assert one == [deliberation.next_statement(table, weights, 1000 + at, 1) for at in range(40)]
    assert len(set(one)) > 5


def test_draw_follows_the_weights(table):
    weights = pl.DataFrame({"statement": [1, 2, 3], "priority": [1.0, 3.0, 0.0]})
    drawn = Counter(deliberation.next_statement(table, weights, -1, seed) for seed in range(2000))
    assert drawn[3] == 0
    assert drawn[2] / 2000 == pytest.approx(0.75, abs=0.04)


def test_who_answered_all_is_asked_nothing(table, weights):
    everything = deliberation.vote_table(acts([1] * 3, [1, 2, 3], [1, 1, 1]))
    three = pl.DataFrame({"statement": [1, 2, 3], "priority": [1.0, 1.0, 1.0]})
    assert deliberation.next_statement(everything, three, 1) is None


def test_moderator_order_goes_first(table, weights):
    assert deliberation.next_statement(table, weights, -1, order=[7, 5]) == 7
    assert deliberation.next_statement(table, weights, -1, order=[7, 5], closed=[7]) == 5


def test_statements_without_any_weight_are_drawn_alike(table):
    nothing = pl.DataFrame({"statement": [1, 2], "priority": [0.0, 0.0]})
    assert {deliberation.next_statement(table, nothing, -1, seed) for seed in range(20)} == {1, 2}


@pytest.mark.parametrize("weight", [-1.0, float("nan")])
def test_a_wrong_weight_is_refused(table, weight):
    with pytest.raises(deliberation.VoteError, match="Weights are 0 or more"):
        deliberation.next_statement(table, pl.DataFrame({"statement": [1], "priority": [weight]}), -1)


def test_weight_by_hand_and_for_statements_about_the_conversation():
    votes = acts([1, 2, 3, 4], [1] * 4, [1, 1, -1, 0])
    opinions = deliberation.opinion_map(votes)
    extremity = opinions.statements["extremity"].item()
    by_hand = ((1 - 2 / 6) * (extremity + 1) * (3 / 6) * (1 + 8 * 2 ** (-4 / 5))) ** 2
    assert deliberation.priorities(opinions)["priority"].item() == pytest.approx(by_hand)
    about = pl.DataFrame({"statement": [1], "is_meta": [1]})
    assert deliberation.priorities(opinions, statements=about)["priority"].item() == 49


def test_factors_of_a_weight_say_what_it_comes_of():
    made_of = factors(votes=5, passed=1, agreed=3, extremity=0.5)
    assert (made_of.not_passed, made_of.reach, made_of.agreed, made_of.newness) == pytest.approx((5 / 7, 1.5, 4 / 7, 5))
    assert made_of.weight == pytest.approx((5 / 7 * 1.5 * 4 / 7 * 5) ** 2)


def test_next_statement_among_100_000_people_is_quick():
    random = np.random.default_rng(1)
    row = np.repeat(np.arange(100_000), 5)
    table = deliberation.vote_table(acts(row, random.integers(0, 500, len(row)), np.ones(len(row), dtype=int)))
    weights = pl.DataFrame({"statement": np.arange(500), "priority": random.random(500)})
    deliberation.next_statement(table, weights, 0)
    start = time.process_time()
    for person in range(100):
        deliberation.next_statement(table, weights, person)
    assert (time.process_time() - start) / 100 <= 0.05


@pytest.mark.parametrize("seed", [-1, 1.5])
def test_a_seed_is_a_whole_number_of_at_least_0(table, weights, seed):
    with pytest.raises(deliberation.VoteError, match="seed is"):
        deliberation.next_statement(table, weights, -1, seed)


def test_weights_without_their_column_are_refused(table, weights):
    with pytest.raises(deliberation.VoteError, match="lacks the column priority"):
        deliberation.next_statement(table, weights.drop("priority"), -1)


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ({"person": "1"}, "person holds '1', but the votes name them by whole numbers"),
        ({"closed": ["3"]}, "closed holds '3', but the votes name them by whole numbers"),
        ({"order": ["3"]}, "order holds '3', but the votes name them by whole numbers"),
        ({"order": [4444]}, "order names statement 4444, which is neither in the votes nor in the weights"),
        ({"closed": 3}, "closed is 3, but must be a list of names"),
    ],
)
def test_names_are_those_of_the_votes(table, weights, named, words):
    with pytest.raises(deliberation.VoteError, match=words):
        deliberation.next_statement(table, weights, **{"person": 1, **named})


def test_a_new_statement_is_shown_once_it_has_a_weight(table, weights):
    new = pl.concat([weights.select("statement", "priority"), pl.DataFrame({"statement": [4444], "priority": [1.0]})])
    assert deliberation.next_statement(table, new, -1, order=[4444]) == 4444

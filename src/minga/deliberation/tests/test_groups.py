"""Groups: as published, however the rows are sorted, and none where there are none."""

from __future__ import annotations

from functools import partial

import numpy as np
import polars as pl
import pytest

from minga import deliberation
from minga.deliberation.engine import clustering, grouping
from minga.deliberation.engine.grouping import smallest_group
from minga.deliberation.tests.data import (
    REAL,
    acts,
    alike,
    fixture,
    golden,
    published,
    real,
    with_groups,
    without_structure,
)


def mapped(votes, mode="stable", k=None, **options):
    return deliberation.groups(deliberation.opinion_map(votes, mode=mode, **options), k)


# ---------------------------------------------------------------- as published
@pytest.mark.parametrize(("name", "least"), [("biodiversity", 0.97), ("vtaiwan-uberx", 0.90)])
def test_polis_mode_finds_the_published_groups(name, least):
    found = mapped(real(name), "polis")
    assert found.k == 2
    assert alike(found.labels, published(name)) >= least


@pytest.mark.parametrize("name", REAL)
def test_polis_mode_equals_the_recomputation_in_two_levels(name):
    others = golden(name, "participants").select("participant", group="group_two_level")
    assert alike(mapped(real(name), "polis").labels, others) == 1.0


@pytest.mark.parametrize("name", ["software-35", "transport-160"])
def test_polis_mode_finds_the_groups_of_the_mathematics_of_polis(name):
    conversation, _math, labels = fixture(name)
    found = mapped(conversation, "polis")
    assert found.k == labels["group"].n_unique()
    assert alike(found.labels, labels) == 1.0


def test_stable_mode_with_two_groups_is_near_the_published_ones():
    found = mapped(real("biodiversity"), k=2)
    assert alike(found.labels, published("biodiversity")) >= 0.90
    assert found.forced


# ---------------------------------------------------------------- stable
@pytest.mark.parametrize("name", ["biodiversity", "london-policing"])
def test_twenty_orders_of_rows_give_the_same_groups(name, monkeypatch):
    """Each order is drawn and dealt anew a few times: that is the same work on the same order, again and again."""
    monkeypatch.setattr(grouping, "DRAWS", 5)
    monkeypatch.setattr(grouping, "against_chance", partial(grouping.against_chance, deals=5))
    conversation = real(name)
    first = mapped(conversation)
    for seed in range(20):
        people = conversation.participants.sample(fraction=1, shuffle=True, seed=seed)["participant"]
        table = deliberation.vote_table(conversation, participants=people)
        again = deliberation.groups(deliberation.opinion_map(table, conversation.statements))
        both = first.labels.join(again.labels, on="participant")
        assert both["group"].equals(both["group_right"]), seed


def test_order_of_the_file_of_votes_does_not_matter_either():
    votes, _side = with_groups(1)
    shuffled = votes.sample(fraction=1, shuffle=True, seed=4)
    first, again = mapped(votes), mapped(shuffled)
    assert alike(first.labels, again.labels) == 1.0
    assert again.evidence.equals(first.evidence)


def test_random_votes_give_no_clear_groups():
    told = [mapped(without_structure(seed, people=400)).is_clear for seed in range(20)]
    assert sum(told) <= 1
    assert not mapped(without_structure(20)).is_clear


@pytest.mark.parametrize(("k", "seed"), [(2, 1), (3, 2), (3, 3), (4, 4)])
def test_planted_groups_are_found(k, seed):
    votes, side = with_groups(seed, k=k, people=300)
    found = mapped(votes, n_components=max(2, k - 1))
    others = pl.DataFrame({"participant": np.arange(300), "group": side})
    assert found.k == k
    assert alike(found.labels, others) >= 0.95
    assert min(found.group_stability) > 0.9


def test_groups_are_numbered_from_the_largest():
    for found in (mapped(real("biodiversity")), mapped(real("vtaiwan-uberx"), "polis")):
        assert list(found.sizes) == sorted(found.sizes, reverse=True)


def test_no_group_is_below_the_smallest_size_and_a_lone_voice_is_no_group():
    votes, _side = with_groups(6, k=2, people=200)
    lone = acts([999] * 8, list(range(8)), [1, -1] * 4)
    found = mapped(pl.concat([votes, lone]))
    assert found.smallest_allowed == 7
    assert min(found.sizes) >= found.smallest_allowed
    assert sum(found.sizes) == 201


@pytest.mark.parametrize(("people", "least"), [(1, 5), (166, 5), (167, 6), (1000, 30)])
def test_smallest_size(people, least):
    assert smallest_group(people) == least


def test_people_who_all_vote_the_same_are_no_groups():
    found = mapped(acts(np.repeat(np.arange(20), 8), np.tile(np.arange(8), 20), np.ones(160, dtype=int)))
    assert (found.k, found.evidence["eligible"].any()) == (1, False)


def test_more_groups_than_people_allow_are_refused():
    with pytest.raises(deliberation.MapError, match="fewer than 5 people"):
        mapped(real("london-policing"), k=5)


@pytest.mark.parametrize("k", [1, 6])
def test_number_of_groups_must_be_from_two_to_five(k):
    with pytest.raises(deliberation.MapError, match="from 2 to 5"):
        mapped(with_groups(1)[0], k=k)


def test_people_who_were_grouped_stay_when_asked():
    votes, _side = with_groups(7)
    few = pl.concat([votes, acts([999], [0], [1])])
    opinions = deliberation.opinion_map(few)
    last = pl.col("participant") == 999
    assert deliberation.groups(opinions).labels.filter(last)["group"].item() is None
    assert deliberation.groups(opinions, keep=[999]).labels.filter(last)["group"].item() is not None


# ---------------------------------------------------------------- how sure
def test_stability_is_high_for_planted_groups_and_low_for_chance():
    planted = deliberation.stability(mapped(with_groups(2, people=150)[0]), n=10)
    chance = deliberation.stability(mapped(without_structure(1, people=150), k=2), n=10)
    assert planted.columns == ["draw", "k", "agreement"]
    assert planted["agreement"].median() > 0.9
    assert chance["agreement"].median() < 0.4


def test_order_moves_the_groups_of_polis_and_not_the_stable_ones():
    conversation = real("london-policing")
    moved = deliberation.stability(mapped(conversation, "polis"), n=10, how="order")
    still = deliberation.stability(mapped(conversation, k=2), n=5, how="order")
    assert moved["agreement"].min() < 1
    assert still["agreement"].to_list() == [1.0] * 5


def test_stability_says_how_far_it_is():
    told = []
    deliberation.stability(mapped(with_groups(2, people=60)[0]), n=3, tell=lambda *at: told.append(at))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_no_groups_cannot_be_found_again():
    with pytest.raises(deliberation.MapError, match="no clear groups"):
        deliberation.stability(mapped(without_structure(1, people=100)))


# ---------------------------------------------------------------- measures
def test_agreement_of_groupings_against_the_published_example():
    one, other = np.repeat([0, 1, 2], 2), np.array([0, 0, 1, 1, 1, 1])
    # table (2,0 / 0,2 / 0,2): pairs 3, rows 3, columns 7, expected 3*7/15
    assert clustering.agreement(one, other) == pytest.approx((3 - 1.4) / (5 - 1.4))
    assert clustering.agreement(one, one[::-1]) == 1.0


def test_silhouette_by_hand():
    points = np.array([[0.0], [1.0], [10.0], [12.0]])
    # own distances 1, 1, 2, 2; to the other pair 11, 10, 9.5, 11.5
    by_hand = np.mean([10 / 11, 9 / 10, 7.5 / 9.5, 9.5 / 11.5])
    assert clustering.silhouette(points, np.array([0, 0, 1, 1])) == pytest.approx(by_hand)
    assert clustering.silhouette(points[:3], np.array([0, 0, 1])) == pytest.approx(np.mean([9 / 10, 8 / 9, 0]))


def test_many_points_are_grouped_as_few_are():
    random = np.random.default_rng(1)
    middles = np.array([[0.0, 0.0], [6.0, 0.0], [0.0, 6.0]])
    points = np.concatenate([middle + random.normal(size=(3000, 2)) for middle in middles])
    centres, cost = clustering.kmeans(random.permutation(points), 3)
    apart = np.linalg.norm(centres[:, None] - middles[None], axis=2)
    assert (apart.min(axis=0) < 0.1).all()
    assert cost == pytest.approx(2 * 9000, rel=0.05)


def test_votes_that_differ_in_one_place_can_be_drawn_anew():
    """A draw without the one who disagrees is unanimous: nothing is left to find axes in."""
    people, statements = np.repeat(np.arange(30), 80), np.tile(np.arange(80), 30)
    one = acts(people, statements, np.where((people == 3) & (statements == 5), -1, 1))
    assert mapped(one).k == 1
    six = mapped(acts(people, statements, np.where((people < 6) & (statements == 5), -1, 1)), k=2)
    assert sorted(six.sizes) == [6, 24]
    assert deliberation.stability(six, n=10).height == 10


def test_groups_are_called_clear_only_when_they_were_sought_and_came_back():
    votes = with_groups(2)[0]
    ways = (("stable",), ("stable", 3), ("polis",))
    clear = [deliberation.map_facts(mapped(votes, *how))["clear_groups"] for how in ways]
    assert clear == [True, False, None]
    nobody = mapped(without_structure(1, people=3))
    assert (deliberation.map_facts(nobody)["clear_groups"], nobody.were_drawn) == (False, False)


def test_people_spread_evenly_come_back_as_well_and_the_method_page_says_so():
    random = np.random.default_rng(0)
    where, limit, pull = random.normal(size=(600, 1)), random.normal(size=60), random.choice([-1, 1], 60)
    agree = random.random((600, 60)) < 1 / (1 + np.exp(-pull * (where - limit)))
    votes = acts(np.repeat(np.arange(600), 60), np.tile(np.arange(60), 600), np.where(agree, 1, -1).ravel())
    found = mapped(votes)
    assert (found.is_clear, found.separation) == (True, "no_gap")


@pytest.mark.parametrize("k", [2.5, "3", True])
def test_number_of_groups_must_be_a_whole_number(k):
    with pytest.raises(deliberation.MapError, match="whole number from 2 to 5"):
        mapped(with_groups(1)[0], k=k)


def test_people_to_keep_are_named_as_in_the_votes():
    opinions = deliberation.opinion_map(with_groups(7)[0])
    with pytest.raises(deliberation.MapError, match="keep holds 'zz', but the votes name them by whole numbers"):
        deliberation.groups(opinions, keep=["zz"])


def test_stability_is_judged_of_groups_alone():
    with pytest.raises(deliberation.MapError, match="given as OpinionMap, but must be a Groups"):
        deliberation.stability(deliberation.opinion_map(with_groups(7)[0]))

"""Gaps between groups: found where camps are planted, denied where people stand evenly, and left open where unseen."""

from __future__ import annotations

import json
import math
import random as chance
from statistics import median

import numpy as np
import polars as pl
import pytest

from minga import deliberation
from minga.deliberation.engine.gaps import borders, judged, neighbours, strips
from minga.deliberation.tests.data import acts, real, with_groups, without_structure
from minga.deliberation.tests.shapes import SHAPES, cut, findings


def mapped(votes, k=None, mode="stable"):
    return deliberation.groups(deliberation.opinion_map(votes, mode=mode), k)


def shape(name, seed=1):
    drawn, k = SHAPES[name]
    return drawn(np.random.default_rng(seed)), k


# ---------------------------------------------------------------- what it finds
@pytest.mark.parametrize(
    "name",
    [
        "two camps, 10 % of votes against the own camp",
        "two camps, 25 % against",
        "three camps, 10 % against",
        "camps of 90 and 10 %, 10 % against",
    ],
)
def test_gap_is_found_between_planted_camps(name):
    assert findings(name, 10)["finding"].to_list() == ["gap"] * 10


@pytest.mark.parametrize("name", ["even line", "normal line", "normal cloud in two directions"])
def test_no_gap_is_found_where_people_stand_without_one(name):
    found = findings(name, 10)["finding"].to_list()
    assert found.count("no_gap") >= 8
    assert "gap" not in found


@pytest.mark.parametrize("name", ["two camps, 25 % against, 15 votes each", "even line, 15 votes each"])
def test_few_votes_of_each_leave_it_open_for_camps_and_lines_alike(name):
    assert findings(name, 10)["finding"].to_list() == ["unsure"] * 10


def test_groups_that_come_back_are_told_from_camps():
    """Stability alone calls both clear; the borders tell them apart."""
    camps, line = (mapped(shape(name)[0]) for name in ("two camps, 25 % against", "normal line"))
    assert (camps.come_back, line.come_back) == (True, True)
    assert (camps.separation, line.separation) == ("gap", "no_gap")


# ---------------------------------------------------------------- golden: an independent slow count
def middle_of(points):
    return [math.fsum(axis) / len(points) for axis in zip(*points, strict=True)]


def by_hand(one, other):
    """Count the strips between two groups, person by person."""
    (x, y), (right, up) = middle_of(one), middle_of(other)
    east, north = right - x, up - y
    length = math.hypot(east, north)
    along = [[(a * east + b * north) / length for a, b in points] for points in (one, other)]
    start, end = median(along[0]), median(along[1])
    third = (end - start) / 3
    people = along[0] + along[1]
    counts = [sum(abs(place - at) <= third / 2 for place in people) for at in ((start + end) / 2, start, end)]
    return counts[0], min(counts[1:])


def both(points, label):
    """Part points into those of the first and of the second group."""
    return [[point for point, group in zip(points, label, strict=True) if group == at] for at in (0, 1)]


def shuffled_by_hand(opinions, label, times, seed):
    """Shuffle votes on each statement inside each group, one statement at a time, and place people anew."""
    dice = chance.Random(seed)
    axes = [opinions.statements[name].to_list() for name in ("pc1", "pc2")]
    means = opinions.statements["mean"].to_list()
    cells = {}
    for row in opinions.table.wide().iter_rows():
        person = opinions.table.place[row[0]]
        for statement, vote in enumerate(row[1:]):
            if vote is not None:
                cells.setdefault((statement, label[person]), []).append((person, vote))
    middles = [middle_of(points) for points in both(opinions.points.select("x", "y").rows(), label)]
    border = middle = 0
    for _ in range(times):
        votes = {}
        for (statement, _group), held in cells.items():
            values = [vote for _person, vote in held]
            dice.shuffle(values)
            for (person, _vote), vote in zip(held, values, strict=True):
                votes.setdefault(person, []).append((statement, vote))
        placed = [
            [
                math.sqrt(len(means) / len(cast)) * sum((vote - means[at]) * axis[at] for at, vote in cast)
                for axis in axes
            ]
            for cast in votes.values()
        ]
        joined = [min((0, 1), key=lambda group: math.dist(point, middles[group])) for point in placed]
        counts = by_hand(*both(placed, joined))
        border, middle = border + counts[0], middle + counts[1]
    return border / middle


@pytest.mark.parametrize("name", ["two camps, 35 % against", "even line", "even line, 60 people"])
def test_crowding_equals_an_independent_count(name):
    votes, k = shape(name)
    opinions, label = cut(votes, k)
    row = borders(opinions, label).row(0, named=True)
    points = opinions.points.select("x", "y").rows()
    assert (row["at_border"], row["in_middle"]) == by_hand(*both(points, label.tolist()))
    assert row["crowding"] == row["at_border"] / row["in_middle"]
    assert row["low"] < row["crowding"] < row["high"]


@pytest.mark.parametrize("name", ["two camps, 35 % against", "even line, 60 people", "even line, 15 votes each"])
def test_crowding_of_groups_of_one_mind_equals_an_independent_shuffle(name):
    """Both draw by lot, so they agree as two means of 20 draws do."""
    votes, k = shape(name)
    opinions, label = cut(votes, k)
    expected = shuffled_by_hand(opinions, label.tolist(), 20, seed=4)
    assert borders(opinions, label)["if_alike"].item() == pytest.approx(expected, rel=0.15, abs=0.03)


def test_camps_crowd_their_border_as_groups_of_one_mind_do_and_lines_do_not():
    camps = findings("two camps, 35 % against", 10)
    lines = findings("even line", 10)
    assert camps["crowding"].median() == pytest.approx(camps["if_alike"].median(), abs=0.2)
    assert lines["crowding"].median() > 5 * lines["if_alike"].median()


# ---------------------------------------------------------------- what must not matter
@pytest.mark.parametrize("name", ["three camps, 10 % against", "even line"])
def test_order_of_rows_does_not_matter(name):
    votes, k = shape(name)
    first = mapped(votes, k)
    for seed in range(3):
        people = votes["participant"].unique().sort().sample(fraction=1, shuffle=True, seed=seed)
        table = deliberation.vote_table(votes.sample(fraction=1, shuffle=True, seed=seed), participants=people)
        assert mapped(table, k).borders.equals(first.borders)


def test_order_of_rows_does_not_matter_where_some_people_are_not_drawn_for_the_shuffle():
    votes = shape("even line, 15 votes each")[0]
    many = pl.concat([votes.with_columns(pl.col("participant") + 1000 * copy) for copy in range(6)])
    first, again = mapped(many, 2), mapped(many.sample(fraction=1, shuffle=True, seed=3), 2)
    assert sum(first.sizes) > 2000
    assert again.borders.equals(first.borders)


def test_turning_every_vote_round_changes_nothing():
    votes, k = shape("camps of 90 and 10 %, 10 % against")
    line = shape("normal line")[0]
    for each in (votes, line):
        one, other = (borders(*cut(table, k)) for table in (each, each.with_columns(-pl.col("vote"))))
        assert set(one["crowding"].round(9)) == set(other["crowding"].round(9))
        assert one["finding"].to_list() == other["finding"].to_list()


# ---------------------------------------------------------------- its parts
@pytest.mark.parametrize(
    ("at_border", "in_middle", "if_alike", "finding"),
    [
        (5, 100, 0.0, "gap"),  # 0.02 to 0.12, half-way is 0.5
        (100, 100, 0.0, "no_gap"),
        (50, 100, 0.0, "unsure"),
        (1, 4, 0.0, "unsure"),  # few people
        (0, 3, 0.0, "unsure"),
        (100, 100, 0.51, "unsure"),  # a gap would not show
        (60, 100, 0.4, "unsure"),  # 0.44 to 0.83 holds half-way, 0.7
        (0, 0, 0.0, "unsure"),
        (3, 0, 0.0, "unsure"),
        (100, 100, None, "unsure"),
    ],
)
def test_finding_of_a_border(at_border, in_middle, if_alike, finding):
    assert judged(at_border, in_middle, if_alike)[-1] == finding


def test_interval_of_crowding_by_hand():
    """20 of 60 people in both strips: Wilson's interval of a third, as odds."""
    crowding, low, high, _alike, _finding = judged(20, 40, 0.0)
    assert (crowding, round(low, 4), round(high, 4)) == (0.5, 0.2942, 0.8499)


def test_neighbours_have_no_third_group_half_way():
    row = np.array([[0.0, 0.0], [2.0, 0.5], [4.0, 0.0]])
    assert list(neighbours(row)) == [(0, 1), (1, 2)]
    triangle = np.array([[0.0, 0.0], [2.0, 3.0], [4.0, 0.0]])
    assert list(neighbours(triangle)) == [(0, 1), (0, 2), (1, 2)]


def test_strips_are_counted_with_their_edges():
    places = np.array([[at, 0.0] for at in (-1.0, 0.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 6.0, 7.0)])
    label = np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1])
    # middles 0 and 5.5, strips 1.83 wide: 1.83 to 3.67 holds 2 and 3; around 0 stand two, around 5.5 three
    assert strips(places, label, 0, 1) == (2, 2)
    assert strips(places[[0, 0]], np.array([0, 1]), 0, 1) == (0, 0)


def test_groups_of_fewer_than_five_people_are_not_judged():
    opinions = deliberation.opinion_map(with_groups(2, k=2, people=60)[0])
    label = np.where(np.arange(60) < 4, 2, np.arange(60) % 2)
    rows = borders(opinions, label)
    few = rows.filter((pl.col("group") == 2) | (pl.col("other") == 2))
    assert few.height >= 1
    assert few.drop("group", "other", "finding").null_count().row(0) == (few.height,) * 6
    assert few["finding"].unique().to_list() == ["unsure"]


def test_no_groups_have_no_borders():
    found = mapped(without_structure(1, people=100))
    assert (found.borders.height, found.separation) == (0, None)
    facts = deliberation.map_facts(found)
    assert (facts["separation"], facts["borders"]) == (None, [])


def test_one_border_without_a_gap_decides_for_the_map():
    votes, _side = with_groups(3, k=2, people=400)
    camps = mapped(votes, 2)
    assert camps.separation == "gap"
    cut_again = mapped(votes, 3)
    assert "gap" in cut_again.borders["finding"].to_list()
    assert cut_again.separation != "gap"


def test_borders_are_judged_in_mode_polis_too_and_ready_for_json():
    found = mapped(real("biodiversity"), mode="polis")
    facts = deliberation.map_facts(found)
    json.dumps(facts["borders"], allow_nan=False)
    assert [row["finding"] for row in facts["borders"]] == ["no_gap"]
    assert facts["separation"] == "no_gap"


def test_everybody_at_one_of_two_places_has_an_empty_border():
    votes = acts(np.repeat(np.arange(40), 10), np.tile(np.arange(10), 40), np.where(np.arange(400) // 10 % 2, 1, -1))
    row = mapped(votes).borders.row(0, named=True)
    assert (row["at_border"], row["in_middle"], row["crowding"], row["finding"]) == (0, 20, 0.0, "gap")

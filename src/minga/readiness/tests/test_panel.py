"""A panel's two rounds: middle, spread, agreement, what moved, levels with intervals, gaps, and what is let out."""

from __future__ import annotations

import itertools

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minga.readiness import AnswerError, load_instrument, panel_result, released
from minga.readiness.engine.panel import histogram, moves, panel_matrix, summarise_round, to_discuss
from minga.readiness.engine.panel_levels import FirmFigure, panel_gaps, panel_levels
from minga.readiness.engine.panel_people import NOT_SAID, SIDES, by_side, composition, represented

INDUSTRY = load_instrument("generic-industry")
SKILLS = ("I-SKL1", "I-SKL2", "I-SKL3")


def answers(**levels):
    """Lay out answers: for every item (written with _ for -) one level a person, in their order."""
    rows = [
        (f"p{at:02}", item.replace("_", "-"), None if level is None else str(level))
        for item, given in levels.items()
        for at, level in enumerate(given)
    ]
    return pl.DataFrame(rows, schema=["panellist", "item", "level"], orient="row")


def everything(levels):
    """Give every item of the instrument the same levels."""
    return answers(**dict.fromkeys(INDUSTRY.item_ids, levels))


def row(table, item):
    return table.row(by_predicate=pl.col("item") == item, named=True)


#: Eight people of a country in Praia's region: worked out by hand in docs/methods/panel.md.
FIRST = answers(I_SKL1=[1, 2, 2, 2, 3, 3, 4, "dk"], I_SKL2=[0, 1, 1, 1, 1, 2, 5, 5], I_SKL3=[2] * 8)
SECOND = answers(I_SKL1=[2, 2, 2, 2, 3, 3, 3, 3], I_SKL2=[1, 1, 1, 1, 1, 2, 5, 4], I_SKL3=[2] * 8)


# ---------------------------------------------------------------- one round
def test_round_is_summarised_as_by_hand():
    summary = summarise_round(FIRST, INDUSTRY)
    one = row(summary, "I-SKL1")
    # 1 2 2 2 3 3 4: the fourth is the middle; quartiles at places 1.5 and 4.5 counted from 0
    assert (one["n"], one["unknown"], one["median"], one["level"]) == (7, 1, 2.0, 2)
    assert (one["q1"], one["q3"], one["iqr"]) == (2.0, 3.0, 1.0)
    assert (one["lowest"], one["highest"], one["spread"]) == (1, 4, 3)
    assert one["discuss"]
    assert one["agreed"]
    # of 21 pairs those more than a level apart: 1 with 3, 3, 4 and 4 with 2, 2, 2
    assert one["near"] == pytest.approx(15 / 21)
    two = row(summary, "I-SKL2")
    # 0 1 1 1 1 2 5 5: the middle half runs from 1 to 2.75
    assert (two["median"], two["level"], two["iqr"], two["agreed"]) == (1.0, 1, 1.75, False)


def test_even_panel_takes_the_lower_of_the_two_in_the_middle():
    one = row(summarise_round(answers(I_SKL1=[1, 2, 3, 4]), INDUSTRY), "I-SKL1")
    assert (one["median"], one["level"]) == (2.5, 2)


def test_item_without_a_level_has_no_figure_and_no_agreement():
    summary = summarise_round(answers(I_SKL1=["dk", None, "dk"]), INDUSTRY)
    one = row(summary, "I-SKL1")
    assert (one["n"], one["unknown"], one["median"], one["agreed"], one["discuss"]) == (0, 2, None, False, False)
    assert row(summary, "I-POL1")["n"] == 0


def test_four_who_think_alike_are_not_yet_an_agreement():
    assert not row(summarise_round(answers(I_SKL1=[3] * 4), INDUSTRY), "I-SKL1")["agreed"]
    assert row(summarise_round(answers(I_SKL1=[3] * 5), INDUSTRY), "I-SKL1")["agreed"]


def test_rule_of_agreement_is_the_panels_own():
    wide = [1, 1, 2, 3, 3]
    assert not row(summarise_round(answers(I_SKL1=wide), INDUSTRY), "I-SKL1")["agreed"]
    assert row(summarise_round(answers(I_SKL1=wide), INDUSTRY, within=2), "I-SKL1")["agreed"]


def test_list_to_discuss_begins_with_what_lies_furthest_apart():
    assert to_discuss(summarise_round(FIRST, INDUSTRY)) == ["I-SKL2", "I-SKL1"]


LEVELS = st.lists(st.integers(0, 5), min_size=1, max_size=15)


@given(LEVELS)
def test_figures_of_an_item_are_those_of_numpy(levels):
    one = row(summarise_round(answers(I_SKL1=levels), INDUSTRY), "I-SKL1")
    assert [one["q1"], one["median"], one["q3"]] == np.percentile(levels, [25, 50, 75]).tolist()
    assert one["level"] == np.percentile(levels, 50, method="lower")
    apart = [abs(a - b) <= 1 for a, b in itertools.combinations(levels, 2)]
    assert one["near"] == (pytest.approx(np.mean(apart)) if apart else None)


@given(LEVELS)
def test_level_was_given_by_somebody_and_lies_inside_the_middle_half_or_below_its_end(levels):
    one = row(summarise_round(answers(I_SKL1=levels), INDUSTRY), "I-SKL1")
    assert one["level"] in levels
    assert one["lowest"] <= one["level"] <= one["q3"] <= one["highest"]
    assert 0 <= one["iqr"] <= one["spread"] <= 5


def test_histogram_counts_every_level():
    assert histogram([2.0, None, 2.0, 5.0], 5) == [0, 0, 2, 0, 0, 1]


# ---------------------------------------------------------------- what was given wrongly
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (answers(I_SKL1=[7]), "level '7', but levels run from 0 to 5"),
        (answers(I_SKL1=["na"]), "write 'dk' where the panellist does not know"),
        (answers(SKL1=[3]), "'SKL1', which is not in minga-generic-industry"),
        (pl.concat([answers(I_SKL1=[3]), answers(I_SKL1=[4])]), "'I-SKL1' twice in one round"),
        (pl.DataFrame({"item": ["I-SKL1"], "level": ["3"]}), "lack the column panellist"),
    ],
)
def test_wrong_answers_are_named(wrong, words):
    with pytest.raises(AnswerError, match=words):
        panel_matrix(wrong, INDUSTRY)


# ---------------------------------------------------------------- between the rounds
def test_what_moved_is_as_by_hand():
    moved = moves(FIRST, SECOND, INDUSTRY)
    one = row(moved, "I-SKL1")
    # the first median is 2; 1 -> 2 and 4 -> 3 come nearer, the one who did not know is no pair
    assert (one["paired"], one["kept"], one["towards"], one["away"], one["across"]) == (7, 5, 2, 0, 0)
    assert (one["up"], one["down"], one["iqr_change"]) == (1, 1, 0.0)
    two = row(moved, "I-SKL2")
    # the first median is 1; 0 -> 1 and 5 -> 4 come nearer; the middle half shrinks from 1.75 to 1.5
    assert (two["kept"], two["towards"], two["away"], two["iqr_change"]) == (6, 2, 0, -0.25)


def test_crossing_the_middle_at_the_same_distance_is_neither_towards_nor_away():
    one = row(moves(answers(I_SKL1=[1, 2, 3]), answers(I_SKL1=[3, 2, 3]), INDUSTRY), "I-SKL1")
    assert (one["kept"], one["towards"], one["away"], one["across"]) == (2, 0, 0, 1)


def test_who_came_or_left_is_no_movement():
    first = answers(I_SKL1=[1, 5])
    second = answers(I_SKL1=[1, 3, 0]).filter(pl.col("panellist") != "p01")
    one = row(moves(first, second, INDUSTRY), "I-SKL1")
    assert (one["paired"], one["kept"]) == (1, 1)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=15))
def test_every_pair_is_counted_once(pairs):
    before, after = zip(*pairs, strict=True)
    one = row(moves(answers(I_SKL1=before), answers(I_SKL1=after), INDUSTRY), "I-SKL1")
    assert one["kept"] + one["towards"] + one["away"] + one["across"] == one["paired"] == len(pairs)
    assert one["kept"] + one["up"] + one["down"] == len(pairs)


# ---------------------------------------------------------------- levels and their intervals
def level_of(levels, node):
    return next(one for one in levels if one.node == node)


def test_factor_is_the_mean_of_its_items_lower_medians():
    found = level_of(panel_levels(SECOND, INDUSTRY), "skills")
    # SKL1 2, SKL2 1, SKL3 2
    assert found.level == pytest.approx(5 / 3)
    assert (found.items, found.asked) == (3, 3)
    assert found.lower <= found.level <= found.upper


def test_interval_is_that_of_a_plain_bootstrap():
    """The same draws, person by person in plain Python, give the same bounds."""
    found = level_of(panel_levels(FIRST, INDUSTRY, times=200), "skills")
    matrix = panel_matrix(FIRST, INDUSTRY)
    columns = [matrix.items.index(item) for item in SKILLS]
    people = sorted(matrix.levels.tolist(), key=lambda levels: [-1 if x != x else x for x in levels])
    u = np.random.default_rng(20260315).random((200, len(people)))
    drawn = []
    for picks in np.floor(u * len(people)).astype(int):
        middles = []
        for column in columns:
            given = sorted(people[pick][column] for pick in picks if people[pick][column] == people[pick][column])
            if given:
                middles.append(given[(len(given) - 1) // 2])
        drawn.append(sum(middles) / len(middles))
    assert [found.lower, found.upper] == pytest.approx(np.percentile(drawn, [5, 95]).tolist())


def test_factor_needs_two_thirds_of_its_items_and_five_people_in_each():
    two_items = answers(I_SKL1=[3] * 5, I_SKL2=[1] * 5)
    assert level_of(panel_levels(two_items, INDUSTRY), "skills").level == 2
    one_item = answers(I_SKL1=[3] * 5, I_SKL2=[1] * 4)
    assert level_of(panel_levels(one_item, INDUSTRY), "skills").level is None


def test_total_needs_six_of_seven_factors():
    whole = everything([1, 2, 3, 4, 5])
    assert level_of(panel_levels(whole, INDUSTRY), "total").level == 3
    five = [item.id for item in INDUSTRY.items if item.factor not in {"skills", "safety"}]
    assert level_of(panel_levels(whole.filter(pl.col("item").is_in(five)), INDUSTRY), "total").level is None


def test_panel_of_one_mind_has_an_interval_without_width():
    found = level_of(panel_levels(everything([3] * 8), INDUSTRY), "total")
    assert (found.lower, found.level, found.upper) == (3, 3, 3)


def test_nobody_has_no_level():
    assert {one.level for one in panel_levels(FIRST.clear(), INDUSTRY)} == {None}


MATRICES = st.lists(
    st.lists(st.sampled_from([0, 1, 2, 3, 4, 5, None]), min_size=21, max_size=21), min_size=5, max_size=15
)


@settings(max_examples=25, deadline=None)
@given(MATRICES, st.randoms(use_true_random=False))
def test_neither_names_nor_order_of_people_change_a_level(people, chance):
    shuffled = list(people)
    chance.shuffle(shuffled)
    tables = [
        answers(**{item: [one[at] for one in given] for at, item in enumerate(INDUSTRY.item_ids)})
        for given in (people, shuffled)
    ]
    one, other = (panel_levels(table, INDUSTRY, times=100) for table in tables)
    assert one == other
    for level in one:
        if level.level is not None:
            assert 0 <= level.lower <= level.upper <= 5
            assert 0 <= level.level <= 5


@settings(max_examples=25, deadline=None)
@given(MATRICES)
def test_raising_one_answer_never_lowers_the_panel(people):
    table = answers(**{item: [one[at] for one in people] for at, item in enumerate(INDUSTRY.item_ids)})
    raised = [[(x if x is None else min(5, x + 1)) for x in one] if who == 0 else one for who, one in enumerate(people)]
    higher = answers(**{item: [one[at] for one in raised] for at, item in enumerate(INDUSTRY.item_ids)})
    before, after = panel_levels(table, INDUSTRY, times=20), panel_levels(higher, INDUSTRY, times=20)
    assert all(b.level is None or a.level >= b.level for b, a in zip(before, after, strict=True))


# ---------------------------------------------------------------- beside the firms
def test_gap_is_panel_minus_firms_with_the_doubt_of_both():
    firms = {"skills": FirmFigure(median=1.0, n=20, drawn=tuple(np.linspace(0.8, 1.2, 2000)))}
    (gap,) = panel_gaps(everything([3, 3, 3, 3, 3, 4, 4, 4]), INDUSTRY, firms)
    assert (gap.node, gap.panel, gap.firms, gap.n_firms, gap.difference) == ("skills", 3, 1.0, 20, 2.0)
    assert gap.lower < 2 < gap.upper
    assert gap.is_gap


def test_difference_inside_its_interval_is_no_gap():
    firms = {"skills": FirmFigure(median=2.5, n=20, drawn=tuple(np.linspace(1.5, 3.5, 2000)))}
    (gap,) = panel_gaps(everything([1, 2, 2, 3, 3, 3, 4, 5]), INDUSTRY, firms)
    assert gap.lower < 0 < gap.upper
    assert not gap.is_gap


def test_factor_that_no_firm_figure_may_be_told_of_is_left_out():
    assert panel_gaps(everything([3] * 8), INDUSTRY, {}) == ()


def test_items_without_a_partner_in_the_enterprise_instrument_do_not_count_in_a_gap():
    from dataclasses import replace

    items = tuple(replace(one, enterprise_items=()) if one.id == "I-SKL1" else one for one in INDUSTRY.items)
    without = replace(INDUSTRY, items=items)
    table = answers(I_SKL1=[5] * 5, I_SKL2=[1] * 5, I_SKL3=[1] * 5)
    (gap,) = panel_gaps(table, without, {"skills": FirmFigure(1.0, 12)})
    assert gap.panel == 1
    assert not gap.is_gap
    assert level_of(panel_levels(table, without), "skills").level == pytest.approx(7 / 3)


# ---------------------------------------------------------------- composition
def people(**counts):
    rows = [None if group == "none" else group for group, count in counts.items() for _one in range(count)]
    return pl.DataFrame({"group": rows}, schema={"group": pl.String})


def test_group_of_five_is_counted_and_smaller_ones_are_only_there():
    found = {one.name: one for one in composition(people(a=5, b=3, c=2), "group", "abcd")}
    assert found["a"].count == 5
    assert (found["b"].count, found["b"].low, found["b"].high, found["b"].is_present) == (None, 1, 4, True)
    assert (found["d"].count, found["d"].is_present) == (0, False)


def test_single_small_group_takes_a_larger_one_with_it():
    found = {one.name: one.count for one in composition(people(a=6, b=7, c=3), "group", "abc")}
    assert found == {"a": None, "b": 7, "c": None, NOT_SAID: 0}


@settings(max_examples=300, deadline=None)
@given(st.lists(st.integers(0, 8), min_size=2, max_size=4), st.integers(0, 5))
def test_no_count_below_five_can_be_worked_out(counts, unsaid):
    names = "abcd"[: len(counts)]
    parts = composition(people(**dict(zip(names, counts, strict=True)), none=unsaid), "group", names)
    shown = [range(one.low, one.high + 1) if one.is_withheld else [one.count] for one in parts]
    fitting = [one for one in itertools.product(*shown) if sum(one) == sum(counts) + unsaid]
    assert (*counts, unsaid) in fitting
    for at, part in enumerate(parts):
        if part.is_withheld:
            assert len({one[at] for one in fitting}) > 1
        else:
            assert part.count == 0 or part.count >= 5


def test_groups_are_named_where_their_side_is_counted_and_only_there():
    rows = ["small-firm"] * 4 + ["workers"] * 2 + ["ministry", "centre", "university", "finance"]
    panel = by_side(pl.DataFrame({"group": rows}), "group")
    sides = composition(panel, "side", ("business", "public", "knowledge"))
    assert [(one.name, one.count) for one in sides][:3] == [("business", 6), ("public", None), ("knowledge", None)]
    assert represented(panel, sides) == {"business": ("small-firm", "workers")}


def test_groups_join_wider_sides():
    sides = by_side(pl.DataFrame({"group": ["workers", "ministry", None]}), "group")["side"].to_list()
    assert sides == ["business", "public", None]
    assert set(SIDES.values()) == {"business", "public", "knowledge"}


# ---------------------------------------------------------------- the whole, and what everyone may see
def test_result_holds_both_rounds_and_counts_the_last():
    result = panel_result(FIRST, SECOND, INDUSTRY, firms={"skills": FirmFigure(1.0, 12)})
    assert (result.people_first, result.people_second, result.people) == (8, 8, 8)
    one = next(item for item in result.items if item.item == "I-SKL1")
    assert (one.first.n, one.second.n, one.last.median, one.moved.towards) == (7, 8, 2.5, 2)
    assert (result.movement.answers, result.movement.kept, result.movement.towards) == (23, 19, 4)
    assert result.movement.stability == pytest.approx(19 / 23)
    assert [gap.node for gap in result.gaps] == ["skills"]
    assert result.to_dict()["schema"] == "minga.readiness.panel/1"


def test_result_of_the_first_round_alone_stands_on_it():
    result = panel_result(FIRST, None, INDUSTRY)
    assert result.people_second is None
    assert result.movement is None
    assert result.items[0].second is None
    assert result.levels == result.levels_first


def test_published_result_tells_of_no_few_people():
    few = answers(I_SKL1=[1, 2, 3, 4], I_SKL2=[1, 1, 2, 2, 3, "dk"], I_SKL3=[2] * 12)
    result = released(panel_result(few, few, INDUSTRY))
    found = {one.item: one for one in result.items}
    assert found["I-SKL1"].first.is_withheld
    assert found["I-SKL1"].first.median is None
    # five of twelve gave a level: seven did not, which is people enough, but only one of them said so
    assert (found["I-SKL2"].last.n, found["I-SKL2"].last.n_at_least, found["I-SKL2"].last.unknown) == (5, 5, None)
    assert found["I-SKL3"].last.n == 12
    assert all(one.moved is None for one in result.items)
    assert "I-SKL1" not in result.discuss


def test_published_bound_is_never_above_the_truth():
    for n, unknown in itertools.product(range(5, 16), range(11)):
        blank = 15 - n - unknown
        if blank < 0:
            continue
        table = answers(I_SKL1=[3] * n + ["dk"] * unknown + [None] * blank)
        one = next(item for item in released(panel_result(table, None, INDUSTRY)).items if item.item == "I-SKL1").last
        assert one.n_at_least <= n
        # what can be worked out: those without a level, those who said so, and the rest, are nobody or five and more
        told = [] if one.n is None else [15 - one.n]
        told += [] if one.unknown is None else [one.unknown, 15 - one.n - one.unknown]
        assert all(count == 0 or count >= 5 for count in told)

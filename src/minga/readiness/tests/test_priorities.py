"""Priorities: the formula to 4 decimals, limits, diversity, stability, words."""

from __future__ import annotations

import dataclasses

import numpy as np
import polars as pl
import pytest
import yaml

from minga import readiness
from minga.readiness.engine import priorities
from minga.readiness.engine.explain import REASONS, SENTENCES
from minga.readiness.engine.instrument import INSTRUMENTS
from minga.readiness.engine.priorities import COST_RELIEF, SPEED, english, later_english, priority, sentence_of
from minga.readiness.tests.engine_support import GENERIC, answered, everything, overlay

RULES = yaml.safe_load((INSTRUMENTS / "scoring.yaml").read_text(encoding="utf-8"))
AMINA = {"goals": ["scrap", "downtime", "energy"], "cash_limit": "c4", "horizon_limit": "h3"}


def rank(levels, profile=AMINA, instrument=GENERIC, peers=None):
    return readiness.prioritize(readiness.score(answered(levels), instrument), instrument, profile, peers)


@pytest.mark.parametrize("example", RULES["worked_examples"], ids=lambda example: example["id"])
def test_worked_examples_to_four_decimals(example):
    thirds = {0.6667: 2 / 3, 0.3333: 1 / 3}  # the book prints shares of three goals with 4 digits
    result = priority(
        gap=np.array(min(5, example["peer_target"]) - example["level"]),
        need=np.array(thirds.get(example["need"], example["need"])),
        cost_relief=np.array(COST_RELIEF[example["cost_band"]]),
        speed=np.array(SPEED[example["horizon"]]),
        unblock=np.array(example["unblock"]),
        agreement=np.array(1 - example["spread"] / 5),
    )
    assert float(result) == pytest.approx(example["priority"], abs=5e-5)


def test_numbers_are_those_of_the_rule_book():
    inputs = RULES["prioritization"]["inputs"]
    assert inputs["cost_relief"] == COST_RELIEF
    assert inputs["speed"] == SPEED
    assert "+-20 %" in RULES["prioritization"]["sensitivity"]
    assert (priorities.DRAWS, priorities.CHANGE) == (200, 0.20)


def test_step_carries_every_input_of_its_rank():
    step = next(s for s in rank(everything(1)).ranked if s.item == "DAT2")
    assert (step.level, step.target, step.target_source, step.gap) == (1, 3.0, "default", 2.0)
    assert (step.need, step.cost_relief, step.speed, step.unblock, step.agreement) == (
        pytest.approx(1 / 3), 0.85, 0.7, 0, 1.0,
    )  # fmt: skip
    assert step.priority == pytest.approx((0.1 + 0.9 / 3) * 0.85 * 0.85)
    assert step.next_level_text == GENERIC.item("DAT2").levels[2]


def test_closed_gates_come_first():
    first = rank(everything(3) | {"DAT5": 1, "POL2": 0}).first
    assert {step.item for step in first[:2]} == {"DAT5", "POL2"}
    assert all(step.unblock == 1 and step.priority > 10 for step in first[:2])


def test_unanswered_items_are_not_ranked():
    levels = everything(1) | {"DAT1": "dk", "SAF3": "na"}
    ranked = {step.item for step in rank(levels).ranked}
    assert len(ranked) == 39
    assert not ranked & {"DAT1", "SAF3"}


def test_level_at_the_target_has_no_priority_and_is_no_step():
    result = rank(everything(3))
    assert result.first == ()
    assert {step.priority for step in result.ranked} == {0.0}
    assert rank(everything(5)).ranked[0].next_level_text == ""


def test_target_is_the_upper_quarter_of_the_peers_where_it_may_be_shown():
    peers = pl.DataFrame({"node": ["DAT2", "DAT1"], "p75": [4.5, None]})
    steps = {step.item: step for step in rank(everything(3), peers=peers).ranked}
    assert (steps["DAT2"].target, steps["DAT2"].target_source, steps["DAT2"].gap) == (4.5, "peers", 1.5)
    assert steps["DAT1"].target == 3.0


def test_steps_beyond_cash_and_time_are_listed_apart():
    result = rank(everything(1), {"goals": [], "cash_limit": "c1", "horizon_limit": "h2"})
    later = {step.item: step.later for step in result.later}
    assert (later["INT1"], later["INC3"], later["INT4"]) == ("cash", "horizon", "cash_and_horizon")
    assert not any(step.cost_band > "c1" or step.horizon > "h2" for step in result.ranked)
    assert later_english(result.later[0])
    assert len(result.later) + len(result.ranked) == 41


def test_at_most_two_of_the_first_five_come_from_one_factor():
    levels = everything(3) | {i.id: 0 for i in GENERIC.items if i.factor in ("skills", "culture", "policies")}
    first = rank(levels, {"goals": []}).first
    counts = [sum(step.factor == factor for step in first) for factor in GENERIC.factor_ids]
    assert len(first) == 5
    assert max(counts) == 2


def test_one_of_the_first_five_widens_who_takes_part_and_says_why():
    plain = [i.id for i in GENERIC.items if not i.has_inclusion_lens]
    levels = everything(3) | dict.fromkeys(plain, 1) | {"INC5": 2}
    first = rank(levels, {"goals": ["scrap"]}).first
    assert [step.item for step in first if step.inclusion] == ["INC5"]
    assert first[-1].reasons[-1].code == "for_inclusion"


def test_no_step_is_added_for_inclusion_when_none_has_a_gap():
    plain = [i.id for i in GENERIC.items if not i.has_inclusion_lens]
    first = rank(everything(3) | dict.fromkeys(plain, 1)).first
    assert not any(step.inclusion for step in first)


def test_disagreement_lowers_the_priority_and_is_said():
    voices = pl.concat(
        [
            answered(everything(1)).with_columns(respondent=pl.lit("owner")),
            answered(everything(1) | {"DAT2": 4}).with_columns(respondent=pl.lit("worker")),
        ]
    )
    result = readiness.prioritize(readiness.score(voices, GENERIC), GENERIC, AMINA)
    step = next(s for s in result.ranked if s.item == "DAT2")
    assert (step.spread, step.agreement) == (3, pytest.approx(0.4))
    assert step.priority == pytest.approx((0.1 + 0.9 / 3) * 0.85 * 0.85 * 0.7)
    assert "views_differ" in {reason.code for reason in step.reasons}


def test_stability_is_the_same_each_time_and_certain_for_gates():
    levels = everything(2) | {"DAT5": 1}
    once, again = rank(levels), rank(levels)
    assert once == again
    assert once.first[0].stability == 1.0
    assert sum(step.stability for step in once.ranked) == pytest.approx(5)


def test_every_step_says_one_sentence_and_its_reasons():
    result = rank(everything(1), {"goals": ["scrap"]})
    for step in (*result.first, *result.ranked):
        code, values = sentence_of(step)
        assert SENTENCES[code]
        assert step.sentence.startswith("Going from level 1 to 2")
        assert values["level"] == 1
        assert all(english(reason) for reason in step.reasons)
        assert {reason.code for reason in step.reasons} <= set(REASONS)


def test_words_follow_the_language_of_the_instrument():
    french = GENERIC.in_language("fr")
    steps = readiness.prioritize(readiness.score(answered(everything(1)), GENERIC), french, AMINA)
    assert steps.first[0].factor_name in {factor.name for factor in french.factors}


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        ({"goals": ["fame"]}, "'fame' in 'goals'"),
        ({"goals": "scrap;oee;energy;cash"}, "names 4 goals, but at most 3"),
        ({"cash_limit": "c9"}, "'c9' in 'cash_limit'.*c0, c1"),
        ({"horizon_limit": "soon"}, "'soon' in 'horizon_limit'"),
    ],
)
def test_profiles_that_make_no_sense_are_refused(profile, words):
    with pytest.raises(readiness.ProfileError, match=words):
        rank(everything(1), profile)


def test_goals_as_text_are_read_like_a_list():
    assert (
        rank(everything(1), {"goals": "scrap; downtime;energy"}).first
        == rank(everything(1), {"goals": AMINA["goals"]}).first
    )


def test_two_enterprises_need_a_name_and_a_panel_has_no_steps():
    both = readiness.score(pl.concat([answered(everything(1)), answered(everything(2), "Bao")]), GENERIC)
    with pytest.raises(readiness.ReadinessError, match="hold 2 enterprises"):
        readiness.prioritize(both, GENERIC, AMINA)
    assert readiness.prioritize(both, GENERIC, AMINA, enterprise="Bao").enterprise == "Bao"
    industry = readiness.load_instrument("generic-industry")
    panel = readiness.score(answered(everything(2, industry)), industry)
    with pytest.raises(readiness.InstrumentError, match="without cost and time"):
        readiness.prioritize(panel, industry, {})


def test_results_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        rank(everything(1)).first[0].rank = 9


def test_added_items_of_an_overlay_are_ranked_too():
    merged = readiness.merge(
        GENERIC, overlay({"op": "weight", "factor": "skills", "weight": 2}), "sector-food-processing"
    )
    assert any(step.item == "FOOD2" for step in rank(everything(1, merged), instrument=merged).ranked)

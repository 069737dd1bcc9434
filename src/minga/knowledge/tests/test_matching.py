"""Help fits when it is open to the enterprise and leads a need further; the points order it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minga.knowledge.engine import matching
from minga.knowledge.engine.matching import MatchingError, Need, Offer, Reason, Situation, match

DATA = Need("data_quality", level=1.4, target=3)
SKILLS = Need("skills", level=0, target=2)
PRAIA = Situation(country="CV", sector="10", language="fr")


def offer(slug="x", **changes):
    plain = Offer(
        id=hash(slug) % 1000,
        slug=slug,
        type="course",
        countries=frozenset(),
        sectors=frozenset(),
        factors=frozenset({"data_quality"}),
        audience=frozenset({"sme"}),
        level_from=0,
        level_to=2,
        languages=frozenset({"en"}),
        cost_band="c3",
        confidence="medium",
    )
    return replace(plain, **changes)


def slugs(*offers, needs=(DATA,), situation=PRAIA, limit=None):
    return [found.offer.slug for found in match(offers, needs, situation, limit=limit)]


@pytest.mark.parametrize(
    ("changes", "fits"),
    [
        ({}, True),
        ({"factors": frozenset({"safety"})}, False),
        ({"level_from": 2, "level_to": 3}, False),  # level 2 is not reached with 1.4
        ({"level_from": 1, "level_to": 2}, True),
        ({"level_from": 0, "level_to": 1}, False),  # leads no further than 1.4
        ({"countries": frozenset({"TN"})}, False),
        ({"countries": frozenset({"TN", "CV"})}, True),
        ({"audience": frozenset({"government", "youth"})}, False),
        ({"audience": frozenset()}, True),
        ({"audience": frozenset({"government", "worker"})}, True),
        ({"sectors": frozenset({"13"})}, False),
        ({"sectors": frozenset({"13", "10"})}, True),
    ],
)
def test_what_fits(changes, fits):
    assert bool(slugs(offer(**changes))) is fits


def test_points_are_those_of_the_method_page():
    best = offer(
        countries=frozenset({"CV"}), sectors=frozenset({"10"}), languages=frozenset({"fr"}), cost_band="c0",
        confidence="high", is_checked=True, level_to=5,
    )  # fmt: skip
    (found,) = match([best], [DATA], PRAIA)
    assert found.points == 100
    # covers 0.6 of 1.6 wanted levels: 50 x 0.375 = 18.75, and a course is taken part in: 10
    (found,) = match([offer()], [DATA], PRAIA)
    assert found.points == 28.75
    (found,) = match([offer(type="report")], [DATA], PRAIA)
    assert found.points == 18.75


def test_the_worked_example_of_the_method_page():
    plain = {"level_from": 0, "level_to": 2, "cost_band": "c0", "confidence": "high", "languages": frozenset({"fr"})}
    skills, data = frozenset({"skills"}), frozenset({"data_quality"})
    praia = frozenset({"CV"})
    found = match(
        [
            offer("a", **plain, factors=skills, countries=praia, sectors=frozenset({"10"})),
            offer("b", type="regulation", factors=data, countries=praia, level_to=3, cost_band="c1", confidence="high"),
            offer("c", type="solution", factors=data | skills, cost_band="c0"),
            offer("d", **plain, factors=skills),
        ],
        [DATA, SKILLS],
        PRAIA,
    )
    assert [(one.offer.slug, round(one.points, 2)) for one in found] == [
        ("a", 76.78), ("b", 42.22), ("c", 51.11), ("d", 51.78),
    ]  # fmt: skip


def test_reasons_say_what_helps_where_in_which_language_and_at_what_cost():
    (found,) = match(
        [offer(countries=frozenset({"CV"}), sectors=frozenset({"10"}), languages=frozenset({"fr"}), cost_band="c0")],
        [DATA],
        PRAIA,
    )
    assert found.reasons == (
        Reason("factor", {"factor": "data_quality", "level": 1, "target": 2}),
        Reason("country", {"country": "CV"}),
        Reason("sector", {"sector": "10"}),
        Reason("language", {"language": "fr"}),
        Reason("free"),
    )


def test_without_a_country_only_what_is_open_everywhere_fits():
    nowhere = Situation(sector="10", language="fr")
    assert slugs(offer("world"), offer("cv", countries=frozenset({"CV"})), situation=nowhere) == ["world"]


def test_without_a_sector_offers_of_any_sector_stay_but_gain_nothing():
    textile = offer("textile", sectors=frozenset({"13"}))
    (found,) = match([textile], [DATA], Situation(country="CV"))
    assert found.points == 28.75
    assert [reason.code for reason in found.reasons] == ["factor", "any_country"]


def test_a_need_already_met_asks_for_nothing():
    assert slugs(offer(), needs=[Need("data_quality", 3, 3)]) == []
    assert slugs(offer(), needs=[]) == []


def test_a_list_serves_every_need_and_is_not_all_of_one_type():
    laws = [offer(f"law-{i}", type="regulation", cost_band="c0") for i in range(4)]
    course = offer("course", type="course", cost_band="c3")
    skill = offer("skill", type="regulation", factors=frozenset({"skills"}))
    found = slugs(*laws, course, skill, needs=[DATA, SKILLS], limit=4)
    assert "course" in found
    assert "skill" in found[:2]


def test_two_needs_for_one_factor_are_refused():
    with pytest.raises(MatchingError, match=r"'skills'.*two needs"):
        match([offer()], [SKILLS, SKILLS], PRAIA)


def test_a_level_off_the_scale_is_refused_with_the_scale():
    with pytest.raises(MatchingError, match=r"'skills'.*level 6.*0 to 5"):
        Need("skills", 6, 5)


factors = st.sampled_from(["data_quality", "skills", "safety"])
codes = st.frozensets(st.sampled_from(["CV", "TN", "JO"]))
offers = st.lists(
    st.builds(
        Offer,
        id=st.integers(1, 10**6),
        slug=st.text("abcdef", min_size=1, max_size=6),
        type=st.sampled_from(["course", "regulation", "finance"]),
        countries=codes,
        sectors=st.frozensets(st.sampled_from(["10", "13"])),
        factors=st.frozensets(factors, min_size=1),
        audience=st.frozensets(st.sampled_from(["sme", "worker", "government"])),
        level_from=st.integers(0, 2),
        level_to=st.integers(3, 5),
        languages=st.frozensets(st.sampled_from(["en", "fr", "ar"]), min_size=1),
        cost_band=st.sampled_from(["c0", "c1", "c2", "c3"]),
        confidence=st.sampled_from(["high", "medium", ""]),
        is_checked=st.booleans(),
    ),
    unique_by=lambda one: one.slug,
    max_size=12,
)
levels = st.floats(0, 5)
needs = st.lists(st.builds(Need, factor=factors, level=levels, target=levels), unique_by=lambda one: one.factor)


@given(offers, needs, st.randoms())
def test_the_order_in_which_offers_come_does_not_matter(given_offers, given_needs, random):
    shuffled = list(given_offers)
    random.shuffle(shuffled)
    assert match(given_offers, given_needs, PRAIA) == match(shuffled, given_needs, PRAIA)


@given(offers, needs, st.integers(0, 6))
def test_matches_are_few_enough_distinct_open_and_with_a_reason(given_offers, given_needs, limit):
    found = match(given_offers, given_needs, PRAIA, limit=limit)
    assert len(found) <= limit
    assert len({one.offer.slug for one in found}) == len(found)
    for one in found:
        assert not one.offer.countries or "CV" in one.offer.countries
        assert one.reasons[0].code == "factor"
        assert 0 < one.points <= 100
    assert found == match(given_offers, given_needs, PRAIA)[:limit]


def test_behind_the_first_fifty_the_rest_follows_and_none_is_lost():
    many = [offer(f"c-{i:03}", type="course" if i % 2 else "report", cost_band="c0") for i in range(120)]
    found = slugs(*many)
    assert len(found) == len(set(found)) == 120
    assert slugs(*many, limit=70) == found[:70]
    assert len(slugs(*many, limit=0)) == 0


def chosen_plainly(offers, needs):
    """Choose as the method page says it: look at every candidate before each choice."""
    left = matching._candidates(offers, needs, PRAIA)
    served, types, chosen = [0] * len(needs), Counter(), []
    while left:
        best = max(left, key=lambda candidate: matching._value(candidate, served, types))
        left.remove(best)
        served = [times + (share > 0) for times, share in zip(served, best[1], strict=True)]
        types[best[0].type] += 1
        chosen.append(best[0].slug)
    return chosen


@given(offers, needs)
def test_the_fast_choice_is_the_plain_one(given_offers, given_needs):
    open_needs = [need for need in given_needs if need.target > need.level]
    assert slugs(*given_offers, needs=given_needs) == chosen_plainly(given_offers, open_needs)


@given(offers, needs)
def test_serving_the_language_too_never_lowers_the_points(given_offers, given_needs):
    before = {one.offer.slug: one.points for one in match(given_offers, given_needs, PRAIA)}
    more = [replace(one, languages=one.languages | {"fr"}) for one in given_offers]
    after = {one.offer.slug: one.points for one in match(more, given_needs, PRAIA)}
    assert before.keys() == after.keys()
    assert all(after[slug] >= before[slug] for slug in before)

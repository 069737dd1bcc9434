"""Matching: which records fit an enterprise's needs, in its country, sector and language, and why.

The rule is meant to be read by the people it serves; `docs/methods/matching.md` explains it with an example.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heapreplace
from math import ceil, floor

from minga.knowledge.engine.errors import KnowledgeError
from minga.knowledge.engine.records import TOP_LEVEL

# Points of an offer; together they make 100.
FIT_POINTS = 50.0
HANDS_ON_POINTS = 10.0
COUNTRY_POINTS = 15.0
SECTOR_POINTS = 10.0
LANGUAGE_POINTS = 7.0
COST_POINTS = {"c0": 5.0, "c1": 3.0, "c2": 1.0, "c3": 0.0}
CONFIDENCE_POINTS = {"high": 2.0, "medium": 0.0, "": 0.0}
CHECKED_POINTS = 1.0
# Types one can take part in, apply to or install; the others are read.
HANDS_ON = frozenset({"scheme", "centre", "course", "solution", "finance", "expert"})
# Readiness asks firms: what is only for public bodies, researchers, start-ups or young people does not fit them.
FOR_FIRMS = frozenset({"sme", "worker", "women-led"})
# What another offer of a type already chosen loses, so that a list is not all laws or all courses.
SAME_TYPE_POINTS = 8.0
# Behind so many the rest stands in the order it then has: choosing on, one by one, would only take time.
VARIED = 50


class MatchingError(KnowledgeError):
    """A need cannot be matched as it stands."""


@dataclass(frozen=True, slots=True)
class Need:
    """A factor, the level an enterprise has reached in it (0 to 5), and the level it wants."""

    factor: str
    level: float
    target: float

    def __post_init__(self) -> None:
        if not 0 <= self.level <= TOP_LEVEL or not 0 <= self.target <= TOP_LEVEL:
            raise MatchingError(
                f"The need for {self.factor!r} goes from level {self.level} to {self.target}, but levels run from 0 to "
                f"{TOP_LEVEL}. Correct the level."
            )


@dataclass(frozen=True, slots=True)
class Situation:
    """Where an enterprise is, what it makes and which language it works in; empty where it did not say."""

    country: str = ""
    sector: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """What matching must know of a record. No countries, no sectors, no audience means all of them."""

    id: int
    slug: str
    type: str
    countries: frozenset[str]
    sectors: frozenset[str]
    factors: frozenset[str]
    audience: frozenset[str]
    level_from: int
    level_to: int
    languages: frozenset[str]
    cost_band: str
    confidence: str
    is_checked: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an offer fits: a code and its parameters, for pages to put into words.

    ``factor`` (factor, level, target), ``country`` (country), ``any_country``, ``sector`` (sector),
    ``language`` (language), ``free``.
    """

    code: str
    params: Mapping[str, str | int] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Match:
    """An offer that fits: its points by itself (0 to 100) and why."""

    offer: Offer
    points: float
    reasons: tuple[Reason, ...]


def _covered(need: Need, offer: Offer) -> float:
    """Give how many levels of a need an offer covers: 0 where it asks for more, or leads no further."""
    if need.factor not in offer.factors or offer.level_from > floor(need.level):
        return 0.0
    return max(0.0, min(float(offer.level_to), need.target) - need.level)


def _is_open(offer: Offer, situation: Situation) -> bool:
    """Tell whether an offer is open to a firm of this country and sector; an unknown sector excludes nothing."""
    if offer.audience and not offer.audience & FOR_FIRMS:
        return False
    in_country = not offer.countries or situation.country in offer.countries
    in_sector = not offer.sectors or not situation.sector or situation.sector in offer.sectors
    return in_country and in_sector


def _bonus(offer: Offer, situation: Situation) -> float:
    """Give the points of an offer beside its fit."""
    return (
        HANDS_ON_POINTS * (offer.type in HANDS_ON)
        + COUNTRY_POINTS * bool(offer.countries)
        + SECTOR_POINTS * bool(situation.sector and situation.sector in offer.sectors)
        + LANGUAGE_POINTS * bool(situation.language and situation.language in offer.languages)
        + COST_POINTS[offer.cost_band]
        + CONFIDENCE_POINTS[offer.confidence]
        + CHECKED_POINTS * offer.is_checked
    )


def _reasons(offer: Offer, needs: Sequence[Need], situation: Situation) -> tuple[Reason, ...]:
    found = [
        Reason(
            "factor",
            {
                "factor": need.factor,
                "level": floor(need.level),
                "target": min(offer.level_to, ceil(need.target)),
            },
        )
        for need in needs
        if _covered(need, offer) > 0
    ]
    if offer.countries:
        found.append(Reason("country", {"country": situation.country}))
    else:
        found.append(Reason("any_country"))
    if situation.sector and situation.sector in offer.sectors:
        found.append(Reason("sector", {"sector": situation.sector}))
    if situation.language and situation.language in offer.languages:
        found.append(Reason("language", {"language": situation.language}))
    if offer.cost_band == "c0":
        found.append(Reason("free"))
    return tuple(found)


_Candidate = tuple[Offer, tuple[float, ...], float]


def _value(candidate: _Candidate, served: Sequence[int], types: Mapping[str, int]) -> float:
    """Give the points of an offer beside those already chosen: the last of many for the same need counts less."""
    offer, shares, bonus = candidate
    fresh = sum(share / (1 + times) for share, times in zip(shares, served, strict=True))
    return fresh + bonus - SAME_TYPE_POINTS * types.get(offer.type, 0)


def _candidates(offers: Iterable[Offer], needs: Sequence[Need], situation: Situation) -> list[_Candidate]:
    """Return the offers that fit by the order of their slugs, each with its points for every need and the others."""
    wanted = sum(need.target - need.level for need in needs)
    found = []
    for offer in sorted(offers, key=lambda one: one.slug):
        if _is_open(offer, situation):
            shares = tuple(FIT_POINTS * _covered(need, offer) / wanted for need in needs)
            if sum(shares) > 0:
                found.append((offer, shares, _bonus(offer, situation)))
    return found


def match(
    offers: Iterable[Offer], needs: Sequence[Need], situation: Situation, *, limit: int | None = None
) -> list[Match]:
    """Choose the offers that fit, best first, each with its reasons.

    An offer fits when it is for firms, open in the country and the sector, and leads at least one need further from
    the level already reached. Its points: up to 50 for the share of all wanted levels it covers; 10 when one can take
    part in it, apply to it or install it; 15 when it is of this country, 10 of this sector, 7 in this language; up to
    5 for its cost; 2 for high confidence, 1 when the alliance checked it.
    The list is chosen one by one: a need that k chosen offers serve counts 1 / (1 + k) of its levels, and each chosen
    offer of the same type costs 8 points. Behind the first fifty the rest follows as it then stands.

    Parameters
    ----------
    offers : in any order
    needs : one a factor; a need whose target is not above its level asks for nothing
    situation : Situation
        Without a country only offers open to every country fit.
    limit : how many at most; all that fit by default

    Returns
    -------
    list of Match
        In the order of choice; offers with equal points in the order of their slugs.

    Raises
    ------
    MatchingError
        A factor is named twice.
    """
    factors = [need.factor for need in needs]
    if len(set(factors)) < len(factors):
        twice = next(factor for factor in factors if factors.count(factor) > 1)
        raise MatchingError(f"The factor {twice!r} is named in two needs. Give one need a factor.")
    open_needs = [need for need in needs if need.target > need.level]
    candidates = _candidates(offers, open_needs, situation)
    served = [0] * len(open_needs)
    types: dict[str, int] = {}
    chosen: list[int] = []
    # The value of a candidate only falls while others are chosen, so an old value is an upper bound: whoever still
    # leads after its value was brought up to date leads all, and the others need not be looked at.
    heap = [(-_value(candidate, served, types), place) for place, candidate in enumerate(candidates)]
    heapify(heap)
    most = len(candidates) if limit is None else limit
    while heap and len(chosen) < min(VARIED, most):
        place = heap[0][1]
        now = (-_value(candidates[place], served, types), place)
        heapreplace(heap, now)
        if heap[0] == now:
            heappop(heap)
            offer, shares, _ = candidates[place]
            served = [times + (share > 0) for times, share in zip(served, shares, strict=True)]
            types[offer.type] = types.get(offer.type, 0) + 1
            chosen.append(place)
    rest = sorted((-_value(candidates[place], served, types), place) for _, place in heap)
    chosen += [place for _, place in rest[: max(0, most - len(chosen))]]
    return [
        Match(offer, round(sum(shares) + bonus, 4), _reasons(offer, open_needs, situation))
        for offer, shares, bonus in (candidates[place] for place in chosen)
    ]

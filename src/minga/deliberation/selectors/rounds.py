"""What became of what was said in each round, with the rounds that roll up into it; and the voices of one round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl
from django.db.models import QuerySet

from minga.deliberation.models import Consultation, Voice
from minga.deliberation.selectors import consulting, tracing
from minga.deliberation.selectors.consulting import RoundCounts
from minga.web.numbers import read_number


@dataclass(frozen=True)
class Outcome:
    """How many voices of a round, with its parts, were answered, and how many of these with a yes."""

    voices: int = 0
    answered: int = 0
    accepted: int = 0

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(self.voices + other.voices, self.answered + other.answered, self.accepted + other.accepted)

    def shares(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Return what was answered of the voices, and what was accepted of the answered."""
        return (self.answered, self.voices), (self.accepted, self.answered)


_NOTHING = Outcome()


# ---------------------------------------------------------------- what became of them
def outcomes(consultation: Consultation, counted: Sequence[RoundCounts]) -> dict[int, Outcome | None]:
    """Return by the number of each round what became of its voices, counted as coverage counts; None where withheld.

    Nothing is told of a round whose voices are withheld. Nor is it told of the rounds beside it, where the voices that
    are withheld were all answered (or accepted) or none of them, unless that is so for everybody: the numbers beside
    them would tell what became of each. `docs/methods/trace.md` has the same rule for groups of people.
    """
    own = _own(consultation) if counted else {}
    shown: dict[int, Outcome | None] = {}

    def total(one: RoundCounts) -> Outcome:
        return sum((total(child) for child in one.children), own.get(one.round.pk, _NOTHING))

    def release(parts: Sequence[RoundCounts], rest: Outcome, *, is_hidden: bool) -> None:
        totals = [total(one) for one in parts]
        unseen = [told for one, told in zip(parts, totals, strict=True) if one.voices is None]
        # what was said in the larger place itself stands nowhere by itself, so it is unseen with the others
        pool, whole = sum(unseen, rest), sum(totals, rest)
        hides = is_hidden or (bool(unseen) and _is_told(pool, whole))
        for one, told in zip(parts, totals, strict=True):
            shown[one.round.number] = None if hides or one.voices is None else told
            release(one.children, own.get(one.round.pk, _NOTHING), is_hidden=shown[one.round.number] is None)

    release([one for one in counted if one.depth == 0], own.get(None, _NOTHING), is_hidden=False)
    return shown


def _own(consultation: Consultation) -> Mapping[int | None, Outcome]:
    """Count by the round in which a voice was heard; None is where no round was named."""
    places = dict(consulting.standing_voices(consultation).values_list("number", "source__round"))
    told = tracing.outcomes_of(tracing.trace_of(consultation))
    places_of = [places.get(int(name[1:])) for name in told["voice"]]
    counts = (
        told.with_columns(place=pl.Series(places_of, dtype=pl.Int64))
        .group_by("place")
        .agg(voices=pl.len(), answered=pl.col("answered").sum(), accepted=pl.col("accepted").sum())
    )
    return {place: Outcome(voices, answered, accepted) for place, voices, answered, accepted in counts.rows()}


def _is_told(pool: Outcome, whole: Outcome) -> bool:
    """Say whether numbers beside it tell what became of each voice of a pool, while that is not so for everybody."""
    pairs = zip(pool.shares(), whole.shares(), strict=True)
    return any(_all_or_none(*own) and not _all_or_none(*every) for own, every in pairs)


def _all_or_none(cases: int, of: int) -> bool:
    return cases in (0, of)


# ---------------------------------------------------------------- the voices of one round
def to_choose(consultation: Consultation) -> list[RoundCounts]:
    """Return the rounds whose voices can be looked at by themselves: those in which enough people spoke."""
    return [one for one in consulting.round_counts(consultation) if one.voices]


def said_in(voices: QuerySet[Voice], rounds: Sequence[RoundCounts], number: str) -> QuerySet[Voice]:
    """Keep the voices of a round with its parts; none where it is not among those to choose, all without a number."""
    wanted = read_number(number)
    if wanted is None:
        return voices
    found = next((one for one in rounds if one.round.number == wanted), None)
    if found is None:
        return voices.none()
    return voices.filter(source__round__in=[one.round.pk for one in (found, *consulting.below(found))])

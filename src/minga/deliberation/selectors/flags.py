"""Flagged votes as cases: a bloc is one case, however many people are in it; with how each of them voted, and when."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from minga.deliberation.models import AnomalyFlag, Conversation, MapRun, Participant, Vote
from minga.deliberation.selectors.votes import latest_map

_OPEN = AnomalyFlag.Decision.OPEN
#: kinds of flags that several people share, the plainer first
_OF_BLOCS = ("identical", "late_bloc")


def flagged(conversation: Conversation, decision: str = "") -> QuerySet[Participant]:
    """Return people with flags, or banned without one, those that wait first; `is_open` tells of open flags."""
    mine = AnomalyFlag.objects.filter(participant=OuterRef("pk"))
    found = conversation.participants.annotate(has_flag=Exists(mine), is_open=Exists(mine.filter(decision=_OPEN)))
    if decision == AnomalyFlag.Decision.BAN:
        found = found.filter(banned_at__isnull=False)
    elif decision == _OPEN:
        found = found.filter(is_open=True)
    elif decision == AnomalyFlag.Decision.KEEP:
        found = found.filter(has_flag=True, is_open=False, banned_at=None)
    else:
        found = found.filter(has_flag=True) | found.filter(banned_at__isnull=False)
    return found.prefetch_related("flags").order_by("-is_open", "pk")


@dataclass(frozen=True)
class Case:
    """People about whom one decision is taken: a bloc, or somebody alone."""

    #: how the page calls the case in its form
    key: str
    people: tuple[Any, ...]
    #: one flag of each kind that somebody in it has
    flags: tuple[AnomalyFlag, ...]

    @property
    def is_bloc(self) -> bool:
        """Whether several people share a flag."""
        return len(self.people) > 1

    @property
    def is_open(self) -> bool:
        """Whether somebody waits for a decision."""
        return any(one.is_open for one in self.people)

    @property
    def is_banned(self) -> bool:
        """Whether the votes of all of them are counted nowhere."""
        return all(one.banned_at is not None for one in self.people)


def cases(conversation: Conversation, decision: str = "") -> list[Case]:
    """Group flagged people: members of a bloc are one case, which is the one of their plainest flag."""
    grouped: defaultdict[str, list[Any]] = defaultdict(list)
    for person in flagged(conversation, decision):
        grouped[_case_of(person)].append(person)
    return [Case(f"case-{people[0].pk}", tuple(people), _flags(people)) for people in grouped.values()]


def _case_of(person: Any) -> str:
    shared = {one.kind: one for one in person.flags.all() if one.detail.get("bloc") is not None}
    for kind in _OF_BLOCS:
        if kind in shared:
            detail = shared[kind].detail
            # flags of before blocs had marks are told apart by what they have
            return f"{kind} {detail.get('mark') or (detail['bloc'], detail.get('people'))} {person.banned_at is None}"
    return f"alone {person.pk}"


def _flags(people: Iterable[Any]) -> tuple[AnomalyFlag, ...]:
    kinds: dict[str, AnomalyFlag] = {}
    for person in people:
        for flag in person.flags.all():
            kinds.setdefault(flag.kind, flag)
    return tuple(kinds.values())


@dataclass(frozen=True)
class Voted:
    """How somebody voted: the last vote on each statement, and when the first and the last act came."""

    agree: int
    disagree: int
    passed: int
    first: datetime
    last: datetime

    @property
    def votes(self) -> int:
        """On how many statements."""
        return self.agree + self.disagree + self.passed


def how_they_voted(people: Sequence[Any]) -> dict[int, Voted]:
    """Return how people voted, by their key; who took everything back has only times."""
    last: defaultdict[int, dict[int, int | None]] = defaultdict(dict)
    times: dict[int, tuple[datetime, datetime]] = {}
    acts = Vote.objects.filter(participant__in=[one.pk for one in people]).order_by("pk")
    for person, statement, value, at in acts.values_list("participant_id", "statement_id", "value", "at").iterator():
        last[person][statement] = value
        first, latest = times.get(person, (at, at))
        times[person] = (min(first, at), max(latest, at))
    told = {}
    for person, votes in last.items():
        counted = Counter(votes.values())
        told[person] = Voted(counted[1], counted[-1], counted[0], *times[person])
    return told


def without_flagged(conversation: Conversation) -> dict[str, Any] | None:
    """Return what the latest map says of the figures without everybody who is flagged; None where it says nothing."""
    run: MapRun | None = latest_map(conversation)
    found = run.facts.get("without") if run is not None else None
    return found if found and not found.get("all") else None

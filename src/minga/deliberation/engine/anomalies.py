"""Votes that a person should look at: flags with their reason, and what the figures would be without them.

Nothing is ever removed here. A flag is a question to a moderator, not an answer: a class that votes together looks
like a campaign.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from minga.deliberation.engine import clustering
from minga.deliberation.engine.checks import given, named
from minga.deliberation.engine.conversation import Conversation
from minga.deliberation.engine.errors import MapError
from minga.deliberation.engine.grouping import Groups, groups
from minga.deliberation.engine.projection import OpinionMap, opinion_map
from minga.deliberation.engine.statistics import consensus
from minga.deliberation.engine.votes import Floats, Ints, VoteTable, vote_table

#: Who voted on fewer statements is not judged.
MIN_VOTES = 10
#: People who began within this time of each other are a burst.
BURST_SECONDS = 600
#: How many alike are a bloc, and how alike: share of common statements with the same vote.
BLOC, ALIKE = 5, 0.9
#: A longer burst is the usual coming and going of a large conversation: it is looked at in parts of this many.
BURST_PEOPLE = 2000
#: Half of a person's votes came faster than this.
FAST_SECONDS = 1.0
#: A bloc is late when it began in the last quarter of the time, if that time is longer than a burst.
LATE = 0.75


def anomalies(votes: pl.DataFrame | Conversation) -> pl.DataFrame:
    """Flag people whose votes stand out, for somebody to look at.

    Parameters
    ----------
    votes : table, one row per act of voting, or Conversation
        ``participant``, ``statement``, ``vote``; with ``timestamp`` (seconds, milliseconds or date-times) all four
        rules are applied, without it only "one_answer".

    Returns
    -------
    table, one row per person and flag
        ``participant``; ``flag``: "identical" (five or more, each of whom began within ten minutes of the one
        before, gave exactly the same ten or more votes), "one_answer" (ten or more votes, all the same), "speed" (half
        of ten or more votes came within a second of the one before), "late_bloc" (five or more, who began so one after
        the other in the last quarter of the time, agree with one of them on 90 % of what they share; where everybody
        began within ten minutes nobody is late); ``bloc`` (its number, null for flags
        of single people); ``people`` (in the bloc, or 1); ``figure`` (votes, seconds or share behind the flag).

    Raises
    ------
    VoteError
        The votes break a rule of :func:`vote_table`, or times are text.

    Source: own rules; what they flag in published conversations is in docs/methods/anomalies.md.
    """
    acts = votes.votes if isinstance(votes, Conversation) else votes
    table = vote_table(votes)
    rows = [*_one_answer(table)]
    if "timestamp" in acts.columns and acts["timestamp"].null_count() < acts.height:
        times = _seconds(acts)
        first, pace = _times(times, table)
        rows += _fast(table, pace)
        rows += _blocs(table, first)
    kinds: dict[str, Any] = {
        "participant": table.participants.dtype, "flag": pl.String, "bloc": pl.Int64, "people": pl.Int64,
        "figure": pl.Float64,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=kinds, orient="row")


def _seconds(acts: pl.DataFrame) -> pl.DataFrame:
    """Bring times to seconds: larger numbers than a year 5000 in seconds are milliseconds."""
    times = acts["timestamp"]
    if times.dtype.is_temporal():
        times = times.cast(pl.Datetime("ms")).dt.epoch("ms")
    elif times.dtype.is_float():
        times = times.fill_nan(None)
    scale = 1000.0 if acts["timestamp"].dtype.is_temporal() or float(times.max() or 0) > 1e11 else 1.0  # type: ignore[arg-type]
    return acts.select("participant", seconds=times / scale).drop_nulls().sort("participant", "seconds")


def _times(times: pl.DataFrame, table: VoteTable) -> tuple[Floats, Floats]:
    """Return when each person began, and the middle time between two of their votes."""
    each = times.group_by("participant").agg(first=pl.col("seconds").min(), pace=pl.col("seconds").diff().median())
    people = pl.DataFrame({"participant": table.participants})
    found = people.join(each, on="participant", how="left", maintain_order="left")
    return found["first"].fill_null(np.nan).to_numpy(), found["pace"].fill_null(np.inf).to_numpy()


def _one_answer(table: VoteTable) -> Iterator[tuple[Any, ...]]:
    n = table.n_votes
    most = np.zeros(len(n), dtype=np.int64)
    for vote in (1, 0, -1):
        most = np.maximum(most, np.bincount(table.row[table.value == vote], minlength=len(n)))
    for at in np.flatnonzero((n >= MIN_VOTES) & (most == n)):
        yield table.participants[int(at)], "one_answer", None, 1, float(n[at])


def _fast(table: VoteTable, pace: Floats) -> Iterator[tuple[Any, ...]]:
    for at in np.flatnonzero((table.n_votes >= MIN_VOTES) & (pace < FAST_SECONDS)):
        yield table.participants[int(at)], "speed", None, 1, float(pace[at])


def _blocs(table: VoteTable, first: Floats) -> Iterator[tuple[Any, ...]]:
    """Flag bursts of people who vote the same, and late ones who vote much alike."""
    judged = np.flatnonzero((table.n_votes >= MIN_VOTES) & ~np.isnan(first))
    if not len(judged):
        return
    number = 0
    begun, ended = float(np.nanmin(first)), float(np.nanmax(first))
    late = begun + LATE * (ended - begun) if ended - begun > BURST_SECONDS else np.inf
    vectors: dict[bytes, list[int]] = {}
    for at in judged:
        own = slice(table.start[at], table.start[at + 1])
        vectors.setdefault(table.column[own].tobytes() + table.value[own].tobytes(), []).append(int(at))
    for alike in vectors.values():
        for burst in _bursts(np.array(alike), first):
            number += 1
            for at in burst:
                yield table.participants[int(at)], "identical", number, len(burst), float(table.n_votes[at])
    for burst in _parts(_bursts(judged[first[judged] >= late], first)):
        for bloc, share in _alike(table, burst):
            number += 1
            for at in bloc:
                yield table.participants[int(at)], "late_bloc", number, len(bloc), share


def _bursts(people: Ints, first: Floats) -> Iterator[Ints]:
    """Yield runs of five or more people of whom each began within ten minutes of the one before."""
    if len(people) < BLOC:
        return
    ordered = people[np.argsort(first[people], kind="stable")]
    for run in np.split(ordered, np.flatnonzero(np.diff(first[ordered]) > BURST_SECONDS) + 1):
        if len(run) >= BLOC:
            yield run


def _parts(bursts: Iterator[Ints]) -> Iterator[Ints]:
    """Cut long bursts into parts of people who began one after the other: all pairs of a part are compared."""
    for burst in bursts:
        yield from np.array_split(burst, -(-len(burst) // BURST_PEOPLE))


def _alike(table: VoteTable, people: Ints) -> Iterator[tuple[Ints, float]]:
    """Yield the blocs of a burst and how much each agrees.

    A bloc forms round the person most like the others; the next one is sought among the rest, until one is too small.
    """
    share = _shared(table.take(people))
    rest = np.arange(len(people))
    while len(rest) >= BLOC:
        near = share[np.ix_(rest, rest)] >= ALIKE
        is_in = near[int(np.argmax(near.sum(axis=1)))]
        bloc = rest[is_in]
        if len(bloc) < BLOC:
            return
        inside = share[np.ix_(bloc, bloc)][~np.eye(len(bloc), dtype=bool)]
        yield people[bloc], float(inside.mean())
        rest = rest[~is_in]


def _shared(own: VoteTable) -> Floats:
    """Return for each pair of people the share of their common statements with the same vote; 0 where they are few."""
    same = np.zeros((len(own.participants), len(own.participants)))
    cast = own.matrix(np.ones(len(own.value)))
    for vote in (1, 0, -1):
        part = own.matrix((own.value == vote).astype(np.float64))
        same += (part @ part.T).toarray()
    common = (cast @ cast.T).toarray()
    shared: Floats = np.where(common >= MIN_VOTES, same / np.maximum(common, 1), 0.0)
    return shared


@dataclass(frozen=True, eq=False)
class Without:
    """What changes when some people's votes are left out.

    Parameters
    ----------
    people : how many were left out
    k, k_without : number of groups
    agreement : of the groups of all others, over those grouped both times; 1 where they stay the same
    statements : table, one row per statement
        ``statement``, ``agree``, ``agree_without`` (shares of those who voted), ``change``.
    consensus : table, one row per statement that joins or leaves the lists of consensus
        ``statement``, ``side``, ``change`` ("gone" or "new").
    """

    people: int
    k: int
    k_without: int
    agreement: float
    statements: pl.DataFrame
    consensus: pl.DataFrame

    def __repr__(self) -> str:
        """Say what would change, for a notebook."""
        return (
            f"Without(people left out: {self.people:,}; groups: {self.k}, without them: {self.k_without}, "
            f"agreement: {self.agreement:.2f}; statements that join or leave the lists: {self.consensus.height:,})"
        )


def with_and_without(found: Groups, people: Any) -> Without:
    """Set the figures with some people's votes beside the figures without them.

    Parameters
    ----------
    found : Groups
    people : names
        Those a moderator wants to look at; nothing is removed for good.

    Returns
    -------
    Without

    Raises
    ------
    MapError
        Nobody would be left, somebody is not on the map, or a name is of another type than those of the votes.

    Source: docs/methods/anomalies.md.
    """
    opinions = given(found, Groups, "What is compared", MapError).map
    table = opinions.table
    names = named(people, table.participants, "people", MapError)
    unknown = names.filter(~names.is_in(table.participants.to_list()))
    if len(unknown):
        raise MapError(f"people names {unknown[0]!r}, who is not on the map. Correct the name, or leave it out.")
    gone = table.participants.is_in(names.to_list()).to_numpy()
    if gone.all():
        raise MapError("Everybody would be left out, so there is nobody to set beside them. Name fewer people.")
    rows = np.flatnonzero(~gone)
    statements = pl.DataFrame({"statement": table.statements, "moderated": np.where(opinions.out, -1, 1)})
    rest = opinion_map(
        table.take(rows), statements, mode=opinions.mode, seed=opinions.seed,  # type: ignore[arg-type]
        n_components=len(opinions.eigenvalues), solver=opinions.solver,  # type: ignore[arg-type]
    )  # fmt: skip
    again = _regrouped(rest, found)
    agree = [each.counts(1) / np.maximum(each.counts(), 1) for each in (table, rest.table)]
    lists = [consensus(each.map.table, each) for each in (found, again)]
    return Without(
        people=int(gone.sum()),
        k=found.k,
        k_without=again.k,
        agreement=clustering.agreement_of_grouped(found.label[rows], again.label),
        statements=pl.DataFrame(
            {"statement": table.statements, "agree": agree[0], "agree_without": agree[1], "change": agree[1] - agree[0]}
        ),
        consensus=_moved(lists[0], lists[1], table.statements.dtype),
    )


def _regrouped(rest: OpinionMap, found: Groups) -> Groups:
    """Group the others, and those kept among them: in as many groups as somebody set, where they are that many."""
    there = set(rest.table.participants.to_list())
    keep = [name for name in found.keep if name in there]
    if found.forced:
        with suppress(MapError):
            return groups(rest, found.k, keep)
    return groups(rest, keep=keep)


def _moved(before: dict[str, pl.DataFrame], after: dict[str, pl.DataFrame], kind: Any) -> pl.DataFrame:
    rows = []
    for side in ("agree", "disagree"):
        old, new = (set(lists[side]["statement"].to_list()) for lists in (before, after))
        rows += [(name, side, "gone") for name in sorted(old - new)] + [
            (name, side, "new") for name in sorted(new - old)
        ]
    return pl.DataFrame(rows, schema={"statement": kind, "side": pl.String, "change": pl.String}, orient="row")

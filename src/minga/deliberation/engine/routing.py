"""Which statement to show next: a seeded draw in which undecided, wide-reaching and new statements weigh more."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from minga.deliberation.engine.checks import LARGEST_SEED, given, named, tabled, whole
from minga.deliberation.engine.errors import VoteError
from minga.deliberation.engine.grouping import Groups
from minga.deliberation.engine.projection import OpinionMap
from minga.deliberation.engine.statistics import group_of
from minga.deliberation.engine.votes import Bools, Floats, VoteTable, meta

#: The weight of a statement about the conversation itself, and of one on which nobody has voted.
META, WITHOUT_VOTES = 49.0, 1.0


def priorities(
    opinions: OpinionMap, labels: Groups | pl.DataFrame | None = None, statements: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Weigh statements for the draw of the next one.

    Parameters
    ----------
    opinions : OpinionMap
    labels : Groups or table (participant, group), optional
        Only votes of grouped people count; all votes where nobody is grouped.
    statements : table, one row per statement, optional
        ``is_meta`` marks statements about the conversation itself; as the map knows them when not given.

    Returns
    -------
    table, one row per statement
        ``statement``, ``priority``: ((1 - p)(E + 1) a (1 + 8 · 2^(-S/5)))², with S votes, p and a the shares of
        passes and agreement (one added), E the extremity; 49 for statements about the conversation; ``mod_out``
        (rejected, so never drawn).

    Raises
    ------
    VoteError
        The labels do not fit the people, the statements not the votes, or what is given is no map.

    Source: Small and others (2021), comment routing.
    """
    opinions = given(opinions, OpinionMap, "The map", VoteError)
    votes = opinions.table
    label = None if labels is None else group_of(votes, labels)
    counted = np.ones(len(votes.value), dtype=bool)
    if label is not None and (label >= 0).any():
        counted = label[votes.row] >= 0
    width = len(votes.statements)
    total = np.bincount(votes.column[counted], minlength=width).astype(float)
    passed = np.bincount(votes.column[counted & (votes.value == 0)], minlength=width)
    agreed = np.bincount(votes.column[counted & (votes.value == 1)], minlength=width)
    extremity = opinions.statements["extremity"].to_numpy()
    weight = factors(total, passed, agreed, extremity).weight
    about = opinions.statements["is_meta"].to_numpy() if statements is None else meta(statements, votes)
    return pl.DataFrame(
        {"statement": votes.statements, "priority": np.where(about, META, weight), "mod_out": opinions.out}
    )


@dataclass(frozen=True)
class Factors:
    """What a weight in the draw is the square of the product of; one figure a statement, or one alone.

    Parameters
    ----------
    not_passed : share of votes that are no pass, with one pass added, 0 to 1
    reach : 1 and the extremity: how far a single agreement moves a person
    agreed : share of votes that agree, with one added on each side, 0 to 1
    newness : 9 without votes, falling to 1; half of what is above 1 is gone every 5 votes
    """

    not_passed: Any
    reach: Any
    agreed: Any
    newness: Any

    @property
    def weight(self) -> Any:
        """The weight of a statement that is not about the conversation itself."""
        return (self.not_passed * self.reach * self.agreed * self.newness) ** 2


def factors(votes: Any, passed: Any, agreed: Any, extremity: Any) -> Factors:
    """Say what the weight of statements comes of; see :func:`priorities`.

    Parameters
    ----------
    votes, passed, agreed : counts, of one statement or as arrays
    extremity : figure, or array of figures

    Returns
    -------
    Factors

    Source: Small and others (2021), comment routing.
    """
    return Factors(
        not_passed=1 - (passed + 1) / (votes + 2),
        reach=extremity + 1,
        agreed=(agreed + 1) / (votes + 2),
        newness=1 + 8 * 2 ** (-votes / 5),
    )


def next_statement(
    votes: VoteTable,
    weights: pl.DataFrame,
    person: Any,
    seed: int = 0,
    *,
    closed: Any = (),
    order: Any = (),
) -> Any:
    """Draw the statement a person is asked next.

    Parameters
    ----------
    votes : VoteTable
    weights : table of :func:`priorities`
        Statements without a weight count 1; list new ones here to have them shown. Those that it marks as rejected
        (``mod_out``) are not drawn.
    person : name
        Of the type that the votes use; somebody without votes is new.
    seed : int
        The same seed, person and votes give the same statement.
    closed : names of statements, optional
        More statements that are never shown.
    order : names of statements, optional
        What a moderator wants shown first, in this order.

    Returns
    -------
    name of a statement, or None when the person has voted on all

    Raises
    ------
    VoteError
        A weight is negative or not a number, the weights lack a column, the seed is no whole number of at least 0, a
        name is of another type than in the votes, or ``order`` names a statement that is nowhere.

    Source: a seeded draw by weight, docs/methods/opinion-map.md for the weights.
    """
    votes = given(votes, VoteTable, "The table of votes", VoteError)
    weights = tabled(weights, ("statement", "priority"), "The table of weights", "priorities", VoteError)
    names = named(weights["statement"], votes.statements, "The table of weights", VoteError)
    first = named(order, votes.statements, "order", VoteError)
    unknown = first.filter(~first.is_in([*names, *votes.statements]))
    if len(unknown):
        raise VoteError(
            f"order names statement {unknown[0]!r}, which is neither in the votes nor in the weights. Correct the "
            "name, or add the statement to the weights."
        )
    row = votes.place.get(named([person], votes.participants, "person", VoteError)[0])
    columns = votes.column[votes.start[row] : votes.start[row + 1]] if row is not None else votes.column[:0]
    weight = weights["priority"].fill_null(1.0).to_numpy().astype(np.float64)
    seen = votes.statements[columns].to_list()
    shut = named(closed, votes.statements, "closed", VoteError).to_list()
    if "mod_out" in weights.columns:
        shut += names.filter(weights["mod_out"]).to_list()
    return draw(names.to_list(), weight, seen, person, seed, closed=shut, order=first.to_list())


def draw(
    names: Sequence[Any],
    weight: Floats,
    seen: Collection[Any],
    person: Any,
    seed: int = 0,
    *,
    closed: Any = (),
    order: Any = (),
) -> Any:
    """Draw one of the statements that a person has not voted on; needs no votes of anybody else.

    Parameters
    ----------
    names : names of statements
    weight : array, one figure a statement
    seen : names of the statements on which the person has voted, each once
    person, seed, closed, order
        As for :func:`next_statement`.

    Returns
    -------
    name of a statement, or None when nothing is left

    Raises
    ------
    VoteError
        A weight is negative or not a number, or the seed is no whole number of at least 0.
    """
    seed = whole(seed, "seed", VoteError, most=LARGEST_SEED)
    shut = set(seen) | set(closed)
    for name in order:
        if name not in shut:
            return name
    if not (weight >= 0).all() or not np.isfinite(weight).all():
        raise VoteError("A weight of a statement is negative or not a number. Weights are 0 or more; correct it.")
    open_: Bools = np.array([name not in shut for name in names], dtype=bool)
    left = np.cumsum(np.where(open_, weight, 0.0))
    if not open_.any():
        return None
    random = np.random.default_rng([seed, len(seen), *str(person).encode()])
    if left[-1] == 0:
        return names[int(random.choice(np.flatnonzero(open_)))]
    return names[int(np.searchsorted(left, random.random() * left[-1], side="right"))]

"""The opinion map: where each person stands, from nothing but votes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse

from minga.deliberation.engine.checks import LARGEST_SEED, named, whole
from minga.deliberation.engine.components import SOLVERS, Solver, components, squared
from minga.deliberation.engine.conversation import Conversation
from minga.deliberation.engine.errors import MapError
from minga.deliberation.engine.votes import Bools, Floats, Ints, VoteTable, meta, moderated_out, vote_table

Mode = Literal["polis", "stable"]
MODES = ("polis", "stable")
#: Who voted on fewer statements is not grouped (all of them where there are fewer), and how many people are at least.
MIN_VOTES = 7
MIN_PEOPLE = 15


@dataclass(frozen=True, eq=False)
class OpinionMap:
    """A map of opinions: people near each other voted alike.

    Parameters
    ----------
    points : table, one row per person
        ``participant``, ``n_votes``, ``in_conv`` (voted often enough to be grouped), ``x``, ``y`` (further axes
        ``pc3`` and so on). Agreeing counts 1; the statement that weighs most on an axis weighs positively.
    statements : table, one row per statement
        ``statement``, ``mod_out``, ``is_meta``, ``n_agree``, ``n_disagree``, ``n_pass``, ``mean``, ``pc1``, ``pc2``,
        ``extremity`` (how far a single agreement moves a person).
    variance : share of all differences that each axis shows, 0 to 1
    eigenvalues : the same in squared votes
    mode, seed, solver : how it was made; the seed is a whole number from 0 to 2**63 - 1
    table : the votes it was made from
    sparsity : share of all cells without a vote, 0 to 1, among people with a vote
    unevenness : Gini coefficient of the number of votes of people with a vote, 0 (all alike) to 1
    """

    points: pl.DataFrame
    statements: pl.DataFrame
    variance: tuple[float, ...]
    eigenvalues: tuple[float, ...]
    mode: str
    seed: int
    solver: str
    table: VoteTable
    sparsity: float
    unevenness: float

    def __repr__(self) -> str:
        """Say what the map is of and how it was made, for a notebook."""
        people, statements = self.table.shape
        axes = ", ".join(f"{share:.0%}" for share in self.variance)
        return (
            f"OpinionMap(people: {people:,}, statements: {statements:,}, votes: {len(self.table.value):,}; "
            f"mode: {self.mode}, seed: {self.seed}, axes show: {axes})"
        )

    @property
    def position(self) -> Floats:
        """The points as numbers, one row a person."""
        axes = [name for name in self.points.columns if name not in ("participant", "n_votes", "in_conv")]
        return self.points.select(axes).to_numpy()

    @property
    def in_conv(self) -> Bools:
        """Who voted often enough to be grouped."""
        marked: Bools = self.points["in_conv"].to_numpy().astype(bool)
        return marked

    @property
    def out(self) -> Bools:
        """Which statements do not count for the map."""
        marked: Bools = self.statements["mod_out"].to_numpy().astype(bool)
        return marked

    @property
    def rejected(self) -> pl.Series:
        """Names of the statements that do not count for the map."""
        return self.statements.filter("mod_out")["statement"]


def opinion_map(
    votes: VoteTable | pl.DataFrame | Conversation,
    statements: pl.DataFrame | None = None,
    mode: Mode = "stable",
    n_components: int = 2,
    seed: int = 0,
    solver: Solver = "auto",
    *,
    strict: bool = False,
) -> OpinionMap:
    """Place every person by their votes.

    Parameters
    ----------
    votes : VoteTable, table of votes, or Conversation
    statements : table, one row per statement, optional
        ``statement``, ``moderated``, ``is_meta``; of the conversation when not given.
    mode : "stable" or "polis"
        Both place people alike; they differ in how :func:`groups` are found. "stable" works in an order of its own,
        so that the order of rows cannot matter.
    n_components : int
        Number of axes, at least 1; the map is drawn from the first two.
    seed : int
    solver : "auto", "exact" or "rsvd"
    strict : bool
        Leave out statements that nobody has moderated yet.

    Returns
    -------
    OpinionMap

    Raises
    ------
    MapError
        There is nobody or nothing to place, or an option is unknown.

    Source: Small and others (2021), Polis: scaling deliberation; principal components of votes, gaps at the mean of
    their statement, projection over the votes cast.
    """
    if mode not in MODES or solver not in SOLVERS:
        raise MapError(
            f"The mode is {mode!r} and the solver {solver!r}. Modes: {', '.join(MODES)}; solvers: {', '.join(SOLVERS)}."
        )
    seed = whole(seed, "seed", MapError, most=LARGEST_SEED)
    n_components = whole(n_components, "n_components", MapError, least=1)
    if isinstance(votes, Conversation) and statements is None:
        statements = votes.statements
    given = votes if isinstance(votes, VoteTable) else vote_table(votes)
    if not len(given.value):
        raise MapError("There is no vote. A map needs people who voted on statements.")
    order = hashed_order(given.participants, seed) if mode == "stable" else np.arange(len(given.participants))
    table = given.take(order) if mode == "stable" else given
    out = moderated_out(statements, given, strict=strict)
    means, centred = centre(table, out)
    directions, values, used = components(centred, n_components, solver=solver, seed=seed)
    places = np.empty((len(order), n_components))
    places[order] = project(table, centred, directions, out)
    total, voted = squared(centred), given.n_votes[given.n_votes > 0]
    return OpinionMap(
        points=_points(given, places, taking_part(given, mode=mode)),
        statements=_statements(given, out, meta(statements, given), means, directions),
        variance=tuple(float(value) / total if total else 0.0 for value in values),
        eigenvalues=tuple(float(value) for value in values),
        mode=mode,
        seed=seed,
        solver=used,
        table=given,
        sparsity=1 - len(given.value) / (len(voted) * given.shape[1]),
        unevenness=_gini(voted),
    )


def hashed_order(names: pl.Series, seed: int) -> Ints:
    """Return an order of people that depends on their names alone, as good as drawn by lot."""
    key = seed.to_bytes(8, "big", signed=True)
    marks = [hashlib.blake2b(str(name).encode(), digest_size=8, key=key).digest() for name in names.to_list()]
    return np.argsort(np.frombuffer(b"".join(marks), dtype=">u8"), kind="stable").astype(np.int64)


def centre(table: VoteTable, out: Bools, weights: Floats | None = None) -> tuple[Floats, sparse.csr_array]:
    """Subtract the mean of each statement where somebody voted; statements that do not count become zero.

    Parameters
    ----------
    table : VoteTable
    out : array of truth
        Statements that do not count.
    weights : array, optional
        How often each person counts.

    Returns
    -------
    means of the statements, centred votes
    """
    width = len(table.statements)
    counted = ~out[table.column]
    each = np.ones(len(table.value)) if weights is None else weights[table.row]
    value = table.value.astype(np.float64)
    n = np.bincount(table.column, weights=each, minlength=width)
    means = np.bincount(table.column, weights=each * value, minlength=width) / np.maximum(n, 1e-300)
    means[out | (n == 0)] = 0.0
    return means, table.matrix(np.where(counted, value - means[table.column], 0.0))


def project(
    table: VoteTable, centred: sparse.csr_array, directions: Floats, out: Bools, asked: Bools | None = None
) -> Floats:
    """Place people over the votes they cast: who voted on few statements is moved out as much as was left out.

    Rejected statements count as voted on by everybody, as in Pol.is: their zeros are put in for all people. `asked`
    marks the statements with a vote, also of others; those of the table when not given.
    """
    places: Floats = (centred @ directions.T) * stretch(table, out, asked)[:, None]
    return places


def stretch(table: VoteTable, out: Bools, asked: Bools | None = None) -> Floats:
    """Return how far each person is moved out for the statements they did not vote on."""
    asked = table.counts() > 0 if asked is None else asked
    rejected = np.bincount(table.row[out[table.column]], minlength=len(table.participants))
    voted = table.n_votes - rejected + int(out[asked].sum())
    scale: Floats = np.sqrt(int(asked.sum()) / np.maximum(voted, 1))
    return scale


def place_beside(votes: pl.DataFrame, kept: pl.DataFrame) -> pl.DataFrame:
    """Place people on a map that was made without them, or before their last votes; the map stays as it is.

    Parameters
    ----------
    votes : table, one row per act of voting
        As for :func:`vote_table`. Votes on statements that the map does not know are left out.
    kept : table, one row per statement with a vote on the map
        ``statement``, ``mod_out``, ``mean``, ``pc1``, ``pc2`` and so on, as in :class:`OpinionMap`.

    Returns
    -------
    table, one row per person
        As the points of :class:`OpinionMap`; ``in_conv`` marks seven votes or more (all, where there are fewer
        statements), and nobody is taken in for want of people.

    Raises
    ------
    VoteError
        The votes are no table of votes.

    Source: step 4 of docs/methods/opinion-map.md, with means and axes as they were.
    """
    kept = kept.sort("statement")
    table = vote_table(votes, kept["statement"].to_list())
    out: Bools = kept["mod_out"].to_numpy().astype(bool)
    centred = table.matrix(np.where(out[table.column], 0.0, table.value - kept["mean"].to_numpy()[table.column]))
    directions = kept.select(name for name in kept.columns if name.startswith("pc")).to_numpy().T
    places = project(table, centred, directions, out, np.ones(kept.height, dtype=bool))
    often = (table.n_votes >= min(MIN_VOTES, kept.height)) & (table.n_votes > 0)
    return _points(table, places, often)


def taking_part(table: VoteTable, keep: Any = None, *, mode: Mode = "polis") -> Bools:
    """Mark who is grouped: seven votes or more, filled up to 15 people by those who voted most.

    Parameters
    ----------
    table : VoteTable
    keep : names, optional
        People who were grouped before; they stay.
    mode : "polis" or "stable"
        "polis" stops at 15 people, in the order of rows; "stable" takes everybody who voted as often as the last of
        them, so that nobody is left out by their place in a file.

    Returns
    -------
    array of truth, one a person

    Raises
    ------
    MapError
        ``keep`` holds names of another type than those of the votes.
    """
    asked = int((table.counts() > 0).sum())
    marked: Bools = table.n_votes >= min(MIN_VOTES, asked)
    marked &= table.n_votes > 0
    if keep is not None:
        marked |= table.participants.is_in(named(keep, table.participants, "keep", MapError).to_list()).to_numpy()
    if marked.sum() < MIN_PEOPLE:
        most = np.argsort(-table.n_votes, kind="stable")
        more = most[~marked[most] & (table.n_votes[most] > 0)]
        chosen = more[: MIN_PEOPLE - int(marked.sum())]
        if mode == "stable" and len(chosen):
            chosen = more[table.n_votes[more] >= table.n_votes[chosen[-1]]]
        marked[chosen] = True
    return marked


def _points(table: VoteTable, places: Floats, often: Bools) -> pl.DataFrame:
    axes = ["x", "y", *(f"pc{at}" for at in range(3, places.shape[1] + 1))][: places.shape[1]]
    return pl.DataFrame(
        {
            "participant": table.participants,
            "n_votes": table.n_votes,
            "in_conv": often,
            **{name: places[:, at] for at, name in enumerate(axes)},
        }
    )


def _statements(table: VoteTable, out: Bools, about: Bools, means: Floats, directions: Floats) -> pl.DataFrame:
    asked = int((table.counts() > 0).sum())
    moved = (1 - means) * directions * np.sqrt(asked)
    return pl.DataFrame(
        {
            "statement": table.statements,
            "mod_out": out,
            "is_meta": about,
            "n_agree": table.counts(1),
            "n_disagree": table.counts(-1),
            "n_pass": table.counts(0),
            "mean": means,
            **{f"pc{at + 1}": directions[at] for at in range(len(directions))},
            "extremity": np.sqrt((moved**2).sum(axis=0)),
        }
    )


def _gini(n: npt.NDArray[Any]) -> float:
    ordered = np.sort(n.astype(np.float64))
    total = float(ordered.sum())
    if not total:
        return 0.0
    rank = np.arange(1, len(ordered) + 1)
    return float(((2 * rank - len(ordered) - 1) * ordered).sum() / (len(ordered) * total))

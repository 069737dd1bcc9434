"""The table of votes: one row a person, one column a statement, kept as sparse as people vote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse

from minga.deliberation.engine.checks import named
from minga.deliberation.engine.conversation import Conversation
from minga.deliberation.engine.errors import VoteError

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class VoteTable:
    """Votes in compressed rows: only votes that were cast are kept, passes among them.

    Parameters
    ----------
    participants, statements : columns of names, statements in ascending order
    start : array of int, one more than participants
        Where the votes of each person begin.
    column : array of int
        The statement of each vote.
    value : array
        1 agree, 0 pass, -1 disagree.
    """

    participants: pl.Series
    statements: pl.Series
    start: Ints
    column: Ints
    value: npt.NDArray[np.int8]

    def __repr__(self) -> str:
        """Say how much there is, for a notebook."""
        people, statements = self.shape
        return f"VoteTable(people: {people:,}, statements: {statements:,}, votes: {len(self.value):,})"

    @property
    def shape(self) -> tuple[int, int]:
        """Number of people and of statements."""
        return len(self.participants), len(self.statements)

    @cached_property
    def row(self) -> Ints:
        """The person of each vote."""
        return np.repeat(np.arange(len(self.participants), dtype=np.int64), np.diff(self.start))

    @cached_property
    def n_votes(self) -> Ints:
        """How many votes each person cast."""
        return np.diff(self.start)

    @cached_property
    def place(self) -> dict[Any, int]:
        """The row of each person."""
        return {name: at for at, name in enumerate(self.participants.to_list())}

    def take(self, rows: Ints) -> VoteTable:
        """Return the votes of some people, in the order asked for; a person may be taken twice."""
        n = self.n_votes[rows]
        start = np.concatenate([[0], np.cumsum(n)]).astype(np.int64)
        source = np.repeat(self.start[rows] - start[:-1], n) + np.arange(start[-1])
        return VoteTable(self.participants[rows], self.statements, start, self.column[source], self.value[source])

    def matrix(self, values: Floats | None = None) -> sparse.csr_array:
        """Return a SciPy matrix of the votes, or of other figures in their places."""
        data = self.value.astype(np.float64) if values is None else values
        return sparse.csr_array((data, self.column, self.start), shape=self.shape)

    def counts(self, vote: int | None = None) -> Ints:
        """Count the votes of each statement, all or those of one kind."""
        column = self.column if vote is None else self.column[self.value == vote]
        return np.bincount(column, minlength=len(self.statements)).astype(np.int64)

    def wide(self) -> pl.DataFrame:
        """Return the matrix with a column a statement, null where a person did not vote."""
        cells = pl.DataFrame(
            {
                "participant": self.participants[self.row],
                "statement": self.statements[self.column].cast(pl.String),
                "vote": self.value,
            }
        )
        full = cells.pivot("statement", index="participant", values="vote")
        names = self.statements.cast(pl.String).to_list()
        absent = [pl.lit(None, dtype=pl.Int8).alias(name) for name in names if name not in full.columns]
        people = pl.DataFrame({"participant": self.participants})
        return people.join(full.with_columns(absent), on="participant", how="left").select("participant", *names)


def vote_table(
    votes: pl.DataFrame | Conversation,
    statements: Sequence[Any] | None = None,
    *,
    participants: Sequence[Any] | pl.Series | None = None,
    last_wins: bool = True,
) -> VoteTable:
    """Turn acts of voting into one vote a person and statement.

    Parameters
    ----------
    votes : table, one row per act of voting, or Conversation
        ``participant``, ``statement``, ``vote`` (1, 0, -1) and, if known, ``timestamp`` (seconds, milliseconds or
        date-times).
    statements : names of statements, optional
        Gives the columns; those with a vote when not given.
    participants : names of people, optional
        Gives the rows and their order; the order of the first vote when not given. For a conversation it is the order
        of its file of participants, then those who are in its votes alone.
    last_wins : bool
        Of several votes of a person on a statement the last by time counts (the later row at equal times);
        False takes the first.

    Returns
    -------
    VoteTable

    Raises
    ------
    VoteError
        A column is missing, a vote is none of 1, 0, -1, or a row lacks its participant or statement (both named with
        the row, the first being 0); times are text; somebody is listed twice, or named by another type than in the
        votes.
    """
    if isinstance(votes, Conversation):
        acts = _checked(votes.votes)
        if participants is None:
            listed = votes.participants["participant"]
            # a list may be older than the votes
            later = named(acts["participant"], listed, "The votes of the conversation", VoteError)
            participants = pl.concat([listed, later.filter(~later.is_in(listed.to_list())).unique(maintain_order=True)])
        votes = acts
    votes = _checked(votes)
    if "timestamp" in votes.columns:
        votes = votes.sort("timestamp", maintain_order=True, nulls_last=False)
    names = votes["participant"].unique(maintain_order=True) if participants is None else participants
    people = named(names, votes["participant"], "The list of participants", VoteError).alias("participant")
    if people.is_duplicated().any():
        twice = people.filter(people.is_duplicated())[0]
        raise VoteError(f"Participant {twice!r} is listed twice among the people. Name each person once.")
    columns = votes["statement"].unique() if statements is None else statements
    asked = named(columns, votes["statement"], "The list of statements", VoteError).alias("statement").unique().sort()
    row = _places(votes["participant"], people)
    column = _places(votes["statement"], asked)
    value = votes["vote"].to_numpy().astype(np.int8)
    known = (row >= 0) & (column >= 0)
    row, column, value = row[known], column[known], value[known]
    return _compressed(people, asked, row, column, value, last_wins)


def _compressed(
    people: pl.Series, asked: pl.Series, row: Ints, column: Ints, value: npt.NDArray[np.int8], last_wins: bool
) -> VoteTable:
    """Keep one vote a cell and lay the cells out row by row."""
    key = row * len(asked) + column
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    if len(ordered):
        differs = ordered[1:] != ordered[:-1]
        keep = np.concatenate([differs, [True]]) if last_wins else np.concatenate([[True], differs])
        order = order[keep]
    start = np.concatenate([[0], np.cumsum(np.bincount(row[order], minlength=len(people)))]).astype(np.int64)
    return VoteTable(people, asked, start, column[order], value[order])


def _checked(votes: Any) -> pl.DataFrame:
    """Refuse what is no table of votes, and return it with votes as small whole numbers."""
    if not isinstance(votes, pl.DataFrame):
        raise VoteError(
            f"Votes are {type(votes).__name__}, but must be a Polars table with one row a vote, or a Conversation."
        )
    missing = [name for name in ("participant", "statement", "vote") if name not in votes.columns]
    if missing:
        raise VoteError(f"The table of votes lacks the columns {', '.join(missing)}. Add them, one row a vote.")
    for name in ("participant", "statement"):
        if votes[name].null_count():
            row = int(votes[name].is_null().arg_max() or 0)
            raise VoteError(f"Row {row} of the votes (the first is 0) lacks its {name}. Fill it, or remove the row.")
    if not votes.height:
        return votes.with_columns(pl.col("vote").cast(pl.Int8, strict=False))
    _check_times(votes)
    kind = votes["vote"].dtype
    right = votes["vote"].cast(pl.Float64) if kind.is_numeric() else pl.Series([None] * votes.height, dtype=pl.Float64)
    wrong = ~right.is_in([1.0, 0.0, -1.0]).fill_null(False)
    if wrong.any():
        at = int(wrong.arg_max() or 0)
        raise VoteError(_wrong_vote(votes.row(at, named=True), at))
    return votes.with_columns(pl.col("vote").cast(pl.Int8))


def _check_times(votes: pl.DataFrame) -> None:
    """Refuse times in words: sorted as text, nine o'clock comes after ten."""
    if "timestamp" not in votes.columns:
        return
    kind = votes["timestamp"].dtype
    if not (kind.is_numeric() or kind.is_temporal() or votes["timestamp"].null_count() == votes.height):
        raise VoteError(
            f"The column 'timestamp' of the votes holds {kind}, such as {votes['timestamp'].drop_nulls()[0]!r}, "
            "but times are seconds, milliseconds or date-times. Change its type."
        )


def _wrong_vote(row: dict[str, Any], at: int) -> str:
    text = ", as a number and not as text" if isinstance(row["vote"], str) else ""
    return (
        f"Participant {row['participant']!r} gave statement {row['statement']!r} the vote {row['vote']!r} (row {at} of "
        f"the votes, the first is 0), but a vote is 1 (agree), 0 (pass) or -1 (disagree){text}. "
        "Correct or remove the row; who did not vote has no row."
    )


def checked_statements(statements: pl.DataFrame | None, table: VoteTable) -> pl.DataFrame | None:
    """Refuse a table of statements that cannot be set beside the votes.

    Parameters
    ----------
    statements : table, one row per statement, optional
    table : VoteTable

    Returns
    -------
    table
        The same, with ``statement`` of the type of the votes, ``moderated`` and ``is_meta`` as whole numbers.

    Raises
    ------
    VoteError
        It has no column ``statement``, names statements by another type, or ``moderated`` or ``is_meta`` hold text.
    """
    if statements is None:
        return None
    if not isinstance(statements, pl.DataFrame) or "statement" not in statements.columns:
        raise VoteError("The table of statements lacks the column 'statement'. Give a table with one row a statement.")
    names = named(statements["statement"], table.statements, "The column 'statement' of the statements", VoteError)
    flags = [name for name in ("moderated", "is_meta") if name in statements.columns]
    for name in flags:
        kind = statements[name].dtype
        if not (kind.is_numeric() or kind in (pl.Boolean, pl.Null)):
            raise VoteError(
                f"The column {name!r} of the statements holds {kind}, but must hold whole numbers"
                f"{' from -1 (rejected) to 1' if name == 'moderated' else ' or truth'}. Change its type."
            )
    return statements.with_columns(names.alias("statement"), *(pl.col(name).cast(pl.Int64) for name in flags))


def _places(names: pl.Series, among: pl.Series) -> Ints:
    """Return the place of each name, -1 where it is not among them."""
    known = pl.DataFrame({"name": among, "at": np.arange(len(among), dtype=np.int64)})
    found = pl.DataFrame({"name": names}).join(known, on="name", how="left", maintain_order="left")
    places: Ints = found["at"].fill_null(-1).to_numpy().astype(np.int64)
    return places


def moderated_out(statements: pl.DataFrame | None, table: VoteTable, *, strict: bool = False) -> Bools:
    """Mark the columns that do not count for the map: rejected statements and those about the conversation itself.

    Parameters
    ----------
    statements : table, one row per statement, optional
        ``statement``; ``moderated`` (-1 rejected, 0 not yet moderated) and ``is_meta`` as far as they are known.
    table : VoteTable
    strict : bool
        Also leave out what nobody has moderated yet.

    Returns
    -------
    array of truth, one a statement

    Raises
    ------
    VoteError
        The table of statements cannot be set beside the votes.
    """
    statements = checked_statements(statements, table)
    if statements is None:
        return np.zeros(len(table.statements), dtype=bool)
    names = statements.filter(left_out(statements, strict=strict))["statement"]
    marked: Bools = table.statements.is_in(names.to_list()).to_numpy().astype(bool)
    return marked


def left_out(statements: pl.DataFrame, *, strict: bool = False) -> pl.Series:
    """Mark the rows of statements that do not count for a map, voted on or not; see :func:`moderated_out`."""
    out = pl.Series([False] * statements.height, dtype=pl.Boolean)
    if "moderated" in statements.columns:
        at_most = 0 if strict else -1
        out = out | (statements["moderated"].fill_null(0) <= at_most)
    if "is_meta" in statements.columns:
        out = out | (statements["is_meta"].fill_null(0) > 0)
    return out


def meta(statements: pl.DataFrame | None, table: VoteTable) -> Bools:
    """Mark the columns of statements about the conversation itself."""
    statements = checked_statements(statements, table)
    if statements is None or "is_meta" not in statements.columns:
        return np.zeros(len(table.statements), dtype=bool)
    names = statements.filter(pl.col("is_meta").fill_null(0) > 0)["statement"]
    marked: Bools = table.statements.is_in(names.to_list()).to_numpy().astype(bool)
    return marked

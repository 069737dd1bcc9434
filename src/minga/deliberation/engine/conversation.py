"""A conversation as tables: votes, statements, who took part, and what is said about the whole."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

#: The values of a vote, here and in every export; a database of Pol.is keeps the opposite sign.
AGREE, PASS, DISAGREE = 1, 0, -1


@dataclass(frozen=True, eq=False)
class Conversation:
    """What people were asked and how they voted.

    Parameters
    ----------
    votes : table, one row per act of voting
        ``participant``, ``statement``, ``vote`` (1 agree, 0 pass, -1 disagree), ``timestamp`` (may be missing).
    statements : table, one row per statement
        ``statement``; as far as they are known ``author``, ``moderated`` (1 accepted, 0 not yet, -1 rejected),
        ``is_meta`` (1 for statements about the conversation itself), ``text``.
    participants : table, one row per person
        ``participant`` in the order of the file; as far as they are known ``xid`` and ``group`` (published).
    summary : pairs of words and what they say
    layout : headers of the files as they were found, so that they can be written the same way
    """

    votes: pl.DataFrame
    statements: pl.DataFrame
    participants: pl.DataFrame
    summary: dict[str, str] = field(default_factory=dict)
    layout: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Say how much there is, for a notebook."""
        title = f"{self.topic!r}; " if self.topic else ""
        people, statements, votes = self.participants.height, self.statements.height, self.votes.height
        return f"Conversation({title}people: {people:,}, statements: {statements:,}, votes: {votes:,})"

    @property
    def topic(self) -> str:
        """The title, empty when nobody gave one."""
        return self.summary.get("topic", "")

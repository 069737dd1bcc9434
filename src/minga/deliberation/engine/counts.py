"""Votes counted for people to see: few people's votes are withheld, and whatever would give them away."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from minga.deliberation.engine.grouping import Groups
from minga.deliberation.engine.votes import Ints, VoteTable
from minga.stats.release import smallest_group, withhold_small_groups

_KINDS = (("agree", 1), ("disagree", -1), ("pass", 0))


def counted_votes(found: Groups, least: int | None = None) -> VoteTable:
    """Return the votes that the published figures of statements count.

    Where one to four people in no group voted on a statement, their votes are left out of its figures: they would
    follow from the votes of everybody and of the groups, and the votes of a whole group would have to be withheld to
    hide them. Without groups everybody's votes count.

    Parameters
    ----------
    found : Groups
    least : int, optional
        Raises the number of people that a count must hold, 5.

    Returns
    -------
    VoteTable
        Of the same people and statements.

    Raises
    ------
    ReleaseError
        ``least`` is below 5.

    Source: docs/methods/disclosure.md.
    """
    least, table = smallest_group(least, "persons"), found.map.table
    if not found.is_clear:
        return table
    in_none = found.label[table.row] < 0
    few = np.bincount(table.column[in_none], minlength=len(table.statements)) < least
    kept = ~(in_none & few[table.column])
    of_people = np.bincount(table.row[kept], minlength=len(table.participants))
    start: Ints = np.concatenate([[0], np.cumsum(of_people)]).astype(np.int64)
    return VoteTable(table.participants, table.statements, start, table.column[kept], table.value[kept])


def votes_by_group(found: Groups, least: int | None = None) -> pl.DataFrame:
    """Count votes by statement and group.

    Parameters
    ----------
    found : Groups
    least : int, optional
        Raises the number of people that a count must hold, 5.

    Returns
    -------
    table, one row per statement and group; none where there are no groups
        ``statement``, ``group``, ``agree``, ``disagree``, ``pass``, ``votes`` (null where withheld), ``withheld``.
        Where one to four people of a group voted on a statement, or fewer than five in all, the votes of all groups
        are withheld, also of those without a vote: the votes of everybody then fit more than one count of each.

    Raises
    ------
    ReleaseError
        ``least`` is below 5.

    Source: docs/methods/disclosure.md.
    """
    least, table = smallest_group(least, "persons"), counted_votes(found, least)
    width, k = len(table.statements), found.k if found.is_clear else 0
    group = found.label[table.row]
    grouped = (group >= 0) & (group < k)
    place = group * width + table.column
    n = {name: np.bincount(place[grouped & (table.value == vote)], minlength=k * width) for name, vote in _KINDS}
    votes = sum(n.values(), np.zeros(k * width, dtype=np.int64)).reshape(k, width)
    withheld = ((votes > 0) & (votes < least)).any(axis=0) | (table.counts() < least)
    cells = pl.DataFrame(
        {
            "statement": pl.concat([table.statements] * k) if k else table.statements[:0],
            "group": np.repeat(np.arange(k), width),
            **n,
            "votes": votes.ravel(),
            "withheld": np.tile(withheld, k),
        }
    )
    figures = [*(name for name, _vote in _KINDS), "votes"]
    return cells.with_columns(pl.when("withheld").then(None).otherwise(pl.col(name)).alias(name) for name in figures)


def open_statements(cells: pl.DataFrame) -> list[Any]:
    """List the statements of :func:`votes_by_group` of which nothing is withheld.

    Nothing that sets a group beside others may be shown of any other statement, nor a rank or choice that comes of it:
    from a share beside the share of all others, the votes of all others can be worked out.
    """
    told = cells.group_by("statement", maintain_order=True).agg(pl.col("withheld").any())
    return told.filter(~pl.col("withheld"))["statement"].to_list()


def votes_of_all(found: Groups, least: int | None = None) -> pl.DataFrame:
    """Count the votes of everybody on each statement, but for those that :func:`counted_votes` leaves out.

    Parameters
    ----------
    found : Groups
    least : int, optional
        Raises the number of people that a count must hold, 5.

    Returns
    -------
    table, one row per statement
        ``statement``, ``agree``, ``disagree``, ``pass``, ``votes`` (null where withheld), ``withheld``, ``reason``.

    Raises
    ------
    ReleaseError
        ``least`` is below 5.

    Source: docs/methods/disclosure.md.
    """
    table = counted_votes(found, least)
    counts = {name: table.counts(vote) for name, vote in _KINDS}
    whole = pl.DataFrame({"statement": table.statements, **counts, "votes": table.counts()})
    return withhold_small_groups(whole, count="votes", min_group=least, of="persons", keep=["statement"])

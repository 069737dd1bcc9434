"""Votes counted for people to see: few people's votes are withheld, and whatever would give them away."""

from __future__ import annotations

import numpy as np
import polars as pl

from minga.deliberation.engine.grouping import Groups
from minga.stats.release import withhold_small_groups

#: Votes of people in no group, where votes are counted by group.
UNGROUPED = -1
_KINDS = (("agree", 1), ("disagree", -1), ("pass", 0))


def votes_by_group(found: Groups, least: int | None = None) -> pl.DataFrame:
    """Count votes by statement and group; people in no group are a group of their own here.

    Parameters
    ----------
    found : Groups
    least : int, optional
        Raises the number of people that a count must hold, 5.

    Returns
    -------
    table, one row per statement and group that voted on it
        ``statement``, ``group`` (-1 for people in none), ``agree``, ``disagree``, ``pass``, ``votes`` (null where
        withheld), ``withheld``, ``reason`` ("few", or "protects" where another cell could be found by subtraction from
        the votes of everybody).

    Raises
    ------
    ReleaseError
        ``least`` is below 5.

    Source: docs/methods/disclosure.md.
    """
    table = found.map.table
    width, most = len(table.statements), found.k if found.is_clear else 0
    place = (found.label[table.row] + 1) * width + table.column
    n = {name: np.bincount(place[table.value == vote], minlength=(most + 1) * width) for name, vote in _KINDS}
    cells = pl.DataFrame(
        {
            "statement": pl.concat([table.statements] * (most + 1)),
            "group": np.repeat(np.arange(most + 1) - 1, width),
            **n,
        }
    ).with_columns(votes=pl.col("agree") + pl.col("disagree") + pl.col("pass"))
    # a statement's votes as a whole are shown as well: no cell may be found by subtraction
    return withhold_small_groups(
        cells.filter(pl.col("votes") > 0),
        count="votes", min_group=least, of="persons", keep=["statement", "group"], within=["statement"],
    )  # fmt: skip


def votes_of_all(found: Groups, least: int | None = None) -> pl.DataFrame:
    """Count the votes of everybody on each statement.

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
    table = found.map.table
    counts = {name: table.counts(vote) for name, vote in _KINDS}
    whole = pl.DataFrame({"statement": table.statements, **counts, "votes": table.counts()})
    return withhold_small_groups(whole, count="votes", min_group=least, of="persons", keep=["statement"])

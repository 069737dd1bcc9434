"""Who came to a meeting, as counts that may be shown."""

from __future__ import annotations

from typing import TypedDict

import polars as pl

from minga.stats import release

#: How people are counted: each column by itself, never crossed.
BY = ("type", "gender")


class Count(TypedDict):
    """One line: a kind of organization or a gender ("" for not said), and how many; None where withheld."""

    value: str
    n: int | None


class Figures(TypedDict):
    """Everybody who came; None and no lines where too few did."""

    total: int | None
    type: list[Count]
    gender: list[Count]


def figures(people: pl.DataFrame, *, least: int = release.MIN_PERSONS) -> Figures:
    """Count who came by type of organization and by gender, and withhold what would tell of single people.

    Parameters
    ----------
    people : table, one row per person who came
        ``type`` (of the organization) and ``gender``; "" where it was not said.
    least : int
        Smallest count that may be shown; can be raised above 5, never lowered.

    Returns
    -------
    Figures
        Lines by falling count. A line that could be found by subtraction from the total is withheld too.

    Raises
    ------
    ReleaseError
        ``least`` is below the policy.

    Source: `minga.stats.release`, the one disclosure policy.
    """
    if people.height < release.smallest_group(least, "persons"):
        return {"total": None, "type": [], "gender": []}
    by_type, by_gender = (_counts(people, column, least) for column in BY)
    return {"total": people.height, "type": by_type, "gender": by_gender}


def _counts(people: pl.DataFrame, column: str, least: int) -> list[Count]:
    counted = people.group_by(pl.col(column).alias("value")).len("n").sort(["n", "value"], descending=[True, False])
    shown = release.withhold_small_groups(counted, of="persons", min_group=least, within=[])
    return [{"value": value, "n": n} for value, n in shown.select("value", "n").iter_rows()]

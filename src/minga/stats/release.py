"""The one disclosure policy: which figures may leave the house.

Figures about organizations need at least 10 of them in the cell, and none above half of a weighted
total; counts of persons at least 5. What could be worked out by subtracting shown cells from a shown
total is withheld too. Thresholds can be raised, never lowered. The reasons and their limits stand in
docs/methods/disclosure.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import polars as pl

MIN_ORGANIZATIONS = 10
MIN_PERSONS = 5
MAX_SHARE = 0.5
_FLOORS = {"organizations": MIN_ORGANIZATIONS, "persons": MIN_PERSONS}

#: Why a cell is withheld. English sentences with named placeholders; pages translate them by code.
WITHHELD = {
    "few": "Fewer than {min_group} in this group, so figures are withheld to protect each of them.",
    "dominated": "One member makes up more than half of this group, so figures are withheld to protect it.",
    "protects": "Withheld because a smaller group could otherwise be worked out by subtraction.",
}
#: What a page offers in place of a withheld figure.
POOLED = "Figures of the wider group ({pooled}) are shown instead."
_CODES = ("", "few", "dominated", "protects")

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


class ReleaseError(ValueError):
    """Somebody asked for less protection than the policy gives."""


def smallest_group(asked: int | None = None, of: Literal["organizations", "persons"] = "organizations") -> int:
    """Return the size from which a group may be shown: the one asked for, if it is not below the policy.

    Raises
    ------
    ReleaseError
        The size asked for is below 10 organizations or 5 persons.
    """
    floor = _FLOORS[of]
    if asked is None:
        return floor
    if isinstance(asked, bool) or not isinstance(asked, int) or asked < floor:
        raise ReleaseError(
            f"The smallest group is set to {asked!r}, but must be a whole number of at least {floor} {of}. "
            "The threshold can be raised, never lowered."
        )
    return asked


def withhold_small_groups(
    table: pl.DataFrame,
    *,
    count: str = "n",
    largest_share: str | None = None,
    min_group: int | None = None,
    of: Literal["organizations", "persons"] = "organizations",
    keep: Sequence[str] | None = None,
    within: Sequence[str] | None = None,
) -> pl.DataFrame:
    """Blank the figures of groups that are too small, dominated, or could be worked out from others.

    Parameters
    ----------
    table : table, one row per group
    count : str
        Column with the number of organizations (or persons) in the group.
    largest_share : str, optional
        Column with the largest member's share of the group's weighted total, 0 to 1.
    min_group : int, optional
        Raises the threshold of the policy.
    of : "organizations" or "persons"
    keep : column names, optional
        What stays readable in a withheld row; all columns that hold no numbers when not given.
    within : column names, optional
        Groups with equal values here add up to a total that is published as well (``[]``: one total for
        the whole table). Then a second group is withheld wherever one alone could be found by subtraction.

    Returns
    -------
    table
        The same rows with ``withheld`` (truth) and ``reason`` (code of ``WITHHELD``, "" when shown).

    Raises
    ------
    ReleaseError
        ``min_group`` is below the policy.

    Source: Hundepool et al. (2012), Statistical Disclosure Control, chapter 4 (threshold, dominance,
    secondary suppression).
    """
    least = smallest_group(min_group, of)
    n = table[count].fill_null(0).to_numpy().astype(np.int64)
    share = None if largest_share is None else table[largest_share].fill_null(0).to_numpy()
    parents = np.zeros(table.height, dtype=np.int64)
    if within:
        parents = table.select(pl.struct(list(within)).rank("dense").cast(pl.Int64) - 1).to_series().to_numpy()
    reasons = suppress(n, least, share=share, parents=parents if within is not None else None)
    readable = set(keep) if keep is not None else {c for c in table.columns if not table[c].dtype.is_numeric()}
    hidden = pl.Series(reasons > 0)
    blanked = [
        pl.when(hidden).then(None).otherwise(pl.col(name)).alias(name) for name in table.columns if name not in readable
    ]
    return table.with_columns(
        *blanked,
        withheld=hidden,
        reason=pl.Series([_CODES[code] for code in reasons], dtype=pl.String),
    )


def suppress(
    n: Ints,
    min_group: int,
    *,
    share: npt.NDArray[Any] | None = None,
    parents: Ints | None = None,
    parent_hidden: Bools | None = None,
) -> npt.NDArray[np.int8]:
    """Decide cell by cell: 0 shown, 1 few, 2 dominated, 3 withheld to protect another cell.

    Parameters
    ----------
    n : array, members of each cell
    min_group : int
    share : array, optional
        The largest member's share of each cell.
    parents : array of int, optional
        The published total to which each cell adds up.
    parent_hidden : array of truth, optional
        Parents that are withheld themselves: their cells are withheld as well, since what is left of a
        wider total would otherwise show.

    Notes
    -----
    After this, what is hidden of each shown parent is nothing, or at least two cells that together hold
    ``min_group`` members; so no difference of shown cells describes fewer.
    """
    reasons = np.zeros(len(n), dtype=np.int8)
    if share is not None:
        reasons[share > MAX_SHARE] = 2
    reasons[n < min_group] = 1
    if parents is None:
        return reasons
    if parent_hidden is not None:
        reasons[parent_hidden[parents] & (reasons == 0)] = 3
    shown_parent = np.ones(int(parents.max(initial=-1)) + 1, dtype=bool) if parent_hidden is None else ~parent_hidden
    for parent in np.unique(parents[(reasons > 0) & (n > 0)]):
        if shown_parent[parent]:
            _protect(reasons, n, np.flatnonzero((parents == parent) & (n > 0)), min_group)
    return reasons


def _protect(reasons: npt.NDArray[np.int8], n: Ints, cells: Ints, min_group: int) -> None:
    """Withhold the smallest shown cells until the hidden rest of one total is safe."""
    shown = [cell for cell in cells[np.argsort(n[cells], kind="stable")] if reasons[cell] == 0]
    hidden = [cell for cell in cells if reasons[cell] > 0]
    while shown and (len(hidden) < 2 or int(n[hidden].sum()) < min_group):
        cell = shown.pop(0)
        reasons[cell] = 3
        hidden.append(cell)


def reason_code(number: int) -> str:
    """Return the word for a number of ``suppress``."""
    return _CODES[number]


def explain(reason: str, *, min_group: int = MIN_ORGANIZATIONS, pooled: str = "") -> str:
    """Say in English why a figure is withheld and which wider figure stands in for it."""
    if not reason:
        return ""
    sentence = WITHHELD[reason].format(min_group=min_group)
    return f"{sentence} {POOLED.format(pooled=pooled)}" if pooled else sentence

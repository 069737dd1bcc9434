"""How much of a map's groups would be there with other people, or in another order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
import polars as pl

from minga.deliberation.engine import clustering
from minga.deliberation.engine.checks import given, whole
from minga.deliberation.engine.errors import MapError
from minga.deliberation.engine.grouping import Groups, groups, resampled
from minga.deliberation.engine.projection import hashed_order, opinion_map

How = Literal["bootstrap", "order"]


def stability(
    found: Groups,
    n: int = 50,
    how: How = "bootstrap",
    *,
    statements: pl.DataFrame | None = None,
    tell: Callable[[int, int], None] | None = None,
) -> pl.DataFrame:
    """Find groups again and again, and compare them with those found.

    Parameters
    ----------
    found : Groups
    n : int
        How many times.
    how : "bootstrap" or "order"
        "bootstrap" draws as many people anew, with replacement, with the number of groups found; "order" shuffles the
        rows and lets the number of groups be chosen again.
    statements : table, one row per statement, optional
        For "order": as given to :func:`opinion_map`; those that do not count are known without it.
    tell : function, optional
        Called with the draws done and wanted.

    Returns
    -------
    table, one row per draw
        ``draw``, ``k`` (groups found), ``agreement`` (adjusted Rand index over people grouped both times, 1 is the
        same).

    Raises
    ------
    MapError
        There are no groups to compare with (for "bootstrap"), an option is unknown, or no groups were given.

    Source: Hennig (2007), CSDA 52, 258-271; agreement by Hubert and Arabie (1985).
    """
    found = given(found, Groups, "What is judged", MapError)
    n = whole(n, "The number of draws", MapError, least=1)
    if how not in ("bootstrap", "order"):
        raise MapError(f'Draws by {how!r} were asked for. Draws are by "bootstrap" or by "order".')
    if how == "order":
        return _by_order(found, n, statements, tell)
    if not found.is_clear:
        raise MapError(
            "There are no clear groups, so nothing can be found again. Set the number of groups to see how sure it is."
        )
    label = found.label
    order = np.flatnonzero(label >= 0)
    if found.map.mode == "stable":
        hashed = hashed_order(found.map.table.participants, found.map.seed)
        order = hashed[label[hashed] >= 0]
    draws = resampled(found.map, order, {found.k: label[order]}, n, tell)[found.k][0]
    return pl.DataFrame({"draw": np.arange(1, n + 1), "k": np.full(n, found.k), "agreement": draws})


def _by_order(
    found: Groups, n: int, statements: pl.DataFrame | None, tell: Callable[[int, int], None] | None
) -> pl.DataFrame:
    opinions = found.map
    table = opinions.table
    if statements is None:
        statements = pl.DataFrame({"statement": table.statements, "moderated": np.where(opinions.out, -1, 1)})
    random = np.random.default_rng([opinions.seed, 11])
    rows = []
    for draw in range(n):
        order = random.permutation(len(table.participants))
        shuffled = opinion_map(
            table.take(order),
            statements,
            mode=opinions.mode,  # type: ignore[arg-type]
            n_components=len(opinions.eigenvalues),
            seed=opinions.seed,
            solver=opinions.solver,  # type: ignore[arg-type]
        )
        again = groups(shuffled, found.k if found.forced else None, found.keep)
        back = np.empty(len(order), dtype=np.int64)
        back[order] = again.label
        rows.append((draw + 1, again.k, clustering.agreement_of_grouped(found.label, back)))
        if tell is not None:
            tell(draw + 1, n)
    return pl.DataFrame(rows, schema={"draw": pl.Int64, "k": pl.Int64, "agreement": pl.Float64}, orient="row")

"""How far two judges agree: two assessors of one enterprise, or an enterprise and its assessor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from minga.readiness.engine.instrument import Instrument
from minga.readiness.engine.report_types import Bias, CheckedItem

#: Below so many items judged by both, a kappa says more about chance than about the judges.
KAPPA_FROM = 20


@dataclass(frozen=True)
class Agreement:
    """How far two judges agree on the items that both gave a level; ``None`` where there is nothing to say.

    ``mean_difference`` is first minus second, in levels. ``kappa`` (quadratic weights) is withheld below
    ``KAPPA_FROM`` items, and where each judge used one level throughout.
    """

    n: int
    exact_share: float | None
    within_one_share: float | None
    mean_difference: float | None
    kappa: float | None


def agreement(first: pl.DataFrame, second: pl.DataFrame, *, kappa_from: int = KAPPA_FROM) -> Agreement:
    """Compare the levels of two judges.

    Parameters
    ----------
    first, second : tables, one row per item
        ``item``, ``level`` (0 to 5; what is no whole number, such as ``dk``, or null, is left out).
    kappa_from : int
        Items that both must have judged before a kappa is given.

    Returns
    -------
    Agreement

    Source: Cohen (1968), Weighted kappa, Psychological Bulletin 70(4), with quadratic weights; golden figures in
    docs/methods/validation.md.
    """
    both = _levels(first).join(_levels(second), on="item", suffix="_second")
    n = both.height
    if not n:
        return Agreement(0, None, None, None, None)
    one, two = both["level"].to_numpy(), both["level_second"].to_numpy()
    apart = one - two
    return Agreement(
        n=n,
        exact_share=float(np.mean(apart == 0)),
        within_one_share=float(np.mean(np.abs(apart) <= 1)),
        mean_difference=float(np.mean(apart)),
        kappa=_kappa(one.astype(float), two.astype(float)) if n >= kappa_from else None,
    )


def _levels(table: pl.DataFrame) -> pl.DataFrame:
    levels = table.select(pl.col("item").cast(pl.String), pl.col("level").cast(pl.Int64, strict=False))
    return levels.drop_nulls()


def _kappa(one: npt.NDArray[np.float64], two: npt.NDArray[np.float64]) -> float | None:
    """With quadratic weights kappa needs no table: observed and expected disagreement are mean squares."""
    expected = float(np.var(one) + np.var(two) + (one.mean() - two.mean()) ** 2)
    if expected == 0:
        return None
    return 1 - float(np.mean((one - two) ** 2)) / expected


def self_minus_assessor(combined: pl.DataFrame, instrument: Instrument) -> tuple[Bias, ...]:
    """Say how far an enterprise's own levels lie above or below its assessor's, by factor and over all.

    Parameters
    ----------
    combined : table of ``combine_assessor``, of one enterprise
        ``item`` and ``difference`` (own minus assessor; null where either gave no level).
    instrument : Instrument

    Returns
    -------
    tuple of Bias
        One a factor of the instrument, in its order, and ``total`` last.

    Source: rule "self_minus_assessor" of the scoring rules.
    """
    known = combined.select("item", "difference").drop_nulls()
    factors = {item: instrument.item(item).factor for item in known["item"]}
    at = np.array([factors[item] for item in known["item"]], dtype=object)
    apart = known["difference"].to_numpy().astype(np.int64)
    named = [(factor.id, factor.name) for factor in instrument.factors]
    rows = [_bias(node, name, apart[at == node]) for node, name in named]
    return (*rows, _bias("total", instrument.title, apart))


def _bias(node: str, name: str, apart: npt.NDArray[np.int64]) -> Bias:
    return Bias(
        node=node,
        name=name,
        n=len(apart),
        difference=float(apart.mean()) if len(apart) else None,
        higher=int((apart > 0).sum()),
        equal=int((apart == 0).sum()),
        lower=int((apart < 0).sum()),
    )


def checked_items(combined: pl.DataFrame, instrument: Instrument) -> tuple[CheckedItem, ...]:
    """Return the items on which the assessor set a level, both levels side by side.

    Parameters
    ----------
    combined : table of ``combine_assessor``, of one enterprise
    instrument : Instrument

    Returns
    -------
    tuple of CheckedItem
        In the order of the instrument.
    """
    levels = combined.with_columns(pl.col("self_level", "assessor_level").cast(pl.Int64, strict=False))
    rows = {row["item"]: row for row in levels.drop_nulls("assessor_level").iter_rows(named=True)}
    return tuple(
        CheckedItem(
            item=item.id,
            factor=item.factor,
            short=item.short,
            own_level=rows[item.id]["self_level"],
            assessor_level=rows[item.id]["assessor_level"],
            difference=rows[item.id]["difference"],
        )
        for item in instrument.items
        if item.id in rows
    )


def lower_of_two(first: pl.DataFrame, second: pl.DataFrame) -> pl.DataFrame:
    """Bring the levels of two assessors together: the lower where both judged an item, else the one there is.

    Parameters
    ----------
    first, second : tables, one row per item
        ``item``, ``level`` (whole numbers; null: not judged).

    Returns
    -------
    table, one row per item that at least one judged
        ``item``, ``level``, ``first``, ``second``, ``differs`` (both judged, and not alike).

    Notes
    -----
    A validated level says that the evidence carries it. Where two assessors differ, both agree that it carries
    the lower one.
    """
    left, right = _levels(first).rename({"level": "first"}), _levels(second).rename({"level": "second"})
    both = left.join(right, on="item", how="full", coalesce=True).sort("item")
    return both.select(
        "item",
        pl.min_horizontal("first", "second").alias("level"),
        "first",
        "second",
        pl.col("first").ne(pl.col("second")).fill_null(value=False).alias("differs"),
    )

"""Single rules over a plain table, without a definition: Copeland, benefit of the doubt, Mazziotta and Pareto."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from minga.indicators.engine.errors import DataError
from minga.indicators.engine.frontier import benefit_of_the_doubt
from minga.indicators.engine.mazziotta import ampi_scores, mpi_scores
from minga.indicators.engine.outranking import copeland_scores
from minga.indicators.engine.ranking import rank_rows
from minga.indicators.engine.statistics import matrix

Floats = NDArray[np.float64]


def _prepare(
    table: pl.DataFrame, unit: str, columns: Sequence[str] | None, directions: Mapping[str, int] | None,
    weights: Mapping[str, float] | None,
) -> tuple[list[str], Floats, Floats]:  # fmt: skip
    """Names, values (more is better) and weights of the columns."""
    if unit not in table.columns:
        raise DataError(f"The table has no column {unit!r}, which names the units. It has: {', '.join(table.columns)}.")
    names = list(columns) if columns is not None else [name for name in table.columns if name != unit]
    for given in (directions or {}, weights or {}):
        unknown = sorted(set(given) - set(names))
        if unknown:
            raise DataError(f"{', '.join(unknown)} is no column here. The columns are: {', '.join(names)}.")
    signs = np.array([(directions or {}).get(name, 1) for name in names], dtype=np.float64)
    return names, matrix(table, names) * signs, np.array([(weights or {}).get(name, 1.0) for name in names])


def _ranked(table: pl.DataFrame, unit: str, scores: Floats) -> pl.DataFrame:
    return pl.DataFrame({
        unit: table[unit], "score": scores, "rank": rank_rows(scores[None, :])[0],
    }).with_columns(pl.col("score").fill_nan(None), pl.col("rank").fill_nan(None).cast(pl.Int64))  # fmt: skip


def copeland(
    table: pl.DataFrame, *, unit: str = "unit", columns: Sequence[str] | None = None,
    directions: Mapping[str, int] | None = None, weights: Mapping[str, float] | None = None,
) -> pl.DataFrame:  # fmt: skip
    """Rank units by whom they outrank, distances left aside.

    Parameters
    ----------
    table : one row per unit, columns of figures
    directions : -1 for columns where less is better
    weights : of the columns (default 1)

    Returns
    -------
    one row per unit: ``score`` (outranked minus outranking units) and ``rank``.

    Source: Munda and Nardo (2009).
    """
    _, x, w = _prepare(table, unit, columns, directions, weights)
    return _ranked(table, unit, copeland_scores(x, w))


def bod(
    table: pl.DataFrame, *, unit: str = "unit", columns: Sequence[str] | None = None,
    share: tuple[float, float] = (0.0, 1.0),
) -> pl.DataFrame:  # fmt: skip
    """Benefit of the doubt: the score each unit has with the weights that suit it best.

    Columns are at least 0 and more is better (normalise first). ``share`` bounds the part of a score one column has.

    Returns
    -------
    one row per unit: ``score`` (0 to 1), ``rank``, and the weight of each column as ``weight_COLUMN``.

    Source: Melyn and Moesen (1991); Cherchye et al. (2007).
    """
    names, x, _ = _prepare(table, unit, columns, None, None)
    scores, weights = benefit_of_the_doubt(x, share)
    found = {f"weight_{name}": pl.Series(weights[:, at]).fill_nan(None) for at, name in enumerate(names)}
    return _ranked(table, unit, scores).with_columns(**found)


def mpi(
    table: pl.DataFrame, *, unit: str = "unit", columns: Sequence[str] | None = None,
    directions: Mapping[str, int] | None = None, weights: Mapping[str, float] | None = None,
    penalty: str = "negative",
) -> pl.DataFrame:  # fmt: skip
    """Mazziotta-Pareto index: standardised to 100 and 10 over the units, mean minus (or plus) the imbalance.

    Returns
    -------
    one row per unit: ``score`` and ``rank``.

    Source: Mazziotta and Pareto (2013).
    """
    _, x, w = _prepare(table, unit, columns, directions, weights)
    return _ranked(table, unit, mpi_scores(x, w, penalty))


def ampi(
    table: pl.DataFrame, *, unit: str = "unit", columns: Sequence[str] | None = None,
    directions: Mapping[str, int] | None = None, weights: Mapping[str, float] | None = None,
    penalty: str = "negative", goalposts: Mapping[str, tuple[float, float]] | None = None,
    reference: Mapping[str, float] | None = None,
) -> pl.DataFrame:  # fmt: skip
    """Adjusted Mazziotta-Pareto index: 70..130 between goalposts, comparable over time.

    Parameters
    ----------
    goalposts : lowest and highest value of each column (default: those of the table)
    reference : value of each column that becomes 100; the goalposts are moved around it, their distance kept

    Returns
    -------
    one row per unit: ``score`` and ``rank``.

    Source: Mazziotta and Pareto (2016).
    """
    names, x, w = _prepare(table, unit, columns, directions, weights)
    ends = []
    for at, name in enumerate(names):
        sign = float((directions or {}).get(name, 1))
        given = (goalposts or {}).get(name)
        low, high = (
            sorted(sign * end for end in given) if given else (float(np.nanmin(x[:, at])), float(np.nanmax(x[:, at])))
        )
        if reference and name in reference:
            half = (high - low) / 2
            low, high = sign * reference[name] - half, sign * reference[name] + half
        ends.append((low, high))
    return _ranked(table, unit, ampi_scores(x, w, penalty, np.array(ends)))

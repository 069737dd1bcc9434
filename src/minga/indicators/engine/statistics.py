"""Looking at indicators one by one and in pairs before trusting them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from minga.indicators.engine.data import numbers, read
from minga.indicators.engine.definition import Index
from minga.indicators.engine.errors import DataError
from minga.indicators.engine.moments import skew_kurt
from minga.indicators.engine.ranking import rank_rows

if TYPE_CHECKING:
    from minga.indicators.engine.result import Result

Floats = NDArray[np.float64]
METHODS = ("pearson", "spearman", "kendall")


def matrix(table: pl.DataFrame, columns: Sequence[str]) -> Floats:
    """Take columns of a table as float64, missing as NaN."""
    lacking = [column for column in columns if column not in table.columns]
    if lacking:
        raise DataError(f"The table has no column {', '.join(lacking)}. It has: {', '.join(table.columns[:20])}.")
    return np.column_stack([numbers(table[column]) for column in columns]) if columns else np.empty((table.height, 0))


def numeric(table: pl.DataFrame) -> list[str]:
    """Name the columns of numbers."""
    return [column for column, kind in table.schema.items() if kind.is_numeric()]


def table_of(source: pl.DataFrame | Result, stage: str) -> pl.DataFrame:
    """A table as it is, or a stage of a result."""
    return source if isinstance(source, pl.DataFrame) else source.stage(stage)


def stats(
    table: pl.DataFrame | Result, columns: Sequence[str] | None = None, *, min_available: float = 0.65,
    min_nonzero: float = 0.5, min_unique: float = 0.5, max_skew: float = 2.0, max_kurt: float = 3.5,
    stage: str = "raw",
) -> pl.DataFrame:  # fmt: skip
    """Describe each column of a table, or of a ``stage`` of a result, and flag what to look at.

    Returns one row per column: ``min``, ``max``, ``mean``, ``median``, ``sd`` (n - 1), ``skew`` (G1), ``kurt`` (G2,
    excess), counts and shares of values available, not zero, unique and repeated most often, and the flags
    ``low_data``, ``many_zeros``, ``few_values``, ``outliers`` (abs(skew) and kurtosis both above their limits).

    Source: rules of COINr ``get_stats``; OECD and JRC (2008).
    """
    table = table_of(table, stage)
    names = list(columns) if columns is not None else numeric(table)
    x = matrix(table, names)
    seen = ~np.isnan(x)
    n, size = seen.sum(axis=0), max(1, x.shape[0])
    skew, kurt = skew_kurt(x)
    rows = [_describe(x[seen[:, at], at]) for at in range(len(names))]
    frame = pl.DataFrame(rows, schema=["min", "max", "mean", "median", "sd", "n_nonzero", "n_unique", "n_same"],
                         orient="row", infer_schema_length=None)  # fmt: skip
    frame = frame.insert_column(0, pl.Series("column", names)).with_columns(
        pl.Series("skew", skew).fill_nan(None), pl.Series("kurt", kurt).fill_nan(None), pl.Series("n_available", n)
    )
    some = pl.col("n_available")
    return frame.with_columns(
        (some / size).alias("available"),
        (pl.col("n_nonzero") / some).alias("nonzero"),
        (pl.col("n_unique") / some).alias("unique"),
        (pl.col("n_same") / some).alias("same"),
    ).with_columns(
        (pl.col("available") < min_available).alias("low_data"),
        (pl.col("nonzero") < min_nonzero).alias("many_zeros"),
        (pl.col("unique") < min_unique).alias("few_values"),
        ((pl.col("skew").abs() > max_skew) & (pl.col("kurt") > max_kurt)).fill_null(False).alias("outliers"),
    )


def _describe(values: Floats) -> tuple[float | None, ...]:
    if not values.size:
        return (None, None, None, None, None, 0, 0, 0)
    _, counts = np.unique(values, return_counts=True)
    sd = float(values.std(ddof=1)) if values.size > 1 else None
    return (float(values.min()), float(values.max()), float(values.mean()), float(np.median(values)), sd,
            int((values != 0).sum()), counts.size, int(counts.max()))  # fmt: skip


def corr(
    table: pl.DataFrame | Result, columns: Sequence[str] | None = None, against: Sequence[str] | None = None, *,
    method: str = "pearson", significant: float | None = None, stage: str = "aggregated",
) -> pl.DataFrame:  # fmt: skip
    """Correlate columns pair by pair, each pair over the rows both have.

    Parameters
    ----------
    table : a table, or a result, of which a ``stage`` is taken (``aggregated``: nodes and normalised indicators)
    method : ``pearson``, ``spearman`` (ranks of the pair's own rows, ties averaged) or ``kendall`` (tau-b)
    significant : hide correlations whose p-value is not below this level

    Returns
    -------
    one row per pair: ``a``, ``b``, ``correlation``, ``n``, ``p_value`` (t test with n - 2; none for Kendall).
    """
    if method not in METHODS:
        raise DataError(f"{method!r} is no kind of correlation. Choose one of: {', '.join(METHODS)}.")
    table = table_of(table, stage)
    names = list(columns) if columns is not None else numeric(table)
    others = list(against) if against is not None else names
    joint = list(dict.fromkeys([*names, *others]))
    found, count = correlations(matrix(table, joint), method)
    at, to = [joint.index(name) for name in names], [joint.index(name) for name in others]
    r, n = found[np.ix_(at, to)], count[np.ix_(at, to)]
    p = p_values(r, n) if method != "kendall" else np.full(r.shape, np.nan)
    if significant is not None:
        if method == "kendall":
            p = p_values(r, n)
        r = np.where(p < significant, r, np.nan)
    return pl.DataFrame({
        "a": np.repeat(names, len(others)), "b": np.tile(others, len(names)),
        "correlation": r.ravel(), "n": n.ravel().astype(np.int64), "p_value": p.ravel(),
    }).with_columns(pl.col("correlation", "p_value").fill_nan(None))  # fmt: skip


def correlations(x: Floats, method: str = "pearson") -> tuple[Floats, Floats]:
    """Correlation and number of rows of every pair of columns, pairwise complete."""
    seen = (~np.isnan(x)).astype(np.float64)
    n = seen.T @ seen
    if method == "kendall":
        return _kendall(x), n
    if method == "spearman":
        return _spearman(x), n
    return _pearson(x, seen), n


def _pearson(x: Floats, seen: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.where(seen > 0, x - np.nansum(x, axis=0) / seen.sum(axis=0), 0.0)  # centred first: no cancellation
        spread = np.sqrt((z * z).sum(axis=0))
        z = z / np.where(spread > 0, spread, 1.0)
        n = seen.T @ seen
        sum_a, sum_b = z.T @ seen, seen.T @ z
        cross = z.T @ z - sum_a * sum_b / n
        square_a, square_b = (z * z).T @ seen - sum_a**2 / n, seen.T @ (z * z) - sum_b**2 / n
        r = cross / np.sqrt(square_a * square_b)
    flat = (square_a <= 1e-14) | (square_b <= 1e-14)
    return np.asarray(np.where(flat, np.nan, np.clip(r, -1.0, 1.0)))


def _average_ranks(rows: Floats) -> Floats:
    """Ranks of each row with ties averaged."""
    return np.asarray((rank_rows(-rows) + rows.shape[1] + 1 - rank_rows(rows)) / 2)


def _spearman(x: Floats) -> Floats:
    """Columns with equal gaps are ranked together; the rest pair by pair."""
    k = x.shape[1]
    out = np.full((k, k), np.nan)
    missing = np.isnan(x)
    patterns: dict[bytes, list[int]] = {}
    for at in range(k):
        patterns.setdefault(missing[:, at].tobytes(), []).append(at)
    groups = list(patterns.values())
    for i, left in enumerate(groups):
        for right in groups[i:]:
            rows = ~(missing[:, left[0]] | missing[:, right[0]])
            if rows.sum() < 2:
                continue
            chosen = [*left, *[at for at in right if at not in left]]
            ranks = _average_ranks(np.ascontiguousarray(x[rows][:, chosen].T)).T
            r = _pearson(ranks, np.ones(ranks.shape))
            place = {at: position for position, at in enumerate(chosen)}
            a, b = [place[at] for at in left], [place[at] for at in right]
            out[np.ix_(left, right)] = r[np.ix_(a, b)]
            out[np.ix_(right, left)] = r[np.ix_(b, a)]
    return out


def _kendall(x: Floats) -> Floats:
    """Tau-b from the signs of all pairs of rows, in blocks."""
    n, k = x.shape
    agree, left, right = np.zeros((k, k)), np.zeros((k, k)), np.zeros((k, k))
    step = max(1, 2_000_000 // max(1, n * k))
    for start in range(0, n, step):
        with np.errstate(invalid="ignore"):
            sign = np.sign(x[start : start + step, None, :] - x[None, :, :]).reshape(-1, k)
        seen = (~np.isnan(sign)).astype(np.float64)
        sign = np.nan_to_num(sign)
        moved = np.abs(sign)
        agree += sign.T @ sign
        left += moved.T @ seen
        right += seen.T @ moved
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(agree / np.sqrt(left * right))


def p_values(r: Floats, n: Floats) -> Floats:
    """Two-sided p-values of correlations by Student's t with n - 2 degrees of freedom."""
    from scipy.special import stdtr

    with np.errstate(invalid="ignore", divide="ignore"):
        t = np.abs(r) * np.sqrt((n - 2) / (1 - r * r))
        p = 2 * stdtr(np.maximum(n - 2, 1), -t)
    return np.asarray(np.where((n < 3) | np.isnan(r), np.nan, p))


def corr_flags(
    index: Index, table: pl.DataFrame, *, high: float | None = 0.9, low: float | None = -0.4, level: int = 2,
    method: str = "pearson",
) -> pl.DataFrame:  # fmt: skip
    """List pairs of indicators inside one group that say nearly the same (above ``high``) or the opposite (``low``).

    ``table`` holds the indicators' columns (raw, or a stage of a result); ``level`` is the level of the groups.
    """
    tree = index.tree
    found, _ = correlations(matrix(table, index.codes), method)
    rows = []
    for group in tree.at_level(level):
        leaves = tree.leaves(group)
        for i, a in enumerate(leaves):
            for b in leaves[i + 1 :]:
                r = found[a, b]
                if (high is not None and r > high) or (low is not None and r < low):
                    rows.append((tree.codes[group], tree.codes[a], tree.codes[b], float(r)))
    schema = {"group": pl.String, "a": pl.String, "b": pl.String, "correlation": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def denominator_corr(index: Index, table: pl.DataFrame, *, limit: float = 0.6) -> pl.DataFrame:
    """List indicators that move with a denominator (absolute correlation above ``limit``): is size measured twice?"""
    data = read(index, table)
    codes = [item.code for item in index.denominators if item.code in table.columns]
    found, _ = correlations(np.column_stack([data.values, matrix(table, codes)]))
    k = len(index.codes)
    rows = [
        (index.codes[i], code, float(found[i, k + j]))
        for i in range(k)
        for j, code in enumerate(codes)
        if abs(found[i, k + j]) > limit
    ]
    schema = {"indicator": pl.String, "denominator": pl.String, "correlation": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")

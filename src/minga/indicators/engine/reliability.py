"""Do the children of a node measure one thing? Cronbach's alpha and principal components."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from minga.indicators.engine.errors import DataError
from minga.indicators.engine.result import Result
from minga.indicators.engine.statistics import matrix

Floats = NDArray[np.float64]


def alpha(source: Result | pl.DataFrame, groups: Mapping[str, Sequence[str]] | None = None, *,
          stage: str = "normalised", level: int | None = None) -> pl.DataFrame:  # fmt: skip
    """Cronbach's alpha of every group of columns.

    Of a result, the groups are the children of each node (at ``level``, else at all levels) and the figures those of
    ``stage`` for indicators and of the scores for nodes. Of a table, ``groups`` names the columns. Covariances are
    pairwise complete: ``k² · mean covariance / sum of covariances``.

    Source: Cronbach (1951); COINr ``get_cronbach``.
    """
    rows = []
    for name, found, columns, x in _groups(source, groups, stage, level):
        rows.append((name, found, len(columns), cronbach(x)))
    schema = {"group": pl.String, "level": pl.Int64, "columns": pl.Int64, "alpha": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def cronbach(x: Floats) -> float | None:
    """Alpha of the columns; None for fewer than two."""
    k = x.shape[1]
    if k < 2:
        return None
    covariance = pairwise_covariance(x)
    total = float(covariance.sum())
    off = float(covariance.sum() - np.trace(covariance)) / (k * (k - 1))
    return None if total == 0 or np.isnan(total) else k * k * off / total


def pairwise_covariance(x: Floats) -> Floats:
    """Covariances (n - 1), each over the rows both columns have."""
    seen = (~np.isnan(x)).astype(np.float64)
    z = np.where(seen > 0, x - np.nanmean(x, axis=0), 0.0)
    n = seen.T @ seen
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((z.T @ z - (z.T @ seen) * (seen.T @ z) / n) / (n - 1))


@dataclass(frozen=True)
class Components:
    """Principal components of groups of columns: ``weights`` of the first one, and the ``variance`` of each."""

    weights: pl.DataFrame
    variance: pl.DataFrame

    def first_weights(self) -> dict[str, float]:
        """The weights of the first components, to put in place: ``index.replace("weights", found.first_weights())``.

        A component with weights of both signs gives no weights for an index: that is an error.
        """
        negative = self.weights.filter(pl.col("weight") < 0)
        if negative.height:
            row = negative.row(0, named=True)
            raise DataError(
                f"The first component of {row['group']!r} weighs {row['column']!r} negatively ({row['weight']:.3g}), "
                "so it gives no weights for an index. Check that indicator's direction, or move it to another group."
            )
        return dict(zip(self.weights["column"], self.weights["weight"], strict=True))


def pca(source: Result | pl.DataFrame, groups: Mapping[str, Sequence[str]] | None = None, *,
        stage: str = "normalised", level: int | None = 2) -> Components:  # fmt: skip
    """Principal components of each group, columns standardised, rows with a gap left out.

    The sign of the first component is chosen so that its largest weight is positive.

    Returns
    -------
    Components: ``weights`` (group, column, weight on the first component) and ``variance`` (group, component,
    ``sd``, ``share`` of the variance).

    Source: OECD and JRC (2008), step 6.
    """
    weights, variance = [], []
    for name, _, columns, x in _groups(source, groups, stage, level):
        full = x[~np.isnan(x).any(axis=1)]
        if full.shape[0] < 2 or len(columns) < 2:
            continue
        spread = full.std(axis=0, ddof=1)
        if (spread == 0).any():
            flat = columns[int(np.flatnonzero(spread == 0)[0])]
            raise DataError(f"{flat!r} has the same value for every unit, so it has no component. Leave it out.")
        z = (full - full.mean(axis=0)) / spread
        _, size, rows = np.linalg.svd(z / np.sqrt(full.shape[0] - 1), full_matrices=False)
        first = rows[0] * np.sign(rows[0][np.argmax(np.abs(rows[0]))])
        weights += [(name, column, float(w)) for column, w in zip(columns, first, strict=True)]
        share = size**2 / (size**2).sum()
        variance += [
            (name, at + 1, float(sd), float(part)) for at, (sd, part) in enumerate(zip(size, share, strict=True))
        ]
    return Components(
        pl.DataFrame(weights, schema={"group": pl.String, "column": pl.String, "weight": pl.Float64}, orient="row"),
        pl.DataFrame(variance, schema={"group": pl.String, "component": pl.Int64, "sd": pl.Float64,
                                       "share": pl.Float64}, orient="row"),
    )  # fmt: skip


def _groups(
    source: Result | pl.DataFrame, groups: Mapping[str, Sequence[str]] | None, stage: str, level: int | None
) -> list[tuple[str, int, list[str], Floats]]:
    """Name, level, columns and figures of each group."""
    if isinstance(source, pl.DataFrame):
        if groups is None:
            raise DataError("Name the groups: groups={'Health': ['beds', 'doctors']}.")
        return [(name, 0, list(columns), matrix(source, columns)) for name, columns in groups.items()]
    tree = source.index.tree
    leaves, scores = source.stage(stage), source.node_scores
    found = []
    for position in tree.order:
        children = tree.children[position]
        if not children or (level is not None and tree.levels[position] != level):
            continue
        if all(child < tree.indicators for child in children):
            x = matrix(leaves, [tree.codes[child] for child in children])
        elif all(child >= tree.indicators for child in children):
            x = scores[:, [child - tree.indicators for child in children]]
        else:
            continue
        found.append((tree.codes[position], tree.levels[position], [tree.codes[child] for child in children], x))
    return found

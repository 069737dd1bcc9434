"""Peers: how comparable enterprises stand, with the groups that are too small withheld."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from minga.readiness.engine.answers import encode_names
from minga.readiness.engine.errors import ReadinessError
from minga.readiness.engine.report_types import PeerFigures
from minga.readiness.engine.scoring import Scores
from minga.stats import release
from minga.stats.quantiles import grouped_quantiles, percentile_rank

PROBABILITIES = (0.10, 0.25, 0.50, 0.75, 0.90)
FIGURES = ("p10", "p25", "median", "p75", "p90")
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def peers(
    scores: Scores | pl.DataFrame,
    by: Sequence[str] = (),
    min_group: int = release.MIN_ORGANIZATIONS,
    profiles: pl.DataFrame | None = None,
    items: bool = False,
) -> pl.DataFrame:
    """Describe the peer groups on every node.

    Parameters
    ----------
    scores : Scores, or table with one row per enterprise and node
        A table has ``enterprise``, ``node``, ``score`` and the columns of ``by``; rows of several sites of one
        body may carry ``organization``, which is then what is counted.
    by : column names
        From the widest to the finest, for example ``["sector", "country"]``.
    min_group : int
        May raise the threshold of 10, never lower it.
    profiles : table, one row per enterprise
        ``enterprise`` and the columns of ``by``, when ``scores`` is a Scores.
    items : bool
        Add a node for each item.

    Returns
    -------
    table, one row per group and node
        The columns of ``by``, ``node``, ``n``, ``p10``, ``p25``, ``median``, ``p75``, ``p90``; ``withheld``: "" or
        why the group itself is not shown; ``pooled``: "" or the wider group (``sector``, ``all``) whose
        figures stand in.

    Raises
    ------
    ReleaseError
        ``min_group`` is below 10.

    Source: docs/methods/benchmark.md; quantiles of type 7.
    """
    tree = _Tree(_wide(scores, by, profiles, items), tuple(by), min_group)
    return tree.table()


def compare(
    own: Scores,
    others: Scores | pl.DataFrame,
    profile: Mapping[str, Any],
    by: Sequence[str] = (),
    min_group: int = release.MIN_ORGANIZATIONS,
    profiles: pl.DataFrame | None = None,
) -> dict[str, PeerFigures]:
    """Set one enterprise beside its peers, node by node, items included where ``others`` holds them.

    Parameters
    ----------
    own : Scores of one enterprise
    others, by, min_group, profiles
        As for ``peers``.
    profile : mapping
        The values of the enterprise for the columns of ``by``.

    Returns
    -------
    dict
        For each node of ``others`` a PeerFigures: the group used, whether it is wider than asked, the
        quantiles and the percentile rank, or why they are withheld.
    """
    tree = _Tree(_wide(others, by, profiles, items=True), tuple(by), min_group)
    values = dict(zip(own.nodes["node"], own.nodes["score"], strict=True))
    values |= dict(zip(own.items["item"], own.items["level"], strict=True))
    key = tuple(profile.get(name) for name in by)
    return {
        node: replace(
            tree.figures(number, key, values.get(node)), kind=own.kind, own=values.get(node), min_group=min_group
        )
        for number, node in enumerate(tree.wide.nodes)
    }


@dataclass(frozen=True)
class _Wide:
    """Scores with nodes in rows and enterprises in columns."""

    nodes: list[str]
    values: Floats
    profiles: pl.DataFrame
    owners: Ints | None


def _wide(scores: Scores | pl.DataFrame, by: Sequence[str], profiles: pl.DataFrame | None, items: bool) -> _Wide:
    if isinstance(scores, Scores):
        return _wide_of_scores(scores, by, profiles, items)
    _demand(scores, ["enterprise", "node", "score", *by])
    enterprises, at = encode_names(scores["enterprise"])
    nodes, node = encode_names(scores["node"])
    values = np.full((len(nodes), len(enterprises)), np.nan)
    values[node, at] = scores["score"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    wanted = [*by, *(["organization"] if "organization" in scores.columns else [])]
    first = scores.unique("enterprise", keep="first", maintain_order=True).select(wanted)
    return _Wide(nodes.to_list(), values, first.select(list(by)), _owners(first))


def _wide_of_scores(scores: Scores, by: Sequence[str], profiles: pl.DataFrame | None, items: bool) -> _Wide:
    count = len(scores.matrix.enterprises)
    nodes = [figures.node for figures in scores.figures]
    values = np.array([figures.score for figures in scores.figures])
    if items:
        levels = np.where(scores.matrix.levels >= 0, scores.matrix.levels, np.nan)
        nodes, values = [*nodes, *scores.matrix.items], np.vstack([values, levels])
    if not by:
        return _Wide(nodes, values, pl.DataFrame({"_": np.zeros(count)}).select([]), None)
    if profiles is None:
        raise ReadinessError("Peer groups need a table 'profiles' with the column 'enterprise' and those of 'by'.")
    _demand(profiles, ["enterprise", *by])
    if profiles["enterprise"].n_unique() != profiles.height:
        raise ReadinessError("The profiles hold an enterprise twice. Give one row per enterprise.")
    names = pl.DataFrame({"enterprise": scores.matrix.enterprises})
    joined = names.join(profiles, on="enterprise", how="left", maintain_order="left")
    return _Wide(nodes, values, joined.select(list(by)), _owners(joined))


def _demand(table: pl.DataFrame, columns: Sequence[str]) -> None:
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise ReadinessError(
            f"The table of peers lacks the column {', '.join(missing)}; it has {', '.join(table.columns)}. Add it, "
            "or leave it out of 'by'."
        )


def _owners(table: pl.DataFrame) -> Ints | None:
    return encode_names(table["organization"])[1] if "organization" in table.columns else None


class _Tree:
    """Nested groups (all, then one more column at a time) with what may be shown of each."""

    def __init__(self, wide: _Wide, by: tuple[str, ...], min_group: int) -> None:
        self.wide, self.by = wide, by
        self.min_group = release.smallest_group(min_group)
        members = wide.values.shape[1]
        self.keys: list[list[tuple[Any, ...]]] = [[()]]
        self.codes: list[Ints] = [np.zeros(members, dtype=np.int64)]
        self.parents: list[Ints] = [np.zeros(1, dtype=np.int64)]
        for depth in range(1, len(by) + 1):
            self._split(depth)
        self.quantiles: dict[int, Floats] = {}
        self.counts = [self._counts(depth) for depth in range(len(by) + 1)]
        self.reasons = self._reasons()

    def _split(self, depth: int) -> None:
        values, code = encode_names(self.wide.profiles[self.by[depth - 1]])
        pairs = self.codes[-1] * max(len(values), 1) + code
        unique, first, inverse = np.unique(pairs, return_index=True, return_inverse=True)
        words = values.to_list()
        parents = unique // max(len(values), 1)
        self.keys.append(
            [(*self.keys[-1][p], words[code[f]]) for p, f in zip(parents.tolist(), first.tolist(), strict=True)]
        )
        self.codes.append(inverse.astype(np.int64))
        self.parents.append(parents)

    def _counts(self, depth: int) -> tuple[Ints, Floats | None]:
        """Count the members of each group and node; with owners, count them and find the largest share."""
        size, known = len(self.keys[depth]), ~np.isnan(self.wide.values)
        code = self.codes[depth]
        rows = np.array([np.bincount(code[k], minlength=size) for k in known]).reshape(len(known), size)
        if self.wide.owners is None:
            return rows, None
        owners, largest = np.zeros_like(rows), np.zeros(rows.shape)
        for node, k in enumerate(known):
            pairs, times = np.unique(np.c_[code[k], self.wide.owners[k]], axis=0, return_counts=True)
            np.add.at(owners[node], pairs[:, 0], 1)
            np.maximum.at(largest[node], pairs[:, 0], times)
        return owners, np.divide(largest, rows, out=np.zeros(rows.shape), where=rows > 0)

    def _reasons(self) -> list[npt.NDArray[np.int8]]:
        """Decide from the widest group to the finest, node by node."""
        decided: list[npt.NDArray[np.int8]] = []
        for depth, (n, share) in enumerate(self.counts):
            level = np.zeros(n.shape, dtype=np.int8)
            for node in range(n.shape[0]):
                level[node] = release.suppress(
                    n[node],
                    self.min_group,
                    share=None if share is None else share[node],
                    parents=self.parents[depth] if depth else None,
                    parent_hidden=decided[-1][node] > 0 if depth else None,
                )
            decided.append(level)
        return decided

    def _figures(self, depth: int) -> Floats:
        if depth not in self.quantiles:
            self.quantiles[depth] = grouped_quantiles(
                self.wide.values, self.codes[depth], len(self.keys[depth]), PROBABILITIES
            )[0]
        return self.quantiles[depth]

    def _ancestors(self, depth: int, group: int) -> list[tuple[int, int]]:
        chain = []
        while depth >= 0:
            chain.append((depth, group))
            group, depth = int(self.parents[depth][group]), depth - 1
        return chain

    def table(self) -> pl.DataFrame:
        """One row per finest group and node, wider figures standing in where the group is withheld."""
        depth, nodes = len(self.by), len(self.wide.nodes)
        size = len(self.keys[depth])
        reasons = self.reasons[depth]
        figures = self._figures(depth).copy()
        n = self.counts[depth][0].astype(np.float64)
        pooled = np.full((nodes, size), "", dtype=object)
        for node, group in np.argwhere(reasons > 0):
            figures[node, group], n[node, group] = np.nan, np.nan
            for above, wider in self._ancestors(depth, int(group))[1:]:
                if self.reasons[above][node, wider] == 0:
                    figures[node, group] = self._figures(above)[node, wider]
                    n[node, group] = self.counts[above][0][node, wider]
                    pooled[node, group] = ", ".join(self.by[:above]) or "all"
                    break
        words = np.array([release.reason_code(code) for code in range(4)], dtype=object)
        groups = {
            name: pl.Series([key[at] for key in self.keys[depth]], strict=False).gather(
                np.repeat(np.arange(size), nodes)
            )
            for at, name in enumerate(self.by)
        }
        return pl.DataFrame(
            {
                **groups,
                "node": pl.Series(self.wide.nodes, dtype=pl.String).gather(np.tile(np.arange(nodes), size)),
                "n": pl.Series(n.T.ravel()).fill_nan(None).cast(pl.Int64),
                **{f: pl.Series(figures[:, :, at].T.ravel()).fill_nan(None) for at, f in enumerate(FIGURES)},
                "withheld": pl.Series(words[reasons.T.ravel()].tolist(), dtype=pl.String),
                "pooled": pl.Series(pooled.T.ravel().tolist(), dtype=pl.String),
            }
        )

    def figures(self, node: int, key: tuple[Any, ...], value: float | None) -> PeerFigures:
        """Return the finest shown group that an enterprise belongs to."""
        withheld = ""
        for depth in range(len(self.by), -1, -1):
            wanted = key[:depth]
            group = self.keys[depth].index(wanted) if wanted in self.keys[depth] else None
            reason = 1 if group is None else int(self.reasons[depth][node, group])
            if group is None or reason:
                withheld = withheld or release.reason_code(reason)
                continue
            p10, p25, median, p75, p90 = (round(float(x), 12) for x in self._figures(depth)[node, group])
            others = self.wide.values[node, self.codes[depth] == group]
            rank = None if value is None else round(100 * percentile_rank(float(value), others))
            return PeerFigures(
                tuple(zip(self.by[:depth], (str(part) for part in wanted), strict=True)),
                depth < len(self.by),
                int(self.counts[depth][0][node, group]),
                p10,
                p25,
                median,
                p75,
                p90,
                rank,
                withheld,
            )
        return PeerFigures(withheld=withheld)

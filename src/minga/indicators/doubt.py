"""How sure the scores and ranks of an edition are: intervals of the whole and of its parts. No Django."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from minga.indicators.engine import sampling, uncertainty
from minga.indicators.engine.definition import Index
from minga.indicators.engine.errors import IndicatorsError
from minga.indicators.engine.factors import Jitter
from minga.indicators.engine.result import Result
from minga.indicators.engine.schema import thawed
from minga.indicators.plain import column

Floats = NDArray[np.float64]
REPLICATIONS = 1000
#: how many times the businesses behind figures are drawn anew
RESAMPLES = 500
#: how many units a table of each against each can be read of
MAX_PAIRED = 30


def intervals(
    index: Index, table: pl.DataFrame, fitted: Result, seed: int, replicates: Floats | None
) -> dict[str, Any]:
    """Intervals of score and rank for the whole index, and for every node that has choices of its own."""
    tree = index.tree
    here = table[index.unit].cast(pl.String).is_in(fitted.units.to_list())
    kept = table.filter(here)
    drawn = None if replicates is None else replicates[:, here.to_numpy()]
    found = {}
    for at, code in enumerate(fitted.nodes):
        place = tree.indicators + at
        if place != tree.root and len(tree.children[place]) < 2:
            continue
        part = index if place == tree.root else _branch(index, code)
        again = None if drawn is None else drawn[:, :, [index.codes.index(one) for one in part.codes]]
        held = _interval(part, kept, fitted, at, seed, again, is_whole=part is index)
        if held:
            found[code] = held
    return found


def _branch(index: Index, code: str) -> Index:
    """The part of an index below one of its nodes, as an index."""
    below = {code}
    for _level in range(index.tree.top):
        below |= {node.code for node in index.nodes if node.parent in below}
    nodes = tuple(
        dataclasses.replace(node, parent=None) if node.code == code else node
        for node in index.nodes
        if node.code in below
    )
    indicators = tuple(item for item in index.indicators if item.parent in below)
    # what is said of single parts, or of levels by their number, need not make sense in a branch
    general = tuple((path, value) for path, value in index.uncertain if "." not in path and path != "weights")
    return dataclasses.replace(
        index, indicators=indicators, nodes=nodes, uncertain=general, weight_sets=(), scenarios=()
    )


def _interval(
    part: Index, table: pl.DataFrame, fitted: Result, at: int, seed: int, replicates: Floats | None, *, is_whole: bool
) -> dict[str, Any] | None:
    """Intervals of one node; None where the node by itself is not what it is in the index, so none can be given."""
    uncertain = dict(part.uncertain)
    if "weights" not in uncertain:
        uncertain["weights"] = uncertainty_of_weights(part)
    try:
        drawn, sources = _drawn(part, table, thawed_all(uncertain), seed, replicates)
    except IndicatorsError:
        return None
    same = np.allclose(
        drawn.scores["nominal"].fill_null(np.nan).to_numpy(), fitted.node_scores[:, at],
        rtol=1e-9, atol=1e-9, equal_nan=True,
    )  # fmt: skip
    if list(drawn.units) != [str(unit) for unit in fitted.units.to_list()] or not same:
        return None
    found: dict[str, Any] = _ends(drawn) | {"failed": drawn.failed, "choices": sorted(uncertain)}
    if sources is not None:
        found["sources"] = {"method": _ends(sources.method), "sampling": _ends(sources.sampling)}
    if is_whole and len(drawn.units) <= MAX_PAIRED:
        found["above"] = _above(drawn)
    return found


def _drawn(
    part: Index, table: pl.DataFrame, uncertain: dict[str, Any], seed: int, replicates: Floats | None
) -> tuple[uncertainty.Uncertainty, sampling.Sources | None]:
    """Doubt in all, and where figures come from samples, apart by its source."""
    if replicates is None or np.isnan(replicates).all():
        return uncertainty.uncertainty(part, table, uncertain, n=REPLICATIONS, seed=seed), None
    sources = sampling.uncertainty_sources(part, table, replicates, uncertain, n=REPLICATIONS, seed=seed)
    return sources.together, sources


def _ends(drawn: uncertainty.Uncertainty) -> dict[str, Any]:
    return {
        "score_low": column(drawn.scores["low"].fill_null(np.nan).to_numpy()),
        "score_high": column(drawn.scores["high"].fill_null(np.nan).to_numpy()),
        "rank_low": column(drawn.ranks["low"].fill_null(np.nan).to_numpy()),
        "rank_median": column(drawn.ranks["median"].fill_null(np.nan).to_numpy()),
        "rank_high": column(drawn.ranks["high"].fill_null(np.nan).to_numpy()),
    }


def _above(drawn: uncertainty.Uncertainty) -> list[list[float | None]]:
    """In which share of the calculations each unit ranks above each other: a row a unit, in the order of the units."""
    shares = {(unit, other): share for unit, other, share in drawn.pairwise.iter_rows()}
    return [[_share(shares[unit, other]) for other in drawn.units] for unit in drawn.units]


def _share(value: float) -> float | None:
    return None if not math.isfinite(value) else round(value, 4)


def uncertainty_of_weights(index: Index) -> Any:
    """What moves when a definition says nothing on weights: each by up to a quarter."""
    return Jitter(0.25)


def thawed_all(uncertain: dict[str, Any]) -> dict[str, Any]:
    """Turn the choices of a definition back into what they were written as."""
    return {path: thawed(value) for path, value in uncertain.items()}

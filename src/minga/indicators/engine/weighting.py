"""What weights really say: effective weights, and noise around them."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from minga.indicators.engine.definition import Index
from minga.indicators.engine.pipeline import weight_row
from minga.indicators.engine.structure import Tree

Floats = NDArray[np.float64]


def effective_weights(index: Index, weights: dict[str, float] | None = None) -> pl.DataFrame:
    """The part each indicator and node has in the index, the weights of siblings rescaled to sum to one.

    ``weights`` replaces those of the definition, so that the effective weights shown are of the weights used.

    Returns
    -------
    one row per indicator and node: ``code``, ``level``, ``weight``, ``effective``.
    """
    if weights is not None:
        index = index.replace("weights", weights)
    tree, row = index.tree, weight_row(index)
    return pl.DataFrame({
        "code": tree.codes, "level": tree.levels, "weight": row, "effective": effective(tree, row),
    })  # fmt: skip


def effective(tree: Tree, weights: Floats) -> Floats:
    """Effective weights of one row of weights."""
    out = np.zeros(weights.size)
    out[tree.root] = 1.0
    for position in sorted(tree.order, key=lambda at: -tree.levels[at]):
        children = list(tree.children[position])
        total = weights[children].sum()
        if total > 0:
            out[children] = out[position] * weights[children] / total
    return out


def noisy_weights(index: Index, noise: dict[int, float], n: int, *, seed: int = 1) -> pl.DataFrame:
    """Draw weights around those of the definition: ``w * (1 + U(-f, f))`` with a factor f per level.

    Returns one row per draw and item: ``draw``, ``code``, ``weight``.
    """
    drawn = draw_noise(index, noise, n, np.random.default_rng(seed))
    codes = index.tree.codes
    return pl.DataFrame({
        "draw": np.repeat(np.arange(1, n + 1), len(codes)), "code": list(codes) * n, "weight": drawn.ravel(),
    })  # fmt: skip


def draw_noise(index: Index, noise: dict[int, float], n: int, random: np.random.Generator) -> Floats:
    """Draw n rows of weights, in the order of the tree."""
    tree = index.tree
    factor = np.array([noise.get(level, 0.0) for level in tree.levels])
    return np.asarray(weight_row(index) * (1.0 + factor * random.uniform(-1.0, 1.0, size=(n, len(tree.codes)))))

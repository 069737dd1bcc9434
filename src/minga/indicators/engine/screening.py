"""How much of the data is there, by unit and by aggregate, and which units have too little of it."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from minga.indicators.engine.data import Data, read
from minga.indicators.engine.definition import Index
from minga.indicators.engine.steps import Screen

Floats = NDArray[np.float64]


def keep_mask(values: Floats, units: pl.Series, step: Screen) -> NDArray[np.bool_]:
    """Tell which units stay; ``keep`` and ``drop`` of the step win over the shares."""
    if step.method == "none" and not step.drop:
        return np.ones(len(units), dtype=np.bool_)
    low_data, low_nonzero = _flags(values, step)
    lost = {"none": np.zeros(len(units), dtype=np.bool_), "missing": low_data, "zeros": low_nonzero,
            "missing_and_zeros": low_data | low_nonzero}[step.method]  # fmt: skip
    kept = ~lost | units.is_in(list(step.keep)).to_numpy()
    return np.asarray(kept & ~units.is_in(list(step.drop)).to_numpy(), dtype=np.bool_)


def _counts(values: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return np.isnan(values).sum(axis=1), (values == 0).sum(axis=1)


def _flags(values: Floats, step: Screen) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    missing, zeros = _counts(values)
    seen = values.shape[1] - missing
    with np.errstate(invalid="ignore", divide="ignore"):
        nonzero = (seen - zeros) / seen
    return seen / values.shape[1] < step.min_available, nonzero < step.min_nonzero


def availability(index: Index, table: pl.DataFrame, *, by: str = "unit") -> pl.DataFrame:
    """Count what is there.

    Parameters
    ----------
    index : Index
    table : one row per unit
    by : ``"unit"`` or ``"node"``

    Returns
    -------
    by unit: ``n_missing``, ``n_zero``, ``n_missing_or_zero``, ``available`` and ``nonzero`` (shares; nonzero of the
    values seen). By node: for every unit, the share of indicators below each node that has a value.

    Source: OECD and JRC (2008), step 3; rules of COINr ``get_data_avail``.
    """
    data = read(index, table)
    keys = _keys(index, data)
    if by == "unit":
        return keys.hstack(_summary(data.values))
    seen = ~np.isnan(data.values)
    tree = index.tree
    shares = {
        tree.codes[position]: seen[:, tree.leaves(position)].mean(axis=1)
        for position in tree.order
        if tree.children[position]
    }
    return keys.hstack(pl.DataFrame(shares))


def _keys(index: Index, data: Data) -> pl.DataFrame:
    keys = {index.unit: data.units}
    if data.times is not None and index.panel.time:
        keys[index.panel.time] = data.times
    return pl.DataFrame(keys)


def _summary(values: Floats) -> pl.DataFrame:
    missing, zeros = _counts(values)
    seen = values.shape[1] - missing
    with np.errstate(invalid="ignore", divide="ignore"):
        nonzero = (seen - zeros) / seen
    return pl.DataFrame({
        "n_missing": missing, "n_zero": zeros, "n_missing_or_zero": missing + zeros,
        "available": seen / values.shape[1], "nonzero": nonzero,
    })  # fmt: skip


def screen(index: Index, table: pl.DataFrame, step: Screen | None = None) -> pl.DataFrame:
    """Show for every unit whether it has enough values, with the figures behind the answer.

    Returns the availability by unit, ``low_data``, ``low_nonzero`` and ``included``.
    """
    step = step or index.screen
    data = read(index, table)
    low_data, low_nonzero = _flags(data.values, step)
    flags = pl.DataFrame({
        "low_data": low_data, "low_nonzero": low_nonzero, "included": keep_mask(data.values, data.units, step),
    })  # fmt: skip
    return _keys(index, data).hstack(_summary(data.values)).hstack(flags)

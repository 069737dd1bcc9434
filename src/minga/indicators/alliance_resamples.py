"""What an edition of the readiness index would have held had other businesses taken part.

Businesses are drawn anew inside readiness; here come only medians of groups the policy lets be shown, and from here
go only the intervals of an edition.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from minga.indicators import alliance
from minga.indicators.calculation import BASIS, POOLED
from minga.indicators.doubt import RESAMPLES
from minga.indicators.engine.definition import Index
from minga.indicators.engine.errors import IndicatorsError
from minga.indicators.models import CompositeIndex, Edition
from minga.readiness import selectors as readiness

Floats = NDArray[np.float64]
#: the medians behind a figure with their signs: one, or the two sides of a gap
Parts = list[tuple[float, readiness.Cell]]


def resampled(edition: Edition, definition: Index, table: pl.DataFrame) -> Floats | None:
    """Return the replicates of an edition's table, for the engine; None where its figures are no samples.

    Returns
    -------
    array (times, units, indicators)
        The figure of the edition and by how much it moves with the businesses drawn; NaN for figures that are no
        medians of businesses.

    Raises
    ------
    IndicatorsError
        A group behind a figure no longer holds enough businesses.
    """
    if edition.index.kind != CompositeIndex.Kind.READINESS:
        return None
    figures = {
        (row, at): parts
        for at, code in enumerate(definition.codes)
        if f"{code}{BASIS}" in table.columns
        for row, values in enumerate(table.iter_rows(named=True))
        if values[code] is not None and (parts := _parts(edition.index.units, code, values))
    }
    cells = [cell for parts in figures.values() for _sign, cell in parts]
    _, finest = alliance.GROUPS[edition.index.units]
    today, drawn = readiness.medians_resampled(
        is_sample=edition.index.is_sample, within=finest, cells=cells, times=RESAMPLES, seed=edition.seed
    )
    if np.isnan(today).any():
        raise IndicatorsError(
            "Businesses took their consent back since this draft was made, and a group behind its figures is now too "
            "small to be shown. Delete the draft and calculate the index anew."
        )
    found = np.full((RESAMPLES, table.height, len(definition.codes)), np.nan)
    at = 0
    for (row, column), parts in figures.items():
        moved = np.zeros(RESAMPLES)
        for sign, _cell in parts:
            moved += sign * (drawn[:, at] - today[at])
            at += 1
        # a figure of the draft may be some days older than the businesses drawn: it moves by what they move
        found[:, row, column] = table[definition.codes[column]][row] + moved
    return found


def _parts(units: str, code: str, row: dict[str, str]) -> Parts:
    wider, finest = alliance.GROUPS[units]
    basis = row[f"{code}{BASIS}"]
    gap = next((one for one in alliance.GAPS if one[0] == code), None)
    if gap is None:
        return [(1.0, readiness.Cell(code, basis, {finest: row["code"]}))]
    _code, grouping, behind, ahead = gap
    width = {"": {finest: row["code"]}, wider: {wider: row["group"]}, "all": {}}[row[f"{code}{POOLED}"]]
    return [
        (1.0, readiness.Cell(alliance.TOTAL, basis, {grouping: ahead, **width})),
        (-1.0, readiness.Cell(alliance.TOTAL, basis, {grouping: behind, **width})),
    ]

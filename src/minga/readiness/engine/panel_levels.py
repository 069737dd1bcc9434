"""The level of a panel in each factor, how sure it is, and its gap to what the firms say of themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from minga.readiness.engine.instrument import Instrument
from minga.readiness.engine.panel import LEAST_PEOPLE, Floats, PanelMatrix, lower_medians, panel_matrix
from minga.readiness.engine.scoring import MIN_FACTORS, TOTAL
from minga.stats.resampling import resamples

#: A factor has a level if at least so many of its items do, as for enterprises.
MIN_SHARE = 2 / 3
#: How often the panel is drawn anew for an interval, from which start, and how much of the draws it holds.
DRAWS, SEED, COVERED = 2000, 20260315, 0.90
_ROUNDING = 1e-9


@dataclass(frozen=True)
class PanelLevel:
    """Where a panel sees one factor (or all of them); None where too few people or items have a level.

    ``lower`` and ``upper`` hold the middle 90 % of what panels drawn anew from the same people say.
    """

    node: str
    name: str
    level: float | None
    lower: float | None
    upper: float | None
    items: int
    asked: int


@dataclass(frozen=True)
class FirmFigure:
    """The middle of the firms' own results in a factor, as the disclosure policy lets it out.

    ``drawn`` holds what it would have been had other firms taken part; empty where that is not known.
    """

    median: float
    n: int
    drawn: tuple[float, ...] = ()


@dataclass(frozen=True)
class Gap:
    """A panel's level beside the firms' own: a finding on how differently two sides look, never a mistake.

    ``difference`` is panel minus firms; it is called a gap only if its interval leaves 0 out.
    """

    node: str
    name: str
    panel: float
    firms: float
    n_firms: int
    difference: float
    lower: float | None
    upper: float | None
    is_gap: bool


def panel_levels(
    answers: pl.DataFrame, instrument: Instrument, *, mapped_only: bool = False, times: int = DRAWS, seed: int = SEED
) -> tuple[PanelLevel, ...]:
    """Give the panel's level in each factor and over all.

    Parameters
    ----------
    answers : table, one row per answer
        As for ``panel_matrix``.
    instrument : Instrument
    mapped_only : bool
        Take only items that name items of the enterprise instrument (``enterprise_items``).
    times, seed : int
        How often people are drawn anew for the interval; the same seed gives the same interval.

    Returns
    -------
    tuple of PanelLevel
        One a factor of the instrument, in its order, and ``total`` last.

    Notes
    -----
    An item's value is the lower median of at least five people. A factor's level is the mean of its items' values if
    two thirds of them have one; the total is the mean of the factors if six of seven have one. For the interval the
    same number of people is drawn with replacement, each person with all answers. Where everybody gives the same
    level the interval has no width: that says that the panel agrees, not that it is right.

    Source: Efron (1979), Annals of Statistics 7(1), 1-26, percentile interval; docs/methods/panel.md.
    """
    matrix = panel_matrix(answers, instrument)
    return _levels(matrix, instrument, _drawn_nodes(matrix, instrument, mapped_only, times, seed), mapped_only)


def panel_gaps(
    answers: pl.DataFrame,
    instrument: Instrument,
    firms: Mapping[str, FirmFigure],
    *,
    times: int = DRAWS,
    seed: int = SEED,
) -> tuple[Gap, ...]:
    """Put the panel's level beside the firms' own results, factor by factor.

    Parameters
    ----------
    answers : table, one row per answer
        As for ``panel_matrix``: the last round.
    instrument : Instrument
    firms : mapping
        By factor, what the disclosure policy lets out. Factors that are not in it are left out.
    times, seed : int
        As for ``panel_levels``.

    Returns
    -------
    tuple of Gap
        In the order of the instrument. Without draws of the firms the interval stands on the panel alone.

    Notes
    -----
    Only items with ``enterprise_items`` count on the panel's side. The two sides answer different questions (what a
    place offers, and what a firm does), so the difference says where views and conditions part, not who errs.
    """
    matrix = panel_matrix(answers, instrument)
    drawn = _drawn_nodes(matrix, instrument, True, times, seed)
    known = {one.node: one for one in _levels(matrix, instrument, drawn, True)}
    return tuple(
        _gap(known[factor.id], firms[factor.id], drawn[factor.id])
        for factor in instrument.factors
        if factor.id in firms and known[factor.id].level is not None
    )


def _gap(panel: PanelLevel, firms: FirmFigure, drawn: Floats) -> Gap:
    level = float(panel.level or 0.0)
    theirs = np.array(firms.drawn) if firms.drawn else np.full(len(drawn), firms.median)
    pairs = min(len(drawn), len(theirs))
    low, high = _middle(drawn[:pairs] - theirs[:pairs])
    return Gap(
        node=panel.node,
        name=panel.name,
        panel=level,
        firms=firms.median,
        n_firms=firms.n,
        difference=level - firms.median,
        lower=low,
        upper=high,
        is_gap=low is not None and high is not None and (low > _ROUNDING or high < -_ROUNDING),
    )


def _columns(matrix: PanelMatrix, instrument: Instrument, factor: str, mapped_only: bool) -> list[int]:
    """Return where the items of a factor stand that enough people gave a level."""
    enough = (~np.isnan(matrix.levels)).sum(axis=0) >= LEAST_PEOPLE
    return [
        at for at, item in enumerate(matrix.items) if enough[at] and item in _asked(instrument, factor, mapped_only)
    ]


def _asked(instrument: Instrument, factor: str, mapped_only: bool) -> list[str]:
    return [one.id for one in instrument.items_of(factor) if one.enterprise_items or not mapped_only]


def _has_level(matrix: PanelMatrix, instrument: Instrument, factor: str, mapped_only: bool) -> bool:
    found, asked = (
        len(_columns(matrix, instrument, factor, mapped_only)),
        len(_asked(instrument, factor, mapped_only)),
    )
    return bool(found) and found >= MIN_SHARE * asked - _ROUNDING


def _nodes(values: Floats, matrix: PanelMatrix, instrument: Instrument, mapped_only: bool) -> dict[str, Floats]:
    """Turn values of items (in the last axis) into those of factors and of all."""
    found: dict[str, Floats] = {}
    for factor in instrument.factors:
        if _has_level(matrix, instrument, factor.id, mapped_only):
            columns = _columns(matrix, instrument, factor.id, mapped_only)
            found[factor.id] = _mean(values[..., columns])
    if len(found) * MIN_FACTORS[1] >= len(instrument.factors) * MIN_FACTORS[0]:
        found[TOTAL] = _mean(np.stack(list(found.values()), axis=-1))
    return found


def _mean(values: Floats) -> Floats:
    """Return the mean of the last axis; a draw that holds nobody who answered an item leaves that item out."""
    known = ~np.isnan(values)
    count = known.sum(axis=-1)
    total = np.where(known, values, 0.0).sum(axis=-1)
    mean: Floats = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return mean


def _drawn_nodes(
    matrix: PanelMatrix, instrument: Instrument, mapped_only: bool, times: int, seed: int
) -> dict[str, Floats]:
    """Return what each node would be had the panel been drawn anew from its own people."""
    if not len(matrix.people):
        return {}
    # people stand in the order of what they answered, so that neither names nor order change an interval
    order = np.lexsort(np.nan_to_num(matrix.levels, nan=-1.0).T[::-1])
    ordered = matrix.levels[order]
    strata = np.zeros(len(ordered), dtype=np.int64)
    drawn = [lower_medians(ordered[people]) for people in resamples(strata, times, seed)]
    return _nodes(np.concatenate(drawn), matrix, instrument, mapped_only)


def _levels(
    matrix: PanelMatrix, instrument: Instrument, drawn: Mapping[str, Floats], mapped_only: bool
) -> tuple[PanelLevel, ...]:
    values = _nodes(lower_medians(matrix.levels), matrix, instrument, mapped_only) if len(matrix.people) else {}
    named = [*((factor.id, factor.name) for factor in instrument.factors), (TOTAL, TOTAL)]
    counts = {factor: _count(matrix, instrument, [factor], mapped_only) for factor in instrument.factor_ids}
    counts[TOTAL] = _count(matrix, instrument, instrument.factor_ids, mapped_only)
    found = []
    for node, name in named:
        low, high = _middle(drawn[node]) if node in values else (None, None)
        level = float(values[node]) if node in values else None
        found.append(PanelLevel(node, name, level, low, high, *counts[node]))
    return tuple(found)


def _count(matrix: PanelMatrix, instrument: Instrument, factors: Sequence[str], mapped_only: bool) -> tuple[int, int]:
    """Return how many items have a value, and how many are asked."""
    found = sum(len(_columns(matrix, instrument, factor, mapped_only)) for factor in factors)
    return found, sum(len(_asked(instrument, factor, mapped_only)) for factor in factors)


def _middle(drawn: Floats) -> tuple[float | None, float | None]:
    """Return between what the middle 90 % of the draws lie."""
    known = drawn[~np.isnan(drawn)]
    if not len(known):
        return None, None
    tail = 100 * (1 - COVERED) / 2
    low, high = np.percentile(known, [tail, 100 - tail])
    return float(low), float(high)

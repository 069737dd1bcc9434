"""A panel's two rounds: the middle and the spread of every item, what to talk about, and what moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from minga.readiness.engine.errors import AnswerError
from minga.readiness.engine.instrument import Instrument
from minga.readiness.engine.respondents import DISCUSS_FROM

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

#: Fewer people than this make no level, no consensus and no published figure.
LEAST_PEOPLE = 5
#: Agreed means: the middle half of the panel lies within so many levels. A panel fixes it before its first round.
WITHIN = 1.0
#: How an answer says that somebody does not know; an empty level says that nothing was answered.
UNKNOWN = "dk"


@dataclass(frozen=True)
class PanelMatrix:
    """The answers of one round: people in rows, items of the instrument in columns, NaN where there is no level."""

    people: tuple[str, ...]
    items: tuple[str, ...]
    levels: Floats
    unknown: Bools


def panel_matrix(answers: pl.DataFrame, instrument: Instrument) -> PanelMatrix:
    """Lay the answers of one round out as a matrix.

    Parameters
    ----------
    answers : table, one row per answer
        ``panellist``, ``item``, ``level`` (0 to 5, ``dk``, or empty where nothing was answered).
    instrument : Instrument

    Raises
    ------
    AnswerError
        A column is missing, an item is not in the instrument, a level is off its scale, or somebody answered an item
        twice.
    """
    missing = [name for name in ("panellist", "item", "level") if name not in answers.columns]
    if missing:
        raise AnswerError(
            f"The answers of a panel lack the column {', '.join(missing)}. "
            "Give one row an answer with panellist, item and level."
        )
    rows = answers.select(pl.col("panellist", "item", "level").cast(pl.String)).rows()
    people = tuple(sorted({str(who) for who, _item, _level in rows}))
    at_person = {who: at for at, who in enumerate(people)}
    at_item = {item: at for at, item in enumerate(instrument.item_ids)}
    levels = np.full((len(people), len(at_item)), np.nan)
    unknown = np.zeros(levels.shape, dtype=np.bool_)
    seen: set[tuple[str, str]] = set()
    for who, item, level in rows:
        if item not in at_item:
            raise AnswerError(f"Panellist {who} answered item {item!r}, which is not in {instrument.id}. Remove it.")
        if (str(who), item) in seen:
            raise AnswerError(f"Panellist {who} answered item {item!r} twice in one round. Keep one of the answers.")
        seen.add((str(who), item))
        place = at_person[str(who)], at_item[item]
        unknown[place] = level == UNKNOWN
        levels[place] = _level(level, item, str(who), instrument)
    return PanelMatrix(people, instrument.item_ids, levels, unknown)


def _level(text: str | None, item: str, who: str, instrument: Instrument) -> float:
    if text is None or not text.strip() or text == UNKNOWN:
        return float("nan")
    lowest, top = instrument.scale.min, instrument.top_level
    if text.strip() not in {str(level) for level in range(lowest, top + 1)}:
        raise AnswerError(
            f"Panellist {who} gives item {item!r} the level {text!r}, but levels run from {lowest} to {top}. "
            f"Correct the level, or write {UNKNOWN!r} where the panellist does not know."
        )
    return float(text)


def lower_medians(levels: Floats) -> Floats:
    """Return the lower median over the last axis but one, people; NaN where nobody gave a level.

    With an even number of people the lower of the two in the middle is taken, so that the result is a level that
    somebody gave.

    Source: rule "one_enterprise_many_voices" of the scoring rules.
    """
    ordered = np.sort(np.where(np.isnan(levels), np.inf, levels), axis=-2)
    count = np.isfinite(ordered).sum(axis=-2, keepdims=True)
    middle = np.take_along_axis(ordered, np.maximum(count - 1, 0) // 2, axis=-2)
    found: Floats = np.where(count > 0, middle, np.nan).squeeze(axis=-2)
    return found


def summarise_round(answers: pl.DataFrame, instrument: Instrument, *, within: float = WITHIN) -> pl.DataFrame:
    """Say of every item where the panel stands, how far apart it is, and whether it agrees.

    Parameters
    ----------
    answers : table, one row per answer
        As for ``panel_matrix``.
    instrument : Instrument
    within : float, in levels
        The panel agrees on an item if its middle half lies within so many levels.

    Returns
    -------
    table, one row per item in the order of the instrument
        ``item``, ``factor``, ``n`` (who gave a level), ``unknown`` (who does not know), ``median``, ``level`` (lower
        median), ``q1``, ``q3``, ``iqr`` (middle half), ``lowest``, ``highest``, ``spread``, ``near`` (share of pairs
        of people at most one level apart, 0 to 1), ``discuss`` (spread of two levels or more), ``agreed``. Figures
        are null where nobody gave a level, and ``agreed`` is false below five people.

    Source: quartiles by linear interpolation (Hyndman and Fan 1996, type 7); consensus in Delphi studies by the
    interquartile range: von der Gracht (2012), Technological Forecasting and Social Change 79(8), 1525-1536.
    """
    matrix = panel_matrix(answers, instrument)
    rows = [_summary(matrix, at, instrument, within) for at in range(len(matrix.items))]
    return pl.DataFrame(rows, schema=_SUMMARY)


_SUMMARY: dict[str, Any] = {
    "item": pl.String,
    "factor": pl.String,
    "n": pl.Int64,
    "unknown": pl.Int64,
    "median": pl.Float64,
    "level": pl.Int64,
    "q1": pl.Float64,
    "q3": pl.Float64,
    "iqr": pl.Float64,
    "lowest": pl.Int64,
    "highest": pl.Int64,
    "spread": pl.Int64,
    "near": pl.Float64,
    "discuss": pl.Boolean,
    "agreed": pl.Boolean,
}


def _summary(matrix: PanelMatrix, at: int, instrument: Instrument, within: float) -> dict[str, Any]:
    item = matrix.items[at]
    given = np.sort(matrix.levels[:, at][~np.isnan(matrix.levels[:, at])])
    n = len(given)
    row: dict[str, Any] = dict.fromkeys(_SUMMARY)
    row |= {
        "item": item,
        "factor": instrument.item(item).factor,
        "n": n,
        "unknown": int(matrix.unknown[:, at].sum()),
        "discuss": False,
        "agreed": False,
    }
    if not n:
        return row
    q1, median, q3 = (float(value) for value in np.percentile(given, [25, 50, 75]))
    spread = int(given[-1] - given[0])
    return row | {
        "median": median,
        "level": int(given[(n - 1) // 2]),
        "q1": q1,
        "q3": q3,
        "iqr": q3 - q1,
        "lowest": int(given[0]),
        "highest": int(given[-1]),
        "spread": spread,
        "near": _near(given),
        "discuss": spread >= DISCUSS_FROM,
        "agreed": n >= LEAST_PEOPLE and q3 - q1 <= within,
    }


def _near(given: Floats) -> float | None:
    """Return the share of pairs of people whose levels lie at most one apart; None for fewer than two people."""
    if len(given) < 2:
        return None
    first, second = np.triu_indices(len(given), k=1)
    return float(np.mean(np.abs(given[first] - given[second]) <= 1))


def to_discuss(summary: pl.DataFrame) -> list[str]:
    """Return the items that the panel should talk about, those that lie furthest apart first.

    Parameters
    ----------
    summary : table of ``summarise_round``
    """
    apart = summary.with_row_index("at").filter("discuss")
    return apart.sort("iqr", "spread", "at", descending=[True, True, False])["item"].to_list()


def moves(first: pl.DataFrame, second: pl.DataFrame, instrument: Instrument) -> pl.DataFrame:
    """Say what moved between the rounds, person by person and without names.

    Parameters
    ----------
    first, second : tables, one row per answer
        As for ``panel_matrix``; the same name in ``panellist`` is the same person.
    instrument : Instrument

    Returns
    -------
    table, one row per item in the order of the instrument
        ``item``, ``paired`` (who gave a level in both rounds), ``kept``, ``towards``, ``away`` and ``across`` (nearer
        to, further from, or as far on the other side of the first round's median), ``up``, ``down``, and
        ``iqr_change`` (second minus first; below 0 the panel came closer; null where a round has no level).

    Notes
    -----
    Only people who gave a level in both rounds are compared, so that someone who came or left is no movement. The
    median and the middle halves are those of everybody in the round.

    Source: stability between rounds as the stopping rule of Delphi studies: Dajani, Sincoff and Talley (1979),
    Technological Forecasting and Social Change 13(1), 83-90.
    """
    before, after = panel_matrix(first, instrument), panel_matrix(second, instrument)
    shared = [who for who in before.people if who in set(after.people)]
    rows_before = [before.people.index(who) for who in shared]
    rows_after = [after.people.index(who) for who in shared]
    rows = []
    for at, item in enumerate(before.items):
        middle, change = _middle_and_change(before.levels[:, at], after.levels[:, at])
        was, became = before.levels[rows_before, at], after.levels[rows_after, at]
        both = ~np.isnan(was) & ~np.isnan(became)
        rows.append({"item": item, **_moved(was[both], became[both], middle), "iqr_change": change})
    return pl.DataFrame(rows, schema=_MOVES)


_MOVES: dict[str, Any] = {
    "item": pl.String,
    **dict.fromkeys(("paired", "kept", "towards", "away", "across", "up", "down"), pl.Int64),
    "iqr_change": pl.Float64,
}


def _middle_and_change(before: Floats, after: Floats) -> tuple[float, float | None]:
    old, new = before[~np.isnan(before)], after[~np.isnan(after)]
    middle = float(np.median(old)) if len(old) else float("nan")
    if not len(old) or not len(new):
        return middle, None
    halves = [float(np.subtract(*np.percentile(values, [75, 25]))) for values in (old, new)]
    return middle, halves[1] - halves[0]


def _moved(was: Floats, became: Floats, middle: float) -> dict[str, int]:
    changed = was != became
    nearer = np.abs(became - middle) - np.abs(was - middle)
    return {
        "paired": len(was),
        "kept": int((~changed).sum()),
        "towards": int((changed & (nearer < 0)).sum()),
        "away": int((changed & (nearer > 0)).sum()),
        "across": int((changed & (nearer == 0)).sum()),
        "up": int((became > was).sum()),
        "down": int((became < was).sum()),
    }


def histogram(levels: Sequence[float | None], top_level: int) -> list[int]:
    """Count how often each level was given, lowest first; for the panel's own pages, where nobody is named."""
    given = np.array([level for level in levels if level is not None], dtype=np.int64)
    return [int(count) for count in np.bincount(given, minlength=top_level + 1)]

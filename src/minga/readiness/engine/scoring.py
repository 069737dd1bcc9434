"""Scores: items to factors to a total, with the two thirds rule, intervals, bands and weak links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from minga.readiness.engine import intervals
from minga.readiness.engine.answers import NA, STATES, AnswerMatrix, Levels, answer_matrix
from minga.readiness.engine.bands import bands
from minga.readiness.engine.errors import ReadinessError
from minga.readiness.engine.instrument import Instrument, Item

Kind = Literal["local", "link"]
Form = Literal["full", "short"]
Floats = npt.NDArray[np.float64]
TOTAL = "total"
#: A factor is scored from two thirds of its applicable items, a total from six of seven factors.
MIN_ANSWERED = (2, 3)
MIN_FACTORS = (6, 7)
_NO_LEVEL = np.iinfo(np.int32).max


@dataclass(frozen=True)
class NodeFigures:
    """The figures of one factor (or the total) for every enterprise, NaN where not scored."""

    node: str
    score: Floats
    answered: Floats
    n: npt.NDArray[np.int64]
    applicable: npt.NDArray[np.int64]
    error: Floats
    degrees: Floats
    floor_item: npt.NDArray[np.int64]
    floor_level: Floats

    def part(self, at: slice) -> NodeFigures:
        """Return the figures of some of the enterprises."""
        arrays = {f.name: getattr(self, f.name)[at] for f in fields(self) if f.name != "node"}
        return NodeFigures(node=self.node, **arrays)


@dataclass(frozen=True, eq=False)
class Scores:
    """Scores of one kind and form; ``nodes`` and ``items`` are made when they are first asked for."""

    instrument: Instrument
    kind: str
    form: str
    matrix: AnswerMatrix
    figures: tuple[NodeFigures, ...]

    @cached_property
    def nodes(self) -> pl.DataFrame:
        """One row per enterprise and node (factor ids, then ``total``).

        ``enterprise``, ``kind``, ``node``, ``score`` (0 to the top level, null where not scored), ``answered``
        (share of the applicable items, 0 to 1), ``lower`` and ``upper`` (90 % interval), ``n`` (answered
        items), ``band``, ``floor_item`` and ``floor_level`` (the lowest item).
        """
        return _nodes_table(self.figures, self.matrix, self.instrument, self.kind)

    @property
    def label(self) -> str:
        """What a reader must know beside the figures."""
        return "short form" if self.form == "short" else "full form"

    @cached_property
    def items(self) -> pl.DataFrame:
        """One row per enterprise and item of the form.

        ``enterprise``, ``item``, ``factor``, ``level`` (null where none), ``spread``, ``voices``, ``state`` (answered,
        dk, na, blank), ``anchor``, ``asked`` (whether the item belongs to the form).
        """
        return _items_table(self.matrix, self.instrument, self.form)

    @property
    def enterprises(self) -> list[Any]:
        """The enterprises in the order of the answers."""
        return list(self.matrix.enterprises.to_list())

    def only(self, enterprise: Any) -> Scores:
        """Return the scores of one enterprise."""
        matrix = self.matrix.only(enterprise)
        at = self.matrix.position[enterprise]
        figures = tuple(node.part(slice(at, at + 1)) for node in self.figures)
        return Scores(self.instrument, self.kind, self.form, matrix, figures)

    def the_one(self, enterprise: Any = None) -> Scores:
        """Return the scores of the named enterprise, or of the only one there is."""
        if enterprise is not None:
            return self.only(enterprise)
        if len(self.enterprises) != 1:
            raise ReadinessError(
                f"The scores hold {len(self.enterprises)} enterprises, but this needs one. Name the enterprise."
            )
        return self


def score(
    answers: pl.DataFrame | AnswerMatrix, instrument: Instrument, kind: Kind = "local", form: Form = "full"
) -> Scores:
    """Score each enterprise on every factor it answered, and in total.

    A score is the weighted mean level of the answered items. An unanswered item is left out and never
    counts as zero, but it stays in the denominator of what must be answered; "does not apply" leaves it.

    Parameters
    ----------
    answers : table, one row per answer, or AnswerMatrix
        ``enterprise``, ``item``, ``level`` (0 = lowest ... top level, ``dk``, ``na``), optionally ``respondent``.
    instrument : Instrument
    kind : "local" or "link"
        ``local``: all items of the merged instrument with its weights. ``link``: anchor items only, with the
        weights of the base, so that results compare across overlays.
    form : "full" or "short"

    Returns
    -------
    Scores
        ``nodes`` and ``items`` as tables.

    Raises
    ------
    AnswerError
        An item is not in the instrument, or a level is off its scale; ``problems`` lists every row.

    Source: weighted arithmetic mean, OECD and JRC (2008), step 7; the rules stand in docs/methods/scoring.md.
    """
    if kind not in ("local", "link"):
        raise ReadinessError(f"The kind of score is {kind!r}. Choose 'local' or 'link'.")
    matrix = answers if isinstance(answers, AnswerMatrix) else answer_matrix(answers, instrument)
    return Scores(instrument, kind, form, matrix, tuple(node_figures(matrix, instrument, kind, form)))


def pool(instrument: Instrument, factor: str, kind: str, form: str) -> tuple[Item, ...]:
    """Return the items of a factor that count for a kind of score in a form."""
    return tuple(i for i in instrument.items_of(factor, form) if kind == "local" or i.anchor)


def node_figures(matrix: AnswerMatrix, instrument: Instrument, kind: str, form: str) -> list[NodeFigures]:
    """Compute every factor, then the total."""
    row = {item: number for number, item in enumerate(matrix.items)}
    figures = []
    for factor in instrument.factor_ids:
        items = pool(instrument, factor, kind, form)
        size = len(pool(instrument, factor, kind, "full"))
        rows = [row[item.id] for item in items]
        weights = [item.weight if kind == "local" else 1.0 for item in items]
        figures.append(_factor(factor, matrix.levels, rows, weights, size))
    chosen = instrument.weights if kind == "local" else instrument.base_weights
    return [*figures, _total(figures, [chosen[factor] for factor in instrument.factor_ids])]


def _factor(node: str, levels: Levels, rows: list[int], weights: list[float], size: int) -> NodeFigures:
    width = levels.shape[1]
    small = np.int16 if len(rows) * 25 < 30_000 else np.int64  # short numbers make large tables fast
    counts: list[npt.NDArray[Any]] = [np.zeros(width, small) for _ in range(4)]
    n, applicable, total, squares = counts
    weight_sum, weighted = np.zeros(width), np.zeros(width)
    lowest = np.full(width, _NO_LEVEL, np.int32)
    equal = len(set(weights)) <= 1
    for place, (number, weight) in enumerate(zip(rows, weights, strict=True)):
        level = levels[number]
        given = level >= 0
        value = np.maximum(level, 0)
        n += given
        applicable += level != NA
        total += value
        squares += value * value
        if not equal:
            weight_sum += weight * given
            weighted += weight * value
        # what is no level reads as 253 to 255 without a sign, above every level
        np.minimum(lowest, level.view(np.uint8).astype(np.int32) * len(rows) + place, out=lowest)
    n, applicable, total, squares = (a.astype(np.int64) for a in (n, applicable, total, squares))
    floor, place_of_floor = np.divmod(lowest, max(len(rows), 1))
    has_floor = n > 0
    scored = (n > 0) & (n * MIN_ANSWERED[1] >= applicable * MIN_ANSWERED[0])
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / n if equal else weighted / weight_sum
        variance = (squares - total * (total / n)) / np.maximum(n - 1, 1)
        answered = n / applicable
    same = squares * n == total * total  # all levels equal, decided in whole numbers
    sd = np.where(same | (n == 0), 0.0, np.sqrt(np.maximum(np.nan_to_num(variance), 0.0)))
    return NodeFigures(
        node=node,
        score=np.where(scored, mean, np.nan),
        answered=answered,
        n=n,
        applicable=applicable,
        error=intervals.standard_error(n, sd, max(size, 1)),
        degrees=intervals.degrees_of_freedom(n).astype(np.float64),
        floor_item=np.where(has_floor, np.array([*rows, -1])[np.minimum(place_of_floor, len(rows))], -1),
        floor_level=np.where(has_floor, floor, np.nan),
    )


def _total(factors: list[NodeFigures], weights: list[float]) -> NodeFigures:
    scores = np.array([f.score for f in factors])
    scored = ~np.isnan(scores)
    weight = scored * np.array(weights)[:, None]
    weight_sum = weight.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = (weight * np.nan_to_num(scores)).sum(axis=0) / weight_sum
        share = weight / weight_sum
    enough = scored.sum(axis=0) * MIN_FACTORS[1] >= len(factors) * MIN_FACTORS[0]
    share = np.where(scored & enough, share, 0.0)
    error, degrees = intervals.combined(
        np.array([f.error for f in factors]), np.array([f.degrees for f in factors]), share
    )
    n = np.array([f.n for f in factors]).sum(axis=0)
    applicable = np.array([f.applicable for f in factors]).sum(axis=0)
    lowest = np.array([np.where(np.isnan(f.floor_level), np.inf, f.floor_level) for f in factors])
    which = lowest.argmin(axis=0)
    columns = np.arange(scores.shape[1])
    floor = lowest[which, columns]
    with np.errstate(divide="ignore", invalid="ignore"):
        answered = n / applicable
    return NodeFigures(
        node=TOTAL,
        score=np.where(enough, mean, np.nan),
        answered=answered,
        n=n,
        applicable=applicable,
        error=error,
        degrees=degrees,
        floor_item=np.array([f.floor_item for f in factors])[which, columns],
        floor_level=np.where(np.isinf(floor), np.nan, floor),
    )


def _nodes_table(
    figures: Sequence[NodeFigures], matrix: AnswerMatrix, instrument: Instrument, kind: str
) -> pl.DataFrame:
    """Lay the figures out as one row per enterprise and node."""

    def long(name: str) -> Floats:
        values: Floats = np.array([getattr(f, name) for f in figures], dtype=np.float64).T.ravel()
        return values

    top = float(instrument.top_level)
    scores = long("score")
    half = intervals.half_width(long("error"), long("degrees"))
    count = len(matrix.enterprises)
    floors = long("floor_item").astype(np.int64)
    names = pl.Series([*matrix.items, None], dtype=pl.String)
    nodes = pl.Series([f.node for f in figures], dtype=pl.String)
    return pl.DataFrame(
        {
            "enterprise": matrix.enterprises.gather(np.repeat(np.arange(count), len(figures))),
            "kind": pl.repeat(kind, count * len(figures), eager=True),
            "node": nodes.gather(np.tile(np.arange(len(figures)), count)),
            "score": _null(scores),
            "answered": _null(long("answered")),
            "lower": _null(np.clip(scores - half, 0.0, top)),
            "upper": _null(np.clip(scores + half, 0.0, top)),
            "n": long("n").astype(np.int64),
            "band": _null(bands(scores, instrument.top_level)).cast(pl.Int64),
            "floor_item": names.gather(np.where(floors < 0, len(matrix.items), floors)),
            "floor_level": _null(long("floor_level")).cast(pl.Int64),
        }
    )


def _null(values: Floats) -> pl.Series:
    return pl.Series(values).fill_nan(None)


def _items_table(matrix: AnswerMatrix, instrument: Instrument, form: str) -> pl.DataFrame:
    count, size = len(matrix.enterprises), len(matrix.items)
    levels = matrix.levels.T.ravel()
    at = np.tile(np.arange(size), count)
    spread = np.zeros(count * size, np.int8) if matrix.spread is None else matrix.spread.T.ravel()
    voices = (levels >= 0).astype(np.int32) if matrix.voices is None else matrix.voices.T.ravel()
    states = pl.Series([STATES[code] for code in (-3, -2, -1)] + ["answered"], dtype=pl.String)
    asked = {item.id for item in instrument.items_of(form=form)}

    def of_item(values: list[Any], dtype: Any) -> pl.Series:
        return pl.Series(values, dtype=dtype).gather(at)

    return pl.DataFrame(
        {
            "enterprise": matrix.enterprises.gather(np.repeat(np.arange(count), size)),
            "item": of_item(list(matrix.items), pl.String),
            "factor": of_item([instrument.item(i).factor for i in matrix.items], pl.String),
            "level": pl.Series(np.where(levels >= 0, levels, -1).astype(np.int64)).replace(-1, None),
            "spread": spread.astype(np.int64),
            "voices": voices.astype(np.int64),
            "state": states.gather(np.minimum(levels.astype(np.int64), 0) + 3),
            "anchor": of_item([instrument.item(i).anchor for i in matrix.items], pl.Boolean),
            "asked": of_item([i in asked for i in matrix.items], pl.Boolean),
        }
    )

"""Many voices in one enterprise, and the level an assessor sets after looking at the evidence."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from minga.readiness.engine.answers import BLANK, STATES, AnswerMatrix, answer_matrix
from minga.readiness.engine.errors import AnswerError
from minga.readiness.engine.instrument import Instrument

#: Respondents whose levels lie so far apart should talk before the result is agreed.
DISCUSS_FROM = 2


def collapse(
    cells: npt.NDArray[np.int64], levels: npt.NDArray[np.int8], size: int
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int8], npt.NDArray[np.int32]]:
    """Combine several levels of one cell: lower median, spread, and number of voices.

    Voices without a level are left out. Where nobody gave a level, "does not apply" counts before
    "do not know", since someone knew.
    """
    result = np.full(size, BLANK, dtype=np.int8)
    np.minimum.at(result, cells, np.where(levels < 0, levels, BLANK))
    spread = np.zeros(size, dtype=np.int8)
    given = levels >= 0
    where, level = cells[given], levels[given]
    order = np.lexsort((level, where))
    where, level = where[order], level[order]
    voices = np.bincount(where, minlength=size).astype(np.int32)
    starts = np.flatnonzero(np.r_[True, where[1:] != where[:-1]]) if len(where) else np.zeros(0, dtype=np.int64)
    counts = voices[where[starts]]
    result[where[starts]] = level[starts + (counts - 1) // 2]
    spread[where[starts]] = level[starts + counts - 1] - level[starts]
    return result, spread, voices


def combine_respondents(
    answers: pl.DataFrame, instrument: Instrument, agreed: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Combine the answers of several respondents of an enterprise.

    Parameters
    ----------
    answers : table, one row per answer
        ``enterprise``, ``respondent``, ``item``, ``level``.
    instrument : Instrument
    agreed : table, optional
        ``enterprise``, ``item``, ``level``: what the respondents agreed on after talking; it counts.

    Returns
    -------
    table, one row per enterprise and item that somebody answered
        ``level`` (text as in the answers: lower median, or the agreed level), ``spread`` (highest minus
        lowest level), ``voices`` (who gave a level), ``discuss`` (spread of 2 or more, not yet agreed).

    Source: rule "one_enterprise_many_voices" of the scoring rules.
    """
    table = _long(answer_matrix(answers, instrument))
    if agreed is None or not agreed.height:
        return table
    settled = _long(answer_matrix(agreed, instrument)).select("enterprise", "item", pl.col("level").alias("agreed"))
    joined = table.join(settled, on=["enterprise", "item"], how="left", maintain_order="left")
    return joined.with_columns(
        level=pl.coalesce("agreed", "level"), discuss=pl.col("discuss") & pl.col("agreed").is_null()
    ).drop("agreed")


def combine_assessor(answers: pl.DataFrame, assessor: pl.DataFrame, instrument: Instrument) -> pl.DataFrame:
    """Put the levels of an assessor in the place of the enterprise's own; keep both.

    Parameters
    ----------
    answers, assessor : tables, one row per answer
        ``enterprise``, ``item``, ``level``, optionally ``respondent`` in the first.

    Returns
    -------
    table, one row per enterprise and item
        ``level`` (the assessor's where there is one), ``self_level``, ``assessor_level``, ``difference`` (self
        minus assessor, null unless both are levels), ``spread``, ``voices``, ``discuss``.

    Raises
    ------
    AnswerError
        The assessor set a level for an item that the enterprise never answered.
    """
    own = _long(answer_matrix(answers, instrument)).rename({"level": "self_level"})
    theirs = _long(answer_matrix(assessor, instrument)).select(
        "enterprise", "item", pl.col("level").alias("assessor_level")
    )
    stray = theirs.join(own, on=["enterprise", "item"], how="anti")
    if stray.height:
        first = stray.row(0, named=True)
        raise AnswerError(
            f"The assessor set item {first['item']!r} of enterprise {first['enterprise']}, which the enterprise "
            "did not answer. Let the enterprise answer it first, so that both levels are kept."
        )
    both = own.join(theirs, on=["enterprise", "item"], how="left", maintain_order="left")
    number = [pl.col(c).cast(pl.Int64, strict=False) for c in ("self_level", "assessor_level")]
    return both.with_columns(
        level=pl.coalesce("assessor_level", "self_level"), difference=number[0] - number[1]
    ).select("enterprise", "item", "level", "self_level", "assessor_level", "difference", "spread", "voices", "discuss")


def _long(matrix: AnswerMatrix) -> pl.DataFrame:
    """Return one row per enterprise and item that somebody answered, levels as text."""
    levels = matrix.levels.T.ravel()
    spread = np.zeros_like(levels) if matrix.spread is None else matrix.spread.T.ravel()
    voices = (levels >= 0).astype(np.int32) if matrix.voices is None else matrix.voices.T.ravel()
    keep = levels != BLANK
    at, item = np.divmod(np.flatnonzero(keep), len(matrix.items))
    words = {level: STATES.get(level, str(level)) for level in np.unique(levels).tolist()}
    return pl.DataFrame(
        {
            "enterprise": matrix.enterprises.gather(at),
            "item": pl.Series(list(matrix.items), dtype=pl.String).gather(item),
            "level": pl.Series(levels[keep]).replace_strict(words, return_dtype=pl.String)
            if keep.any()
            else pl.Series([], dtype=pl.String),
            "spread": spread[keep].astype(np.int64),
            "voices": voices[keep].astype(np.int64),
            "discuss": spread[keep] >= DISCUSS_FROM,
        }
    )

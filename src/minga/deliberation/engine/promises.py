"""Commitments year by year: how many were kept, how many in the time that was first named."""

from __future__ import annotations

from datetime import date

import polars as pl

#: States in which nothing more is to be done.
_DONE, _DROPPED = "done", "dropped"


def yearly(promised: pl.DataFrame, today: date) -> pl.DataFrame:
    """Count commitments by the year in which they were first due.

    A commitment that was put off stays in the year that was first named: who moves a date empties no year.

    Parameters
    ----------
    promised : table, one row per commitment
        ``first_due`` and ``due`` (days), ``status`` (planned, going, changed, done, dropped), ``done_on`` (the day on
        which it was reported as done, null before).
    today : date
        What is due before it and not ended is overdue.

    Returns
    -------
    table, one row per year, the first first
        ``year``; counts of commitments: ``promised`` (all of the year), ``done``, ``in_time`` (done on the day first
        named or before), ``put_off`` (due later now than first named), ``dropped``, ``overdue``.

    Source: own definition, docs/guides/follow-commitments.md.
    """
    is_done, is_dropped = pl.col("status") == _DONE, pl.col("status") == _DROPPED
    counts = {
        "promised": pl.len(),
        "done": is_done.sum(),
        "in_time": (is_done & (pl.col("done_on") <= pl.col("first_due"))).sum(),
        "put_off": (pl.col("due") > pl.col("first_due")).sum(),
        "dropped": is_dropped.sum(),
        "overdue": (~is_done & ~is_dropped & (pl.col("due") < today)).sum(),
    }
    table = promised.group_by(pl.col("first_due").dt.year().alias("year")).agg(**counts)
    return table.sort("year").with_columns(pl.all().cast(pl.Int64))

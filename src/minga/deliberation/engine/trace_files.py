"""The tables of a trace as one zip file, which reads back as it was."""

from __future__ import annotations

import io
import zipfile

import polars as pl

from minga.deliberation.engine.trace import TABLES, Trace, harmless


def write_trace(trace: Trace) -> bytes:
    """Write the tables of a consultation as CSV files in a zip file.

    Parameters
    ----------
    trace : Trace
        All columns of its tables are written, also those that the engine does not know. Words that begin like a formula
        get a sign before them, which :func:`read_trace` takes away.

    Returns
    -------
    bytes; the same trace gives the same
    """
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in TABLES:
            # without a time of its own, a part has that of 1980
            packed.writestr(zipfile.ZipInfo(f"{name}.csv"), _csv(getattr(trace, name)), zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _csv(table: pl.DataFrame) -> str:
    words = pl.col(pl.String).map_elements(harmless, return_dtype=pl.String)
    yes = pl.when(pl.col(pl.Boolean)).then(pl.lit("yes")).otherwise(pl.lit("no")).name.keep()
    return table.with_columns(words, yes).write_csv()

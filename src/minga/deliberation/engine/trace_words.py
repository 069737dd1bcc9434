"""What became of the voices in words, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from minga.deliberation.engine.coverage import Coverage

#: Why a value is withheld, by the codes of `withholding`.
_WITHHELD = {
    "few": "withheld: fewer than 5 people, or the limit that was set",
    "protects": "withheld: it would tell of another one",
}


def coverage_lines(covered: Coverage) -> Iterator[str]:
    """Yield a line for each measure, then for each stratum its values, each beside all others.

    Parameters
    ----------
    covered : Coverage

    Returns
    -------
    iterator of str
    """
    for row in covered.measures.rows(named=True):
        yield f"{row['measure']:<12} {_counted(row)}"
    for (stratum,), rows in covered.strata.group_by(["stratum"], maintain_order=True):
        yield f"\nBy {stratum}, each beside all others; difference in percentage points, with its 95 % interval:"
        wide = max(len(str(value)) for value in rows["value"])
        yield from (f"  {row['value']:<{wide}}  {_told(row)}" for row in _once(rows))


def _once(rows: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the rows of a stratum, a withheld value once and not for each measure."""
    seen = set()
    for row in rows.rows(named=True):
        if not row["withheld"] or row["value"] not in seen:
            yield row
        seen.add(row["value"])


def _told(row: dict[str, Any]) -> str:
    if row["withheld"]:
        return _WITHHELD[row["reason"]]
    return f"{row['people']:>6,} people  {row['measure']:<8} {_counted(row)}  {_beside(row)}"


def _counted(row: dict[str, Any]) -> str:
    share = "-" if row["share"] is None else f"{row['share']:.0%}"
    return f"{row['numerator']:>6,} of {row['denominator']:>6,}  {share:>5}"


def _beside(row: dict[str, Any]) -> str:
    if row["difference"] is None:
        return "no difference is shown: the others are just the withheld" if row["reason"] else "nobody to compare with"
    low, high = 100 * row["lower"], 100 * row["upper"]
    return f"{100 * row['difference']:+.1f} ({low:+.1f} to {high:+.1f})"

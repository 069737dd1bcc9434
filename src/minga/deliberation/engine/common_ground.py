"""Statements on which all groups stand on the same side: each is owed an answer before a draft is adopted."""

from __future__ import annotations

import polars as pl

from minga.deliberation.engine.checks import tabled
from minga.deliberation.engine.errors import VoteError
from minga.deliberation.engine.statistics import SIGNIFICANT
from minga.stats.release import MIN_PERSONS

#: What is read of the tables of statistics and of statements.
_TESTS = ("statement_id", "ns", "pa", "pd", "pat", "pdt")
_READ = ("comment-id", "mod_out", "n_agree", "n_disagree", "n_pass")


def common_ground(stats: pl.DataFrame, statements: pl.DataFrame) -> pl.DataFrame:
    """Find the statements that every group agrees with, or every group rejects, and surely so.

    Parameters
    ----------
    stats : table of :func:`group_stats`
        Without a row everybody is one group, and the counts of ``statements`` decide.
    statements : table of :func:`map_tables`
        ``comment-id``, ``mod_out``, ``n_agree``, ``n_disagree``, ``n_pass``. Statements that are moderated out, or
        about the conversation itself, are left out.

    Returns
    -------
    table, one row per statement
        ``statement`` (named as in ``statements``), ``side`` ("agree" or "disagree"); in the order of their names.

    Raises
    ------
    VoteError
        A table is not that of :func:`group_stats`, or of :func:`map_tables`.

    In each group five people or more voted, as for everything that is told of a group; the share of a side, with one
    vote added to both, is more than half, and the one-sided test of that passes 90 %. The test alone would let a single
    vote speak for a group.

    Source: docs/methods/trace.md.
    """
    tested = () if isinstance(stats, pl.DataFrame) and not stats.height else _TESTS
    stats = tabled(stats, tested, "The table of statistics", "group_stats", VoteError)
    statements = tabled(statements, _READ, 'The table "statements"', "map_tables", VoteError)
    shown = statements.filter(pl.col("mod_out") == 0)["comment-id"].to_list()
    own = stats.filter(pl.col("statement_id").is_in(shown)) if stats.height else _as_one_group(statements, shown)
    if not own.height:
        return pl.DataFrame(schema={"statement": statements["comment-id"].dtype, "side": pl.String})
    enough = pl.col("ns") >= MIN_PERSONS
    sure = own.group_by("statement_id").agg(
        agree=(enough & (pl.col("pa") > 0.5) & (pl.col("pat") > SIGNIFICANT)).all(),
        disagree=(enough & (pl.col("pd") > 0.5) & (pl.col("pdt") > SIGNIFICANT)).all(),
    )
    told = sure.filter(pl.col("agree") | pl.col("disagree")).sort("statement_id")
    side = pl.when("agree").then(pl.lit("agree")).otherwise(pl.lit("disagree"))
    return told.select(statement=pl.col("statement_id"), side=side)


def _as_one_group(statements: pl.DataFrame, shown: list[int]) -> pl.DataFrame:
    """Count everybody as one group, by the formulas of `statistics`."""
    votes = pl.col("n_agree") + pl.col("n_disagree") + pl.col("n_pass")

    def half(name: str) -> pl.Expr:
        return 2 * (votes + 1).sqrt() * ((pl.col(name) + 1) / (votes + 1) - 0.5)

    return statements.filter(pl.col("comment-id").is_in(shown)).select(
        statement_id=pl.col("comment-id"),
        ns=votes,
        pa=(pl.col("n_agree") + 1) / (votes + 2),
        pd=(pl.col("n_disagree") + 1) / (votes + 2),
        pat=half("n_agree"),
        pdt=half("n_disagree"),
    )

"""Brings answers, peers, help and the earlier result from the database to the engine, which makes the frozen report."""

from __future__ import annotations

from typing import Any

import polars as pl

from minga.readiness import selectors
from minga.readiness.engine.scoring import score
from minga.readiness.models import Assessment


def answers_table(assessment: Assessment) -> pl.DataFrame:
    """Return the present answers of an assessment as the engine's table."""
    rows = [
        {"enterprise": str(assessment.pk), "item": answer.item, "level": answer.value}
        for answer in selectors.answers_of(assessment).values()
    ]
    return pl.DataFrame(rows, schema={"enterprise": pl.String, "item": pl.String, "level": pl.String})


def score_rows(assessment: Assessment) -> list[dict[str, Any]]:
    """Return the local and link scores that are kept when an assessment is submitted."""
    table = answers_table(assessment)
    if table.is_empty():
        return []
    instrument = selectors.instrument_of(assessment, "en")
    rows: list[dict[str, Any]] = []
    for kind in ("local", "link"):
        rows += score(table, instrument, kind, assessment.form).nodes.select("kind", "node", "score").to_dicts()
    return rows

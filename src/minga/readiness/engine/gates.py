"""Gates: rules that limit what an enterprise should claim or start, never its score."""

from __future__ import annotations

import polars as pl

from minga.readiness.engine.answers import NA
from minga.readiness.engine.explain import GATES
from minga.readiness.engine.instrument import Instrument
from minga.readiness.engine.scoring import Scores


def gates(scores: Scores, instrument: Instrument) -> pl.DataFrame:
    """Tell for each enterprise which gates are open.

    Returns
    -------
    table, one row per enterprise and gate
        ``enterprise``, ``gate``, ``item``, ``level`` (null where none), ``below``, ``is_open``, ``why`` (``reached``,
        ``below``, ``not_answered``, ``does_not_apply``), ``then`` (what not to do while it is closed), ``sentence``.

    Notes
    -----
    A gate whose item is unanswered or does not apply is closed and says why.
    """
    rows = []
    row = {item: number for number, item in enumerate(scores.matrix.items)}
    for at, enterprise in enumerate(scores.enterprises):
        for gate in instrument.gates:
            level = int(scores.matrix.levels[row[gate.if_item], at])
            why = _why(level, gate.below)
            rows.append(
                {
                    "enterprise": enterprise,
                    "gate": gate.id,
                    "item": gate.if_item,
                    "level": level if level >= 0 else None,
                    "below": gate.below,
                    "is_open": why == "reached",
                    "why": why,
                    "then": gate.then,
                    "sentence": GATES[why].format(
                        item=instrument.item(gate.if_item).short, level=level, below=gate.below
                    ),
                }
            )
    schema = {"gate": pl.String, "item": pl.String, "level": pl.Int64, "below": pl.Int64, "is_open": pl.Boolean}
    return pl.DataFrame(rows, schema_overrides=schema)


def _why(level: int, below: int) -> str:
    if level == NA:
        return "does_not_apply"
    if level < 0:
        return "not_answered"
    return "below" if level < below else "reached"

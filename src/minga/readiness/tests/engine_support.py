"""Answers and instruments that the tests of the engine share."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from functools import cache
from typing import Any

import polars as pl

from minga import readiness

GENERIC = readiness.load_instrument("generic-enterprise")


def tiny(**changes: Any) -> dict[str, Any]:
    """A small instrument as a mapping: three factors of three anchors each, free of gates and profile."""
    items = [
        {
            "id": f"{factor}{number}",
            "factor": factor,
            "anchor": True,
            "short": f"{factor}{number}",
            "text": "How?",
            "levels": [f"level {level}" for level in range(6)],
            "evidence": "A page.",
            "why": "It pays.",
            "cost_band": "c0",
            "horizon": "h1",
            "kpis": ["scrap"],
        }
        for factor in ("a", "b", "c")
        for number in (1, 2, 3)
    ]
    base: dict[str, Any] = {
        "schema": "minga.readiness.instrument/1",
        "id": "tiny",
        "version": "1.0.0",
        "level": "enterprise",
        "language": "en",
        "title": "Tiny",
        "scale": {"min": 0, "max": 5, "labels": ["0", "1", "2", "3", "4", "5"]},
        "codes": {"cost_band": {"c0": "time"}, "horizon": {"h1": "soon"}, "kpi": {"scrap": "Scrap"}},
        "factors": ["a", "b", "c"],
        "items": items,
    }
    return copy.deepcopy(base) | changes


@cache
def tiny_instrument() -> readiness.Instrument:
    """The small instrument, loaded."""
    return readiness.load_instrument(tiny())


def overlay(*operations: Mapping[str, Any], id: str = "extra", **changes: Any) -> dict[str, Any]:
    """An overlay on the generic instrument as a mapping."""
    return {
        "schema": "minga.readiness.overlay/1",
        "id": id,
        "version": "1.0.0",
        "base": {"id": "minga-generic-enterprise", "version": ">=1.0,<2"},
        "applies_to": {"isic4": ["99"]},
        "language": "en",
        "status": "example",
        "rationale": "For a test.",
        "operations": list(operations),
    } | changes


def answered(levels: Mapping[str, object], enterprise: str = "Amina's bakery") -> pl.DataFrame:
    """One row per item that Amina answered."""
    return pl.DataFrame(
        {
            "enterprise": [enterprise] * len(levels),
            "item": list(levels),
            "level": [None if level is None else str(level) for level in levels.values()],
        },
        schema={"enterprise": pl.String, "item": pl.String, "level": pl.String},
    )


def everything(level: object, instrument: readiness.Instrument = GENERIC) -> dict[str, object]:
    """The same level on every item."""
    return dict.fromkeys(instrument.item_ids, level)


def node(scores: readiness.Scores, name: str) -> dict[str, Any]:
    """The row of one node of the only enterprise."""
    return scores.nodes.row(by_predicate=pl.col("node") == name, named=True)

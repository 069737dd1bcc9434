"""An edition as plain values, for files and programs: what its pages say, ready for JSON and CSV."""

from __future__ import annotations

from typing import Any

from minga.indicators.models import Edition
from minga.indicators.report import Figure, Shown

#: where doubt in a rank comes from, as files name it
DOUBTS = ("method", "sampling")


def figure_values(view: Shown, figure: Figure) -> dict[str, Any]:
    """Give one figure as plain values, with all it takes to check it."""
    edition = view.edition
    return {
        "id": f"{edition.name}/{figure.unit.code}/{figure.item.code}",
        "address": figure.address,
        "index": view.index.slug,
        "edition": edition.name,
        "is_sample": view.index.is_sample,
        "unit": {"code": figure.unit.code, "name": figure.unit.name},
        "node": {"code": figure.item.code, "name": figure.item.name,
                 "kind": "indicator" if figure.item.is_indicator else "node"},
        "score": figure.score,
        "rank": figure.rank,
        "of": figure.of,
        "score_interval": None if not figure.has_interval else [figure.score_low, figure.score_high],
        "rank_interval": None if not figure.has_interval else [figure.rank_low, figure.rank_high],
        "interval_share": 0.9 if figure.has_interval else None,
        "intervals_by_source": {
            name: {"score": [ends["score_low"], ends["score_high"]], "rank": [ends["rank_low"], ends["rank_high"]]}
            for name, ends in figure.doubts.items()
        },
        "basis": figure.basis,
        "basis_in_words": figure.basis_words,
        "validated_share": view.share(figure.unit),
        "raw": figure.raw,
        "used": figure.used,
        "unit_of_measure": figure.item.unit,
        "direction": figure.item.direction,
        "source": figure.source,
        "year": figure.year,
        "available": figure.available,
        "note": " ".join(text for text in (figure.note, figure.pooled) if text),
        "hashes": {"definition": edition.definition_hash, "data": edition.data_hash, "results": edition.results_hash},
        "published_at": edition.published_at.isoformat() if edition.published_at else None,
    }  # fmt: skip


def edition_values(view: Shown) -> dict[str, Any]:
    """Give an edition as plain values."""
    edition = view.edition
    return {
        **edition_head(edition),
        "title": view.title,
        "root": view.root.code,
        "units": len(view.units),
        "method": view.method,
        "notes": [*view.notes, *([edition.note] if edition.note else [])],
        "items": [
            {"code": item.code, "name": item.name, "parent": item.parent, "level": item.level,
             "kind": "indicator" if item.is_indicator else "node", "weight": item.weight,
             "effective_weight": item.effective_weight, "unit": item.unit, "source": item.source,
             "direction": item.direction}
            for item in view.tree
        ],
        "seed": edition.seed,
        "replications": view.results["replications"],
        "resamples": view.results.get("resamples", 0),
        "software": view.results["software"],
    }  # fmt: skip


def edition_head(edition: Edition) -> dict[str, Any]:
    """Give what may be said of an edition even when it was withdrawn."""
    return {
        "edition": edition.name,
        "index": edition.index.slug,
        "kind": edition.index.kind,
        "is_sample": edition.index.is_sample,
        "state": edition.state,
        "published_at": edition.published_at.isoformat() if edition.published_at else None,
        "withdrawn_at": edition.withdrawn_at.isoformat() if edition.withdrawn_at else None,
        "withdrawal_reason": edition.withdrawal_reason,
        "hashes": {"definition": edition.definition_hash, "data": edition.data_hash, "results": edition.results_hash},
    }


def score_rows(view: Shown, node: str = "") -> list[dict[str, Any]]:
    """Give scores and ranks: one row a unit and item, or a unit on one item."""
    items = [view.items[node]] if node else view.tree
    rows = []
    for unit in view.units.values():
        for item in items:
            figure = view.figure(unit, item)
            rows.append({
                "unit": unit.code, "name": unit.name, "node": item.code, "score": figure.score, "rank": figure.rank,
                "of": figure.of, "score_low": figure.score_low, "score_high": figure.score_high,
                "rank_low": figure.rank_low, "rank_high": figure.rank_high,
                **{
                    f"rank_{end}_{name}": figure.doubts.get(name, {}).get(f"rank_{end}")
                    for name in DOUBTS for end in ("low", "high")
                },
                "raw": figure.raw, "basis": figure.basis, "source": figure.source,
                "note": " ".join(text for text in (figure.note, figure.pooled) if text),
            })  # fmt: skip
    return rows

"""Hold the rule book (scoring.yaml) and the engine together: neither may change without the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from minga.readiness.engine.bands import band
from minga.readiness.engine.errors import Finding
from minga.readiness.engine.loading import Document
from minga.readiness.engine.priorities import COST_RELIEF, SPEED, priority
from minga.readiness.engine.scoring import MIN_ANSWERED

#: The book prints examples with so many decimals, and shares of three goals rounded to as many.
_TOLERANCE = 5e-5
_SHARES = (0.0, 1 / 3, 1 / 2, 2 / 3, 1.0)


def rule_book_findings(document: Document) -> Iterator[Finding]:
    """Compare the figures of the rule book with those the engine computes with."""
    rules: Mapping[str, Any] = document.data
    try:
        inputs = rules["prioritization"]["inputs"]
        pairs: tuple[tuple[list[str | int], object, object], ...] = (
            (["prioritization", "inputs", "cost_relief"], inputs["cost_relief"], COST_RELIEF),
            (["prioritization", "inputs", "speed"], inputs["speed"], SPEED),
            (["factor_score", "minimum_answered"], rules["factor_score"]["minimum_answered"], _share()),
        )
        for where, said, used in pairs:
            if said != used:
                yield _drift(document, where, f"'{where[-1]}' says {said!r}, but the engine uses {used!r}.")
        yield from _bands(document, rules["bands"])
        for number, example in enumerate(rules["worked_examples"]):
            yield from _example(document, number, example)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        yield document.finding(f"The rule book lacks a part or has it in another shape: {error!r}. Restore it.")


def _share() -> str:
    return f"{MIN_ANSWERED[0]}/{MIN_ANSWERED[1]}"


def _drift(document: Document, where: list[str | int], message: str) -> Finding:
    return document.finding(f"{message} Change the rule book and the engine together.", where)


def _bands(document: Document, bands: Mapping[int, list[float]]) -> Iterator[Finding]:
    top = max(bands)
    for number, (lower, upper) in bands.items():
        if band(lower) != number:
            message = f"Band {number} begins at {lower}, but the engine puts {lower} into band {band(lower)}."
            yield _drift(document, ["bands", str(number)], message)
        if band(upper) != min(number + 1, top):
            message = f"Band {number} ends at {upper}, but the engine puts {upper} into band {band(upper)}."
            yield _drift(document, ["bands", str(number)], message)


def _example(document: Document, number: int, example: Mapping[str, Any]) -> Iterator[Finding]:
    need = min(_SHARES, key=lambda share: abs(share - example["need"]))
    need = need if abs(need - example["need"]) <= _TOLERANCE else example["need"]
    inputs = (
        min(5.0, example["peer_target"]) - example["level"],
        need,
        COST_RELIEF[example["cost_band"]],
        SPEED[example["horizon"]],
        example["unblock"],
        1 - example["spread"] / 5,
    )
    gap, wish, relief, speed, unblock, agreement = (np.array(float(value)) for value in inputs)
    computed = float(priority(gap, wish, relief, speed, unblock, agreement))
    if abs(computed - example["priority"]) > _TOLERANCE:
        message = (
            f"Worked example {example['id']} states {example['priority']}, but the engine computes {computed:.4f}."
        )
        yield _drift(document, ["worked_examples", number], message)

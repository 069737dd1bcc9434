"""Gates limit claims, never scores; what is not answered keeps a gate closed."""

from __future__ import annotations

import polars as pl
import pytest

from minga import readiness
from minga.readiness.engine.explain import GATES
from minga.readiness.tests.engine_support import GENERIC, answered, everything


def gate(level, name="gate-remote"):
    levels = everything(3) | {"SAF3": level}
    table = readiness.gates(readiness.score(answered(levels), GENERIC), GENERIC)
    return table.row(by_predicate=pl.col("gate") == name, named=True)


@pytest.mark.parametrize(
    ("level", "is_open", "why"),
    [
        (2, True, "reached"),
        (5, True, "reached"),
        (1, False, "below"),
        ("dk", False, "not_answered"),
        (None, False, "not_answered"),
        ("na", False, "does_not_apply"),
    ],
)
def test_gate_opens_at_its_level_and_says_why_not(level, is_open, why):
    row = gate(level)
    assert (row["is_open"], row["why"]) == (is_open, why)
    assert row["sentence"].startswith("Open" if is_open else "Closed")
    assert "Protection of machine controls" in row["sentence"]
    assert row["then"] == "Do not open remote access to machine controls."


def test_closed_gate_leaves_the_score_alone():
    levels = everything(3)
    closed = readiness.score(answered(levels | {"DAT5": 1}), GENERIC)
    assert not readiness.gates(closed, GENERIC).filter(gate="gate-backup")["is_open"].item()
    assert closed.nodes.filter(node="data_quality")["score"].item() == pytest.approx(16 / 6)


def test_every_enterprise_has_every_gate():
    both = readiness.score(pl.concat([answered(everything(1)), answered(everything(4), "Bao")]), GENERIC)
    table = readiness.gates(both, GENERIC)
    assert table.height == 8
    assert table.group_by("enterprise", maintain_order=True).agg(pl.col("is_open").sum()).rows() == [
        ("Amina's bakery", 0),
        ("Bao", 4),
    ]


def test_every_reason_has_a_sentence():
    assert set(GATES) == {"reached", "below", "not_answered", "does_not_apply"}

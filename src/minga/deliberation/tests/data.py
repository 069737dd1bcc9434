"""Real conversations beside the project, and made-up ones whose groups are known."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import polars as pl

from minga import deliberation
from tests.support import shared_data

REAL = ("biodiversity", "vtaiwan-uberx", "london-policing")
MATH = ("software-35", "transport-160", "trust-27-meta")


@cache
def real(name: str) -> deliberation.Conversation:
    return deliberation.read_polis(shared_data(f"deliberation/{name}"))


@cache
def golden(name: str, table: str) -> pl.DataFrame:
    return pl.read_csv(shared_data(f"deliberation/{name}/golden_{table}.csv"))


@cache
def facts(name: str) -> dict[str, Any]:
    return json.loads(shared_data(f"deliberation/{name}/golden.json").read_text(encoding="utf-8"))


@cache
def published(name: str) -> pl.DataFrame:
    """Return the groups that were published, as (participant, group)."""
    return golden(name, "participants").select("participant", group="group_published")


@cache
def fixture(name: str) -> tuple[deliberation.Conversation, dict[str, Any], pl.DataFrame]:
    """Return a conversation, the output of the mathematics of Pol.is for it, and its groups."""
    folder = shared_data(f"deliberation/polis-math/{name}")
    math = json.loads((folder / "polis_math.json").read_text(encoding="utf-8"))
    members = dict(zip(math["base-clusters"]["id"], math["base-clusters"]["members"], strict=True))
    group = {
        person: cluster["id"]
        for cluster in math["group-clusters"]
        for base in cluster["members"]
        for person in members[base]
    }
    labels = pl.DataFrame({"participant": list(group), "group": list(group.values())})
    return deliberation.read_polis(folder), math, labels


def acts(people: Any, statements: Any, votes: Any) -> pl.DataFrame:
    return pl.DataFrame({"participant": people, "statement": statements, "vote": votes})


def without_structure(seed: int, people: int = 1000, statements: int = 100) -> pl.DataFrame:
    """Draw votes by coin: there are no groups to be found."""
    random = np.random.default_rng(seed)
    row, column = np.nonzero(random.random((people, statements)) < 0.4)
    return acts(row, column, random.integers(-1, 2, len(row)))


def with_groups(seed: int, k: int = 3, people: int = 300, statements: int = 40) -> tuple[pl.DataFrame, np.ndarray]:
    """Draw votes of people who mostly follow one of k opinions."""
    random = np.random.default_rng(seed)
    side = np.arange(people) % k
    opinion = random.choice([-1, 1], (k, statements))
    row, column = np.nonzero(random.random((people, statements)) < 0.6)
    vote = opinion[side[row], column] * np.where(random.random(len(row)) < 0.1, -1, 1)
    return acts(row, column, np.where(random.random(len(row)) < 0.1, 0, vote)), side


def alike(labels: pl.DataFrame, others: pl.DataFrame) -> float:
    """Compare two groupings over the people who are in both."""
    from minga.deliberation.engine.clustering import agreement

    both = labels.join(others, on="participant").drop_nulls()
    return agreement(both["group"].to_numpy(), both["group_right"].to_numpy())

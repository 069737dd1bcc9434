"""Write a map as files: tables of people, statements and groups, and what is known about the whole."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from minga.deliberation.engine.grouping import CLEAR, Groups
from minga.deliberation.engine.routing import priorities
from minga.deliberation.engine.statistics import consensus, group_of, group_stats, representative


def map_tables(found: Groups, statements: pl.DataFrame | None = None) -> dict[str, pl.DataFrame]:
    """Bring a map and its groups into the tables that are written.

    Parameters
    ----------
    found : Groups
    statements : table, one row per statement, optional
        ``is_meta`` decides on the priority of statements about the conversation; as the map knows them when not
        given.

    Returns
    -------
    tables by name
        ``participants`` (participant, n_votes, in_conv, x, y, group), ``statements`` (one row per statement; votes are
        those of grouped people, of all where there are no groups), ``group_stats`` (of :func:`group_stats`).
    """
    opinions = found.map
    votes = opinions.table
    label = group_of(votes, found)
    if not (label >= 0).any():
        label = np.zeros(len(label), dtype=np.int64)
    inside = label[votes.row] >= 0
    width = len(votes.statements)
    aware = consensus(votes, found)["group_aware"]
    axes = [name for name in opinions.statements.columns if name.startswith("pc")]
    table = pl.DataFrame(
        {
            "comment-id": votes.statements,
            "mod_out": opinions.statements["mod_out"].cast(pl.Int8),
            **{
                name: np.bincount(votes.column[inside & (votes.value == vote)], minlength=width)
                for name, vote in (("n_agree", 1), ("n_disagree", -1), ("n_pass", 0))
            },
            **{name: opinions.statements[name] for name in ("mean", *axes, "extremity")},
            "priority": priorities(opinions, found, statements)["priority"],
            "group-aware-consensus": aware["agree"],
            "group-aware-consensus-agree": aware["agree"],
            "group-aware-consensus-disagree": aware["disagree"],
        }
    )
    people = opinions.points.with_columns(pl.col("in_conv").cast(pl.Int8), group=found.labels["group"])
    return {"participants": people, "statements": table, "group_stats": group_stats(votes, found)}


def map_facts(found: Groups) -> dict[str, Any]:
    """Return what is known about a map as a whole, ready for JSON.

    Parameters
    ----------
    found : Groups

    Returns
    -------
    figures by name
        Counts of people who voted, statements and votes; shares from 0 to 1 (``variance``, ``sparsity``,
        ``unevenness``, ``group_stability``); agreement of resamples by number of groups (``stability``, 1 is the same);
        ``clear_groups``: true where the number of groups was chosen freely and resamples find them again, false where
        there are none or somebody set their number, null in mode "polis", which draws no resamples; ``separation``
        ("gap", "no_gap", "unsure", null without groups) and ``borders`` (of :attr:`Groups.borders`);
        ``chance``: share of differences ``shown`` among the people compared, ``by_chance``, its ``spread``, the number
        of ``axes`` compared, and whether chance is ``beaten`` (null in mode "polis").

    Source: docs/methods/opinion-map.md and docs/methods/groups.md.
    """
    opinions = found.map
    evidence = found.evidence.rows(named=True)
    hidden = opinions.rejected.to_list()
    picked = representative(group_stats(opinions.table, found), mod_out=hidden)
    agreed = consensus(opinions.table, found, mod_out=hidden)
    return {
        "mode": opinions.mode,
        "seed": opinions.seed,
        "solver": opinions.solver,
        "participants": int((opinions.table.n_votes > 0).sum()),
        "statements": len(opinions.table.statements),
        "votes": len(opinions.table.value),
        "moderated_out": hidden,
        "grouped": int((found.label >= 0).sum()),
        "k": found.k,
        "clear_groups": found.come_back,
        "k_was_set": found.forced,
        "sizes": list(found.sizes),
        "smallest_group_allowed": found.smallest_allowed,
        "silhouettes": {str(row["k"]): row["silhouette"] for row in evidence},
        "stability": {str(row["k"]): row["stability"] for row in evidence if row["stability"] is not None},
        "stability_needed": CLEAR if opinions.mode == "stable" else None,
        "group_stability": list(found.group_stability),
        "chance": found.chance and asdict(found.chance) | {"beaten": found.chance.is_beaten},
        "separation": found.separation,
        "borders": found.borders.rows(named=True),
        "base_clusters": found.base_clusters or None,
        "eigenvalues": list(opinions.eigenvalues),
        "variance": list(opinions.variance),
        "sign": "1 agrees, -1 disagrees; the statement that weighs most on an axis weighs positively",
        "sparsity": opinions.sparsity,
        "unevenness": opinions.unevenness,
        "representative": {
            str(group): picked.filter(pl.col("group_id") == group).select("statement_id", "side").rows(named=True)
            for group in picked["group_id"].unique().sort().to_list()
        },
        "consensus": {side: agreed[side].rows(named=True) for side in ("agree", "disagree")},
    }


def write_map(found: Groups, folder: str | Path, statements: pl.DataFrame | None = None) -> list[Path]:
    """Write ``participants.csv``, ``statements.csv``, ``group_stats.csv`` and ``map.json``.

    Parameters
    ----------
    found : Groups
    folder : path
        Made if it is missing.
    statements : table, one row per statement, optional

    Returns
    -------
    paths of the files written
    """
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    written = []
    for name, table in map_tables(found, statements).items():
        written.append(place / f"{name}.csv")
        table.write_csv(written[-1])
    written.append(place / "map.json")
    text = json.dumps(map_facts(found), ensure_ascii=False, indent=1)
    written[-1].write_text(text + "\n", encoding="utf-8")
    return written

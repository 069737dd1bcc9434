"""Write a map as files, and keep a conversation as a log of events that other programs can read line by line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from minga.deliberation.engine.conversation import Conversation
from minga.deliberation.engine.errors import ExportError
from minga.deliberation.engine.grouping import CLEAR, Groups
from minga.deliberation.engine.routing import priorities
from minga.deliberation.engine.statistics import consensus, group_of, group_stats, representative

#: What an event says, and the table of a conversation it belongs to.
EVENTS = {"statement": "statements", "participant": "participants", "vote": "votes"}


def map_tables(found: Groups, statements: pl.DataFrame | None = None) -> dict[str, pl.DataFrame]:
    """Bring a map and its groups into the tables that are written.

    Parameters
    ----------
    found : Groups
    statements : table, one row per statement, optional
        ``is_meta`` decides on the priority of statements about the conversation.

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
        Counts of people, statements and votes; shares from 0 to 1 (``variance``, ``sparsity``, ``unevenness``,
        ``group_stability``); agreement of resamples by number of groups (``stability``, 1 is the same);
        ``clear_groups``: true where the number of groups was chosen freely and resamples find them again, false where
        there are none or somebody set their number, null in mode "polis", which draws no resamples.

    Source: docs/methods/opinion-map.md and docs/methods/groups.md.
    """
    opinions = found.map
    people, statements = opinions.table.shape
    evidence = found.evidence.rows(named=True)
    hidden = opinions.table.statements.filter(pl.Series(opinions.out)).to_list()
    picked = representative(group_stats(opinions.table, found), mod_out=hidden)
    agreed = consensus(opinions.table, found, mod_out=hidden)
    return {
        "mode": opinions.mode,
        "seed": opinions.seed,
        "solver": opinions.solver,
        "participants": people,
        "statements": statements,
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


def write_events(conversation: Conversation, path: str | Path) -> int:
    """Write a conversation as JSON Lines, one event a line.

    The first line holds the summary and the headers of the files it came from; then ``statement``, ``participant``
    and ``vote``, votes in the order they were cast.

    Returns
    -------
    number of lines
    """
    lines = 1
    with Path(path).open("w", encoding="utf-8") as file:
        head = {"event": "conversation", "summary": conversation.summary, "layout": conversation.layout}
        file.write(json.dumps(head, ensure_ascii=False) + "\n")
        for event, table in EVENTS.items():
            rows = getattr(conversation, table)
            # the matrix of a file of participants is the votes once more
            rows = rows.select([name for name in rows.columns if not name.isdigit()])
            for row in rows.iter_rows(named=True):
                file.write(json.dumps({"event": event} | row, ensure_ascii=False) + "\n")
                lines += 1
    return lines


def read_events(path: str | Path) -> Conversation:
    """Read a conversation from JSON Lines.

    Raises
    ------
    ExportError
        A line is no event (named with its number), or there is no vote.
    """
    rows: dict[str, list[dict[str, Any]]] = {table: [] for table in EVENTS.values()}
    head: dict[str, Any] = {}
    file = Path(path)
    if not file.is_file():
        raise ExportError(f"There is no file {file}. Check the path.")
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        event = _event(line, number, file)
        kind = event.pop("event")
        if kind == "conversation":
            head = event
        else:
            rows[EVENTS[kind]].append(event)
    if not rows["votes"]:
        raise ExportError(f"{file} holds no vote. A log of a conversation holds a line a vote.")
    layout = {part: tuple(names) for part, names in head.get("layout", {}).items()}
    tables = {name: _gathered(each) for name, each in rows.items()}
    if not rows["participants"]:
        tables["participants"] = tables["votes"].select("participant").unique(maintain_order=True)
    if not rows["statements"]:
        tables["statements"] = tables["votes"].select("statement").unique().sort("statement")
    return Conversation(tables["votes"], tables["statements"], tables["participants"], head.get("summary", {}), layout)


def _gathered(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Make a table whose columns stand in the order in which they first come up."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    table = pl.DataFrame({name: [row.get(name) for row in rows] for name in names}, strict=False)
    return table.with_columns(pl.col(pl.Null).cast(pl.String))


def _event(line: str, number: int, file: Path) -> dict[str, Any]:
    try:
        event = json.loads(line)
    except json.JSONDecodeError as wrong:
        raise ExportError(f"{file}, line {number} is not JSON: {wrong.msg}. Correct or remove the line.") from None
    if not isinstance(event, dict) or event.get("event") not in {*EVENTS, "conversation"}:
        raise ExportError(
            f"{file}, line {number} is no event of a conversation. An event is one of conversation, "
            f"{', '.join(EVENTS)}. Correct or remove the line."
        )
    return event

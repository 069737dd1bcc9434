"""A map as it is kept and shown: figures, tables, the weights of the draw, and a picture, all ready for JSON."""

from __future__ import annotations

import io
import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from minga.deliberation.engine.anomalies import with_and_without
from minga.deliberation.engine.counts import counted_votes, open_statements, votes_by_group, votes_of_all
from minga.deliberation.engine.files import map_facts, map_tables
from minga.deliberation.engine.grouping import Groups
from minga.deliberation.engine.picture import map_marks, shown_groups
from minga.deliberation.engine.routing import priorities
from minga.deliberation.engine.statistics import consensus, divisiveness, representative
from minga.stats.release import smallest_group

#: Flags say something about a statement from so many votes on.
ENOUGH = 30
_LISTED = 30


@dataclass(frozen=True)
class Snapshot:
    """What is kept of a map.

    Parameters
    ----------
    facts : what is known about the map as a whole
    tables : by name, each as ``columns`` and ``rows``
    weights : of each statement in the draw of the next one, by its name as text
    points : table of people (``pseudonym``, ``n_votes``, ``x``, ``y``, ``group``) in the Arrow format
    """

    facts: dict[str, Any]
    tables: dict[str, dict[str, Any]]
    weights: dict[str, float]
    points: bytes


def snapshot(
    found: Groups, statements: pl.DataFrame, flagged: Collection[Any] = (), least: int | None = None
) -> Snapshot:
    """Take down a map with everything that its report shows.

    Parameters
    ----------
    found : Groups
    statements : table, one row per statement
        ``is_meta`` decides on the weight of statements about the conversation.
    flagged : names of people, optional
        Those whose votes somebody should look at: the figures without them are put beside the figures with them.
    least : int, optional
        Raises the number of people that a count must hold.

    Returns
    -------
    Snapshot
        In the table ``votes`` (``statement``, ``group``, ``agree``, ``disagree``, ``pass``, ``votes``, ``withheld``)
        cells of few people are withheld, and what would give them away; so they are in ``totals``, the same of
        everybody. ``ranked`` and ``picked`` hold the statements alone of which nothing is withheld; ``statements`` and
        ``group_stats`` hold all, and are not for the public.
    """
    least = smallest_group(least, "persons")
    tables = map_tables(found, statements)
    hidden = found.map.rejected.to_list()
    kept = {
        "statements": tables["statements"],
        "group_stats": tables["group_stats"],
        "votes": votes_by_group(found, least),
    }
    kept["totals"] = votes_of_all(found, least).drop("reason")
    counted = counted_votes(found, least)
    # a statement of few votes would take the place of another one in the list, and so tell that they agree
    few = kept["totals"].filter("withheld")["statement"].to_list()
    agreed = consensus(counted, found, mod_out=[*hidden, *few], top=_LISTED)
    kept |= {"agree": agreed["agree"], "disagree": agreed["disagree"]}
    kept["divisive"] = divisiveness(counted, found)
    open_stats = tables["group_stats"].filter(pl.col("statement_id").is_in(open_statements(kept["votes"])))
    kept["ranked"] = representative(open_stats, top=None, mod_out=hidden)
    kept["picked"] = representative(open_stats, mod_out=hidden)
    kept["picture"] = pl.DataFrame({"svg": [map_marks(found)]})
    facts = map_facts(found) | {
        # a site asks whether groups are shown; that somebody set their number is said beside it
        "clear_groups": found.is_clear,
        "evidence": found.evidence.rows(named=True),
        "shown": [group for group in shown_groups(found) if found.sizes[group] >= least],
        "middles": _middles(found),
        "counts": _counts(found),
        "without": _without(found, flagged, least),
    }
    weights = priorities(found.map, found, statements)
    told = {str(name): float(weight) for name, weight in weights.select("statement", "priority").rows()}
    plain = {name: {"columns": table.columns, "rows": _plain(table.rows())} for name, table in kept.items()}
    return Snapshot(_plain(facts), plain, told, _arrow(tables["participants"]))


def _middles(found: Groups) -> list[dict[str, Any]]:
    """Say where each group stands on the map, and how far it spreads: the picture in figures."""
    places = found.map.position[:, :2]
    rows = []
    for group in shown_groups(found):
        own = places[found.label == group]
        middle = own.mean(axis=0)
        spread = float(np.sqrt(((own - middle) ** 2).sum(axis=1).mean()))
        y = float(middle[1]) if len(middle) > 1 else 0.0
        rows.append({"group": group, "people": len(own), "x": float(middle[0]), "y": y, "spread": spread})
    return rows


def _counts(found: Groups) -> dict[str, Any]:
    """Say how many voted, and how unevenly: the middle person and the middle statement."""
    table = found.map.table
    voted = table.n_votes[table.n_votes > 0]
    counts = table.counts()
    return {
        "voters": len(voted),
        "on_the_map": int(found.map.in_conv.sum()),
        "median_votes_of_a_person": float(np.median(voted)) if len(voted) else 0.0,
        "median_votes_of_a_statement": float(np.median(counts)) if len(counts) else 0.0,
        "fewest_votes_of_a_statement": int(counts.min()) if len(counts) else 0,
    }


def _without(found: Groups, flagged: Collection[Any], least: int) -> dict[str, Any] | None:
    """Put the figures without flagged people beside those with them; nothing where nobody is flagged."""
    people = found.map.table.participants.filter(found.map.table.participants.is_in(list(flagged)))
    if not len(people):
        return None
    shown = {"people": len(people) if len(people) >= least else None}
    if len(people) >= len(found.map.table.participants):
        return shown | {"all": True}
    compared = with_and_without(found, people)
    enough = pl.Series(found.map.table.counts() >= ENOUGH)
    largest = compared.statements.filter(enough)["change"].abs().max()
    return shown | {
        "all": False,
        "k": compared.k,
        "k_without": compared.k_without,
        "agreement": compared.agreement,
        "largest_change": None if largest is None else float(largest),  # type: ignore[arg-type]
        "consensus": compared.consensus.rows(named=True),
    }


def _arrow(people: pl.DataFrame) -> bytes:
    file = io.BytesIO()
    axes = [name for name in ("x", "y") if name in people.columns]
    people.select(pl.col("participant").alias("pseudonym"), "n_votes", *axes, "group").write_ipc(
        file, compression="zstd"
    )
    return file.getvalue()


def points(content: bytes) -> pl.DataFrame:
    """Read the people of a map: ``pseudonym``, ``n_votes``, ``x``, ``y``, ``group`` (null for none)."""
    return pl.read_ipc(io.BytesIO(content))


def table_of(kept: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the rows of a table that was kept, each as values by column."""
    found = kept.get(name) or {"columns": [], "rows": []}
    return [dict(zip(found["columns"], row, strict=True)) for row in found["rows"]]


def closed_statements(kept: dict[str, Any]) -> set[Any]:
    """Return the statements of a kept map of which a count is withheld, and so all that compares groups.

    Maps of older versions compared groups by them all the same, and hold a row of people in no group (-1).
    """
    rows = [*table_of(kept, "votes"), *table_of(kept, "totals")]
    return {row["statement"] for row in rows if row["withheld"]}


def _plain(value: Any) -> Any:
    """Turn figures into what JSON can hold; what is no number becomes nothing."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value

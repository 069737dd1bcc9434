"""Clauses through the versions of a draft: what became of each, over splits and merges."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from minga.deliberation.engine.errors import TraceError

#: What can happen to a clause. "none": an answer points to a clause that says so already.
KINDS = ("add", "edit", "split", "merge", "delete", "none")


@dataclass(frozen=True)
class Lineage:
    """Which clause came from which.

    Parameters
    ----------
    parents, children : names of clauses by clause
    live : clauses that stand in the last version
    deleted : clauses that somebody took out, and that did not come back
    texts : words of each clause by version, as far as they are known
    """

    parents: dict[str, tuple[str, ...]]
    children: dict[str, tuple[str, ...]]
    live: frozenset[str]
    deleted: frozenset[str]
    texts: dict[str, dict[int, str]]

    def descendants(self, clause: str) -> frozenset[str]:
        """Return a clause and all that came from it."""
        return _reached(clause, self.children)

    def ancestors(self, clause: str) -> frozenset[str]:
        """Return a clause and all that it came from."""
        return _reached(clause, self.parents)

    def stands(self, clause: str, kind: str) -> bool:
        """Say whether a change is still in force: something that came from the clause stands, or it stayed deleted."""
        if kind == "delete":
            return clause in self.deleted
        return bool(self.descendants(clause) & self.live)

    def words(self, clause: str, version: int) -> str | None:
        """Return the words of a clause in a version."""
        known = [at for at in self.texts.get(clause, {}) if at <= version]
        return self.texts[clause][max(known)] if known else None


def lineage(clauses: pl.DataFrame) -> Lineage:
    """Follow clauses through all versions.

    Parameters
    ----------
    clauses : table, one row per change
        ``clause`` (its permanent name), ``version`` (of the draft in which the change stands), ``kind`` (add, edit,
        split, merge, delete, none); for a split or a merge ``came_from``, names parted by blanks: one row for each
        clause that came of it. A clause that is split or merged into others ends, unless it is itself one of them.
        ``text`` holds the words from then on, if they are known.

    Returns
    -------
    Lineage

    Raises
    ------
    TraceError
        A kind is unknown, a clause comes from one that nobody knows, or from itself over others.

    Source: docs/methods/trace.md.
    """
    parents: dict[str, dict[str, None]] = {}
    children: dict[str, dict[str, None]] = {}
    live: set[str] = set()
    deleted: set[str] = set()
    texts: dict[str, dict[int, str]] = {}
    for version, rows in _by_version(clauses):
        _known(rows, {*live, *deleted, *parents})
        ended = {origin for row in rows for origin in _origins(row)} - {row["clause"] for row in rows}
        for row in rows:
            name, kind = row["clause"], row["kind"]
            for origin in _origins(row):
                if origin != name:
                    parents.setdefault(name, {})[origin] = None
                    children.setdefault(origin, {})[name] = None
            if kind == "delete":
                live.discard(name)
                deleted.add(name)
            elif kind != "none":
                live.add(name)
                deleted.discard(name)
            parents.setdefault(name, {})
            if row.get("text"):
                texts.setdefault(name, {})[version] = row["text"]
        live -= ended
    _no_circle(children)
    return Lineage(
        parents={name: tuple(each) for name, each in parents.items()},
        children={name: tuple(each) for name, each in children.items()},
        live=frozenset(live),
        deleted=frozenset(deleted),
        texts=texts,
    )


def _origins(row: dict[str, str]) -> tuple[str, ...]:
    return tuple((row.get("came_from") or "").split()) if row["kind"] in ("split", "merge") else ()


def _by_version(clauses: pl.DataFrame) -> Iterable[tuple[int, list[dict[str, str]]]]:
    missing = [name for name in ("clause", "version", "kind") if name not in clauses.columns]
    if missing:
        raise TraceError(f"The table of clauses lacks the columns {', '.join(missing)}. Add them, one row a change.")
    clauses = clauses.with_columns(pl.col("version").cast(pl.Int64))
    for version in clauses["version"].unique().sort().to_list():
        yield int(version), clauses.filter(pl.col("version") == version).rows(named=True)


def _known(rows: list[dict[str, str]], before: set[str]) -> None:
    """Refuse changes of unknown kind, and clauses out of nowhere."""
    made = {row["clause"] for row in rows}
    for row in rows:
        where = f"Clause {row['clause']!r}, version {row['version']}"
        if row["kind"] not in KINDS:
            raise TraceError(f"{where}: the change is {row['kind']!r}, but a change is one of {', '.join(KINDS)}.")
        if row["kind"] in ("split", "merge") and not _origins(row):
            raise TraceError(f"{where}: a {row['kind']} names no clause it came from. Fill came_from.")
        for origin in _origins(row):
            if origin not in before | made:
                raise TraceError(f"{where} came from {origin!r}, which no earlier version holds. Correct came_from.")


def _reached(clause: str, edges: dict[str, tuple[str, ...]]) -> frozenset[str]:
    found, open_ = {clause}, [clause]
    while open_:
        for other in edges.get(open_.pop(), ()):
            if other not in found:
                found.add(other)
                open_.append(other)
    return frozenset(found)


def _no_circle(children: dict[str, dict[str, None]]) -> None:
    waiting = dict.fromkeys({*children, *(each for own in children.values() for each in own)}, 0)
    for own in children.values():
        for child in own:
            waiting[child] += 1
    free = [name for name, n in waiting.items() if n == 0]
    while free:
        for child in children.get(free.pop(), {}):
            waiting[child] -= 1
            if waiting[child] == 0:
                free.append(child)
    left = sorted(name for name, n in waiting.items() if n > 0)
    if left:
        raise TraceError(f"The clauses {', '.join(left[:5])} come from each other in a circle. Correct came_from.")

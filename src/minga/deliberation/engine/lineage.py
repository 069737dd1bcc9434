"""Clauses through the versions of a draft: what became of each, over splits and merges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from minga.deliberation.engine.errors import TraceError

if TYPE_CHECKING:  # loaded where it is needed: a site loads this module when it starts, and has no table yet
    import polars as pl

#: What can happen to a clause. "none": an answer points to a clause that says so already.
KINDS = ("add", "edit", "split", "merge", "delete", "none")
#: Those after which a clause stands that need not have stood before.
_MAKING = ("add", "split", "merge")
#: Keeps the row of a change in its file.
_ROW = "\0row"


@dataclass(frozen=True)
class Lineage:
    """Which clause came from which.

    Parameters
    ----------
    parents, children : names of clauses by clause
    live : clauses that stand in the last version
    deleted : clauses that somebody took out, and that did not come back
    texts, headings : words of each clause by version, and what stands over them, as far as they are known
    held : answers that each clause follows from: its own, and those of what it came from, as far as they came along
    """

    parents: dict[str, tuple[str, ...]]
    children: dict[str, tuple[str, ...]]
    live: frozenset[str]
    deleted: frozenset[str]
    texts: dict[str, dict[int, str]]
    held: dict[str, frozenset[str]] = field(default_factory=dict)
    headings: dict[str, dict[int, str]] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Say how many clauses stand, for a notebook."""
        return f"Lineage(clauses that stand: {len(self.live):,}, taken out: {len(self.deleted):,})"

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

    def carriers(self, clause: str, answer: str) -> frozenset[str]:
        """Return the clauses of the last version that came from a clause, or are it, and follow from an answer."""
        return frozenset(name for name in self.descendants(clause) & self.live if answer in self.held.get(name, ()))

    def carries(self, clause: str, kind: str, answer: str) -> bool:
        """Say whether the change that an answer led to is still in force.

        A part that was split off before somebody linked the answer does not keep it in force.
        """
        return self.stands(clause, kind) if kind == "delete" else bool(self.carriers(clause, answer))

    def words(self, clause: str, version: int | None = None) -> str | None:
        """Return the words of a clause in a version, or in the last one."""
        return _as_of(self.texts.get(clause, {}), version)

    def heading(self, clause: str, version: int | None = None) -> str | None:
        """Return the heading of a clause in a version, or in the last one."""
        return _as_of(self.headings.get(clause, {}), version)


def _as_of(known: Mapping[int, str], version: int | None) -> str | None:
    """Return what was written last up to a version."""
    at = max((each for each in known if version is None or each <= version), default=None)
    return None if at is None else known[at]


def lineage(clauses: pl.DataFrame) -> Lineage:
    """Follow clauses through all versions.

    Parameters
    ----------
    clauses : table, one row per change
        ``clause`` (its permanent name), ``version`` (of the draft in which the change stands), ``kind`` (add, edit,
        split, merge, delete, none); for a split or a merge ``came_from``, names parted by blanks: one row for each
        clause that came of it. A clause that is split or merged into others ends, unless it is itself one of them.
        ``heading`` and ``text`` hold the words from then on, if they are known. With ``disposition``, the answer that
        led to the change, the answers behind a clause go along: what stood behind a clause before it was split stands
        behind each of its parts, unless ``left_behind`` of the part names it (parted by blanks); in the version of the
        split, and later, each part has those that its own rows name. A clause that ends hands on all it had.

    Returns
    -------
    Lineage

    Raises
    ------
    TraceError
        A clause has no name, a version is no whole number of at least 1 or a kind is unknown; a change is made to a
        clause that was never added, a clause is added while it stands, or comes from one that nobody knows, or from
        itself over others. Rows are counted as in a file, whose first row names the columns.

    Source: docs/methods/trace.md.
    """
    parents: dict[str, dict[str, None]] = {}
    children: dict[str, dict[str, None]] = {}
    live: set[str] = set()
    deleted: set[str] = set()
    texts: dict[str, dict[int, str]] = {}
    headings: dict[str, dict[int, str]] = {}
    held: dict[str, frozenset[str]] = {}
    for version, rows in _by_version(clauses):
        _known(rows, {*live, *deleted, *parents}, live)
        ended = {origin for row in rows for origin in origins(row)} - {row["clause"] for row in rows}
        for row in rows:
            name, kind = row["clause"], row["kind"]
            for origin in origins(row):
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
            for column, written in (("text", texts), ("heading", headings)):
                if row.get(column) is not None:
                    written.setdefault(name, {})[version] = row[column]
        live -= ended
        held |= _handed_on(rows, held)
    _no_circle(children, clauses)
    return Lineage(
        parents={name: tuple(each) for name, each in parents.items()},
        children={name: tuple(each) for name, each in children.items()},
        live=frozenset(live),
        deleted=frozenset(deleted),
        texts=texts,
        held=held,
        headings=headings,
    )


def _handed_on(rows: list[dict[str, Any]], before: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Return the answers behind each clause that one version changes, when those behind it before are known."""
    going_on = {row["clause"] for row in rows if row["kind"] != "delete"}
    came_from: dict[str, set[str]] = {}
    own: dict[str, set[str]] = {}
    left: dict[str, set[str]] = {}
    for row in rows:
        name = row["clause"]
        came_from.setdefault(name, set()).update({*origins(row)} - {name})
        own.setdefault(name, set()).update({row["disposition"]} if row.get("disposition") else ())
        left.setdefault(name, set()).update((row.get("left_behind") or "").split())

    def brought(name: str, seen: frozenset[str]) -> set[str]:
        """Return what a clause has from before, its own rows of this version aside."""
        found = set(before.get(name, ()))
        for origin in came_from.get(name, set()) - seen:
            found |= brought(origin, seen | {name})
            if origin not in going_on:
                found |= own.get(origin, set())
        return found

    return {name: frozenset(brought(name, frozenset()) - left[name] | own[name]) for name in own}


def origins(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the clauses that a split or a merge says it came from."""
    return tuple((row.get("came_from") or "").split()) if row["kind"] in ("split", "merge") else ()


def numbered(clauses: pl.DataFrame) -> pl.DataFrame:
    """Return changes of clauses with their versions as whole numbers.

    Raises
    ------
    TraceError
        A column is missing, or a version is no whole number of at least 1.
    """
    import polars as pl

    missing = [name for name in ("clause", "version", "kind") if name not in clauses.columns]
    if missing:
        raise TraceError(f"The table of clauses lacks the columns {', '.join(missing)}. Add them, one row a change.")
    version = clauses["version"]
    if version.dtype == pl.String:
        version = version.str.strip_chars()
    whole = version.cast(pl.Int64, strict=False)
    wrong = whole.is_null()
    if version.dtype.is_float():
        wrong |= (whole != version).fill_null(value=True)
    wrong |= (whole < 1).fill_null(value=True)
    if wrong.any():
        at = int(wrong.arg_max() or 0)
        raise TraceError(
            f"clauses.csv, row {at + 2}: clause {clauses['clause'][at]!r} has the version {clauses['version'][at]!r}, "
            "which is no whole number of at least 1. Number the versions of the draft 1, 2, 3 and so on."
        )
    return clauses.with_columns(version=whole)


def with_beginnings(clauses: pl.DataFrame) -> pl.DataFrame:
    """Return changes with an "add" before each clause that only its end is known of.

    A database that keeps one row per clause and version forgets that a clause was made in the version in which it was
    taken out.
    """
    import polars as pl

    first = clauses.sort("version", maintain_order=True).unique("clause", keep="first", maintain_order=True)
    made = first.filter(pl.col("kind") == "delete").select("clause", "version", kind=pl.lit("add"))
    if made.is_empty():
        return clauses
    return pl.concat([made, clauses], how="diagonal").select(clauses.columns).sort("version", maintain_order=True)


def _by_version(clauses: pl.DataFrame) -> Iterable[tuple[int, list[dict[str, Any]]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for at, row in enumerate(numbered(clauses).iter_rows(named=True), start=2):
        found.setdefault(row["version"], []).append(row | {_ROW: at})
    return sorted(found.items())


def _known(rows: list[dict[str, Any]], before: set[str], live: set[str]) -> None:
    """Refuse changes of unknown kind, clauses out of nowhere, and those that are added while they stand."""
    made = {row["clause"] for row in rows if row["kind"] in _MAKING}
    for row in rows:
        where = f"clauses.csv, row {row[_ROW]}"
        if not str(row["clause"] or "").strip():
            raise TraceError(f"{where} names no clause. Give the permanent name of the clause that changed.")
        where = f"{where}: clause {row['clause']!r}, version {row['version']}"
        if row["kind"] not in KINDS:
            raise TraceError(
                f"{where}: the change is {row['kind']!r}, but a change is one of {', '.join(KINDS)}. Name one of these."
            )
        if row["kind"] in ("split", "merge") and not origins(row):
            raise TraceError(f"{where}: a {row['kind']} names no clause it came from. Fill came_from.")
        if row["kind"] == "add" and row["clause"] in live:
            raise TraceError(
                f"{where}: the clause is added, but it stands in the draft already. Call the change an edit, or give "
                "the new clause a name of its own."
            )
        if row["kind"] not in _MAKING and row["clause"] not in before | made:
            raise TraceError(
                f"{where}: the change is {row['kind']!r}, but no earlier version holds this clause. Correct its name, "
                "or add it first."
            )
        for origin in origins(row):
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


def _no_circle(children: dict[str, dict[str, None]], clauses: pl.DataFrame) -> None:
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
        raise TraceError(
            f"clauses.csv, row {_closing(clauses, left)}: the clauses {', '.join(left[:5])} come from each other in a "
            "circle. A clause cannot come from what once came from it: give the merged clause a new name, or correct "
            "came_from."
        )


def _closing(clauses: pl.DataFrame, circle: list[str]) -> int:
    """Return the row of the last split or merge in a circle."""
    rows = (row for _version, own in _by_version(clauses) for row in own if row["clause"] in circle)
    return [int(row[_ROW]) for row in rows if {*origins(row)} & {*circle} - {row["clause"]}][-1]

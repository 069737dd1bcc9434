"""What changed from one version of a draft to the next, clause by clause and word by word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Protocol

from minga.deliberation.engine.differences import Piece, differences, is_changed


class Row(Protocol):
    """A clause as it stands in one version; rows are given in the order in which they are read."""

    @property
    def code(self) -> str: ...
    @property
    def heading(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def parent(self) -> str | None: ...
    @property
    def depth(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def came_from(self) -> Sequence[str]: ...


@dataclass(frozen=True)
class Change:
    """What became of one clause.

    Parameters
    ----------
    code : its permanent name
    kind : "add", "edit", "split", "merge", "delete", or "same" where its words stayed
    heading, text : what stayed, was removed and was added
    came_from : other clauses of which it came in a split or a merge
    is_moved : whether it stands in another place than before, among those that were there before
    depth : how deep it stands
    """

    code: str
    kind: str
    heading: tuple[Piece, ...]
    text: tuple[Piece, ...]
    came_from: tuple[str, ...]
    is_moved: bool
    depth: int

    @property
    def is_same(self) -> bool:
        """Whether nothing about it changed."""
        return self.kind == "same" and not self.is_moved


def changes(before: Sequence[Row], after: Sequence[Row], version: int) -> tuple[Change, ...]:
    """Compare two versions of a draft.

    Parameters
    ----------
    before, after : clauses of the two versions, each in the order in which they are read
    version : int
        The number of the later one.

    Returns
    -------
    tuple of Change
        Every clause of both, in the order of the later version; one that was taken out stands behind the clause that it
        stood behind before. Of a part of a split only what is new in it counts as added: the rest is known.
    """
    old = {row.code: row for row in before}
    new = {row.code for row in after}
    moved = _moved(before, after)
    found: list[Change] = []
    gone = _gone_after(before, new)
    for code in gone.get(None, ()):
        found.append(_taken_out(old[code]))
    for row in after:
        found.append(_compared(old, row, version, is_moved=row.code in moved))
        found.extend(_taken_out(old[code]) for code in gone.get(row.code, ()))
    return tuple(found)


def _compared(old: Mapping[str, Row], row: Row, version: int, *, is_moved: bool) -> Change:
    origins = [code for code in row.came_from if code in old] if row.version == version else []
    mine = old.get(row.code)
    if row.version == version and row.kind == "split" and origins:
        heading = _without_removed(differences(old[origins[0]].heading, row.heading))
        text = _without_removed(differences(old[origins[0]].text, row.text))
        return _change(row, "split", heading, text, origins, is_moved)
    if row.version == version and row.kind == "merge" and origins:
        text = differences("\n\n".join(old[code].text for code in origins if old[code].text), row.text)
        heading = differences(mine.heading if mine else old[origins[0]].heading, row.heading)
        return _change(row, "merge", heading, text, origins, is_moved)
    if mine is None:
        return _change(row, "add", differences("", row.heading), differences("", row.text), [], False)
    heading, text = differences(mine.heading, row.heading), differences(mine.text, row.text)
    kind = "edit" if is_changed(heading) or is_changed(text) else "same"
    return _change(row, kind, heading, text, [], is_moved)


def _change(
    row: Row, kind: str, heading: tuple[Piece, ...], text: tuple[Piece, ...], origins: Sequence[str], is_moved: bool
) -> Change:
    others = tuple(code for code in origins if code != row.code)
    return Change(row.code, kind, heading, text, others, is_moved, row.depth)


def _taken_out(row: Row) -> Change:
    return Change(row.code, "delete", differences(row.heading, ""), differences(row.text, ""), (), False, row.depth)


def _without_removed(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    return tuple(piece for piece in pieces if piece.kind != "removed")


def _gone_after(before: Sequence[Row], new: set[str]) -> dict[str | None, list[str]]:
    """Return clauses that are no longer there, by the last one before them that still is."""
    found: dict[str | None, list[str]] = {}
    last: str | None = None
    for row in before:
        if row.code in new:
            last = row.code
        else:
            found.setdefault(last, []).append(row.code)
    return found


def _moved(before: Sequence[Row], after: Sequence[Row]) -> set[str]:
    """Return clauses under another parent, or in another order among those that stayed beside them.

    A clause whose parent is no longer there was not moved by anybody: it went up by itself.
    """
    new = {row.code for row in after}
    old_parent = {row.code: row.parent for row in before}
    found = {
        row.code
        for row in after
        if row.code in old_parent
        and row.parent != old_parent[row.code]
        and (old_parent[row.code] is None or old_parent[row.code] in new)
    }
    for parent in {row.parent for row in after}:
        olds = list(_children(before, parent, new - found))
        news = [row.code for row in after if row.parent == parent and row.code in set(olds)]
        stayed: set[str] = set()
        for block in SequenceMatcher(None, olds, news, autojunk=False).get_matching_blocks():
            stayed |= set(news[block.b : block.b + block.size])
        found |= set(news) - stayed
    return found


def _children(rows: Sequence[Row], parent: str | None, among: set[str]) -> Iterator[str]:
    return (row.code for row in rows if row.parent == parent and row.code in among)

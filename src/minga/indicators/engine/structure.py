"""The arrangement of an index: who is whose child, at which level, and in which order nodes are calculated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from minga.indicators.engine.errors import DefinitionError, Finding, refuse
from minga.indicators.engine.sentences import error

if TYPE_CHECKING:
    from minga.indicators.engine.definition import Indicator, Node


@dataclass(frozen=True)
class Tree:
    """Positions: indicators first (0 to k - 1), then nodes in the order of the definition."""

    codes: tuple[str, ...]
    indicators: int
    parents: tuple[int, ...]
    children: tuple[tuple[int, ...], ...]
    levels: tuple[int, ...]
    order: tuple[int, ...]
    copies: tuple[tuple[int, int], ...]
    root: int

    @property
    def top(self) -> int:
        return max(self.levels)

    def at_level(self, level: int) -> list[int]:
        return [position for position, found in enumerate(self.levels) if found == level]

    def leaves(self, position: int) -> list[int]:
        """The indicators below a node (or below the node it copies), itself when it is one; each once."""
        if position < self.indicators:
            return [position]
        below = self.children[position] or tuple(source for copy, source in self.copies if copy == position)
        return list(dict.fromkeys(leaf for child in below for leaf in self.leaves(child)))

    def ancestor(self, position: int, level: int) -> int | None:
        """The node at a level above (or at) a position."""
        while position >= 0 and self.levels[position] < level:
            position = self.parents[position]
        return position if position >= 0 and self.levels[position] == level else None


def build_tree(indicators: Sequence[Indicator], nodes: Sequence[Node]) -> Tree:
    """Arrange indicators and nodes; loops, orphans and doubles are errors in plain words."""
    refuse(DefinitionError, structure_findings(indicators, nodes))
    items = _items(indicators, nodes)
    place = {item.code: position for position, item in enumerate(items)}
    parents = tuple(-1 if item.parent is None else place[item.parent] for item in items)
    children: list[list[int]] = [[] for _ in items]
    for position, parent in enumerate(parents):
        if parent >= 0:
            children[parent].append(position)
    copies = {place[node.code]: place[node.copy_of] for node in nodes if node.copy_of}
    order = _order(len(indicators), children, copies)
    levels = [1] * len(items)
    for position in order:
        below = [*children[position], *([copies[position]] if position in copies else [])]
        levels[position] = 1 + max(levels[child] for child in below) if position not in copies else levels[below[0]]
    return Tree(
        codes=tuple(item.code for item in items),
        indicators=len(indicators),
        parents=parents,
        children=tuple(tuple(found) for found in children),
        levels=tuple(levels),
        order=tuple(order),
        copies=tuple(sorted(copies.items())),
        root=next(p for p in range(len(indicators), len(items)) if parents[p] < 0),
    )


def _items(indicators: Sequence[Indicator], nodes: Sequence[Node]) -> tuple[Indicator | Node, ...]:
    return (*indicators, *nodes)


def _order(indicators: int, children: list[list[int]], copies: dict[int, int]) -> list[int]:
    """Put every node after what it needs."""
    waiting = list(range(indicators, len(children)))
    done = set(range(indicators))
    order: list[int] = []
    while waiting:
        ready = [p for p in waiting if all(c in done for c in children[p]) and (p not in copies or copies[p] in done)]
        if not ready:
            raise DefinitionError("A node is copied by one of its own descendants. Copy a node of another branch.")
        order.extend(ready)
        done.update(ready)
        waiting = [p for p in waiting if p not in done]
    return order


def structure_findings(indicators: Sequence[Indicator], nodes: Sequence[Node]) -> list[Finding]:
    """Say everything that is wrong with an arrangement."""
    return [
        *_doubles(indicators, nodes),
        *(_parents(indicators, nodes) or _loops(nodes) or _shape(indicators, nodes)),
    ]


def _doubles(indicators: Sequence[Indicator], nodes: Sequence[Node]) -> list[Finding]:
    seen: set[str] = set()
    found = []
    for item in _items(indicators, nodes):
        if item.code in seen:
            found.append(error("duplicate_code", indicator=item.code, part=item.code))
        seen.add(item.code)
    return found


def _parents(indicators: Sequence[Indicator], nodes: Sequence[Node]) -> list[Finding]:
    known = {node.code for node in nodes}
    found = []
    for item in _items(indicators, nodes):
        if item.parent is not None and item.parent not in known:
            found.append(error("orphan", indicator=item.code, part=item.code, parent=item.parent))
    for node in nodes:
        if node.copy_of is not None and node.copy_of not in known:
            found.append(error("orphan.copy", indicator=node.code, part=node.code, parent=node.copy_of))
    for indicator in indicators:
        if indicator.parent is None:
            found.append(error("orphan.indicator", indicator=indicator.code, part=indicator.code))
    return found


def _loops(nodes: Sequence[Node]) -> list[Finding]:
    parent = {node.code: node.parent for node in nodes}
    for start in parent:
        path = [start]
        above = parent[start]
        while above is not None and above not in path:
            path.append(above)
            above = parent[above]
        if above == start:
            return [error("parent_loop", indicator=start, loop=" > ".join([*path, start]))]
    return []


def _shape(indicators: Sequence[Indicator], nodes: Sequence[Node]) -> list[Finding]:
    roots = [node.code for node in nodes if node.parent is None]
    found = []
    if len(roots) != 1:
        found.append(error("one_top", nodes=", ".join(repr(code) for code in roots) or "none"))
    used = {item.parent for item in _items(indicators, nodes)}
    for node in nodes:
        if node.copy_of is None and node.code not in used:
            found.append(error("childless", indicator=node.code, part=node.code))
        if node.copy_of is not None and node.code in used:
            found.append(error("childless.copy", indicator=node.code, part=node.code))
    return found

"""A chain of acts in which each act carries the hash of the one before it.

Whoever changes, drops, adds or reorders an act leaves a place where the chain does not fit, and
:func:`verify` names that place. What a chain cannot show by itself is that its end was cut off, or that
it was rewritten from some act to the end; for that, heads (count and hash) are kept in a second place.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from minga.trust.canonical import content_hash

#: What the first act has as the hash before it.
GENESIS = "sha256:" + "0" * 64

#: How many places are tried, over all loose pieces, to find where a renumbered piece belongs.
_PLACES_TRIED = 512

Kind = Literal["changed", "dropped", "added", "reordered", "truncated", "rewritten"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One act as it is stored: its number, what it says, the hash before it and its own hash."""

    sequence: int
    act: Mapping[str, Any]
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """How many acts a chain had at some moment, and the hash of the last of them."""

    count: int
    hash: str


@dataclass(frozen=True, slots=True)
class Break:
    """One place where a chain does not fit: what is wrong, with which acts (``first`` to ``last``)."""

    kind: Kind
    first: int
    last: int
    message: str


def link(previous: str, act: Mapping[str, Any]) -> str:
    """Hash an act together with the hash of the act before it.

    Raises
    ------
    TrustError
        The act has no canonical JSON.

    Source: hash chaining after Haber and Stornetta (1991), with SHA-256 over RFC 8785.
    """
    return content_hash({"act": act, "previous": previous})


def seal(sequence: int, previous: str, act: Mapping[str, Any]) -> str:
    """Hash an act with its number, so that renumbering shows as well."""
    return link(previous, {**act, "sequence": sequence})


def append(head: Head | None, act: Mapping[str, Any]) -> Entry:
    """Make the next entry of a chain that ends at ``head`` (None: the chain is empty)."""
    sequence = head.count + 1 if head else 1
    previous = head.hash if head else GENESIS
    return Entry(sequence, act, previous, seal(sequence, previous, act))


def verify(
    rows: Iterable[Entry], *, expected_head: Head | None = None, anchors: Iterable[Head] = ()
) -> tuple[Break, ...]:
    """Find every place where a chain does not fit.

    Parameters
    ----------
    rows : entries, in any order
    expected_head : Head, optional
        The exact end of the chain: fewer acts are reported as truncated, more as added.
    anchors : heads kept elsewhere
        The chain must have passed through each; acts after the last anchor are fine.

    Returns
    -------
    breaks, by place
        Empty when the chain is intact. Neighbouring acts that moved by the same distance are one break.

    Source: own method, described in docs/methods/audit-trail.md.
    """
    placed = sorted(_place(list(rows)), key=lambda item: (item[0], not item[2]))
    breaks: list[Break] = []
    kept = _walk(placed, breaks)
    breaks += _moved(list(kept.items()))
    breaks += _against_heads(kept, breaks, expected_head, anchors)
    return tuple(sorted(breaks, key=lambda found: (found.first, found.last, found.kind)))


def _place(entries: list[Entry]) -> list[tuple[int, Entry, bool]]:
    """Give each entry the place its links say it had, and whether it stands on the chain's main line."""
    by_hash = {entry.hash for entry in entries}
    followers: dict[str, list[int]] = {}
    for index, entry in enumerate(entries):
        followers.setdefault(entry.previous, []).append(index)
    starts = [index for index, entry in enumerate(entries) if entry.previous not in by_hash]
    furthest = max(1, _PLACES_TRIED // max(1, len(starts)))
    left = set(range(len(entries)))
    remaining = iter(range(len(entries)))
    placed: list[tuple[int, Entry, bool]] = []
    waiting: deque[tuple[int, int | None, bool]] = deque(
        (index, 1 if entries[index].previous == GENESIS else None, True)
        for index in _likeliest_first(starts, entries, followers)
    )
    while waiting or left:
        if not waiting:
            # Entries whose links run in a circle have no start; each is then read from where it stands.
            waiting.append((next(remaining), None, True))
            furthest = 0
        index, base, main = waiting.popleft()
        if index not in left:
            continue
        piece: list[Entry] = []
        while index in left:
            left.discard(index)
            piece.append(entries[index])
            nexts = _likeliest_first(followers.get(entries[index].hash, []), entries, followers)
            nexts = [other for other in nexts if other in left]
            if not nexts:
                break
            for other in nexts[1:]:
                waiting.append((other, None if base is None else base + len(piece), False))
            index = nexts[0]
        first = base if base is not None else _base_of(piece, furthest)
        placed += [(first + offset, entry, main) for offset, entry in enumerate(piece)]
    return placed


def _likeliest_first(indexes: list[int], entries: list[Entry], followers: Mapping[str, list[int]]) -> list[int]:
    """Put first the entry that the chain goes on from: where two claim one place, the other was added."""
    if len(indexes) < 2:
        return indexes
    return sorted(indexes, key=lambda i: (not followers.get(entries[i].hash), not _fits(entries[i]), i))


def _fits(entry: Entry, sequence: int | None = None) -> bool:
    return seal(entry.sequence if sequence is None else sequence, entry.previous, entry.act) == entry.hash


def _base_of(piece: Sequence[Entry], furthest: int) -> int:
    """Find the number that the first act of a loose piece had when it was written."""
    for offset, entry in enumerate(piece):
        if _fits(entry):
            return entry.sequence - offset
    first = piece[0]
    for distance in range(1, furthest + 1):
        for sequence in (first.sequence + distance, first.sequence - distance):
            if sequence > 0 and _fits(first, sequence):
                return sequence
    return first.sequence


def _walk(placed: Sequence[tuple[int, Entry, bool]], breaks: list[Break]) -> dict[int, Entry]:
    """Go along the places, note what is wrong, and return the entry that holds each place."""
    kept: dict[int, Entry] = {}
    last_place, last_hash, last_was_broken = 0, GENESIS, False
    for place, entry, _ in placed:
        if place in kept:
            breaks.append(_added(place))
            continue
        kept[place] = entry
        if place > last_place + 1:
            breaks.append(_dropped(last_place + 1, place - 1))
        broken = not _fits(entry, place)
        if broken:
            breaks.append(_changed(place))
        elif place == last_place + 1 and entry.previous != last_hash and not last_was_broken:
            breaks.append(_replaced(last_place) if last_place else _changed(place))
        last_place, last_hash, last_was_broken = place, entry.hash, broken
    return kept


def _moved(placed: Sequence[tuple[int, Entry]]) -> list[Break]:
    found: list[Break] = []
    start = 0
    shifts = [entry.sequence - place for place, entry in placed]
    for index in range(1, len(placed) + 1):
        if index < len(placed) and shifts[index] == shifts[start]:
            continue
        if shifts[start]:
            found.append(_reordered(placed[start][0], placed[index - 1][0], shifts[start]))
        start = index
    return found


def _against_heads(
    kept: Mapping[int, Entry], breaks: Sequence[Break], expected: Head | None, anchors: Iterable[Head]
) -> list[Break]:
    end = max(kept, default=0)
    found: list[Break] = []
    heads = sorted({*anchors, *([expected] if expected else [])}, key=lambda head: (head.count, head.hash))
    furthest = max((head.count for head in heads), default=0)
    if furthest > end:
        found.append(_truncated(end + 1, furthest))
    good = 0
    for head in heads:
        if head.count > end or head.count not in kept:
            continue
        if kept[head.count].hash == head.hash or head.count == 0:
            good = head.count
        elif not any(good < found_break.first <= head.count for found_break in (*breaks, *found)):
            found.append(_rewritten(good + 1, head.count))
    if expected and end > expected.count:
        found.append(
            Break(
                "added",
                expected.count + 1,
                end,
                f"The chain was recorded to end with act {expected.count}, but "
                f"{_acts(expected.count + 1, end)} came after that without being recorded.",
            )
        )
    return found


def _acts(first: int, last: int) -> str:
    return f"act {first}" if first == last else f"acts {first} to {last}"


def _changed(place: int) -> Break:
    return Break("changed", place, place, f"Act {place} was changed: what it says does not give its hash.")


def _replaced(place: int) -> Break:
    return Break(
        "changed",
        place,
        place,
        f"Act {place} was replaced: act {place + 1} carries another hash for the act before it.",
    )


def _added(place: int) -> Break:
    return Break("added", place, place, f"One act too many claims number {place}: it was added to the chain.")


def _dropped(first: int, last: int) -> Break:
    verb = "is" if first == last else "are"
    return Break("dropped", first, last, f"{_acts(first, last).capitalize()} {verb} missing from the chain.")


def _reordered(first: int, last: int, shift: int) -> Break:
    now = _acts(first + shift, last + shift)
    verb = "stands" if first == last else "stand"
    return Break("reordered", first, last, f"{_acts(first, last).capitalize()} {verb} as {now}.")


def _truncated(first: int, last: int) -> Break:
    verb = "is" if first == last else "are"
    return Break("truncated", first, last, f"The end of the chain was cut off: {_acts(first, last)} {verb} missing.")


def _rewritten(first: int, last: int) -> Break:
    return Break(
        "rewritten",
        first,
        last,
        f"Somewhere in {_acts(first, last)} the chain was written anew: the hash of act {last} "
        "is not the one recorded for it.",
    )

"""What differs between two instruments, field by field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from minga.readiness.engine.instrument import Instrument, plain

_SKIPPED = {"sources", "original", "untranslated", "provenance", "dropped", "base_hash", "reviewed", "overlays"}
_MISSING = object()


@dataclass(frozen=True)
class Difference:
    """One field that differs. ``breaks_link``: whether link scores of both stop being comparable."""

    kind: Literal["added", "removed", "changed"]
    field: str
    before: Any = None
    after: Any = None
    breaks_link: bool = False

    def __str__(self) -> str:
        if self.kind == "changed":
            return f"{self.field}: {self.before!r} became {self.after!r}"
        return f"{self.field} was {self.kind}"


def diff(before: Instrument, after: Instrument) -> tuple[Difference, ...]:
    """List what differs between two instruments, in the order of the first.

    Returns
    -------
    tuple of Difference
        Fields are named like ``items.INC3.text`` or ``weights.safety``; an item that is only in one of the
        two is one difference.
    """
    old, new = _flat(before), _flat(after)
    found: list[Difference] = []
    for field in [*old, *(name for name in new if name not in old)]:
        was, is_now = old.get(field, _MISSING), new.get(field, _MISSING)
        if was == is_now:
            continue
        breaks = _breaks(field, before, after)
        if was is _MISSING:
            found.append(Difference("added", field, after=is_now, breaks_link=breaks))
        elif is_now is _MISSING:
            found.append(Difference("removed", field, before=was, breaks_link=breaks))
        else:
            found.append(Difference("changed", field, was, is_now, breaks))
    return tuple(_whole_items(found, before, after))


def _flat(instrument: Instrument) -> dict[str, Any]:
    """Lay an instrument out as field and value, lists of things with an id keyed by it."""
    flat: dict[str, Any] = {}

    def walk(value: Any, name: str) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                walk(inner, f"{name}.{key}")
        elif isinstance(value, list) and value and isinstance(value[0], dict) and "id" in value[0]:
            for inner in value:
                walk({k: v for k, v in inner.items() if k != "id"}, f"{name}.{inner['id']}")
        elif isinstance(value, list) and name.endswith(".levels"):
            for level, inner in enumerate(value):
                flat[f"{name}.{level}"] = inner
        else:
            flat[name] = value

    for field in instrument.__dataclass_fields__:
        if field not in _SKIPPED:
            walk(plain(getattr(instrument, field)), field)
    return flat


def _breaks(field: str, before: Instrument, after: Instrument) -> bool:
    """An anchor that comes, goes or gets other levels makes link scores of both differ in meaning."""
    parts = field.split(".")
    if parts[0] != "items" or (len(parts) > 2 and parts[2] not in ("levels", "anchor", "factor")):
        return parts[0] == "base_weights"
    return any(i.has_item(parts[1]) and i.item(parts[1]).anchor for i in (before, after))


def _whole_items(found: list[Difference], before: Instrument, after: Instrument) -> list[Difference]:
    """Join the fields of an item that is new or gone into one difference."""
    result: list[Difference] = []
    told: set[str] = set()
    for difference in found:
        parts = difference.field.split(".")
        lone = parts[0] == "items" and before.has_item(parts[1]) != after.has_item(parts[1])
        if not lone:
            result.append(difference)
        elif parts[1] not in told:
            told.add(parts[1])
            kept = before if before.has_item(parts[1]) else after
            result.append(Difference(difference.kind, f"items.{parts[1]}", breaks_link=kept.item(parts[1]).anchor))
    return result

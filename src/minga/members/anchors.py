"""Heads of the audit trail kept outside the database, one line each, so that a cut or rewritten trail shows.

The file is only ever added to. A line is written after its act was committed; if the machine stops between
the two, a line is missing, which is harmless: every line says what the trail must have passed through, not
where it ends.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from minga.members.engine.errors import MembersError
from minga.trust.chain import Head


@dataclass(frozen=True, slots=True)
class Anchors:
    """What the file says about one chain, and how many other chains it has seen."""

    heads: tuple[Head, ...]
    other_chains: int
    latest_chain: str


def path() -> Path:
    """Where the heads are kept."""
    return Path(settings.VAR) / "audit-heads.jsonl"


def add(chain: str, head: Head, *, accepted: bool = False) -> None:
    """Write one head. ``accepted`` says that heads from here on, written before, hold no longer."""
    line = {"chain": chain, "count": head.count, "hash": head.hash} | ({"accepted": True} if accepted else {})
    path().parent.mkdir(parents=True, exist_ok=True)
    # One write to a file opened for appending: lines of several processes do not mix.
    handle = os.open(path(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, (json.dumps(line, sort_keys=True) + "\n").encode())
    finally:
        os.close(handle)


def read(chain: str | None) -> Anchors:
    """Read the heads of a chain; without its sign, of the one written last."""
    lines = _lines()
    latest = lines[-1]["chain"] if lines else ""
    wanted = chain or latest
    heads: list[Head] = []
    for line in lines:
        if line["chain"] != wanted:
            continue
        if line.get("accepted"):
            heads = [head for head in heads if head.count < line["count"]]
        heads.append(Head(line["count"], line["hash"]))
    others = {line["chain"] for line in lines} - {wanted}
    return Anchors(tuple(heads), len(others), latest)


def _lines() -> list[dict[str, Any]]:
    if not path().exists():
        return []
    found = []
    for number, text in enumerate(path().read_text(encoding="utf-8").splitlines(), 1):
        try:
            line = json.loads(text)
            found.append({**line, "chain": str(line["chain"]), "count": int(line["count"]), "hash": str(line["hash"])})
        except (ValueError, KeyError, TypeError):
            raise MembersError(
                f"Line {number} of {path()} is not a head of the audit trail. The file was changed; "
                "bring it back from a backup."
            ) from None
    return found

"""Who did something, as a random mark: what is kept instead of a key to a person."""

from __future__ import annotations

from typing import Any

from minga.members import selectors as members


def mark_of(by: Any) -> str:
    """Return the mark of a person or of the person of an account; empty for nobody and for visitors."""
    if by is None:
        return ""
    person = members.person_of(by) if hasattr(by, "is_authenticated") else by
    return str(person.reference) if person is not None else ""

"""One spelling for names that people typed in several ways: "Sfax", "sfax " and "SFAX" are one region."""

from __future__ import annotations

from collections.abc import Iterable

from minga.text import fold


def one_spelling(names: Iterable[str | None]) -> dict[str, str]:
    """Choose one spelling for names that differ in capitals, accents, digits or spaces alone.

    Parameters
    ----------
    names : as they were typed; empty ones are left out

    Returns
    -------
    dict, chosen spelling by name
        The first in the alphabet of those written as a name is, with capitals and small letters; it depends on the
        spellings alone, not on how often each was used, so that every table about the same people chooses alike.
    """
    spellings: dict[str, set[str]] = {}
    typed = {name for name in names if name and name.strip()}
    for name in typed:
        spellings.setdefault(_key(name), set()).add(" ".join(name.split()))
    chosen = {key: min(found, key=_rank) for key, found in spellings.items()}
    return {name: chosen[_key(name)] for name in typed}


def _key(name: str) -> str:
    return " ".join(fold(name).split())


def _rank(name: str) -> tuple[bool, bool, str]:
    """Put mixed letters first, then accents before none: they are what somebody took care to write."""
    is_mixed = name != name.upper() and name != name.lower()
    return not is_mixed, name.isascii(), name

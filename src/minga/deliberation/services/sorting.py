"""Sorting several voices at once: those that were ticked, or all that a search listed when the page was made."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import Consultation, Theme, Voice
from minga.deliberation.selectors import theming
from minga.deliberation.services.theming import Sorted, lock, make_theme, move, put_under, take_out

#: What can be done with voices; the last two need the theme in which they stand.
PUT, MOVE, OUT = "put", "move", "out"


@dataclass(frozen=True)
class Listed:
    """All voices that a search listed, and the mark of that list as somebody saw it."""

    search: theming.Search
    mark: str


@dataclass(frozen=True)
class Target:
    """Where voices are put: a theme of the codebook, or a new one of this name, which goes first."""

    theme: Theme | None = None
    name: str = ""
    language: str = "en"


@transaction.atomic
def sort_voices(
    *,
    consultation: Consultation,
    voices: Collection[int] | Listed,
    act: str,
    source: Theme | None = None,
    target: Target | None = None,
    by: Any = None,
) -> Sorted:
    """Put, move or take out voices, given by their numbers or as all that a search listed.

    Whoever sorts in the same consultation at the same moment waits: what was looked for is what is sorted.

    Raises
    ------
    ActError
        "listed" where the search lists other voices now than the ones that were seen, "none_chosen" without voices,
        "nowhere" without a theme; the others as for `make_theme`, `put_under` and `move`.
    """
    lock(consultation)
    chosen = _all_listed(consultation, voices) if isinstance(voices, Listed) else _numbered(consultation, voices)
    if not chosen:
        raise ActError("none_chosen", "No voice was ticked. Tick those that belong together.")
    if source is not None and act == OUT:
        return take_out(voices=chosen, theme=source)
    into = _theme(consultation, target or Target(), by)
    if source is not None and act == MOVE:
        return move(voices=chosen, out_of=source, into=into, by=by)
    return put_under(theme=into, voices=chosen, by=by)


def _all_listed(consultation: Consultation, listed: Listed) -> list[Voice]:
    """Return all voices of a search, if they are still the ones that were seen."""
    found = theming.found(consultation, listed.search)
    if theming.mark_of_list(found) != listed.mark:
        raise ActError("listed", "Other voices are listed now than when the page was made. Look at it, then try again.")
    return list(found)


def _numbered(consultation: Consultation, numbers: Collection[int]) -> list[Voice]:
    return list(consultation.voices.filter(number__in=numbers, withdrawn_at=None))


def _theme(consultation: Consultation, target: Target, by: Any) -> Theme:
    if target.name:
        return make_theme(consultation=consultation, name=target.name, language=target.language, by=by)
    if target.theme is None:
        raise ActError("nowhere", "Choose a theme, or name a new one.")
    return target.theme

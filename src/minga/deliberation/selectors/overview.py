"""The parts of a consultation as its public page and its desk list them; each subject adds its own small function.

A function takes a consultation and yields entries, none where there is nothing to show. `@public(order)` puts them on
the public page, `@desk(order, *tasks)` on the desk of whoever has one of these tasks; a lower order stands first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from minga.deliberation.models import Consultation, TeamMember

Words = str | Promise
Task = TeamMember.Task


@dataclass(frozen=True)
class Part:
    """One entry: where it leads, what there is, and on the desk how much of it waits for somebody."""

    label: Words
    url: str
    #: a whole sentence in the words of the page: what is there, or what one can do there
    about: Words = ""
    #: how many there are; None where counting says nothing
    count: int | None = None
    #: how many wait for somebody; the desk shows parts with something waiting first
    waiting: int = 0
    #: how many are late
    overdue: int = 0
    is_sample: bool = False


Lister = Callable[[Consultation], Iterable[Part]]

_PUBLIC: list[tuple[int, Lister]] = []
_DESK: list[tuple[int, frozenset[str], Lister]] = []


def public(order: int) -> Callable[[Lister], Lister]:
    """Register what the public page of a consultation shows."""

    def register(function: Lister) -> Lister:
        _PUBLIC.append((order, function))
        return function

    return register


def desk(order: int, *tasks: str) -> Callable[[Lister], Lister]:
    """Register what the desk shows to people with one of these tasks, to the whole team where none is named."""

    def register(function: Lister) -> Lister:
        _DESK.append((order, frozenset(tasks or Task.values), function))
        return function

    return register


def public_parts(consultation: Consultation) -> list[Part]:
    """Return what everyone finds on the page of a consultation, in order."""
    return [part for _order, lister in sorted(_PUBLIC, key=_place) for part in lister(consultation)]


def desk_parts(consultation: Consultation, tasks: Collection[str]) -> list[Part]:
    """Return what somebody with these tasks finds on the desk: what waits first, otherwise in order."""
    held = frozenset(tasks)
    shown = [lister for _order, needed, lister in sorted(_DESK, key=_place) if held & needed]
    parts = [part for lister in shown for part in lister(consultation)]
    return sorted(parts, key=lambda part: (part.overdue == 0, part.waiting == 0))


def _place(entry: tuple[int, *tuple[object, ...]]) -> int:
    return entry[0]


# Parts stand below, by subject. An entry's address is made by `reverse("deliberation:<name>", args=[...])`.


# ---------------------------------------------------------------- the consultation itself
@desk(900, Task.LEAD)
def rounds(consultation: Consultation) -> Iterable[Part]:
    """Lead to the rounds."""
    yield Part(
        label=_("Rounds"),
        url=reverse("deliberation:rounds", args=[consultation.slug]),
        about=_("Parts of the consultation by country, region and city, which roll up."),
        count=consultation.rounds.count(),
    )


@desk(910, Task.LEAD)
def team(consultation: Consultation) -> Iterable[Part]:
    """Lead to the people who work on it."""
    yield Part(
        label=_("Team"),
        url=reverse("deliberation:team", args=[consultation.slug]),
        about=_("Who works on it beside you, and on what."),
        count=consultation.team.values("person").distinct().count(),
    )


@desk(920, Task.LEAD)
def settings(consultation: Consultation) -> Iterable[Part]:
    """Lead to what the consultation says of itself."""
    yield Part(
        label=_("Settings"),
        url=reverse("deliberation:settings", args=[consultation.slug]),
        about=_("Its words in several languages, its rules, and the population with which it is compared."),
    )

"""A room's card: what a room tells the house about itself, declared once in its apps.py."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig, apps
from django.utils.functional import Promise
from django.utils.module_loading import import_string

Words = str | Promise


@dataclass(frozen=True)
class MenuEntry:
    """An entry of the main menu; lower order stands first."""

    label: Words
    url_name: str
    order: int = 50


@dataclass(frozen=True)
class Processing:
    """One line of the register of processing, shown on the privacy page."""

    record: Words
    purpose: Words
    lawful_basis: Words
    retention: Words
    seen_by: Words


@dataclass(frozen=True)
class RetentionJob:
    """Deletes what is kept no longer; `run` is the dotted name of a function that returns how many it deleted."""

    name: str
    run: str


class Room(AppConfig):
    """Base of every room's AppConfig. All of it is data, so the house can show it without knowing the room."""

    menu: tuple[MenuEntry, ...] = ()
    processing: tuple[Processing, ...] = ()
    retention: tuple[RetentionJob, ...] = ()
    #: what a program's token may be allowed in this room's API: "read", "write"; a room without an API has none
    api_scopes: tuple[str, ...] = ()
    #: dotted name of `export(person) -> dict`: everything the room stores about a person
    export_person: str = ""
    #: dotted name of `erase(person) -> int`: deletes or anonymizes it, returns how many rows
    erase_person: str = ""
    #: dotted name of `load() -> None`: the room's part of the sample alliance; run in the order of ROOMS
    load_sample: str = ""
    #: dotted name of `load() -> None`: content every site starts with; run after migrations, changes nothing twice
    load_start_content: str = ""

    def __init_subclass__(cls, **settings: Any) -> None:
        """Make each room's card the one Django takes: its module also holds the name `Room`, a second candidate."""
        super().__init_subclass__(**settings)
        cls.default = True


def rooms() -> Iterator[Room]:
    """Yield the cards of all rooms, lowest first."""
    return (card for card in apps.get_app_configs() if isinstance(card, Room))


def menu() -> list[MenuEntry]:
    """Return the menu: only what works has an entry."""
    return sorted((entry for room in rooms() for entry in room.menu), key=lambda entry: entry.order)


@dataclass(frozen=True)
class Scope:
    """What a token may be allowed: to read in a room's API, or to change."""

    code: str
    room: Words
    access: str


def scopes() -> list[Scope]:
    """Return every scope that the rooms' cards declare, in the order of the house."""
    return [
        Scope(f"{room.label}:{access}", room.verbose_name, access) for room in rooms() for access in room.api_scopes
    ]


def call_each(attribute: str, *arguments: Any) -> dict[str, Any]:
    """Call the function that each room names under `attribute`; return its result by room label."""
    named = ((room.label, getattr(room, attribute)) for room in rooms())
    return {label: import_string(name)(*arguments) for label, name in named if name}

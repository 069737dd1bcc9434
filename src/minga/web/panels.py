"""Places on lower rooms' pages that higher rooms fill: the only way upwards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.http import HttpRequest

from minga.web.rooms import rooms

Panel = Callable[[HttpRequest, Any], str | None]

_PANELS: dict[str, list[Panel]] = defaultdict(list)


def panel(place: str) -> Callable[[Panel], Panel]:
    """Register a function that returns safe HTML for a place, or None where it has nothing to show."""

    def register(function: Panel) -> Panel:
        if function not in _PANELS[place]:
            _PANELS[place].append(function)
        return function

    return register


@cache
def load() -> None:
    """Let every room fill places, once a page asks for it: commands need no panels, and start in half the time."""
    for room in rooms():
        if find_spec(f"{room.name}.panels"):
            import_module(f"{room.name}.panels")


def filled(place: str, request: HttpRequest, subject: Any) -> list[str]:
    """Return the HTML of every panel that has something to say about the subject."""
    load()
    return [html for function in _PANELS[place] if (html := function(request, subject))]

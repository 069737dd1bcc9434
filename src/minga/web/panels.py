"""Places on lower rooms' pages that higher rooms fill: the only way upwards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

Panel = Callable[[HttpRequest, Any], str | None]

_PANELS: dict[str, list[Panel]] = defaultdict(list)


def panel(place: str) -> Callable[[Panel], Panel]:
    """Register a function that returns safe HTML for a place, or None where it has nothing to show."""

    def register(function: Panel) -> Panel:
        if function not in _PANELS[place]:
            _PANELS[place].append(function)
        return function

    return register


def filled(place: str, request: HttpRequest, subject: Any) -> list[str]:
    """Return the HTML of every panel that has something to say about the subject."""
    return [html for function in _PANELS[place] if (html := function(request, subject))]

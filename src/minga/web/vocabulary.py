"""Shared vocabularies (factors, for one): registered by the room that owns them, read by any."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise

from minga.web import panels

_WORDS: dict[str, dict[str, str | Promise]] = {}


def register(name: str, labels: Mapping[str, str | Promise]) -> None:
    """Give a vocabulary its labels, by id, in their order."""
    _WORDS[name] = dict(labels)


def labels(name: str) -> dict[str, str | Promise]:
    """Return the labels of a vocabulary by id; empty where no room owns it yet."""
    panels.load()
    return dict(_WORDS.get(name, {}))

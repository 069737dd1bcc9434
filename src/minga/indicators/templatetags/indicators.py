"""Figures of indexes in templates: `{% load indicators %}`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template

from minga.indicators import wording

register = template.Library()


@register.filter
def figure(value: float | None, decimals: int = 1) -> str:
    """Write a figure, or a dash where there is none."""
    return wording.number(value, decimals)


@register.filter
def percent(share: float | None) -> str:
    """Write a share of 0 to 1 as per cent."""
    return wording.percent(None if share is None else 100 * share)


@register.filter
def signed(value: int | None) -> str:
    """Write a difference with its sign."""
    if not value:
        return "–" if value is None else "0"
    return f"{value:+d}".replace("-", "−")


@register.filter
def direction_words(value: int) -> str:
    """Say whether more is better."""
    return wording.direction(value)


@register.filter
def listed(words: Iterable[Any]) -> str:
    """Write words as a list."""
    return wording.listed(words)


@register.filter
def unlocal(value: Any) -> str:
    """Write a year without the marks of thousands."""
    return str(value)


@register.filter
def depth_below(level: int, top: int) -> int:
    """Return how deep a part stands below the top, at most four."""
    return max(0, min(top - level, 4))

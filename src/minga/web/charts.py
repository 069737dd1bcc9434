"""Charts as inline SVG drawn on the server; every chart has a table twin on its page.

Places along the scale are percentages and sizes are pixels, so a chart fills any width while its text keeps its size.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language_bidi

_ROW, _LINE, _FOOT = 54, 36, 28

_TICK = (
    '<line x1="{0}" x2="{0}" y1="4" y2="{1}" stroke="var(--line)"/>'
    '<text x="{0}" y="{2}" text-anchor="middle" class="chart__quiet">{3}</text>'
)


@dataclass(frozen=True)
class ProfileRow:
    """One line of a profile: a value with its interval on a scale, and its peers; None where not shown."""

    label: str
    value: float | None
    lower: float | None = None
    upper: float | None = None
    peer_median: float | None = None
    peer_low: float | None = None
    peer_high: float | None = None
    note: str = ""


def profile(rows: Sequence[ProfileRow], label: str, *, top: float = 5.0) -> SafeString:
    """Draw one line a row: diamond = value, bar = interval, band = peers' middle half, tick = their median.

    Labels stand above their line, so that long words of any language fit at 320 px.
    The scale runs from right to left on right-to-left pages.
    """
    axis = _Axis(top, get_language_bidi())
    height = len(rows) * _ROW + _FOOT
    ticks = format_html_join(
        "", _TICK, ((axis.at(level), height - _FOOT, height - 6, level) for level in range(int(top) + 1))
    )
    lines = _joined(_profile_line(row, index * _ROW, axis) for index, row in enumerate(rows))
    return format_html(
        '<svg class="chart" width="100%" height="{}" role="img" aria-label="{}">'
        '<svg x="2%" width="96%" overflow="visible">{}{}</svg></svg>',
        height,
        label,
        ticks,
        lines,
    )


def _joined(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


@dataclass(frozen=True)
class _Axis:
    """Places a value along the drawing; mirrored for right-to-left pages."""

    top: float
    mirrored: bool

    def share(self, value: float) -> float:
        along = 100 * min(max(value, 0), self.top) / self.top
        return round(100 - along if self.mirrored else along, 2)

    def at(self, value: float) -> str:
        return f"{self.share(value)}%"

    @property
    def start(self) -> str:
        return "100%" if self.mirrored else "0%"


def _profile_line(row: ProfileRow, top: int, axis: _Axis) -> SafeString:
    """Draw one row: its label, the peers behind, the value in front."""
    middle = top + _LINE
    note = format_html('<tspan class="chart__quiet"> · {}</tspan>', row.note) if row.note else ""
    parts = [format_html('<text x="{}" y="{}">{}{}</text>', axis.start, top + 18, row.label, note)]
    if row.peer_low is not None and row.peer_high is not None:
        parts.append(_band(axis, row.peer_low, row.peer_high, middle))
    if row.peer_median is not None:
        parts.append(_stroke(axis.at(row.peer_median), axis.at(row.peer_median), middle - 10, middle + 10, "--quiet"))
    if row.value is not None:
        parts.extend(_value(axis, row, middle))
    return _joined(parts)


def _band(axis: _Axis, low: float, high: float, middle: int) -> SafeString:
    left, right = sorted((axis.share(low), axis.share(high)))
    return format_html(
        '<rect x="{}%" y="{}" width="{}%" height="16" rx="3" fill="var(--line)" stroke="var(--edge)"/>',
        left,
        middle - 8,
        round(right - left, 2),
    )


def _stroke(x1: str, x2: str, y1: int, y2: int, colour: str) -> SafeString:
    return format_html(
        '<line x1="{}" x2="{}" y1="{}" y2="{}" stroke="var({})" stroke-width="3"/>', x1, x2, y1, y2, colour
    )


def _value(axis: _Axis, row: ProfileRow, middle: int) -> list[SafeString]:
    parts = []
    if row.lower is not None and row.upper is not None:
        low, high = axis.at(row.lower), axis.at(row.upper)
        parts.append(_stroke(low, high, middle, middle, "--assess"))
        parts.extend(_stroke(end, end, middle - 5, middle + 5, "--assess") for end in (low, high))
    diamond = '<svg x="{}" y="{}" overflow="visible"><path d="M0-8l8 8-8 8-8-8z" fill="var(--assess)"/></svg>'
    return [*parts, format_html(diamond, axis.at(row.value or 0.0), middle)]

"""Charts as inline SVG drawn on the server; every chart has a table twin on the page that shows the same figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language_bidi

_WIDTH, _LABEL_ABOVE, _ROW, _PAD = 640, 26, 58, 14


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
    height = len(rows) * _ROW + 30
    ticks = format_html_join(
        "",
        '<path d="M{0} 4V{1}" stroke="var(--line)"/><text x="{0}" y="{2}" font-size="20" text-anchor="middle" fill="var(--quiet)">{3}</text>',
        ((axis.x(level), height - 28, height - 4, level) for level in range(int(top) + 1)),
    )
    lines = format_html_join("", "{}", ((_profile_line(row, index * _ROW, axis),) for index, row in enumerate(rows)))
    return format_html(
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}" class="chart">{}{}</svg>',
        _WIDTH,
        height,
        label,
        ticks,
        lines,
    )


class _Axis:
    """Places a value on the drawing; mirrored for right-to-left pages."""

    def __init__(self, top: float, mirrored: bool) -> None:
        self.top, self.mirrored = top, mirrored

    def x(self, value: float) -> float:
        along = _PAD + (_WIDTH - 2 * _PAD) * value / self.top
        return round(_WIDTH - along if self.mirrored else along, 1)

    @property
    def start(self) -> float:
        return _WIDTH if self.mirrored else 0


def _profile_line(row: ProfileRow, top: float, axis: _Axis) -> SafeString:
    middle = top + _LABEL_ABOVE + 12
    # an SVG text anchored at "start" begins at the right edge where the page runs right to left
    text = format_html(
        '<text x="{}" y="{}" font-size="21" fill="var(--ink)">{}{}</text>',
        axis.start,
        top + 20,
        row.label,
        f" · {row.note}" if row.note else "",
    )
    parts = [text]
    if row.peer_low is not None and row.peer_high is not None:
        parts.append(_bar(axis, row.peer_low, row.peer_high, middle))
    if row.peer_median is not None:
        parts.append(
            format_html(
                '<path d="M{} {}v24" stroke="var(--quiet)" stroke-width="3"/>',
                axis.x(row.peer_median),
                middle - 12,
            )
        )
    if row.value is not None:
        parts.append(_mark(axis, row, middle))
    return format_html_join("", "{}", ((part,) for part in parts))


def _bar(axis: _Axis, low: float, high: float, middle: float) -> SafeString:
    left, right = sorted((axis.x(low), axis.x(high)))
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="18" rx="3" fill="var(--line)"/>',
        left,
        middle - 9,
        round(right - left, 1),
    )


def _mark(axis: _Axis, row: ProfileRow, middle: float) -> SafeString:
    x = axis.x(row.value or 0.0)
    bar = ""
    if row.lower is not None and row.upper is not None:
        bar = format_html(
            '<path d="M{} {}H{}" stroke="var(--assess)" stroke-width="4"/>',
            axis.x(row.lower),
            middle,
            axis.x(row.upper),
        )
    return format_html('{}<path d="M{} {}l9 9-9 9-9-9z" fill="var(--assess)"/>', bar, x, middle - 9)

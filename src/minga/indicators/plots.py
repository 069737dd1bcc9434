"""More charts of indexes, in the manner of `charts`: tree and rings of the parts, and ranks from edition to edition."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import get_language_bidi

from minga.indicators.charts import COLOURS, axis

_LINE = 28
#: letters of a name that fit beside the lines on a phone; the table has the whole name
_LETTERS = 26


def tree(rows: Sequence[tuple[str, int, str, float]], label: str) -> SafeString:
    """Draw the parts of an index below each other, each set in by its depth, with its weight in per cent as a bar."""
    line = axis(0.0, 100.0)
    drawn = []
    for name, depth, words, percent in rows:
        left, width = line.span(0.0, max(percent, 0.0))
        drawn.append((depth, name, words, left, max(width, 0.4)))
    lines = format_html_join(
        "",
        '<div class="strip"><span class="depth-{}">{} <bdi class="quiet">{}</bdi></span>'
        '<svg class="chart" width="100%" height="16"><svg x="2%" width="96%" overflow="visible">'
        '<rect width="100%" y="2" height="12" rx="2" fill="var(--line)" fill-opacity=".5"/>'
        '<rect x="{}%" y="2" width="{}%" height="12" rx="2" fill="var(--measure)"/></svg></svg></div>',
        drawn,
    )
    return format_html('<div class="strips" role="img" aria-label="{}">{}</div>', label, lines)


@dataclass(frozen=True)
class Arc:
    """A part of an index in the rings: how deep it lies, where it begins and how much it decides, both of the whole."""

    number: str
    title: str
    depth: int
    start: float
    share: float
    colour: int


_HOLE, _RIM = 22.0, 100.0


def rings(arcs: Sequence[Arc], label: str) -> SafeString:
    """Draw the parts of an index as rings, the whole in the middle; each arc is as long as the part decides.

    Numbers stand in the arcs that have room; the table beside explains them.
    """
    deepest = max((one.depth for one in arcs), default=1)
    width = (_RIM - _HOLE) / deepest
    drawn = []
    for one in arcs:
        inner = _HOLE + width * (one.depth - 1)
        drawn.append((one.title, _arc(one, inner, inner + width), COLOURS[one.colour % len(COLOURS)],
                      0.55 if one.depth == 1 else 0.28, _number(one, inner + width / 2, width)))  # fmt: skip
    return format_html(
        '<svg class="rings" viewBox="-102 -102 204 204" role="img" aria-label="{}">{}</svg>',
        label,
        format_html_join(
            "",
            '<g><title>{}</title><path d="{}" fill="var({})" fill-opacity="{}" stroke="var(--paper)" '
            'stroke-width="1" fill-rule="evenodd"/>{}</g>',
            drawn,
        ),
    )


def _arc(one: Arc, inner: float, outer: float) -> str:
    """The outline of a stretch of a ring; a whole ring is two circles."""
    if one.share > 0.9999:
        return "".join(
            f"M{r:.2f} 0A{r:.2f} {r:.2f} 0 1 1 {-r:.2f} 0A{r:.2f} {r:.2f} 0 1 1 {r:.2f} 0Z" for r in (outer, inner)
        )
    large = int(one.share > 0.5)
    sweep = 0 if get_language_bidi() else 1
    (ax, ay), (bx, by) = (_place(at, outer) for at in (one.start, one.start + one.share))
    (cx, cy), (dx, dy) = (_place(at, inner) for at in (one.start + one.share, one.start))
    return (
        f"M{ax:.2f} {ay:.2f}A{outer:.2f} {outer:.2f} 0 {large} {sweep} {bx:.2f} {by:.2f}"
        f"L{cx:.2f} {cy:.2f}A{inner:.2f} {inner:.2f} 0 {large} {1 - sweep} {dx:.2f} {dy:.2f}Z"
    )


def _place(share: float, radius: float) -> tuple[float, float]:
    """A point of a ring: from the top, in the direction in which the page is read."""
    angle = 2 * math.pi * share * (-1 if get_language_bidi() else 1)
    return radius * math.sin(angle), -radius * math.cos(angle)


def _number(one: Arc, radius: float, width: float) -> SafeString | str:
    """The part's number, where the arc is long enough for it."""
    room = min(width, 2 * math.pi * radius * one.share)
    if room < 5 * len(one.number) + 4:
        return ""
    x, y = _place(one.start + one.share / 2, radius)
    return format_html('<text x="{}" y="{}" text-anchor="middle">{}</text>', round(x, 2), round(y + 3.2, 2), one.number)


@dataclass(frozen=True)
class Slope:
    """A unit's rank in an edition and in the one before."""

    name: str
    then: int
    now: int


def slopes(rows: Sequence[Slope], label: str) -> SafeString:
    """Draw a line a unit from its rank before to its rank now; units are ordered by rank on each side."""
    line = axis(0.0, 100.0)
    # places go by position, since two units may have one name
    after = sorted(rows, key=lambda one: (one.now, one.then, one.name))
    before = sorted(range(len(after)), key=lambda at: (after[at].then, at))
    drawn = []
    for at, one in enumerate(after):
        old, new = ((place + 0.5) * _LINE for place in (before.index(at), at))
        drawn.append((one.name, line.at(8), line.at(36), old, new, _colour(one), line.at(3), old + 5, one.then,
                      line.at(40), new + 5, one.now, Truncator(one.name).chars(_LETTERS)))  # fmt: skip
    lines = format_html_join(
        "",
        '<g><title>{0}</title><line x1="{1}" x2="{2}" y1="{3}" y2="{4}" stroke="var({5})" stroke-width="2"/>'
        '<circle cx="{1}" cy="{3}" r="4" fill="var({5})"/><circle cx="{2}" cy="{4}" r="4" fill="var({5})"/>'
        '<text x="{6}" y="{7}" text-anchor="middle" class="chart__quiet">{8}</text>'
        '<text x="{9}" y="{10}">{11} · {12}</text></g>',
        drawn,
    )
    return format_html(
        '<svg class="chart" width="100%" height="{}" role="img" aria-label="{}">'
        '<svg x="2%" width="96%" overflow="visible">{}</svg></svg>',
        len(rows) * _LINE, label, lines,
    )  # fmt: skip


def _colour(one: Slope) -> str:
    """Up, down and unmoved have a colour each; the ranks at both ends say the same."""
    return "--edge" if one.then == one.now else "--assess" if one.now < one.then else "--measure"

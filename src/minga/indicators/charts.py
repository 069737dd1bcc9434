"""Charts of indexes as inline SVG; each has its figures as a table on the same page.

Places along a scale are percentages and sizes are pixels, so a chart fills any width while its text keeps its size.
Scales run from right to left on right-to-left pages.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi

#: One thread colour after the other for parts that stand beside each other; a number beside each carries the meaning.
COLOURS = ("--measure", "--advise", "--validate", "--pilot", "--deliberate", "--assess", "--govern")
SHAPES = ("M0-8l8 8-8 8-8-8z", "M-7-7h14v14h-14z", "M0-8l9 15h-18z", "M0 8l9-15h-18z")
TILES = Path(__file__).with_name("tiles.csv")
#: how strongly each of the five classes of the map is coloured, lowest first; text on them keeps its contrast
CLASSES = (0.08, 0.18, 0.28, 0.39, 0.5)


def _joined(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


@dataclass(frozen=True)
class Axis:
    """Places values between two ends, as shares of the width."""

    low: float
    high: float
    mirrored: bool

    def share(self, value: float) -> float:
        width = (self.high - self.low) or 1.0
        along = 100 * (min(max(value, self.low), self.high) - self.low) / width
        return round(100 - along if self.mirrored else along, 2)

    def at(self, value: float) -> str:
        return f"{self.share(value)}%"

    def span(self, one: float, other: float) -> tuple[float, float]:
        """Left end and width of a stretch."""
        left, right = sorted((self.share(one), self.share(other)))
        return left, round(right - left, 2)

    @property
    def start(self) -> str:
        return "100%" if self.mirrored else "0%"


def axis(low: float, high: float) -> Axis:
    """Make the axis for the page's direction."""
    return Axis(low, high, get_language_bidi())


def _frame(height: int, label: str, inside: SafeString) -> SafeString:
    return format_html(
        '<svg class="chart" width="100%" height="{}" role="img" aria-label="{}">'
        '<svg x="2%" width="96%" overflow="visible">{}</svg></svg>',
        height,
        label,
        inside,
    )


def rank_bar(rank: float, low: float | None, high: float | None, last: int) -> SafeString:
    """Draw one rank with its interval, for a cell of the table; the numbers stand in the cells beside it."""
    line = axis(1, max(last, 2))
    parts = [mark_safe('<line x1="0" x2="100%" y1="11" y2="11" stroke="var(--line)"/>')]
    if low is not None and high is not None:
        left, width = line.span(low, high)
        bar = '<rect x="{}%" y="6" width="{}%" height="10" rx="3" fill="var(--measure)" fill-opacity=".35"/>'
        parts.append(format_html(bar, left, max(width, 0.8)))
    dot = '<svg x="{}" y="11" overflow="visible"><path d="M0-6l6 6-6 6-6-6z" fill="var(--measure)"/></svg>'
    parts.append(format_html(dot, line.at(rank)))
    return format_html(
        '<svg class="chart" width="100%" height="22" aria-hidden="true"><svg x="4%" width="92%" overflow="visible">'
        "{}</svg></svg>",
        _joined(parts),
    )


# ---------------------------------------------------------------- distribution
@dataclass(frozen=True)
class Bin:
    """How many units lie between two scores."""

    low: float
    high: float
    count: int


def bins_of(values: Sequence[float], over: Sequence[float] = ()) -> list[Bin]:
    """Sort scores into stretches of equal, round width, at most ten, over their own range or that of others with it."""
    ends = (*values, *over)
    width = next(one for one in _WIDTHS if (max(ends) - min(ends)) / one <= 9)
    low = math.floor(min(ends) / width) * width
    count = math.floor((max(ends) - low) / width) + 1
    found = [0] * count
    for value in values:
        found[min(int((value - low) / width), count - 1)] += 1
    return [Bin(low + at * width, low + (at + 1) * width, found[at]) for at in range(count)]


#: widths of stretches that read well
_WIDTHS = [step * 10.0**power for power in range(-4, 9) for step in (1, 2, 5)]


def histogram(bins: Sequence[Bin], label: str) -> SafeString:
    """Draw how many units have which score."""
    height, foot = 160, 26
    line = axis(bins[0].low, bins[-1].high)
    most = max(one.count for one in bins) or 1
    parts = []
    for one in bins:
        left, width = line.span(one.low, one.high)
        tall = round((height - foot - 20) * one.count / most, 1)
        top = height - foot - tall
        parts.append(
            format_html(
                '<rect x="{}%" y="{}" width="{}%" height="{}" fill="var(--measure)" fill-opacity=".55" '
                'stroke="var(--paper)"/>',
                left, top, width, tall,
            )
        )  # fmt: skip
        if one.count:
            parts.append(
                format_html(
                    '<text x="{}%" y="{}" text-anchor="middle" class="chart__quiet">{}</text>',
                    round(left + width / 2, 2), top - 4, one.count,
                )
            )  # fmt: skip
    for end in (bins[0].low, bins[-1].high):
        parts.append(
            format_html(
                '<text x="{}" y="{}" text-anchor="middle" class="chart__quiet">{}</text>',
                line.at(end), height - 6, f"{end:g}",
            )
        )  # fmt: skip
    return _frame(height, label, _joined(parts))


# ---------------------------------------------------------------- map of tiles
@dataclass(frozen=True)
class Tile:
    """One country: where its square stands."""

    code: str
    column: int
    row: int


@lru_cache(maxsize=1)
def tiles() -> tuple[Tile, ...]:
    """Read the squares: laid out by us from rough latitudes and longitudes, so that no two share a place."""
    with TILES.open(encoding="utf-8", newline="") as lines:
        return tuple(Tile(row["iso2"], int(row["column"]), int(row["row"])) for row in csv.DictReader(lines))


def class_of(value: float, low: float, high: float) -> int:
    """Sort a score into one of five equal classes, 0 the lowest."""
    return min(int(5 * (value - low) / ((high - low) or 1.0)), 4)


def tile_map(classes: Mapping[str, int], titles: Mapping[str, str], label: str, name: str = "map") -> SafeString:
    """Draw one square a country, coloured by class; countries without a figure are hatched.

    East stays right on right-to-left pages: it is a map.
    """
    wide, high = max(tile.column for tile in tiles()) + 1, max(tile.row for tile in tiles()) + 1
    squares = []
    for tile in tiles():
        found = classes.get(tile.code)
        fill = format_html('fill="url(#{}-none)"', name) if found is None else format_html(
            'fill="var(--measure)" fill-opacity="{}"', CLASSES[found]
        )  # fmt: skip
        title = format_html("<title>{}</title>", titles[tile.code]) if tile.code in titles else ""
        text = "" if found is None else format_html(
            '<text x="{}" y="{}" text-anchor="middle">{}</text>', tile.column + 0.5, tile.row + 0.63, tile.code
        )  # fmt: skip
        squares.append(
            format_html(
                '<g>{}<rect x="{}" y="{}" width=".92" height=".92" rx=".12" stroke="var(--edge)" '
                'stroke-width=".04" {}/>{}</g>',
                title, tile.column + 0.04, tile.row + 0.04, fill, text,
            )
        )  # fmt: skip
    hatch = format_html(
        '<defs><pattern id="{}-none" width=".25" height=".25" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><line y2=".25" stroke="var(--quiet)" stroke-width=".07"/></pattern></defs>',
        name,
    )
    return format_html(
        '<svg class="tilemap" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>',
        wide, high, label, hatch, _joined(squares),
    )  # fmt: skip


# ---------------------------------------------------------------- strips: a unit among the others
@dataclass(frozen=True)
class Strip:
    """One line: the others as dots, their median, and the marked units in their order (None where missing)."""

    label: str
    others: Sequence[float]
    median: float | None
    marked: Sequence[float | None]
    note: str = ""


def _rows(rows: Iterable[tuple[str, str, SafeString]], foot: SafeString, label: str) -> SafeString:
    """Put drawings under their labels; labels are text of the page, so that long ones wrap on a phone."""
    lines = format_html_join(
        "",
        '<div class="strip"><span>{}{}</span><svg class="chart" width="100%" height="{}">'
        '<svg x="2%" width="96%" overflow="visible">{}</svg></svg></div>',
        (
            (name, format_html(' <span class="quiet">{}</span>', note) if note else "", _ROW, drawn)
            for name, note, drawn in rows
        ),
    )
    return format_html('<div class="strips" role="img" aria-label="{}">{}{}</div>', label, lines, foot)


_ROW = 28


def _scale(line: Axis, ticks: Sequence[float]) -> SafeString:
    """Write the numbers of the scale below the last row."""
    numbers = format_html_join(
        "",
        '<text x="{}" y="16" text-anchor="middle" class="chart__quiet">{}</text>',
        ((line.at(value), f"{value:g}") for value in ticks),
    )
    return format_html(
        '<svg class="chart" width="100%" height="22"><svg x="2%" width="96%" overflow="visible">{}</svg></svg>', numbers
    )


def _grid(line: Axis, ticks: Sequence[float]) -> SafeString:
    return format_html_join(
        "",
        '<line x1="{0}" x2="{0}" y1="0" y2="{1}" stroke="var(--line)"/>',
        ((line.at(value), _ROW) for value in ticks),
    )


def _ticks(low: float, high: float) -> list[float]:
    return [round(low + part * (high - low) / 4, 6) for part in range(5)]


def strips(rows: Sequence[Strip], label: str, low: float = 0.0, high: float = 100.0) -> SafeString:
    """Draw a strip a row; marked units have a shape and a colour each."""
    line, ticks = axis(low, high), _ticks(low, high)
    grid = _grid(line, ticks)
    drawn = ((row.label, row.note, _joined([grid, _strip(row, line)])) for row in rows)
    return _rows(drawn, _scale(line, ticks), label)


#: marks nearer than this, in per cent of the width, are drawn above and below each other, so that none hides another
_NEAR = 5.0
_ASIDE = (0, -7, 7, -3)


def _strip(row: Strip, line: Axis) -> SafeString:
    middle = _ROW // 2
    # dots that would lie on each other are drawn once: a strip of 200 units stays light
    parts = [
        format_html('<circle cx="{}%" cy="{}" r="3.5" fill="var(--edge)" fill-opacity=".55"/>', share, middle)
        for share in sorted({round(line.share(value)) for value in row.others})
    ]
    if row.median is not None:
        parts.append(
            format_html(
                '<line x1="{0}" x2="{0}" y1="{1}" y2="{2}" stroke="var(--ink)" stroke-width="2"/>',
                line.at(row.median),
                middle - 9,
                middle + 9,
            )
        )
    placed: list[float] = []
    for at, value in enumerate(row.marked):
        if value is not None:
            near = sum(abs(line.share(value) - other) < _NEAR for other in placed)
            placed.append(line.share(value))
            parts.append(
                format_html(
                    '<svg x="{}" y="{}" overflow="visible"><path d="{}" fill="var({})" stroke="var(--paper)"/></svg>',
                    line.at(value),
                    middle + _ASIDE[near % len(_ASIDE)],
                    SHAPES[at % 4],
                    COLOURS[at % len(COLOURS)],
                )
            )
    return _joined(parts)


def mark(at: int) -> SafeString:
    """Draw the shape of a marked unit for the legend."""
    return format_html(
        '<svg class="legend__mark" width="20" height="20" viewBox="-10 -10 20 20" aria-hidden="true">'
        '<path d="{}" fill="var({})"/></svg>',
        SHAPES[at % 4], COLOURS[at % len(COLOURS)],
    )  # fmt: skip


def swatch(at: int) -> SafeString:
    """Draw the colour of a part for the legend."""
    return format_html(
        '<svg class="legend__mark" width="20" height="20" aria-hidden="true"><rect width="20" height="20" rx="4" '
        'fill="var({})"/></svg>',
        COLOURS[at % len(COLOURS)],
    )


# ---------------------------------------------------------------- contributions
def stacked(rows: Sequence[tuple[str, Sequence[float]]], label: str, top: float = 100.0) -> SafeString:
    """Draw bars made of parts, one a row; parts carry their number, which the legend explains."""
    line = axis(0.0, top)
    drawn = ((name, "", _stack(values, line)) for name, values in rows)
    return _rows(drawn, _scale(line, (0.0, top / 2, top)), label)


def _stack(values: Sequence[float], line: Axis) -> SafeString:
    parts, begin = [], 0.0
    for number, value in enumerate(values):
        end = begin + max(value, 0.0)
        left, width = line.span(begin, end)
        parts.append(
            format_html(
                '<rect x="{}%" y="2" width="{}%" height="24" fill="var({})" stroke="var(--paper)" stroke-width="1.5"/>',
                left,
                width,
                COLOURS[number % len(COLOURS)],
            )
        )
        if width > 9:
            parts.append(
                format_html(
                    '<text x="{}%" y="19" text-anchor="middle" class="chart__on">{}</text>',
                    round(left + width / 2, 2),
                    number + 1,
                )
            )
        begin = end
    return _joined(parts)


def bars(rows: Sequence[tuple[str, float]], label: str, top: float | None = None) -> SafeString:
    """Draw one bar a row, labels above their bar."""
    most = top or max((value for _name, value in rows), default=1.0) or 1.0
    line = axis(0.0, most)
    drawn = []
    for name, value in rows:
        left, width = line.span(0.0, max(value, 0.0))
        bar = '<rect x="{}%" y="6" width="{}%" height="14" rx="2" fill="var(--measure)"/>'
        drawn.append((name, "", format_html(bar, left, max(width, 0.4))))
    return _rows(drawn, SafeString(""), label)

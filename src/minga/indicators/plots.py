"""More charts of indexes, in the manner of `charts`: the tree with its weights, and ranks from edition to edition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from minga.indicators.charts import axis

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

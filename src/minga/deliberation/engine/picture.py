"""The map as SVG: shapes and letters tell groups apart, not colour alone; no script, no outside file."""

from __future__ import annotations

import numpy as np

from minga.deliberation.engine.grouping import Groups
from minga.deliberation.engine.votes import Floats, Ints
from minga.stats.release import MIN_PERSONS

WIDTH, HEIGHT, _EDGE = 720, 480, 24
#: Above this many people, neighbours of a group become one mark whose area says how many they are.
_SINGLE = 600
_CELLS = (48, 32)
_SHAPES = ("circle", "square", "diamond", "triangle", "cross")


def letter(group: int) -> str:
    """Return the letter by which a group is called."""
    return chr(ord("A") + group)


def shown_groups(found: Groups) -> list[int]:
    """List the groups that may be shown: those with at least five people."""
    return [group for group, size in enumerate(found.sizes) if size >= MIN_PERSONS]


def map_svg(found: Groups, label: str) -> str:
    """Draw the map.

    Parameters
    ----------
    found : Groups
        A group of fewer than five people is drawn with those in no group.
    label : str
        What the picture shows, for who does not see it; the figures stand in a table beside it.

    Returns
    -------
    SVG, without colours: a style sheet gives them by class (``group-0`` to ``group-4``, ``none``)
    """
    return (
        f'<svg class="map" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="map-title">'
        f'<title id="map-title">{label}</title>{map_marks(found)}</svg>'
    )


def map_marks(found: Groups) -> str:
    """Draw people and the letters of their groups, without the frame and its title, whose words a page chooses."""
    places = found.map.position[:, :2]
    if places.shape[1] < 2:
        places = np.column_stack([places, np.zeros(len(places))])
    at = _scaled(places)
    shown = shown_groups(found)
    group = np.where(np.isin(found.label, shown), found.label, -1)
    some = found.map.in_conv | (group >= 0)
    marks = [_marks(at[some & (group == each)], each) for each in (-1, *shown)]
    letters = [_letter(at[group == each].mean(axis=0), each) for each in shown]
    return "".join([*marks, *letters])


def _scaled(places: Floats) -> Floats:
    """Bring places into the picture; the outermost hundredth stands at its edge and does not press all others."""
    low, high = np.quantile(places, [0.01, 0.99], axis=0)
    share = np.clip((places - low) / np.where(high > low, high - low, 1.0), 0.0, 1.0)
    share[:, 1] = 1 - share[:, 1]
    scaled: Floats = _EDGE + share * (np.array([WIDTH, HEIGHT]) - 2 * _EDGE)
    return scaled


def _marks(at: Floats, group: int) -> str:
    name = "none" if group < 0 else f"group-{group}"
    shape = _SHAPES[0] if group < 0 else _SHAPES[group % len(_SHAPES)]
    where, people = (at, np.ones(len(at), dtype=np.int64)) if len(at) <= _SINGLE else _gathered(at)
    drawn = [_mark(shape, x, y, 3.5 * np.sqrt(n) if n < 25 else 17.5) for (x, y), n in zip(where, people, strict=True)]
    return f'<g class="{name}">{"".join(drawn)}</g>' if drawn else ""


def _gathered(at: Floats) -> tuple[Floats, Ints]:
    """Gather neighbours into the middle of their cell."""
    cell = (at / np.array([WIDTH, HEIGHT]) * _CELLS).astype(np.int64)
    key = cell[:, 0] * _CELLS[1] + cell[:, 1]
    _keys, number, people = np.unique(key, return_inverse=True, return_counts=True)
    middles = np.column_stack([np.bincount(number, weights=axis) for axis in at.T]) / people[:, None]
    return middles, people


def _mark(shape: str, x: float, y: float, r: float) -> str:
    if shape == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}"/>'
    if shape == "square":
        return f'<rect x="{x - r:.1f}" y="{y - r:.1f}" width="{2 * r:.1f}" height="{2 * r:.1f}"/>'
    paths = {
        "diamond": f"M{x:.1f} {y - r:.1f}l{r:.1f} {r:.1f}l{-r:.1f} {r:.1f}l{-r:.1f} {-r:.1f}z",
        "triangle": f"M{x:.1f} {y - r:.1f}l{r:.1f} {2 * r:.1f}h{-2 * r:.1f}z",
        "cross": f"M{x - r:.1f} {y - r / 3:.1f}h{2 * r:.1f}v{2 * r / 3:.1f}h{-2 * r:.1f}z"
        f"M{x - r / 3:.1f} {y - r:.1f}h{2 * r / 3:.1f}v{2 * r:.1f}h{-2 * r / 3:.1f}z",
    }
    return f'<path d="{paths[shape]}"/>'


def _letter(at: Floats, group: int) -> str:
    x, y = at
    return f'<text class="letter" x="{x:.1f}" y="{y:.1f}">{letter(group)}</text>'

"""Say in plain sentences whether there is a gap between groups, for the command line and for plain pages."""

from __future__ import annotations

from typing import Any

from minga.deliberation.engine.grouping import Groups
from minga.deliberation.engine.picture import letter, shown_groups


def said_of_borders(found: Groups) -> list[str]:
    """Say of each two neighbouring groups that are shown whether there is a gap between them, with the figure.

    Source: docs/methods/groups.md.
    """
    return [_said(row) for row in _shown(found)]


def border_rows(found: Groups) -> list[tuple[str, str, str, str]]:
    """Return for each border: its groups, people there per 100 in a middle, the interval, and if all thought alike."""
    return [
        (
            f"{letter(row['group'])} and {letter(row['other'])}",
            per_100(row["crowding"]),
            "-" if row["low"] is None else f"{per_100(row['low'])} to {per_100(row['high'])}",
            per_100(row["if_alike"]),
        )
        for row in _shown(found)
    ]


def per_100(crowding: float | None) -> str:
    """Write people at a border per 100 in a middle."""
    return "-" if crowding is None else f"{100 * crowding:,.0f}"


def _shown(found: Groups) -> list[dict[str, Any]]:
    shown = shown_groups(found)
    return [row for row in found.borders.rows(named=True) if row["group"] in shown and row["other"] in shown]


def _said(row: dict[str, Any]) -> str:
    pair = f"groups {letter(row['group'])} and {letter(row['other'])}"
    figure = f"for every 100 people in the middle of a group, {per_100(row['crowding'])} stand at the border"
    if row["finding"] == "gap":
        return f"Between {pair} there is a gap: {figure}."
    if row["finding"] == "no_gap":
        return (
            f"Between {pair} there is no gap: {figure}. Opinions run on from one to the other, and the calculation "
            "drew the border."
        )
    why = f"Whether there is a gap between {pair} cannot be told from so few people, or so few votes of each"
    return f"{why}." if row["crowding"] is None else f"{why}: {figure}."

"""What tests of panels share: a panel of eight on food makers in Cabo Verde."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from minga.readiness import selectors, services
from minga.readiness.models import Panel, Panellist

PANEL = {"name": "Food makers of Praia", "country": "CV", "sector": "10", "about": "Asked by the chamber."}
GROUPS = (
    "small-firm", "small-firm", "large-firm", "workers", "women-business", "ministry", "university", "finance",
)  # fmt: skip


def set_up(**fields: Any) -> Panel:
    """Set a panel up."""
    return services.set_up_panel(**(PANEL | fields))


def seated(panel: Panel, groups: Sequence[str] = GROUPS) -> list[Panellist]:
    """Invite somebody of every group."""
    return [services.invite_panellist(panel=panel, group=group).panellist for group in groups]


def answer_round(panellist: Panellist, levels: Mapping[str, str] | str, *, finish: bool = True) -> None:
    """Answer items of the round that is open, or all of them with one value, and finish."""
    panel = Panel.objects.get(pk=panellist.panel_id)
    items = selectors.industry("en").item_ids
    for item, value in (dict.fromkeys(items, levels) if isinstance(levels, str) else levels).items():
        stored = panellist.answers.filter(round=panel.round, item=item).first()
        services.save_panel_answer(
            panellist=panellist,
            round_number=panel.round,
            item=item,
            value=value,
            seen_version=stored.version if stored else 0,
            language="en",
        )
    if finish:
        services.finish_round(panellist=panellist)
        panellist.refresh_from_db()


def held(
    first: Sequence[str] = ("1", "1", "2", "2", "3", "3", "4", "5"), second: Sequence[str] | None = None, **fields: Any
) -> tuple[Panel, list[Panellist]]:
    """Hold both rounds: everybody gives every item one level, the second time closer together."""
    panel = set_up(**fields)
    people = seated(panel, GROUPS[: len(first)])
    for panellist, level in zip(people, first, strict=True):
        answer_round(panellist, level)
    services.close_round(panel=panel, stage=Panel.Stage.FIRST)
    for panellist, level in zip(people, second or ["2"] * 4 + ["3"] * (len(first) - 4), strict=False):
        answer_round(panellist, level)
    services.close_round(panel=panel, stage=Panel.Stage.SECOND)
    panel.refresh_from_db()
    return panel, people

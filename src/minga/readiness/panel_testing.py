"""What tests of panels share: a panel of eight on food makers in Cabo Verde."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from minga.readiness import selectors, services
from minga.readiness.models import Given, Panel, PanelAnswer, PanelAnswerVersion, Panellist

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
    if isinstance(levels, str) and not panellist.answers.filter(round=panel.round).exists():
        _answer_all(panellist, panel.round, levels)
        levels = {}
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


def _answer_all(panellist: Panellist, round_number: int, value: str) -> None:
    """Store at once what `save_panel_answer` would store item by item."""
    given, level = (Given.LEVEL, int(value)) if value.isdigit() else (Given(value), None)
    now = timezone.now()
    rows = [
        {"panellist": panellist, "round": round_number, "item": item, "given": given, "level": level, "version": 1}
        for item in selectors.industry("en").item_ids
    ]
    PanelAnswer.objects.bulk_create(PanelAnswer(**row, saved_at=now) for row in rows)
    PanelAnswerVersion.objects.bulk_create(
        PanelAnswerVersion(**row, seen_version=0, language="en", at=now) for row in rows
    )
    Panel.objects.filter(pk=panellist.panel_id).update(changed_at=now)


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

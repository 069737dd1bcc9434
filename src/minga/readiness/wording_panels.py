"""Panels in the words of the page's language: places, groups, sides, refusals, and rows of the result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from minga import members as world
from minga.readiness import wording
from minga.readiness.engine.instrument import Instrument, Item
from minga.readiness.engine.panel_levels import Gap, PanelLevel
from minga.readiness.engine.panel_people import NOT_SAID, Part
from minga.readiness.engine.panel_result import ItemResult, PanelResult
from minga.readiness.models import Panel, Panellist
from minga.readiness.selectors import Composition, Firms
from minga.web import vocabulary
from minga.web.charts import ProfileRow

Words = str | Promise

REFUSALS: Mapping[str, Words] = {
    "few": _("Fewer than five people have finished this round, so it would give no figure. Wait, or ask more people."),
    "stage": _("The panel has moved on meanwhile. Look at its page again."),
    "many": _("There are thirty places already. Take back an invitation that nobody opened."),
    "opened": _("This invitation was opened already. Only the panellist can make a new code now."),
    "finished": _("This person has finished a round, so only that person can take the answers out."),
    "empty": _("You have answered nothing in this round yet. Answer at least one question, then finish."),
    "twice": _("Your account sits in this panel already. Nobody answers twice."),
    "account": _("This place belongs to another account. Sign in with the one that you used first."),
    "stripped": _("The answers of this panel belong to nobody any more, so none can be taken out."),
}
SIDE_NAMES: Mapping[str, Words] = {
    "business": _("Firms and workers"),
    "public": _("Ministries and technical centres"),
    "knowledge": _("Universities, finance and others"),
    NOT_SAID: _("Not said"),
}


def refusal(code: str) -> Words:
    """Say why a step is not possible."""
    return REFUSALS.get(code, _("This is not possible now. Look at the page of the panel again."))


def where(panel: Panel) -> dict[str, str]:
    """Name country, place and sector of a panel."""
    language = wording.language()
    return {
        "country": world.country(panel.country).name(language),
        "place": panel.place,
        "sector": world.sector(panel.sector).name(language) if panel.sector else str(_("All industry")),
    }


def node_name(node: str) -> Words:
    """Name a factor, or all of them together."""
    return wording.OVERALL if node == "total" else vocabulary.labels("factors")[node]


@dataclass(frozen=True)
class LevelRow:
    """One factor in the panel's result, with what the firms say of themselves."""

    name: Words
    level: PanelLevel
    first: PanelLevel
    gap: Gap | None


def level_rows(result: PanelResult) -> list[LevelRow]:
    """Lay levels of the last round beside those of the first, and the gaps to the firms."""
    gaps = {gap.node: gap for gap in result.gaps}
    return [
        LevelRow(node_name(level.node), level, first, gaps.get(level.node))
        for level, first in zip(result.levels, result.levels_first, strict=True)
    ]


def chart_rows(rows: list[LevelRow], firms: Firms | None) -> list[ProfileRow]:
    """Turn rows into the chart's: diamond the panel, tick the firms' median."""
    return [
        ProfileRow(
            label=str(row.name),
            value=row.level.level,
            lower=row.level.lower,
            upper=row.level.upper,
            peer_median=row.gap.firms if row.gap is not None and firms is not None else None,
        )
        for row in rows
    ]


@dataclass(frozen=True)
class ItemRow:
    """One question in the panel's result."""

    item: Item
    result: ItemResult


def item_rows(result: PanelResult, instrument: Instrument) -> list[tuple[Words, list[ItemRow]]]:
    """Group the questions by factor, in the words of the page."""
    return [
        (
            node_name(factor.id),
            [ItemRow(instrument.item(one.item), one) for one in result.items if one.factor == factor.id],
        )
        for factor in instrument.factors
    ]


@dataclass(frozen=True)
class PartRow:
    """One line of the composition."""

    name: Words
    part: Part
    groups: tuple[Words, ...] = ()


def composition_rows(found: Composition) -> dict[str, list[PartRow]]:
    """Name sides, groups and genders; lines with nobody are left out."""
    groups, genders = dict(Panellist.Group.choices), dict(Panellist.Gender.choices) | {NOT_SAID: SIDE_NAMES[NOT_SAID]}
    return {
        "sides": [
            PartRow(SIDE_NAMES[one.name], one, tuple(groups[name] for name in found.groups.get(one.name, ())))
            for one in found.sides
            if one.count != 0
        ],
        "genders": [PartRow(genders[one.name], one) for one in found.genders if one.count != 0],
    }


def to_plain(panel: Panel, result: PanelResult, found: Composition, firms: Firms | None) -> dict[str, Any]:
    """Return a published panel as JSON values."""
    return {
        **result.to_dict(),
        "panel": {
            "id": str(panel.pk),
            "name": panel.name,
            "about": panel.about,
            "country": panel.country,
            "reach": panel.reach,
            "place": panel.place,
            "sector": panel.sector,
            "run_by": panel.organization.name if panel.organization else "",
            "stage": panel.stage,
            "is_sample": panel.is_sample,
            "dissent": panel.dissent,
            "first_closed_at": panel.first_closed_at.isoformat() if panel.first_closed_at else None,
            "second_closed_at": panel.second_closed_at.isoformat() if panel.second_closed_at else None,
            "published_at": panel.published_at.isoformat() if panel.published_at else None,
        },
        "composition": {
            "people": found.people,
            "sides": [_part(one) | {"groups": list(found.groups.get(one.name, ()))} for one in found.sides],
            "genders": [_part(one) for one in found.genders],
        },
        "firms": None if firms is None else {"basis": firms.basis, "is_of_sector": firms.is_of_sector, "n": firms.n},
    }


def _part(one: Part) -> dict[str, Any]:
    return {"name": one.name, "count": one.count, "at_least": one.low, "at_most": one.high}

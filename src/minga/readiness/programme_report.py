"""The groups of a programme: how far its businesses are, and what changed in them; only what may leave the house."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.conf import settings

from minga.readiness import report, selectors
from minga.readiness.engine.effect import paired_changes, programme_effect
from minga.readiness.engine.instrument import Instrument
from minga.readiness.models import Assessment, Programme
from minga.stats.release import smallest_group, withhold_small_groups

STAGES = ("joined", "checked", "validated", "checked-again")
#: Groups that a programme may ask about, each beside the whole.
GROUPS = ("size", "section", "location", "leadership")
_UNSAID = ""


@dataclass(frozen=True)
class ProgrammeReport:
    """What a programme is shown; `None` in a row stands for what is withheld, with its reason beside it."""

    #: None where fewer businesses joined than may be counted
    joined: int | None
    stages: tuple[dict[str, Any], ...]
    #: one row a factor, and the total
    effect: tuple[dict[str, Any], ...]
    #: by name of a group: one row a value, for the total
    by_group: dict[str, tuple[dict[str, Any], ...]]
    least: int


def build(programme: Programme) -> ProgrammeReport:
    """Bring the checks of a programme's businesses to the engine, and release what the policy lets through."""
    taking_part = selectors.participants(programme)
    least = smallest_group(settings.MIN_PEERS)
    changes = _changes(taking_part)
    by_group = {name: _of_groups(changes, name, least) for name in GROUPS}
    return ProgrammeReport(
        joined=len(taking_part) if len(taking_part) >= least else None,
        stages=_stages(taking_part, least),
        effect=tuple(_rows(programme_effect(changes, min_group=least))),
        by_group={name: rows for name, rows in by_group.items() if len(rows) > 1},
        least=least,
    )


def _of_groups(changes: pl.DataFrame, name: str, least: int) -> tuple[dict[str, Any], ...]:
    """Release the total of each group; businesses that did not say count as one group, and are not shown.

    Without them a single one that did not say would be the total less all groups.
    """
    everybody = changes.filter(node="total").with_columns(pl.col(name).fill_null(_UNSAID))
    released = programme_effect(everybody, by=[name], min_group=least)
    return tuple(_rows(released.filter(pl.col(name) != _UNSAID)))


def _rows(table: pl.DataFrame) -> list[dict[str, Any]]:
    return table.to_dicts()


def _stages(taking_part: Sequence[selectors.Participant], least: int) -> tuple[dict[str, Any], ...]:
    """Count businesses by how far they are; what is left of a shown total is never one business."""
    if len(taking_part) < least:
        return ()
    counted = Counter(one.stage for one in taking_part)
    table = pl.DataFrame({"stage": STAGES, "n": [counted[stage] for stage in STAGES]})
    return tuple(withhold_small_groups(table, min_group=least, keep=["stage"], within=[]).to_dicts())


def _changes(taking_part: Sequence[selectors.Participant]) -> pl.DataFrame:
    """Compare every business that has a later check with itself, and say to which groups it belongs."""
    pairs = [one for one in taking_part if one.first is not None and one.later is not None]
    before = _answers({str(one.share.pk): one.first for one in pairs if one.first})
    after = _answers({str(one.share.pk): one.later for one in pairs if one.later})
    changes = paired_changes(before, after, selectors.generic("en"))
    groups = pl.DataFrame(
        [{"enterprise": str(one.share.pk), **_groups_of(one.newest)} for one in pairs],
        schema={"enterprise": pl.String} | dict.fromkeys(GROUPS, pl.String),
    )
    return changes.join(groups, on="enterprise", how="left")


def _answers(checks: Mapping[str, Assessment]) -> pl.DataFrame:
    """Return the levels of checks under the names of their businesses, on the anchors of each check's own edition."""
    own, joined = selectors.own_values(checks.values()), selectors.answered_by_others(checks.values())
    rows = []
    for name, assessment in checks.items():
        instrument = selectors.instrument_of(assessment, "en")
        anchors = {item.id for item in instrument.items if item.anchor}
        # one voice is what it said; only where colleagues answered too is there something to combine
        voices = _combined(assessment, instrument) if assessment.pk in joined else own.get(assessment.pk, {})
        rows += [(name, item, value) for item, value in voices.items() if item in anchors]
    return pl.DataFrame(rows, schema={"enterprise": pl.String, "item": pl.String, "level": pl.String}, orient="row")


def _combined(assessment: Assessment, instrument: Instrument) -> dict[str, str]:
    return dict(report.settled(assessment, instrument).select("item", "level").iter_rows())


def _groups_of(assessment: Assessment) -> dict[str, str | None]:
    organization = assessment.organization
    led = organization.women_led if organization else None
    rural = assessment.location == Assessment.Location.RURAL
    return {
        "size": assessment.size,
        "section": assessment.section,
        "location": ("rural" if rural else "others") if assessment.location else None,
        "leadership": None if led is None else "women" if led else "others",
    }

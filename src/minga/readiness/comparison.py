"""Two checks of one business side by side: what changed beyond its interval, and item by item."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from minga.readiness import report, selectors
from minga.readiness.engine.answers import answer_matrix
from minga.readiness.engine.change import changes
from minga.readiness.engine.instrument import Instrument, Item
from minga.readiness.engine.report_types import Change
from minga.readiness.models import Assessment


@dataclass(frozen=True)
class ItemChange:
    """One question that both checks hold with a level."""

    item: Item
    before: int
    now: int

    @property
    def difference(self) -> int:
        return self.now - self.before


@dataclass(frozen=True)
class Comparison:
    """What two checks say together; factors and total only where enough questions are common."""

    instrument: Instrument
    changes: tuple[Change, ...]
    items: tuple[ItemChange, ...]


def compare(earlier: Assessment, later: Assessment, language: str) -> Comparison:
    """Compare a check with an earlier one, on the questions that both answered with a level.

    Questions and their words are those of the later check; a question that only one of them has is left out.
    """
    instrument = selectors.instrument_of(later, language)
    before, now = (_levels(one, later, instrument) for one in (earlier, later))
    common = before.join(now, on="item", suffix="_now").filter(
        pl.col("level").str.contains(r"^\d+$") & pl.col("level_now").str.contains(r"^\d+$")
    )
    levels = {row["item"]: (int(row["level"]), int(row["level_now"])) for row in common.iter_rows(named=True)}
    found = changes(answer_matrix(now, instrument), answer_matrix(before, instrument), instrument)
    items = tuple(ItemChange(item, *levels[item.id]) for item in instrument.items if item.id in levels)
    return Comparison(instrument, found, items)


def _levels(assessment: Assessment, shown: Assessment, instrument: Instrument) -> pl.DataFrame:
    """Return the levels of a check under the name of the one whose page it is, so that the engine sees one business."""
    return report.settled(assessment, instrument).with_columns(enterprise=pl.lit(str(shown.pk)))

"""The result of a panel: both rounds, what moved, levels with intervals, and the gap to the firms, as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import polars as pl

from minga.readiness.engine.instrument import Instrument
from minga.readiness.engine.panel import WITHIN, moves, panel_matrix, summarise_round, to_discuss
from minga.readiness.engine.panel_levels import FirmFigure, Gap, PanelLevel, panel_gaps, panel_levels
from minga.stats.release import smallest_group


@dataclass(frozen=True)
class RoundItem:
    """Where a panel stood on one item in one round; figures are None where nobody gave a level, or where withheld.

    ``n`` is None where it would tell how few gave no level; ``n_at_least`` then says how many gave one.
    """

    n: int | None
    n_at_least: int
    unknown: int | None
    median: float | None
    level: int | None
    q1: float | None
    q3: float | None
    iqr: float | None
    lowest: int | None
    highest: int | None
    spread: int | None
    near: float | None
    discuss: bool
    agreed: bool
    is_withheld: bool = False


@dataclass(frozen=True)
class Moved:
    """How many people changed an answer, and where to; only for the panel itself."""

    paired: int
    kept: int
    towards: int
    away: int
    across: int
    up: int
    down: int
    iqr_change: float | None


@dataclass(frozen=True)
class ItemResult:
    """One item in both rounds; the second is None while it has not been held."""

    item: str
    factor: str
    first: RoundItem
    second: RoundItem | None
    moved: Moved | None

    @property
    def last(self) -> RoundItem:
        """The round that counts."""
        return self.second or self.first


@dataclass(frozen=True)
class Movement:
    """All answers that were given in both rounds: how many stayed, and how many came nearer to the middle."""

    answers: int
    kept: int
    towards: int
    away: int
    across: int

    @property
    def stability(self) -> float | None:
        """Share of answers that stayed, 0 to 1."""
        return self.kept / self.answers if self.answers else None


@dataclass(frozen=True)
class PanelResult:
    """What a panel found. ``levels`` and ``gaps`` stand on the last round."""

    instrument: str
    version: str
    content_hash: str
    within: float
    people_first: int
    people_second: int | None
    items: tuple[ItemResult, ...]
    levels_first: tuple[PanelLevel, ...]
    levels: tuple[PanelLevel, ...]
    movement: Movement | None
    gaps: tuple[Gap, ...]
    discuss: tuple[str, ...]
    is_released: bool = False

    @property
    def agreed(self) -> int:
        """On how many items the panel agrees in the round that counts."""
        return sum(one.last.agreed for one in self.items)

    @property
    def people(self) -> int:
        """How many people answered in the round that counts."""
        return self.people_first if self.people_second is None else self.people_second

    def to_dict(self) -> dict[str, Any]:
        """Return the result as JSON values."""
        said = asdict(self)
        stability = self.movement.stability if self.movement else None
        return {"schema": "minga.readiness.panel/1", **said, "agreed": self.agreed, "stability": stability}


def panel_result(
    first: pl.DataFrame,
    second: pl.DataFrame | None,
    instrument: Instrument,
    *,
    within: float = WITHIN,
    firms: Mapping[str, FirmFigure] | None = None,
) -> PanelResult:
    """Bring the rounds of a panel together.

    Parameters
    ----------
    first, second : tables, one row per answer
        ``panellist``, ``item``, ``level``; ``second`` is None while it has not been held.
    instrument : Instrument
    within : float, in levels
        The panel's own rule of agreement, fixed before its first round.
    firms : mapping, optional
        By factor, what the firms say of themselves; see ``panel_gaps``.

    Returns
    -------
    PanelResult
        For the panel itself; ``released`` makes of it what everyone may see.
    """
    last = first if second is None else second
    one = summarise_round(first, instrument, within=within)
    two = None if second is None else summarise_round(second, instrument, within=within)
    moved = None if second is None else moves(first, second, instrument)
    return PanelResult(
        instrument=instrument.id,
        version=instrument.version,
        content_hash=instrument.content_hash,
        within=within,
        people_first=len(panel_matrix(first, instrument).people),
        people_second=None if second is None else len(panel_matrix(second, instrument).people),
        items=_items(one, two, moved),
        levels_first=panel_levels(first, instrument),
        levels=panel_levels(last, instrument),
        movement=None if moved is None else _movement(moved),
        gaps=panel_gaps(last, instrument, firms or {}),
        discuss=tuple(to_discuss(one if two is None else two)),
    )


def _items(one: pl.DataFrame, two: pl.DataFrame | None, moved: pl.DataFrame | None) -> tuple[ItemResult, ...]:
    seconds = {row["item"]: row for row in two.iter_rows(named=True)} if two is not None else {}
    movements = {row.pop("item"): row for row in moved.iter_rows(named=True)} if moved is not None else {}
    return tuple(
        ItemResult(
            item=row["item"],
            factor=row["factor"],
            first=_round(row),
            second=_round(seconds[row["item"]]) if seconds else None,
            moved=Moved(**movements[row["item"]]) if movements else None,
        )
        for row in one.iter_rows(named=True)
    )


def _round(row: Mapping[str, Any]) -> RoundItem:
    figures = {name: value for name, value in row.items() if name not in {"item", "factor"}}
    return RoundItem(n_at_least=row["n"], **figures)


def _movement(moved: pl.DataFrame) -> Movement:
    named = {"answers": "paired"} | {name: name for name in ("kept", "towards", "away", "across")}
    return Movement(**{name: int(moved[column].sum()) for name, column in named.items()})


# ---------------------------------------------------------------- what everyone may see
def released(result: PanelResult, *, min_group: int | None = None) -> PanelResult:
    """Leave out of a panel's result what would tell how few people said something.

    Parameters
    ----------
    result : PanelResult
    min_group : int, optional
        Raises the 5 persons of the disclosure policy.

    Returns
    -------
    PanelResult
        Figures of an item need five people who gave a level. How many did not know, how many gave no level and how
        many changed an answer are withheld item by item where they are fewer than five.

    Source: docs/methods/disclosure.md.
    """
    least = smallest_group(min_group, "persons")
    items = tuple(
        replace(
            one,
            first=_released(one.first, result.people_first, least),
            second=_released(one.second, result.people_second or 0, least) if one.second else None,
            moved=None,
        )
        for one in result.items
    )
    discuss = tuple(one for one in result.discuss if not _last(items, one).is_withheld)
    return replace(result, items=items, discuss=discuss, is_released=True)


def _last(items: tuple[ItemResult, ...], item: str) -> RoundItem:
    return next(one.last for one in items if one.item == item)


def _released(one: RoundItem, people: int, least: int) -> RoundItem:
    n = one.n or 0
    if n < least:
        return RoundItem(None, 0, None, None, None, None, None, None, None, None, None, None, False, False, True)
    unknown = one.unknown or 0
    without, blank = people - n, people - n - unknown
    hides_n = 0 < without < least
    hides_unknown = hides_n or 0 < unknown < least or 0 < blank < least
    return replace(
        one,
        n=None if hides_n else n,
        n_at_least=max(least, people - least + 1) if hides_n else n,
        unknown=None if hides_unknown else unknown,
    )

"""Who sat in a panel: counts of people as they may be published, so that no small group can be worked out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from minga.stats.release import smallest_group

#: The groups that a panel is made of, and the wider side each belongs to: a side is the figure in place of a hole.
SIDES = {
    "small-firm": "business",
    "large-firm": "business",
    "women-business": "business",
    "workers": "business",
    "ministry": "public",
    "centre": "public",
    "university": "knowledge",
    "finance": "knowledge",
    "other": "knowledge",
}
#: Those who did not agree to be counted in a group: their answers count, and nobody learns from where they are.
NOT_SAID = "not-said"


@dataclass(frozen=True)
class Part:
    """How many people of one group sat in a panel: exactly, or between two bounds where few are protected."""

    name: str
    count: int | None
    low: int
    high: int

    @property
    def is_withheld(self) -> bool:
        """Whether the count is protected."""
        return self.count is None

    @property
    def is_present(self) -> bool:
        """Whether it is said that somebody of the group sat in the panel."""
        return self.low > 0


def composition(people: pl.DataFrame, by: str, names: Sequence[str], *, min_group: int | None = None) -> list[Part]:
    """Count the people of a panel by group, as it may be published beside their total.

    Parameters
    ----------
    people : table, one row per person
        The column ``by``; null where the person did not say or did not agree to be counted.
    by : str
    names : sequence of str
        Every group that there is, in the order shown.
    min_group : int, optional
        Raises the 5 persons of the disclosure policy.

    Returns
    -------
    list of Part
        One a name, and ``not-said`` last.

    Notes
    -----
    Counts below the policy are given as bounds: one to four people, that is, somebody was there. Where total and
    bounds together would still tell a count, further groups are withheld, and at last the bounds begin at nobody, so
    that two different panels at least fit whatever is shown.

    Source: Hundepool et al. (2012), Statistical Disclosure Control, chapter 4; docs/methods/panel.md.
    """
    least = smallest_group(min_group, "persons")
    column = people[by].cast(pl.String).fill_null(NOT_SAID)
    counted = {name: int((column == name).sum()) for name in (*names, NOT_SAID)}
    return _protected(counted, least)


def _protected(counted: Mapping[str, int], least: int) -> list[Part]:
    """Take the mildest protection under which no count can be worked out."""
    total = sum(counted.values())
    bounds = next(
        (bounds for bounds in _protections(counted, least, total) if not _tells(counted, bounds, total)),
        dict.fromkeys(counted, (0, total)),
    )
    return [_part(name, count, bounds) for name, count in counted.items()]


def _protections(counted: Mapping[str, int], least: int, total: int) -> Iterator[dict[str, tuple[int, int]]]:
    """Offer bounds of the groups that hide, the mildest first."""
    few = {name: (1, least - 1) for name, count in counted.items() if 0 < count < least}
    yield few
    if few:
        many = sorted((count, name) for name, count in counted.items() if count >= least)
        yield few | {name: (1, total) for _count, name in many[:1]}
        # nobody or somebody: the groups without anyone hide among the others
        yield {name: (0, least - 1) for name, count in counted.items() if count < least and (count or name != NOT_SAID)}


def _part(name: str, count: int, bounds: Mapping[str, tuple[int, int]]) -> Part:
    if name in bounds:
        return Part(name, None, *bounds[name])
    return Part(name, count, count, count)


def _tells(counted: Mapping[str, int], bounds: Mapping[str, tuple[int, int]], total: int) -> bool:
    """Whether the total and the bounds leave some protected group only one possible count."""
    rest = total - sum(count for name, count in counted.items() if name not in bounds)
    lows, highs = sum(low for low, _high in bounds.values()), sum(high for _low, high in bounds.values())
    for low, high in bounds.values():
        least, most = max(low, rest - (highs - high)), min(high, rest - (lows - low))
        if least >= most:
            return True
    return False


def by_side(people: pl.DataFrame, by: str) -> pl.DataFrame:
    """Put people into the wider sides of ``SIDES``, in a column ``side``; null stays null."""
    return people.with_columns(pl.col(by).replace_strict(SIDES, default=None, return_dtype=pl.String).alias("side"))


def represented(people: pl.DataFrame, sides: Sequence[Part]) -> dict[str, tuple[str, ...]]:
    """Name the groups that sat in a panel, side by side, without counting them.

    Parameters
    ----------
    people : table of ``by_side``, one row per person
        ``group`` and ``side``.
    sides : list of Part
        The sides as ``composition`` lets them out.

    Returns
    -------
    dict
        For each side whose count is shown, its groups with somebody in them. Groups of a side that is withheld are
        not named: beside its bounds they would tell who was alone.
    """
    shown = [one.name for one in sides if not one.is_withheld and one.count]
    there = people.drop_nulls("side").group_by("side").agg(pl.col("group").unique())
    found = {side: set(groups) for side, groups in there.iter_rows()}
    return {side: tuple(name for name in SIDES if name in found.get(side, ())) for side in shown if side != NOT_SAID}

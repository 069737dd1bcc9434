"""A published edition as its pages, its API and other rooms show it: stored results in the words of the page."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from minga.indicators import alliance, selectors, wording
from minga.indicators.engine.definition import Index
from minga.indicators.models import CompositeIndex, Edition


@dataclass(frozen=True)
class Item:
    """An indicator or node of an edition."""

    code: str
    name: str
    parent: str | None
    level: int
    is_indicator: bool
    weight: float
    effective_weight: float | None
    unit: str
    source: str
    direction: int
    year: int | None
    licence: str = ""


@dataclass(frozen=True)
class Unit:
    """A unit of an edition, and where its figures stand in the lists."""

    at: int
    code: str
    name: str
    groups: dict[str, Any]


@dataclass(frozen=True)
class Figure:
    """One figure: a unit's value on one item, with how sure it is and how it came about."""

    unit: Unit
    item: Item
    score: float | None
    rank: int | None
    of: int
    score_low: float | None
    score_high: float | None
    rank_low: int | None
    rank_high: int | None
    raw: float | None
    used: float | None
    available: float | None
    contribution: float | None
    median: float | None
    note: str
    pooled: str
    #: code of whose levels it stands on: validated, declared, mixed; empty where nobody's levels are behind it
    basis: str
    own_source: str
    own_year: Any
    #: intervals by where the doubt comes from: method, sampling; empty where that was not told apart
    doubts: dict[str, dict[str, Any]]
    address: str

    @property
    def has_interval(self) -> bool:
        return self.rank_low is not None

    @property
    def reasons(self) -> str:
        """Why the figure is not as it was measured."""
        return wording.listed(text for text in (self.note, self.pooled) if text)

    @property
    def cited(self) -> str:
        """Where and when this unit's figure was taken from, where that was said of the unit itself."""
        return wording.listed(one for one in (self.own_source, self.own_year) if one)

    @property
    def source(self) -> str:
        return self.own_source or self.item.source

    @property
    def year(self) -> Any:
        return self.own_year or self.item.year

    @property
    def basis_words(self) -> str:
        return str(wording.BASES.get(self.basis, ""))


class Shown:
    """Everything pages say about one edition; companies that took their consent back are left out."""

    def __init__(self, edition: Edition) -> None:
        self.edition, self.index = edition, edition.index
        self.results: dict[str, Any] = edition.results or {}
        self.hidden = selectors.hidden_units(edition)

    # ---------------------------------------------------------------- parts
    @cached_property
    def definition(self) -> Index:
        return Index.from_toml(self.edition.definition)

    @cached_property
    def title(self) -> str:
        return wording.title(self.index)

    @property
    def summary(self) -> str:
        return wording.in_language(self.index.summaries)

    @cached_property
    def items(self) -> dict[str, Item]:
        found = {}
        for item in self.results["items"]:
            found[item["code"]] = Item(
                code=item["code"],
                name=wording.item_name(self.index, item["code"], item["name"], item.get("names")),
                parent=item["parent"],
                level=item["level"],
                is_indicator=item["kind"] == "indicator",
                weight=item["weight"],
                effective_weight=item["effective_weight"],
                unit=wording.own_words(self.index, item["unit"]),
                source=wording.own_words(self.index, item["source"]),
                direction=item["direction"],
                year=item["year"],
                licence=item.get("licence", ""),
            )
        return found

    @cached_property
    def tree(self) -> list[Item]:
        """Items from the top down, each followed by what is below it."""

        def below(code: str) -> list[Item]:
            return [found for item in self.children(code) for found in (item, *below(item.code))]

        return [self.root, *below(self.root.code)]

    @property
    def root(self) -> Item:
        return self.items[self.results["root"]]

    def children(self, code: str) -> list[Item]:
        return [item for item in self.items.values() if item.parent == code]

    @cached_property
    def units(self) -> dict[str, Unit]:
        return {
            unit["code"]: Unit(
                at, unit["code"], wording.unit_name(self.index.units, unit["code"], unit["name"]), unit["groups"]
            )
            for at, unit in enumerate(self.results["units"])
            if unit["code"] not in self.hidden
        }

    # ---------------------------------------------------------------- figures
    def value(self, table: str, code: str, unit: Unit) -> Any:
        column = self.results[table].get(code)
        return column[unit.at] if column else None

    def values(self, table: str, code: str) -> list[Any]:
        """The values of all shown units that have one."""
        column = self.results[table].get(code) or []
        return [column[unit.at] for unit in self.units.values() if column[unit.at] is not None]

    def interval(self, code: str, unit: Unit) -> dict[str, Any]:
        return _ends(self.results["intervals"].get(code), unit.at)

    def doubts(self, code: str, unit: Unit) -> dict[str, dict[str, Any]]:
        """The intervals by where the doubt comes from."""
        held = (self.results["intervals"].get(code) or {}).get("sources") or {}
        found = {name: _ends(ends, unit.at) for name, ends in held.items()}
        return found if all(found.values()) else {}

    @property
    def is_sampled(self) -> bool:
        """Whether intervals cover who took part, beside the choice of method."""
        return bool(self.results.get("resamples"))

    def ranked(self, code: str) -> int:
        """How many units have a rank, hidden ones among them: ranks stay as they were published."""
        return sum(rank is not None for rank in self.results["rank"][code])

    @cached_property
    def _notes(self) -> dict[tuple[str, str], str]:
        return {(row[1], row[2]): wording.changes(row[0], row[5]) for row in self.results["changed"]}

    @cached_property
    def _pooled(self) -> dict[tuple[str, str], str]:
        return {
            (unit, code): str(wording.POOLED.get(group, wording.POOLED["all"]))
            for unit, code, group in self.results.get("pooled", [])
        }

    def basis(self, unit: Unit, item: Item) -> str:
        """Whose levels a figure stands on; of a part, those of all that is below it."""
        held = self.results.get("basis") or {}
        found = {held[code][unit.at] for code in self._below(item.code) if code in held} - {"", None}
        return found.pop() if len(found) == 1 else "mixed" if found else ""

    def _below(self, code: str) -> list[str]:
        if self.items[code].is_indicator:
            return [code]
        return [one for item in self.children(code) for one in self._below(item.code)]

    @property
    def has_basis(self) -> bool:
        """Whether figures stand on levels that somebody declared or checked."""
        return bool(self.results.get("basis"))

    def share(self, unit: Unit) -> float | None:
        """Which share of a unit's businesses is validated; None where the disclosure policy withholds it."""
        held = self.results.get("shares") or []
        return held[unit.at] if held else None

    def _own(self, table: str, code: str, unit: Unit) -> Any:
        column = (self.results.get(table) or {}).get(code)
        return column[unit.at] if column else None

    def figure(self, unit: Unit, item: Item) -> Figure:
        """Bring together what is known of one figure."""
        rank = self.value("rank", item.code, unit)
        found = self.interval(item.code, unit)
        return Figure(
            unit=unit,
            item=item,
            score=self.value("score", item.code, unit),
            rank=None if rank is None else int(rank),
            of=self.ranked(item.code),
            score_low=found.get("score_low"),
            score_high=found.get("score_high"),
            rank_low=found.get("rank_low"),
            rank_high=found.get("rank_high"),
            raw=self.value("raw", item.code, unit) if item.is_indicator else None,
            used=self.value("used", item.code, unit) if item.is_indicator else None,
            available=None if item.is_indicator else self.value("available", item.code, unit),
            contribution=self.value("contribution", item.code, unit),
            median=self.median(item.code),
            note=self._notes.get((unit.code, item.code), ""),
            pooled=self._pooled.get((unit.code, item.code), ""),
            basis=self.basis(unit, item),
            own_source=self._own("sources", item.code, unit) or "",
            own_year=self._own("years", item.code, unit),
            doubts=self.doubts(item.code, unit),
            address=self.address("figure", unit=unit.code, node=item.code),
        )

    def median(self, code: str) -> float | None:
        values = self.values("score", code)
        return statistics.median(values) if values else None

    @cached_property
    def ranking(self) -> list[Figure]:
        """All units on the whole index, best first; those without a score last."""
        figures = [self.figure(unit, self.root) for unit in self.units.values()]
        return sorted(figures, key=lambda one: (one.rank is None, one.rank or 0, one.unit.name))

    @cached_property
    def scale(self) -> tuple[float, float]:
        """Ends of the scale of all scores: 0 to 100 where they fit."""
        every = [value for code in self.items for value in self.values("score", code)]
        if not every or (min(every) >= 0 and max(every) <= 100 and max(every) > 2):
            return 0.0, 100.0
        return float(min(every)), float(max(every))

    def imputed(self, unit: Unit) -> int:
        """How many of a unit's figures are not as they were measured."""
        return sum(1 for code, _item in {**self._notes, **self._pooled} if code == unit.code)

    # ---------------------------------------------------------------- addresses
    def address(self, page: str, **more: str) -> str:
        """Return the permanent address of a page of this edition, in the page's language."""
        return reverse(f"indicators:{page}", kwargs={"index": self.index.slug, "edition": self.edition.name, **more})

    @property
    def method(self) -> list[str]:
        return wording.method(self.definition)

    @property
    def notes(self) -> list[str]:
        """What else must be said of the edition."""
        return [_(alliance.NOTES[code]) for code in self.edition.notes if code in alliance.NOTES]

    @property
    def cite(self) -> str:
        """How to cite the edition."""
        when = self.edition.published_at
        return _("%(title)s, edition %(edition)s, published %(date)s.") % {
            "title": self.title,
            "edition": self.edition.name,
            "date": when.date().isoformat() if when else _("not yet"),
        }


def _ends(held: dict[str, Any] | None, at: int) -> dict[str, Any]:
    """The ends of one unit's interval; ranks are whole."""
    if not held or held["rank_low"][at] is None:
        return {}
    return {
        "score_low": held["score_low"][at],
        "score_high": held["score_high"][at],
        "rank_low": math.floor(held["rank_low"][at]),
        "rank_high": math.ceil(held["rank_high"][at]),
    }


def shown(edition: Edition) -> Shown:
    """Bring an edition to its pages."""
    return Shown(edition)


def country_figures(code: str, *, is_sample: bool) -> list[tuple[Shown, Figure]]:
    """Return a country's place in the newest edition of every index of countries."""
    found = []
    country = wording.iso2(code)
    for edition in selectors.latest_editions(units=CompositeIndex.Units.COUNTRY, is_sample=is_sample):
        view = Shown(edition)
        unit = next((view.units[one] for one in (country.iso2, country.iso3) if one in view.units), None)
        if unit is not None:
            found.append((view, view.figure(unit, view.root)))
    return found

"""Panels: who runs one, who sits in it, what a round holds, and the firms that stand beside its result."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import polars as pl
from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.http import Http404

from minga.members import selectors as members
from minga.readiness import keys
from minga.readiness.engine.benchmark import peers
from minga.readiness.engine.instrument import Instrument, load_instrument
from minga.readiness.engine.panel import histogram, summarise_round, to_discuss
from minga.readiness.engine.panel_levels import DRAWS, SEED, FirmFigure
from minga.readiness.engine.panel_people import SIDES, Part, by_side, composition, represented
from minga.readiness.engine.panel_result import PanelResult, panel_result, released
from minga.readiness.models import AccessKey, Panel, PanelAnswer, PanelKey, Panellist
from minga.readiness.selectors.access import OWNER
from minga.readiness.selectors.answers import FactorProgress, Progress
from minga.readiness.selectors.instruments import edition_in
from minga.readiness.selectors.peers import DECLARED, VALIDATED, lent_scores
from minga.stats.resampling import resampled_medians

#: The instrument that panels answer.
INDUSTRY = "generic-industry"
#: A panel has 7 to 15 people; some who are invited never come.
FEWEST_PLANNED, MOST_PLANNED, MOST_SEATS = 7, 15, 30
#: Kinds of organizations that run panels.
_RUNNING = ("government", "association")
_FINISHED = {1: "finished_first_at", 2: "finished_second_at"}


@lru_cache(maxsize=8)
def industry(language: str) -> Instrument:
    """Return the instrument for a sector or a country in a language."""
    return load_instrument(INDUSTRY).in_language(language)


def instrument_of_panel(panel: Panel, language: str) -> Instrument:
    """Return the pinned instrument of a panel in a language."""
    return edition_in(panel.edition, language)


# ---------------------------------------------------------------- who runs it
def organizations_for_panels(account: Any) -> list[Any]:
    """Return the ministries and associations in whose name an account may set up a panel: those that it owns."""
    person = members.person_of(account)
    if person is None:
        return []
    owned = members.running_mandates().filter(person=person, role=OWNER, organization__isnull=False)
    return list(members.organizations_of(person).filter(pk__in=owned.values("organization"), type__in=_RUNNING))


def may_set_up_panels(account: Any) -> bool:
    """Whether an account may set up a panel: the secretariat, and owners of a ministry or an association."""
    return bool(members.is_secretariat(account)) or bool(organizations_for_panels(account))


def _panels() -> QuerySet[Panel]:
    return Panel.objects.select_related("edition", "organization").defer("edition__texts")


def panels_run_by(account: Any) -> QuerySet[Panel]:
    """Return the panels that an account runs, the newest first."""
    if not getattr(account, "is_authenticated", False):
        return _panels().none()
    found = _panels().order_by("-created_at")
    if members.is_secretariat(account):
        return found
    return found.filter(organization__in=[one.pk for one in organizations_for_panels(account)])


def find_panel(pk: uuid.UUID, account: Any) -> Panel:
    """Return a panel to those who run it.

    Raises
    ------
    Http404
        It does not exist, or is not theirs to run: they look the same from outside.
    """
    panel = panels_run_by(account).filter(pk=pk).first()
    if panel is None:
        raise Http404
    return panel


def published_panels(*, country: str = "") -> QuerySet[Panel]:
    """Return what everyone may see, the latest first; on a site that serves the sample its panels too."""
    found = _panels().filter(published_at__isnull=False)
    if not settings.SAMPLE:
        found = found.filter(is_sample=False)
    return (found.filter(country=country) if country else found).order_by("-published_at")


def find_result(pk: uuid.UUID, account: Any) -> tuple[Panel, bool]:
    """Return a panel whose result may be seen, and whether only as everyone may.

    Raises
    ------
    Http404
        It is not published, and the account does not run it; or its first round is still open.
    """
    own = panels_run_by(account).filter(pk=pk, first_closed_at__isnull=False).first()
    if own is not None:
        return own, False
    panel = published_panels().filter(pk=pk).first()
    if panel is None:
        raise Http404
    return panel, True


# ---------------------------------------------------------------- who sits in it
def find_panellist(pk: uuid.UUID, *, account: Any = None, secret: str | None = None) -> Panellist:
    """Return a place in a panel to whoever sits there: by the account that keeps it, or by the browser's key.

    Raises
    ------
    Http404
        It does not exist, or is not theirs, whoever runs the panel.
    """
    found = Panellist.objects.filter(pk=pk).select_related("panel__edition", "panel__organization")
    panellist = found.defer("panel__edition__texts").first()
    if panellist is None or not (_keeps(panellist, account) or _opens(panellist, secret)):
        raise Http404
    return panellist


def _keeps(panellist: Panellist, account: Any) -> bool:
    return bool(getattr(account, "is_authenticated", False)) and panellist.account_id == account.pk


def _opens(panellist: Panellist, secret: str | None) -> bool:
    if not secret:
        return False
    return panellist.keys.filter(kind=AccessKey.Kind.BROWSER, secret_hash=keys.hash_of(secret)).exists()


def seats_of(account: Any) -> QuerySet[Panellist]:
    """Return the places in panels that an account keeps, the newest first."""
    if not getattr(account, "is_authenticated", False):
        return Panellist.objects.none()
    return Panellist.objects.filter(account=account).select_related("panel").order_by("-invited_at")


@dataclass(frozen=True)
class Seat:
    """What whoever runs a panel may know of one place: the group, how far, never what was said."""

    panellist: Panellist
    answered: int
    is_opened: bool
    is_finished: bool


def seats(panel: Panel) -> list[Seat]:
    """Say of every place in a panel how far it is in the round that is open."""
    counted = panel.panellists.annotate(
        answered=Count("answers", filter=Q(answers__round=panel.round), distinct=True),
        browsers=Count("keys", filter=Q(keys__kind=AccessKey.Kind.BROWSER), distinct=True),
    ).order_by("number")
    return [
        Seat(
            panellist=one,
            answered=one.answered,
            is_opened=bool(one.browsers) or one.account_id is not None or one.finished_first_at is not None,
            is_finished=one.finished_at(panel.round) is not None,
        )
        for one in counted
    ]


def finished(panel: Panel, round_number: int) -> QuerySet[Panellist]:
    """Return who finished a round; the second one is for those who finished the first."""
    rounds = [f"{_FINISHED[number]}__isnull" for number in range(1, round_number + 1)]
    return panel.panellists.filter(**dict.fromkeys(rounds, False))


def takes_part(panellist: Panellist) -> bool:
    """Whether a panellist can answer in the round that is open now."""
    panel = panellist.panel
    return panel.is_open and (panel.round == 1 or panellist.finished_first_at is not None)


def is_opened_seat(panellist: Panellist) -> bool:
    """Whether the panellist came in: by a browser's key, or by an account."""
    opened = PanelKey.objects.filter(panellist=panellist, kind=AccessKey.Kind.BROWSER)
    return panellist.account_id is not None or opened.exists()


# ---------------------------------------------------------------- answers
def answers_of_panellist(panellist: Panellist, round_number: int) -> dict[str, PanelAnswer]:
    """Return what a panellist answered in a round, by item; for that panellist alone."""
    return {answer.item: answer for answer in panellist.answers.filter(round=round_number)}


def panel_progress(instrument: Instrument, answers: Mapping[str, PanelAnswer]) -> Progress:
    """Count what is answered in a round."""
    factors = tuple(
        FactorProgress(factor.id, factor.name, factor.asks, len(items), sum(item.id in answers for item in items))
        for factor in instrument.factors
        for items in [instrument.items_of(factor.id)]
    )
    saved = max((answer.saved_at for answer in answers.values()), default=None)
    return Progress(factors, 2 * len(instrument.items), saved)


def round_table(panel: Panel, round_number: int) -> pl.DataFrame:
    """Return the answers that count in a round, as the engine's table: those of people who finished it."""
    counted = PanelAnswer.objects.filter(panellist__in=finished(panel, round_number), round=round_number)
    rows = [
        (str(panellist), item, given if level is None else str(level))
        for panellist, item, given, level in counted.values_list("panellist", "item", "given", "level")
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(("panellist", "item", "level"), pl.String), orient="row")


@dataclass(frozen=True)
class Shown:
    """What the panel sees of one item between the rounds: how often each level was given, and reasons, no names."""

    counts: tuple[tuple[int, int], ...]
    most: int
    unknown: int
    #: the middle half: half of the panel lies between these two
    low: float | None
    high: float | None
    must_discuss: bool
    #: (level, reason), those outside the middle half first
    reasons: tuple[tuple[str, str], ...]


def first_round_shown(panel: Panel, instrument: Instrument) -> dict[str, Shown]:
    """Lay the first round side by side for the panel itself: what lies furthest apart first, without whose it is."""
    given = list(PanelAnswer.objects.filter(panellist__in=finished(panel, 1), round=1).order_by("level", "reason"))
    summary = summarise_round(round_table(panel, 1), instrument, within=panel.within)
    rows = {row["item"]: row for row in summary.iter_rows(named=True)}
    order = dict.fromkeys([*to_discuss(summary), *instrument.item_ids])
    return {item: _shown([one for one in given if one.item == item], rows[item], instrument) for item in order}


def _shown(given: Sequence[PanelAnswer], row: Mapping[str, Any], instrument: Instrument) -> Shown:
    counts = histogram([None if one.level is None else float(one.level) for one in given], instrument.top_level)
    low, high = row["q1"], row["q3"]
    reasons = [(one.value, one.reason) for one in given if one.reason]
    reasons.sort(key=lambda pair: (_is_inside(pair[0], low, high), pair))
    return Shown(
        counts=tuple(enumerate(counts)),
        most=max(counts),
        unknown=sum(one.level is None for one in given),
        low=low,
        high=high,
        must_discuss=row["discuss"],
        reasons=tuple(reasons),
    )


def _is_inside(value: str, low: float | None, high: float | None) -> bool:
    return not value.isdigit() or low is None or high is None or low <= int(value) <= high


# ---------------------------------------------------------------- the result
def result_of(panel: Panel, *, firms: Firms | None = None) -> PanelResult:
    """Return what a panel found so far, for the panel itself; `released` makes of it what everyone may see.

    Closed rounds alone count; an open second round is not told to anybody. `firms` is what `firms_beside` returned.
    """
    return panel_result(
        round_table(panel, 1),
        round_table(panel, 2) if panel.second_closed_at is not None else None,
        instrument_of_panel(panel, "en"),
        within=panel.within,
        firms=firms.figures if firms is not None else {},
    )


def public_result(panel: Panel, *, firms: Firms | None = None) -> PanelResult:
    """Return of a panel's result what everyone may see."""
    return released(result_of(panel, firms=firms), min_group=settings.MIN_PERSONS)


@dataclass(frozen=True)
class Firms:
    """The firms' own results that stand beside a panel: on whose levels, of which group, by factor."""

    basis: str
    #: True: the sector of the panel; False: all firms of its country stand in
    is_of_sector: bool
    figures: Mapping[str, FirmFigure]

    @property
    def n(self) -> int:
        return max((one.n for one in self.figures.values()), default=0)


def firms_beside(panel: Panel) -> Firms | None:
    """Return what may be told of the firms of a panel's country and sector; None where the policy lets nothing out.

    Levels that assessors checked come first where enough firms have them. Where the sector is too small, all firms of
    the country stand in. Firms lend no place within the country, so a region's panel stands beside the country's.
    """
    for basis in (VALIDATED, DECLARED):
        found = _firms(panel, basis)
        if found is not None:
            return found
    return None


def _firms(panel: Panel, basis: str) -> Firms | None:
    lent = lent_scores(is_sample=panel.is_sample, basis=basis).filter(assessment__country=panel.country)
    names = ("assessment", "node", "score", "assessment__sector")
    rows = [(str(pk), *rest) for pk, *rest in lent.order_by("pk").values_list(*names)]
    schema = {"enterprise": pl.String, "node": pl.String, "score": pl.Float64, "sector": pl.String}
    table = pl.DataFrame(rows, schema=schema, orient="row")
    if table.is_empty():
        return None
    in_sector = _figures(table, panel.sector) if panel.sector else {}
    figures = in_sector or _figures(table, "")
    return Firms(basis, bool(in_sector), figures) if figures else None


def _figures(table: pl.DataFrame, sector: str) -> dict[str, FirmFigure]:
    """Return the medians of a sector, or of all, that the policy lets out, with what they would be drawn anew."""
    # with the sectors below it, so that a country's figure and a sector's never tell of a third group
    grouped = peers(table, by=["sector"] if sector else [], min_group=settings.MIN_PEERS)
    if sector:
        grouped = grouped.filter((pl.col("sector") == sector) & (pl.col("pooled") == ""))
        table = table.filter(pl.col("sector") == sector)
    found = {}
    for row in grouped.filter(pl.col("withheld") == "").iter_rows(named=True):
        levels = table.filter(pl.col("node") == row["node"])["score"].to_numpy()
        drawn = resampled_medians(
            levels[None, :],
            np.zeros(len(levels), dtype=np.int64),
            [(0, np.ones(len(levels), dtype=np.bool_))],
            DRAWS,
            SEED + 1,
        )
        found[row["node"]] = FirmFigure(row["median"], row["n"], tuple(drawn[:, 0].tolist()))
    return found


@dataclass(frozen=True)
class Composition:
    """Who sat in a panel, as everyone may know it: by side, by group where that is safe, and women and men."""

    people: int
    sides: Sequence[Part]
    #: by side, the groups that were there, where that may be told
    groups: Mapping[str, tuple[str, ...]]
    genders: Sequence[Part]


def composition_of(panel: Panel) -> Composition:
    """Count the people whose answers make the result, as far as they agreed to be counted and the policy allows."""
    last = 2 if panel.second_closed_at is not None else 1
    rows = [
        (group if counted_at else None, (gender or None) if counted_at else None)
        for group, gender, counted_at in finished(panel, last).values_list("group", "gender", "counted_at")
    ]
    people = by_side(pl.DataFrame(rows, schema={"group": pl.String, "gender": pl.String}, orient="row"), "group")
    least = settings.MIN_PERSONS
    sides = composition(people, "side", tuple(dict.fromkeys(SIDES.values())), min_group=least)
    return Composition(
        people=people.height,
        sides=sides,
        groups=represented(people, sides),
        genders=composition(people, "gender", Panellist.Gender.values, min_group=least),
    )

"""Indexes for programs: what is published, its scores, one figure. Under /api/v1/indicators."""

from __future__ import annotations

from typing import Any, Literal

from django.http import Http404, HttpRequest
from django.utils import translation
from ninja import Field, Router, Schema
from ninja.errors import HttpError

from minga.indicators import report, report_values, selectors
from minga.indicators.models import Edition
from minga.indicators.report import Shown

router = Router()

Language = Literal["en", "fr", "es", "ru", "ar", "zh"]


class EditionHead(Schema):
    """What is known of an edition, also of a withdrawn one."""

    edition: str = Field(description="Permanent id, such as readiness-2026.1.")
    index: str
    kind: str
    is_sample: bool
    state: str
    published_at: str | None
    withdrawn_at: str | None
    withdrawal_reason: str
    hashes: dict[str, str]


class ListedIndex(Schema):
    """An index and its newest published edition."""

    index: str
    title: str
    summary: str
    kind: str
    units: str
    is_sample: bool
    edition: str


class Score(Schema):
    """One unit on one part."""

    unit: str
    name: str
    node: str
    score: float | None
    rank: int | None
    of: int
    score_low: float | None
    score_high: float | None
    rank_low: int | None
    rank_high: int | None
    rank_low_method: int | None = Field(description="Lower end of the interval if only choices of method differed.")
    rank_high_method: int | None
    rank_low_sampling: int | None = Field(description="Lower end if only other businesses had taken part.")
    rank_high_sampling: int | None
    raw: float | None
    basis: str = Field(description="validated, declared, mixed, or empty where nobody's levels are behind the figure.")
    source: str
    note: str


class Scores(Schema):
    """Scores of an edition."""

    edition: str
    scores: list[Score]


@router.get("/indexes", response=list[ListedIndex], summary="List the published indexes")
def indexes(request: HttpRequest, language: Language = "en") -> Any:
    """Each with the permanent id of its newest edition."""
    with translation.override(language):
        return [
            {
                "index": one.slug, "title": view.title, "summary": view.summary, "kind": one.kind, "units": one.units,
                "is_sample": one.is_sample, "edition": edition.name,
            }
            for one in selectors.published_indexes()
            if (edition := selectors.latest_edition(one)) and (view := report.shown(edition))
        ]  # fmt: skip


@router.get("/indexes/{index}/editions", response=list[EditionHead], summary="List the editions of an index")
def editions(request: HttpRequest, index: str) -> Any:
    """The newest first; withdrawn ones say so and why."""
    found = selectors.find_index(index)
    return [report_values.edition_head(one) for one in selectors.editions_of(found).select_related("index")]


@router.get("/editions/{edition}", response=dict[str, Any], summary="Read an edition")
def edition(request: HttpRequest, edition: str, language: Language = "en") -> Any:
    """Method, parts with their weights, hashes; of a withdrawn edition only that it was withdrawn."""
    stored = selectors.find_edition(edition)
    if stored.state == Edition.State.WITHDRAWN:
        return report_values.edition_head(stored)
    with translation.override(language):
        return report_values.edition_values(report.shown(stored))


@router.get("/editions/{edition}/scores", response=Scores, summary="Read the scores of an edition")
def scores(request: HttpRequest, edition: str, node: str = "", language: Language = "en") -> Any:
    """Every unit on every part, or on the part named by `node`, with ranks and their intervals."""
    with translation.override(language):
        view = _view(edition)
        if node and node not in view.items:
            raise Http404
        return {"edition": edition, "scores": report_values.score_rows(view, node)}


@router.get("/editions/{edition}/figures/{unit}/{node}", response=dict[str, Any], summary="Read one figure")
def figure(request: HttpRequest, edition: str, unit: str, node: str, language: Language = "en") -> Any:
    """One figure with its interval, how it came about and the hashes it can be checked by; its address can be cited."""
    with translation.override(language):
        view = _view(edition)
        if unit not in view.units or node not in view.items:
            raise Http404
        return report_values.figure_values(view, view.figure(view.units[unit], view.items[node]))


def _view(name: str) -> Shown:
    stored = selectors.find_edition(name)
    if stored.state == Edition.State.WITHDRAWN:
        raise HttpError(410, f"Edition {name} was withdrawn: {stored.withdrawal_reason}")
    return report.shown(stored)

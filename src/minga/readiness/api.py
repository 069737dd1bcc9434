"""Readiness for programs: start, answer item by item, submit, read the report. Under /api/v1/readiness."""

from __future__ import annotations

import uuid
from typing import Any, Literal

from django.conf import settings
from django.http import Http404, HttpRequest
from django.utils import translation
from django.views.decorators.cache import never_cache
from ninja import Field, Schema, Status
from ninja.decorators import decorate_view
from ninja.errors import HttpError

from minga.readiness import report, selectors, services

# one router for the whole room, so that every route is guarded alike
from minga.readiness.api_panels import router
from minga.readiness.api_shapes import (
    AUTH,
    GivenAnswers,
    Language,
    Location,
    Outcomes,
    Text,
    opened,
    save,
)
from minga.readiness.engine.instrument import Instrument, plain
from minga.readiness.models import Assessment
from minga.web.ratelimit import exceeded


class Start(Schema):
    """A business that wants to check itself."""

    country: Text = Field(description="Two letters of ISO 3166, such as TN.", max_length=2)
    sector: Text = Field(description="Division of ISIC Rev.4, two digits, such as 10.", max_length=2)
    size: Literal["1-9", "10-49", "50-249", "250+"]
    name: Text = Field("", max_length=120)
    location: Location = Field("", description="Where the site is; may be left out, and never changes a score.")
    form: Literal["short", "full"] = "short"
    language: Language = "en"
    overlays: list[Text] | None = Field(None, description="Ids of supplements; left out: all that fit.", max_length=20)


class Started(Schema):
    """A started assessment. The key is shown only here."""

    id: uuid.UUID
    key: str | None = Field(description="Send it as X-Minga-Key; null where an account started it.")
    instrument: str = Field(description="Content hash of the pinned instrument.")
    items: list[str]


class Goals(Schema):
    """What matters, and how far the business can go; all may be left out."""

    goals: list[Text] = Field(default_factory=list, max_length=3)
    cash_limit: Literal["c0", "c1", "c2", "c3", "c4"] = "c2"
    horizon_limit: Literal["h1", "h2", "h3"] = "h2"
    location: Location | None = Field(None, description="Where the site is; left out: as it was given at the start.")


class State(Schema):
    """How far an assessment is."""

    id: uuid.UUID
    status: str
    form: str
    instrument: str
    is_sample: bool
    is_assisted: bool = Field(description="An adviser wrote answers down for the business.")
    answered: int
    asked: int
    answers: dict[str, dict[str, Any]]
    deleted_on: str | None


@router.post("/assessments", response={201: Started}, summary="Start an assessment", auth=None)
@decorate_view(never_cache)
def start(request: HttpRequest, given: Start) -> Any:
    """Needs no account; the key it returns opens the assessment, and nothing else does."""
    if exceeded(request, "readiness-start", times=60, seconds=3600):
        raise HttpError(429, "This address started too many assessments. Wait an hour, then try again.")
    assessment = services.start_assessment(
        country=given.country,
        sector=given.sector,
        size=given.size,
        language=given.language,
        name=given.name,
        location=given.location,
        form=given.form,
        overlays=given.overlays,
    )
    instrument = selectors.instrument_of(assessment, given.language)
    return Status(
        201,
        {
            "id": assessment.pk,
            "key": services.give_key(assessment=assessment),
            "instrument": instrument.content_hash,
            "items": [item.id for item in instrument.items_of(None, assessment.form)],
        },
    )


@router.get("/assessments/{uuid:pk}", response=State, summary="See how far an assessment is", auth=AUTH)
@decorate_view(never_cache)
def state(request: HttpRequest, pk: uuid.UUID) -> Any:
    """Answers with their versions, and when an unclaimed assessment is deleted."""
    assessment = opened(request, pk, Assessment.OpenedFor.READING)
    instrument = selectors.instrument_of(assessment, "en")
    answers = selectors.answers_of(assessment)
    # who may only read sees how far it is, and the report
    shown = {} if assessment.opened_for == Assessment.OpenedFor.READING else answers
    progress = selectors.progress(assessment, instrument, answers)
    deleted_on = selectors.deleted_on(assessment)
    return {
        "id": assessment.pk,
        "status": assessment.status,
        "form": assessment.form,
        "instrument": instrument.content_hash,
        "is_sample": assessment.is_sample,
        "is_assisted": assessment.is_assisted,
        "answered": progress.answered,
        "asked": progress.asked,
        "answers": {
            item: {"value": answer.value, "version": answer.version, "reason": answer.reason, "note": answer.note}
            for item, answer in sorted(shown.items())
        },
        "deleted_on": deleted_on.isoformat() if deleted_on else None,
    }


@router.patch("/assessments/{uuid:pk}/answers", response=Outcomes, summary="Save answers", auth=AUTH)
@decorate_view(never_cache)
def answer(request: HttpRequest, pk: uuid.UUID, given: GivenAnswers) -> Any:
    """Item by item: one refused answer loses none of the others, and sending twice counts once."""
    if exceeded(request, "readiness-save", times=1200, seconds=600, weight=len(given.answers)):
        raise HttpError(429, "This address sent too many answers. Wait ten minutes, then try again.")
    assessment = opened(request, pk, Assessment.OpenedFor.ANSWERING)
    return {"outcomes": [save(request, assessment, one, given.language) for one in given.answers]}


@router.post("/assessments/{uuid:pk}/submit", response=State, summary="Submit an assessment", auth=AUTH)
@decorate_view(never_cache)
def submit(request: HttpRequest, pk: uuid.UUID, given: Goals) -> Any:
    """Closes the answers as self-declared, or agreed where colleagues took part; submitting twice changes nothing.

    Refused while a colleague has not finished, or levels two or more apart are not agreed on.
    """
    assessment = opened(request, pk, Assessment.OpenedFor.ANSWERING)
    if not assessment.is_submitted:
        services.choose_goals(
            assessment=assessment,
            goals=given.goals,
            cash_limit=given.cash_limit,
            horizon_limit=given.horizon_limit,
            location=given.location,
        )
        services.submit_assessment(assessment=assessment, scores=lambda: report.score_rows(assessment))
    return state(request, pk)


@router.get("/assessments/{uuid:pk}/report", response=dict[str, Any], summary="Read the report", auth=AUTH)
@decorate_view(never_cache)
def read_report(request: HttpRequest, pk: uuid.UUID, language: Language = "en") -> Any:
    """The same frozen report as the page, as JSON."""
    with translation.override(language):
        built = report.build(opened(request, pk, Assessment.OpenedFor.READING), language)
    if built is None:
        raise HttpError(409, "This assessment holds no answer yet, so there is no report. Answer at least one item.")
    return built.report.to_dict()


@router.delete("/assessments/{uuid:pk}", response={204: None}, summary="Delete an assessment", auth=AUTH)
@decorate_view(never_cache)
def delete(request: HttpRequest, pk: uuid.UUID) -> Any:
    """Deletes answers, history, keys and scores for ever."""
    assessment = opened(request, pk)
    if not selectors.may_decide(assessment, request.user):
        raise Http404
    services.delete_assessment(assessment=assessment)
    return Status(204, None)


@router.get("/instruments/{name}", response=dict[str, Any], summary="Read an instrument")
def instrument(request: HttpRequest, name: Text, language: Language = settings.LANGUAGE_CODE) -> Any:
    """By content hash (`sha256:…`), as it was pinned, or `generic-enterprise` as it stands now."""
    found = selectors.generic(language) if name == selectors.GENERIC else selectors.pinned_instrument(name, language)
    return _shown(found)


def _shown(found: Instrument) -> dict[str, Any]:
    left_out = {"sources", "original", "untranslated", "base_hash"}
    values = {key: value for key, value in plain(found).items() if key not in left_out}
    return {**values, "content_hash": found.content_hash, "untranslated": sorted(found.untranslated)}

"""Evidence and validation for programs: files behind answers, how far a validation is, what an assessor found."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from ninja import Field, File, Form, Schema, Status
from ninja.decorators import decorate_view
from ninja.errors import HttpError
from ninja.files import UploadedFile
from ninja.security import django_auth

from minga.readiness import selectors, services
from minga.readiness.api_router import router
from minga.readiness.api_shapes import Text
from minga.readiness.engine.errors import EvidenceError, ValidationError
from minga.readiness.file_response import given_out
from minga.readiness.models import Assessment, Evidence, Validation
from minga.web.ratelimit import exceeded

_AUTH = [django_auth]


class EvidenceSent(Schema):
    """What comes with a file."""

    item: Text = Field("", max_length=40, description="The question that the file stands behind.")
    caption: Text = Field("", max_length=200)
    client_id: Text = Field("", max_length=64, description="The same id twice is the same evidence.")


class EvidenceKept(Schema):
    """A piece of evidence, without its content."""

    id: uuid.UUID
    item: str
    content_type: str
    size: int
    sha256: str
    caption: str
    added_at: datetime


class ValidationState(Schema):
    """How far one validation is; `summary` is the assessor's word to the business."""

    number: int
    status: str
    requested_at: datetime
    visited_on: date | None
    completed_at: datetime | None
    summary: str


class ValidationsState(Schema):
    """Whether an assessor's levels count, and how far those asked are."""

    status: str
    validated_at: datetime | None
    valid_until: datetime | None
    validations: list[ValidationState]


class FindingSent(Schema):
    """What an assessor found on one item, with the version that was seen (0 for none)."""

    item: Text = Field(max_length=40)
    level: int | None = Field(None, ge=0, le=5, description="Left out: not judged.")
    comment: Text = Field("", max_length=2000)
    to_visit: bool = False
    version: int = Field(0, ge=0, le=1_000_000)


class FindingsSent(Schema):
    """Findings on some items, in any order."""

    findings: list[FindingSent] = Field(max_length=200)


class FindingOutcome(Schema):
    """What became of one finding: saved, unchanged, conflict or refused; the rest is what is stored now."""

    item: str
    outcome: str
    level: int | None = None
    version: int | None = None
    message: str = ""


class FindingOutcomes(Schema):
    """One outcome a finding, in the order sent."""

    outcomes: list[FindingOutcome]


class PointShown(Schema):
    """One item as an assessor sees it."""

    item: str
    own: str
    note: str
    evidence: list[EvidenceKept]
    level: int | None
    comment: str
    to_visit: bool
    version: int
    state: str


def _owned(request: HttpRequest, pk: uuid.UUID) -> Assessment:
    assessment = selectors.find(pk, account=request.user)
    if not selectors.may_decide(assessment, request.user):
        raise Http404
    return assessment


@router.post(
    "/assessments/{uuid:pk}/evidence",
    response={201: EvidenceKept, 200: EvidenceKept},
    summary="Add evidence",
    auth=_AUTH,
)
@decorate_view(never_cache)
def add_evidence(
    request: HttpRequest,
    pk: uuid.UUID,
    sent: Form[EvidenceSent],
    file: UploadedFile | None = File(None),  # noqa: B008 - so the library wants it
) -> Any:
    """A photo or PDF file behind an answer; with a client id that was sent before, it is the evidence of that time."""
    assessment = _owned(request, pk)
    if file is None:
        raise HttpError(422, "No file arrived, or it is far too large. Send it as the part `file` of a form.")
    if exceeded(request, "readiness-evidence", times=120, seconds=3600):
        raise HttpError(429, "This address sent too many files. Wait an hour, then try again.")
    try:
        added = services.add_evidence(
            assessment=assessment,
            item=sent.item,
            data=file.read(),
            caption=sent.caption,
            client_id=sent.client_id,
            account=request.user,
        )
    except EvidenceError as problem:
        raise HttpError(422, str(problem)) from None
    return Status(201 if added.is_new else 200, _kept(added.evidence))


@router.get("/assessments/{uuid:pk}/evidence", response=list[EvidenceKept], summary="List evidence", auth=_AUTH)
@decorate_view(never_cache)
def list_evidence(request: HttpRequest, pk: uuid.UUID) -> Any:
    """What stands behind the answers, for owners of the assessment."""
    found = selectors.counted_evidence(_owned(request, pk))
    return [_kept(one) for one in found.order_by("added_at", "pk")]


@router.get("/assessments/{uuid:pk}/evidence/{uuid:file}", summary="Read a file of evidence", auth=_AUTH)
@decorate_view(never_cache)
def read_evidence(request: HttpRequest, pk: uuid.UUID, file: uuid.UUID) -> HttpResponse:
    """The file itself, for owners of the assessment."""
    return given_out(selectors.find_evidence(file, _owned(request, pk)))


@router.delete(
    "/assessments/{uuid:pk}/evidence/{uuid:file}", response={204: None}, summary="Delete evidence", auth=_AUTH
)
@decorate_view(never_cache)
def delete_evidence(request: HttpRequest, pk: uuid.UUID, file: uuid.UUID) -> Any:
    """Deletes the entry and its file for ever."""
    services.remove_evidence(evidence=selectors.find_evidence(file, _owned(request, pk)))
    return Status(204, None)


def _kept(evidence: Evidence) -> dict[str, Any]:
    return {name: getattr(evidence, name) for name in EvidenceKept.model_fields}


@router.get(
    "/assessments/{uuid:pk}/validation", response=ValidationsState, summary="See how far a validation is", auth=_AUTH
)
@decorate_view(never_cache)
def validation(request: HttpRequest, pk: uuid.UUID) -> Any:
    """For owners of the assessment; what was found stands in the report once it is complete."""
    assessment = _owned(request, pk)
    standing = selectors.standing_validations(assessment)
    return {
        "status": "expired" if assessment.has_expired else assessment.status,
        "validated_at": assessment.validated_at,
        "valid_until": assessment.valid_until,
        "validations": [{name: getattr(one, name) for name in ValidationState.model_fields} for one in standing],
    }


def _opened(request: HttpRequest, pk: uuid.UUID) -> Validation:
    return selectors.opened_validation(pk, request.user)


@router.get("/validations/{uuid:pk}/findings", response=list[PointShown], summary="Read what to judge", auth=_AUTH)
@decorate_view(never_cache)
def findings(request: HttpRequest, pk: uuid.UUID) -> Any:
    """For the assessor alone, after the declaration and until the validation is done."""
    found = _opened(request, pk)
    points = selectors.points(found, selectors.instrument_of(found.assessment, "en"))
    return [_point(point) for point in points]


def _point(point: selectors.Point) -> dict[str, Any]:
    finding = point.finding
    return {
        "item": point.item.id,
        "own": point.own,
        "note": point.note,
        "evidence": [_kept(one) for one in point.evidence],
        "level": point.level,
        "comment": finding.comment if finding else "",
        "to_visit": point.to_visit,
        "version": finding.version if finding else 0,
        "state": point.state,
    }


@router.patch("/validations/{uuid:pk}/findings", response=FindingOutcomes, summary="Save what was found", auth=_AUTH)
@decorate_view(never_cache)
def save_findings(request: HttpRequest, pk: uuid.UUID, sent: FindingsSent) -> Any:
    """Item by item: one refused finding loses none of the others, and one that was not seen is never overwritten."""
    found = _opened(request, pk)
    return {"outcomes": [_save(found, one) for one in sent.findings]}


def _save(found: Validation, sent: FindingSent) -> dict[str, Any]:
    try:
        saved = services.save_finding(
            validation=found,
            item=sent.item,
            level=sent.level,
            comment=sent.comment,
            to_visit=sent.to_visit,
            seen_version=sent.version,
        )
    except ValidationError as problem:
        return {"item": sent.item, "outcome": "refused", "message": str(problem)}
    return {
        "item": sent.item,
        "outcome": saved.outcome,
        "level": saved.finding.level,
        "version": saved.finding.version,
    }

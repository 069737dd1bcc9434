"""What the routes of readiness' API share: who may come in, answers and what becomes of them."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Schema
from ninja.security import APIKeyHeader, django_auth
from pydantic import AfterValidator

from minga.readiness import selectors, services
from minga.readiness.engine.errors import ReadinessError
from minga.readiness.models import Assessment, Colleague


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("A text must not hold the character NUL. Remove it.")
    return text


Text = Annotated[str, AfterValidator(_without_nul)]
Language = Literal["en", "fr", "es", "ru", "ar", "zh"]
Location = Literal["city", "town", "rural", ""]
Value = Literal["0", "1", "2", "3", "4", "5", "dk", "na"]


class GuestKey(APIKeyHeader):
    """The key that starting an assessment, or opening a colleague's questions, returned once."""

    param_name = "X-Minga-Key"

    def authenticate(self, request: HttpRequest, key: str | None) -> str | None:
        return key or None


AUTH = [GuestKey(), django_auth]


class GivenAnswer(Schema):
    """One answer, with the version of the stored one that its sender saw (0 for none)."""

    item: Text = Field(max_length=40)
    value: Value
    version: int = Field(0, ge=0, le=1_000_000)
    client_id: Text = Field("", max_length=64, description="The same id twice counts once.")
    reason: Text = Field("", max_length=2000)
    note: Text = Field("", max_length=2000)


class GivenAnswers(Schema):
    """Answers to some items, in any order."""

    language: Language = "en"
    answers: list[GivenAnswer] = Field(max_length=200)


class Outcome(Schema):
    """What became of one answer: saved, unchanged, conflict or refused; value and version are what is stored now."""

    item: str
    outcome: Literal["saved", "unchanged", "conflict", "refused"]
    value: str | None = None
    version: int | None = None
    message: str = ""


class Outcomes(Schema):
    """One outcome an answer, in the order sent."""

    outcomes: list[Outcome]


def opened(
    request: HttpRequest, pk: uuid.UUID, right: Assessment.OpenedFor = Assessment.OpenedFor.OWNING
) -> Assessment:
    """Return the assessment to who has the right; 404 to everyone else."""
    return selectors.find(pk, account=request.user, secret=secret_of(request), right=right)


def secret_of(request: HttpRequest) -> str | None:
    """Return the key that a program shows."""
    return request.headers.get(GuestKey.param_name)


def account_of(request: HttpRequest) -> Any:
    """Return who is signed in, if anybody is."""
    return request.user if request.user.is_authenticated else None


def save(
    request: HttpRequest,
    assessment: Assessment,
    given: GivenAnswer,
    language: str,
    colleague: Colleague | None = None,
) -> dict[str, Any]:
    """Save one answer and say what became of it."""
    try:
        saved = services.save_answer(
            assessment=assessment,
            item=given.item,
            value=given.value,
            seen_version=given.version,
            client_id=given.client_id,
            reason=given.reason,
            note=given.note,
            language=language,
            account=account_of(request),
            colleague=colleague,
            is_assisted=colleague is None and assessment.opened_for != Assessment.OpenedFor.OWNING,
        )
    except ReadinessError as problem:
        return {"item": given.item, "outcome": "refused", "message": str(problem)}
    return {
        "item": given.item,
        "outcome": saved.outcome,
        "value": saved.answer.value,
        "version": saved.answer.version,
    }

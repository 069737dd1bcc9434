"""The sample's validated businesses: enough of them in some countries for figures on levels that assessors checked."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.utils import timezone

from minga.members import selectors as people
from minga.members import services as members
from minga.readiness import selectors
from minga.readiness.models import Answer, Assessment, Finding, Given, Validation
from minga.readiness.sample_scores import store_scores
from minga.readiness.services import VALID_MONTHS
from minga.readiness.services.validating import months_later

#: How many businesses of a country are validated, beside the three that show the stages of a validation. In Tunisia and
#: Egypt ten others or more stay self-declared, so the share of the validated is shown; in Morocco nine: it is withheld.
COUNTRIES = {"TN": 13, "MA": 12, "EG": 13}
_SEED = 20260702
#: the share of answers that were judged, and how the assessor's level then lies beside the own one
_JUDGED = 0.7
_STEPS, _SHARES = (0, -1, -2, 1), (0.6, 0.3, 0.05, 0.05)
#: a validation lies no farther back than this, whenever the sample is loaded: else its time would be over
_OLDEST = timedelta(days=540)
_SUMMARY = "Sample: seen on one visit. Most levels hold; where they differ, the records were not complete."


def validate_many(checks: Sequence[Assessment], *, by: Any) -> None:
    """Store completed validations of submitted checks of the full form; nobody signs in as their assessor."""
    draw = np.random.default_rng(_SEED)
    assessor = _assessor(by)
    own = _own_levels(checks)
    validations = [_validation(check, assessor, draw) for check in checks]
    findings = [one for validation in validations for one in _findings(validation, own, draw)]
    requested = {one.pk: one.requested_at for one in validations}
    Validation.objects.bulk_create(validations)
    for one in validations:  # set to now when a row is made; a sample tells the time of its story
        one.requested_at = requested[one.pk]
    Validation.objects.bulk_update(validations, ["requested_at"])
    Finding.objects.bulk_create(findings)
    Assessment.objects.bulk_update(checks, ["status", "validated_at", "valid_until"])
    judged: dict[uuid.UUID, dict[str, str]] = {}
    for finding in findings:
        judged.setdefault(finding.validation.assessment_id, {})[finding.item] = str(finding.level)
    store_scores(checks, {check.pk: own[check.pk] | judged[check.pk] for check in checks}, suffix="-validated")


def _assessor(by: Any) -> Any:
    """Make an invented assessor without a password."""
    account = members.create_account(
        email="second-assessor@sample.example", name="Farid Sample", languages=["ar"], is_sample=True
    )
    person = people.person_of(account)
    members.grant_in_alliance(person=person, role=selectors.ASSESSOR)
    members.record_competence(
        person=person,
        field="Sample: data and machines in small factories",
        basis="Sample course for assessors, 2026",
        by=people.person_of(by),
    )
    return account


def _own_levels(checks: Sequence[Assessment]) -> dict[uuid.UUID, dict[str, str]]:
    """Return what each business answered by item, in the order of the items' names."""
    found: dict[uuid.UUID, dict[str, str]] = {check.pk: {} for check in checks}
    for answer in Answer.objects.filter(assessment__in=checks, colleague=None).order_by("item"):
        found[answer.assessment_id][answer.item] = answer.value
    return found


def _validation(check: Assessment, assessor: Any, draw: np.random.Generator) -> Validation:
    at = _in_its_time(check.last_answer_at + timedelta(days=int(draw.integers(20, 60))))
    check.status = Assessment.Status.VALIDATED
    check.validated_at, check.valid_until = at, months_later(at, VALID_MONTHS)
    return Validation(
        id=uuid.uuid5(uuid.NAMESPACE_URL, f"minga-sample/validation/{check.pk}"),
        assessment=check,
        assessor=assessor,
        status=Validation.Status.COMPLETED,
        has_conflict=False,
        requested_at=at - timedelta(days=14),
        assigned_at=at - timedelta(days=12),
        declared_at=at - timedelta(days=11),
        visited_on=(at - timedelta(days=2)).date(),
        completed_at=at,
        summary=_SUMMARY,
    )


def _in_its_time(at: datetime) -> datetime:
    """Keep a moment of the story unless it lies ahead of today, or so far back that the validation would be over."""
    now = timezone.now()
    return min(max(at, now - _OLDEST), now)


def _findings(
    validation: Validation, own: Mapping[uuid.UUID, Mapping[str, str]], draw: np.random.Generator
) -> Iterator[Finding]:
    """Draw what the assessor found on the visit: mostly the own level, or one below it."""
    top = selectors.instrument_of(validation.assessment, "en").top_level
    for item, level in own[validation.assessment_id].items():
        step, is_judged = int(draw.choice(_STEPS, p=_SHARES)), bool(draw.random() < _JUDGED)
        if is_judged and level not in {Given.UNKNOWN, Given.NOT_APPLICABLE}:
            yield Finding(
                validation=validation, item=item, level=int(np.clip(int(level) + step, 0, top)), to_visit=True
            )

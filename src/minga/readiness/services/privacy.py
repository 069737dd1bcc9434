"""What a person can take along, and what erasing her deletes."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from minga.readiness import selectors
from minga.readiness.models import AnswerVersion, Assessment
from minga.readiness.services.owning import delete_assessment


def export_assessment(assessment: Assessment) -> dict[str, Any]:
    """Return everything that is stored about an assessment, as JSON values."""
    return {
        "id": str(assessment.pk),
        "name": assessment.name,
        "is_sample": assessment.is_sample,
        "profile": {
            "country": assessment.country,
            "sector": assessment.sector,
            "size": assessment.size,
            "location": assessment.location,
            "goals": assessment.goals,
            "cash_limit": assessment.cash_limit,
            "horizon_limit": assessment.horizon_limit,
        },
        "form": assessment.form,
        "language": assessment.language,
        "status": assessment.status,
        "started_at": assessment.started_at.isoformat(),
        "last_answer_at": assessment.last_answer_at.isoformat(),
        "submitted_at": assessment.submitted_at.isoformat() if assessment.submitted_at else None,
        "lends_scores": selectors.lends_scores(assessment),
        "instrument": {
            "id": assessment.edition.instrument,
            "version": assessment.edition.version,
            "content_hash": assessment.edition.content_hash,
            "overlays": assessment.edition.overlays,
        },
        "answers": [
            {
                "item": answer.item,
                "value": answer.value,
                "reason": answer.reason,
                "note": answer.note,
                "version": answer.version,
                "saved_at": answer.saved_at.isoformat(),
            }
            for answer in assessment.answers.order_by("item")
        ],
        "history": [_version(version) for version in assessment.history.all()],
        "scores": list(assessment.scores.order_by("kind", "node").values("kind", "node", "score")),
    }


def export_person(person: Any) -> dict[str, Any]:
    """Return the assessments that a person's account answers for, and what she answered in those of others."""
    if person.account is None:
        return {"assessments": [], "answers_elsewhere": []}
    own = Assessment.objects.filter(account=person.account).select_related("edition").defer("edition__texts")
    elsewhere = AnswerVersion.objects.filter(account=person.account).exclude(assessment__in=own.values("pk"))
    return {
        "assessments": [export_assessment(assessment) for assessment in own.order_by("started_at")],
        "answers_elsewhere": [{"assessment": str(one.assessment_id)} | _version(one) for one in elsewhere],
    }


def _version(version: AnswerVersion) -> dict[str, Any]:
    return {
        "item": version.item,
        "given": version.given,
        "level": version.level,
        "reason": version.reason,
        "note": version.note,
        "version": version.version,
        "language": version.language,
        "at": version.at.isoformat(),
    }


@transaction.atomic
def erase_person(person: Any) -> int:
    """Delete a person's own assessments; those of an organization stay with it, without the person's trace."""
    if person.account is None:
        return 0
    own = list(Assessment.objects.filter(account=person.account, organization=None))
    for assessment in own:
        delete_assessment(assessment=assessment)
    traces = AnswerVersion.objects.filter(account=person.account).update(account=None)
    return len(own) + traces + Assessment.objects.filter(account=person.account).update(account=None)

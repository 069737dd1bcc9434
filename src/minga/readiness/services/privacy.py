"""What a person can take along, and what erasing her deletes."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from minga.readiness import selectors
from minga.readiness.models import Agreement, Answer, AnswerVersion, Assessment, Colleague, Share
from minga.readiness.services.inviting import delete_colleague
from minga.readiness.services.owning import delete_assessment
from minga.readiness.services.panel_privacy import erase_seats, export_seats
from minga.readiness.services.sharing import revoke_share
from minga.readiness.services.validation_privacy import (
    erase_traces,
    export_assessor,
    export_evidence,
    export_evidence_elsewhere,
    export_validations,
)


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
        "is_assisted": assessment.is_assisted,
        "answers": [_answer(answer) for answer in assessment.answers.filter(colleague=None).order_by("item")],
        "history": [_version(version) for version in selectors.history_of(assessment)],
        # who was asked and how far they are; what colleagues said is theirs to take along
        "colleagues": [
            {
                "number": one.number,
                "role": one.role,
                "invited_at": one.invited_at.isoformat(),
                "finished_at": one.finished_at.isoformat() if one.finished_at else None,
                "withdrawn_at": one.withdrawn_at.isoformat() if one.withdrawn_at else None,
            }
            for one in assessment.colleagues.order_by("number")
        ],
        "shares": [_share(share) for share in assessment.shares.order_by("given_at")],
        "agreements": [
            {
                "item": one.item,
                "version": one.version,
                "level": one.level,
                "reason": one.reason,
                "at": one.at.isoformat(),
            }
            for one in assessment.agreements.order_by("item", "version")
        ],
        "evidence": export_evidence(assessment.evidence.filter(colleague=None)),
        "validations": export_validations(assessment),
        "validated_at": assessment.validated_at.isoformat() if assessment.validated_at else None,
        "valid_until": assessment.valid_until.isoformat() if assessment.valid_until else None,
        "scores": list(assessment.scores.order_by("kind", "node").values("kind", "node", "score")),
    }


def export_colleague(colleague: Colleague) -> dict[str, Any]:
    """Return everything that one colleague gave, for that colleague alone, as JSON values."""
    assessment = colleague.assessment
    return {
        "id": str(colleague.pk),
        "business": assessment.name,
        "role": colleague.role,
        "invited_at": colleague.invited_at.isoformat(),
        "finished_at": colleague.finished_at.isoformat() if colleague.finished_at else None,
        "instrument": {"id": assessment.edition.instrument, "content_hash": assessment.edition.content_hash},
        "answers": [_answer(answer) for answer in colleague.answers.order_by("item")],
        "evidence": export_evidence(colleague.evidence.all()),
        "history": [_version(version) for version in colleague.history.all()],
    }


def export_person(person: Any) -> dict[str, Any]:
    """Return the assessments that a person's account answers for, and what she answered in those of others."""
    if person.account is None:
        return {
            "assessments": [],
            "answers_elsewhere": [],
            "asked_as_colleague": [],
            "evidence_elsewhere": [],
            "agreements_elsewhere": [],
            "clients": [],
            "validations": [],
            "panels": [],
        }
    own = Assessment.objects.filter(account=person.account).select_related("edition").defer("edition__texts")
    elsewhere = AnswerVersion.objects.filter(account=person.account).exclude(
        assessment__in=own.values("pk"), colleague=None
    )
    places = Colleague.objects.filter(account=person.account).select_related("assessment__edition")
    return {
        "assessments": [export_assessment(assessment) for assessment in own.order_by("started_at")],
        "answers_elsewhere": [{"assessment": str(one.assessment_id)} | _version(one) for one in elsewhere],
        "asked_as_colleague": [export_colleague(place) for place in places.order_by("invited_at")],
        "evidence_elsewhere": [
            {"assessment": str(assessment)} | file
            for assessment, file in export_evidence_elsewhere(person.account, own)
        ],
        "agreements_elsewhere": [
            {
                "assessment": str(one.assessment_id),
                "item": one.item,
                "level": one.level,
                "reason": one.reason,
                "at": one.at.isoformat(),
            }
            for one in Agreement.objects.filter(account=person.account).exclude(assessment__in=own.values("pk"))
        ],
        "clients": [
            {"assessment": str(share.assessment_id)} | _share(share)
            for share in Share.objects.filter(account=person.account).order_by("given_at")
        ],
        "validations": export_assessor(person.account),
        "panels": export_seats(person.account),
    }


def _share(share: Share) -> dict[str, Any]:
    return {
        "with": "adviser" if share.programme_id is None else "programme",
        "may_answer": share.may_answer,
        "how": share.how,
        "text_version": share.text_version,
        "given_at": share.given_at.isoformat(),
        "revoked_at": share.revoked_at.isoformat() if share.revoked_at else None,
    }


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "item": answer.item,
        "value": answer.value,
        "reason": answer.reason,
        "note": answer.note,
        "version": answer.version,
        "saved_at": answer.saved_at.isoformat(),
    }


def _version(version: AnswerVersion) -> dict[str, Any]:
    return {
        "item": version.item,
        "given": version.given,
        "level": version.level,
        "reason": version.reason,
        "note": version.note,
        "version": version.version,
        "came_from": version.came_from,
        "language": version.language,
        "at": version.at.isoformat(),
    }


@transaction.atomic
def erase_person(person: Any) -> int:
    """Delete a person's own assessments, and what she was asked as a colleague while it is open.

    Assessments of an organization stay with it, and submitted ones in which she was a colleague keep its voice, both
    without the person's trace. What she gave in panels leaves them.
    """
    if person.account is None:
        return 0
    # an adviser who goes is let in nowhere: the consents end, not only the rows
    for share in Share.objects.filter(account=person.account, revoked_at=None):
        revoke_share(share=share)
    open_places = Colleague.objects.filter(account=person.account, assessment__status=Assessment.Status.DRAFT)
    deleted = len([delete_colleague(colleague=place) for place in open_places])
    deleted += Colleague.objects.filter(account=person.account).update(account=None)
    deleted += Agreement.objects.filter(account=person.account).update(account=None)
    deleted += erase_traces(person.account) + erase_seats(person.account)
    own = list(Assessment.objects.filter(account=person.account, organization=None))
    for assessment in own:
        delete_assessment(assessment=assessment)
    traces = AnswerVersion.objects.filter(account=person.account).update(account=None)
    return deleted + len(own) + traces + Assessment.objects.filter(account=person.account).update(account=None)

"""Evidence and validations in what a person or a business takes along, and what erasing a person does to them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from minga.readiness import selectors
from minga.readiness.models import Assessment, Evidence, Validation


def export_evidence(evidence: QuerySet[Evidence]) -> list[dict[str, Any]]:
    """List evidence without its content: the files themselves are on the page of each question."""
    return [
        {
            "item": one.item,
            "caption": one.caption,
            "content_type": one.content_type,
            "size": one.size,
            "sha256": one.sha256,
            "added_at": one.added_at.isoformat(),
        }
        for one in evidence.order_by("added_at", "pk")
    ]


def export_evidence_elsewhere(account: Any, own: QuerySet[Assessment]) -> list[tuple[Any, dict[str, Any]]]:
    """List what an account sent for assessments that others answer for, each with the id of its assessment."""
    sent = Evidence.objects.filter(account=account, colleague=None).exclude(assessment__in=own.values("pk"))
    listed = export_evidence(sent)
    return list(zip(sent.order_by("added_at", "pk").values_list("assessment", flat=True), listed, strict=True))


def export_validations(assessment: Assessment) -> list[dict[str, Any]]:
    """Return the validations of an assessment; findings only of those that are done, and never who the assessor is."""
    return [_validation(one) | {"findings": _findings(one)} for one in assessment.validations.order_by("requested_at")]


def _validation(validation: Validation) -> dict[str, Any]:
    moments = ("requested_at", "assigned_at", "declared_at", "completed_at", "visited_on")
    dated = {name: at.isoformat() if (at := getattr(validation, name)) else None for name in moments}
    return {
        "number": validation.number,
        "status": validation.status,
        "has_conflict": validation.has_conflict,
        "summary": validation.summary,
        **dated,
    }


def _findings(validation: Validation) -> list[dict[str, Any]]:
    if validation.completed_at is None:
        return []
    return list(validation.findings.order_by("item").values("item", "level", "comment", "to_visit"))


def export_assessor(account: Any) -> list[dict[str, Any]]:
    """Return what an assessor did and declared, without anything of the businesses."""
    done = Validation.objects.filter(assessor=account).order_by("requested_at")
    return [{"validation": str(one.pk), "conflict": one.conflict} | _validation(one) for one in done]


def erase_traces(account: Any) -> int:
    """Take a person out of evidence and validations; what is under way goes back to the secretariat."""
    mine = Validation.objects.filter(assessor=account)
    counts = mine.exclude(conflict="").update(conflict="")
    for status in (Validation.Status.ASSIGNED, Validation.Status.UNDER_WAY):
        for one in mine.filter(status=status):
            one.findings.all().delete()
            one.status, one.has_conflict, one.declared_at, one.assigned_at = selectors.RUNNING[0], None, None, None
            one.save()
    counts += mine.update(assessor=None)
    return counts + Evidence.objects.filter(account=account).update(account=None)

"""Validating: request, assignment, the assessor's word on conflicts, findings, completion, withdrawal."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from minga.members import services as members
from minga.readiness import selectors
from minga.readiness.engine.errors import ValidationError
from minga.readiness.models import Assessment, AssessmentScore, Finding, Validation

#: How long the levels of an assessor count, in calendar months.
VALID_MONTHS = 24
_S = Validation.Status
#: Makes the scores with the assessor's levels; it stands above the services, so it is handed in.
Score = Callable[[Assessment], Iterable[dict[str, Any]]]


@dataclass(frozen=True)
class SavedFinding:
    """What became of a finding: saved, unchanged, or conflict; `finding` is what is there now."""

    outcome: str
    finding: Finding


def _locked(validation: Validation, *statuses: str) -> Validation:
    """Lock assessment and validation, in this order everywhere, and see that the step is still possible."""
    assessment = Assessment.objects.select_for_update().get(pk=validation.assessment_id)
    found = Validation.objects.select_for_update().get(pk=validation.pk)
    found.assessment = assessment
    if found.status not in statuses:
        raise ValidationError(
            "state", f"This validation is {found.status}, so this step is not possible now. Load the page again."
        )
    return found


# ---------------------------------------------------------------- the owner
@transaction.atomic
def request_validation(*, assessment: Assessment, by: Any, is_double: bool = False) -> Validation:
    """Ask for an assessor; a double one asks for a second who does not see what the first finds.

    Raises
    ------
    ValidationError
        The check is not claimed, not the full form, not submitted, or asked for already.
    """
    locked = Assessment.objects.select_for_update().get(pk=assessment.pk)
    if why := why_not_request(locked):
        raise ValidationError(why, _WHY_NOT[why])
    validation = Validation.objects.create(assessment=locked, number=1)
    members.record(by=by, act="validation.requested", on=_reference(validation))
    if is_double:
        _second(locked, by)
    return validation


_WHY_NOT = {
    "unclaimed": "This check belongs to nobody yet, so nobody can ask for an assessor. Claim it first.",
    "short": "Assessors validate the full form. Go on with the full form, submit it, then ask again.",
    "draft": "The answers are still open. Submit the check, then ask for an assessor.",
    "asked": "An assessor was asked for already. Withdraw that request first, if you want to begin anew.",
    "expired": "The validation of this check has ended, and its answers are old. Start a new check.",
    "validated": "This check is validated. Ask again when that ends.",
}


def why_not_request(assessment: Assessment) -> str:
    """Return why no assessor can be asked for now, as a code; "" where one can."""
    if not assessment.is_claimed:
        return "unclaimed"
    if assessment.form != Assessment.Form.FULL:
        return "short"
    if not assessment.is_submitted:
        return "draft"
    if assessment.status == Assessment.Status.VALIDATED:
        return "expired" if assessment.has_expired else "validated"
    return "asked" if selectors.standing_validations(assessment) else ""


@transaction.atomic
def request_second(*, assessment: Assessment, by: Any) -> Validation:
    """Ask for a second assessor beside the first, before the first is done."""
    locked = Assessment.objects.select_for_update().get(pk=assessment.pk)
    standing = selectors.standing_validations(locked)
    if len(standing) != 1 or standing[0].status == _S.COMPLETED:
        raise ValidationError(
            "second",
            "A second assessor can be asked for while the first one is at work, and only one. Nothing changed.",
        )
    return _second(locked, by)


def _second(assessment: Assessment, by: Any) -> Validation:
    validation = Validation.objects.create(assessment=assessment, number=2)
    members.record(by=by, act="validation.second_requested", on=_reference(validation))
    return validation


@transaction.atomic
def withdraw_validation(*, assessment: Assessment, by: Any = None) -> int:
    """Take the request back; from now on no assessor sees anything. Return how many validations ended."""
    locked = Assessment.objects.select_for_update().get(pk=assessment.pk)
    ended = 0
    for validation in Validation.objects.filter(assessment=locked, status__in=selectors.STANDING):
        validation.status = _S.WITHDRAWN
        validation.save(update_fields=["status"])
        members.record(by=by, act="validation.withdrawn", on=_reference(validation))
        ended += 1
    return ended


def _reference(validation: Validation) -> str:
    return f"validation:{validation.pk.hex}"


# ---------------------------------------------------------------- the secretariat
@transaction.atomic
def assign_assessor(*, validation: Validation, account: Any, by: Any) -> None:
    """Ask an assessor; whoever worked on it before gives it back, and what they found is not shown to the next.

    Raises
    ------
    ValidationError
        The assessor has no mandate or no fitting competence, is too close to the business, or assigns themself.
    """
    found = _locked(validation, *selectors.RUNNING)
    candidate = next((one for one in selectors.candidates(found) if one.account == account), None)
    if candidate is None or candidate.why_not:
        raise ValidationError(
            "assessor",
            "This person cannot assess this business: an assessor needs a running mandate and a fitting competence, "
            "and must not belong to the business or have assessed it beside this. Choose somebody else.",
        )
    if by is not None and by == account:
        raise ValidationError("self", "Nobody assigns a validation to themself. Ask a colleague of the secretariat.")
    if found.status == _S.UNDER_WAY:
        found = _renewed(found)
    found.assessor, found.assigned_at, found.status = account, timezone.now(), _S.ASSIGNED
    found.has_conflict, found.conflict, found.declared_at = None, "", None
    found.save()
    members.record(by=by, act="validation.assigned", on=_reference(found), reason=_mark_of(account))


def _renewed(validation: Validation) -> Validation:
    """End a validation for its assessor, and put one of the same number in its place."""
    validation.status = _S.DECLINED
    validation.save(update_fields=["status"])
    return Validation.objects.create(assessment=validation.assessment, number=validation.number)


def _mark_of(account: Any) -> str:
    return f"to {members.person_for(account).reference}"


# ---------------------------------------------------------------- the assessor
@transaction.atomic
def declare_conflict(*, validation: Validation, has_conflict: bool, text: str = "") -> None:
    """Say whether interests conflict, before anything is shown; with a conflict the validation goes back.

    Raises
    ------
    ValidationError
        A conflict was declared without saying which.
    """
    found = _locked(validation, _S.ASSIGNED)
    text = text.strip()
    if has_conflict and not text:
        raise ValidationError(
            "conflict", "Say in a few words what the conflict is, so that the secretariat can decide."
        )
    found.has_conflict, found.conflict, found.declared_at = has_conflict, text if has_conflict else "", timezone.now()
    found.status = _S.UNDER_WAY
    found.save(update_fields=["has_conflict", "conflict", "declared_at", "status"])
    act = "validation.declined" if has_conflict else "validation.begun"
    members.record(by=found.assessor, act=act, on=_reference(found))
    if has_conflict:
        _renewed(found)


@transaction.atomic
def save_finding(
    *,
    validation: Validation,
    item: str,
    level: int | None,
    comment: str = "",
    to_visit: bool = False,
    seen_version: int = 0,
) -> SavedFinding:
    """Keep what the assessor found on an item; a version that was not seen is never overwritten.

    Raises
    ------
    ValidationError
        The item is not asked or was not answered, or the level is off the scale.
    """
    found = _locked(validation, _S.UNDER_WAY)
    _check_item(found, item, level)
    present = Finding.objects.filter(validation=found, item=item).first()
    content = {"level": level, "comment": comment.strip()[:2000], "to_visit": to_visit}
    if present is None and content == {"level": None, "comment": "", "to_visit": False}:
        return SavedFinding("unchanged", Finding(validation=found, item=item, version=0))
    if present and all(getattr(present, name) == value for name, value in content.items()):
        return SavedFinding("unchanged", present)
    if (present.version if present else 0) != seen_version:
        return SavedFinding("conflict", present or Finding(validation=found, item=item, version=0))
    finding = present or Finding(validation=found, item=item, version=0)
    for name, value in content.items():
        setattr(finding, name, value)
    finding.version += 1
    finding.save()
    return SavedFinding("saved", finding)


def _check_item(validation: Validation, item: str, level: int | None) -> None:
    assessment = validation.assessment
    instrument = selectors.instrument_of(assessment, "en")
    asked = {one.id for one in instrument.items_of(None, assessment.form)}
    if item not in asked:
        raise ValidationError("item", f"Item {item!r} is not asked in this check. Judge one of its items.", [item])
    if level is None:
        return
    if not instrument.scale.min <= level <= instrument.top_level:
        raise ValidationError(
            "level",
            f"Item {item!r} has level {level}, but levels run from {instrument.scale.min} to {instrument.top_level}. "
            "Correct the level, or leave it open.",
            [item],
        )
    if item not in selectors.own_levels(assessment, instrument):
        raise ValidationError(
            "unanswered",
            f"Item {item!r} was not answered, so there is no own level to stand beside yours. Leave it open.",
            [item],
        )


@transaction.atomic
def confirm_remaining(*, validation: Validation) -> int:
    """Take the business's own level for every item that has evidence or was seen, and is still open; return how many.

    An item that was answered without a level stays open: only the assessor can say which level it has.
    """
    found = _locked(validation, _S.UNDER_WAY)
    confirmed = 0
    for point in selectors.points(found, selectors.instrument_of(found.assessment, "en")):
        if point.state == "undecided" and point.own.isdigit():
            finding = point.finding or Finding(validation=found, item=point.item.id, version=0)
            finding.level, finding.version = int(point.own), finding.version + 1
            finding.save()
            confirmed += 1
    return confirmed


@transaction.atomic
def record_visit(*, validation: Validation, visited_on: date | None) -> None:
    """Keep on which day the assessor visited the site."""
    found = _locked(validation, _S.UNDER_WAY)
    if visited_on is not None and visited_on > timezone.localdate():
        raise ValidationError(
            "visit", f"The visit of {visited_on} lies in the future. Record it when it has taken place."
        )
    found.visited_on = visited_on
    found.save(update_fields=["visited_on"])


@transaction.atomic
def write_word(*, validation: Validation, text: str) -> None:
    """Say something to the business: while at work what is missing, at the end the summary."""
    found = _locked(validation, _S.UNDER_WAY)
    found.summary = text.strip()[:4000]
    found.save(update_fields=["summary"])


@transaction.atomic
def complete_validation(*, validation: Validation, summary: str, score: Score) -> bool:
    """Close a validation; return whether the check is validated now, which a pair does only when both are done.

    Raises
    ------
    ValidationError
        Items are still open, or nothing was checked at all; `items` names them.
    """
    found = _locked(validation, _S.UNDER_WAY)
    points = selectors.points(found, selectors.instrument_of(found.assessment, "en"))
    if open_items := [point.item.id for point in points if point.is_open]:
        raise ValidationError(
            "open",
            f"Not every item is decided: {', '.join(open_items)}. Set a level where there is evidence, record the "
            "visit where you wanted to look, and take back a level that rests on neither.",
            open_items,
        )
    if not any(point.level is not None for point in points):
        raise ValidationError(
            "nothing", "No item has a level of yours, so there is nothing to validate. Set at least one level."
        )
    found.summary, found.completed_at, found.status = summary.strip()[:4000], timezone.now(), _S.COMPLETED
    found.save(update_fields=["summary", "completed_at", "status"])
    members.record(by=found.assessor, act="validation.completed", on=_reference(found))
    if any(one.status != _S.COMPLETED for one in selectors.standing_validations(found.assessment)):
        return False
    _validate(found.assessment, score)
    return True


def _validate(assessment: Assessment, score: Score) -> None:
    """Let the assessors' levels count from now on; the business's own scores stay beside them."""
    now = timezone.now()
    assessment.status = Assessment.Status.VALIDATED
    assessment.validated_at, assessment.valid_until = now, months_later(now, VALID_MONTHS)
    assessment.save(update_fields=["status", "validated_at", "valid_until"])
    assessment.scores.filter(kind__endswith="-validated").delete()
    AssessmentScore.objects.bulk_create(
        AssessmentScore(assessment=assessment, kind=f"{row['kind']}-validated", node=row["node"], score=row["score"])
        for row in score(assessment)
        if row["score"] is not None
    )


def months_later(day: datetime, months: int) -> datetime:
    """Return the same day some calendar months later; the last one of a month that is too short for it."""
    years, month = divmod(day.month - 1 + months, 12)
    for number in (day.day, 30, 29, 28):
        try:
            return day.replace(year=day.year + years, month=month + 1, day=number)
        except ValueError:
            continue
    raise AssertionError  # every month has 28 days


def end_outdated() -> int:
    """End validations made with an older major version of the questionnaire; return how many.

    Their questions or levels are no longer those that are asked, so the result cannot stand for the present ones.
    """
    generic = selectors.generic("en")
    standing = Assessment.objects.filter(status=Assessment.Status.VALIDATED, valid_until__gt=timezone.now())
    ended = 0
    for assessment in standing.filter(edition__instrument__startswith=generic.id).select_related("edition"):
        if _major(assessment.edition.version) < _major(generic.version):
            assessment.valid_until = timezone.now()
            assessment.save(update_fields=["valid_until"])
            ended += 1
    return ended


def _major(version: str) -> int:
    return int(version.partition(".")[0])


def end_validity(assessment: Assessment, *, by: Any = None) -> None:
    """Take every validation off an assessment whose answers open again; call it inside that transaction."""
    withdraw_validation(assessment=assessment, by=by)
    assessment.validated_at = assessment.valid_until = None
    assessment.save(update_fields=["validated_at", "valid_until"])

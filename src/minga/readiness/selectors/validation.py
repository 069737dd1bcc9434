"""Validations: who may see which, what an assessor found, and who can be asked to assess."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.db.models import Count, QuerySet
from django.http import Http404

from minga.members import selectors as members
from minga.readiness.engine.instrument import Instrument, Item
from minga.readiness.engine.respondents import combine_respondents
from minga.readiness.models import Assessment, Evidence, Finding, Validation
from minga.readiness.selectors.agreement import agreed_levels
from minga.readiness.selectors.answers import answers_of
from minga.readiness.selectors.people import counted_answers

ASSESSOR = "assessor"
_S = Validation.Status
#: A validation that somebody still works on or waits for.
RUNNING = (_S.REQUESTED, _S.ASSIGNED, _S.UNDER_WAY)
#: Those that count: running or done.
STANDING = (*RUNNING, _S.COMPLETED)


def _validations() -> QuerySet[Validation]:
    found = Validation.objects.select_related("assessment__edition", "assessment__organization", "assessor__person")
    return found.defer("assessment__edition__texts")


def is_assessor(account: Any) -> bool:
    """Whether an account holds a mandate as assessor today."""
    return bool(members.has_role(account, ASSESSOR))


def is_secretariat(account: Any) -> bool:
    """Whether an account works for the secretariat today."""
    return bool(members.is_secretariat(account))


def validations_for(account: Any) -> QuerySet[Validation]:
    """Return what an assessor was asked to validate, the latest first; nothing once the mandate has ended."""
    if not is_assessor(account):
        return Validation.objects.none()
    asked = (_S.ASSIGNED, _S.UNDER_WAY, _S.COMPLETED)
    return _validations().filter(assessor=account, status__in=asked).order_by("-assigned_at")


def find_validation(pk: uuid.UUID, account: Any) -> Validation:
    """Return a validation to the assessor who still works on it.

    Raises
    ------
    Http404
        It does not exist, is somebody else's, done or withdrawn, or the assessor's mandate has ended.
    """
    found = validations_for(account).filter(pk=pk, status__in=(_S.ASSIGNED, _S.UNDER_WAY)).first()
    if found is None:
        raise Http404
    return found


def opened_validation(pk: uuid.UUID, account: Any) -> Validation:
    """Return a validation whose assessor has declared to have no conflict of interest; else Http404."""
    found = find_validation(pk, account)
    if found.status != _S.UNDER_WAY:
        raise Http404
    return found


def standing_validations(assessment: Assessment) -> list[Validation]:
    """Return the first and second validation of an assessment that were neither declined nor withdrawn."""
    return list(_validations().filter(assessment=assessment, status__in=STANDING).order_by("number"))


def declined_validations(assessment: Assessment) -> list[Validation]:
    """Return those an assessor declined, the latest first."""
    return list(_validations().filter(assessment=assessment, status=_S.DECLINED).order_by("-requested_at"))


def queue() -> list[Validation]:
    """Return what the secretariat looks after, what waits for it first. No answer is read for it."""
    order = [_S.REQUESTED, _S.ASSIGNED, _S.UNDER_WAY]
    rows = _validations().filter(status__in=order).order_by("requested_at")
    return sorted(rows, key=lambda one: order.index(_S(one.status)))


def closed(limit: int = 50) -> list[Validation]:
    """Return the validations that were completed or declined last."""
    rows = _validations().filter(status__in=(_S.COMPLETED, _S.DECLINED))
    return list(rows.order_by("-completed_at", "-requested_at")[:limit])


def find_queued(pk: uuid.UUID) -> Validation:
    """Return a validation that can be assigned; else Http404."""
    found = _validations().filter(pk=pk, status__in=RUNNING).first()
    if found is None:
        raise Http404
    return found


@dataclass(frozen=True)
class Candidate:
    """Somebody who could assess, and why not, as a code: conflict, competence, other, or ""."""

    account: Any
    name: str
    fields: tuple[str, ...]
    why_not: str = ""


def candidates(validation: Validation) -> list[Candidate]:
    """Return every assessor of the alliance, with what speaks against asking them for this validation."""
    held = members.running_mandates().filter(role=ASSESSOR, person__account__is_active=True)
    people = {mandate.person_id: mandate.person for mandate in held.select_related("person__account").order_by("pk")}
    found = [_candidate(person, validation) for person in people.values()]
    return sorted(found, key=lambda one: (bool(one.why_not), one.name.casefold()))


def _candidate(person: Any, validation: Validation) -> Candidate:
    assessment = validation.assessment
    fitting = members.competences_of(person, sector=assessment.sector)
    others = Validation.objects.filter(assessment=assessment, assessor=person.account).exclude(pk=validation.pk)
    others = others.exclude(status=_S.WITHDRAWN)
    why_not = ""
    if is_close_to(person, assessment):
        why_not = "conflict"
    elif others.exists():
        why_not = "other"
    elif not fitting:
        why_not = "competence"
    return Candidate(person.account, str(person), tuple(one.field for one in fitting), why_not)


def is_close_to(person: Any, assessment: Assessment) -> bool:
    """Whether a person belongs to, works for or advises the business: then somebody else must assess it."""
    if assessment.account_id is not None and assessment.account_id == person.account_id:
        return True
    if assessment.shares.filter(account=person.account_id, account__isnull=False, revoked_at=None).exists():
        return True
    if assessment.colleagues.filter(account=person.account_id, account__isnull=False).exists():
        return True
    if assessment.organization_id is None:
        return False
    return bool(members.organizations_of(person).filter(pk=assessment.organization_id).exists())


# ---------------------------------------------------------------- what was found
def findings_of(validation: Validation) -> dict[str, Finding]:
    """Return an assessor's findings by item."""
    return {finding.item: finding for finding in validation.findings.all()}


def counted_evidence(assessment: Assessment) -> QuerySet[Evidence]:
    """Return the evidence behind an assessment; what somebody sent whose invitation was taken back is left out."""
    return assessment.evidence.exclude(colleague__withdrawn_at__isnull=False)


def evidence_by_item(assessment: Assessment) -> dict[str, list[Evidence]]:
    """Return the evidence of an assessment by item, in the order it came."""
    found: dict[str, list[Evidence]] = {}
    for one in counted_evidence(assessment).order_by("added_at", "pk"):
        found.setdefault(one.item, []).append(one)
    return found


@dataclass(frozen=True)
class Point:
    """One item as an assessor stands before it. `state` says what is still to do, as a code of `wording.POINTS`."""

    item: Item
    #: what the business says: a level, dk, na, or nothing
    own: str
    note: str
    evidence: tuple[Evidence, ...]
    finding: Finding | None
    was_visited: bool

    @property
    def level(self) -> int | None:
        """The assessor's level."""
        return self.finding.level if self.finding else None

    @property
    def to_visit(self) -> bool:
        return bool(self.finding and self.finding.to_visit)

    @property
    def was_seen(self) -> bool:
        """Whether the item was looked at on the visit."""
        return self.to_visit and self.was_visited

    @property
    def state(self) -> str:
        if self.level is not None:
            return "set" if self.evidence or self.was_seen else "baseless"
        if self.to_visit:
            return "undecided" if self.was_visited else "visit"
        return "undecided" if self.evidence and self.own else "unchecked"

    @property
    def own_text(self) -> str:
        """The statement that the business chose."""
        return self.item.levels[int(self.own)] if self.own.isdigit() else ""

    @property
    def is_open(self) -> bool:
        """Whether this item keeps the validation from being completed."""
        return self.state in {"baseless", "undecided", "visit"}


def own_levels(assessment: Assessment, instrument: Instrument) -> dict[str, str]:
    """Return what counts as the business's own level of each item: agreed on, else the lower middle of all voices."""
    answers = counted_answers(assessment).values_list("colleague", "item", "level", "given")
    rows = [
        ("own", str(whose or ""), item, given if level is None else str(level)) for whose, item, level, given in answers
    ]
    columns = ("enterprise", "respondent", "item", "level")
    table = pl.DataFrame([row for row in rows if instrument.has_item(row[2])], columns, orient="row")
    if table.is_empty():
        return {}
    agreed = [("own", item, str(one.level)) for item, one in agreed_levels(assessment, instrument).items()]
    settled = pl.DataFrame(agreed, ("enterprise", "item", "level"), orient="row") if agreed else None
    combined = combine_respondents(table, instrument, settled)
    return dict(zip(combined["item"], combined["level"], strict=True))


def points(validation: Validation, instrument: Instrument) -> list[Point]:
    """Return every item of the form with what was answered, shown and found."""
    assessment = validation.assessment
    own, given = own_levels(assessment, instrument), answers_of(assessment)
    shown, found = evidence_by_item(assessment), findings_of(validation)
    return [
        Point(
            item=item,
            own=own.get(item.id, ""),
            note=given[item.id].note if item.id in given else "",
            evidence=tuple(shown.get(item.id, ())),
            finding=found.get(item.id),
            was_visited=validation.visited_on is not None,
        )
        for item in instrument.items_of(None, assessment.form)
    ]


def find_evidence(pk: uuid.UUID, assessment: Assessment) -> Evidence:
    """Return a piece of evidence of an assessment; else Http404."""
    found = counted_evidence(assessment).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def evidence_counts(assessment: Assessment) -> dict[str, int]:
    """Return how many files stand behind each item."""
    rows = counted_evidence(assessment).values_list("item").annotate(Count("pk")).order_by("item")
    return dict(rows)

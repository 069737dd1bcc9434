"""Commitments as they are read: the public tracker, whose they are, what is late, and what stands behind one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils import timezone

from minga.deliberation.models import Commitment, CommitmentUpdate, Consultation, Draft
from minga.deliberation.models.commitments import ENDED
from minga.deliberation.selectors import access
from minga.members import selectors as members

#: Who may report for an organization.
_MEMBERS = ("owner", "respondent")
LATE = "overdue"


def public_commitments() -> QuerySet[Commitment]:
    """Return the commitments that everyone may see: what is open and due first standing first, what ended last."""
    shown = Commitment.objects.exclude(draft__state=Draft.State.WITHDRAWN)
    shown = shown.exclude(draft__consultation__state=Consultation.State.DRAFT)
    shown = shown.select_related("clause", "organization", "draft__consultation__organization")
    said = CommitmentUpdate.objects.filter(commitment=OuterRef("pk")).exclude(value="").order_by("-version")
    now = Coalesce(Subquery(said.values("value")[:1]), Value(""), output_field=CharField())
    return shown.annotate(value_now=now).order_by(_ended(), "due_on", "pk")


def _ended() -> Case:
    """Put what ended behind what is open."""
    return Case(When(status__in=ENDED, then=1), default=0, output_field=IntegerField())


#: How a list of commitments can be sorted; "" is what is open and due first.
SORTS = ("", "owner", "consultation", "reported")


def tracked(
    commitments: QuerySet[Commitment],
    *,
    status: str = "",
    country: str = "",
    owner: str = "",
    consultation: str = "",
    sort: str = "",
) -> QuerySet[Commitment]:
    """Filter commitments by status ("overdue" among them), consultation, its country, and words of the owner; sort."""
    if status == LATE:
        commitments = late(commitments)
    elif status:
        commitments = commitments.filter(status=status)
    if country:
        commitments = commitments.filter(draft__consultation__country=country)
    if owner:
        commitments = commitments.filter(Q(owner__icontains=owner) | Q(organization__name__icontains=owner))
    if consultation:
        commitments = commitments.filter(draft__consultation__slug=consultation)
    if sort == "reported":
        return commitments.annotate(last_report=Max("updates__at")).order_by("-last_report", "pk")
    if sort:
        by = {"owner": "owner", "consultation": "draft__consultation__slug"}[sort]
        return commitments.order_by(by, _ended(), "due_on", "pk")
    return commitments


def late(commitments: QuerySet[Commitment]) -> QuerySet[Commitment]:
    """Return those that should have been done before today."""
    return commitments.exclude(status__in=ENDED).filter(due_on__lt=timezone.localdate())


@dataclass(frozen=True)
class Count:
    """How many commitments there are, are done, are late."""

    all: int
    done: int
    overdue: int


def counted(commitments: QuerySet[Commitment]) -> Count:
    """Count commitments by how far they are."""
    return Count(
        commitments.count(), commitments.filter(status=Commitment.Status.DONE).count(), late(commitments).count()
    )


def of_consultation(consultation: Consultation) -> QuerySet[Commitment]:
    """Return the commitments that follow from the drafts of a consultation."""
    return public_commitments().filter(draft__consultation=consultation)


def with_last_report(commitments: QuerySet[Commitment]) -> QuerySet[Commitment]:
    """Return commitments with ``reported_at``, the moment of the last report."""
    return commitments.annotate(reported_at=Max("updates__at"))


def countries() -> list[str]:
    """Return the countries of the consultations from which commitments follow."""
    codes = public_commitments().order_by().values_list("draft__consultation__country", flat=True).distinct()
    return sorted(code for code in codes if code)


def consultations() -> QuerySet[Consultation]:
    """Return the consultations from which commitments follow, the newest first."""
    promised = public_commitments().order_by().values("draft__consultation")
    return Consultation.objects.filter(pk__in=promised).order_by("-created_at", "pk")


def find(pk: Any) -> Commitment:
    """Return a public commitment, or raise Http404."""
    found = public_commitments().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def may_report(account: Any, commitment: Commitment) -> bool:
    """Whether an account may say how far a commitment is: the team, and the organization that answers for it."""
    if access.may(account, commitment.draft.consultation):
        return True
    organization = commitment.organization
    return organization is not None and any(members.has_role(account, role, organization) for role in _MEMBERS)


def may_decide(account: Any, commitment: Commitment) -> bool:
    """Whether an account may put off, change or drop what was promised: the team of the consultation."""
    return access.may(account, commitment.draft.consultation)


def to_report_by(account: Any) -> QuerySet[Commitment]:
    """Return the open commitments for which an account's organizations answer."""
    person = members.person_of(account)
    if person is None:
        return Commitment.objects.none()
    held = members.running_mandates().filter(person=person, role__in=_MEMBERS, organization__isnull=False)
    mine = public_commitments().filter(organization__in=held.values("organization"))
    return mine.exclude(status__in=ENDED)


def adopted_drafts(consultation: Consultation) -> QuerySet[Draft]:
    """Return the drafts from which commitments can follow."""
    return consultation.drafts.filter(state=Draft.State.ADOPTED).order_by("adopted_at", "pk")

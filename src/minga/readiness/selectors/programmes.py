"""Programmes: which run, who may see their groups, and the businesses that let them count them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from minga.members import selectors as members
from minga.readiness.models import Assessment, Programme, Share
from minga.readiness.selectors.access import OWNER, open_shares, same_enterprise

#: Businesses do not run programmes for each other here; bodies that serve many do.
_BUSINESSES = ("company", "sme")
#: A second check counts as one after the help from so many days on.
LATER_DAYS = 90


def may_run_programmes(organization: Any) -> bool:
    """Whether an organization is of a kind that runs programmes for businesses."""
    return organization.type not in _BUSINESSES


def organizations_for_programmes(account: Any) -> list[Any]:
    """Return the organizations in whose name an account may start a programme: those that it owns."""
    person = members.person_of(account)
    if person is None:
        return []
    owned = members.running_mandates().filter(person=person, role=OWNER, organization__isnull=False)
    organizations = members.organizations_of(person).filter(pk__in=owned.values("organization"))
    return [one for one in organizations if may_run_programmes(one)]


def running_programmes(*, is_sample: bool) -> QuerySet[Programme]:
    """Return the programmes that a business can join today."""
    today = timezone.localdate()
    return (
        Programme.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), is_sample=is_sample)
        .select_related("organization")
        .order_by("name")
    )


def programmes() -> QuerySet[Programme]:
    """Return every programme, running ones and those that are over."""
    return Programme.objects.select_related("organization").order_by("-starts_on", "name")


def programmes_run_by(account: Any) -> QuerySet[Programme]:
    """Return the programmes whose groups an account may see: those of organizations that it owns today."""
    if not getattr(account, "is_authenticated", False):
        return Programme.objects.none()
    held = members.running_mandates().filter(person__account=account, role=OWNER, organization__isnull=False)
    return programmes().filter(organization__in=held.values("organization"))


def find_programme(pk: uuid.UUID) -> Programme:
    """Return a programme; what it is and who runs it is public.

    Raises
    ------
    Http404
        There is none.
    """
    found = programmes().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def programme_shares(assessment: Assessment) -> QuerySet[Share]:
    """Return by which shares programmes count the business of an assessment now."""
    counted = open_shares().filter(assessment__in=same_enterprise(assessment), programme__isnull=False)
    return counted.select_related("programme__organization")


@dataclass(frozen=True)
class Participant:
    """A business that lets a programme count it: its first and its later check; never shown by itself."""

    share: Share
    newest: Assessment
    first: Assessment | None
    later: Assessment | None

    @property
    def stage(self) -> str:
        """How far the business is: the farthest of joined, checked, validated, checked-again."""
        if self.later is not None:
            return "checked-again"
        if self.first is None:
            return "joined"
        return "validated" if self.first.is_validated else "checked"


def participants(programme: Programme) -> list[Participant]:
    """Return the businesses of a programme, one each, however often they were shared."""
    shares = open_shares().filter(programme=programme).select_related("assessment").order_by("given_at")
    groups: dict[Any, Share] = {}
    for share in shares:
        groups.setdefault(_enterprise(share.assessment), share)
    checks = _checks_by_enterprise(groups.values())
    return [_participant(share, checks[enterprise]) for enterprise, share in groups.items()]


def _enterprise(assessment: Assessment) -> Any:
    """Return what makes assessments those of one business, as `same_enterprise` does."""
    if assessment.organization_id is not None:
        return ("organization", assessment.organization_id)
    if assessment.account_id is not None:
        return ("account", assessment.account_id, assessment.name, assessment.country, assessment.sector)
    return ("assessment", assessment.pk)


def _checks_by_enterprise(shares: Iterable[Share]) -> dict[Any, list[Assessment]]:
    """Return the checks of all businesses by business, oldest first: one query, however many there are."""
    shared = [share.assessment for share in shares]
    candidates = (
        Assessment.objects.filter(
            Q(pk__in=[one.pk for one in shared])
            | Q(organization__in={one.organization_id for one in shared if one.organization_id})
            | Q(account__in={one.account_id for one in shared if one.account_id}, organization=None)
        )
        .select_related("edition", "organization")
        .defer("edition__texts")
        .order_by("started_at")
    )
    found: dict[Any, list[Assessment]] = {_enterprise(one): [] for one in shared}
    for assessment in candidates:
        if _enterprise(assessment) in found:
            found[_enterprise(assessment)].append(assessment)
    return found


def _participant(share: Share, checks: list[Assessment]) -> Participant:
    submitted = sorted((one for one in checks if one.submitted_at), key=_when)
    first = next(iter(submitted), None)
    before = [one for one in submitted if _when(one) <= share.given_at]
    if before:
        first = before[-1]
    after = timedelta(days=LATER_DAYS)
    later = [one for one in submitted if first is not None and _when(one) >= _when(first) + after]
    return Participant(share, checks[-1], first, later[-1] if later else None)


def _when(assessment: Assessment) -> datetime:
    return assessment.submitted_at or assessment.last_answer_at

"""Who may see a consultation, and who works on it with which task."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from minga.deliberation.models import Consultation, Conversation, TeamMember
from minga.members import selectors as members

_OWNER = "owner"
Task = TeamMember.Task


def tasks_of(account: Any, consultation: Consultation) -> frozenset[str]:
    """Return the tasks an account has in a consultation; who leads it has them all."""
    person = members.person_of(account)
    if person is None:
        return frozenset()
    if members.is_secretariat(account) or _owns(account, consultation):
        return frozenset(Task.values)
    own = set(consultation.team.filter(person=person).values_list("task", flat=True))
    return frozenset(Task.values) if Task.LEAD in own else frozenset(own)


def _owns(account: Any, consultation: Consultation) -> bool:
    organization = consultation.organization
    return organization is not None and bool(members.has_role(account, _OWNER, organization))


def people_of(consultation: Consultation) -> set[int]:
    """Return the keys of the people who work on a consultation: its team, and the owners of the organization."""
    owners = members.running_mandates().filter(role=_OWNER, organization=consultation.organization_id)
    owners = owners.exclude(organization=None).exclude(person=None)
    return {*consultation.team.values_list("person", flat=True), *owners.values_list("person", flat=True)}


def names_of_team(consultation: Consultation) -> dict[str, str]:
    """Return the names of the people who work on a consultation by the marks with which their acts are kept."""
    owners = members.running_mandates().filter(role=_OWNER, organization=consultation.organization_id)
    owners = owners.exclude(organization=None).exclude(person=None).select_related("person")
    people = [one.person for one in (*consultation.team.select_related("person"), *owners)]
    return {person.reference: str(person) for person in people}


def may(account: Any, consultation: Consultation, *tasks: str) -> bool:
    """Whether an account may do one of these tasks; any task where none is named."""
    held = tasks_of(account, consultation)
    return bool(held & set(tasks)) if tasks else bool(held)


def public_consultations() -> QuerySet[Consultation]:
    """Return what everyone may see, the newest first."""
    return Consultation.objects.exclude(state=Consultation.State.DRAFT).order_by("-opened_at", "-created_at")


def consultations_worked_on_by(account: Any) -> QuerySet[Consultation]:
    """Return the consultations on whose desk an account works."""
    person = members.person_of(account)
    if person is None:
        return Consultation.objects.none()
    found = Consultation.objects.select_related("organization").order_by("-created_at", "pk")
    if members.is_secretariat(account):
        return found
    owned = members.running_mandates().filter(person=person, role=_OWNER, organization__isnull=False)
    mine = Q(team__person=person) | Q(organization__in=owned.values("organization"))
    return found.filter(mine).distinct()


def find_consultation(slug: str, account: Any) -> Consultation:
    """Return a consultation to whoever may see it.

    Raises
    ------
    Http404
        It does not exist, or is in preparation and not theirs.
    """
    found = Consultation.objects.select_related("organization").filter(slug=slug).first()
    if found is None or not (found.is_public or may(account, found)):
        raise Http404
    return found


def find_for_work(slug: str, account: Any, *tasks: str) -> Consultation:
    """Return a consultation to whoever has one of these tasks in it, any task where none is named.

    Raises
    ------
    Http404
        It does not exist, or is not theirs to work on.
    """
    found = Consultation.objects.select_related("organization").filter(slug=slug).first()
    if found is None or not may(account, found, *tasks):
        raise Http404
    return found


def find_conversation(slug: str, account: Any) -> Conversation:
    """Return a conversation to whoever may see it: everyone once it was opened, its team before.

    Raises
    ------
    Http404
    """
    found = Conversation.objects.select_related("consultation").filter(slug=slug).first()
    if found is None:
        raise Http404
    is_public = found.state != Conversation.State.DRAFT and found.consultation.is_public
    if not (is_public or may(account, found.consultation)):
        raise Http404
    return found


def find_conversation_for_work(slug: str, account: Any, *tasks: str) -> Conversation:
    """Return a conversation to whoever has one of these tasks in its consultation.

    Raises
    ------
    Http404
    """
    found = Conversation.objects.select_related("consultation__organization").filter(slug=slug).first()
    if found is None or not may(account, found.consultation, *tasks):
        raise Http404
    return found

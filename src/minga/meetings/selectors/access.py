"""Who sees which meeting, and who organizes it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from minga.meetings.models import Attendance, Meeting
from minga.members import selectors as members

_OWNER = "owner"
is_secretariat = members.is_secretariat
person_of = members.person_of


def bodies_of(person: Any) -> QuerySet[Any]:
    """Return the bodies in which a person holds a role today, and may act in it."""
    held = members.running_mandates().filter(person=person, body__isnull=False)
    return held.filter(role__in=members.roles_of(person)).values("body")


def _owned_by(person: Any) -> QuerySet[Any]:
    owned = members.running_mandates().filter(person=person, role=_OWNER, organization__isnull=False)
    return owned.values("organization")


def _organized(person: Any) -> Q:
    return Q(body__in=bodies_of(person)) | Q(organization__in=_owned_by(person))


#: that others than those who prepare a meeting may know of it
ANNOUNCED = ~Q(state=Meeting.State.DRAFT)


def all_meetings() -> QuerySet[Meeting]:
    """Return every meeting, with what its page names."""
    return Meeting.objects.select_related("body", "organization")


def public_meetings() -> QuerySet[Meeting]:
    """Return what everyone may see: public meetings, from the day they were announced."""
    return all_meetings().filter(ANNOUNCED, is_public=True)


def meetings_visible_to(account: Any) -> QuerySet[Meeting]:
    """Return the meetings that an account may see, the latest first.

    Public ones; those of bodies in which its person holds a role; those to which the person was invited or came; those
    that it organizes, also in preparation. The secretariat sees all.
    """
    person = person_of(account)
    if person is None:
        return public_meetings()
    if is_secretariat(account):
        return all_meetings()
    theirs = Attendance.objects.filter(meeting=OuterRef("pk"), person=person)
    in_body = members.running_mandates().filter(person=person, body__isnull=False).values("body")
    announced = ANNOUNCED & (Q(is_public=True) | Exists(theirs) | Q(body__in=in_body))
    return all_meetings().filter(announced | _organized(person))


def meetings_organized_by(account: Any) -> QuerySet[Meeting]:
    """Return the meetings that an account may change."""
    person = person_of(account)
    if person is None:
        return Meeting.objects.none()
    return all_meetings() if is_secretariat(account) else all_meetings().filter(_organized(person))


def may_organize(account: Any, meeting: Meeting) -> bool:
    """Whether an account may change a meeting."""
    return bool(meetings_organized_by(account).filter(pk=meeting.pk).exists())


def find_meeting(pk: UUID, account: Any) -> Meeting:
    """Return a meeting to whoever may see it.

    Raises
    ------
    Http404
        It does not exist, or is not theirs to see.
    """
    found = meetings_visible_to(account).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def find_for_work(pk: UUID, account: Any) -> Meeting:
    """Return a meeting to whoever organizes it.

    Raises
    ------
    Http404
        It does not exist, or is not theirs to change.
    """
    found = meetings_organized_by(account).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def bodies_for(account: Any) -> QuerySet[Any]:
    """Return the bodies in whose name an account may call a meeting."""
    person = person_of(account)
    if person is None:
        return members.bodies().none()
    return members.bodies() if is_secretariat(account) else members.bodies().filter(pk__in=bodies_of(person))


def organizations_for(account: Any) -> QuerySet[Any]:
    """Return the organizations that may host what an account organizes: those it owns; for the secretariat all."""
    person = person_of(account)
    if person is None:
        return members.listed_organizations().none()
    if is_secretariat(account):
        return members.organizations_visible_to(account)
    return members.organizations_of(person).filter(pk__in=_owned_by(person))


def may_set_up(account: Any) -> bool:
    """Whether an account may call a meeting at all."""
    return bool(is_secretariat(account) or bodies_for(account).exists() or organizations_for(account).exists())


def organization_types() -> list[tuple[str, Any]]:
    """Return the kinds of organizations that the directory knows, with their names."""
    return list(Meeting._meta.get_field("organization").related_model.Type.choices)


def shown_host(meeting: Meeting, *, organizes: bool = False) -> Any:
    """Return the host where its name may be shown: it is listed, or the reader organizes the meeting."""
    host = meeting.organization
    return host if host is not None and (organizes or members.is_listed(host)) else None


def bodies_in(found: QuerySet[Meeting]) -> QuerySet[Any]:
    """Return the bodies that call these meetings."""
    return members.bodies().filter(pk__in=found.order_by().values("body"))


def has_begun(meeting: Meeting) -> bool:
    """Whether a meeting that takes place has begun, so that there can be minutes and people who came."""
    takes_place = meeting.state in (Meeting.State.ANNOUNCED, Meeting.State.HELD)
    return bool(takes_place and meeting.starts_at <= timezone.now())

"""Every read of meetings: who sees which, who organizes them, who comes, what was kept of them."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import polars as pl
from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from minga.meetings.engine.attendance import Figures, figures
from minga.meetings.models import Attendance, CalendarFeed, Meeting, Minutes, Takeaway
from minga.members import selectors as members

_OWNER = "owner"
#: How long a meeting that is over stays in a calendar that somebody subscribed to.
FEED_DAYS = 365
_COMES = (Attendance.State.REGISTERED, Attendance.State.ATTENDED)
is_secretariat = members.is_secretariat
person_of = members.person_of


def hash_of(secret: str) -> str:
    """Return what the database keeps of a secret."""
    return sha256(secret.encode()).hexdigest()


# ---------------------------------------------------------------- who sees and organizes
def _bodies_of(person: Any) -> QuerySet[Any]:
    """Return the bodies in which a person holds a role today, and may act in it."""
    held = members.running_mandates().filter(person=person, body__isnull=False)
    return held.filter(role__in=members.roles_of(person)).values("body")


def _owned_by(person: Any) -> QuerySet[Any]:
    owned = members.running_mandates().filter(person=person, role=_OWNER, organization__isnull=False)
    return owned.values("organization")


def _organized(person: Any) -> Q:
    return Q(body__in=_bodies_of(person)) | Q(organization__in=_owned_by(person))


_ANNOUNCED = ~Q(state=Meeting.State.DRAFT)


def _meetings() -> QuerySet[Meeting]:
    return Meeting.objects.select_related("body", "organization")


def public_meetings() -> QuerySet[Meeting]:
    """Return what everyone may see: public meetings, from the day they were announced."""
    return _meetings().filter(_ANNOUNCED, is_public=True)


def meetings_visible_to(account: Any) -> QuerySet[Meeting]:
    """Return the meetings that an account may see, the latest first.

    Public ones; those of bodies in which its person holds a role; those to which the person was invited or came; those
    that it organizes, also in preparation. The secretariat sees all.
    """
    person = person_of(account)
    if person is None:
        return public_meetings()
    if is_secretariat(account):
        return _meetings()
    theirs = Attendance.objects.filter(meeting=OuterRef("pk"), person=person)
    in_body = members.running_mandates().filter(person=person, body__isnull=False).values("body")
    announced = _ANNOUNCED & (Q(is_public=True) | Exists(theirs) | Q(body__in=in_body))
    return _meetings().filter(announced | _organized(person))


def meetings_organized_by(account: Any) -> QuerySet[Meeting]:
    """Return the meetings that an account may change."""
    person = person_of(account)
    if person is None:
        return Meeting.objects.none()
    return _meetings() if is_secretariat(account) else _meetings().filter(_organized(person))


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
    return members.bodies() if is_secretariat(account) else members.bodies().filter(pk__in=_bodies_of(person))


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


# ---------------------------------------------------------------- lists
def coming(found: QuerySet[Meeting]) -> QuerySet[Meeting]:
    """Keep what is not over, the next first."""
    return found.filter(ends_at__gte=timezone.now()).order_by("starts_at", "pk")


def past(found: QuerySet[Meeting]) -> QuerySet[Meeting]:
    """Keep what is over, the latest first."""
    return found.filter(ends_at__lt=timezone.now()).order_by("-starts_at", "pk")


def search(found: QuerySet[Meeting], *, kind: str = "", country: str = "", body: str = "") -> QuerySet[Meeting]:
    """Keep the meetings that fit; a body is named by its number."""
    if kind:
        found = found.filter(kind=kind)
    if country:
        found = found.filter(country=country)
    if body.isdecimal() and len(body) < 10:
        found = found.filter(body=int(body))
    return found


def coming_meetings_of(person: Any) -> list[tuple[Meeting, Attendance | None]]:
    """Return what a person goes to, is invited to, or what her bodies call; with her answer if there is one."""
    found = coming(_meetings_of(person)).exclude(state=Meeting.State.CANCELLED)
    answers = {one.meeting_id: one for one in Attendance.objects.filter(person=person, meeting__in=found)}
    return [(meeting, answers.get(meeting.pk)) for meeting in found]


def _meetings_of(person: Any) -> QuerySet[Meeting]:
    theirs = Attendance.objects.filter(meeting=OuterRef("pk"), person=person).exclude(state=Attendance.State.EXCUSED)
    excused = Attendance.objects.filter(meeting=OuterRef("pk"), person=person, state=Attendance.State.EXCUSED)
    in_body = Q(body__in=_bodies_of(person)) & ~Exists(excused)
    return _meetings().filter(_ANNOUNCED, Exists(theirs) | in_body)


# ---------------------------------------------------------------- calendars
def public_feed() -> QuerySet[Meeting]:
    """Return what the public calendar holds: a year back, and everything to come, also what was cancelled."""
    return _recent(public_meetings())


def feed_of(person: Any) -> QuerySet[Meeting]:
    """Return what a person's own calendar holds."""
    return _recent(_meetings_of(person))


def _recent(found: QuerySet[Meeting]) -> QuerySet[Meeting]:
    since = timezone.now() - timedelta(days=FEED_DAYS)
    return found.filter(ends_at__gte=since).order_by("starts_at", "pk")


def joined_by(person: Any) -> set[UUID]:
    """Return the meetings to which a person said yes, so that their calendar may hold the link to join."""
    return set(Attendance.objects.filter(person=person, state__in=_COMES).values_list("meeting", flat=True))


def actions_due(found: QuerySet[Meeting]) -> QuerySet[Takeaway]:
    """Return the actions with a day that these meetings led to and that are not done."""
    due = Takeaway.objects.filter(meeting__in=found, kind=Takeaway.Kind.ACTION, due_on__isnull=False, done_at=None)
    return due.select_related("meeting").order_by("due_on", "pk")


def person_of_feed(secret: str) -> Any:
    """Return whose calendar a secret link opens; None where it opens nothing, or the account was closed."""
    feed = CalendarFeed.objects.filter(secret_hash=hash_of(secret)).select_related("person__account").first()
    return feed.person if feed and feed.person.account and feed.person.account.is_active else None


def feed_link_of(person: Any) -> CalendarFeed | None:
    """Return when a person made the link, if there is one."""
    return CalendarFeed.objects.filter(person=person).first()


# ---------------------------------------------------------------- who comes
def attendance_of(meeting: Meeting, account: Any) -> Attendance | None:
    """Return what an account's person said about coming."""
    person = person_of(account)
    return meeting.attendances.filter(person=person).first() if person else None


def attendance_by_code(meeting: Meeting, code: str) -> Attendance | None:
    """Return a guest's place by the code that was given for it."""
    return meeting.attendances.filter(key_hash=hash_of(code)).first() if code else None


def people_of(meeting: Meeting) -> QuerySet[Attendance]:
    """Return everybody on the list, those who come first."""
    return meeting.attendances.select_related("person").order_by("pk")


def counts_of(meeting: Meeting) -> dict[str, int]:
    """Count by state, for those who organize."""
    counted = dict(meeting.attendances.order_by().values_list("state").annotate(n=Count("pk")))
    return {state: counted.get(state, 0) for state in Attendance.State.values}


def places_left(meeting: Meeting) -> int | None:
    """Return how many more can come; None where there is no limit."""
    if meeting.capacity is None:
        return None
    return max(0, meeting.capacity - meeting.attendances.filter(state__in=_COMES).count())


def takes_registrations(meeting: Meeting) -> bool:
    """Whether people can still say that they come."""
    return bool(meeting.state == Meeting.State.ANNOUNCED and meeting.ends_at > timezone.now())


def takes_guests(meeting: Meeting) -> bool:
    """Whether people without an account can put themselves on the list: public hearings only."""
    is_hearing = meeting.kind == Meeting.Kind.HEARING and meeting.is_public
    return is_hearing and takes_registrations(meeting)


def role_holders(meeting: Meeting) -> set[int]:
    """Return the people whom one click invites: who holds a role in the body that meets or the host."""
    held = members.running_mandates().filter(
        (Q(body=meeting.body_id) & Q(body__isnull=False))
        | (Q(organization=meeting.organization_id) & Q(organization__isnull=False))
    )
    return set(held.values_list("person", flat=True))


def to_be_told(meeting: Meeting) -> QuerySet[Attendance]:
    """Return who comes or is invited, has an account, and was not told of the meeting as it is now."""
    waiting = Q(told=None) | Q(told__lt=meeting.sequence)
    found = meeting.attendances.exclude(state=Attendance.State.EXCUSED).filter(waiting, person__account__is_active=True)
    return found.select_related("meeting", "person__account").order_by("pk")


def figures_of(meeting: Meeting) -> Figures:
    """Return who came, as counts that may be shown; the kept ones once the names are deleted."""
    if meeting.figures:
        return meeting.figures  # type: ignore[no-any-return]
    came = meeting.attendances.filter(state=Attendance.State.ATTENDED)
    rows = list(came.order_by("pk").values_list("organization_type", "gender"))
    table = pl.DataFrame(rows, schema={"type": pl.String, "gender": pl.String}, orient="row")
    return figures(table, least=settings.MIN_PERSONS)


# ---------------------------------------------------------------- what was kept
def latest_minutes(meeting: Meeting) -> Minutes | None:
    """Return the newest version, approved or not."""
    return meeting.minutes.order_by("-version").first()


def approved_minutes(meeting: Meeting) -> Minutes | None:
    """Return the newest version that was approved: the one that everyone reads who may see the meeting."""
    return meeting.minutes.filter(approved_at__isnull=False).order_by("-version").first()


def takeaways_of(meeting: Meeting) -> QuerySet[Takeaway]:
    """Return what is worth keeping of a meeting, in its order."""
    return meeting.takeaways.select_related("session").order_by("number")


def takeaways_open_to(account: Any) -> QuerySet[Takeaway]:
    """Return the takeaways of meetings that an account may see, those of the latest meeting first.

    Of meetings that were held, or that the account organizes: what is noted during a meeting is not yet for others.
    """
    organized = meetings_organized_by(account).order_by().values("pk")
    seen = meetings_visible_to(account).filter(Q(state=Meeting.State.HELD) | Q(pk__in=organized))
    found = Takeaway.objects.filter(meeting__in=seen.order_by().values("pk")).select_related("meeting", "session")
    return found.order_by("-meeting__starts_at", "meeting", "number")


def sample_hearing() -> Meeting | None:
    """Return the hearing of the sample alliance, whose takeaways the sample consultation takes in."""
    return Meeting.objects.filter(is_sample=True, kind=Meeting.Kind.HEARING, state=Meeting.State.HELD).first()

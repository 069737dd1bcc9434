"""What belongs to commitments and stands elsewhere: the voices behind them, the years, and whom to remind."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

import polars as pl
from django.db.models import F, QuerySet
from django.utils import timezone

from minga.deliberation.engine.promises import yearly
from minga.deliberation.models import ClauseVersion, Commitment, CommitmentUpdate, TeamMember
from minga.deliberation.models.commitments import ENDED
from minga.deliberation.selectors import drafts, sourcing
from minga.members import selectors as members

#: Days before a commitment is due when those who answer for it are reminded, and how often while it is overdue.
REMIND_BEFORE, REMIND_EVERY = 14, 30
#: Who may report for an organization, and so is reminded.
_ANSWER = ("owner", "respondent")


# ---------------------------------------------------------------- voices
def voices_behind(commitments: Iterable[Commitment]) -> dict[UUID, tuple[str, ...]]:
    """Return the names of the voices behind each commitment ("V3"), whether their words may be shown or not.

    They are those whom the standing answers answer that led to the clause, or came along from one that it came from.
    """
    found = list(commitments)
    texts = {one.draft_id: one.draft for one in found}
    lines = {pk: drafts.lineage_of(draft, draft.version) for pk, draft in texts.items()}
    answered = _voices_by_answer(texts)
    named = {}
    for one in found:
        held = lines[one.draft_id].held.get(one.clause.code, ())
        numbers = {number for answer in held for number in answered.get(answer, ())}
        named[one.pk] = tuple(f"V{number}" for number in sorted(numbers))
    return named


def _voices_by_answer(texts: Iterable[int]) -> dict[str, set[int]]:
    """Return the numbers of the voices whom each standing answer answers that led to a clause of these texts."""
    led = ClauseVersion.dispositions.through.objects.filter(
        clauseversion__clause__draft__in=list(texts),
        clauseversion__version__lte=F("clauseversion__clause__draft__version"),
        disposition__superseded_by=None,
    ).values_list(
        "disposition", "disposition__voice__number", "disposition__voice__withdrawn_at", "disposition__theme",
    )  # fmt: skip
    rows = list(led)
    of_themes = _voices_of_themes({theme for *_rest, theme in rows if theme})
    found: dict[str, set[int]] = {}
    for answer, voice, withdrawn, theme in rows:
        own = {voice} if voice and withdrawn is None else set()
        found.setdefault(str(answer), set()).update(own | of_themes.get(theme, set()))
    return found


def _voices_of_themes(themes: set[int]) -> dict[int, set[int]]:
    """Return the numbers of the voices that the answer to each theme answers."""
    found: dict[int, set[int]] = {}
    for theme, number in sourcing.answered_through(themes).values_list("theme", "voice__number"):
        found.setdefault(theme, set()).add(number)
    return found


# ---------------------------------------------------------------- the years
def years(commitments: QuerySet[Commitment]) -> list[dict[str, int]]:
    """Count commitments by the year in which they were first due."""
    listed = list(commitments.order_by().values_list("pk", "due_on", "status"))
    reports = CommitmentUpdate.objects.filter(commitment__in=[pk for pk, _due, _status in listed])
    first: dict[UUID, Any] = {}
    done: dict[UUID, Any] = {}
    for pk, due, status, at in reports.order_by("version").values_list("commitment", "due_on", "status", "at"):
        first.setdefault(pk, due)
        if status == Commitment.Status.DONE:
            done.setdefault(pk, timezone.localdate(at))
        else:
            done.pop(pk, None)
    rows = [(first.get(pk, due), due, status, done.get(pk)) for pk, due, status in listed]
    kinds = {"first_due": pl.Date, "due": pl.Date, "status": pl.String, "done_on": pl.Date}
    return yearly(pl.DataFrame(rows, schema=kinds, orient="row"), timezone.localdate()).to_dicts()


# ---------------------------------------------------------------- reminders
def occasion(commitment: Commitment) -> str:
    """Say of what somebody is to be reminded today: that it is due soon, or overdue since so many months; else "".

    Another day that it is due on is another occasion.
    """
    late = (timezone.localdate() - commitment.due_on).days
    if not commitment.is_open or late < -REMIND_BEFORE:
        return ""
    stage = "soon" if late <= 0 else f"late {(late - 1) // REMIND_EVERY}"
    return f"{commitment.due_on.isoformat()} {stage}"


def to_be_reminded(commitments: QuerySet[Commitment]) -> list[Commitment]:
    """Return the open commitments of which nobody was reminded on this occasion yet."""
    near = timezone.localdate() + timedelta(days=REMIND_BEFORE)
    waiting = commitments.exclude(status__in=ENDED).filter(due_on__lte=near, draft__consultation__is_sample=False)
    return [one for one in waiting if occasion(one) not in {"", one.reminded_of}]


def reminded_people(commitment: Commitment) -> list[Any]:
    """Return the people who are reminded: of the organization that answers for it, or else who leads the team."""
    if commitment.organization_id is not None:
        held = members.running_mandates().filter(organization=commitment.organization_id, role__in=_ANSWER)
        people = {one.person_id: one.person for one in held.select_related("person__account")}
        if found := [person for person in people.values() if _is_reachable(person)]:
            return found
    team = TeamMember.objects.filter(consultation=commitment.draft.consultation_id, task=TeamMember.Task.LEAD)
    return [one.person for one in team.select_related("person__account") if _is_reachable(one.person)]


def _is_reachable(person: Any) -> bool:
    account = getattr(person, "account", None)
    return account is not None and account.is_active and bool(account.email)

"""What moderators look at: the queue with its filters, flags, the history of a statement, and the public log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from minga.deliberation.models import (
    AnomalyFlag,
    Consultation,
    Conversation,
    ModerationAct,
    Participant,
    Statement,
    Vote,
)

_OPEN = AnomalyFlag.Decision.OPEN
#: New statements wait for a moderator, and so do those that want a second look.
_WAITS = Q(state=Statement.State.WAITING) | Q(wants_second_look=True)


@dataclass(frozen=True)
class Filters:
    """What the queue is narrowed down to; empty fields narrow nothing."""

    state: str = ""
    language: str = ""
    theme: str = ""
    words: str = ""
    flagged: bool = False
    second: bool = False


def queue(conversation: Conversation, filters: Filters) -> QuerySet[Statement]:
    """Return statements for the queue, the oldest first; `is_flagged` tells of open flags of their author."""
    flags = AnomalyFlag.objects.filter(participant=OuterRef("author"), decision=_OPEN)
    found = conversation.statements.annotate(is_flagged=Exists(flags)).select_related("author")
    if filters.state:
        found = found.filter(state=filters.state)
    if filters.language:
        found = found.filter(language=filters.language)
    if filters.theme:
        found = found.filter(theme=filters.theme)
    if filters.words:
        found = found.filter(text__icontains=filters.words)
    if filters.flagged:
        found = found.filter(is_flagged=True)
    if filters.second:
        found = found.filter(wants_second_look=True)
    return found.order_by("number")


def waiting(conversation: Conversation) -> int:
    """Count the statements that wait for a moderator."""
    return conversation.statements.filter(_WAITS).count()


def waiting_in(consultation: Consultation) -> dict[object, int]:
    """Count the statements that wait for a moderator, by the key of their conversation, where there are any."""
    found = Statement.objects.filter(_WAITS, conversation__consultation=consultation).order_by()
    return dict(found.values_list("conversation").annotate(Count("pk")))


def votes_on(statements: Iterable[Statement]) -> dict[int, int]:
    """Count who voted on each statement of a page, by its key."""
    rows = Vote.objects.filter(statement__in=[one.pk for one in statements]).values_list("statement_id")
    return dict(rows.annotate(n=Count("participant", distinct=True)).order_by())


def themes(conversation: Conversation) -> list[str]:
    """List the themes that statements have."""
    named = conversation.statements.exclude(theme="").order_by("theme")
    return list(named.values_list("theme", flat=True).distinct())


def languages(conversation: Conversation) -> list[str]:
    """List the languages in which statements were written."""
    return list(conversation.statements.order_by("language").values_list("language", flat=True).distinct())


def history(statement: Statement) -> QuerySet[ModerationAct]:
    """Return every decision on a statement, the newest first."""
    return statement.moderation.order_by("-pk")


def open_flags(conversation: Conversation) -> int:
    """Count the people whose votes somebody should look at."""
    found = conversation.flags.filter(decision=_OPEN)
    return found.values("participant").distinct().count()


def open_flags_in(consultation: Consultation) -> dict[object, int]:
    """Count the people whose votes somebody should look at, by the key of their conversation, where there are any."""
    found = AnomalyFlag.objects.filter(decision=_OPEN, conversation__consultation=consultation)
    return dict(found.values_list("conversation").annotate(Count("participant", distinct=True)))


def flagged(conversation: Conversation, decision: str = "") -> QuerySet[Participant]:
    """Return people with flags, or banned without one, those that wait first; `is_open` tells of open flags."""
    mine = AnomalyFlag.objects.filter(participant=OuterRef("pk"))
    found = conversation.participants.annotate(has_flag=Exists(mine), is_open=Exists(mine.filter(decision=_OPEN)))
    if decision == AnomalyFlag.Decision.BAN:
        found = found.filter(banned_at__isnull=False)
    elif decision == _OPEN:
        found = found.filter(is_open=True)
    elif decision == AnomalyFlag.Decision.KEEP:
        found = found.filter(has_flag=True, is_open=False, banned_at=None)
    else:
        found = found.filter(has_flag=True) | found.filter(banned_at__isnull=False)
    return found.prefetch_related("flags").order_by("-is_open", "pk")


# ---------------------------------------------------------------- the public log
@dataclass(frozen=True)
class LogRow:
    """A line of the public log: nothing in it tells who decided, or about whom."""

    on: date
    act: str
    reason: str
    #: the statement; None for decisions about participants
    number: int | None
    #: how many participants the same decision was taken about on that day
    people: int = field(default=0)

    @property
    def act_name(self) -> str:
        """The decision in words."""
        return str(ModerationAct.Act(self.act).label)


def public_log(conversation: Conversation) -> list[LogRow]:
    """Return the log, the newest first. Decisions about participants are counted by day, decision and reason."""
    rows, people = [], Counter[tuple[date, str, str]]()
    acts = conversation.moderation.order_by("-pk").values_list("at", "act", "reason", "statement__number")
    for at, act, reason, number in acts:
        if number is None:
            people[at.date(), act, reason] += 1
        else:
            rows.append(LogRow(at.date(), act, reason, number))
    rows += [LogRow(on, act, reason, None, n) for (on, act, reason), n in people.items()]
    return sorted(rows, key=lambda row: row.on, reverse=True)


# ---------------------------------------------------------------- who wrote a statement
PARTICIPANT, ORGANIZERS, UNKNOWN = "participant", "organizers", "unknown"


def written_by(statement: Statement) -> str:
    """Say who wrote a statement: "participant", "organizers", "unknown", or "" where even that is not sure.

    What the organizers put in was accepted from the beginning. What waits in the queue, or came out of it, was sent by
    somebody, also where nobody knows any more by whom. One that was rejected first may have come either way.
    """
    if statement.author_id is not None:
        return PARTICIPANT
    kinds = (ModerationAct.Act.ACCEPT, ModerationAct.Act.REJECT, ModerationAct.Act.REOPEN)
    decided = statement.moderation.filter(act__in=kinds).order_by("pk").values_list("act", flat=True).first()
    if decided is None:
        return ORGANIZERS if statement.state == Statement.State.ACCEPTED else UNKNOWN
    return {ModerationAct.Act.ACCEPT: UNKNOWN, ModerationAct.Act.REOPEN: ORGANIZERS}.get(ModerationAct.Act(decided), "")

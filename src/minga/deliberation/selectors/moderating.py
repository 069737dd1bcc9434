"""What moderators look at: the queue with its filters, the history of a statement, and the public log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from minga.deliberation.models import (
    AnomalyFlag,
    Consultation,
    Conversation,
    ModerationAct,
    Statement,
    Vote,
)

_OPEN = AnomalyFlag.Decision.OPEN
Act = ModerationAct.Act
#: acts after which a request for a second look is over
_DECIDES = (Act.ACCEPT, Act.REJECT, Act.REOPEN)
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


def votes_of_others(statement: Statement) -> QuerySet[Vote]:
    """Return the acts of voting on a statement, without those of its author, who agrees from the beginning."""
    others = statement.votes.all()
    return others if statement.author_id is None else others.exclude(participant=statement.author_id)


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


# ---------------------------------------------------------------- second looks, and what authors took back
def askers(statements: Iterable[Statement]) -> dict[int, frozenset[str]]:
    """Return whose second look each statement of a page waits for, by its key: the marks of who asked."""
    waiting = [one.pk for one in statements if one.wants_second_look]
    asked: defaultdict[int, set[str]] = defaultdict(set)
    kinds = (*_DECIDES, Act.SECOND_LOOK, Act.NO_SECOND_LOOK)
    acts = ModerationAct.objects.filter(statement__in=waiting, act__in=kinds).order_by("pk")
    for key, act, mark in acts.values_list("statement_id", "act", "by_mark"):
        if act == Act.SECOND_LOOK:
            asked[key].add(mark)
        elif act == Act.NO_SECOND_LOOK:
            asked[key].discard(mark)
        else:
            asked[key].clear()
    return {key: frozenset(marks) for key, marks in asked.items()}


def who_asked(statement: Statement) -> frozenset[str]:
    """Return the marks of everybody who asked for a second look since the last decision."""
    return askers([statement]).get(statement.pk, frozenset())


def is_withdrawn(statement: Statement) -> bool:
    """Whether its author withdrew a statement; nobody decides on it after that."""
    return bool(withdrawn([statement]))


def withdrawn(statements: Iterable[Statement]) -> frozenset[int]:
    """Return the keys of those statements that their authors withdrew."""
    out = [one.pk for one in statements if one.state == Statement.State.REJECTED]
    if not out:
        return frozenset()
    acts = ModerationAct.objects.filter(statement__in=out, act=Act.WITHDRAW)
    return frozenset(key for key in acts.values_list("statement_id", flat=True) if key is not None)


def open_flags(conversation: Conversation) -> int:
    """Count the people whose votes somebody should look at."""
    found = conversation.flags.filter(decision=_OPEN)
    return found.values("participant").distinct().count()


def open_flags_in(consultation: Consultation) -> dict[object, int]:
    """Count the people whose votes somebody should look at, by the key of their conversation, where there are any."""
    found = AnomalyFlag.objects.filter(decision=_OPEN, conversation__consultation=consultation)
    return dict(found.values_list("conversation").annotate(Count("participant", distinct=True)))


# ---------------------------------------------------------------- the public log
@dataclass(frozen=True)
class LogRow:
    """A line of the public log: nothing in it tells who decided, or about whom."""

    on: date
    act: str
    reason: str
    #: one of the rules with which every consultation begins, or the mark of one of the consultation's own; or empty
    rule: str
    #: the statement; None for decisions about participants
    number: int | None
    #: how many participants the same decision was taken about on that day
    people: int = 0
    #: new words, with those before; empty where they may not be shown
    old: str = ""
    new: str = ""
    #: whether words were taken out that told about somebody
    is_private: bool = False
    #: the place in the order that was given
    place: int | None = None
    #: of a translation: its language, and whether a "human" or a "machine" made it
    language: str = ""
    translated_by: str = ""

    @property
    def act_name(self) -> str:
        """The decision in words."""
        return str(Act(self.act).label)

    @property
    def says_nothing_more(self) -> bool:
        """Whether the decision has neither a reason nor words."""
        return not (self.rule or self.reason or self.place or self.language or self.is_private or self.old or self.new)


def public_log(conversation: Conversation) -> list[LogRow]:
    """Return the log, the newest first. Decisions about participants are counted by day, decision and reason.

    Such a line stands where the latest of its decisions does.
    """
    rows: dict[Any, LogRow] = {}
    for act in conversation.moderation.order_by("-pk").select_related("statement"):
        row = _log_row(conversation, act)
        if row.number is not None:
            rows[act.pk] = row
            continue
        key = (row.on, row.act, row.rule, row.reason)
        rows[key] = replace(row, people=rows[key].people + 1 if key in rows else 1)
    return list(rows.values())


def _log_row(conversation: Conversation, act: ModerationAct) -> LogRow:
    statement = act.statement
    detail = act.detail if statement is not None and _is_shown(conversation, statement) else {}
    return LogRow(
        on=act.at.date(),
        act=act.act,
        reason=act.reason,
        rule=act.rule,
        number=None if statement is None else statement.number,
        old=detail.get("old", ""),
        new=detail.get("new", ""),
        is_private=bool(act.detail.get("private")),
        place=act.detail.get("place"),
        language=act.detail.get("language", ""),
        translated_by=act.detail.get("by", ""),
    )


def _is_shown(conversation: Conversation, statement: Statement) -> bool:
    hidden = {Statement.State.REJECTED, *([Statement.State.WAITING] if conversation.is_strict else [])}
    return statement.state not in hidden


def log_of(conversation: Conversation, statement: Statement) -> Iterator[LogRow]:
    """Yield the lines of the log about one statement, the newest first."""
    for act in statement.moderation.order_by("-pk").select_related("statement"):
        yield _log_row(conversation, act)


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

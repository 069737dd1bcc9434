"""Moderation: every decision about statements and participants, with its reason; all can be undone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import AnomalyFlag, Conversation, ModerationAct, Participant, Statement, Vote
from minga.deliberation.services.marks import mark_of
from minga.members import services as members

Act = ModerationAct.Act
State = Statement.State
Decision = AnomalyFlag.Decision

#: A reason says at least so much.
LEAST_REASON = 10
_SAID = {State.ACCEPTED: "accepted", State.REJECTED: "rejected", State.WAITING: "reopened"}
_ACTS = {State.ACCEPTED: Act.ACCEPT, State.REJECTED: Act.REJECT, State.WAITING: Act.REOPEN}
_CHANGED = "Somebody else decided on this meanwhile. Look at it again, then decide."


# ---------------------------------------------------------------- statements
@transaction.atomic
def decide(*, statement: Statement, state: str, seen_version: int, reason: str = "", by: Any = None) -> None:
    """Accept a statement, reject it with a reason, or put it back into the queue.

    Raises
    ------
    ActError
        The reason is missing, another moderator has to decide, or somebody decided meanwhile.
    """
    _decide(statement, state, seen_version, reason, by)
    _recorded(f"statement.{_SAID[State(state)]}", statement, by)


def _decide(statement: Statement, state: str, seen_version: int, reason: str, by: Any) -> None:
    if state not in State.values:
        raise ActError("state", f"A statement cannot be {state!r}. It is one of {', '.join(State.values)}.")
    if state == State.REJECTED:
        _check_reason(reason)
    if statement.wants_second_look and by is not None and _who_asked(statement) == mark_of(by):
        raise ActError("second", "You asked for a second look, so somebody else decides on this statement.")
    _change(statement, seen_version, state=state, wants_second_look=False)
    _note(_ACTS[State(state)], reason, by, statement=statement)


def _check_reason(reason: str) -> None:
    if len(reason.strip()) < LEAST_REASON:
        raise ActError("reason", f"The reason must say why, in at least {LEAST_REASON} characters; the log shows it.")


def _who_asked(statement: Statement) -> str:
    asked = statement.moderation.filter(act=Act.SECOND_LOOK).order_by("-pk").first()
    return asked.by_mark if asked is not None else ""


def _change(statement: Statement, seen_version: int, **fields: Any) -> None:
    """Change a statement only as it was seen: the condition is in the UPDATE, so that nobody overwrites another."""
    seen = Statement.objects.filter(pk=statement.pk, version=seen_version)
    if not seen.update(version=F("version") + 1, **fields):
        raise ActError("changed", _CHANGED)
    statement.refresh_from_db()


def _note(
    act: str, reason: str, by: Any, *, statement: Statement | None = None, participant: Participant | None = None
) -> None:
    about: Any = statement if statement is not None else participant
    ModerationAct.objects.create(
        conversation_id=about.conversation_id,
        statement=statement,
        participant=participant,
        act=act,
        reason=reason.strip(),
        by_mark=mark_of(by),
    )


@dataclass(frozen=True)
class Decided:
    """What became of a decision on several statements."""

    done: tuple[int, ...]
    #: somebody else was faster
    changed: tuple[int, ...]
    #: another moderator has to look
    second: tuple[int, ...]


@transaction.atomic
def decide_many(
    *, conversation: Conversation, seen: Iterable[tuple[int, int]], state: str, reason: str = "", by: Any = None
) -> Decided:
    """Decide on several statements at once, given as number and version; those that changed meanwhile stay as they are.

    Raises
    ------
    ActError
        The reason is missing.
    """
    if state == State.REJECTED:
        _check_reason(reason)
    versions = dict(seen)
    found = conversation.statements.filter(number__in=versions).exclude(state=state, wants_second_look=False)
    became: dict[str, list[int]] = {"done": [], "changed": [], "second": []}
    for statement in found.order_by("number"):
        try:
            with transaction.atomic():
                _decide(statement, state, versions[statement.number], reason, by)
        except ActError as wrong:
            became[wrong.code].append(statement.number)
        else:
            became["done"].append(statement.number)
    if became["done"]:
        numbers = ", ".join(map(str, became["done"]))
        members.record(
            by=by, act=f"statements.{_SAID[State(state)]}", on=conversation.reference, reason=f"statements {numbers}"
        )
    return Decided(*(tuple(became[name]) for name in ("done", "changed", "second")))


@transaction.atomic
def ask_second_look(*, statement: Statement, seen_version: int, reason: str = "", by: Any = None) -> None:
    """Ask another moderator to decide on a statement."""
    _change(statement, seen_version, wants_second_look=True)
    _note(Act.SECOND_LOOK, reason, by, statement=statement)
    _recorded("statement.second_look", statement, by)


def _recorded(act: str, statement: Statement, by: Any) -> None:
    members.record(by=by, act=act, on=statement.conversation.reference, reason=f"statement {statement.number}")


@transaction.atomic
def reword(*, statement: Statement, text: str, seen_version: int, reason: str = "", by: Any = None) -> None:
    """Correct the words of a statement on which nobody has voted yet.

    Raises
    ------
    ActError
        Somebody voted on these words, they are empty or too long, or somebody decided meanwhile.
    """
    words = " ".join(text.split())
    longest = statement.conversation.longest
    if not words or len(words) > longest:
        raise ActError("length", f"A statement has 1 to {longest} characters. Shorten it, or write something.")
    # a vote that comes at this moment waits for this lock, and then is one on the new words
    locked = Statement.objects.select_for_update().get(pk=statement.pk)
    if Vote.objects.filter(statement=locked).exists():
        raise ActError("voted", "People have voted on these words, so they stay. Reject the statement, or leave it.")
    _change(statement, seen_version, text=words, translations={})
    _note(Act.REWORD, reason, by, statement=statement)
    _recorded("statement.reworded", statement, by)


@transaction.atomic
def set_details(
    *, statement: Statement, is_meta: bool, order: int | None, theme: str, seen_version: int, by: Any = None
) -> None:
    """Say whether a statement is about the conversation itself, where it stands in the order, and its theme."""
    was_meta, was_order = statement.is_meta, statement.order
    _change(statement, seen_version, is_meta=is_meta, order=order, theme=theme.strip())
    if was_meta != is_meta:
        _note(Act.META, "" if is_meta else "not any more", by, statement=statement)
    if was_order != order:
        _note(Act.ORDER, "" if order is None else str(order), by, statement=statement)
    _recorded("statement.details", statement, by)


@transaction.atomic
def translate(
    *, statement: Statement, language: str, text: str, is_by_machine: bool, seen_version: int, by: Any = None
) -> None:
    """Put a translation beside a statement, marked as made by a person or by a machine; empty words take it away.

    Raises
    ------
    ActError
        The language is none of the site's, or the one in which it was written.
    """
    if language not in dict(settings.LANGUAGES) or language == statement.language:
        raise ActError("language", f"A translation into {language!r} has no place here. Choose another language.")
    kept = {code: told for code, told in statement.translations.items() if code != language}
    if text.strip():
        kept[language] = {"text": " ".join(text.split())[:1000], "by": "machine" if is_by_machine else "human"}
    _change(statement, seen_version, translations=kept)
    _recorded("statement.translated", statement, by)


# ---------------------------------------------------------------- participants
@transaction.atomic
def ban(*, participant: Participant, reason: str, by: Any = None) -> None:
    """Count somebody's votes nowhere from now on; they are kept, and the ban can be lifted.

    Raises
    ------
    ActError
        The reason is missing, or the ban is there already.
    """
    _check_reason(reason)
    free = Participant.objects.filter(pk=participant.pk, banned_at=None)
    if not free.update(banned_at=timezone.now()):
        raise ActError("changed", _CHANGED)
    _close_flags(participant, Decision.BAN, by)
    _note(Act.BAN, reason, by, participant=participant)
    members.record(by=by, act="participant.banned", on=participant.conversation.reference)


@transaction.atomic
def unban(*, participant: Participant, reason: str, by: Any = None) -> None:
    """Count somebody's votes again; flags wait for a decision once more.

    Raises
    ------
    ActError
        The reason is missing, or there is no ban.
    """
    _check_reason(reason)
    banned = Participant.objects.filter(pk=participant.pk, banned_at__isnull=False)
    if not banned.update(banned_at=None):
        raise ActError("changed", _CHANGED)
    participant.flags.update(decision=Decision.OPEN, decided_by_mark="", decided_at=None)
    _note(Act.UNBAN, reason, by, participant=participant)
    members.record(by=by, act="participant.unbanned", on=participant.conversation.reference)


@transaction.atomic
def keep_votes(*, participant: Participant, reason: str, by: Any = None) -> None:
    """Close somebody's flags without a ban.

    Raises
    ------
    ActError
        The reason is missing, or no flag is open.
    """
    _check_reason(reason)
    if not _close_flags(participant, Decision.KEEP, by):
        raise ActError("changed", _CHANGED)
    _note(Act.KEEP, reason, by, participant=participant)
    members.record(by=by, act="participant.kept", on=participant.conversation.reference)


def _close_flags(participant: Participant, decision: str, by: Any) -> int:
    opened = AnomalyFlag.objects.filter(participant=participant, decision=Decision.OPEN)
    return opened.update(decision=decision, decided_by_mark=mark_of(by), decided_at=timezone.now())

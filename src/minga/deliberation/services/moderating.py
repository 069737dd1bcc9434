"""Moderation: every decision about statements, with its reason; all can be undone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import Conversation, ModerationAct, Statement
from minga.deliberation.selectors import moderating as selectors
from minga.deliberation.services.marks import mark_of
from minga.members import services as members

Act = ModerationAct.Act
State = Statement.State

#: A reason says at least so much.
LEAST_REASON = 10
_SAID = {State.ACCEPTED: "accepted", State.REJECTED: "rejected", State.WAITING: "reopened"}
_ACTS = {State.ACCEPTED: Act.ACCEPT, State.REJECTED: Act.REJECT, State.WAITING: Act.REOPEN}
_CHANGED = "Somebody else decided on this meanwhile. Look at it again, then decide."


# ---------------------------------------------------------------- statements
@transaction.atomic
def decide(
    *, statement: Statement, state: str, seen_version: int, reason: str = "", rule: str = "", by: Any = None
) -> None:
    """Accept a statement, reject it with a reason, or put it back into the queue.

    Parameters
    ----------
    rule : the name of a rule with which every consultation begins, which is a reason by itself

    Raises
    ------
    ActError
        The reason is missing, another moderator has to decide, its author withdrew it, or somebody decided meanwhile.
    """
    _decide(statement, state, seen_version, reason, rule, by)
    _recorded(f"statement.{_SAID[State(state)]}", statement, by)


def _decide(statement: Statement, state: str, seen_version: int, reason: str, rule: str, by: Any) -> None:
    if state not in State.values:
        raise ActError("state", f"A statement cannot be {state!r}. It is one of {', '.join(State.values)}.")
    if state == State.REJECTED:
        check_reason(reason, rule)
    if selectors.is_withdrawn(statement):
        raise ActError("withdrawn", "Its author withdrew this statement, so nobody decides on it any more.")
    if statement.wants_second_look and by is not None and mark_of(by) in selectors.who_asked(statement):
        raise ActError("second", "You asked for a second look, so somebody else decides on this statement.")
    _change(statement, seen_version, state=state, wants_second_look=False)
    _note(_ACTS[State(state)], reason, by, statement, rule)


def check_reason(reason: str, rule: str = "") -> None:
    """Refuse a reason that says nothing; a published rule says enough."""
    if not rule and len(reason.strip()) < LEAST_REASON:
        raise ActError("reason", f"The reason must say why, in at least {LEAST_REASON} characters; the log shows it.")


def _change(statement: Statement, seen_version: int, **fields: Any) -> None:
    """Change a statement only as it was seen: the condition is in the UPDATE, so that nobody overwrites another."""
    seen = Statement.objects.filter(pk=statement.pk, version=seen_version)
    if not seen.update(version=F("version") + 1, **fields):
        raise ActError("changed", _CHANGED)
    statement.refresh_from_db()


def _note(
    act: str, reason: str, by: Any, statement: Statement, rule: str = "", detail: dict[str, Any] | None = None
) -> None:
    ModerationAct.objects.create(
        conversation_id=statement.conversation_id,
        statement=statement,
        act=act,
        rule=rule,
        reason=" ".join(reason.split()),
        detail=detail or {},
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
    #: their authors withdrew them
    withdrawn: tuple[int, ...]


@transaction.atomic
def decide_many(
    *,
    conversation: Conversation,
    seen: Iterable[tuple[int, int]],
    state: str,
    reason: str = "",
    rule: str = "",
    by: Any = None,
) -> Decided:
    """Decide on several statements at once, given as number and version; those that changed meanwhile stay as they are.

    Raises
    ------
    ActError
        The reason is missing.
    """
    if state == State.REJECTED:
        check_reason(reason, rule)
    versions = dict(seen)
    found = conversation.statements.filter(number__in=versions).exclude(state=state, wants_second_look=False)
    became: dict[str, list[int]] = {"done": [], "changed": [], "second": [], "withdrawn": []}
    for statement in found.order_by("number"):
        try:
            with transaction.atomic():
                _decide(statement, state, versions[statement.number], reason, rule, by)
        except ActError as wrong:
            became[wrong.code].append(statement.number)
        else:
            became["done"].append(statement.number)
    if became["done"]:
        numbers = ", ".join(map(str, became["done"]))
        members.record(
            by=by, act=f"statements.{_SAID[State(state)]}", on=conversation.reference, reason=f"statements {numbers}"
        )
    return Decided(*(tuple(became[name]) for name in ("done", "changed", "second", "withdrawn")))


# ---------------------------------------------------------------- a second look
@transaction.atomic
def ask_second_look(
    *, statement: Statement, seen_version: int, reason: str = "", rule: str = "", by: Any = None
) -> None:
    """Ask another moderator to decide on a statement.

    Raises
    ------
    ActError
        The reason is missing, somebody asked or decided before, or its author withdrew it.
    """
    check_reason(reason, rule)
    if statement.wants_second_look:
        raise ActError(
            "asked", "A second look is asked for already. Somebody else decides, or the request is taken back."
        )
    if selectors.is_withdrawn(statement):
        raise ActError("withdrawn", "Its author withdrew this statement, so nobody decides on it any more.")
    _change(statement, seen_version, wants_second_look=True)
    _note(Act.SECOND_LOOK, reason, by, statement, rule)
    _recorded("statement.second_look", statement, by)


@transaction.atomic
def take_back_second_look(*, statement: Statement, seen_version: int, by: Any = None) -> None:
    """Take one's own request for a second look back; it still waits where somebody else asked as well.

    Raises
    ------
    ActError
        Somebody else asked, or somebody decided meanwhile.
    """
    asked = selectors.who_asked(statement) if statement.wants_second_look else frozenset()
    own = mark_of(by)
    if own not in asked:
        raise ActError("changed", _CHANGED)
    _change(statement, seen_version, wants_second_look=bool(asked - {own}))
    _note(Act.NO_SECOND_LOOK, "", by, statement)
    _recorded("statement.second_look_taken_back", statement, by)


def _recorded(act: str, statement: Statement, by: Any) -> None:
    members.record(by=by, act=act, on=statement.conversation.reference, reason=f"statement {statement.number}")


# ---------------------------------------------------------------- words, order, translations
@transaction.atomic
def reword(
    *,
    statement: Statement,
    text: str,
    seen_version: int,
    reason: str,
    is_private: bool = False,
    by: Any = None,
) -> None:
    """Correct the words of a statement on which nobody but its author has voted yet; the log keeps old and new ones.

    Parameters
    ----------
    is_private : the old words told about somebody, so that the log says this in their place

    Raises
    ------
    ActError
        Others voted on these words, they are the same, empty or too long, the reason is missing, its author withdrew
        it, or somebody decided meanwhile.
    """
    words = " ".join(text.split())
    longest = statement.conversation.longest
    if not words or len(words) > longest:
        raise ActError("length", f"A statement has 1 to {longest} characters. Shorten it, or write something.")
    check_reason(reason)
    # a vote that comes at this moment waits for this lock, and then is one on the new words
    locked = Statement.objects.select_for_update().get(pk=statement.pk)
    if selectors.votes_of_others(locked).exists():
        raise ActError("voted", "Others have voted on these words, so they stay. Reject the statement, or leave it.")
    if selectors.is_withdrawn(locked):
        raise ActError("withdrawn", "Its author withdrew this statement, so nobody decides on it any more.")
    if words == locked.text:
        raise ActError("same_words", "These are the words as they stand. Change them, then save.")
    _change(statement, seen_version, text=words, translations={})
    detail = {"private": True} if is_private else {"old": locked.text, "new": words}
    if is_private:
        forget_words(statement)
    _note(Act.REWORD, reason, by, statement, detail=detail)
    _recorded("statement.reworded", statement, by)


def forget_words(statement: Statement) -> None:
    """Take words that told about somebody out of earlier decisions as well; that there were some stays."""
    statement.moderation.filter(act=Act.REWORD).update(detail={"private": True})


@transaction.atomic
def set_details(
    *,
    statement: Statement,
    is_meta: bool,
    order: int | None,
    theme: str,
    seen_version: int,
    reason: str = "",
    by: Any = None,
) -> None:
    """Say whether a statement is about the conversation itself, where it stands in the order, and its theme."""
    was_meta, was_order = statement.is_meta, statement.order
    _change(statement, seen_version, is_meta=is_meta, order=order, theme=theme.strip())
    if was_meta != is_meta:
        _note(Act.META if is_meta else Act.NOT_META, reason, by, statement)
    if was_order != order:
        detail = {"place": order} if order is not None else {}
        _note(Act.NO_ORDER if order is None else Act.ORDER, reason, by, statement, detail=detail)
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

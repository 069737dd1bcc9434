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
    rule : what a rejection needs: the name of a rule with which every consultation begins, or `ModerationAct.OWN_RULE`
        where the reason begins with one of the consultation's own

    Raises
    ------
    ActError
        The rule is missing, another moderator has to decide, its author withdrew it, or somebody decided meanwhile.
    """
    _decide(statement, state, seen_version, reason, rule, by)
    _recorded(f"statement.{_SAID[State(state)]}", statement, by)


def _decide(statement: Statement, state: str, seen_version: int, reason: str, rule: str, by: Any) -> None:
    if state not in State.values:
        raise ActError("state", f"A statement cannot be {state!r}. It is one of {', '.join(State.values)}.")
    if state == State.REJECTED:
        _check_rule(rule)
    if selectors.is_withdrawn(statement):
        raise ActError("withdrawn", "Its author withdrew this statement, so nobody decides on it any more.")
    if statement.wants_second_look and by is not None and mark_of(by) in selectors.who_asked(statement):
        raise ActError("second", "You asked for a second look, so somebody else decides on this statement.")
    _change(statement, seen_version, state=state, wants_second_look=False)
    _note(_ACTS[State(state)], reason, by, statement, rule)


def _check_rule(rule: str) -> None:
    """Refuse a rejection for no rule: that moderators disagree is no reason, as the published rules say."""
    if not rule:
        raise ActError("rule", "A statement is left out only for one of the published rules. Name the one it breaks.")


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
        The rule is missing.
    """
    if state == State.REJECTED:
        _check_rule(rule)
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
    forget_translations(statement)


def forget_translations(statement: Statement) -> None:
    """Take the words of translations out of earlier decisions: they say again what its author took back."""
    for act in statement.moderation.filter(act__in=(Act.TRANSLATE, Act.UNTRANSLATE)):
        act.detail = {name: act.detail[name] for name in ("language", "by") if name in act.detail}
        act.save(update_fields=["detail"])


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

    People vote on it in the place of the original, so the log tells of it with its words.

    Raises
    ------
    ActError
        The language is none of the site's, or the one in which it was written.
    """
    if language not in dict(settings.LANGUAGES) or language == statement.language:
        raise ActError("language", f"A translation into {language!r} has no place here. Choose another language.")
    kept = dict(statement.translations)
    old = kept.pop(language, {}).get("text", "")
    words, by_whom = " ".join(text.split())[:1000], "machine" if is_by_machine else "human"
    if words:
        kept[language] = {"text": words, "by": by_whom}
    has_changed = kept != statement.translations
    _change(statement, seen_version, translations=kept)
    if has_changed:
        detail = {"language": language, "old": old} | ({"new": words, "by": by_whom} if words else {})
        _note(Act.TRANSLATE if words else Act.UNTRANSLATE, "", by, statement, detail=detail)
    _recorded("statement.translated", statement, by)

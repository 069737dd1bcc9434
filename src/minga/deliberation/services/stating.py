"""Adding a statement, with what others said alike before it; and what authors may still do with their own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import Conversation, ModerationAct, Participant, Statement, Vote
from minga.deliberation.selectors.moderating import votes_of_others
from minga.deliberation.selectors.taking_part import is_running, shown_statements
from minga.deliberation.services.moderating import forget_translations, forget_words
from minga.text import analyse
from minga.text.similarity import texts

State = Statement.State

#: From here two statements are alike enough that one may be meant for the other.
_ALIKE = 0.4
_SHOWN = 3
#: How many statements of one person may wait for a moderator, or be unread in an open conversation.
MOST_WAITING = 10
#: The mark of the vote with which authors agree to their own words.
AUTHORS_VOTE = "author"


class SameWords(ActError):
    """Somebody said the same before; `statement` is it."""

    def __init__(self, statement: Statement) -> None:
        super().__init__("same", "Somebody has said the same in this conversation. Vote on that statement instead.")
        self.statement = statement


@dataclass(frozen=True)
class Alike:
    """A statement that says something similar, in the words in which it does."""

    statement: Statement
    text: str
    language: str


def tidy(text: str) -> str:
    """Return a statement on one line, without what cannot be seen."""
    return " ".join(text.replace("\x00", "").split())


def alike(*, conversation: Conversation, text: str, language: str) -> list[Alike]:
    """Return statements that say something similar, the most similar first; translations are looked at too."""
    written = [one for statement in shown_statements(conversation) for one in _wordings(statement, language)]
    found = texts([one.text for one in written], [one.language for one in written]).nearest(
        text, language, at_least=_ALIKE, most=2 * _SHOWN
    )
    near = {written[place].statement.pk: written[place] for place, _similarity in reversed(found)}
    return list(reversed(near.values()))[:_SHOWN]


def _wordings(statement: Statement, language: str) -> Iterable[Alike]:
    yield Alike(statement, statement.text, statement.language)
    translated = statement.translations.get(language, {}).get("text")
    if translated and language != statement.language:
        yield Alike(statement, translated, language)


@transaction.atomic
def add_statement(*, participant: Participant, text: str, language: str) -> Statement:
    """Add a statement of somebody, who counts as agreeing with it; it waits for a moderator.

    In an open conversation others see it meanwhile. The same words of the same person, sent twice, are one statement.

    Raises
    ------
    ActError
        "closed", "no_statements" where people add none, "empty", "long", "many" where too much of theirs waits,
        "same_waits" where somebody else's same words wait for a moderator
    SameWords
        Somebody else said it before.
    """
    # the lock lets numbers count without gaps, and the same words in only once
    conversation = (
        Conversation.objects.select_for_update(of=("self",))
        .select_related("consultation")
        .get(pk=participant.conversation_id)
    )
    text = tidy(text)
    _check(conversation, text)
    same = find_same(conversation=conversation, text=text, language=language)
    if same is not None:
        if same.author_id == participant.pk:
            return same
        _refuse_same(same, conversation)
    if participant.statements.filter(state=State.WAITING).count() >= MOST_WAITING:
        raise ActError("many", f"{MOST_WAITING} of your statements wait for a moderator. Add more when they were read.")
    last = conversation.statements.aggregate(last=Max("number"))["last"]
    added = Statement.objects.create(
        conversation=conversation,
        number=0 if last is None else last + 1,
        text=text,
        language=language,
        author=participant,
    )
    Vote.objects.create(participant=participant, statement=added, value=1, client_id=AUTHORS_VOTE, at=timezone.now())
    return added


def _refuse_same(same: Statement, conversation: Conversation) -> None:
    if same.state == State.WAITING and conversation.is_strict:
        raise ActError("same_waits", "Somebody has sent the same, and it waits for a moderator. Vote on it then.")
    raise SameWords(same)


def _check(conversation: Conversation, text: str) -> None:
    if not is_running(conversation):
        raise ActError("closed", "The conversation takes nothing in any more. Its report shows what came of it.")
    if not conversation.takes_statements:
        raise ActError("no_statements", "Only the organizers add statements to this conversation.")
    if not analyse(text, "en"):
        raise ActError("empty", "There are no words in the statement. Write what you think, in one sentence.")
    if len(text) > conversation.longest:
        raise ActError(
            "long", f"The statement has {len(text)} characters, and {conversation.longest} are possible. Shorten it."
        )


def find_same(
    *, conversation: Conversation, text: str, language: str, beside: Statement | None = None
) -> Statement | None:
    """Return the statement that has the same words, however they are spelled; rejected ones do not stand in the way."""
    words = analyse(text, language)
    standing = conversation.statements.exclude(state=State.REJECTED).filter(language=language)
    if beside is not None:
        standing = standing.exclude(pk=beside.pk)
    return next((one for one in standing.order_by("number") if analyse(one.text, language) == words), None)


# ---------------------------------------------------------------- what authors may still do
def may_correct(statement: Statement) -> bool:
    """Whether its author may still change the words: until somebody else has voted on them, or it was left out."""
    return statement.state != State.REJECTED and not votes_of_others(statement).exists()


def may_withdraw(statement: Statement) -> bool:
    """Whether its author may still withdraw it: until a moderator accepted it and others voted on it."""
    return statement.state == State.WAITING or may_correct(statement)


@transaction.atomic
def correct_statement(*, participant: Participant, number: int, text: str, seen_version: int) -> Statement:
    """Let an author change the words of a statement; an accepted one waits for a moderator again.

    Raises
    ------
    ActError
        What refuses a new statement, "theirs" where it is not the author's own, "voted" where others have voted on it
        or it was left out, "changed" where a moderator changed it meanwhile
    SameWords
        Somebody else said it before.
    """
    conversation = (
        Conversation.objects.select_for_update(of=("self",))
        .select_related("consultation")
        .get(pk=participant.conversation_id)
    )
    text = tidy(text)
    _check(conversation, text)
    own = _own(participant, number)
    if not may_correct(own):
        raise ActError("voted", "Others have voted on these words, or they were left out, so they stay. Add new ones.")
    same = find_same(conversation=conversation, text=text, language=own.language, beside=own)
    if same is not None:
        _refuse_same(same, conversation)
    if text != own.text:
        _change(own, seen_version, ModerationAct.Act.CORRECT, text=text, translations={}, state=State.WAITING)
        forget_translations(own)
    return own


@transaction.atomic
def withdraw_statement(*, participant: Participant, number: int, seen_version: int) -> None:
    """Let an author withdraw a statement. It keeps its number; its words are deleted unless others voted on them.

    Raises
    ------
    ActError
        "theirs" where it is not the author's own, "stays" where it was accepted and others voted on it, or it was left
        out, "changed" where a moderator changed it meanwhile.
    """
    own = _own(participant, number)
    if not may_withdraw(own):
        raise ActError("stays", "It was accepted and others have voted on it, or it was left out. Ask the organizers.")
    gone = {"state": State.REJECTED, "wants_second_look": False}
    if votes_of_others(own).exists():
        _change(own, seen_version, ModerationAct.Act.WITHDRAW, **gone)
        return
    _change(own, seen_version, ModerationAct.Act.WITHDRAW, **gone, text="", translations={}, theme="")
    own.votes.all().delete()
    forget_words(own)


def _own(participant: Participant, number: int) -> Statement:
    """Return a statement of an author; a vote that comes at this moment waits until it is changed."""
    own = participant.statements.select_for_update().filter(number=number).first()
    if own is None:
        raise ActError("theirs", "This is no statement of yours. Look at your place again.")
    return own


def _change(own: Statement, seen_version: int, act: str, **fields: object) -> None:
    """Change a statement only as its author saw it, and note in the log that it was the author."""
    seen = Statement.objects.filter(pk=own.pk, version=seen_version)
    if not seen.update(version=F("version") + 1, **fields):
        raise ActError("changed", "A moderator changed it meanwhile. Look at it again.")
    ModerationAct.objects.create(conversation_id=own.conversation_id, statement=own, act=act)
    own.refresh_from_db()

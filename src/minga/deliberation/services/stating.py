"""Adding a statement: what others said alike is shown first, the same words stand there once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import Conversation, Participant, Statement, Vote
from minga.deliberation.selectors.taking_part import is_running, shown_statements
from minga.text import analyse
from minga.text.similarity import texts

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
        if same.state == Statement.State.WAITING and conversation.is_strict:
            raise ActError("same_waits", "Somebody has sent the same, and it waits for a moderator. Vote on it then.")
        raise SameWords(same)
    if participant.statements.filter(state=Statement.State.WAITING).count() >= MOST_WAITING:
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


def find_same(*, conversation: Conversation, text: str, language: str) -> Statement | None:
    """Return the statement that has the same words, however they are spelled; rejected ones do not stand in the way."""
    words = analyse(text, language)
    standing = conversation.statements.exclude(state=Statement.State.REJECTED).filter(language=language)
    return next((one for one in standing.order_by("number") if analyse(one.text, language) == words), None)

"""Voting: every act is a row of its own, stored exactly once however often it is sent."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import Participant, Statement, Vote
from minga.deliberation.selectors.taking_part import is_running

VALUES = (1, 0, -1, None)
_LONGEST_ID = 40


@transaction.atomic
def cast_vote(
    participant: Participant, number: int, value: int | None, client_id: str, *, at: datetime | None = None
) -> bool:
    """Store a vote on a numbered statement: agree (1), disagree (-1), pass (0), or take the vote back (None).

    Nothing is read to be written again: the act is added, or the database finds that it holds the act of this
    `client_id` already. So the same act may be sent any number of times, by any number of workers. Votes of somebody
    who was banned are stored as those of others, and counted nowhere.

    Returns
    -------
    bool
        False where this act was stored before.

    Raises
    ------
    ActError
        "closed" where no votes are taken, "gone" for a statement that is rejected, waits in strict mode, or is not in
        the conversation, "vote" for a value or a mark that is none. Taking back is refused by "closed" alone.
    """
    if value not in VALUES or not 0 < len(client_id) <= _LONGEST_ID:
        raise ActError("vote", f"A vote is 1, 0, -1 or nothing, under a mark of at most {_LONGEST_ID} characters.")
    statement = _statement(participant, number, value)
    act = Vote(participant=participant, statement=statement, value=value, client_id=client_id, at=at or timezone.now())
    known = Vote.objects.filter(participant=participant, statement=statement, client_id=client_id).exists()
    Vote.objects.bulk_create([act], ignore_conflicts=True)
    return not known


def _statement(participant: Participant, number: int, value: int | None) -> Statement:
    """Read statement and conversation as they are now, and refuse what they do not allow."""
    asked = Statement.objects.select_related("conversation__consultation")
    now = asked.filter(conversation=participant.conversation_id, number=number).first()
    if now is None:
        raise ActError("gone", "There is no such statement in this conversation. Load the page again.")
    if not is_running(now.conversation):
        raise ActError("closed", "The conversation takes no votes any more. Its report shows what came of it.")
    hidden = {Statement.State.REJECTED, *([Statement.State.WAITING] if now.conversation.is_strict else [])}
    if value is not None and now.state in hidden:
        raise ActError("gone", "The statement is not shown any more. Load the page again for the next one.")
    return now

"""Voting: every act is a row of its own, stored exactly once however often it is sent."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils import timezone

from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import Participant, Statement, Vote
from minga.deliberation.selectors.taking_part import takes_votes

VALUES = (1, 0, -1, None)
_LONGEST_ID = 40
#: what decides whether it takes votes
_CONVERSATION = tuple(f"conversation__{name}" for name in ("is_strict", "state", "closes_at", "consultation__state"))


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
        "closed" where no votes are taken, "unknown" for a statement that the conversation does not have, "gone" for one
        that is rejected or waits in strict mode, "vote" for a value or a mark that is none. Taking back is refused by
        "closed" and "unknown" alone.
    """
    if value not in VALUES or not 0 < len(client_id) <= _LONGEST_ID:
        raise ActError("vote", f"A vote is 1, 0, -1 or nothing, under a mark of at most {_LONGEST_ID} characters.")
    statement, is_known = _find(participant, number, value, client_id)
    act = Vote(participant=participant, statement_id=statement, value=value, client_id=client_id)
    act.at = at or timezone.now()
    Vote.objects.bulk_create([act], ignore_conflicts=True)
    return not is_known


def _find(participant: Participant, number: int, value: int | None, client_id: str) -> tuple[int, bool]:
    """Return the key of a statement and whether this act is stored; refuse what is not open to this vote now."""
    same_act = Vote.objects.filter(participant=participant, statement=OuterRef("pk"), client_id=client_id)
    asked = Statement.objects.filter(conversation=participant.conversation_id, number=number)
    # one small read: two hundred people may vote in this second
    found = asked.annotate(is_known=Exists(same_act)).values_list("pk", "is_known", "state", *_CONVERSATION).first()
    if found is None:
        raise ActError("unknown", "There is no such statement in this conversation. Load the page again.")
    key, is_known, state, is_strict, *running = found
    if not takes_votes(*running):
        raise ActError("closed", "The conversation takes no votes any more. Its report shows what came of it.")
    hidden = {Statement.State.REJECTED, *([Statement.State.WAITING] if is_strict else [])}
    if value is not None and state in hidden:
        raise ActError("gone", "The statement is not shown any more. Load the page again for the next one.")
    return key, is_known

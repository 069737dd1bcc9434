"""Flagged votes: every decision about participants, one by one or a whole bloc, with its reason; all can be undone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import AnomalyFlag, ModerationAct, Participant
from minga.deliberation.services.marks import mark_of
from minga.deliberation.services.moderating import check_reason
from minga.members import services as members

Act = ModerationAct.Act
Decision = AnomalyFlag.Decision
_CHANGED = "Somebody else decided on this meanwhile. Look at it again, then decide."


@transaction.atomic
def ban(*, participant: Participant, reason: str, rule: str = "", by: Any = None) -> None:
    """Count somebody's votes nowhere from now on; they are kept, and the ban can be lifted.

    Raises
    ------
    ActError
        The reason is missing, or the ban is there already.
    """
    check_reason(reason, rule)
    free = Participant.objects.filter(pk=participant.pk, banned_at=None)
    if not free.update(banned_at=timezone.now()):
        raise ActError("changed", _CHANGED)
    _close_flags(participant, Decision.BAN, by)
    _note(Act.BAN, participant, reason, rule, by)
    members.record(by=by, act="participant.banned", on=participant.conversation.reference)


@transaction.atomic
def unban(*, participant: Participant, reason: str, by: Any = None) -> None:
    """Count somebody's votes again; flags wait for a decision once more.

    Raises
    ------
    ActError
        The reason is missing, or there is no ban.
    """
    check_reason(reason)
    banned = Participant.objects.filter(pk=participant.pk, banned_at__isnull=False)
    if not banned.update(banned_at=None):
        raise ActError("changed", _CHANGED)
    participant.flags.update(decision=Decision.OPEN, decided_by_mark="", decided_at=None)
    _note(Act.UNBAN, participant, reason, "", by)
    members.record(by=by, act="participant.unbanned", on=participant.conversation.reference)


@transaction.atomic
def keep_votes(*, participant: Participant, reason: str, by: Any = None) -> None:
    """Close somebody's flags without a ban.

    Raises
    ------
    ActError
        The reason is missing, or no flag is open.
    """
    check_reason(reason)
    if not _close_flags(participant, Decision.KEEP, by):
        raise ActError("changed", _CHANGED)
    _note(Act.KEEP, participant, reason, "", by)
    members.record(by=by, act="participant.kept", on=participant.conversation.reference)


#: what a button does
ACTS: Mapping[str, Callable[..., None]] = {"ban": ban, "keep": keep_votes, "unban": unban}


@transaction.atomic
def decide_on(*, people: Iterable[Participant], act: str, reason: str, by: Any = None) -> int:
    """Take the same decision about several people, such as a bloc; return about how many it was taken.

    Who was decided on meanwhile stays as they are.

    Raises
    ------
    ActError
        The reason is missing, or somebody decided about all of them meanwhile.
    """
    check_reason(reason)
    done = 0
    for one in people:
        try:
            with transaction.atomic():
                ACTS[act](participant=one, reason=reason, by=by)
        except ActError as wrong:
            if wrong.code != "changed":
                raise
        else:
            done += 1
    if not done:
        raise ActError("changed", _CHANGED)
    return done


def _close_flags(participant: Participant, decision: str, by: Any) -> int:
    opened = AnomalyFlag.objects.filter(participant=participant, decision=Decision.OPEN)
    return opened.update(decision=decision, decided_by_mark=mark_of(by), decided_at=timezone.now())


def _note(act: str, participant: Participant, reason: str, rule: str, by: Any) -> None:
    ModerationAct.objects.create(
        conversation_id=participant.conversation_id,
        participant=participant,
        act=act,
        rule=rule,
        reason=" ".join(reason.split()),
        by_mark=mark_of(by),
    )

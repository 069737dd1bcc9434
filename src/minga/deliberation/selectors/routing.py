"""The maps that were public, and what moderators had decided when each of them was made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from minga.deliberation.models import Conversation, MapRun, ModerationAct, Statement

Act = ModerationAct.Act
State = Statement.State
_STATES = {
    Act.ACCEPT: State.ACCEPTED, Act.REJECT: State.REJECTED, Act.REOPEN: State.WAITING, Act.CORRECT: State.WAITING,
    Act.WITHDRAW: State.REJECTED,
}  # fmt: skip
_META = {Act.META: True, Act.NOT_META: False}
_ORDER = (Act.ORDER, Act.NO_ORDER)
#: In the facts of a map: its report was public until a newer one took its place, and was not taken back.
WAS_PUBLIC = "was_public"


def public_maps(conversation: Conversation) -> list[MapRun]:
    """Return the published map and those whose place it took, the newest first; none where no report is public."""
    maps = conversation.maps.defer("points").order_by("-pk")
    found = list(maps.filter(Q(is_published=True) | Q(facts__has_key=WAS_PUBLIC)))
    return found if any(run.is_published for run in found) else []


@dataclass(frozen=True)
class Then:
    """What moderators had decided about a statement at one moment."""

    statement: Statement
    state: str
    is_meta: bool
    place: int | None


@dataclass(frozen=True)
class _Decided:
    """A statement with its decisions of one kind after another: when, and what held from then on."""

    statement: Statement
    states: Sequence[tuple[datetime, Any]]
    metas: Sequence[tuple[datetime, Any]]
    places: Sequence[tuple[datetime, Any]]


def statements_then(conversation: Conversation, moments: Iterable[datetime]) -> list[dict[int, Then]]:
    """Return all statements by number for each moment, as moderators had decided."""
    acts: defaultdict[int, list[ModerationAct]] = defaultdict(list)
    kinds = (*_STATES, *_META, *_ORDER)
    for act in conversation.moderation.filter(statement__isnull=False, act__in=kinds).order_by("pk"):
        acts[act.statement_id or 0].append(act)
    decided = [_decided(one, acts[one.pk]) for one in conversation.statements.order_by("number")]
    return [{one.statement.number: _then(one, at) for one in decided} for at in moments]


def _decided(statement: Statement, acts: list[ModerationAct]) -> _Decided:
    return _Decided(
        statement,
        [(act.at, _STATES[Act(act.act)]) for act in acts if act.act in _STATES],
        [(act.at, _META[Act(act.act)]) for act in acts if act.act in _META],
        [(act.at, act.detail.get("place")) for act in acts if act.act in _ORDER],
    )


def _then(one: _Decided, at: datetime) -> Then:
    statement = one.statement
    # what the organizers put in was accepted from the beginning; what somebody sent waits for a decision
    sent = statement.author_id is not None or (bool(one.states) and one.states[0][1] == State.ACCEPTED)
    first = statement.state if not one.states else State.WAITING if sent else State.ACCEPTED
    was_meta = statement.is_meta if not one.metas else not one.metas[0][1]
    place = statement.order if not one.places else None
    return Then(statement, _at(one.states, at, first), _at(one.metas, at, was_meta), _at(one.places, at, place))


def _at(changes: Sequence[tuple[datetime, Any]], at: datetime, first: Any) -> Any:
    """Return what held at a moment; `first` before any change."""
    return next((value for when, value in reversed(changes) if when <= at), first)

"""Coming into a conversation, saying something of oneself, and leaving without a trace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from minga.deliberation.engine.errors import ActError
from minga.deliberation.engine.vocabulary import STRATA
from minga.deliberation.models import Conversation, EntryCode, Participant, Statement, Vote
from minga.deliberation.selectors import taking_part as selectors
from minga.web import codes

_LONGEST_REGION = 80


# ---------------------------------------------------------------- coming in
def join(*, conversation: Conversation, secret: str = "", person: Any = None, language: str = "") -> Participant:
    """Return the place of a browser or of a member, made if there is none.

    Parameters
    ----------
    secret : what the browser holds
    person : who is signed in; only asked where they already have a place, or the conversation is for members

    Raises
    ------
    ActError
        "closed", "code" where an invitation code is needed first, "member" where one must be a signed-in member.
    """
    held = find(conversation=conversation, secret=secret, person=person)
    if held is not None:
        return held
    if not selectors.is_running(conversation):
        raise ActError("closed", "The conversation takes nobody in any more. Its report shows what came of it.")
    if conversation.entry == Conversation.Entry.CODE:
        raise ActError("code", "Only people with an invitation code take part here. Type the code first.")
    if conversation.entry == Conversation.Entry.MEMBER:
        return _join_as_member(conversation, person, language)
    if not secret:
        raise ActError("cookie", "The browser kept no key to its place. Allow cookies of this site and try again.")
    return _made(conversation, selectors.token_of_secret(secret), language, is_member=False)


def find(*, conversation: Conversation, secret: str = "", person: Any = None) -> Participant | None:
    """Return the place that somebody has already: the member's own first, then that of the browser."""
    mine = selectors.token_of_member(conversation, person) if person is not None else ""
    for_members = conversation.entry == Conversation.Entry.MEMBER
    browsers = selectors.token_of_secret(secret) if secret and not for_members else ""
    found = selectors.places_of(conversation, mine, browsers)
    return found.get(mine) or found.get(browsers)


def _made(conversation: Conversation, token: str, language: str, *, is_member: bool) -> Participant:
    """Make a place, or return the one that another request made at the same time."""
    given = {"language": language[:10], "is_member": is_member}
    return conversation.participants.get_or_create(token_hash=token, defaults=given)[0]


def _join_as_member(conversation: Conversation, person: Any, language: str) -> Participant:
    if person is None or not selectors.is_member(person):
        raise ActError("member", "Only members of the alliance take part here. Sign in as one.")
    return _made(conversation, selectors.token_of_member(conversation, person), language, is_member=True)


@transaction.atomic
def use_code(*, conversation: Conversation, typed: str, secret: str, language: str = "") -> Participant:
    """Give a browser its place for an invitation code, which then opens nothing any more.

    Raises
    ------
    ActError
        "wrong_code" where it is none, was used, or belongs to another conversation; "closed".
    """
    held = find(conversation=conversation, secret=secret)
    if held is not None:  # the same page sent twice
        return held
    if not selectors.is_running(conversation):
        raise ActError("closed", "The conversation takes nobody in any more. Its report shows what came of it.")
    code = codes.tidy_code(typed)
    unused = EntryCode.objects.filter(
        conversation=conversation, code_hash=codes.hash_of(code) if code else "", used_at=None
    )
    # one statement finds the code and uses it up: of two browsers one gets in
    if code is None or unused.update(used_at=timezone.now()) != 1:
        raise ActError("wrong_code", "This code opens nothing here: it is mistyped, or was used already.")
    return _made(conversation, selectors.token_of_secret(secret), language, is_member=False)


@transaction.atomic
def verify(*, conversation: Conversation, person: Any, secret: str = "", language: str = "") -> Participant:
    """Let a signed-in member take part as one: what their browser gave goes with them, and they have one place.

    Where they have a place as a member already, votes of this browser are added to it, except on what they voted there.

    Raises
    ------
    ActError
        "member", "closed", or "code" where the browser was not let in yet.
    """
    guest = selectors.place_of_guest(conversation, secret) if secret else None
    if not selectors.is_running(conversation):
        raise ActError("closed", "The conversation takes nobody in any more. Its report shows what came of it.")
    if person is None or not selectors.is_member(person):
        raise ActError("member", "Only members of the alliance can be verified. Sign in as one.")
    token = selectors.token_of_member(conversation, person)
    known = conversation.participants.filter(token_hash=token).first()
    if known is None and guest is None and conversation.entry == Conversation.Entry.CODE:
        raise ActError("code", "Only people with an invitation code take part here. Type the code first.")
    own = known or _made(conversation, token, language, is_member=True)
    if guest is not None and guest.pk != own.pk and not guest.is_member:
        _merge(guest, own)
    return own


def _merge(guest: Participant, own: Participant) -> None:
    """Hand everything of a guest's place over to the member's, and give the guest's up."""
    guest = Participant.objects.select_for_update().get(pk=guest.pk)
    voted = own.votes.order_by().values("statement")
    guest.votes.exclude(statement__in=voted).update(participant=own)
    guest.statements.update(author=own)
    if guest.banned_at is not None and own.banned_at is None:
        own.banned_at = guest.banned_at  # nobody gets rid of a ban by signing in
    own.strata = own.strata or guest.strata
    own.save(update_fields=["banned_at", "strata"])
    _give_up(guest)


# ---------------------------------------------------------------- saying something of oneself
def describe(*, participant: Participant, strata: Mapping[str, str]) -> None:
    """Keep what somebody says of themselves; what is left out is forgotten.

    Raises
    ------
    ActError
        "strata" for a stratum or an answer that there is not.
    """
    said = {name: value.strip() for name, value in strata.items() if value.strip()}
    for name, value in said.items():
        if name not in STRATA or (STRATA[name] and value not in STRATA[name]) or len(value) > _LONGEST_REGION:
            raise ActError("strata", f"The answer to {name!r} is none of those offered. Choose one, or leave it out.")
    Participant.objects.filter(pk=participant.pk).update(strata=said)
    participant.strata = said


# ---------------------------------------------------------------- leaving
@transaction.atomic
def delete_trace(*, participant: Participant) -> int:
    """Delete the votes of somebody, what they said of themselves, and the way to their place; return how many votes.

    Also after the end: a map made before still counts them, the next one does not. Statements stay, since others voted
    on them, but belong to a sign to which nothing leads any more; those that nobody voted on are deleted.
    """
    locked = Participant.objects.select_for_update().get(pk=participant.pk)
    gone = locked.votes.count()
    locked.votes.all().delete()
    waiting = locked.statements.filter(state=Statement.State.WAITING)
    voted = Vote.objects.filter(statement__in=waiting).order_by().values("statement")
    waiting.exclude(pk__in=voted).delete()
    _give_up(locked)
    return gone


def _give_up(participant: Participant) -> None:
    """Delete a place; where statements or decisions of moderators hang on it, keep its sign alone."""
    participant.votes.all().delete()
    if participant.statements.exists() or participant.moderation.exists():
        token = f"{selectors.FORGOTTEN}{uuid4().hex}"
        Participant.objects.filter(pk=participant.pk).update(token_hash=token, strata={}, is_member=False, language="")
        return
    participant.delete()

"""Who stands before a conversation: a browser with its own key, or a member; and which door is closed to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from minga.deliberation.models import Conversation, Participant
from minga.deliberation.selectors import taking_part as selectors
from minga.deliberation.services import taking_part as services
from minga.deliberation.wording_consulting import language
from minga.members import selectors as members
from minga.web import codes

_SALT = "minga.deliberation.talk"
_DAY = 24 * 3600


@dataclass(frozen=True)
class Visit:
    """One request to a conversation. `participant` is empty before the first act: looking leaves no trace."""

    conversation: Conversation
    participant: Participant | None
    person: Any
    account: Any
    #: what the browser holds, or will hold from now on
    secret: str
    is_new: bool

    @property
    def token(self) -> str:
        """The sign under which the next statement is drawn."""
        if self.participant is not None:
            return self.participant.token_hash
        if self.person is not None and self.conversation.entry == Conversation.Entry.MEMBER:
            return selectors.token_of_member(self.conversation, self.person)
        return selectors.token_of_secret(self.secret)

    @property
    def door(self) -> str:
        """What keeps them from voting: "closed", "code", "sign_in", "not_member"; empty where nothing does."""
        if not selectors.is_running(self.conversation):
            return "closed"
        if self.participant is not None or self.conversation.entry == Conversation.Entry.ANYONE:
            return ""
        if self.conversation.entry == Conversation.Entry.CODE:
            return "code"
        if self.person is None:
            return "sign_in"
        return "" if selectors.is_member(self.person) else "not_member"

    @property
    def may_verify(self) -> bool:
        """Whether they could take part as a verified member, but do not."""
        if self.person is None or self.door or self.conversation.entry == Conversation.Entry.MEMBER:
            return False
        return not (self.participant and self.participant.is_member) and selectors.is_member(self.person)

    def join(self) -> Participant:
        """Return their place, made with their first act."""
        return self.participant or services.join(
            conversation=self.conversation, secret=self.secret, person=self.person, language=language()
        )

    def remember(self, response: HttpResponse) -> HttpResponse:
        """Let the browser find its place again; a member needs no cookie but the sign-in."""
        if self.conversation.entry == Conversation.Entry.MEMBER or (self.participant and self.participant.is_member):
            return response
        response.set_signed_cookie(
            cookie_of(self.conversation),
            self.secret,
            salt=_SALT,
            max_age=settings.PARTICIPANT_DAYS * _DAY,
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Lax",
        )
        return response

    def forget(self, response: HttpResponse) -> HttpResponse:
        """Take the key out of this browser."""
        response.delete_cookie(cookie_of(self.conversation), samesite="Lax")
        return response


def cookie_of(conversation: Conversation) -> str:
    """Return the name of a conversation's cookie: each has its own, so that nothing ties two conversations together."""
    return f"talk_{conversation.pk.hex}"


def held_secret(request: HttpRequest, conversation: Conversation) -> str:
    """Return what the browser holds; empty where it holds nothing, or it was altered."""
    return request.get_signed_cookie(cookie_of(conversation), default="", salt=_SALT) or ""


def visit(request: HttpRequest, conversation: Conversation) -> Visit:
    """Find out who stands before a conversation; nothing is written."""
    held = held_secret(request, conversation)
    person = members.person_of(request.user)
    participant = services.find(conversation=conversation, secret=held, person=person) if held or person else None
    return Visit(conversation, participant, person, request.user, held or codes.new_secret(), is_new=not held)

"""Who stands before a conversation: a browser with its own key, or a member; and which door is closed to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from minga.deliberation.models import Conversation, Participant
from minga.deliberation.selectors import taking_part as selectors
from minga.deliberation.services import taking_part as services
from minga.deliberation.wording_consulting import language
from minga.members import selectors as members
from minga.web import codes

_SALT = "minga.deliberation.talk"
_ONWARD = "minga.deliberation.onward"
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
    #: whether the page stands in a frame of a foreign site, where the browser has a jar of cookies for that site alone
    in_frame: bool = False

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
        if self.in_frame:
            return self._remember_in_frame(response)
        response.set_signed_cookie(
            cookie_of(self.conversation),
            self.secret,
            salt=_SALT,
            max_age=_kept_for(),
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Lax",
        )
        return response

    def _remember_in_frame(self, response: HttpResponse) -> HttpResponse:
        """Put the key into the jar of the site around the frame (CHIPS, RFC 6265bis draft: ``Partitioned``).

        Python's own cookies do not know the word before 3.14, so the header is written here.
        """
        name = cookie_of(self.conversation, in_frame=True)
        value = signing.get_cookie_signer(salt=name + _SALT).sign(self.secret)
        flags = "Path=/; HttpOnly; Secure; SameSite=None; Partitioned"
        response.headers["Set-Cookie"] = f"{name}={value}; Max-Age={_kept_for()}; {flags}"
        return response

    @property
    def onward(self) -> str:
        """The key, sealed, for a form that opens the same place in a tab; empty before the first act."""
        held = [self.conversation.pk.hex, self.secret]
        return signing.dumps(held, salt=_ONWARD) if self.participant is not None else ""

    def going_on(self, sealed: str) -> Visit:
        """Return the visit that goes on with such a key; a browser that has a place here keeps its own.

        Raises
        ------
        django.core.signing.BadSignature
            The key is none of this site's, too old, or one of another conversation.
        """
        whose, secret = signing.loads(sealed, salt=_ONWARD, max_age=_DAY)
        if whose != self.conversation.pk.hex:
            raise signing.BadSignature
        return self if self.participant is not None else replace(self, secret=secret)

    def forget(self, response: HttpResponse) -> HttpResponse:
        """Take the key out of this browser."""
        response.delete_cookie(cookie_of(self.conversation), samesite="Lax")
        return response


def _kept_for() -> int:
    return int(settings.PARTICIPANT_DAYS * _DAY)


def cookie_of(conversation: Conversation, *, in_frame: bool = False) -> str:
    """Return the name of a conversation's cookie: each has its own, so that nothing ties two conversations together.

    In a frame it has another name, so that a browser with one jar for all never loses the key of its own page.
    """
    return f"{'framed' if in_frame else 'talk'}_{conversation.pk.hex}"


def held_secret(request: HttpRequest, conversation: Conversation, *, in_frame: bool = False) -> str:
    """Return what the browser holds; empty where it holds nothing, or it was altered."""
    return request.get_signed_cookie(cookie_of(conversation, in_frame=in_frame), default="", salt=_SALT) or ""


def visit(request: HttpRequest, conversation: Conversation, *, in_frame: bool = False) -> Visit:
    """Find out who stands before a conversation; nothing is written. In a frame nobody is signed in."""
    held = held_secret(request, conversation, in_frame=in_frame)
    person = None if in_frame else members.person_of(request.user)
    participant = services.find(conversation=conversation, secret=held, person=person) if held or person else None
    secret = held or codes.new_secret()
    return Visit(conversation, participant, person, request.user, secret, is_new=not held, in_frame=in_frame)

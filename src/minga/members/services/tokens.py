"""API tokens: made once, shown once, stored as a hash, and over on their last day."""

from __future__ import annotations

import secrets
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from minga.members import selectors
from minga.members.engine.errors import MembersError
from minga.members.models import ApiToken, Person
from minga.members.services.trail import record
from minga.trust import content_hash
from minga.web import rooms

#: A token that nobody renews ends within a year.
TOKEN_DAYS = 365
#: How long an ended token is still listed, so that its holder sees why a program stopped.
ENDED_DAYS = 30
_MOST = 20


def allowed_scopes(person: Person) -> list[str]:
    """Return what a person may allow a token: what the rooms declare, and acts of the secretariat for its members."""
    scopes = [scope.code for scope in rooms.scopes()]
    account = person.account
    return [*scopes, selectors.ADMIN_SCOPE] if account and selectors.is_secretariat(account) else scopes


@transaction.atomic
def make_token(*, person: Person, name: str, scopes: list[str], expires_on: date) -> str:
    """Make a token and return it; nobody can read it again."""
    today = timezone.localdate()
    if not scopes or (unknown := sorted(set(scopes) - set(allowed_scopes(person)))):
        wrong = ", ".join(unknown) if scopes else "nothing"
        raise MembersError(f"A token was to be allowed {wrong}. Choose from {', '.join(allowed_scopes(person))}.")
    if not today < expires_on <= today + timedelta(days=TOKEN_DAYS):
        raise MembersError(
            f"The token was to end on {expires_on}. Choose a day after today and within {TOKEN_DAYS} days."
        )
    if person.api_tokens.count() >= _MOST:
        raise MembersError(f"There are {_MOST} tokens already. Revoke one that no program uses.")
    prefix = f"minga_{secrets.token_hex(4)}"
    token = f"{prefix}_{secrets.token_urlsafe(32)}"
    ApiToken.objects.create(
        person=person,
        name=name,
        prefix=prefix,
        token_hash=content_hash(token),
        scopes=sorted(set(scopes)),
        expires_on=expires_on,
    )
    record(by=person, act="api_token.created", on=f"token:{prefix}", reason=", ".join(sorted(set(scopes))))
    return token


@transaction.atomic
def revoke_token(*, token: ApiToken, by: Person) -> None:
    """End a token at once."""
    record(by=by, act="api_token.revoked", on=f"token:{token.prefix}")
    token.delete()


def open_token(secret: str) -> ApiToken | None:
    """Find the token that a program shows, if it still holds, and note the day."""
    today = timezone.localdate()
    found = ApiToken.objects.select_related("person__account")
    token = found.filter(
        token_hash=content_hash(secret), expires_on__gte=today, person__account__is_active=True
    ).first()
    if token and token.last_used_on != today:
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=today)
    return token


def delete_ended_tokens() -> int:
    """Delete tokens that ended a while ago."""
    before = timezone.localdate() - timedelta(days=ENDED_DAYS)
    return ApiToken.objects.filter(expires_on__lt=before).delete()[0]

"""A person's right to a copy and to erasure, over all rooms."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from minga.members import selectors
from minga.members.engine import roles
from minga.members.engine.errors import MembersError
from minga.members.models import Person
from minga.members.services.trail import record
from minga.web import rooms


def export_person(person: Person, *, by: Person | None = None) -> dict[str, Any]:
    """Collect everything every room stores about a person."""
    record(by=by or person, act="person.exported", on=person)
    return {"made_at": timezone.now().isoformat(), "rooms": rooms.call_each("export_person", person)}


@transaction.atomic
def erase_person(person: Person, *, by: Person | None = None) -> dict[str, int]:
    """Erase a person in every room; the trail keeps a mark that then points to nobody. Returns rows by room."""
    if _is_last_secretariat(person):
        raise MembersError(
            "This is the last member of the secretariat. Give the role to somebody else first; then the account can go."
        )
    actor = by or person
    record(by=actor, act="person.erased", on=person)
    counts = {}
    # Higher rooms first: what they hold refers to the person that this room deletes at the end.
    for room in reversed(list(rooms.rooms())):
        if room.erase_person:
            counts[room.label] = int(import_string(room.erase_person)(person))
    return counts


def export_own(person: Person) -> dict[str, Any]:
    """What this room stores about a person."""
    account = person.account
    return {
        "account": {"email": account.email, "created_at": account.created_at.isoformat()} if account else None,
        "person": {
            "mark": person.reference,
            "name": person.name,
            "languages": person.languages,
            "created_at": person.created_at.isoformat(),
        },
        "memberships": [
            {
                "organization": one.organization.name,
                "role": one.role,
                "since": one.since.isoformat(),
                "until": one.until.isoformat() if one.until else None,
            }
            for one in person.memberships.select_related("organization")
        ],
        "mandates": [
            {
                "role": one.role,
                "in": str(one.place),
                "from": one.starts_on.isoformat(),
                "until": one.ends_on.isoformat() if one.ends_on else None,
            }
            for one in person.mandates.select_related("organization", "body")
        ],
        "competences": [
            {
                "field": one.field,
                "sectors": one.sectors,
                "basis": one.basis,
                "recorded_at": one.recorded_at.isoformat(),
                "valid_until": one.valid_until.isoformat() if one.valid_until else None,
            }
            for one in person.competences.order_by("pk")
        ],
        "consents": [
            {
                "scope": one.scope,
                "about": one.object,
                "text_version": one.text_version,
                "given_at": one.given_at.isoformat(),
                "revoked_at": one.revoked_at.isoformat() if one.revoked_at else None,
            }
            for one in person.consents.order_by("given_at")
        ],
        **_ways_in(person),
        "acts": [
            {"number": act.sequence, "at": act.at.isoformat(), "act": act.act, "on": act.on, "reason": act.reason}
            for act in selectors.acts_about(person)
        ],
    }


def _ways_in(person: Person) -> dict[str, Any]:
    """List what signs a person in besides the password. No secret is among it."""
    account = person.account
    return {
        "second_step": [
            {
                "kind": one.type,
                "name": one.data.get("name", ""),
                "since": one.created_at.isoformat(),
                "last_used": one.last_used_at.isoformat() if one.last_used_at else None,
            }
            for one in (selectors.second_factors_of(account) if account else ())
        ],
        "sign_in_provider": [
            {"provider": one.provider, "number": one.uid, "since": one.date_joined.isoformat()}
            for one in (SocialAccount.objects.filter(user=account) if account else ())
        ],
        "api_tokens": [
            {
                "name": one.name,
                "begins_with": one.prefix,
                "scopes": one.scopes,
                "created_at": one.created_at.isoformat(),
                "expires_on": one.expires_on.isoformat(),
                "last_used_on": one.last_used_on.isoformat() if one.last_used_on else None,
            }
            for one in selectors.tokens_of(person)
        ],
    }


def erase_own(person: Person) -> int:
    """Delete person, account, ways to sign in, memberships, mandates, consents; the acts keep their random mark."""
    account = person.account
    deleted, _by_kind = person.delete()
    if account:
        more, _by_kind = account.delete()
        deleted += more
    return deleted


def _is_last_secretariat(person: Person) -> bool:
    running = selectors.running_mandates().filter(role=roles.SECRETARIAT)
    others = running.exclude(person=person).filter(person__account__is_active=True)
    return running.filter(person=person).exists() and not others.exists()

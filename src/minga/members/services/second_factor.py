"""A second step that was lost is taken away by the secretariat, on the record; its holder is told."""

from __future__ import annotations

import secrets

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.db import transaction

from minga.members.engine.errors import MembersError
from minga.members.models import Account, ApiToken, Person
from minga.members.services.people import person_for
from minga.members.services.trail import record

#: Why a second step is reset, as the trail says it.
RESET_REASONS = ("lost", "stolen", "broken")


@transaction.atomic
def end_open_sign_ins(*, account: Account) -> None:
    """End every open sign-in of an account, on all devices."""
    account.session_mark = secrets.token_hex(16)
    account.save(update_fields=["session_mark"])


@transaction.atomic
def reset_second_factor(*, account: Account, reason: str, by: Person | None = None) -> int:
    """Take away apps, passkeys, recovery codes and API tokens of an account; returns how many.

    Its holder signs in by the password, and must set up a new second step where a role demands one.
    """
    if reason not in RESET_REASONS:
        raise MembersError(f"There is no reason {reason!r}. Use one of {', '.join(RESET_REASONS)}.")
    person = person_for(account)
    if by == person:
        raise MembersError("This is your own second step. Change it on your page, or let a colleague reset it.")
    removed = Authenticator.objects.filter(user=account).delete()[0]
    if not removed:
        raise MembersError(f"The account {account.email} has no second step. There is nothing to reset.")
    removed += ApiToken.objects.filter(person=person).delete()[0]
    end_open_sign_ins(account=account)
    record(by=by, act="second_factor.reset", on=person, reason=reason)
    transaction.on_commit(lambda: get_adapter().send_notification_mail("second_factor_reset", account))
    return removed


def reset_by_address(*, email: str, reason: str, by: Person | None = None) -> int:
    """Reset the second step of the account with an address."""
    account = Account.objects.filter(email__iexact=email).first()
    if account is None:
        raise MembersError(f"There is no account with the address {email}. Check the address.")
    return reset_second_factor(account=account, reason=reason, by=by)

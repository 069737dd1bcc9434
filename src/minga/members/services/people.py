"""Accounts and the people behind them."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db import transaction

from minga.members.engine import roles
from minga.members.engine.errors import MembersError
from minga.members.models import Account, Body, Mandate, Person
from minga.members.services.organizations import create_body, grant_mandate
from minga.members.services.trail import record


@transaction.atomic
def person_for(account: Account) -> Person:
    """Find the person of an account, or begin one."""
    person, _made = Person.objects.get_or_create(account=account)
    return person


@transaction.atomic
def create_account(
    *,
    email: str,
    password: str | None = None,
    name: str = "",
    languages: list[str] | None = None,
    is_confirmed: bool = True,
    is_sample: bool = False,
    by: Person | None = None,
) -> Account:
    """Make an account with its person. Without a password, its holder sets one by "forgotten password"."""
    if Account.objects.filter(email__iexact=email).exists():
        raise MembersError(f"There is already an account with the address {email}. Use another, or grant it a role.")
    account = Account.objects.create_user(email, password)
    EmailAddress.objects.create(user=account, email=account.email, verified=is_confirmed, primary=True)
    person = Person.objects.create(account=account, name=name, languages=languages or [], is_sample=is_sample)
    record(by=by, act="account.created", on=person, reason="sample" if is_sample else "")
    return account


@transaction.atomic
def createadmin(*, email: str, password: str | None = None, name: str = "", is_sample: bool = False) -> Account:
    """Make an account that belongs to the secretariat; an existing account joins it and keeps its password."""
    account = Account.objects.filter(email__iexact=email).first()
    if account is None:
        account = create_account(email=email, password=password, name=name, is_sample=is_sample)
    person = person_for(account)
    body = secretariat_body()
    if not Mandate.objects.filter(person=person, role=roles.SECRETARIAT, ends_on=None).exists():
        grant_mandate(person=person, role=roles.SECRETARIAT, body=body)
    return account


def secretariat_body() -> Body:
    """Find the secretariat, or begin it."""
    return Body.objects.filter(kind=Body.Kind.SECRETARIAT).order_by("pk").first() or create_body(
        name="Secretariat", kind=Body.Kind.SECRETARIAT
    )


@transaction.atomic
def edit_person(*, person: Person, name: str, languages: list[str]) -> None:
    """Change what a person says about herself."""
    person.name, person.languages = name, languages
    person.save(update_fields=["name", "languages"])

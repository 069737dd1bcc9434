"""Accounts and the people behind them."""

from __future__ import annotations

from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import transaction

from minga.members.engine import roles
from minga.members.engine.errors import MembersError
from minga.members.models import Account, Mandate, Organization, Person
from minga.members.services.organizations import grant_in_alliance, grant_mandate, join
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
    grant_in_alliance(person=person_for(account), role=roles.SECRETARIAT)
    return account


@transaction.atomic
def edit_person(*, person: Person, name: str, languages: list[str]) -> None:
    """Change what a person says about herself."""
    person.name, person.languages = name, languages
    person.save(update_fields=["name", "languages"])


@transaction.atomic
def person_by_address(email: str) -> Person | None:
    """Find the person of the account with an address; None where there is no such account."""
    account = Account.objects.filter(email__iexact=email.strip(), is_active=True).first()
    return person_for(account) if account else None


@transaction.atomic
def grant_by_address(*, email: str, role: str, organization_mark: str = "", by: Person | None = None) -> Mandate:
    """Give the account with an address a role in an organization or, without one, in the alliance."""
    account = Account.objects.filter(email__iexact=email).first()
    if account is None:
        raise MembersError(f"There is no account with the address {email}. Ask the person to sign up first.")
    person = person_for(account)
    if not organization_mark:
        return grant_in_alliance(person=person, role=role, by=by)
    try:
        organization = Organization.objects.get(mark=UUID(organization_mark))
    except (ValueError, Organization.DoesNotExist):
        raise MembersError(
            f"There is no organization with the mark {organization_mark!r}. Copy it from the address of its page."
        ) from None
    mandate = grant_mandate(person=person, role=role, organization=organization, by=by)
    if role in {roles.OWNER, roles.RESPONDENT}:
        join(person=person, organization=organization)
    return mandate

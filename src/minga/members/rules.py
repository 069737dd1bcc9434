"""Who may do what with members' things, as predicates over mandates; found by `rules` at start."""

from __future__ import annotations

from typing import Any

import rules

from minga.members import selectors
from minga.members.engine import roles
from minga.members.models import Account, Mandate, Organization


@rules.predicate
def is_secretariat(account: Any) -> bool:
    """The account works for the secretariat."""
    return selectors.is_secretariat(account)


@rules.predicate
def is_owner(account: Any, organization: Organization | None) -> bool:
    """The account's person owns the organization."""
    return organization is not None and selectors.has_role(account, roles.OWNER, organization)


@rules.predicate
def owns_place(account: Any, mandate: Mandate | None) -> bool:
    """The account's person owns the organization in which the mandate is held."""
    return mandate is not None and is_owner(account, mandate.organization)


@rules.predicate
def may_see(account: Any, organization: Organization | None) -> bool:
    """The organization is listed, or the account's person belongs to it."""
    if organization is None:
        return False
    return selectors.organizations_visible_to(account).filter(pk=organization.pk).exists()


@rules.predicate
def is_signed_in(account: Account | Any) -> bool:
    """Somebody signed in."""
    return bool(account.is_authenticated)


rules.add_perm("members.view_trail", is_secretariat)
rules.add_perm("members.view_organization", may_see)
rules.add_perm("members.change_organization", is_owner | is_secretariat)
rules.add_perm("members.grant_in_organization", is_owner | is_secretariat)
rules.add_perm("members.end_mandate", owns_place | is_secretariat)
rules.add_perm("members.create_organization", is_signed_in)
rules.add_perm("members.reset_second_factor", is_secretariat)

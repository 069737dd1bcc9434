"""Roles, and what each can be held in."""

from __future__ import annotations

from minga.members.engine.errors import MembersError

OWNER = "owner"
RESPONDENT = "respondent"
ADVISER = "adviser"
ASSESSOR = "assessor"
SECRETARIAT = "secretariat"

ROLES = (OWNER, RESPONDENT, ADVISER, ASSESSOR, SECRETARIAT)

#: Held in an organization; advisers and assessors may also belong to a body that serves many.
IN_ORGANIZATIONS = frozenset({OWNER, RESPONDENT, ADVISER, ASSESSOR})
IN_BODIES = frozenset({ADVISER, ASSESSOR, SECRETARIAT})

#: They see or decide much about others, so whoever acts in them signs in with a second step.
GUARDED = frozenset({ASSESSOR, SECRETARIAT})


def check_place(role: str, *, in_organization: bool, in_body: bool) -> None:
    """Check that a role may be held in an organization or a body.

    Raises
    ------
    MembersError
        The role is not known, or cannot be held there.
    """
    if role not in ROLES:
        raise MembersError(f"There is no role {role!r}. Use one of {', '.join(ROLES)}.")
    if in_organization == in_body:
        raise MembersError(
            f"The role {role!r} was to be held in {'both an organization and a body' if in_body else 'nothing'}. "
            "Name either one organization or one body."
        )
    if in_organization and role not in IN_ORGANIZATIONS:
        raise MembersError(f"The role {role!r} is held in a body, not in an organization. Name the body.")
    if in_body and role not in IN_BODIES:
        raise MembersError(f"The role {role!r} is held in an organization, not in a body. Name the organization.")

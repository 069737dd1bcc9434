"""Every write of members, by subject: the trail, accounts and people, organizations and mandates, consents, privacy."""

from __future__ import annotations

from minga.members.services.competences import end_competence, record_competence
from minga.members.services.consents import claim_consents, give_consent, revoke_consent
from minga.members.services.organizations import (
    INVITATION_DAYS,
    accept_invitation,
    create_body,
    create_organization,
    delete_organization,
    edit_organization,
    end_mandate,
    grant_in_alliance,
    grant_mandate,
    invite,
    join,
    leave,
    list_in_directory,
)
from minga.members.services.people import (
    create_account,
    createadmin,
    edit_person,
    grant_by_address,
    person_by_address,
    person_for,
)
from minga.members.services.privacy import erase_own, erase_person, export_own, export_person
from minga.members.services.retention import (
    delete_expired_invitations,
    delete_expired_sessions,
    delete_old_consents,
    delete_unconfirmed_accounts,
    run_retention,
)
from minga.members.services.second_factor import (
    RESET_REASONS,
    end_open_sign_ins,
    reset_by_address,
    reset_second_factor,
)
from minga.members.services.tokens import (
    TOKEN_DAYS,
    allowed_scopes,
    delete_ended_tokens,
    make_token,
    open_token,
    revoke_token,
)
from minga.members.services.trail import TrailReport, accept_audit_head, record, verify_audit

__all__ = [
    "INVITATION_DAYS",
    "RESET_REASONS",
    "TOKEN_DAYS",
    "TrailReport",
    "accept_audit_head",
    "accept_invitation",
    "allowed_scopes",
    "claim_consents",
    "create_account",
    "create_body",
    "create_organization",
    "createadmin",
    "delete_ended_tokens",
    "delete_expired_invitations",
    "delete_expired_sessions",
    "delete_old_consents",
    "delete_organization",
    "delete_unconfirmed_accounts",
    "edit_organization",
    "edit_person",
    "end_competence",
    "end_mandate",
    "end_open_sign_ins",
    "erase_own",
    "erase_person",
    "export_own",
    "export_person",
    "give_consent",
    "grant_by_address",
    "grant_in_alliance",
    "grant_mandate",
    "invite",
    "join",
    "leave",
    "list_in_directory",
    "make_token",
    "open_token",
    "person_by_address",
    "person_for",
    "record",
    "record_competence",
    "reset_by_address",
    "reset_second_factor",
    "revoke_consent",
    "revoke_token",
    "run_retention",
    "verify_audit",
]

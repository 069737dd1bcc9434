"""What members stores: accounts apart from people, organizations, mandates, consents and the audit trail."""

from __future__ import annotations

from minga.members.models.accounts import Account, AccountManager, ApiToken
from minga.members.models.people import (
    Body,
    Competence,
    Consent,
    Invitation,
    Mandate,
    Membership,
    Organization,
    Person,
    check_country,
    check_division,
    new_code,
)
from minga.members.models.trail import AppendOnly, AuditAct, AuditHead

__all__ = [
    "Account",
    "AccountManager",
    "ApiToken",
    "AppendOnly",
    "AuditAct",
    "AuditHead",
    "Body",
    "Competence",
    "Consent",
    "Invitation",
    "Mandate",
    "Membership",
    "Organization",
    "Person",
    "check_country",
    "check_division",
    "new_code",
]

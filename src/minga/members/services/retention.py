"""Deleting what is kept no longer. Each job returns how many rows it deleted and may run at any time."""

from __future__ import annotations

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from minga.members.models import Account, Consent, Invitation, Person
from minga.members.services.trail import record
from minga.web import rooms

UNCONFIRMED_DAYS = 30
REVOKED_CONSENT_DAYS = 3 * 365


def run_retention() -> dict[str, int]:
    """Run every room's retention jobs; what was deleted is an act."""
    counts: dict[str, int] = {}
    for room in rooms.rooms():
        for job in room.retention:
            with transaction.atomic():
                count = int(import_string(job.run)())
                counts[job.name] = count
                if count:
                    record(act="retention.deleted", on=f"room:{room.label}", reason=f"{job.name}: {count}")
    return counts


@transaction.atomic
def delete_unconfirmed_accounts() -> int:
    """Delete accounts whose address was never confirmed and that nobody signed in with."""
    before = timezone.now() - timedelta(days=UNCONFIRMED_DAYS)
    confirmed = EmailAddress.objects.filter(verified=True).values("user")
    stale = Account.objects.filter(created_at__lt=before, last_login=None).exclude(pk__in=confirmed)
    # A mandate was given on purpose; such an account is no leftover of a sign-up.
    stale = stale.filter(person__mandates=None)
    marks = list(stale.values_list("pk", flat=True))
    Person.objects.filter(account__in=marks).delete()
    Account.objects.filter(pk__in=marks).delete()
    return len(marks)


def delete_old_consents() -> int:
    """Delete consents that were taken back long ago."""
    before = timezone.now() - timedelta(days=REVOKED_CONSENT_DAYS)
    return Consent.objects.filter(revoked_at__lt=before).delete()[0]


def delete_expired_invitations() -> int:
    """Delete codes that open nothing any more."""
    return Invitation.objects.filter(expires_at__lt=timezone.now()).delete()[0]


def delete_expired_sessions() -> int:
    """Delete sessions past their end."""
    return Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]

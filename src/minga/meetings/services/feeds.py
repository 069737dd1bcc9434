"""The secret link to a person's own calendar."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import transaction

from minga.meetings import selectors
from minga.meetings.models import CalendarFeed


@transaction.atomic
def make_feed(*, person: Any) -> str:
    """Make the secret of a new link and return it; it is shown once, and an older link ends."""
    # hexadecimal and long, so that whatever writes addresses into logs takes it for a key and leaves it out
    secret = secrets.token_hex(32)
    CalendarFeed.objects.filter(person=person).delete()
    CalendarFeed.objects.create(person=person, secret_hash=selectors.hash_of(secret))
    return secret


@transaction.atomic
def revoke_feed(*, person: Any) -> None:
    """End the link; calendar programs that still ask get nothing."""
    CalendarFeed.objects.filter(person=person).delete()

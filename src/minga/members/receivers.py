"""What follows when a second step is set up: open sign-ins that never took it end, but for the one that set it up."""

from __future__ import annotations

from typing import Any

from allauth.mfa.signals import authenticator_added
from django.contrib.auth import update_session_auth_hash
from django.dispatch import receiver
from django.http import HttpRequest

from minga.members import selectors, services
from minga.members.models import Account


@receiver(authenticator_added, dispatch_uid="members.end_open_sign_ins")
def end_other_sign_ins(request: HttpRequest, user: Account, **_given: Any) -> None:
    """Whoever held a stolen password before the second step was there is put out by it."""
    if selectors.second_factors_of(user).exclude(type="recovery_codes").count() == 1:
        services.end_open_sign_ins(account=user)
        update_session_auth_hash(request, user)

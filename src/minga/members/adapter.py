"""Where allauth's sign-up and mail meet our people and our words."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from minga.members import services
from minga.members.models import Account
from minga.web import ratelimit


class AccountAdapter(DefaultAccountAdapter):
    """Begins a person with every new account, and says what went wrong in whole sentences."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is closed. Ask the secretariat."),
        "cannot_remove_primary_email": _("This is your main address. Make another one the main address first."),
        "duplicate_email": _("This address belongs to your account already."),
        "email_password_mismatch": _("Address and password do not fit together. Check both, or set a new password."),
        "email_taken": _("An account with this address exists already. Sign in, or set a new password."),
        "enter_current_password": _("This is not your present password. Type it again."),
        "incorrect_password": _("This is not your password. Type it again."),
        "invalid_login": _("Address and password do not fit together. Check both, or set a new password."),
        "invalid_password_reset": _("This link was used already or is too old. Ask for a new one."),
        "max_email_addresses": _("An account has at most %d addresses. Remove one first."),
        "too_many_login_attempts": _("There were too many attempts to sign in. Wait five minutes and try again."),
        "unknown_email": _("There is no account with this address."),
        "unverified_primary_email": _("Your main address must be confirmed. Open the link in our message."),
        "rate_limited": _("There were too many requests from here. Wait a minute and try again."),
    }

    def save_user(self, request: HttpRequest, user: Account, form: Any, commit: bool = True) -> Account:
        account: Account = super().save_user(request, user, form, commit=commit)
        if commit:
            services.person_for(account)
        return account

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        super().send_mail(template_prefix, email, {"site_name": settings.SITE_NAME, **context})

    def get_client_ip(self, request: HttpRequest) -> str:
        """Count attempts by the address that the rest of the site counts by, also behind a proxy."""
        return ratelimit.client_address(request)

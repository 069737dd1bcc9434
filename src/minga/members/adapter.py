"""Where allauth's sign-up and mail meet our people and our words."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from minga.members import services
from minga.members.models import Account
from minga.web import ratelimit

#: What is told by mail, by what happened: subject and sentence.
NOTICES = {
    "totp_activated": (_("Your app with codes is set up"), _("From now on, signing in takes a code from your app.")),
    "totp_deactivated": (_("Your app with codes is removed"), _("Signing in no longer takes a code from your app.")),
    "webauthn_added": (_("A passkey was added"), _("A new passkey or security key can now be used for your account.")),
    "webauthn_removed": (_("A passkey was removed"), _("One passkey or security key no longer opens your account.")),
    "recovery_codes_generated": (
        _("You have new recovery codes"),
        _("New recovery codes were made. The old ones no longer work."),
    ),
    "second_factor_reset": (
        _("Your second step was taken away"),
        _(
            "The secretariat took away the second step of your sign-in, and all API tokens, because it was reported as "
            "lost, stolen or broken. Sign in with your password and set up a new one."
        ),
    ),
    "account_connected": (_("Your account was connected"), _("You can now sign in through the sign-in provider too.")),
    "account_disconnected": (
        _("Your account is no longer connected"),
        _("You can no longer sign in through the sign-in provider."),
    ),
    "password_changed": (_("Your password was changed"), _("Your account has a new password.")),
    "password_reset": (_("Your password was changed"), _("Your account has a new password.")),
    "password_set": (_("Your account has a password"), _("You can now sign in with your address and a password.")),
}


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

    def send_notification_mail(
        self, template_prefix: str, user: Account, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tell people by mail what changed about their sign-in, so that nobody changes it unseen."""
        told = NOTICES.get(template_prefix.rpartition("/")[2])
        address = email or EmailAddress.objects.get_primary_email(user) or user.email
        if told and address:
            # a command tells it too, and has no request
            words = {"subject": told[0], "sentence": told[1], "site_name": settings.SITE_NAME}
            self.render_mail("account/email/notice", address, words).send()

    def get_client_ip(self, request: HttpRequest) -> str:
        """Count attempts by the address that the rest of the site counts by, also behind a proxy."""
        return ratelimit.client_address(request)

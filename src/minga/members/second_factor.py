"""The second step of a sign-in: how its secrets are kept, and what allauth asks of the house about it."""

from __future__ import annotations

import base64
import logging
import re
import secrets
from functools import lru_cache
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

log = logging.getLogger("minga.members")


@lru_cache(maxsize=4)
def _box(*keys: str) -> MultiFernet:
    """Derive keys of their own from the site's keys; the first one locks, all of them open."""
    purpose = b"minga.members second factor"
    derived = [HKDF(SHA256(), 32, salt=None, info=purpose).derive(key.encode()) for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])


def _keys() -> tuple[str, ...]:
    return (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


def unreadable() -> int:
    """Count the second steps whose secret was stored under a key that the site has no more."""
    stored = Authenticator.objects.filter(type=Authenticator.Type.TOTP).values_list("data", flat=True)
    return sum(not _opens(str(data.get("secret", ""))) for data in stored.iterator())


def _opens(text: str) -> bool:
    try:
        return bool(_box(*_keys()).decrypt(text.encode()))
    except InvalidToken:
        return False


class MFAAdapter(DefaultMFAAdapter):
    """Locks the secrets, names the site, and says what went wrong in whole sentences."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_generate_recovery_codes": gettext_lazy(
            "Set up an app or a passkey first; the codes are for when it is lost."
        ),
        "incorrect_code": gettext_lazy(
            "This did not fit. A code from the app works once and for half a minute: wait for the next one and type it."
        ),
        "unverified_email": gettext_lazy("Confirm your e-mail address first: open the link in our message."),
    }

    def encrypt(self, text: str) -> str:
        return _box(*_keys()).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _box(*_keys()).decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            # A fresh secret fits no code, where an empty one would fit those that anybody can work out.
            log.error(
                "A second step cannot be checked: it was stored under another MINGA_SECRET_KEY. Bring that key back, "
                "or reset the person's second step with `minga members reset-second-factor`."
            )
            return base64.b32encode(secrets.token_bytes(20)).decode()

    def build_totp_svg(self, url: str) -> str:
        """Draw the code as a picture that stands in the page itself: no declaration, no size of its own."""
        drawn = super().build_totp_svg(url)
        drawn = drawn[drawn.index("<svg") :]
        return re.sub(r'\s(?:width|height)="[^"]*mm"', "", drawn, count=2)

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        count = Authenticator.objects.filter(user=user, type=type).count()
        return _("My passkey") if not count else _("Passkey %(number)d") % {"number": count + 1}

    def _get_site_name(self) -> str:
        return str(settings.SITE_NAME)

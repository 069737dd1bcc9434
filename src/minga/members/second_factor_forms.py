"""allauth's forms for the second step, in the words of the house; a code counts once, and rubbish is refused."""

from __future__ import annotations

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as code_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as passkey_forms
from django import forms
from django.core.cache import cache
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from minga.members.account_forms import Labelled

#: Longer than any code fits: half a minute, and as much before and after it.
_REMEMBERED_SECONDS = 150


def _use_once(user: Any, code: str) -> None:
    """Refuse a code from an app that this person used already; who looked on cannot type it again."""
    digits = "".join(letter for letter in code if letter.isalnum())
    mark = salted_hmac("minga.members.second_factor", f"{user.pk}:{digits}", algorithm="sha256").hexdigest()
    if not cache.add(f"second-factor:{mark}", 1, timeout=_REMEMBERED_SECONDS):
        raise get_adapter().validation_error("incorrect_code")


class _Code(Labelled):
    labels = {"code": _("Code")}
    helps = {"code": _("Six digits from your app, or one of your recovery codes.")}

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["code"].widget.attrs |= {"autocomplete": "one-time-code", "spellcheck": "false", "dir": "ltr"}

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP:  # type: ignore[attr-defined]
            _use_once(self.user, code)  # type: ignore[attr-defined]
        return code


class AuthenticateForm(_Code, code_forms.AuthenticateForm):
    """The second step itself."""


class ReauthenticateForm(_Code, code_forms.ReauthenticateForm):
    """The code once more, before something that matters."""


class ActivateTOTPForm(Labelled, totp_forms.ActivateTOTPForm):
    """Shows that the app and the site make the same codes."""

    labels = {"code": _("Code that the app shows now")}

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "autocomplete": "one-time-code", "dir": "ltr"}

    def clean_code(self) -> str:
        code: str = super().clean_code()
        _use_once(self.user, code)
        return code


class _Answer:
    """What a browser's passkey dialogue answered. It comes from outside, so anything may stand in it."""

    def clean(self) -> Any:
        try:
            return super().clean()  # type: ignore[misc]
        except _RUBBISH:
            raise get_adapter().validation_error("incorrect_code") from None


#: What reading a damaged answer raises deep inside; a refusal in words is none of these.
_RUBBISH = (ValueError, TypeError, KeyError, AttributeError, IndexError)


class AddPasskeyForm(_Answer, Labelled, passkey_forms.AddWebAuthnForm):
    """A new passkey or security key."""

    name = forms.CharField(required=False, max_length=80)
    passwordless = forms.BooleanField(required=False, initial=True)

    labels = {"name": _("Name of the passkey"), "passwordless": _("Let me sign in with it alone, without my password")}
    helps = {
        "name": _("Such as the device it is kept on. Only you see it."),
        "passwordless": _(
            "The device then asks for a fingerprint, a face or its PIN. An old security key may not be able to."
        ),
    }


class EditPasskeyForm(Labelled, passkey_forms.EditWebAuthnForm):
    """Another name for a passkey."""

    name = forms.CharField(max_length=80)
    labels = {"name": _("Name of the passkey")}


class _Shown(_Answer):
    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except _RUBBISH:
            raise get_adapter().validation_error("incorrect_code") from None


class PasskeyForm(_Shown, passkey_forms.AuthenticateWebAuthnForm):
    """A passkey as the second step."""


class ReauthenticatePasskeyForm(_Shown, passkey_forms.ReauthenticateWebAuthnForm):
    """A passkey once more, before something that matters."""


class LoginPasskeyForm(_Shown, passkey_forms.LoginWebAuthnForm):
    """A passkey instead of address and password."""

"""allauth's forms in the words of the house: a label above each field, no placeholder that vanishes."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth_forms
from django.forms import Form
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_EMAIL = _("E-mail address")
_PASSWORD = _("Password")
_NEW_PASSWORD = _("New password")
_RULES = _("At least 10 characters, not only digits and not a common password. Three unrelated words work well.")


class _Labelled(Form):
    labels: dict[str, str | Promise] = {}
    helps: dict[str, str | Promise] = {}

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name, field in self.fields.items():
            field.label = self.labels.get(name, field.label)
            field.help_text = self.helps.get(name, "")
            field.widget.attrs.pop("placeholder", None)


class LoginForm(_Labelled, allauth_forms.LoginForm):
    labels = {"login": _EMAIL, "password": _PASSWORD, "remember": _("Keep me signed in on this device")}


class SignupForm(_Labelled, allauth_forms.SignupForm):
    labels = {"email": _EMAIL, "password1": _PASSWORD}
    helps = {"password1": _RULES}


class AddEmailForm(_Labelled, allauth_forms.AddEmailForm):
    labels = {"email": _("Another e-mail address")}


class ChangePasswordForm(_Labelled, allauth_forms.ChangePasswordForm):
    labels = {"oldpassword": _("Present password"), "password1": _NEW_PASSWORD, "password2": _("New password again")}
    helps = {"password1": _RULES}


class SetPasswordForm(_Labelled, allauth_forms.SetPasswordForm):
    labels = {"password1": _NEW_PASSWORD, "password2": _("New password again")}
    helps = {"password1": _RULES}


class ResetPasswordForm(_Labelled, allauth_forms.ResetPasswordForm):
    labels = {"email": _EMAIL}


class ResetPasswordKeyForm(_Labelled, allauth_forms.ResetPasswordKeyForm):
    labels = {"password1": _NEW_PASSWORD, "password2": _("New password again")}
    helps = {"password1": _RULES}


class ReauthenticateForm(_Labelled, allauth_forms.ReauthenticateForm):
    labels = {"password": _PASSWORD}

"""allauth's forms in the words of the house: a label above each field, no placeholder that vanishes."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.socialaccount import forms as provider_forms
from django import forms
from django.forms import Form
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from minga.web import rooms

_EMAIL = _("E-mail address")
_PASSWORD = _("Password")
_NEW_PASSWORD = _("New password")
_RULES = _("At least 10 characters, not only digits and not a common password. Three unrelated words work well.")


class Labelled(Form):
    """Gives allauth's fields our labels and helps."""

    labels: dict[str, str | Promise] = {}
    helps: dict[str, str | Promise] = {}

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name, field in self.fields.items():
            field.label = self.labels.get(name, field.label)
            field.help_text = self.helps.get(name, "")
            field.widget.attrs.pop("placeholder", None)


class LoginForm(Labelled, allauth_forms.LoginForm):
    labels = {"login": _EMAIL, "password": _PASSWORD, "remember": _("Keep me signed in on this device")}


class SignupForm(Labelled, allauth_forms.SignupForm):
    labels = {"email": _EMAIL, "password1": _PASSWORD}
    helps = {"password1": _RULES}


class AddEmailForm(Labelled, allauth_forms.AddEmailForm):
    labels = {"email": _("Another e-mail address")}


class ChangePasswordForm(Labelled, allauth_forms.ChangePasswordForm):
    labels = {"oldpassword": _("Present password"), "password1": _NEW_PASSWORD, "password2": _("New password again")}
    helps = {"password1": _RULES}


class SetPasswordForm(Labelled, allauth_forms.SetPasswordForm):
    labels = {"password1": _NEW_PASSWORD, "password2": _("New password again")}
    helps = {"password1": _RULES}


class ResetPasswordForm(Labelled, allauth_forms.ResetPasswordForm):
    labels = {"email": _EMAIL}


class ResetPasswordKeyForm(Labelled, allauth_forms.ResetPasswordKeyForm):
    labels = {"password1": _NEW_PASSWORD, "password2": _("New password again")}
    helps = {"password1": _RULES}


class ReauthenticateForm(Labelled, allauth_forms.ReauthenticateForm):
    labels = {"password": _PASSWORD}


class ProviderSignupForm(Labelled, provider_forms.SignupForm):
    """Asked only where the provider gave no address, or one that is taken."""

    labels = {"email": _EMAIL}


class TokenForm(Form):
    """What a new API token is called, what it may do and how long it lasts."""

    name = forms.CharField(
        label=pgettext_lazy("of a thing", "Name"),
        max_length=80,
        help_text=_("Such as the program that will use it. Only you see it."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose no more than the program needs. It never sees or does more than you may."),
    )
    days = forms.ChoiceField(
        label=_("How long it lasts"),
        choices=[("30", _("30 days")), ("90", _("90 days")), ("365", _("One year"))],
        initial="90",
    )

    def __init__(self, *arguments: Any, scopes: list[str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["scopes"].choices = scope_choices(scopes)

    def clean_name(self) -> str:
        return str(self.cleaned_data["name"]).replace("\x00", "")


_ACCESS = {"read": _("%(room)s: read"), "write": _("%(room)s: change")}


def scope_choices(codes: list[str]) -> list[tuple[str, str]]:
    """Say scopes in words; those that no room declares (acts of the secretariat) stand last."""
    known = {scope.code: _ACCESS[scope.access] % {"room": scope.room} for scope in rooms.scopes()}
    return [(code, str(known.get(code, _("Acts of the secretariat")))) for code in codes]


class ResetSecondFactorForm(Form):
    """Whose second step is taken away, and why."""

    email = forms.EmailField(label=_("E-mail address of the account"))
    reason = forms.ChoiceField(
        label=_("What happened to it"),
        choices=[("lost", _("It was lost")), ("stolen", _("It was stolen")), ("broken", _("It is broken"))],
    )

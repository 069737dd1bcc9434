"""Where allauth's sign-up meets our people."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from minga.members import services
from minga.members.models import Account


class AccountAdapter(DefaultAccountAdapter):
    """Begins a person with every new account."""

    def save_user(self, request: HttpRequest, user: Account, form: Any, commit: bool = True) -> Account:
        account: Account = super().save_user(request, user, form, commit=commit)
        if commit:
            services.person_for(account)
        return account

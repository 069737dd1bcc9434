"""Who needs a second step and has none yet is nobody on this site, but for the pages on which to set one up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url

from minga.members import selectors

#: Open to whoever has to set up a second step. Everything else sees a visitor.
_SET_UP = frozenset({"account_logout", "account_reauthenticate", "account_set_password"})
#: Who is signed in has nothing to do there; the way leads on to the set-up.
_ENTRANCES = frozenset({"account_login", "account_signup"})


class SecondFactorMiddleware:
    """Take the powers away on the server, at one place, so that no page and no API route can forget to ask."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        to_sign_in = response.status_code == 302 and response["Location"].startswith(resolve_url(settings.LOGIN_URL))
        if to_sign_in and getattr(request, "second_factor_due", False):
            return redirect("mfa_index")
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], arguments: Any, named: Any
    ) -> HttpResponseBase | None:
        """Turn the person into a visitor before any view runs."""
        # without a session there is nobody to look up
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        if not selectors.know_roles(request.user):
            return None
        name = (request.resolver_match.url_name if request.resolver_match else "") or ""
        if name in _ENTRANCES:
            return redirect("mfa_index")
        if name not in _SET_UP and not name.startswith("mfa_"):
            request.second_factor_due = True  # type: ignore[attr-defined]
            request.user = AnonymousUser()
        return None

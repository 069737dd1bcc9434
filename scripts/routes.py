"""Every page of the site, read from its URL resolver: the reference lists them, and a test visits each as everybody."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern, RegexPattern


@dataclass(frozen=True)
class Route:
    """One address pattern: `/{language}/readiness/a/<code>/`, its name, and the view behind it."""

    address: str
    name: str
    view: Callable[..., Any]

    @property
    def summary(self) -> str:
        """Say what the page is for: the first paragraph of the view's docstring."""
        if self.name in SIGN_IN_PAGES:
            return SIGN_IN_PAGES[self.name]
        return " ".join((inspect.getdoc(self.view) or "").split("\n\n")[0].split())


#: Pages of allauth, whose views do not say what a person does there.
SIGN_IN_PAGES = {
    "account_login": "Sign in by e-mail address and password.",
    "account_logout": "Sign out, after one question.",
    "account_inactive": "Say that an account may not sign in.",
    "account_signup": "Make an account; a message confirms the address.",
    "account_reauthenticate": "Give the password again before something that matters.",
    "account_email": "Change the e-mail address of an account.",
    "account_email_verification_sent": "Say that a message to confirm the address is on its way.",
    "account_confirm_email": "Confirm an e-mail address by the link in the message.",
    "account_change_password": "Change the password.",
    "account_set_password": "Set a password on an account that has none.",
    "account_reset_password": "Ask for a link to set a new password.",
    "account_reset_password_done": "Say that the link to set a new password is on its way.",
    "account_reset_password_from_key": "Set a new password by the link in the message.",
    "account_reset_password_from_key_done": "Say that the new password holds.",
    "mfa_index": "See the second step of one's sign-in: app with codes, passkeys, recovery codes.",
    "mfa_authenticate": "Take the second step of signing in: a code, or a passkey.",
    "mfa_reauthenticate": "Give a code again before something that matters.",
    "mfa_activate_totp": "Set up an app with codes.",
    "mfa_deactivate_totp": "Remove the app with codes.",
    "mfa_view_recovery_codes": "See and print one's recovery codes, after giving the password or a code again.",
    "mfa_generate_recovery_codes": "Make new recovery codes; the old ones end.",
    "mfa_download_recovery_codes": "Download one's recovery codes as a text file.",
    "mfa_list_webauthn": "See one's passkeys.",
    "mfa_add_webauthn": "Add a passkey; needs JavaScript.",
    "mfa_reauthenticate_webauthn": "Use a passkey again before something that matters.",
    "mfa_remove_webauthn": "Remove a passkey.",
    "mfa_edit_webauthn": "Rename a passkey.",
    "mfa_login_webauthn": "Sign in with a passkey alone.",
    "account_confirm_login_code": "Sign in by a code from a message; closed unless such codes are switched on.",
}


def page_routes() -> list[Route]:
    """Return every route outside the API, in the order in which the site tries them."""
    found = _walk(get_resolver(), "/", "")
    return [route for route in found if not route.name.startswith("api:")]


def _walk(resolver: URLResolver, prefix: str, namespace: str) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        address = prefix + _readable(entry.pattern)
        if isinstance(entry, URLPattern):
            yield Route(address, f"{namespace}{entry.name or ''}", entry.callback)
        else:
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, address, inner)


def _readable(pattern: Any) -> str:
    """Write a pattern the way people read addresses: parameters as <name>, the language as {language}."""
    if isinstance(pattern, LocalePrefixPattern):
        return "{language}/"
    text = str(pattern)
    if isinstance(pattern, RegexPattern):
        text = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", text).strip("^$").replace("\\", "").replace("Z", "")
    return re.sub(r"<\w+:(\w+)>", r"<\1>", text)


def api_routes(schema: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Return (method, address, operation) of every API route in an OpenAPI schema."""
    return [
        (method.upper(), address, operation)
        for address, operations in schema["paths"].items()
        for method, operation in operations.items()
    ]

"""Sign-in at an OpenID Connect provider that the operator chose; believes less than allauth does by itself."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import jwt
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from allauth.utils import build_absolute_uri
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from minga.members import selectors, services
from minga.members.models import Account

#: Signatures that a key only the provider holds can make.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_LOCAL = {"localhost", "127.0.0.1", "::1"}
#: How many seconds the clocks of both sides may be apart.
_LEEWAY = 60


class ProviderAdapter(OpenIDConnectOAuth2Adapter):
    """Reads the provider's description and its identity token; believes neither without a check."""

    @property
    def openid_config(self) -> dict[str, Any]:
        config: dict[str, Any] = super().openid_config
        issuer = str(self.get_provider().app.settings["server_url"])
        if str(config.get("issuer", "")).rstrip("/") != issuer.rstrip("/"):
            raise OAuth2Error("The provider calls itself by another address than the one that is set.")
        for part in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            address = urlsplit(str(config.get(part, "")))
            if address.scheme != "https" and not (address.scheme == "http" and address.hostname in _LOCAL):
                raise OAuth2Error(f"The provider names no safe address as {part}.")
        return config

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return str(build_absolute_uri(request, reverse("provider_callback")))

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **given: Any) -> SocialLogin:
        """Return who the identity token speaks of; the e-mail address may come from the provider's user page."""
        claims = self._decode_id_token(app, str(given["response"].get("id_token") or ""))
        if "email" not in claims and self.openid_config.get("userinfo_endpoint"):
            further = self._fetch_user_info(token.token)
            if further.get("sub") != claims["sub"]:
                raise OAuth2Error("The provider's user page speaks of somebody else.")
            claims = further | claims
        return self.get_provider().sociallogin_from_response(request, {"id_token": claims})

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        """Check signature, issuer, audience and time of an identity token, whatever way it came."""
        config = self.openid_config
        try:
            algorithm, key = jwtkit.fetch_key(id_token, config["jwks_uri"], jwtkit.lookup_kid_jwk)
            if algorithm not in _ALGORITHMS:
                raise OAuth2Error(f"The identity token is signed by {algorithm}.")
            return dict(
                jwt.decode(
                    id_token,
                    key=key,
                    algorithms=[algorithm],
                    issuer=config["issuer"],
                    audience=app.client_id,
                    leeway=_LEEWAY,
                    options={"require": ["exp", "iat", "sub", "iss", "aud"]},
                )
            )
        except (jwt.PyJWTError, KeyError, TypeError, ValueError) as problem:
            raise OAuth2Error("The identity token cannot be believed.") from problem


class Provider(OpenIDConnectProvider):
    """The one provider of the site."""

    oauth2_adapter_class = ProviderAdapter

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Keep nothing of what the provider tells but the number it knows the person by."""
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[EmailAddress]:
        claims = data["id_token"]
        if not claims.get("email"):
            return []
        # some providers write the truth as a text
        verified = claims.get("email_verified") in (True, "true")
        return [EmailAddress(email=str(claims["email"]).lower(), verified=verified, primary=True)]


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Decides whose account a sign-in at the provider opens."""

    error_messages = DefaultSocialAccountAdapter.error_messages | {
        "email_taken": _("An account with this address exists already. Sign in to it, then connect %s on your page."),
        "no_password": _("Set a password first, or you could no longer sign in."),
        "no_verified_email": _("Confirm your e-mail address first, or you could no longer sign in."),
    }

    def authenticate_by_email(self, sociallogin: SocialLogin) -> tuple[Account, str] | None:
        """Find the account with the confirmed address that the provider confirms as well.

        An account that is guarded by more than an address is not opened by an address: its holder signs in the usual
        way and connects the provider on the page for it.
        """
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            return None
        for given in sociallogin.email_addresses:
            own = EmailAddress.objects.filter(email__iexact=given.email, verified=True).select_related("user").first()
            if given.verified and own:
                _refuse_guarded(own.user)
                return own.user, own.email
        return None

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> Account:
        account: Account = super().save_user(request, sociallogin, form)
        services.person_for(account)
        return account


def _refuse_guarded(account: Account) -> None:
    if not (selectors.has_second_factor(account) or selectors.holds_guarded_role(account)):
        return
    from allauth.core import context

    messages.info(
        context.request,
        _(
            "Your account is protected by more than its address. "
            "Sign in here as usual, then connect the provider on your page."
        ),
    )
    raise ImmediateHttpResponse(redirect("account_login"))

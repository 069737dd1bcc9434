"""Pages around signing in: API tokens, a second step that was lost, and the way to and from a sign-in provider."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount import views as provider_views
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from requests import RequestException

from minga.members import selectors, services
from minga.members.account_forms import ResetSecondFactorForm, TokenForm
from minga.members.engine.errors import MembersError
from minga.members.models import Person
from minga.members.oidc import ProviderAdapter
from minga.web.ratelimit import limited

View = Callable[..., HttpResponse]

_LANGUAGE = "provider_language"


def _person(request: HttpRequest) -> Person:
    return selectors.person_of(request.user) or services.person_for(request.user)


# ---------------------------------------------------------------- API tokens
def _tokens_page(request: HttpRequest, form: TokenForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "tokens": selectors.tokens_of(_person(request)), "today": timezone.localdate()}
    return render(request, "members/tokens.html", context, status=status)


@require_GET
@never_cache
@login_required
def tokens(request: HttpRequest) -> HttpResponse:
    """My API tokens: what each may do, when it ends, when it was last used."""
    return _tokens_page(request, TokenForm(scopes=services.allowed_scopes(_person(request))))


@limited("members:token", times=30, seconds=3600)
@require_POST
@never_cache
@login_required
@reauthentication_required
def new_token(request: HttpRequest) -> HttpResponse:
    """Make an API token; it is shown this once."""
    person = _person(request)
    form = TokenForm(request.POST, scopes=services.allowed_scopes(person))
    if not form.is_valid():
        return _tokens_page(request, form, status=422)
    expires_on = timezone.localdate() + timedelta(days=int(form.cleaned_data["days"]))
    try:
        token = services.make_token(
            person=person, name=form.cleaned_data["name"], scopes=form.cleaned_data["scopes"], expires_on=expires_on
        )
    except MembersError:
        form.add_error(None, _("You have as many tokens as one person may have. Revoke one that no program uses."))
        return _tokens_page(request, form, status=422)
    context = {"token": token, "name": form.cleaned_data["name"], "expires_on": expires_on}
    return render(request, "members/new_token.html", context)


@require_POST
@login_required
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of my API tokens at once."""
    token = get_object_or_404(selectors.tokens_of(_person(request)), pk=pk)
    services.revoke_token(token=token, by=_person(request))
    messages.success(request, _("The token is revoked. Whatever used it is refused from now on."))
    return redirect("members:tokens")


# ---------------------------------------------------------------- a second step that was lost
@limited("members:second-factor", times=30, seconds=3600)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def reset_second_factor(request: HttpRequest) -> HttpResponse:
    """Take away somebody's lost second step, for the secretariat; recorded, and mailed to the person."""
    if not request.user.has_perm("members.reset_second_factor"):
        raise PermissionDenied
    form = ResetSecondFactorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.reset_by_address(**form.cleaned_data, by=_person(request))
        except MembersError:
            form.add_error(
                "email",
                _("There is nothing to reset: no account has this address, it has no second step, or it is your own."),
            )
        else:
            messages.success(request, _("The second step is taken away, and its holder was told by mail."))
            return redirect("members:reset_second_factor")
    return render(request, "members/reset_second_factor.html", {"form": form})


# ---------------------------------------------------------------- a sign-in provider
def _where_provider(view: View) -> View:
    """Answer as if there were no such page where the site has no provider."""

    @wraps(view)
    def asked(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        if not settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]:
            raise Http404
        return view(request, *arguments, **named)

    return asked


def _adapter(request: HttpRequest) -> ProviderAdapter:
    (app,) = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    return ProviderAdapter(request, app["provider_id"])


@_where_provider
@require_POST
@never_cache
def provider_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead on to the sign-in provider.

    By a page that goes on by itself, not by a redirect: a form may lead only to this site, and stays so.
    """
    provider = _adapter(request).get_provider()
    connects = request.POST.get("process") == AuthProcess.CONNECT and request.user.is_authenticated
    request.session[_LANGUAGE] = translation.get_language()
    try:
        response = provider.redirect(
            request,
            process=AuthProcess.CONNECT if connects else AuthProcess.LOGIN,
            next_url=get_next_redirect_url(request),
        )
    except (RequestException, OAuth2Error, LookupError, ValueError) as problem:
        response = render_authentication_error(request, provider, exception=problem)
    if response.status_code != 302:
        return response
    return render(request, "members/to_provider.html", {"address": response["Location"], "provider": provider.name})


@_where_provider
@require_GET
@never_cache
def provider_callback(request: HttpRequest) -> HttpResponse:
    """Come back from the sign-in provider, in the language one left in."""
    language = request.session.pop(_LANGUAGE, "")
    if language in dict(settings.LANGUAGES):
        translation.activate(language)
        request.LANGUAGE_CODE = language
    adapter = _adapter(request)
    try:
        return OAuth2CallbackView.adapter_view(adapter)(request)
    except (RequestException, OAuth2Error, LookupError, ValueError) as problem:
        return render_authentication_error(request, adapter.get_provider(), exception=problem)


@_where_provider
def provider_connections(request: HttpRequest) -> HttpResponse:
    """See whether my account is connected with the sign-in provider; connect it, or part them."""
    return provider_views.connections(request)


@_where_provider
def provider_sign_up(request: HttpRequest) -> HttpResponse:
    """Give the address that the sign-in provider did not."""
    return provider_views.signup(request)


@_where_provider
@require_GET
def provider_cancelled(request: HttpRequest) -> HttpResponse:
    """Say that nobody was signed in, because one turned back at the provider."""
    return provider_views.login_cancelled(request)


@_where_provider
@require_GET
def provider_error(request: HttpRequest) -> HttpResponse:
    """Say that signing in at the provider did not work, and what to do."""
    return provider_views.login_error(request)

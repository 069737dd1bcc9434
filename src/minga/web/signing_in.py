"""Pages for somebody who is signed in: whoever is not goes to sign in first, and typed words come back afterwards."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme

View = Callable[..., HttpResponse]
#: What no page repeats, whoever typed it.
_SECRET = ("csrfmiddlewaretoken", "password")


def signed_in(view: View) -> View:
    """Give a page to accounts only."""

    @wraps(view)
    def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return sign_in_first(request)
        return view(request, *arguments, **named)

    return guarded


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """Send a reader to sign in and then back; show a writer the typed words, which the tab keeps until then.

    The answer is the same whatever stands at the address, so it tells nobody that there is anything.
    """
    if request.method in {"GET", "HEAD"}:
        return redirect_to_login(request.get_full_path())
    page = page_of_the_form(request)
    beginning, _mark, query = page.partition("?")
    back = f"{beginning}?{query + '&' if query else ''}typed=1"
    typed = [
        (name, value)
        for name, values in request.POST.lists()
        if not any(secret in name for secret in _SECRET)
        for value in values
    ]
    words = {
        "typed": [(name, value, _is_text(value)) for name, value in typed],
        "has_text": any(_is_text(value) for _name, value in typed),
        "page": beginning,
        "sign_in": f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': back})}",
    }
    response = render(request, "web/sign_in_again.html", words, status=403)
    add_never_cache_headers(response)
    return response


def page_of_the_form(request: HttpRequest, instead: str | None = None) -> str:
    """Return the page on which somebody wrote: a form may post to an address that shows nothing.

    Where the browser does not say, it is `instead`, or else the address to which the form was sent.
    """
    came_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        return request.path if instead is None else instead
    found = urlsplit(came_from)
    # an address may begin with two slashes, and a link that does leads to another host
    return "/" + found.path.lstrip("/") + (f"?{found.query}" if found.query else "")


def _is_text(value: str) -> bool:
    """Whether a value is words that somebody would have to think of again."""
    return len(value) > 20 and " " in value.strip()

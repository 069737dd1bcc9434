"""What all pages of the room share: the consultation of an address, given only to whoever may see it or work on it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from minga.deliberation.selectors import access
from minga.web.signing_in import sign_in_first

View = Callable[..., HttpResponse]
_SAVED = "deliberation-saved"


def posted(request: HttpRequest) -> Any:
    """Return what a form takes: the fields of a post, also of an empty one; None where the page is only read."""
    return request.POST if request.method == "POST" else None


def remember_saved(request: HttpRequest, kept: str) -> None:
    """Remember that words are saved which the browser keeps under this name; the next page deletes them there."""
    request.session[_SAVED] = kept


def take_saved(request: HttpRequest) -> str:
    """Return under which name the browser keeps words that are saved now; empty where none are."""
    return str(request.session.pop(_SAVED, ""))


def shows_consultation(view: View) -> View:
    """Give a view the consultation of its address, or answer 404."""

    @wraps(view)
    def guarded(request: HttpRequest, slug: str, **named: Any) -> HttpResponse:
        return view(request, access.find_consultation(slug, request.user), **named)

    return guarded


def works_on(*tasks: str) -> Callable[[View], View]:
    """Give a view the consultation of its address if the account has one of these tasks in it; 404 otherwise.

    Who is not signed in is asked to, before anything is looked up: so nobody learns what there is.
    """

    def guard(view: View) -> View:
        @wraps(view)
        @never_cache
        def guarded(request: HttpRequest, slug: str, **named: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return sign_in_first(request)
            return view(request, access.find_for_work(slug, request.user, *tasks), **named)

        return guarded

    return guard


def shows_conversation(view: View) -> View:
    """Give a view the conversation of its address, or answer 404."""

    @wraps(view)
    def guarded(request: HttpRequest, slug: str, **named: Any) -> HttpResponse:
        return view(request, access.find_conversation(slug, request.user), **named)

    return guarded


def works_on_conversation(*tasks: str) -> Callable[[View], View]:
    """Give a view the conversation of its address if the account has a task in it, as `works_on` does."""

    def guard(view: View) -> View:
        @wraps(view)
        @never_cache
        def guarded(request: HttpRequest, slug: str, **named: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return sign_in_first(request)
            return view(request, access.find_conversation_for_work(slug, request.user, *tasks), **named)

        return guarded

    return guard

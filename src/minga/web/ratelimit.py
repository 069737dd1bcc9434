"""How often one address may post: counts in the site's cache, without keeping any address."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from minga.web import errors

View = Callable[..., HttpResponse]

#: Methods that only read are never counted.
_READING = {"GET", "HEAD", "OPTIONS"}


def client_address(request: HttpRequest) -> str:
    """Return the address a request comes from; behind our own proxy the one the proxy saw."""
    if getattr(settings, "HTTPS_PROXY", False):
        forwarded = request.headers.get("X-Forwarded-For", "")
        if forwarded:
            # the last entry is the one our proxy wrote; what stands before it, anybody can invent
            return forwarded.rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def exceeded(request: HttpRequest, scope: str, times: int, seconds: int) -> bool:
    """Count this request, and say whether its address came more than `times` in the present window of `seconds`.

    The key is a keyed hash of address and scope, so the cache never tells who was here.
    """
    if not settings.RATE_LIMITS:
        return False
    window = int(time.time()) // seconds
    who = salted_hmac("minga.web.ratelimit", client_address(request), algorithm="sha256").hexdigest()
    key = "rate:" + hashlib.sha256(f"{scope}:{who}:{window}".encode()).hexdigest()
    if cache.add(key, 1, timeout=seconds):
        return times < 1
    try:
        return bool(cache.incr(key) > times)
    except ValueError:  # the entry ran out between the two calls: a new window has begun
        return False


def limited(scope: str, times: int, seconds: int) -> Callable[[View], View]:
    """Answer with 429 when one address posts to `scope` more than `times` within `seconds`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
            if request.method not in _READING and exceeded(request, scope, times, seconds):
                response = errors.too_many_requests(request)
                response["Retry-After"] = str(seconds - int(time.time()) % seconds)
                return response
            return view(request, *arguments, **named)

        return guarded

    return decorate

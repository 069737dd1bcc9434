"""How often one address, or one participant, may post: counts in the site's cache, without keeping any address."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from functools import wraps
from ipaddress import IPv6Address, ip_address
from typing import Any

from django.conf import settings
from django.core.cache import cache, caches
from django.core.cache.backends.db import BaseDatabaseCache
from django.db import connections, router
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from minga.web import errors

View = Callable[..., HttpResponse]

#: Methods that only read are never counted.
_READING = {"GET", "HEAD", "OPTIONS"}


def client_address(request: HttpRequest) -> str:
    """Return the address a request comes from; behind our own proxy the one the proxy saw.

    Of IPv6 it is the network: one line has 2 to the 64 addresses, and could count anew from each.
    """
    if getattr(settings, "HTTPS_PROXY", False):
        forwarded = request.headers.get("X-Forwarded-For", "")
        if forwarded:
            # the last entry is the one our proxy wrote; what stands before it, anybody can invent
            return _line(forwarded.rpartition(",")[2].strip())
    return _line(str(request.META.get("REMOTE_ADDR", "")))


def _line(address: str) -> str:
    """Return what one line shares: an address of IPv4, the first half of one of IPv6."""
    try:
        read = ip_address(address)
    except ValueError:  # a socket's file, or nothing at all
        return address
    if not isinstance(read, IPv6Address):
        return str(read)
    return str(read.ipv4_mapped or IPv6Address(int(read) >> 64 << 64))


def exceeded(request: HttpRequest, scope: str, times: int, seconds: int, weight: int = 1, *, who: str = "") -> bool:
    """Count this request, and say whether more than `times` came in the present window of `seconds`.

    A request that does the work of several counts as `weight`; with 0 it only looks. What came from one address is
    counted together, or what came under one sign `who`. The key is a keyed hash, so the cache never tells who was here.
    """
    if not settings.RATE_LIMITS:
        return False
    window = int(time.time()) // seconds
    sign = salted_hmac("minga.web.ratelimit", who or client_address(request), algorithm="sha256").hexdigest()
    key = "rate:" + hashlib.sha256(f"{scope}:{sign}:{window}".encode()).hexdigest()
    count = int(cache.get(key, 0)) + weight
    if weight:
        # not `incr`: in a database it forgets the end of the window, and the count is gone after five minutes
        cache.set(key, count, timeout=seconds)
    return count > times


def too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    """Answer with 429, and say when the present window of `seconds` is over."""
    wait = seconds_left(seconds)
    response = errors.too_many_requests(request, wait)
    response["Retry-After"] = str(wait)
    return response


def seconds_left(seconds: int) -> int:
    """Return how long the present window of `seconds` still lasts."""
    return seconds - int(time.time()) % seconds


def limited(scope: str, times: int, seconds: int, *, reading: bool = False) -> Callable[[View], View]:
    """Answer with 429 when one address posts to `scope` more than `times` within `seconds`; `reading`: or reads."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
            if (reading or request.method not in _READING) and exceeded(request, scope, times, seconds):
                return too_many(request, seconds)
            return view(request, *arguments, **named)

        return guarded

    return decorate


def forget_expired() -> dict[str, int]:
    """Delete counts whose window is over; the cache by itself would keep them until it is full."""
    counts = caches["default"]
    if not isinstance(counts, BaseDatabaseCache):
        return {"counts": 0}
    connection = connections[router.db_for_write(counts.cache_model_class)]
    now = connection.ops.adapt_datetimefield_value(timezone.now().replace(microsecond=0))
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {connection.ops.quote_name(counts._table)} WHERE expires < %s", [now])  # noqa: S608
        return {"counts": max(cursor.rowcount, 0)}

"""What happens around every request: a log line without a trace of the person, and no copy of private pages."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

from minga.web.logs import redact

log = logging.getLogger("minga.request")


class RequestLogMiddleware:
    """Log method, redacted path, status and duration; no address, no query string, no body."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        fields = {"status": response.status_code, "ms": round((time.perf_counter() - began) * 1000)}
        log.info("%s %s", request.method, redact(request.path), extra={"fields": fields})
        return response


class PrivatePagesMiddleware:
    """Keep what is made for a signed-in person out of every cache, also the browser's on a shared computer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # without a session there is nobody to look up, and a page that says how it may be kept means it
        asks = "Cache-Control" not in response and settings.SESSION_COOKIE_NAME in request.COOKIES
        if asks and request.user.is_authenticated:
            add_never_cache_headers(response)
        return response

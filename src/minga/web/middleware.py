"""One log line a request, without anything that identifies a person."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

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

"""Pages that belong to no room: the first page, health, accessibility, what programs can read."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

import minga
from minga.site.api import api

#: The loop in seven stages, as (thread colour, name, what people do, url name of the room that works, or none yet).
STAGES = (
    (
        "assess",
        _("Assess"),
        _("Know where you stand: 14 questions, 15 minutes, no consultant."),
        "readiness:start",
    ),
    (
        "advise",
        _("Advise"),
        _("Rules, support, courses, tools and centres that fit your gaps."),
        "knowledge:find",
    ),
    ("pilot", _("Pilot"), _("Try AI on your own machine data. See what it changed."), ""),
    ("validate", _("Validate"), _("Peers review the case. What works enters the common pool."), ""),
    ("measure", _("Measure"), _("Open indexes, with their uncertainty, from evidence."), "indicators:list"),
    ("deliberate", _("Deliberate"), _("Every voice counted, grouped, answered."), "deliberation:list"),
    ("govern", _("Govern"), _("Members, councils, standards, work plans, reports."), ""),
)


def to_language(request: HttpRequest) -> HttpResponse:
    """Send a visitor to the first page in the language the browser asks for."""
    response = redirect(f"/{translation.get_language_from_request(request)}/")
    patch_vary_headers(response, ["Accept-Language"])
    return response


def home(request: HttpRequest) -> HttpResponse:
    """Show the loop and the doors that are open."""
    return render(request, "site/home.html", {"stages": [_stage(*stage) for stage in STAGES]})


def _stage(thread: str, name: Any, text: Any, url_name: str) -> dict[str, Any]:
    return {"thread": thread, "name": name, "text": text, "url_name": url_name}


def accessibility(request: HttpRequest) -> HttpResponse:
    """State how accessible the site is and where to report a barrier."""
    return render(request, "site/accessibility.html")


def api_docs(request: HttpRequest) -> HttpResponse:
    """List every API route from the OpenAPI file; no script needed."""
    return render(request, "site/api_docs.html", {"routes": _routes()})


@cache
def _routes() -> list[dict[str, Any]]:
    """Read the routes off the OpenAPI file, once: making it takes longer than any page."""
    return [
        {
            "path": path,
            "method": method.upper(),
            "summary": operation.get("summary", ""),
            "text": operation.get("description", ""),
            "scope": operation["x-scope"],
        }
        for path, operations in api.get_openapi_schema()["paths"].items()
        for method, operation in operations.items()
    ]


@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """Say whether the site can read its database; 503 when not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        healthy = True
    except Exception:  # whatever the database says, the answer is "not healthy"
        healthy = False
    body = {"status": "ok" if healthy else "database unreachable", "version": minga.__version__}
    return JsonResponse(body, status=200 if healthy else 503)


def robots(request: HttpRequest) -> HttpResponse:
    """Keep search engines away from what belongs to enterprises."""
    lines = ["User-agent: *", *(f"Disallow: /{code}/readiness/a/" for code, _name in settings.LANGUAGES), ""]
    return HttpResponse("\n".join(lines), content_type="text/plain")

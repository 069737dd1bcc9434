"""What indicators shows on pages below it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string

from minga.indicators import report, selectors
from minga.web.panels import panel


@panel("country")
def country(request: HttpRequest, subject: Any) -> str | None:
    """Show a country's place in the published indexes."""
    rows = report.country_figures(getattr(subject, "iso2", "") or str(subject), is_sample=settings.SAMPLE)
    return render_to_string("indicators/_panel_country.html", {"rows": rows}, request) if rows else None


@panel("members:organization")
def organization(request: HttpRequest, subject: Any) -> str | None:
    """Lead a company's owner to its disclosure."""
    if not selectors.may_disclose(request.user, subject):
        return None
    found = selectors.disclosure_of(subject)
    words = {"organization": subject, "disclosure": found, "is_agreed": bool(found and selectors.is_agreed(found))}
    return render_to_string("indicators/_panel_organization.html", words, request)

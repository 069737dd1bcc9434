"""What meetings shows on pages below it: the alliance's page, a person's own, an organization's, a country's."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from minga.meetings import selectors, wording
from minga.web.panels import panel

_MOST = 5


@panel("members:me")
def mine(request: HttpRequest, subject: Any) -> str | None:
    """Lead people to the meetings to which they go or are invited."""
    coming = selectors.coming_meetings_of(subject)[:_MOST]
    rows = [{"meeting": one, "times": wording.times(one), "place": place} for one, place in coming]
    words = {"rows": rows, "may_set_up": selectors.may_set_up(request.user)}
    return render_to_string("meetings/_panel_me.html", words, request) if any(words.values()) else None


@panel("members:directory")
def of_the_alliance(request: HttpRequest, subject: Any) -> str | None:
    """Lead from the alliance to all its meetings, which have no entry of their own in the menu."""
    return render_to_string("meetings/_panel_alliance.html", {}, request)


@panel("members:organization")
def hosted(request: HttpRequest, subject: Any) -> str | None:
    """Show what an organization hosts, to whoever may see it."""
    return _place(request, selectors.meetings_visible_to(request.user).filter(organization=subject))


@panel("country")
def in_country(request: HttpRequest, subject: Any) -> str | None:
    """Show the public meetings that come in a country."""
    code = getattr(subject, "iso2", "") or str(subject)
    return _place(request, selectors.public_meetings().filter(country=code))


def _place(request: HttpRequest, found: Any) -> str | None:
    rows = [{"meeting": one, "times": wording.times(one)} for one in selectors.coming(found)[:_MOST]]
    return render_to_string("meetings/_panel_place.html", {"rows": rows}, request) if rows else None

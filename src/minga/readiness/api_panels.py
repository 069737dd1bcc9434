"""Published panels, for programs: what seven to fifteen people say of a sector, a city or a country."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Schema
from pydantic import StringConstraints

from minga.readiness import selectors, wording_panels
from minga.readiness.api_people import router
from minga.readiness.models import Panel

_MOST = 200
CountryCode = Annotated[str, StringConstraints(pattern="^[A-Za-z]{0,2}$")]


class ListedPanel(Schema):
    """A published panel."""

    id: uuid.UUID
    name: str
    country: str
    reach: str
    place: str
    sector: str
    is_sample: bool
    published_at: datetime


class ListedPanels(Schema):
    """Published panels, the latest first."""

    panels: list[ListedPanel]


@router.get("/panels", response=ListedPanels, summary="List published panels", auth=None)
def panels(request: HttpRequest, country: CountryCode = "") -> Any:
    """At most 200, the latest first; needs no account. `country` is two letters of ISO 3166, such as TN."""
    return {"panels": selectors.published_panels(country=country.upper())[:_MOST]}


@router.get("/panels/{uuid:pk}", response=dict[str, Any], summary="Read a published panel", auth=None)
def panel(request: HttpRequest, pk: uuid.UUID) -> Any:
    """The same result as the page and its JSON file: figures of five people and more."""
    found: Panel = get_object_or_404(selectors.published_panels(), pk=pk)
    firms = selectors.firms_beside(found)
    result = selectors.public_result(found, firms=firms)
    return wording_panels.to_plain(found, result, selectors.composition_of(found), firms)

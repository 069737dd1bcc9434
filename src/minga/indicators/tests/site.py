"""What page tests share: two people of the secretariat, and a small index of countries on its way to publication."""

from __future__ import annotations

from typing import Any

import polars as pl
from django.test import Client

from minga.indicators import services
from minga.indicators.engine.definition import Index, Indicator, Node
from minga.indicators.engine.scales import MinMax
from minga.indicators.engine.steps import Impute
from minga.indicators.models import CompositeIndex, Edition
from minga.members import services as members

#: seven invented rows; the figures mean nothing
TABLE = pl.DataFrame({
    "iso2": ["TN", "MA", "EG", "KE", "VN", "CO", "JO"],
    "exports": [12.0, 23.0, 9.0, 7.0, 31.0, 14.0, None],
    "skills": [3.0, 2.5, 3.5, 2.0, 4.0, 3.0, 2.0],
    "accidents": [40.0, 35.0, 30.0, 50.0, 20.0, 25.0, 45.0],
})  # fmt: skip


def definition(**changes: Any) -> Index:
    """An index of two parts; fewer accidents are better, gaps are filled."""
    index = Index(
        id="test",
        indicators=(
            Indicator(code="exports", parent="output", name="Exports", unit="billion", source="customs", year=2024),
            Indicator(code="skills", parent="people", name="Skills"),
            Indicator(code="accidents", parent="people", name="Accidents", direction=-1),
        ),
        nodes=(Node(code="all", name="All"), Node(code="output", parent="all", name="Output"),
               Node(code="people", parent="all", name="People", weight=2.0)),
        unit="iso2",
        impute=Impute(method="mean"),
        normalise=MinMax(1.0, 100.0),
    )  # fmt: skip
    for path, value in changes.items():
        index = index.replace(path.replace("__", "."), value)
    return index


def secretary(name: str) -> Any:
    """A person of the secretariat, called by one word."""
    account = members.createadmin(email=f"{name}@secretariat.example", password="a long enough password", name=name)
    return members.person_for(account)


def browser(person: Any) -> Client:
    """A browser in which a person is signed in."""
    client = Client()
    client.force_login(person.account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def begun(by: Any, slug: str = "exports-index", **fields: Any) -> CompositeIndex:
    given = {"titles": {"en": "Test index", "fr": "Indice d’essai"}, "units": "country"} | fields
    return services.create_index(slug=slug, by=by, **given)


def drafted(by: Any, index: CompositeIndex | None = None, *, table: pl.DataFrame = TABLE, **changes: Any) -> Edition:
    """A calculated draft of the year 2026."""
    index = index or begun(by)
    edition = services.create_draft(index=index, definition=definition(**changes), table=table, by=by, year=2026)
    return services.calculate(edition=edition)


def published(by: Any, other: Any, index: CompositeIndex | None = None, **changes: Any) -> Edition:
    """A published edition: proposed by one, published by the other."""
    edition = drafted(by, index, **changes)
    services.propose(edition=edition, by=by)
    return services.publish(edition=edition, by=other)

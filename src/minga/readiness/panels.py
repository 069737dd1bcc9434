"""What readiness shows on pages below it, and the words it shares: the seven factors."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import lazy

from minga.readiness import selectors, wording, wording_panels
from minga.stats import release
from minga.web import vocabulary
from minga.web.panels import panel


def _factor_name(factor: str) -> str:
    return selectors.generic(wording.language()).factor(factor).name


# The names come from the instrument in the language of the page, so a factor has one name everywhere.
vocabulary.register(
    "factors", {factor: lazy(_factor_name, str)(factor) for factor in selectors.generic("en").factor_ids}
)


def _template(request: HttpRequest, name: str, words: dict[str, Any]) -> str:
    return render_to_string(f"readiness/{name}.html", words, request)


@panel("home")
def assessed(request: HttpRequest, subject: Any) -> str | None:
    """Say how many enterprises were assessed; sample ones only on a site that serves the sample."""
    is_sample = settings.SAMPLE
    count = selectors.enterprises_assessed(is_sample=is_sample)
    if count < max(settings.MIN_PEERS, release.MIN_ORGANIZATIONS):
        return None
    return _template(request, "_panel_home", {"count": count, "is_sample": is_sample})


@panel("country")
def country(request: HttpRequest, subject: Any) -> str | None:
    """Show the middle level of each factor among a country's businesses, where the policy lets it be shown."""
    code = getattr(subject, "iso2", "") or str(subject)
    table = selectors.group_medians(is_sample=settings.SAMPLE, country=code)
    if table.is_empty():
        return None
    rows = [
        {**row, "name": wording.OVERALL if row["node"] == "total" else vocabulary.labels("factors")[row["node"]]}
        for row in table.iter_rows(named=True)
    ]
    shown = [row for row in rows if not row["withheld"]]
    least = max(settings.MIN_PEERS, release.MIN_ORGANIZATIONS)
    return _template(request, "_panel_country", {"rows": shown, "least": least, "is_sample": settings.SAMPLE})


#: how many panels a country's page shows; the page of all panels lists the rest
_MOST_PANELS = 3


@panel("country")
def panels(request: HttpRequest, subject: Any) -> str | None:
    """Show what published panels say of a country, its regions and its cities."""
    code = getattr(subject, "iso2", "") or str(subject)
    found = [
        (one, wording_panels.where(one), wording_panels.level_rows(selectors.public_result(one)))
        for one in selectors.published_panels(country=code)[:_MOST_PANELS]
    ]
    return _template(request, "_panel_panels", {"panels": found}) if found else None


@panel("members:me")
def validations(request: HttpRequest, subject: Any) -> str | None:
    """Lead assessors and the secretariat to what waits for them."""
    is_assessor, is_secretariat = selectors.is_assessor(request.user), selectors.is_secretariat(request.user)
    if not is_assessor and not is_secretariat:
        return None
    words = {
        "waiting": [one for one in selectors.validations_for(request.user) if one.status in selectors.RUNNING],
        "is_assessor": is_assessor,
        "queue": selectors.queue() if is_secretariat else None,
    }
    return _template(request, "_panel_validations", words)


@panel("members:me")
def mine(request: HttpRequest, subject: Any) -> str | None:
    """Show a person's own checks on her page."""
    words = {
        "assessments": selectors.assessments_of(request.user)[:5],
        "places": selectors.places_of(request.user)[:5],
        "is_adviser": selectors.is_adviser(request.user),
        "programmes": selectors.programmes_run_by(request.user)[:5],
        "may_run_programmes": bool(selectors.organizations_for_programmes(request.user)),
    }
    return _template(request, "_panel_mine", words)


@panel("members:me")
def seats(request: HttpRequest, subject: Any) -> str | None:
    """Lead people to the panels that they sit in or run."""
    words = {
        "seats": selectors.seats_of(request.user)[:5],
        "run": selectors.panels_run_by(request.user)[:5],
        "may_set_up": selectors.may_set_up_panels(request.user),
    }
    return _template(request, "_panel_seats", words) if any(words.values()) else None


@panel("members:me")
def importing(request: HttpRequest, subject: Any) -> str | None:
    """Lead the secretariat and advisers to answers that were given elsewhere."""
    return _template(request, "_panel_import", {}) if selectors.may_import(request.user) else None

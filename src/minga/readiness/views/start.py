"""The first pages: what business it is, which questions fit, and the start without an account."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from minga import members as world
from minga.readiness import selectors, services, wording
from minga.readiness.forms import ConfirmForm, StartForm
from minga.readiness.models import Assessment
from minga.readiness.views.common import language, remember
from minga.web.ratelimit import limited


def start(request: HttpRequest) -> HttpResponse:
    """Ask for sector, country and size; the answers go to the next page in its address, and nothing is stored."""
    mine = list(selectors.assessments_of(request.user)[:1])
    form = StartForm(initial=_initial(request))
    del form.fields["name"]
    words = {"form": form, "generic": selectors.generic(language()), "has_own": bool(mine)}
    return render(request, "readiness/start.html", words)


def _initial(request: HttpRequest) -> dict[str, Any]:
    """Take what is known from the address (a repeated check) or from the signed-in person's organization."""
    known = {key: request.GET[key] for key in ("country", "sector", "size") if key in request.GET}
    organizations = selectors.organizations_owned_by(request.user)
    if not known and len(organizations) == 1:
        own = organizations[0]
        known = {"country": own.country, "sector": own.sector, "size": own.size}
    return known


@limited("readiness-start", times=60, seconds=3600)
def confirm(request: HttpRequest) -> HttpResponse:
    """Show which supplements fit and how to answer; a post starts the assessment."""
    asked = request.POST if request.method == "POST" else request.GET
    form = ConfirmForm(asked)
    if not form.is_valid():
        form.fields.pop("name")
        words = {"form": form, "generic": selectors.generic(language()), "has_own": False}
        return render(request, "readiness/start.html", words, status=422)
    if request.method == "POST":
        return _started(request, form.cleaned_data)
    return render(request, "readiness/confirm.html", _confirm_words(request, form))


def _confirm_words(request: HttpRequest, form: ConfirmForm) -> dict[str, Any]:
    given = form.cleaned_data
    where = given["country"], given["sector"]
    fitting = [one.id for one in selectors.fitting_overlays(*where)]
    possible = [one.id for one in selectors.possible_overlays(*where)]
    return {
        "form": form,
        "country": world.country(given["country"]).name(language()),
        "sector": world.sector(given["sector"]).name(language()),
        "size": Assessment.Size(given["size"]).label,
        "overlays": [_overlay_words(one, is_certain=one in fitting) for one in [*fitting, *possible]],
        "instrument": selectors.generic(language()),
        "minutes": selectors.minutes_of(selectors.generic("en"), "short"),
        "organizations": selectors.organizations_owned_by(request.user),
    }


def _overlay_words(overlay: str, *, is_certain: bool) -> dict[str, Any]:
    """Say in the page's language what one supplement is, and how many questions it adds."""
    merged = services.preview((overlay,)).in_language(language())
    reference = merged.overlays[0]
    added = [key for key in merged.provenance if key.count(".") == 1 and merged.has_item(key.partition(".")[2])]
    return {
        "id": overlay,
        "title": wording.overlay_title(overlay, reference.title),
        "rationale": reference.rationale,
        "is_example": reference.status == "example",
        "is_certain": is_certain,
        "added": len(added),
    }


def _started(request: HttpRequest, given: dict[str, Any]) -> HttpResponse:
    organizations = {str(own.pk): own for own in selectors.organizations_owned_by(request.user)}
    organization = organizations.get(request.POST.get("organization", ""))
    assessment = services.start_assessment(
        country=given["country"],
        sector=given["sector"],
        size=given["size"],
        name=given["name"] or (organization.name if organization else ""),
        overlays=given["overlays"],
        language=language(),
        account=request.user if request.user.is_authenticated else None,
        organization=organization,
    )
    first = selectors.instrument_of(assessment, language()).items_of(None, assessment.form)[0].factor
    response = redirect("readiness:answer", pk=assessment.pk, factor=first)
    if assessment.is_claimed:
        return response
    return remember(response, assessment, services.give_key(assessment=assessment))

"""Pages of Find help: search, one record, one country."""

from __future__ import annotations

from itertools import groupby

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from minga import members
from minga.knowledge import selectors, services, words
from minga.knowledge.engine.records import SOURCE_LANGUAGE
from minga.knowledge.forms import FindForm
from minga.knowledge.models import Record, RecordText
from minga.members import selectors as members_selectors
from minga.web.numbers import read_number


def _page_number(request: HttpRequest) -> int:
    return read_number(request.GET.get("page")) or 1


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Search over all records, with filters."""
    language = get_language() or SOURCE_LANGUAGE
    form = FindForm(request.GET, counted=selectors.choices())
    criteria = form.criteria()
    results = selectors.find(criteria, language, page=_page_number(request))
    return render(request, "knowledge/find.html", {"form": form, "criteria": criteria, "results": results})


def _get_or_404(slug: str) -> Record:
    try:
        return selectors.one(slug)
    except Record.DoesNotExist:
        raise Http404 from None


def _steps(record: Record, text: RecordText) -> RecordText:
    """Return the text whose steps are shown: the reader's, or the English one where only that has any."""
    return text if text.steps else selectors.text_for(record.texts.all(), SOURCE_LANGUAGE)


@require_safe
def record(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one record with its source and how sure it is."""
    found = _get_or_404(slug)
    text = selectors.text_for(found.texts.all(), get_language() or SOURCE_LANGUAGE)
    return render(
        request,
        "knowledge/record.html",
        {
            "record": found,
            "text": text,
            "steps": _steps(found, text),
            "countries": sorted(selectors.values(found.countries), key=words.country),
            "sectors": selectors.values(found.sectors),
            "factors": selectors.values(found.factors),
            "audiences": selectors.values(found.audiences),
            "languages": selectors.values(found.languages),
            "may_check": not found.is_sample and members_selectors.is_secretariat(request.user),
        },
    )


@require_POST
def check(request: HttpRequest, slug: str) -> HttpResponse:
    """Note that the secretariat compared a record with its source today."""
    if not members_selectors.is_secretariat(request.user):
        raise PermissionDenied(
            _("Only the secretariat notes that a record was checked. Sign in as one of its members.")
        )
    found = _get_or_404(slug)
    services.mark_checked(record=found, by=request.user, on=timezone.localdate())
    return redirect(found)


@require_safe
def country(request: HttpRequest, code: str) -> HttpResponse:
    """Show what is made for one country, and what other rooms know of it."""
    try:
        place = members.country(code)
    except members.MembersError:
        raise Http404 from None
    if code != place.iso2:
        return redirect("knowledge:country", place.iso2, permanent=True)
    language = get_language() or SOURCE_LANGUAGE
    found, total = selectors.of_country(place.iso2, language)
    cards = sorted(found, key=lambda card: list(words.TYPES).index(card.type))
    groups = [(kind, list(group)) for kind, group in groupby(cards, key=lambda card: card.type)]
    return render(
        request,
        "knowledge/country.html",
        {
            "country": place,
            "name": place.name(language),
            "groups": groups,
            "shown": len(cards),
            "total": total,
            "everywhere": selectors.open_everywhere(),
        },
    )

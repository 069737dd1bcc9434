"""The pages of consultations for everyone: the list, one consultation, one round, and beginning one."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minga import members as world
from minga.deliberation import wording_consulting as wording
from minga.deliberation.engine.errors import ActError
from minga.deliberation.forms_consulting import ConsultationForm
from minga.deliberation.models import Consultation, Level
from minga.deliberation.selectors import access, consulting, finding, overview, rounds
from minga.deliberation.services import consulting as services
from minga.deliberation.views.common import posted, shows_consultation
from minga.text import sorting_key
from minga.web.ratelimit import limited
from minga.web.signing_in import signed_in

_A_PAGE, _OWN, _LONGEST_SEARCH = 20, 12, 200


@require_safe
def consultations(request: HttpRequest) -> HttpResponse:
    """List what people are asked, with filters, and what one works on."""
    codes, language = consulting.countries_of_consultations(), wording.language()
    chosen, asked = _filters(request, codes), request.GET.get("q", "").strip()[:_LONGEST_SEARCH]
    found = finding.find(asked, language) if asked else None
    page = Paginator(consulting.listed(**chosen, among=found), _A_PAGE).get_page(request.GET.get("page"))
    worked_on = Paginator(access.consultations_worked_on_by(request.user), _OWN).get_page(request.GET.get("own"))
    countries = [(code, world.country(code).name(language)) for code in codes]
    words = {
        "page": page,
        "cards": [_card(one) for one in page],
        "worked_on": worked_on,
        "own_cards": [_card(one) for one in worked_on],
        "may_begin": consulting.may_begin(request.user),
        "chosen": chosen,
        "asked": asked,
        "is_narrowed": any(chosen.values()),
        "countries": sorted(countries, key=lambda pair: sorting_key(pair[1])),
        "levels": Level.choices,
        "states": [one for one in Consultation.State.choices if one[0] != Consultation.State.DRAFT],
    }
    return render(request, "deliberation/consultations.html", words)


def _filters(request: HttpRequest, countries: Collection[str]) -> dict[str, str]:
    """Return the filters of the address; a value that there is not filters nothing."""
    possible = {"state": Consultation.State.values, "country": countries, "level": Level.values}
    given = {name: request.GET.get(name, "") for name in possible}
    return {name: value if value in possible[name] else "" for name, value in given.items()}


def _card(consultation: Consultation) -> dict[str, Any]:
    return {
        "consultation": consultation,
        "text": wording.shown(consultation),
        "where": wording.where(consultation),
        "asked_by": wording.asked_by(consultation),
    }


@require_safe
@shows_consultation
def consultation(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """Show a question, how far it is, how to speak, and everything that came of it."""
    progress = consulting.progress(consultation)
    words = _card(consultation) | {
        "steps": wording.steps(progress),
        "progress": progress,
        "until": consulting.open_until(consultation),
        "talks": [(one, wording.shown(one)) for one in consulting.open_conversations(consultation)],
        "meetings": consulting.coming_meetings(consultation),
        "parts": overview.public_parts(consultation),
        "rounds": consulting.round_counts(consultation),
        "policy": wording.policy(consultation),
        "least": settings.MIN_PERSONS,
        "may_work": access.may(request.user, consultation),
    }
    return render(request, "deliberation/consultation.html", words)


@require_safe
@limited("deliberation-round", times=120, seconds=600, reading=True)
@shows_consultation
def round_page(request: HttpRequest, consultation: Consultation, number: int) -> HttpResponse:
    """Show one round: what was said in it and in its parts, and how to speak in it."""
    counted = consulting.round_counts(consultation)
    found = next((one for one in counted if one.round.number == number), None)
    if found is None:
        raise Http404
    words = _card(consultation) | {
        "counted": found,
        "round": found.round,
        "round_where": wording.where(found.round),
        "rounds": consulting.below(found),
        "became": _became(consultation, counted, found),
        "above": consulting.with_ancestors(found.round)[1:],
        "talks": [(one, wording.shown(one)) for one in consulting.public_conversations(consultation, found.round)],
        "least": settings.MIN_PERSONS,
        "may_speak": consultation.is_open and found.is_open,
    }
    return render(request, "deliberation/round.html", words)


def _became(
    consultation: Consultation, counted: list[consulting.RoundCounts], found: consulting.RoundCounts
) -> list[tuple[consulting.RoundCounts, rounds.Outcome | None]]:
    """Lay out a round and its parts, each with what became of its voices; nothing where nobody has spoken in it."""
    if not found.heard:
        return []
    told = rounds.outcomes(consultation, counted)
    return [(one, told[one.round.number]) for one in (found, *consulting.below(found))]


@limited("deliberation-begin", times=30, seconds=3600)
@signed_in
def new(request: HttpRequest) -> HttpResponse:
    """Begin a consultation, in the name of an organization or for the secretariat."""
    if not consulting.may_begin(request.user):
        raise Http404
    owned, may_alone = consulting.organizations_for_consultations(request.user), consulting.is_secretariat(request.user)
    language = wording.language()
    form = ConsultationForm(owned, language, may_alone, posted(request), initial={"language": language})
    if request.method == "POST" and form.is_valid():
        try:
            begun = services.begin(**form.consultation(), by=request.user, is_sample=settings.SAMPLE)
        except ActError as error:
            form.add_error("slug" if error.code in {"slug", "taken"} else None, str(wording.refusal(error.code)))
        else:
            messages.success(request, _("The consultation is in preparation. Only you and your team see it."))
            return redirect("deliberation:desk", begun.slug)
    return render(request, "deliberation/new.html", {"form": form}, status=422 if form.errors else 200)

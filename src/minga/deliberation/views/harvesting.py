"""Takeaways of meetings and statements of conversations become voices."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext

from minga.deliberation import wording_intake
from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import Consultation
from minga.deliberation.selectors import access, harvesting
from minga.deliberation.services import harvesting as services
from minga.deliberation.services.sources import TakenIn
from minga.deliberation.views.common import works_on
from minga.deliberation.views.intake import frame

_ANALYST = access.Task.ANALYST


@works_on(_ANALYST)
def meeting(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """Offer the takeaways of meetings that somebody may see; a post takes those in that were ticked."""
    rows = harvesting.takeaways_for(consultation, request.user)
    if request.method != "POST":
        return render(request, "deliberation/take_takeaways.html", frame(consultation) | {"rows": rows})
    ticked = set(request.POST.getlist("takeaway"))
    chosen = [(held, [one for one, _known in said if str(one.pk) in ticked]) for held, said in rows]
    wanted = [(held, said) for held, said in chosen if said]

    def take() -> list[TakenIn]:
        return [
            services.voices_from_takeaways(consultation=consultation, meeting=held, takeaways=said, by=request.user)
            for held, said in wanted
        ]

    return _taken(request, consultation, take)


@works_on(_ANALYST)
def conversation(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """Offer the statements of conversations; a post takes all accepted ones in, or those that all groups agree on."""
    if request.method != "POST":
        words = frame(consultation) | {"rows": harvesting.conversations_for(consultation)}
        return render(request, "deliberation/take_statements.html", words)
    found = get_object_or_404(consultation.conversations, slug=request.POST.get("conversation", ""))
    which = harvesting.CONSENSUS if request.POST.get("which") == harvesting.CONSENSUS else harvesting.ACCEPTED
    return _taken(
        request,
        consultation,
        lambda: [services.voices_from_conversation(conversation=found, which=which, by=request.user)],
    )


def _taken(request: HttpRequest, consultation: Consultation, take: Callable[[], list[TakenIn]]) -> HttpResponse:
    """Take in, and say how many voices came of it."""
    try:
        made = take()
        if not made:
            raise ActError("known", "Nothing was chosen.")
    except ActError as error:
        messages.error(request, str(wording_intake.refusal(error.code)))
        return redirect(request.path)
    count = sum(len(one.voices) for one in made)
    messages.success(
        request, ngettext("%(count)s voice is made.", "%(count)s voices are made.", count) % {"count": count}
    )
    return redirect("deliberation:source", consultation.slug, made[-1].source.number)

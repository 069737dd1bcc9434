"""Voices in public: the list, and the way of each from its words to the commitments that came of it."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minga.deliberation import wording_answering as wording
from minga.deliberation import wording_consulting
from minga.deliberation.models import Consultation
from minga.deliberation.selectors import access, rounds, theming
from minga.deliberation.selectors import voices as selectors
from minga.deliberation.views.common import shows_consultation
from minga.meetings import selectors as meetings
from minga.web.ratelimit import limited

_PER_PAGE = 20
_ASKED = ("q", "theme", "language", "answer", "round")


def frame(consultation: Consultation) -> dict[str, Any]:
    """Return what every public page of a consultation shows."""
    return {"consultation": consultation, "text": wording_consulting.shown(consultation)}


@require_safe
@limited("deliberation-voices", times=600, seconds=600, reading=True)
@shows_consultation
def voices(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """List the voices that may be shown, with their answers."""
    # PostgreSQL cannot compare with the character NUL, and nobody types it
    asked = {name: request.GET.get(name, "").replace("\x00", "").strip() for name in _ASKED}
    every = selectors.public_voices(consultation)
    found = selectors.sifted(
        every, consultation, words=asked["q"], theme=asked["theme"], language=asked["language"], answer=asked["answer"]
    )
    choices = rounds.to_choose(consultation)
    found = rounds.said_in(found, choices, asked["round"])
    page = Paginator(found.select_related("source"), _PER_PAGE).get_page(request.GET.get("page"))
    words = frame(consultation) | {
        "page": page,
        "stories": selectors.stories(consultation, page.object_list),
        "asked": asked,
        "is_narrowed": any(asked.values()),
        "themes": list(theming.in_use(consultation).order_by("name")),
        "rounds": [one.round for one in choices],
        "languages": [(code, _language_name(code)) for code in selectors.languages_of(every)],
        "answers": [(selectors.WAITING, _("waits for its answer")), *wording.ANSWERS.items()],
    }
    return render(request, "deliberation/answering_voices.html", words)


def _language_name(code: str) -> str:
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


@require_safe
@limited("deliberation-voices", times=600, seconds=600, reading=True)
@shows_consultation
def voice(request: HttpRequest, consultation: Consultation, number: int) -> HttpResponse:
    """Show one voice at its permanent address, with the way it took."""
    found = selectors.find_public(consultation, number)
    (story,) = selectors.stories(consultation, [found])
    words = frame(consultation) | {
        "story": story,
        "meeting": meetings.public_meetings().filter(pk=found.source.meeting_id).first(),
        "is_public": True,
        "may_work": access.may(request.user, consultation, access.Task.ANALYST),
    }
    return render(request, "deliberation/answering_voice.html", words)

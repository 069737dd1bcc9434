"""Themes in public: all of a consultation, and each at its permanent address with all that came of it."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from minga.deliberation import wording_answering as wording
from minga.deliberation.models import Consultation
from minga.deliberation.selectors import access, answering, citing, consulting, theming
from minga.deliberation.selectors import themes as selectors
from minga.deliberation.views.common import shows_consultation
from minga.deliberation.views.common_drafts import cited
from minga.deliberation.views.voices import frame
from minga.web.ratelimit import limited

_PER_PAGE = 50
#: Voices on a page of the theme that they speak of.
_VOICES = 20
#: Pieces of evidence on it; the pages of its clauses hold all.
_EVIDENCE = 20
_READS = limited("deliberation-themes", times=600, seconds=600, reading=True)


@require_safe
@_READS
@shows_consultation
def themes(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """List what voices are about, with how many say it and how far it is answered."""
    page = Paginator(selectors.listed(consultation), _PER_PAGE).get_page(request.GET.get("page"))
    words = frame(consultation) | {
        "page": page,
        "rows": selectors.counted(consultation, page.object_list),
        "ended": list(selectors.ended(consultation)),
        "read": selectors.with_a_theme(consultation).count(),
        "all": consulting.standing_voices(consultation).count(),
    }
    return render(request, "deliberation/themes.html", words)


@require_safe
@_READS
@shows_consultation
def theme(request: HttpRequest, consultation: Consultation, number: int) -> HttpResponse:
    """Show one theme: who says it, what they were answered, and what came of it; this address stays."""
    found = selectors.find(consultation, number)
    (said,) = selectors.counted(consultation, [found])
    clauses = selectors.followed(consultation, found)
    page = Paginator(selectors.voices_of(consultation, found), _VOICES).get_page(request.GET.get("page"))
    own = theming.own_answers(page.object_list)
    words: dict[str, Any] = frame(consultation) | {
        "said": said,
        "theme": found,
        "chain": answering.chain_of(said.answer)[1:],
        "clauses": [(one, wording.KINDS[one.change.kind]) for one in clauses],
        "still_to_carry": not clauses and said.is_accepted,
        "evidence": cited(selectors.evidence_of(said.answer, clauses)[:_EVIDENCE]),
        "taken_out": citing.taken_out((), [said.answer.pk] if said.answer else [])[:_EVIDENCE],
        "page": page,
        "voices": [(voice, own.get(voice.pk)) for voice in page.object_list],
        "history": selectors.history_of(found)[1:],
        "merged_from": list(selectors.merged_from(found)),
        "may_work": access.may(request.user, consultation, access.Task.ANALYST),
    }
    return render(request, "deliberation/theme.html", words)

"""The list of sources, and the voices that are suggested for many of them at once."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from minga.deliberation.engine.errors import ActError
from minga.deliberation.forms_intake import LookedForm
from minga.deliberation.models import Consultation, Source
from minga.deliberation.selectors import access, beside, sources
from minga.deliberation.services import splitting
from minga.deliberation.views.common import works_on
from minga.deliberation.views.intake import frame
from minga.web.numbers import read_number

_ANALYST = access.Task.ANALYST
_PER_PAGE = 50


@require_safe
@works_on(_ANALYST)
def source_list(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """Show what came in, with filters."""
    asked = request.GET
    found = sources.search(
        consultation,
        state=asked.get("state", ""),
        kind=asked.get("kind", ""),
        language=asked.get("language", ""),
        round=read_number(asked.get("round")),
        words=" ".join(asked.get("q", "").split())[:100],
    )
    page = Paginator(found, _PER_PAGE).get_page(asked.get("page"))
    names = ("state", "kind", "language", "round", "q")
    words = frame(consultation) | {
        "page": page,
        "asked": {name: asked.get(name, "") for name in names},
        "is_filtered": any(asked.get(name) for name in names),
        "kinds": Source.Kind.choices,
        "languages": settings.LANGUAGES,
        "rounds": consultation.rounds.all(),
        "waiting": sources.waiting(consultation).count(),
        "rows": _rows(page, consultation),
        "is_ticked": asked.get("tick") == "all",
    }
    words["looking"] = LookedForm()
    words["can_make"] = any(suggested for _one, suggested in words["rows"])
    return render(request, "deliberation/sources.html", words)


def _rows(page: Any, consultation: Consultation) -> list[tuple[Source, beside.Suggested | None]]:
    """Give the sources that wait with what is suggested for them, or with the words that are in no voice of theirs."""
    listed = list(page.object_list)
    can_change = consultation.state != Consultation.State.ADOPTED
    waiting = {one.pk for one in listed if can_change and one.text and not one.read_at and not one.n_withdrawn}
    prefetch_related_objects([one for one in listed if one.pk in waiting], "voices")
    found = [(one, beside.suggested(one, one.voices.all()) if one.pk in waiting else None) for one in listed]
    return [(one, new if new and (new.cuts or new.left_out) and _fits(one, new) else None) for one, new in found]


def _fits(one: Source, new: beside.Suggested) -> bool:
    """Whether something can be done about a source from the list: cut it, or see all words that its voices left out."""
    return bool(new.cuts) or (one.n_voices > 0 and new.is_shown_whole)


@require_POST
@works_on(_ANALYST)
def sources_split(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """Make the suggested voices of the sources that were ticked; what somebody else changed meanwhile is left.

    A source of which words are left out goes on waiting, unless somebody says to have looked at them and could.
    """
    looked = bool(request.POST.get("looked"))
    ticked = dict(one.split("-") for one in request.POST.getlist("source") if re.fullmatch(r"\d{1,9}-\d{1,9}", one))
    made = left = waiting = read = 0
    for found in consultation.sources.select_related("consultation").filter(number__in=list(ticked)[:_PER_PAGE]):
        voices = list(found.voices.all())
        new = beside.suggested(found, voices)
        is_read = not new.left_out or (looked and new.is_shown_whole)
        how = {"source": found, "seen": int(ticked[str(found.number)]), "is_read": is_read, "by": request.user}
        try:
            if not voices or found.read_at:
                made += len(splitting.split(cuts=new.cuts, **how))
            elif is_read:
                splitting.mark_read(**how)
                read += 1
            waiting += not is_read
        except ActError:
            left += 1
    if made:
        said = ngettext("%(count)s voice is made.", "%(count)s voices are made.", made) % {"count": made}
        messages.success(request, said)
    if read:
        said = ngettext("%(count)s source is read to the end.", "%(count)s sources are read to the end.", read)
        messages.success(request, said % {"count": read})
    if waiting:
        said = ngettext(
            "%(count)s source goes on waiting: nobody has said yet that the words left out need no answer.",
            "%(count)s sources go on waiting: nobody has said yet that the words left out need no answer.",
            waiting,
        )
        messages.info(request, said % {"count": waiting})
    if left:
        messages.error(
            request,
            ngettext(
                "%(count)s source was left, since somebody changed it meanwhile or no voice is suggested.",
                "%(count)s sources were left, since somebody changed them meanwhile or no voice is suggested.",
                left,
            ) % {"count": left},
        )  # fmt: skip
    if not ticked:
        messages.error(request, _("No source is ticked. Tick those of which the suggested voices shall be made."))
    response = redirect("deliberation:sources", consultation.slug)
    response["Location"] += "?state=waiting"
    return response

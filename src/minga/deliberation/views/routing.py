"""The routing log of a report: how the draw treated each statement, for everybody to check, as a page and a table."""

from __future__ import annotations

import csv

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from minga.deliberation import routing_log as log
from minga.deliberation.models import Conversation
from minga.deliberation.views.common import shows_conversation
from minga.deliberation.views.moderating import frame
from minga.web.numbers import read_number

_A_PAGE = 50
#: so that a spreadsheet knows the letters
_BOM = "\ufeff"


def _log_of(conversation: Conversation) -> list[log.Logged]:
    """Return the log; there is none where no report is public, not for the team either."""
    found = log.log_of(conversation, get_language() or "en")
    if not found:
        raise Http404
    return found


@require_safe
@shows_conversation
def routing_log(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """Show every statement on one of the maps that were public, the one of the report unless another is asked for."""
    found = _log_of(conversation)
    asked = read_number(request.GET.get("map"))
    shown = next((each for each in found if each.run.pk == asked or (not asked and each.run.is_published)), None)
    if shown is None:
        raise Http404
    words = frame(request, conversation) | {
        "shown": shown,
        "maps": [each.run for each in found],
        "page": Paginator(shown.lines, _A_PAGE).get_page(request.GET.get("page")),
        "least": settings.MIN_PERSONS,
    }
    return render(request, "deliberation/routing_log.html", words)


@require_safe
@shows_conversation
def routing_csv(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """Give out the log of all maps that were public as a table."""
    found = _log_of(conversation)
    response = HttpResponse(_BOM, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="routing-{conversation.slug}.csv"'
    writer = csv.writer(response)
    writer.writerow(log.COLUMNS)
    writer.writerows(log.table_rows(found))
    return response

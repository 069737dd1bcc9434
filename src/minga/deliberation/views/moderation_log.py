"""The public log of moderation: every decision, to everyone; not who decided, and not about whom."""

from __future__ import annotations

import csv

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from minga.deliberation import wording_consulting
from minga.deliberation.models import Conversation
from minga.deliberation.selectors import moderating
from minga.deliberation.views.common import shows_conversation
from minga.deliberation.views.moderating import frame

_A_PAGE = 50
_COLUMNS = ["date", "statement", "participants", "decision", "place", "language", "translated_by", "rule", "reason",
            "old_words", "new_words"]  # fmt: skip
#: so that a spreadsheet knows the letters
_BOM = "\ufeff"


@require_safe
@shows_conversation
def log(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """Show every decision with its reason."""
    page = Paginator(moderating.public_log(conversation), _A_PAGE).get_page(request.GET.get("page"))
    words = frame(request, conversation) | {
        "page": page,
        "rows": [(row, wording_consulting.rule(row.rule)) for row in page],
        "rules": wording_consulting.policy(conversation.consultation),
    }
    return render(request, "deliberation/moderating_log.html", words)


@require_safe
@shows_conversation
def log_csv(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """Give out the same log as a table."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="moderation-{conversation.slug}.csv"'
    response.write(_BOM)
    writer = csv.writer(response)
    writer.writerow(_COLUMNS)
    for row in moderating.public_log(conversation):
        number = "" if row.number is None else row.number
        named = (row.on.isoformat(), number, row.people or "", row.act, row.place or "")
        told = (wording_consulting.rule(row.rule), row.reason, row.old, row.new)
        writer.writerow([*named, row.language, row.translated_by, *map(_harmless, told)])
    return response


def _harmless(text: str) -> str:
    """Keep a spreadsheet from taking words for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text

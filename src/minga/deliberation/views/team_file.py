"""Every voice with its sender and its answer as a spreadsheet, for the team alone."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import polars as pl
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minga.deliberation import wording_drafting
from minga.deliberation.models import Consultation
from minga.deliberation.selectors import access
from minga.deliberation.selectors.team_file import TeamRow
from minga.deliberation.services import team_file
from minga.deliberation.views.common import works_on
from minga.tables.workbooks import write_workbook
from minga.web.ratelimit import limited

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: A cell of a sheet holds 32,767 characters.
_LONGEST = 32_000


@require_safe
@limited("deliberation-files", times=120, seconds=600, reading=True)
@works_on(access.Task.ANALYST)
def answers_team_file(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """Give a row for each voice, so that those who have no code can be written to."""
    rows = team_file.take_along(consultation=consultation, by=request.user)
    table = pl.DataFrame([pl.Series(name, [of(row) or None for row in rows], kind) for name, kind, of in _columns()])
    file = io.BytesIO()
    write_workbook({_("Answers"): table}, file, above=_("For the team alone: names and addresses are not passed on."))
    response = HttpResponse(file.getvalue(), content_type=_XLSX)
    response["Content-Disposition"] = f'attachment; filename="{consultation.slug}-answers-team.xlsx"'
    return response


def _columns() -> list[tuple[str, Any, Callable[[TeamRow], Any]]]:
    """Return the columns: heading, type, and what stands there."""
    return [
        (_("Source"), pl.String, lambda row: str(row.voice.source)),
        (_("Came as"), pl.String, lambda row: str(row.voice.source.get_kind_display())),
        (_("File"), pl.String, lambda row: row.voice.source.name),
        (_("Place in the file"), pl.String, lambda row: row.voice.source.place),
        (_("Received on"), pl.Date, lambda row: _day(row.voice.source.received_at)),
        (_("Name"), pl.String, lambda row: row.voice.source.author_name),
        (_("Organization"), pl.String, lambda row: row.voice.source.author_organization),
        (_("E-mail address"), pl.String, lambda row: row.voice.source.author_address),
        (_("Has a code"), pl.String, lambda row: _yes(row.voice.source.receipt_hash)),
        (_("May be shown"), pl.String, lambda row: _yes(row.voice.source.may_publish)),
        (_("Voice"), pl.String, lambda row: row.voice.code),
        (_("Words"), pl.String, lambda row: row.voice.text[:_LONGEST]),
        (_("Theme"), pl.String, lambda row: _lines(theme.name for theme in row.themes)),
        (_("Answer"), pl.String, lambda row: _lines(_answer(one) for one in row.answers)),
        (_("Reason"), pl.String, lambda row: _lines(one.reason for one in row.answers)),
        (_("Who answers"), pl.String, lambda row: _lines(one.responder for one in row.answers)),
        (_("Answered on"), pl.Date, lambda row: max((_day(one.at) for one in row.answers), default=None)),
        (_("Clauses"), pl.String, lambda row: _lines(_clause(one) for one in row.clauses)),
        (_("Stands today in"), pl.String, lambda row: _lines(_clause(one) for one in row.now)),
    ]


def _day(moment: datetime) -> date:
    return timezone.localtime(moment).date()


def _yes(value: Any) -> str:
    return _("yes") if value else _("no")


def _lines(words: Any) -> str:
    """Put several entries of a cell under each other, each once."""
    return "\n".join(dict.fromkeys(filter(None, words)))[:_LONGEST]


def _answer(answer: Any) -> str:
    label = str(answer.get_answer_display())
    return f"{label} ({answer.duplicate_of.code})" if answer.duplicate_of else label


def _clause(row: Any) -> str:
    return f"{row.clause.draft.title}, {wording_drafting.clause_title(row.clause.code, row.heading, row.text)}"

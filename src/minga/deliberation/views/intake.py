"""Taking in many submissions: upload, a dry run that takes nothing in, and only then the import."""

from __future__ import annotations

import csv
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from minga.deliberation import tasks, wording_consulting, wording_intake
from minga.deliberation.engine.errors import ActError
from minga.deliberation.forms_intake import ColumnsForm, ConfirmForm, UploadForm
from minga.deliberation.models import Consultation, Intake, Source
from minga.deliberation.selectors import access, sources
from minga.deliberation.services import checking
from minga.deliberation.services import intake as services
from minga.deliberation.services.intake import Upload
from minga.deliberation.views.common import works_on
from minga.web.numbers import read_number
from minga.web.ratelimit import limited

_ANALYST = access.Task.ANALYST
_PER_PAGE = 50
#: More problems than this nobody reads on a page; the file names them all.
_SHOWN = 50


def frame(consultation: Consultation) -> dict[str, Any]:
    """Return what every page of taking in shows of its consultation."""
    return {"consultation": consultation, "text": wording_consulting.shown(consultation)}


@works_on(_ANALYST)
@limited("deliberation-import", times=60, seconds=3600)
def upload(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """Ask for files; a post keeps them and checks them in the background. Nothing is taken in yet."""
    rounds = list(consultation.rounds.all())
    is_sent = request.method == "POST"
    form = UploadForm(rounds, request.POST, request.FILES) if is_sent else UploadForm(rounds)
    if is_sent and form.is_valid():
        files = [Upload(one.name, one.read()) for one in form.cleaned_data["files"]]
        try:
            intake = services.begin(
                consultation=consultation, files=files, given=form.given(), round=form.chosen_round(), by=request.user
            )
        except ActError as error:
            form.add_error("files", str(wording_intake.refusal(error.code)))
        else:
            tasks.start_intake(intake)
            return redirect("deliberation:intake", consultation.slug, intake.pk)
    words = frame(consultation) | {"form": form, "recent": sources.recent_intakes(consultation)}
    return render(request, "deliberation/intake_upload.html", words, status=422 if form.errors else 200)


@require_safe
@works_on(_ANALYST)
def intake(request: HttpRequest, consultation: Consultation, pk: UUID) -> HttpResponse:
    """Show how far an upload is: being read, checked, being taken in, or done."""
    return _page(request, sources.find_intake(consultation, pk))


def _page(request: HttpRequest, found: Intake, *, status: int = 200, **more: Any) -> HttpResponse:
    noted = found.found
    counts = noted.get("counts", {})
    entries = noted.get("entries", [])
    twins = [one for one in entries if one["twin"]]
    page = Paginator([one for one in entries if not one["twin"]], _PER_PAGE).get_page(request.GET.get("page"))
    problems = sorted(noted.get("problems", []), key=lambda one: _weight(one["code"]))
    tables = [table for table in noted.get("tables", []) if not table.get("is_left_out")]
    unread = [table for table in tables if "text" not in table["columns"]]
    words = frame(found.consultation) | {
        "intake": found,
        "is_waiting": found.state in {Intake.State.READING, Intake.State.RUNNING},
        "progress": tasks.progress_of(found),
        "ready": max(0, counts.get("entries", 0) - len(twins)),
        "n_twins": len(twins),
        "twins": _beside_sources(found.consultation, (twins or noted.get("left", []))[:_SHOWN]),
        "more_twins": max(0, len(twins or noted.get("left", [])) - _SHOWN),
        "page": page,
        "entries": [_shown(one) for one in page.object_list],
        "samples": [_shown(one) for one in noted.get("samples", [])],
        "n_left_out": counts.get("problems", 0) - counts.get("cells", 0) - counts.get("notes", 0),
        "n_cells": counts.get("cells", 0),
        "n_notes": counts.get("notes", 0),
        "problems": [_told(one) for one in problems[:_SHOWN]],
        "more_problems": max(0, len(problems) - _SHOWN),
        "columns": [ColumnsForm(table) for table in noted.get("tables", [])],
        "unread": [table | {"rows": table.get("rows", 0)} for table in unread],
        "unused": [one for table in tables if table not in unread and (one := _unused(table))["columns"]],
        "set_aside": noted.get("waiting"),
        "confirming": ConfirmForm(initial={"seen": found.revision}),
        "left": found.done - found.taken,
        "left_out": noted.get("left_out"),
    }
    return render(request, "deliberation/intake.html", words | more, status=status)


def _unused(table: dict[str, Any]) -> dict[str, Any]:
    """Return the columns of a spreadsheet of which nothing would be taken in."""
    used = {*table["columns"].values(), *table.get("more", ())}
    return table | {"columns": [name for name in table["header"] if name not in used and table["samples"].get(name)]}


def _weight(code: str) -> int:
    """Sort files and rows that stay out before what wants a look, and cells last."""
    return 2 if code in checking.CELLS else int(code in checking.NOTES)


def _shown(entry: dict[str, Any]) -> dict[str, Any]:
    kinds = dict(Source.Kind.choices)
    places = {name: wording_intake.place(entry[name]) for name in ("place", "twin", "alike") if name in entry}
    whole = {"is_shown_whole": not entry.get("left_out", "").endswith("…")}
    return entry | places | whole | {"kind": kinds.get(entry.get("kind"), entry.get("kind"))}


def _beside_sources(consultation: Consultation, twins: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give what is here already with the source that it is, where that is no other file of the same upload."""
    known = sources.by_code(consultation, [one["twin"] for one in twins])
    return [_shown(one) | {"source": known.get(one["twin"])} for one in twins]


def _told(problem: dict[str, Any]) -> dict[str, Any]:
    return problem | {"place": wording_intake.place(problem["place"]), "words": wording_intake.problem(problem)}


def _refused(request: HttpRequest, found: Intake, error: ActError) -> HttpResponse:
    messages.error(request, str(wording_intake.refusal(error.code)))
    return redirect("deliberation:intake", found.consultation.slug, found.pk)


@require_POST
@works_on(_ANALYST)
def intake_columns(request: HttpRequest, consultation: Consultation, pk: UUID) -> HttpResponse:
    """Take the columns that were chosen, and check the upload anew."""
    found = sources.find_intake(consultation, pk)
    forms = [ColumnsForm(table, request.POST) for table in found.found.get("tables", [])]
    fitting = [form.is_valid() for form in forms]  # each one says what is wrong with it
    if all(fitting) and not any(form.is_named for form in forms):
        for form in forms:
            form.demand_text()
    if any(form.errors for form in forms):
        return _page(request, found, status=422, columns=forms, is_wrong=True)
    try:
        services.choose_columns(intake=found, said={form.key: form.said() for form in forms}, seen=_seen(request))
    except ActError as error:
        return _refused(request, found, error)
    tasks.start_intake(found)
    return redirect("deliberation:intake", consultation.slug, pk)


@require_POST
@works_on(_ANALYST)
def intake_confirm(request: HttpRequest, consultation: Consultation, pk: UUID) -> HttpResponse:
    """Take in what was found, in the background."""
    found = sources.find_intake(consultation, pk)
    form = ConfirmForm(request.POST)
    said = form.cleaned_data if form.is_valid() else {}
    given = {"takes_twins": bool(said.get("twins")), "looked": bool(said.get("looked"))}
    try:
        services.confirm(intake=found, seen=_seen(request), by=request.user, **given)
    except ActError as error:
        return _refused(request, found, error)
    tasks.start_intake(found)
    return redirect("deliberation:intake", consultation.slug, pk)


@require_POST
@works_on(_ANALYST)
def intake_forget(request: HttpRequest, consultation: Consultation, pk: UUID) -> HttpResponse:
    """Forget an upload that is not to be taken in."""
    found = sources.find_intake(consultation, pk)
    try:
        services.give_up(intake=found, by=request.user)
    except ActError as error:
        return _refused(request, found, error)
    messages.success(request, _("The upload is forgotten, with its files."))
    return redirect("deliberation:upload", consultation.slug)


@require_safe
@works_on(_ANALYST)
def intake_problems(request: HttpRequest, consultation: Consultation, pk: UUID) -> HttpResponse:
    """Give every problem as a table, to work through."""
    found = sources.find_intake(consultation, pk)
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="to-mend.csv"'
    table = csv.writer(response)
    table.writerow([_("File"), _("Place"), _("Column"), _("What to do")])
    for one in found.found.get("problems", []):
        told = _told(one) | {"place": wording_intake.place(one["place"], most=len(one["place"]))}
        table.writerow([_harmless(told[name]) for name in ("name", "place", "column", "words")])
    return response


def _harmless(cell: str) -> str:
    """Keep a spreadsheet from taking a cell for a formula."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell


def _seen(request: HttpRequest) -> int:
    seen = read_number(request.POST.get("seen"))
    return -1 if seen is None else seen

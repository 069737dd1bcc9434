"""Commitments for everyone: the tracker, one commitment with what stands behind it, files, reporting on one's own."""

from __future__ import annotations

import csv
import io
import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from minga import members as world
from minga.deliberation import wording_commitments as wording
from minga.deliberation import wording_consulting, wording_publishing
from minga.deliberation.engine.errors import ActError
from minga.deliberation.engine.texts.replies import without_formula
from minga.deliberation.forms_commitments import ReportForm
from minga.deliberation.models import Commitment, Consultation
from minga.deliberation.selectors import citing, promised, publishing
from minga.deliberation.selectors import commitments as selectors
from minga.deliberation.selectors import drafts as texts
from minga.deliberation.services import committing
from minga.deliberation.views.common import shows_consultation
from minga.text import sorting_key
from minga.web.calendar import CONTENT_TYPE, write_calendar
from minga.web.numbers import local_number
from minga.web.ratelimit import limited

_A_PAGE = 30
_LONGEST_OWNER = 80
#: The field beside which a refusal stands.
_FIELDS = {"why": "note", "nothing": "note", "done": "note", "value": "value"}
_FILES = limited("deliberation-files", times=120, seconds=600, reading=True)


def _filters(request: HttpRequest) -> dict[str, str]:
    """Return the filters of the address; a value that there is not filters nothing."""
    status, country = request.GET.get("status", ""), request.GET.get("country", "")
    consultation, sort = request.GET.get("consultation", ""), request.GET.get("sort", "")
    return {
        "status": status if status in dict(wording.statuses()) else "",
        "country": country if country in selectors.countries() else "",
        # PostgreSQL cannot compare with the character NUL, and nobody types it
        "owner": request.GET.get("owner", "").replace("\x00", "").strip()[:_LONGEST_OWNER],
        "consultation": consultation if consultation in {one.slug for one in selectors.consultations()} else "",
        "sort": sort if sort in selectors.SORTS else "",
    }


# ---------------------------------------------------------------- the tracker
@require_safe
def tracker(request: HttpRequest) -> HttpResponse:
    """List what was promised anywhere, and how far it is."""
    return _tracker(request, selectors.public_commitments())


@require_safe
@shows_consultation
def consultation_tracker(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """List what was promised after one consultation."""
    return _tracker(request, selectors.of_consultation(consultation), consultation)


def _tracker(
    request: HttpRequest, commitments: QuerySet[Commitment], consultation: Consultation | None = None
) -> HttpResponse:
    chosen = _filters(request)
    page = Paginator(selectors.tracked(commitments, **chosen), _A_PAGE).get_page(request.GET.get("page"))
    language = wording_consulting.language()
    countries = [(code, world.country(code).name(language)) for code in selectors.countries()]
    words = {
        "consultation": consultation,
        "text": wording_consulting.shown(consultation) if consultation else None,
        "page": page,
        "cards": [card(each) for each in page],
        "count": selectors.counted(commitments),
        "mine": [card(each) for each in selectors.to_report_by(request.user)[:_A_PAGE]] if not consultation else [],
        "chosen": chosen,
        "is_filtered": any(value for name, value in chosen.items() if name != "sort"),
        "statuses": wording.statuses(),
        "sorts": wording.sorts(),
        "consultations": [] if consultation else _choices(),
        "years": promised.years(commitments),
        "countries": sorted(countries, key=lambda pair: sorting_key(pair[1])),
        "files": [(ending, f"{_file_address(consultation, ending)}") for ending in ("csv", "json", "ics")],
    }
    return render(request, "deliberation/commitments.html", words)


def _choices() -> list[tuple[str, str]]:
    return [(one.slug, wording_consulting.shown(one).title) for one in selectors.consultations()]


def _file_address(consultation: Consultation | None, ending: str) -> str:
    if consultation is None:
        return reverse("deliberation:commitments_file", args=[ending])
    return reverse("deliberation:consultation_commitments_file", args=[consultation.slug, ending])


def card(commitment: Commitment) -> dict[str, Any]:
    """Return a commitment with the words of lists."""
    consultation = commitment.draft.consultation
    return {
        "commitment": commitment,
        "look": wording.status_class(commitment),
        "text": wording_consulting.shown(consultation),
        "where": wording_consulting.where(consultation),
        "consultation": consultation,
    }


# ---------------------------------------------------------------- files
@require_safe
@_FILES
def tracker_file(request: HttpRequest, ending: str) -> HttpResponse:
    """Give all commitments as CSV, JSON, or a calendar of due dates; with the filters of the address."""
    found = selectors.tracked(selectors.public_commitments(), **_filters(request))
    return _file(request, found, ending, "commitments")


@require_safe
@_FILES
@shows_consultation
def consultation_file(request: HttpRequest, consultation: Consultation, ending: str) -> HttpResponse:
    """Give the commitments of one consultation as a file."""
    found = selectors.tracked(selectors.of_consultation(consultation), **_filters(request))
    return _file(request, found, ending, f"{consultation.slug}-commitments")


def _file(request: HttpRequest, commitments: QuerySet[Commitment], ending: str, name: str) -> HttpResponse:
    whole = wording_publishing.whole_by(request)
    if ending == "ics":
        return _calendar(request, commitments, name)
    if ending not in {"csv", "json"}:
        raise Http404
    found = list(commitments)
    voices = promised.voices_behind(found)
    rows = [wording.to_plain(each, whole, voices[each.pk]) for each in found]
    if ending == "json":
        return JsonResponse({"commitments": rows}, json_dumps_params={"ensure_ascii": False, "indent": 1})
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(wording.COLUMNS)
    for row in rows:
        row["voices"] = " ".join(row["voices"])
        writer.writerow([without_formula(str(row[column])) for column in wording.COLUMNS])
    # spreadsheet programs read UTF-8 by the mark at its beginning
    return _attached("\ufeff" + text.getvalue(), "text/csv; charset=utf-8", f"{name}.csv")


def _calendar(request: HttpRequest, commitments: QuerySet[Commitment], name: str) -> HttpResponse:
    events = [
        wording.event(each, request.build_absolute_uri(_address(each)))
        for each in selectors.with_last_report(commitments)
    ]
    text = write_calendar(events, name=str(_("Commitments")), language=wording_consulting.language())
    return _attached(text, CONTENT_TYPE, f"{name}.ics")


def _attached(text: str, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _address(commitment: Commitment) -> str:
    return reverse("deliberation:commitment", args=[commitment.pk])


# ---------------------------------------------------------------- one commitment
@require_safe
def commitment(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show a commitment, the clause it follows from, what stands behind that, and every report."""
    return _page(request, selectors.find(pk))


@never_cache
@limited("deliberation-report", times=60, seconds=3600)
@login_required
def commitment_report(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Report how far a commitment is: the team, or the organization that answers for it."""
    found = selectors.find(pk)
    if not selectors.may_report(request.user, found):
        raise Http404
    if request.method != "POST":
        return redirect(f"{_address(found)}#report")
    form = _report_form(request, found, request.POST)
    if not form.is_valid():
        return _page(request, found, form)
    try:
        committing.report(commitment=found, by=request.user, **form.update())
    except ActError as error:
        form.add_error(_FIELDS.get(error.code), wording.refusal(error.code))
        # who read an older state has now read the newer one, beside the words that still stand in the form
        form.data = form.data | {"seen": str(selectors.find(pk).version)} if error.code == "changed" else form.data
        return _page(request, selectors.find(pk), form)
    messages.success(request, _("Your report stands on this page now."))
    return redirect(_address(found))


def _report_form(request: HttpRequest, found: Commitment, *arguments: Any, **named: Any) -> ReportForm:
    may_decide = selectors.may_decide(request.user, found)
    return ReportForm(*arguments, may_decide=may_decide, is_measured=found.is_measured, **named)


def _page(request: HttpRequest, commitment: Commitment, form: ReportForm | None = None) -> HttpResponse:
    consultation, draft = commitment.draft.consultation, commitment.draft
    rows = {row.code: row for row in texts.clauses_at(draft, draft.version)}
    labels = wording_publishing.labels()
    trace = publishing.published_trace(consultation, draft)
    behind = wording_publishing.behind(consultation, trace, str, labels)
    may_report = selectors.may_report(request.user, commitment)
    may_decide = selectors.may_decide(request.user, commitment)
    if form is None and may_report:
        known = {"seen": commitment.version, "status": commitment.status, "due_on": commitment.due_on}
        form = _report_form(request, commitment, initial=known)
    published = citing.look_up(commitment.indicator_link) if commitment.indicator_link else None
    words = card(commitment) | {
        "clause": rows.get(commitment.clause.code),
        "draft": draft,
        "notes": [(labels.named(note), note) for note in behind.notes(f"{draft.slug}/{commitment.clause.code}")],
        "updates": list(commitment.updates.order_by("-version")),
        "indicator_link": citing.shown_link(commitment.indicator_link),
        "indicator_now": local_number(published.current or published.value) if published else "",
        "form": form if may_report else None,
        "may_decide": may_decide,
    }
    return render(request, "deliberation/commitment.html", words, status=422 if form and form.errors else 200)

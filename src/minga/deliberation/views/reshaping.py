"""The shape of a draft: moving, splitting and merging clauses, taking them out and bringing them back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from minga.deliberation import wording_drafting as wording
from minga.deliberation.engine.errors import ActError
from minga.deliberation.forms_drafting import MergeForm, PlaceForm, RemoveForm, SplitForm, clause_choices
from minga.deliberation.models import Clause, Draft
from minga.deliberation.selectors import drafts as selectors
from minga.deliberation.selectors import sourcing
from minga.deliberation.services import reshaping as services
from minga.deliberation.services.clause_rows import latest
from minga.deliberation.views.common_drafts import find_clause, frame, posted, works_on_draft
from minga.deliberation.views.drafting import EDITOR, carried, clause_place, refused, to_draft
from minga.web.numbers import read_number


def _mark(row: Any) -> str:
    return selectors.words_mark(row.heading, row.text)


@require_POST
@works_on_draft(EDITOR)
def clause_shift(request: HttpRequest, draft: Draft, number: int) -> HttpResponse:
    """Let a clause change places with its neighbour."""
    found = find_clause(draft, number)
    try:
        services.shift_clause(clause=found, up=request.POST.get("way") == "up", by=request.user)
    except ActError as error:
        return refused(request, draft, error)
    return to_draft(draft, found)


@works_on_draft(EDITOR)
def clause_move(request: HttpRequest, draft: Draft, number: int) -> HttpResponse:
    """Put a clause somewhere else, with all that stands under it."""
    found = find_clause(draft, number)
    rows = [row for row in selectors.clauses_at(draft, draft.version + 1) if row.number != number]
    form = PlaceForm(rows, posted(request), initial={"how": PlaceForm.AFTER})
    if request.method == "POST" and form.is_valid():
        try:
            services.move_clause(clause=found, by=request.user, **clause_place(draft, form))
        except ActError as error:
            form.add_error("target", str(wording.refusal(error.code)))
        else:
            messages.success(request, _("The clause stands in its new place. Its number stays."))
            return to_draft(draft, found)
    words = frame(draft) | {"clause": found, "row": latest(draft, found), "form": form}
    return render(request, "deliberation/drafting_desk_move.html", words, status=422 if form.errors else 200)


@works_on_draft(EDITOR)
def clause_split(request: HttpRequest, draft: Draft, number: int) -> HttpResponse:
    """Make two or more clauses of one, cut between its paragraphs or sentences."""
    found = find_clause(draft, number)
    row = latest(draft, found)
    behind = [(one, wording.answer_name(one)) for one in sourcing.standing_behind(draft, found)]
    form = SplitForm(carried(draft), row, behind, posted(request), initial={"seen": _mark(row)})
    if request.method == "POST" and form.is_valid():
        try:
            made = services.split_clause(
                clause=found,
                parts=form.parts,
                seen=form.cleaned_data["seen"],
                dispositions=form.dispositions,
                belongs=form.belongs,
                by=request.user,
            )
        except ActError as error:
            return refused(request, draft, error)
        messages.success(
            request,
            _("The clause is split into %(codes)s.") % {"codes": " · ".join(one.code for one in made)},
        )
        return to_draft(draft, found)
    words = frame(draft) | {"clause": found, "row": row, "form": form}
    return render(request, "deliberation/drafting_desk_split.html", words, status=422 if form.errors else 200)


@works_on_draft(EDITOR)
def clause_merge(request: HttpRequest, draft: Draft, number: int) -> HttpResponse:
    """Make one clause of two: choose the other one, then write the words of both."""
    found = find_clause(draft, number)
    row = latest(draft, found)
    chosen = read_number((request.POST if request.method == "POST" else request.GET).get("with"))
    words = frame(draft) | {"clause": found, "row": row}
    if chosen is None:
        rows = [one for one in selectors.clauses_at(draft, draft.version + 1) if one.number != number]
        words |= {"choices": clause_choices(rows), "asked": "with" in request.GET}
        return render(request, "deliberation/drafting_desk_merge_choose.html", words)
    other = find_clause(draft, chosen)
    other_row = latest(draft, other)
    asked = {
        "heading": row.heading or other_row.heading,
        "text": "\n\n".join(one.text for one in (row, other_row) if one.text),
        "seen": _mark(row),
        "seen_other": _mark(other_row),
    }
    form = MergeForm(carried(draft), posted(request), initial=asked)
    if request.method == "POST" and form.is_valid():
        try:
            kept = _merged(request, found, other, form)
        except ActError as error:
            return refused(request, draft, error)
        messages.success(request, _("Both clauses are one now: %(code)s.") % {"code": kept.code})
        return to_draft(draft, kept)
    words |= {"other": other, "other_row": other_row, "form": form}
    return render(request, "deliberation/drafting_desk_merge.html", words, status=422 if form.errors else 200)


def _merged(request: HttpRequest, clause: Clause, other: Clause, form: MergeForm) -> Clause:
    given = form.cleaned_data
    return services.merge_clauses(
        clauses=[clause, other],
        heading=given["heading"],
        text=given["text"],
        seen={clause.code: given["seen"], other.code: given["seen_other"]},
        dispositions=form.dispositions,
        by=request.user,
    )


@works_on_draft(EDITOR)
def clause_delete(request: HttpRequest, draft: Draft, number: int) -> HttpResponse:
    """Ask, and take a clause out of the text; its page and its history stay."""
    found = find_clause(draft, number)
    row = latest(draft, found)
    form = RemoveForm(carried(draft), posted(request), initial={"seen": _mark(row)})
    if request.method == "POST" and form.is_valid():
        try:
            services.delete_clause(
                clause=found, seen=form.cleaned_data["seen"], dispositions=form.dispositions, by=request.user
            )
        except ActError as error:
            return refused(request, draft, error)
        messages.success(request, _("The clause is taken out. It can be brought back below."))
        return to_draft(draft)
    words = frame(draft) | {"clause": found, "row": row, "form": form}
    return render(request, "deliberation/drafting_desk_remove.html", words, status=422 if form.errors else 200)


@require_POST
@works_on_draft(EDITOR)
def clause_back(request: HttpRequest, draft: Draft, number: int) -> HttpResponse:
    """Bring a clause back that was taken out."""
    found = find_clause(draft, number)
    try:
        services.bring_back(clause=found, by=request.user)
    except ActError as error:
        return refused(request, draft, error)
    messages.success(request, _("The clause stands in the draft again."))
    return to_draft(draft, found)

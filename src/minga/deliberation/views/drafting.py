"""The desk of drafts: beginning one, the whole draft as a list, and the words of its clauses."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from minga.deliberation import wording_consulting
from minga.deliberation import wording_drafting as wording
from minga.deliberation.engine.differences import differences
from minga.deliberation.engine.errors import ActError
from minga.deliberation.forms_citing import CitationForm
from minga.deliberation.forms_drafting import ClauseForm, NewDraftForm, PlaceForm, TitleForm
from minga.deliberation.models import Clause, ClauseVersion, Consultation, Draft
from minga.deliberation.selectors import access, adoption, answering, sourcing
from minga.deliberation.selectors import drafts as selectors
from minga.deliberation.services import citing as citations
from minga.deliberation.services import drafting as services
from minga.deliberation.services.clause_rows import latest
from minga.deliberation.services.marks import mark_of
from minga.deliberation.views.common import remember_saved, take_saved, works_on
from minga.deliberation.views.common_drafts import cited, find_clause, frame, posted, works_on_draft
from minga.web.numbers import read_number
from minga.web.ratelimit import limited

EDITOR = access.Task.EDITOR


def refused(request: HttpRequest, draft: Draft, error: ActError) -> HttpResponse:
    """Say why a step is not possible, and go back to the whole draft."""
    messages.error(request, str(wording.refusal(error.code)))
    return redirect("deliberation:desk_draft", draft.consultation.slug, draft.slug)


def to_draft(draft: Draft, clause: Clause | None = None) -> HttpResponse:
    """Go to the whole draft, to the place of a clause."""
    response = redirect("deliberation:desk_draft", draft.consultation.slug, draft.slug)
    if clause is not None:
        response["Location"] += f"#{clause.code}"
    return response


def uncarried(draft: Draft) -> list[tuple[Any, Any]]:
    """Return the answers that no clause carries yet, with their names."""
    return [(one, wording.answer_name(one)) for one in answering.first_to_carry(draft.consultation)]


def carried(draft: Draft, clause: Clause | None = None) -> list[tuple[Any, Any]]:
    """Return the answers that a clause can carry: first those that none carries, then those of other clauses."""
    others = answering.carried_elsewhere(draft.consultation, but=clause)
    return uncarried(draft) + [
        (
            one,
            _("%(answer)s (in %(clauses)s already)")
            % {"answer": wording.answer_name(one), "clauses": ", ".join(codes)},
        )
        for one, codes in others
    ]


# ---------------------------------------------------------------- drafts
@limited("deliberation-draft", times=60, seconds=3600)
@works_on(EDITOR)
def drafts(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """List the drafts of a consultation, and begin another one."""
    asked = {"language": consultation.language, "kind": Draft.Template.STRATEGY}
    form = NewDraftForm(posted(request), initial=asked)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.make_draft(consultation=consultation, by=request.user, **form.cleaned_data)
        except ActError as error:
            form.add_error("title", str(wording.refusal(error.code)))
        else:
            messages.success(request, _("The draft is begun. Nothing of it is public before you publish a version."))
            return to_draft(made)
    words = {
        "consultation": consultation,
        "text": wording_consulting.shown(consultation),
        "drafts": list(consultation.drafts.all()),
        "form": form,
    }
    return render(request, "deliberation/drafting_desk_drafts.html", words, status=422 if form.errors else 200)


@require_safe
@works_on_draft(EDITOR)
def draft(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Show the whole draft as a list, with what can be done with each clause."""
    words = _whole(draft) | {"sent": take_saved(request)}
    words["may_withdraw"] = access.may(request.user, draft.consultation, access.Task.LEAD)
    return render(request, "deliberation/drafting_desk_draft.html", words)


def _whole(draft: Draft) -> dict[str, Any]:
    number = draft.version + 1
    rows = selectors.clauses_at(draft, number)
    standing = {row.code for row in rows}
    hidden = standing | selectors.merged_away(draft)
    out = [clause for clause in draft.clauses.order_by("number") if clause.code not in hidden]
    return frame(draft) | {
        "rows": rows,
        "version": number,
        "is_writing": draft.state == Draft.State.WRITING,
        "has_unpublished": adoption.has_unpublished(draft),
        "kinds": wording.KINDS,
        "out": [_last_words(clause) for clause in out],
        "to_carry": uncarried(draft),
        "to_carry_count": answering.still_to_carry(draft.consultation).count(),
        "waiting": sourcing.waiting_notes(draft).count(),
        "title_form": TitleForm(initial={"title": draft.title}),
    }


def _kept(draft: Draft, clause: Clause | None = None) -> str:
    """Name the words of a clause that the browser keeps while they are typed; those of a new one without a clause."""
    return f"clause {draft.pk.hex} {clause.number if clause else 'new'}"


def _last_words(clause: Clause) -> ClauseVersion:
    return clause.versions.select_related("clause").order_by("-version")[0]


@require_POST
@works_on_draft(EDITOR)
def draft_title(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Give the draft another title."""
    form = TitleForm(request.POST)
    if not form.is_valid():
        words = _whole(draft) | {"title_form": form}
        return render(request, "deliberation/drafting_desk_draft.html", words, status=422)
    try:
        services.rename_draft(draft=draft, title=form.cleaned_data["title"], by=request.user)
    except ActError as error:
        return refused(request, draft, error)
    messages.success(request, _("The draft has its new title."))
    return to_draft(draft)


@works_on_draft(EDITOR)
def draft_delete(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Say what will be lost and ask; a post deletes a draft of which nothing was published."""
    if draft.version:
        raise Http404
    if request.method != "POST":
        return render(request, "deliberation/drafting_desk_draft_delete.html", frame(draft))
    try:
        services.delete_draft(draft=draft, by=request.user)
    except ActError as error:
        return refused(request, draft, error)
    messages.success(request, _("The draft is deleted."))
    return redirect("deliberation:desk_drafts", draft.consultation.slug)


# ---------------------------------------------------------------- words of clauses
@works_on_draft(EDITOR)
def clause(request: HttpRequest, draft: Draft, number: int) -> HttpResponse:
    """Change the words of a clause; who wrote on old words sees the newer ones beside their own."""
    found = find_clause(draft, number)
    row = latest(draft, found)
    is_writing = draft.state == Draft.State.WRITING and row.kind != ClauseVersion.Kind.DELETE
    seen = selectors.words_mark(row.heading, row.text)
    choices = carried(draft, found)
    form = ClauseForm(choices, initial={"heading": row.heading, "text": row.text, "seen": seen})
    theirs, status = None, 200
    if request.method == "POST":
        form = ClauseForm(choices, request.POST)
        if form.is_valid():
            try:
                saving = _saved(request, found, form)
            except ActError as error:
                return refused(request, draft, error)
            if not saving.is_outdated:
                remember_saved(request, _kept(draft, found))
                messages.success(request, _("The clause is saved."))
                return to_draft(draft, found)
            form, theirs, status = _beside(choices, form, saving.row), saving.row, 409
        else:
            status = 422
    return render(request, "deliberation/drafting_desk_clause.html", _edited(found, row) | {
        "form": form, "theirs": theirs, "is_writing": is_writing,
        "is_own": bool(theirs and theirs.by_mark and theirs.by_mark == mark_of(request.user)),
        "theirs_pieces": differences(str(form["text"].value() or ""), theirs.text) if theirs else (),
    }, status=status)  # fmt: skip


def _saved(request: HttpRequest, clause: Clause, form: ClauseForm) -> services.Saving:
    given = form.cleaned_data
    return services.save_clause(
        clause=clause,
        heading=given["heading"],
        text=given["text"],
        seen=given["seen"],
        dispositions=form.dispositions,
        by=request.user,
    )


def _beside(choices: list[tuple[Any, Any]], form: ClauseForm, row: ClauseVersion) -> ClauseForm:
    """Return the form with the words that were typed, and the mark of those that stand there now."""
    again = form.data.copy()
    again["seen"] = selectors.words_mark(row.heading, row.text)
    return ClauseForm(choices, again)


def _history(row: ClauseVersion) -> list[tuple[Any, str]]:
    """Return the last words of a clause while this version is written, each with who of the team saved it."""
    names = access.names_of_team(row.clause.draft.consultation)
    return [(one, names.get(one.by_mark, "")) for one in row.history.order_by("-pk")[:50]]


def _edited(clause: Clause, row: ClauseVersion) -> dict[str, Any]:
    draft = clause.draft
    current = row if row.version == draft.version + 1 else None
    return frame(draft) | {
        "clause": clause,
        "kept": _kept(draft, clause),
        "row": row,
        "evidence": cited(clause.citations.filter(ended_at=None)),
        "citing": CitationForm(),
        "history": _history(current) if current else [],
        "led": [
            (one, wording.answer_name(one))
            for one in (
                current.dispositions.select_related("voice", "theme", "statement").filter(superseded_by=None)
                if current
                else ()
            )
        ],
    }


@works_on_draft(EDITOR)
def clause_add(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Write a new clause and say where it shall stand."""
    rows = selectors.clauses_at(draft, draft.version + 1)
    asked = {"how": PlaceForm.AFTER if rows else PlaceForm.FIRST, "target": rows[-1].number if rows else ""}
    for how in (PlaceForm.AFTER, PlaceForm.UNDER):
        if read_number(request.GET.get(how)) is not None:
            asked = {"how": how, "target": request.GET[how]}
    place = PlaceForm(rows, posted(request), initial=asked)
    form = ClauseForm(carried(draft), posted(request))
    if request.method == "POST" and form.is_valid() and place.is_valid():
        try:
            made = services.add_clause(
                draft=draft,
                heading=form.cleaned_data["heading"],
                text=form.cleaned_data["text"],
                dispositions=form.dispositions,
                by=request.user,
                **clause_place(draft, place),
            )
        except ActError as error:
            return refused(request, draft, error)
        remember_saved(request, _kept(draft))
        messages.success(request, _("The clause is added as %(code)s.") % {"code": made.code})
        return to_draft(draft, made)
    words = frame(draft) | {"form": form, "place": place, "kept": _kept(draft)}
    status = 422 if form.errors or place.errors else 200
    return render(request, "deliberation/drafting_desk_add.html", words, status=status)


def clause_place(draft: Draft, place: PlaceForm) -> dict[str, Clause | None]:
    """Return the place of a form as the services take it."""
    how, number = place.place
    return {how: find_clause(draft, number) if number is not None else None}


# ---------------------------------------------------------------- evidence
@require_POST
@works_on_draft(EDITOR, access.Task.ANALYST)
def clause_cite(request: HttpRequest, draft: Draft, number: int) -> HttpResponse:
    """Cite a published figure or record for a clause."""
    found = find_clause(draft, number)
    form = CitationForm(request.POST)
    if form.is_valid() and form.cite(found, request.user) is not None:
        messages.success(request, _("The evidence is cited with its value of today."))
        return redirect("deliberation:desk_clause", draft.consultation.slug, draft.slug, number)
    row = latest(draft, found)
    seen = selectors.words_mark(row.heading, row.text)
    words = _edited(found, row) | {
        "form": ClauseForm(carried(draft, found), initial={"heading": row.heading, "text": row.text, "seen": seen}),
        "is_writing": draft.state == Draft.State.WRITING and row.kind != ClauseVersion.Kind.DELETE,
        "citing": form,
    }
    return render(request, "deliberation/drafting_desk_clause.html", words, status=422)


@require_POST
@works_on_draft(EDITOR, access.Task.ANALYST)
def clause_uncite(request: HttpRequest, draft: Draft, number: int, citation: int) -> HttpResponse:
    """Take a piece of evidence out."""
    found = find_clause(draft, number)
    row = get_object_or_404(found.citations, pk=citation)
    try:
        citations.end_citation(citation=row, by=request.user)
    except ActError as error:
        return refused(request, draft, error)
    messages.success(request, _("The evidence is taken out."))
    return redirect("deliberation:desk_clause", draft.consultation.slug, draft.slug, number)

"""The desk of what people say to clauses: showing and hiding notes, taking proposed words into the draft."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from minga.deliberation import wording_consulting
from minga.deliberation import wording_drafting as wording
from minga.deliberation.engine.differences import differences
from minga.deliberation.engine.errors import ActError
from minga.deliberation.forms_drafting import AmendmentForm, ReasonForm
from minga.deliberation.models import ClauseNote, ClauseVersion, Draft
from minga.deliberation.selectors import access, sourcing
from minga.deliberation.selectors import drafts as selectors
from minga.deliberation.services import noting as services
from minga.deliberation.services.clause_rows import latest
from minga.deliberation.views.common_drafts import frame, works_on_draft

_TASKS = (access.Task.EDITOR, access.Task.MODERATOR)
_PAGE = 25


@require_safe
@works_on_draft(*_TASKS)
def notes(request: HttpRequest, draft: Draft) -> HttpResponse:
    """List what people said to clauses; what waits stands first."""
    shown = sourcing.all_notes(draft)
    states = dict(ClauseNote.State.choices)
    state = request.GET.get("state", "")
    if state in states:
        shown = shown.filter(state=state)
    page = Paginator(sourcing.waiting_first(shown), _PAGE).get_page(request.GET.get("page"))
    words = frame(draft) | {"page": page, "state": state if state in states else "", "states": states.items()}
    return render(request, "deliberation/drafting_desk_notes.html", words)


@require_safe
@works_on_draft(*_TASKS)
def note(request: HttpRequest, draft: Draft, pk: uuid.UUID) -> HttpResponse:
    """Show a note beside the words that stand now, with what can be decided."""
    return _note(request, _find(draft, pk))


def _find(draft: Draft, pk: uuid.UUID) -> ClauseNote:
    found = sourcing.all_notes(draft).filter(pk=pk).first()
    if found is None:
        raise Http404
    found.clause.draft = draft
    return found


def _note(request: HttpRequest, note: ClauseNote, status: int = 200, **forms: Any) -> HttpResponse:
    draft = note.clause.draft
    row = latest(draft, note.clause)
    standing = row.kind != ClauseVersion.Kind.DELETE and draft.state == Draft.State.WRITING
    amended = note.kind == ClauseNote.Kind.AMENDMENT
    may_edit = access.may(request.user, draft.consultation, access.Task.EDITOR)
    states = ClauseNote.State
    asked = {
        "heading": row.heading,
        "text": note.proposed,
        "seen": selectors.words_mark(row.heading, row.text),
    }
    words = frame(draft) | {
        "note": note,
        "row": row,
        "pieces": differences(row.text, note.proposed) if amended else (),
        "accepting": AmendmentForm([], initial=asked),
        "reasoning": ReasonForm(),
        "may_show": note.state in {states.WAITING, states.HIDDEN},
        "may_hide": note.state in {states.WAITING, states.SHOWN},
        "may_accept": amended and standing and may_edit and note.state not in {states.HIDDEN, states.ACCEPTED},
        "may_reject": amended and may_edit and note.state in {states.WAITING, states.SHOWN},
        "answer": note.voice.dispositions.filter(superseded_by=None).first() if note.voice else None,
    }
    return render(request, "deliberation/drafting_desk_note.html", words | forms, status=status)


def _refused(request: HttpRequest, note: ClauseNote, error: ActError) -> HttpResponse:
    messages.error(request, str(wording.refusal(error.code)))
    return redirect("deliberation:desk_note", note.clause.draft.consultation.slug, note.clause.draft.slug, note.pk)


def _done(request: HttpRequest, draft: Draft, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("deliberation:desk_notes", draft.consultation.slug, draft.slug)


@require_POST
@works_on_draft(*_TASKS)
def note_show(request: HttpRequest, draft: Draft, pk: uuid.UUID) -> HttpResponse:
    """Show a note beside its clause."""
    found = _find(draft, pk)
    try:
        services.show_note(note=found, by=request.user)
    except ActError as error:
        return _refused(request, found, error)
    return _done(request, draft, _("The note stands beside its clause now."))


@require_POST
@works_on_draft(*_TASKS)
def note_hide(request: HttpRequest, draft: Draft, pk: uuid.UUID) -> HttpResponse:
    """Keep a note from being shown, with the reason."""
    found = _find(draft, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _note(request, found, 422, hiding=form)
    try:
        services.hide_note(
            note=found,
            reason=form.cleaned_data["reason"],
            language=wording_consulting.language(),
            by=request.user,
        )
    except ActError as error:
        return _refused(request, found, error)
    return _done(request, draft, _("The note is not shown. Its author reads the reason with the receipt."))


@require_POST
@works_on_draft(access.Task.EDITOR)
def note_accept(request: HttpRequest, draft: Draft, pk: uuid.UUID) -> HttpResponse:
    """Take proposed words into the version being written."""
    found = _find(draft, pk)
    form = AmendmentForm([], request.POST)
    if not form.is_valid():
        return _note(request, found, 422, accepting=form)
    given = form.cleaned_data
    named = {name: given[name] for name in ("heading", "text", "seen", "reason")}
    try:
        services.accept_amendment(
            note=found,
            responder=_responder(draft),
            language=wording_consulting.language(),
            by=request.user,
            **named,
        )
    except ActError as error:
        if error.code not in {"reason", "changed", "empty"}:
            return _refused(request, found, error)
        again = form.data.copy()
        row = latest(draft, found.clause)
        again["seen"] = selectors.words_mark(row.heading, row.text)
        form = AmendmentForm([], again)
        form.add_error("reason" if error.code == "reason" else "text", str(wording.refusal(error.code)))
        return _note(request, found, 409 if error.code == "changed" else 422, accepting=form)
    return _done(request, draft, _("The words are in the version being written, and their author has the answer."))


@require_POST
@works_on_draft(access.Task.EDITOR)
def note_reject(request: HttpRequest, draft: Draft, pk: uuid.UUID) -> HttpResponse:
    """Refuse proposed words, with the reason."""
    found = _find(draft, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _note(request, found, 422, rejecting=form)
    try:
        services.reject_amendment(
            note=found,
            reason=form.cleaned_data["reason"],
            responder=_responder(draft),
            language=wording_consulting.language(),
            by=request.user,
        )
    except ActError as error:
        return _refused(request, found, error)
    return _done(request, draft, _("The words are refused, with the reason. They can be taken up later."))


def _responder(draft: Draft) -> str:
    """Name who answers: the office that runs the consultation, not a person."""
    return wording_consulting.asked_by(draft.consultation)

"""Commitments on the desk: all of a consultation, promising something in a clause, and putting it right."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minga.deliberation import wording_commitments as wording
from minga.deliberation import wording_consulting
from minga.deliberation.engine.errors import ActError
from minga.deliberation.forms_commitments import AmendForm, CommitmentForm
from minga.deliberation.models import Clause, Commitment, Consultation
from minga.deliberation.selectors import access
from minga.deliberation.selectors import commitments as selectors
from minga.deliberation.selectors import drafts as texts
from minga.deliberation.services import committing
from minga.deliberation.views.commitments import card
from minga.deliberation.views.common import works_on
from minga.web.ratelimit import limited

_TASKS = (access.Task.LEAD, access.Task.EDITOR)
_A_PAGE = 50
#: Beside which field a refusal stands.
_FIELDS = {
    "clause": "clause", "title": "title", "owner": "owner", "link": "indicator_link", "figure": "indicator_link",
    "why": "note",
}  # fmt: skip


def _posted(request: HttpRequest) -> Any:
    """Return what was sent, also where that is nothing; None where nothing was sent yet."""
    return request.POST if request.method == "POST" else None


def _frame(consultation: Consultation) -> dict[str, Any]:
    return {"consultation": consultation, "text": wording_consulting.shown(consultation)}


@require_safe
@works_on()
def desk_commitments(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """List what was promised, what is late standing first."""
    found = selectors.of_consultation(consultation)  # by the day on which they are due, what ended last
    page = Paginator(found, _A_PAGE).get_page(request.GET.get("page"))
    words = _frame(consultation) | {
        "page": page,
        "cards": [card(each) for each in page],
        "count": selectors.counted(found),
        "drafts": selectors.adopted_drafts(consultation),
        "may_commit": access.may(request.user, consultation, *_TASKS),
    }
    return render(request, "deliberation/desk_commitments.html", words)


def _clauses(consultation: Consultation) -> list[tuple[str, str]]:
    """Return the clauses of the adopted drafts, by draft and permanent name."""
    return [
        (f"{draft.slug}/{row.code}", f"{draft.title}: {row.place} {row.heading or row.code}")
        for draft in selectors.adopted_drafts(consultation)
        for row in texts.clauses_at(draft, draft.version)
    ]


@limited("deliberation-commit", times=120, seconds=3600)
@works_on(*_TASKS)
def desk_commitment_new(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """Promise something that follows from a clause."""
    clauses = _clauses(consultation)
    if not clauses:
        messages.info(request, wording.refusal("draft"))
        return redirect("deliberation:desk_commitments", consultation.slug)
    named = {"clause": request.GET.get("clause", "")}
    form = CommitmentForm(clauses, _posted(request), initial=named, chosen=consultation.organization)
    if request.method == "POST" and form.is_valid():
        slug, _slash, code = form.cleaned_data["clause"].rpartition("/")
        clause = get_object_or_404(
            Clause, draft__consultation=consultation, draft__slug=slug, number=int(code.removeprefix("C"))
        )
        try:
            made = committing.commit(clause=clause, by=request.user, **form.commitment())
        except ActError as error:
            form.add_error(_FIELDS.get(error.code), wording.refusal(error.code))
        else:
            messages.success(request, _("The commitment stands in the public tracker now."))
            return redirect("deliberation:commitment", made.pk)
    words = _frame(consultation) | {"form": form}
    return render(request, "deliberation/desk_commitment_new.html", words, status=422 if form.errors else 200)


def _found(consultation: Consultation, pk: uuid.UUID) -> Commitment:
    found = selectors.of_consultation(consultation).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@limited("deliberation-commit", times=120, seconds=3600)
@works_on(*_TASKS)
def desk_commitment(request: HttpRequest, consultation: Consultation, pk: uuid.UUID) -> HttpResponse:
    """Put right who answers for a commitment and how it is measured."""
    found = _found(consultation, pk)
    known = {name: getattr(found, name) for name in committing.AMENDABLE if name != "organization"}
    known |= {"seen": found.version, "organization": str(found.organization.mark) if found.organization else ""}
    form = AmendForm(_posted(request), initial=known, chosen=found.organization)
    if request.method == "POST" and form.is_valid():
        try:
            committing.amend(commitment=found, by=request.user, **form.changes())
        except ActError as error:
            form.add_error(_FIELDS.get(error.code), wording.refusal(error.code))
            found = _found(consultation, pk)
            form.data = form.data | {"seen": str(found.version)} if error.code == "changed" else form.data
        else:
            messages.success(request, _("The commitment is put right, and your reason stands with it."))
            return redirect(reverse("deliberation:commitment", args=[found.pk]))
    words = _frame(consultation) | card(found) | {"form": form, "updates": found.updates.order_by("-version")}
    return render(request, "deliberation/desk_commitment.html", words, status=422 if form.errors else 200)

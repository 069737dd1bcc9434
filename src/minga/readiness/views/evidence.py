"""Evidence: photos and documents behind answers, added on a small page of their own, seen by very few."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from minga.readiness import selectors, services
from minga.readiness import wording_validation as words_of
from minga.readiness.engine.errors import EvidenceError
from minga.readiness.engine.instrument import Item
from minga.readiness.file_response import given_out
from minga.readiness.forms_validation import EvidenceForm
from minga.readiness.keys import new_secret
from minga.readiness.models import Assessment, Colleague, Evidence
from minga.readiness.views.common import opens, shown_instrument
from minga.readiness.views.invited import opens_colleague
from minga.web.ratelimit import limited


@dataclass(frozen=True)
class Place:
    """Where evidence is added: by the business on its own pages, or by one colleague on theirs."""

    assessment: Assessment
    colleague: Colleague | None
    request: HttpRequest

    @property
    def own(self) -> Any:
        """The evidence that whoever stands here may see: owners all of it, others what they sent themselves."""
        held = self.assessment.evidence.order_by("added_at", "pk")
        if self.colleague is not None:
            return held.filter(colleague=self.colleague)
        held = selectors.counted_evidence(self.assessment).order_by("added_at", "pk")
        if selectors.may_decide(self.assessment, self.request.user):
            return held
        return held.filter(account=self.request.user.pk, colleague=None)

    @property
    def is_open(self) -> bool:
        """Whether evidence can be added now."""
        if self.colleague is not None and self.assessment.is_submitted:
            return False
        return self.assessment.is_claimed and self.assessment.status != Assessment.Status.VALIDATED

    def link(self, name: str, *rest: Any) -> str:
        """Return the address of a page of evidence from here."""
        if self.colleague is not None:
            return reverse(f"readiness:colleague_{name}", args=[self.colleague.pk, *rest])
        return reverse(f"readiness:{name}", args=[self.assessment.pk, *rest])

    def find(self, pk: uuid.UUID) -> Evidence:
        found: Evidence | None = self.own.filter(pk=pk).first()
        if found is None:
            raise Http404
        return found


@require_GET
@opens
def evidence(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """List the questions with the evidence behind them."""
    place = Place(assessment, None, request)
    instrument = shown_instrument(assessment)
    held: dict[str, int] = {}
    for one in place.own:
        held[one.item] = held.get(one.item, 0) + 1
    factors = [
        {"name": factor.name, "rows": [{"item": item, "files": held.get(item.id, 0)} for item in items]}
        for factor in instrument.factors
        if (items := instrument.items_of(factor.id, assessment.form))
    ]
    words = {"assessment": assessment, "factors": factors, "is_open": place.is_open, "files": sum(held.values())}
    return render(request, "readiness/evidence.html", words)


@limited("readiness-evidence", times=120, seconds=3600)
@opens
def evidence_item(request: HttpRequest, assessment: Assessment, item: str) -> HttpResponse:
    """Show the evidence behind one question, and take more."""
    asked = {one.id: one for one in shown_instrument(assessment).items_of(None, assessment.form)}
    return _item(request, Place(assessment, None, request), asked.get(item))


@limited("readiness-evidence", times=120, seconds=3600)
@opens_colleague
def colleague_evidence(request: HttpRequest, colleague: Colleague, item: str) -> HttpResponse:
    """Show what one colleague sent for one of the own questions, and take more."""
    assessment = colleague.assessment
    items = selectors.items_for(shown_instrument(assessment), assessment.form, role=colleague.role)
    return _item(request, Place(assessment, colleague, request), {one.id: one for one in items}.get(item))


def _item(request: HttpRequest, place: Place, item: Item | None) -> HttpResponse:
    if item is None:
        raise Http404
    by_script = request.headers.get("Accept") == "application/json"
    if request.method == "POST" and not place.is_open:
        if by_script:
            said = str(words_of.EVIDENCE["closed" if place.assessment.is_claimed else "unclaimed"])
            return JsonResponse({"outcome": "refused", "message": said}, status=422)
        messages.error(request, str(words_of.EVIDENCE["closed" if place.assessment.is_claimed else "unclaimed"]))
        return redirect(request.path)
    form = EvidenceForm(request.POST or None, request.FILES or None, initial={"client": new_secret()})
    if request.method == "POST" and by_script:
        return _told(request, place, item, form)
    if request.method == "POST" and _added(request, place, item, form):
        messages.success(request, _("The evidence is kept."))
        return redirect(request.path)
    words = {
        "assessment": place.assessment,
        "colleague": place.colleague,
        "item": item,
        "form": form,
        "files": [
            {"file": one, "url": place.link("evidence_file", one.pk), "delete": place.link("evidence_delete", one.pk)}
            for one in place.own.filter(item=item.id)
        ],
        "is_open": place.is_open,
        "most": services.MAX_AN_ITEM,
        "back": _answer_page(place, item),
    }
    return render(request, "readiness/evidence_item.html", words, status=422 if request.method == "POST" else 200)


def _told(request: HttpRequest, place: Place, item: Item, form: EvidenceForm) -> HttpResponse:
    """Answer the page's script; the same `client` twice is the same evidence, so a lost response does no harm."""
    if _added(request, place, item, form):
        return JsonResponse({"outcome": "saved"})
    said = " ".join(str(one) for errors in form.errors.values() for one in errors)
    return JsonResponse({"outcome": "refused", "message": said}, status=422)


def _answer_page(place: Place, item: Item) -> str:
    if place.assessment.is_submitted:
        return (
            place.link("evidence")
            if place.colleague is None
            else reverse("readiness:colleague", args=[place.colleague.pk])
        )
    name = "colleague_answer" if place.colleague else "answer"
    opened = place.colleague or place.assessment
    return f"{reverse(f'readiness:{name}', args=[opened.pk, item.factor])}#item-{item.id}"


def _added(request: HttpRequest, place: Place, item: Item, form: EvidenceForm) -> bool:
    if not form.is_valid():
        if "file" not in request.FILES:
            form.errors["file"] = form.error_class([str(words_of.EVIDENCE["none"])])
        return False
    try:
        services.add_evidence(
            assessment=place.assessment,
            item=item.id,
            data=form.cleaned_data["file"].read(),
            caption=form.cleaned_data["caption"],
            client_id=form.cleaned_data["client"],
            account=request.user if request.user.is_authenticated else None,
            colleague=place.colleague,
        )
    except EvidenceError as problem:
        form.add_error("file", words_of.evidence_refusal(problem))
        return False
    return True


@require_GET
@opens
def evidence_file(request: HttpRequest, assessment: Assessment, file: uuid.UUID) -> HttpResponse:
    """Give out one file: to an owner any of the check, to others what they sent themselves."""
    return given_out(Place(assessment, None, request).find(file))


@require_GET
@opens_colleague
def colleague_evidence_file(request: HttpRequest, colleague: Colleague, file: uuid.UUID) -> HttpResponse:
    """Give a colleague one of the files they sent."""
    return given_out(Place(colleague.assessment, colleague, request).find(file))


@require_POST
@opens
def evidence_delete(request: HttpRequest, assessment: Assessment, file: uuid.UUID) -> HttpResponse:
    """Delete one file of evidence."""
    return _deleted(request, Place(assessment, None, request), file)


@require_POST
@opens_colleague
def colleague_evidence_delete(request: HttpRequest, colleague: Colleague, file: uuid.UUID) -> HttpResponse:
    """Delete one of the files a colleague sent, while the check is open."""
    place = Place(colleague.assessment, colleague, request)
    if not place.is_open:
        raise Http404
    return _deleted(request, place, file)


def _deleted(request: HttpRequest, place: Place, file: uuid.UUID) -> HttpResponse:
    found = place.find(file)
    services.remove_evidence(evidence=found)
    messages.success(request, _("The file is deleted."))
    return redirect(place.link("evidence_item" if place.colleague is None else "evidence", found.item))

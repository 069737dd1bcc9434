"""The form on paper: printing it with the code that finds its assessment again, and typing in what came back."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from minga.readiness import keys, selectors, services
from minga.readiness.engine.paper import paper
from minga.readiness.forms_importing import KeyForm, PaperCodeForm
from minga.readiness.models import AccessKey, Assessment
from minga.readiness.views.common import held_secret, keep_alive, language, opens_to_answer, remember, shown_instrument
from minga.web.qr import qr_code
from minga.web.ratelimit import limited

_COOKIE = "check_"


def _form(request: HttpRequest, assessment: Assessment) -> str:
    """Return the form that is printed or typed in: what the address says, else that of the assessment."""
    said = (request.POST if request.method == "POST" else request.GET).get("form", "")
    return said if said in Assessment.Form.values else assessment.form


@opens_to_answer
def paper_page(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Offer the form to print, with its code."""
    words = {"assessment": assessment, "code": keys.paper_code(assessment.pk), "form": _form(request, assessment)}
    return render(request, "readiness/paper.html", words)


@opens_to_answer
def paper_form(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Give the form itself: one page that loads nothing, made to be printed."""
    address = request.build_absolute_uri(reverse("readiness:paper_type", args=[assessment.pk]))
    html = paper(
        shown_instrument(assessment),
        _form(request, assessment),
        keys.paper_code(assessment.pk),
        picture=str(
            qr_code(address, label=_("The page for typing in this form, as a picture for a telephone’s camera"))
        ),
        nonce=str(request.csp_nonce),  # type: ignore[attr-defined]
    )
    return HttpResponse(html)


@limited("readiness-resume", times=10, seconds=600)
@never_cache
def paper_find(request: HttpRequest) -> HttpResponse:
    """Find the assessment of a returned form by its code, and go to the grid."""
    form = PaperCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        found = selectors.find_by_code(code, account=request.user, secrets=_secrets(request))
        if found is not None:
            return _to_grid(request, found, code)
        form.add_error(
            "code", _("This code finds no check that you may fill in. Compare it with your paper, or sign in first.")
        )
    return render(request, "readiness/paper_find.html", {"form": form}, status=422 if form.errors else 200)


def _to_grid(request: HttpRequest, found: Assessment, code: str) -> HttpResponse:
    """Go to the grid; whoever may answer anyway needs no key of the business, and gets none."""
    grid = redirect("readiness:paper_type", pk=found.pk)
    try:
        right = Assessment.OpenedFor.ANSWERING
        selectors.find(found.pk, account=request.user, secret=held_secret(request, found.pk), right=right)
    except Http404:
        opened = services.resume(kind=AccessKey.Kind.CODE, secret=keys.tidy_code(code) or "")
        return remember(grid, *opened) if opened else redirect("readiness:paper_find")
    return grid


def _secrets(request: HttpRequest) -> dict[str, str]:
    """Return the keys this browser holds, by the id of their assessment."""
    found = {}
    for name in request.COOKIES:
        if name.startswith(_COOKIE):
            try:
                pk = uuid.UUID(name.removeprefix(_COOKIE))
            except ValueError:
                continue
            if secret := held_secret(request, pk):
                found[pk.hex] = secret
    return found


@limited("readiness-save", times=1200, seconds=600)
@opens_to_answer
def paper_type(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Type in what stands on a paper form: one key a question, in the order of the paper."""
    if assessment.is_submitted:
        return redirect("readiness:assessment", pk=assessment.pk)
    form = _form(request, assessment)
    instrument = shown_instrument(assessment)
    try:
        items = [item for factor in instrument.factors for item in instrument.items_of(factor.id, form)]
    except ValueError:
        raise Http404 from None
    data = request.POST if request.method == "POST" else None
    grid = KeyForm(instrument, items, selectors.answers_of(assessment), data)
    if data is not None:
        if form != assessment.form and form == Assessment.Form.FULL:
            services.reopen_assessment(assessment=assessment, form=form)
        _save(request, assessment, grid)
        if not grid.errors:
            return keep_alive(request, redirect("readiness:assessment", pk=assessment.pk), assessment)
    words = {
        "assessment": assessment,
        "instrument": instrument,
        "grid": grid,
        "form": form,
        "code": keys.paper_code(assessment.pk),
        "client": data.get("client", "")[:40] if data is not None else uuid.uuid4().hex,
    }
    response = render(request, "readiness/paper_type.html", words, status=422 if grid.errors else 200)
    return keep_alive(request, response, assessment) if data is not None else response


def _save(request: HttpRequest, assessment: Assessment, grid: KeyForm) -> None:
    """Save every key that changed something and is right, marked as from paper; a newer answer is never overwritten."""
    stored = selectors.answers_of(assessment)
    for key in grid.keys:
        if key.error or not key.is_changed:
            continue
        saved = services.save_answer(
            assessment=assessment,
            item=key.item.id,
            value=key.given,
            reason=key.reason,
            note=stored[key.item.id].note if key.item.id in stored else "",
            seen_version=key.version,
            client_id=f"{services.FROM_PAPER}{request.POST.get('client', '')[:32]}-{key.version}",
            language=language(),
            account=request.user if request.user.is_authenticated else None,
            is_assisted=assessment.opened_for == Assessment.OpenedFor.ANSWERING,
        )
        if saved.outcome == "conflict":
            key.conflict = saved.answer
        key.version, key.stored = saved.answer.version, saved.answer.value

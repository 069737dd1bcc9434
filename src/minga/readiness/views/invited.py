"""The pages of a colleague who was asked: the own questions, saying "I am finished", keeping and deleting."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from minga.readiness import selectors, services
from minga.readiness.engine.errors import ReadinessError
from minga.readiness.forms import PageForm
from minga.readiness.models import AccessKey, Colleague
from minga.readiness.views.common import for_offline, forget, held_secret, keep_alive, shown_instrument
from minga.readiness.views.filling import neighbour_of, page_words, save_one, save_page
from minga.web.ratelimit import limited


def opens_colleague(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give a view the colleague of its address, or answer 404 to everyone else, the owner of the check among them."""

    @wraps(view)
    @never_cache
    def guarded(request: HttpRequest, pk: uuid.UUID, **named: Any) -> HttpResponse:
        colleague = selectors.find_colleague(pk, account=request.user, secret=held_secret(request, pk))
        return view(request, colleague, **named)

    return guarded


def _frame(colleague: Colleague) -> dict[str, Any]:
    """Return what every page of a colleague shows; nothing of what others gave is among it."""
    assessment = colleague.assessment
    instrument = shown_instrument(assessment)
    answers = selectors.answers_of_colleague(colleague)
    return {
        "colleague": colleague,
        "assessment": assessment,
        "role": instrument.codes.roles.get(colleague.role, ""),
        "instrument": instrument,
        "answers": answers,
        "progress": selectors.progress(assessment, instrument, answers, role=colleague.role),
        "place": f"c/{colleague.pk}",
    }


@opens_colleague
def colleague(request: HttpRequest, colleague: Colleague) -> HttpResponse:
    """Show what is asked, how far it is, and who will see what."""
    response = render(request, "readiness/colleague.html", _frame(colleague))
    if colleague.assessment.is_submitted:
        return response
    return for_offline(request, response, held_secret(request, colleague.pk))


@limited("readiness-save", times=1200, seconds=600)
@opens_colleague
def colleague_answer(request: HttpRequest, colleague: Colleague, factor: str) -> HttpResponse:
    """Show the colleague's questions of one factor; a post saves the whole page and goes on."""
    assessment = colleague.assessment
    if assessment.is_submitted:
        return redirect("readiness:colleague", pk=colleague.pk)
    words = _frame(colleague)
    instrument = words["instrument"]
    items = selectors.items_of_page(instrument, factor, assessment.form, role=colleague.role)
    if request.method != "POST":
        form = PageForm(instrument, items, words["answers"])
        response = _page(request, words, factor, form)
        return for_offline(request, response, held_secret(request, colleague.pk))
    form = PageForm(instrument, items, words["answers"], request.POST)
    if save_page(request, assessment, form, colleague) and form.is_valid:
        following = redirect(_neighbour(words, factor, -1 if "back" in request.POST else 1))
        return keep_alive(request, following, colleague)
    return keep_alive(request, _page(request, _frame(colleague), factor, form, status=422), colleague)


def _neighbour(words: dict[str, Any], factor: str, step: int) -> str:
    """Return where the page after or before a factor is; the colleague's first page stands at both ends."""
    pk = words["colleague"].pk
    own = reverse("readiness:colleague", args=[pk])
    return neighbour_of(
        words["progress"],
        factor,
        step,
        page=lambda other: reverse("readiness:colleague_answer", args=[pk, other]),
        first=own,
        last=own,
    )


def _page(request: HttpRequest, words: dict[str, Any], factor: str, form: PageForm, status: int = 200) -> HttpResponse:
    beside = page_words(words["progress"], form, factor, lambda step: _neighbour(words, factor, step))
    return render(request, "readiness/colleague_answer.html", words | beside | {"page": form}, status=status)


@require_POST
@limited("readiness-save", times=1200, seconds=600)
@opens_colleague
def colleague_save(request: HttpRequest, colleague: Colleague) -> HttpResponse:
    """Save one answer of a colleague, sent by the page's script."""
    return keep_alive(request, save_one(request, colleague.assessment, lambda: _frame(colleague), colleague), colleague)


@require_POST
@opens_colleague
def colleague_finish(request: HttpRequest, colleague: Colleague) -> HttpResponse:
    """Say: I am finished."""
    try:
        services.finish(colleague=colleague)
    except ReadinessError:
        messages.error(request, _("The check was submitted meanwhile, so nothing can be changed any more."))
    else:
        messages.success(request, _("Thank you. The owner sees that you have finished, not what you answered."))
    return redirect("readiness:colleague", pk=colleague.pk)


@limited("readiness-keep", times=30, seconds=3600)
@opens_colleague
def colleague_keep(request: HttpRequest, colleague: Colleague) -> HttpResponse:
    """Make a code of the colleague's own, or keep the questions in the account that is signed in."""
    words = _frame(colleague)
    if request.method == "POST" and colleague.account_id is None:
        words["code"] = services.give_key(
            assessment=colleague.assessment, colleague=colleague, kind=AccessKey.Kind.CODE
        )
        words["resume_page"] = request.build_absolute_uri(reverse("readiness:resume"))
    return render(request, "readiness/colleague_keep.html", words)


@require_POST
@opens_colleague
def colleague_claim(request: HttpRequest, colleague: Colleague) -> HttpResponse:
    """Keep the questions in the account that is signed in."""
    own = reverse("readiness:colleague", args=[colleague.pk])
    if not request.user.is_authenticated:
        return redirect(f"{reverse(settings.LOGIN_URL)}?next={own}")
    if colleague.account_id is None:
        try:
            services.keep_place(colleague=colleague, account=request.user, secret=held_secret(request, colleague.pk))
        except ReadinessError:  # another account took them in this moment
            return redirect("readiness:mine")
        messages.success(request, _("These questions are now under “Your checks”, whenever you sign in."))
    return forget(redirect(own), colleague.pk)


@require_POST
@opens_colleague
def colleague_leave(request: HttpRequest, colleague: Colleague) -> HttpResponse:
    """Close the questions on this device, which others may use."""
    services.leave_browser(colleague=colleague, secret=held_secret(request, colleague.pk))
    messages.success(request, _("Your questions are closed on this device. Your own code opens them again."))
    return forget(redirect("readiness:resume"), colleague.pk)


@require_GET
@opens_colleague
def colleague_export(request: HttpRequest, colleague: Colleague) -> HttpResponse:
    """Give out everything that the colleague gave."""
    response = JsonResponse(
        services.export_colleague(colleague), json_dumps_params={"ensure_ascii": False, "indent": 2}
    )
    response["Content-Disposition"] = f'attachment; filename="readiness-{colleague.pk}.json"'
    return response


@opens_colleague
def colleague_delete(request: HttpRequest, colleague: Colleague) -> HttpResponse:
    """Say what will be lost and ask; a post deletes what the colleague gave."""
    if colleague.assessment.is_submitted:
        raise Http404
    if request.method != "POST":
        return render(request, "readiness/colleague_delete.html", _frame(colleague))
    pk = colleague.pk
    services.delete_colleague(colleague=colleague)
    messages.success(request, _("Everything you answered is deleted, and the invitation with it."))
    return forget(redirect("readiness:start"), pk)

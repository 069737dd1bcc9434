"""Working without a line: the worker that keeps the pages, and drafts as files."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from minga.readiness import services
from minga.readiness.engine.errors import AnswerError
from minga.readiness.models import Assessment
from minga.readiness.views.common import frame, keep_alive, language, opens
from minga.web.ratelimit import limited


@require_GET
@cache_control(max_age=0, must_revalidate=True)
def worker(request: HttpRequest) -> HttpResponse:
    """Serve the worker from the folder of the pages that it may keep."""
    words = {
        "closed": _("This page opens only with a connection."),
        "waits": _(
            "What waits is kept on this device, also when you close the page or switch the device off. It is sent as "
            "soon as there is a connection."
        ),
        "questions": _("Back to the questions"),
    }
    return render(request, "readiness/worker.js", words, content_type="text/javascript; charset=utf-8")


@require_GET
@opens
def draft_file(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Give out the present answers as a file that can be brought in again."""
    response = JsonResponse(services.write_draft(assessment), json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="readiness-{assessment.pk}-draft.json"'
    return response


@limited("readiness-submit", times=300, seconds=3600)
@opens
def draft(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Take answers along as a file, or bring such a file in; what became of each answer is said."""
    if assessment.is_submitted:
        return redirect("readiness:assessment", pk=assessment.pk)
    words = {}
    if request.method == "POST":
        words = _brought(request, assessment)
    response = render(
        request, "readiness/draft.html", frame(assessment) | words, status=422 if words.get("problem") else 200
    )
    return keep_alive(request, response, assessment) if request.method == "POST" else response


def _brought(request: HttpRequest, assessment: Assessment) -> dict[str, object]:
    sent = request.FILES.get("draft")
    if sent is None:
        return {"problem": _("No file was chosen. Choose the file that was saved as a draft.")}
    try:
        draft = services.read_draft(sent.read(services.MAX_DRAFT_BYTES + 1))
    except AnswerError:
        return {"problem": _("This file is no draft of a check. Choose the file that was saved here or on the device.")}
    brought = services.bring_draft(
        assessment=assessment,
        draft=draft,
        language=language(),
        account=request.user if request.user.is_authenticated else None,
    )
    instrument = frame(assessment)["instrument"]

    def named(items: tuple[str, ...]) -> list[str]:
        return [instrument.item(item).short if instrument.has_item(item) else item for item in items]

    return {
        "brought": {
            "saved": named(brought.saved),
            "unchanged": named(brought.unchanged),
            "set_aside": named(brought.set_aside),
            "refused": named(tuple(item for item, _problem in brought.refused)),
        }
    }

"""Drafts and answers as files: a version in every format, and all voices with their answers."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from typing import Any

from csp.decorators import csp_update
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from minga.deliberation import wording_consulting, wording_publishing
from minga.deliberation.engine.texts.drafts import FORMATS, write_draft
from minga.deliberation.engine.texts.html import style_of, write_html
from minga.deliberation.engine.texts.replies import FORMATS as TABLES
from minga.deliberation.engine.texts.replies import Frame, Names, Row, coded_replies, reply_rows, write_replies
from minga.deliberation.engine.trace import Trace
from minga.deliberation.engine.trace_files import write_trace
from minga.deliberation.models import Consultation
from minga.deliberation.selectors import access, publishing, trace_tables
from minga.deliberation.selectors import drafts as texts
from minga.deliberation.views.common import shows_consultation, works_on
from minga.web import errors, pdf
from minga.web.ratelimit import exceeded, limited

_FILES = limited("deliberation-files", times=120, seconds=600, reading=True)


@require_safe
@_FILES
@shows_consultation
def draft_file(request: HttpRequest, consultation: Consultation, draft: str, version: int, ending: str) -> HttpResponse:
    """Give a version of a draft as a file; with ``?trace=1`` also what stands behind each clause."""
    if ending not in {*FORMATS, "pdf"}:
        raise Http404
    is_team = access.may(request.user, consultation)
    found = texts.find_draft(consultation, draft, is_team=is_team)
    number = texts.check_version(found, version, is_team=is_team)
    if ending == "xml" and number > found.version:
        raise Http404  # it names every version by the day of its publication
    with_trace = request.GET.get("trace") == "1"
    text, words = wording_publishing.draft_text(
        found, number, wording_publishing.whole_by(request), with_trace=with_trace
    )
    name = f"{found.slug}-v{number}{'-trace' if with_trace else ''}.{ending}"
    if ending == "pdf":
        html = partial(write_html, text, words, with_trace=with_trace)
        response = _pdf(request, html, name, is_public=number <= found.version)
    elif ending == "html":
        response = _styled(HttpResponse(write_html(text, words, with_trace=with_trace)))
        response["Content-Disposition"] = f'inline; filename="{name}"'
    else:
        response = HttpResponse(write_draft(text, ending, words, with_trace=with_trace), content_type=FORMATS[ending])
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    return _kept(response, is_published=number <= found.version)


def _styled(response: HttpResponse) -> HttpResponse:
    """Allow the style sheet in a page by its content: a mark, new each time, would make two copies of it differ."""
    style = style_of(response.content.decode())
    allowed = b64encode(sha256(style.encode()).digest()).decode()
    return csp_update({"style-src": [f"'sha256-{allowed}'"]})(lambda: response)()


def _pdf(request: HttpRequest, html: Callable[[], str], name: str, *, is_public: bool) -> HttpResponse:
    """Draw a page on paper, which costs seconds: so often from one address and not more."""
    if exceeded(request, "deliberation-pdf", times=60, seconds=3600):
        return errors.too_many_requests(request)
    return pdf.answer(request, html, name, is_public=is_public)


def _kept(response: HttpResponse, *, is_published: bool) -> HttpResponse:
    """Keep what is still being written out of every cache."""
    if not is_published:
        response["Cache-Control"] = "no-store, private"
    return response


# ---------------------------------------------------------------- answers
@require_safe
@_FILES
@shows_consultation
def replies_file(request: HttpRequest, consultation: Consultation, ending: str) -> HttpResponse:
    """Give all voices with their answers, once no more voices are taken in; words only where the sender agreed."""
    if not publishing.has_public_replies(consultation):
        raise Http404
    return _replies(request, consultation, ending, publishing.public_voices(consultation))


@require_safe
@works_on()
def desk_replies_file(request: HttpRequest, consultation: Consultation, ending: str) -> HttpResponse:
    """Give all voices with their answers and all words, to the team alone."""
    return _replies(request, consultation, ending, None)


def _replies(request: HttpRequest, consultation: Consultation, ending: str, public: set[str] | None) -> HttpResponse:
    if ending not in {*TABLES, "pdf"}:
        raise Http404
    whole = wording_publishing.whole_by(request)
    words = wording_publishing.labels()
    frame = wording_publishing.replies_frame(consultation, whole, is_public=public is not None)
    trace = publishing.published_trace(consultation)
    # the team reads all words; only those that everyone may read have a page of their own
    names = wording_publishing.replies_names(consultation, whole, publishing.public_voices(consultation))
    table = reply_rows(trace, public=public, names=names, labels=words)
    of = "answers-of-all-for-the-team" if public is None else "answers"
    name = f"{consultation.slug}-{of}.{ending}"
    if ending == "pdf":
        drawn = partial(write_replies, table, "html", frame)
        return _pdf(request, lambda: drawn().decode(), name, is_public=public is not None)
    response = HttpResponse(_written(trace, table, ending, frame, names, public), content_type=TABLES[ending])
    if ending == "html":
        _styled(response)
    response["Content-Disposition"] = f'{"inline" if ending == "html" else "attachment"}; filename="{name}"'
    return response


@require_safe
@_FILES
@shows_consultation
def trace_file(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """Give the whole way from voices to clauses as tables, once no more voices are taken in."""
    if not publishing.has_public_replies(consultation):
        raise Http404
    return _packed(request, trace_tables.for_everyone(consultation), f"{consultation.slug}-trace.zip")


@require_safe
@works_on()
def desk_trace_file(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """Give the same with all words and what senders said about themselves, to the team alone."""
    name = f"{consultation.slug}-trace-of-all-for-the-team.zip"
    return _packed(request, trace_tables.for_team(consultation), name)


def _packed(request: HttpRequest, trace: Trace, name: str) -> HttpResponse:
    addressed = wording_publishing.addressed(trace, wording_publishing.whole_by(request))
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(write_trace(addressed), content_type="application/zip", headers=headers)


def _written(trace: Trace, rows: list[Row], ending: str, frame: Frame, names: Names, public: set[str] | None) -> bytes:
    """Write the answers in words for people, and in codes for programs."""
    if ending == "csv":
        return write_replies(coded_replies(trace, public=public, themes=names.themes), ending, frame)
    return write_replies(rows, ending, frame)


@require_safe
@works_on()
def desk_files(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """List everything of a consultation that can be taken along."""
    drafts = texts.visible_drafts(consultation, is_team=True).prefetch_related("versions")
    words: dict[str, Any] = {
        "consultation": consultation,
        "text": wording_consulting.shown(consultation),
        "drafts": drafts,
        "formats": [*FORMATS, "pdf"] if pdf.is_available() else list(FORMATS),
        "tables": [*TABLES, "pdf"] if pdf.is_available() else list(TABLES),
        "is_public": publishing.has_public_replies(consultation),
    }
    return render(request, "deliberation/desk_files.html", words)

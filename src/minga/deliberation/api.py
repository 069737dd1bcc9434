"""Consultations for programs: what is asked, how far it is, drafts and commitments. Under /api/v1/deliberation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest
from django.utils import translation
from django.views.decorators.http import conditional_page
from ninja.decorators import decorate_view

from minga.deliberation import api_talking, wording_commitments, wording_consulting, wording_publishing
from minga.deliberation.api_shapes import (
    CommitmentPage,
    CommitmentWhole,
    ConsultationPage,
    ConsultationWhole,
    CountryCode,
    CoverageOut,
    DraftOut,
    Language,
    Page,
    PerPage,
    TraceOut,
    router,
)
from minga.deliberation.models import Commitment, Consultation, Conversation
from minga.deliberation.selectors import (
    access,
    citing,
    commitments,
    consulting,
    drafts,
    promised,
    publishing,
    rounds,
    trace_tables,
    tracing,
)

__all__ = ["api_talking", "router"]


@router.get("/consultations", response=ConsultationPage, summary="List consultations")
@decorate_view(conditional_page)
def consultations(
    request: HttpRequest,
    state: Literal["", "open", "closed", "adopted"] = "",
    country: CountryCode = "",
    level: Literal["", "country", "region", "city", "alliance"] = "",
    language: Language = "en",
    page: Page = 1,
    per_page: PerPage = 20,
) -> Any:
    """What everyone may see, the latest opened first; needs no account."""
    found = Paginator(consulting.listed(state=state, country=country.upper(), level=level), per_page)
    shown = found.page(page).object_list if page <= found.num_pages else []
    with translation.override(language):
        listed = [_consultation(one) for one in shown]
    return {"consultations": listed, "total": found.count, "page": page, "pages": found.num_pages}


@router.get("/consultations/{slug:slug}", response=ConsultationWhole, summary="Read a consultation")
@decorate_view(conditional_page)
def consultation(request: HttpRequest, slug: str, language: Language = "en") -> Any:
    """Its question, how far it is, its rounds, and the names of its conversations and drafts."""
    found = access.find_consultation(slug, request.user)
    progress = consulting.progress(found)
    with translation.override(language):
        return _consultation(found) | {
            "voices": progress.voices,
            "unanswered": progress.unanswered,
            "unread": progress.unread,
            "steps": dict(progress.steps()),
            "rounds": [_round(one) for one in consulting.round_counts(found)],
            "conversations": _public_talks(found),
            "drafts": list(drafts.visible_drafts(found, is_team=False).values_list("slug", flat=True)),
            "policy": [str(line) for line in wording_consulting.policy(found)],
        }


def _public_talks(found: Consultation) -> list[str]:
    return list(found.conversations.exclude(state=Conversation.State.DRAFT).values_list("slug", flat=True))


def _consultation(one: Consultation) -> dict[str, Any]:
    text = wording_consulting.shown(one)
    kept = ("slug", "level", "country", "place", "state", "is_sample", "opened_at", "closed_at")
    return {name: getattr(one, name) for name in kept} | {
        "title": text.title,
        "about": text.about,
        "language": text.language,
        "asked_by": wording_consulting.asked_by(one),
    }


def _round(counted: consulting.RoundCounts) -> dict[str, Any]:
    kept = ("number", "title", "level", "country", "place", "opens_on", "closes_on")
    return {name: getattr(counted.round, name) for name in kept} | {
        "rolls_up_into": counted.round.parent.number if counted.round.parent else None,
        "voices": counted.voices,
        "senders": counted.senders,
        "participants": counted.participants,
    }


@router.get("/consultations/{slug:slug}/coverage", response=CoverageOut, summary="See what became of the voices")
@decorate_view(conditional_page)
def coverage(request: HttpRequest, slug: str) -> Any:
    """How many voices were read, answered and carried over: as a whole, by stratum (95 % intervals), and by round."""
    api_talking.slow_down(request, "deliberation-coverage", times=120, seconds=600)
    found = access.find_consultation(slug, request.user)
    counted = tracing.coverage_of(publishing.published_trace(found))
    return {
        "measures": counted.measures.to_dicts(),
        "strata": counted.strata.to_dicts(),
        "rounds": _outcomes(found),
    }


@router.get("/consultations/{slug:slug}/trace", response=TraceOut, summary="Take the way from voices to clauses along")
@decorate_view(conditional_page)
def trace(request: HttpRequest, slug: str) -> Any:
    """Once no more voices are taken in: all that coverage counts, in rows, so that anybody can count again."""
    api_talking.slow_down(request, "deliberation-trace", times=60, seconds=600)
    found = access.find_consultation(slug, request.user)
    if not publishing.has_public_replies(found):
        raise Http404
    tables = trace_tables.for_everyone(found)
    return trace_tables.rows_of(wording_publishing.addressed(tables, wording_publishing.whole_by(request)))


def _outcomes(found: Consultation) -> list[dict[str, int | None]]:
    names = ("voices", "answered", "accepted")
    told = rounds.outcomes(found, consulting.round_counts(found))
    return [
        {"round": number} | {name: None if one is None else getattr(one, name) for name in names}
        for number, one in told.items()
    ]


@router.get("/consultations/{slug:slug}/drafts/{slug:draft}", response=DraftOut, summary="Read a draft")
@decorate_view(conditional_page)
def draft(request: HttpRequest, slug: str, draft: str) -> Any:
    """Its last published version."""
    return _version(request, slug, draft, None)


@router.get(
    "/consultations/{slug:slug}/drafts/{slug:draft}/versions/{int:number}",
    response=DraftOut,
    summary="Read one version of a draft",
    url_name="deliberation_draft_version",
)
@decorate_view(conditional_page)
def draft_version(request: HttpRequest, slug: str, draft: str, number: int) -> Any:
    """A published version never changes; its `text_hash` can be calculated again from this answer alone."""
    return _version(request, slug, draft, number)


def _version(request: HttpRequest, slug: str, name: str, number: int | None) -> dict[str, Any]:
    found = drafts.find_draft(access.find_consultation(slug, request.user), name)
    versions = {one.number: one for one in publishing.versions_of(found, found.version)}
    asked = versions.get(found.version if number is None else number)
    if asked is None:
        raise Http404
    kept = ("code", "place", "depth", "parent", "heading", "text", "kind", "version", "came_from")
    return {
        "draft": found.slug,
        "title": found.title,
        "language": found.language,
        "state": found.state,
        "decision": found.decision,
        "version": asked.number,
        "versions": sorted(versions),
        "note": asked.note,
        "published_at": asked.published_at,
        "text_hash": asked.text_hash,
        "text_hash_names": drafts.hashed_names(asked),
        "clauses": [{name: getattr(row, name) for name in kept} for row in drafts.clauses_at(found, asked.number)],
    }


@router.get("/commitments", response=CommitmentPage, summary="Follow what was promised")
@decorate_view(conditional_page)
def tracked(
    request: HttpRequest,
    consultation: str = "",
    status: Literal["", "planned", "going", "done", "changed", "dropped", "overdue"] = "",
    country: CountryCode = "",
    page: Page = 1,
    per_page: PerPage = 20,
) -> Any:
    """Commitments of adopted drafts, what is due first standing first; `consultation` is its word in the address."""
    made = commitments.public_commitments()
    if consultation:
        made = commitments.of_consultation(access.find_consultation(consultation, request.user))
    found = Paginator(commitments.tracked(made, status=status, country=country.upper()), per_page)
    shown = found.page(page).object_list if page <= found.num_pages else []
    listed_ones = list(shown)
    voices = promised.voices_behind(listed_ones)
    listed = [_commitment(request, one, voices[one.pk]) for one in listed_ones]
    return {"commitments": listed, "total": found.count, "page": page, "pages": found.num_pages}


@router.get("/commitments/{uuid:pk}", response=CommitmentWhole, summary="Follow one commitment back to the voices")
@decorate_view(conditional_page)
def commitment(request: HttpRequest, pk: UUID) -> Any:
    """Its consultation, the adopted version and the clause, the answers, voices and evidence behind it, its reports."""
    api_talking.slow_down(request, "deliberation-commitment", times=120, seconds=600)
    one = commitments.find(pk)
    draft = one.draft
    row = next((row for row in drafts.clauses_at(draft, draft.version) if row.code == one.clause.code), None)
    with translation.override(citing.KEPT_IN):
        whole = wording_publishing.whole_by(request)
        trace = publishing.published_trace(draft.consultation, draft)
        behind = wording_publishing.behind(draft.consultation, trace, whole, wording_publishing.labels())
        notes = behind.notes(f"{draft.slug}/{one.clause.code}")
    kept = ("version", "at", "status", "due_on", "note", "value")
    return _commitment(request, one, promised.voices_behind([one])[one.pk]) | {
        "consultation_title": wording_consulting.shown(draft.consultation).title,
        "clause_heading": row.heading if row else "",
        "clause_text": row.text if row else "",
        "behind": [
            {"kind": note.kind, "code": note.code, "text": note.text, "language": note.language, "address": note.link}
            for note in notes
        ],
        "updates": [{name: getattr(each, name) for name in kept} for each in one.updates.order_by("version")],
    }


def _commitment(request: HttpRequest, one: Commitment, voices: Sequence[str]) -> dict[str, Any]:
    kept = (
        "code", "title", "about", "language", "owner", "due_on", "status", "indicator", "baseline", "target",
        "is_overdue",
    )  # fmt: skip
    with translation.override(citing.KEPT_IN):
        whole = wording_publishing.whole_by(request)
        addresses = wording_commitments.addresses(one, whole)
        addresses["indicator_link"] = wording_commitments.indicator_address(one, whole)
    return (
        {name: getattr(one, name) for name in kept}
        | addresses
        | {
            "id": str(one.pk),
            "consultation": one.draft.consultation.slug,
            "draft": one.draft.slug,
            "draft_version": one.draft.version,
            "clause": one.clause.code,
            "voices": list(voices),
            "value": one.value_now,  # type: ignore[attr-defined]
        }
    )

"""The report as page, JSON, Markdown and text: four faces of one frozen value."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from minga import members as world
from minga.readiness import report, selectors, wording
from minga.readiness.engine.report_types import NodeResult, Step
from minga.readiness.models import Assessment
from minga.readiness.views.common import language, opens_to_read
from minga.web import pdf
from minga.web.charts import ProfileRow
from minga.web.ratelimit import limited

_NARROW = 0.15


@opens_to_read
def report_page(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Show the report; without any answer, go and answer first."""
    built = report.build(assessment, language())
    if built is None:
        return redirect("readiness:assessment", pk=assessment.pk)
    return render(request, "readiness/report.html", _page_words(request, assessment, built))


def _page_words(request: HttpRequest, assessment: Assessment, built: report.Built) -> dict[str, Any]:
    return report_words(assessment, built) | {
        "chart": [_chart_row(node) for node in (*built.report.factors, built.report.total)],
        "may_decide": selectors.may_decide(assessment, request.user),
        "lends_scores": selectors.lends_scores(assessment),
        "has_pdf": pdf.is_available(),
    }


@limited("readiness-pdf", times=60, seconds=3600, reading=True)
@opens_to_read
def report_pdf(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Give the report page as it would be printed, as PDF."""
    built = report.build(assessment, language())
    if built is None:
        return redirect("readiness:assessment", pk=assessment.pk)
    words = _page_words(request, assessment, built)
    return pdf.pdf_response(request, "readiness/report.html", words, f"readiness-report-{assessment.pk}.pdf")


@opens_to_read
def report_json(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Give the report as JSON."""
    built = report.build(assessment, language())
    if built is None:
        return JsonResponse({"error": _nothing_answered(request)}, status=409)
    response = JsonResponse(built.report.to_dict(), json_dumps_params={"ensure_ascii": False, "indent": 2})
    return _named(response, assessment, "json")


@opens_to_read
def report_markdown(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Give the report as Markdown."""
    return _written(request, assessment, "md", "text/markdown; charset=utf-8")


@opens_to_read
def report_text(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Give the report as plain text."""
    return _written(request, assessment, "txt", "text/plain; charset=utf-8")


def _nothing_answered(request: HttpRequest) -> dict[str, str]:
    return {
        "code": "nothing_answered",
        "message": _("This assessment holds no answer yet, so there is no report. Answer at least one item."),
        "where": request.path,
    }


def _written(request: HttpRequest, assessment: Assessment, ending: str, kind: str) -> HttpResponse:
    built = report.build(assessment, language())
    if built is None:
        return HttpResponse(_nothing_answered(request)["message"], content_type=kind, status=409)
    words = report_words(assessment, built)
    lines = render_to_string(f"readiness/report.{ending}", words).splitlines()
    # a template leaves a blank line for every tag that stands alone; one blank line parts two blocks
    kept = [line.rstrip() for at, line in enumerate(lines) if line.strip() or (at and lines[at - 1].strip())]
    return _named(HttpResponse("\n".join(kept).strip() + "\n", content_type=kind), assessment, ending)


def _named(response: HttpResponse, assessment: Assessment, ending: str) -> HttpResponse:
    response["Content-Disposition"] = f'inline; filename="readiness-report-{assessment.pk}.{ending}"'
    return response


def report_words(assessment: Assessment, built: report.Built) -> dict[str, Any]:
    """Return what every written face of a report says, in the language of the page."""
    made = built.report
    scored = [node for node in made.factors if node.score is not None]
    return {
        "assessment": assessment,
        "instrument": built.instrument,
        "report": made,
        "country": world.country(assessment.country).name(language()),
        "sector": world.sector(assessment.sector).name(language()),
        "goals": [built.instrument.codes.kpi[goal] for goal in assessment.goals],
        "overlays": [wording.overlay_title(one.id, one.title) for one in built.instrument.overlays],
        "is_complete": made.total.score is not None and made.total.lower == made.total.upper,
        # a narrow interval needs a second decimal to be one
        "decimals": 2 if made.total.score is not None and made.total.upper - made.total.lower < _NARROW else 1,
        "best": max(scored, key=lambda node: node.score or 0, default=None),
        "lowest": min(scored, key=lambda node: node.score or 0, default=None),
        "not_scored": [node for node in made.factors if node.score is None],
        "closed": [{"gate": gate, "why": wording.gate(gate)} for gate in made.gates if not gate.is_open],
        "opened": [{"gate": gate, "why": wording.gate(gate)} for gate in made.gates if gate.is_open],
        "steps": [_step(step, built) for step in made.first_steps],
        "later": [{"step": step, "why": wording.later(step)} for step in made.later],
        "inclusion": [{"item": item, "state": wording.state(item)} for item in made.inclusion],
        "changes": [change for change in made.change if change.is_change],
        "total_change": next((change for change in made.change if change.node == "total" and change.is_change), None),
        "earlier": built.earlier,
        "voices": built.voices,
        "validated": built.validated,
        "is_owner": assessment.opened_for == Assessment.OpenedFor.OWNING,
        "can_answer": assessment.opened_for != Assessment.OpenedFor.READING,
        "has_colleagues": selectors.colleagues_of(assessment).exists(),
        "peers": _peers(made.link_total if made.link_total.peers else made.total),
        "deleted_on": selectors.deleted_on(assessment),
    }


def _chart_row(node: NodeResult) -> ProfileRow:
    peers = node.peers
    return ProfileRow(
        label=node.name if node.node != "total" else str(wording.OVERALL),
        value=node.score,
        lower=node.lower,
        upper=node.upper,
        peer_median=peers.median if peers else None,
        peer_low=peers.p25 if peers else None,
        peer_high=peers.p75 if peers else None,
        note="" if node.score is not None else str(wording.NOT_SCORED),
    )


def _step(step: Step, built: report.Built) -> dict[str, Any]:
    return {
        "step": step,
        "sentence": wording.sentence(step, has_goals=built.has_goals),
        "reasons": wording.reasons(step),
        "stability": round(100 * step.stability),
        "help": [
            {"help": one, "kind": wording.RECORD_TYPES.get(one.kind, one.kind), "record": built.records[one.key]}
            for one in step.help
        ],
    }


def _peers(node: NodeResult) -> dict[str, Any] | None:
    """Say who the peers are; None where nobody lends figures yet."""
    if node.peers is None:
        return None
    shown = node.peers.median is not None
    return {
        "figures": node.peers,
        "is_shown": shown,
        "group": wording.peer_group(node.peers) if shown else "",
        "withheld": wording.withheld(node.peers),
    }

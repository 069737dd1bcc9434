"""Pages of readiness: find, build, show; no rule lives here."""

from __future__ import annotations

from minga.readiness.views.answer import answer, goals, overview, reopen, save, submit
from minga.readiness.views.keep import claim, consent, delete, export, keep, mine, resume, resume_link
from minga.readiness.views.offline import draft, draft_file, worker
from minga.readiness.views.results import report_json, report_markdown, report_page, report_text
from minga.readiness.views.start import confirm, start

__all__ = [
    "answer",
    "claim",
    "confirm",
    "consent",
    "delete",
    "draft",
    "draft_file",
    "export",
    "goals",
    "keep",
    "mine",
    "overview",
    "reopen",
    "report_json",
    "report_markdown",
    "report_page",
    "report_text",
    "resume",
    "resume_link",
    "save",
    "start",
    "submit",
    "worker",
]

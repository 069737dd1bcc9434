"""Pages of readiness: find, build, show; no rule lives here."""

from __future__ import annotations

from minga.readiness.views.agreeing import agreement, go_on_without
from minga.readiness.views.answer import answer, goals, overview, reopen, save, submit
from minga.readiness.views.colleagues import colleagues, renew_invitation, withdraw_invitation
from minga.readiness.views.invited import (
    colleague,
    colleague_answer,
    colleague_claim,
    colleague_delete,
    colleague_export,
    colleague_finish,
    colleague_keep,
    colleague_leave,
    colleague_save,
)
from minga.readiness.views.keep import claim, consent, delete, export, keep, mine, resume, resume_link
from minga.readiness.views.offline import draft, draft_file, worker
from minga.readiness.views.results import report_json, report_markdown, report_page, report_text
from minga.readiness.views.start import confirm, start

__all__ = [
    "agreement",
    "answer",
    "claim",
    "colleague",
    "colleague_answer",
    "colleague_claim",
    "colleague_delete",
    "colleague_export",
    "colleague_finish",
    "colleague_keep",
    "colleague_leave",
    "colleague_save",
    "colleagues",
    "confirm",
    "consent",
    "delete",
    "draft",
    "draft_file",
    "export",
    "go_on_without",
    "goals",
    "keep",
    "mine",
    "overview",
    "renew_invitation",
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
    "withdraw_invitation",
    "worker",
]

"""Pages of readiness: find, build, show; no rule lives here."""

from __future__ import annotations

from minga.readiness.views.advising import client_paper, clients, leave_client, new_client, revoke_share, sharing
from minga.readiness.views.agreeing import agreement, go_on_without
from minga.readiness.views.answer import answer, goals, overview, reopen, save, submit
from minga.readiness.views.assessing import (
    assess,
    assess_complete,
    assess_confirm,
    assess_factor,
    assess_file,
    assess_visited,
    assess_word,
    validations,
    visit_list,
)
from minga.readiness.views.colleagues import colleagues, renew_invitation, withdraw_invitation
from minga.readiness.views.comparing import compare
from minga.readiness.views.evidence import (
    colleague_evidence,
    colleague_evidence_delete,
    colleague_evidence_file,
    evidence,
    evidence_delete,
    evidence_file,
    evidence_item,
)
from minga.readiness.views.importing import (
    import_answers,
    import_confirm,
    import_mend,
    import_template,
    import_xlsform,
)
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
from minga.readiness.views.paper import paper_find, paper_form, paper_page, paper_type
from minga.readiness.views.programmes import joining, new_programme, programme, programmes
from minga.readiness.views.results import report_json, report_markdown, report_page, report_pdf, report_text
from minga.readiness.views.start import confirm, start
from minga.readiness.views.validation import (
    assign,
    assign_second,
    queue,
    validation,
    validation_second,
    validation_withdraw,
)

__all__ = [
    "agreement",
    "answer",
    "assess",
    "assess_complete",
    "assess_confirm",
    "assess_factor",
    "assess_file",
    "assess_visited",
    "assess_word",
    "assign",
    "assign_second",
    "claim",
    "client_paper",
    "clients",
    "colleague",
    "colleague_answer",
    "colleague_claim",
    "colleague_delete",
    "colleague_evidence",
    "colleague_evidence_delete",
    "colleague_evidence_file",
    "colleague_export",
    "colleague_finish",
    "colleague_keep",
    "colleague_leave",
    "colleague_save",
    "colleagues",
    "compare",
    "confirm",
    "consent",
    "delete",
    "draft",
    "draft_file",
    "evidence",
    "evidence_delete",
    "evidence_file",
    "evidence_item",
    "export",
    "go_on_without",
    "goals",
    "import_answers",
    "import_confirm",
    "import_mend",
    "import_template",
    "import_xlsform",
    "joining",
    "keep",
    "leave_client",
    "mine",
    "new_client",
    "new_programme",
    "overview",
    "paper_find",
    "paper_form",
    "paper_page",
    "paper_type",
    "programme",
    "programmes",
    "queue",
    "renew_invitation",
    "reopen",
    "report_json",
    "report_markdown",
    "report_page",
    "report_pdf",
    "report_text",
    "resume",
    "resume_link",
    "revoke_share",
    "save",
    "sharing",
    "start",
    "submit",
    "validation",
    "validation_second",
    "validation_withdraw",
    "validations",
    "visit_list",
    "withdraw_invitation",
    "worker",
]

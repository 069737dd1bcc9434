"""Every write of readiness, by subject: a verb, keyword arguments, one transaction."""

from __future__ import annotations

from minga.readiness.services.agreeing import Agreed, agree, refuse_to_submit
from minga.readiness.services.answering import Saved, choose_goals, reopen_assessment, save_answer, submit_assessment
from minga.readiness.services.drafts import MAX_BYTES as MAX_DRAFT_BYTES
from minga.readiness.services.drafts import bring_draft, read_draft, write_draft
from minga.readiness.services.inviting import (
    Invitation,
    delete_colleague,
    finish,
    invite_colleague,
    is_opened,
    keep_place,
    leave_browser,
    renew_invitation,
    withdraw_invitation,
)
from minga.readiness.services.owning import (
    BENCHMARK_TEXT,
    claim_assessment,
    delete_assessment,
    delete_unclaimed,
    give_benchmark,
    revoke_benchmark,
)
from minga.readiness.services.privacy import erase_person, export_assessment, export_person
from minga.readiness.services.starting import give_key, pin, preview, resume, start_assessment

__all__ = [
    "BENCHMARK_TEXT",
    "MAX_DRAFT_BYTES",
    "Saved",
    "bring_draft",
    "choose_goals",
    "claim_assessment",
    "delete_assessment",
    "delete_unclaimed",
    "erase_person",
    "export_assessment",
    "export_person",
    "give_benchmark",
    "give_key",
    "pin",
    "preview",
    "read_draft",
    "reopen_assessment",
    "resume",
    "revoke_benchmark",
    "save_answer",
    "start_assessment",
    "submit_assessment",
    "write_draft",
]

"""Evidence: adding, reading and deleting the photos and documents behind answers.

A file is written before its row and deleted after it, so a crash leaves at most a file without a row; the daily job
finds those. A row never waits for its file.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from minga.members import services as members
from minga.readiness import inspection, selectors
from minga.readiness.engine.errors import EvidenceError
from minga.readiness.models import Assessment, Colleague, Evidence, Validation
from minga.readiness.vault import vault

log = logging.getLogger("minga.readiness")

MAX_AN_ITEM = 5
MAX_AN_ASSESSMENT = 80
#: A file without a row may belong to an upload that is being stored right now.
_GRACE_SECONDS = 3600


@dataclass(frozen=True)
class Added:
    """What became of an upload: the evidence, and whether it is new or was there already."""

    evidence: Evidence
    is_new: bool


def add_evidence(
    *,
    assessment: Assessment,
    item: str,
    data: bytes,
    caption: str = "",
    client_id: str = "",
    account: Any = None,
    colleague: Colleague | None = None,
) -> Added:
    """Keep a photo or PDF behind an answer; the same `client_id` twice is the same evidence.

    Raises
    ------
    EvidenceError
        The file cannot be kept, there are too many, or no evidence is taken now.
    """
    if (known := _known(assessment, client_id)) is not None:
        return Added(known, is_new=False)
    _check_place(assessment, item, colleague)
    if len(data) > settings.UPLOAD_MB * 1024 * 1024:
        raise EvidenceError(
            "size", f"The file is larger than {settings.UPLOAD_MB} MB. Make it smaller, or send it in parts."
        )
    examined = inspection.examine(data)
    path, is_encrypted = vault.write(examined.data)
    try:
        with transaction.atomic():
            # one upload at a time for an assessment: the counts below must hold
            Assessment.objects.select_for_update().get(pk=assessment.pk)
            _check_count(assessment, item)
            evidence = Evidence.objects.create(
                assessment=assessment,
                item=item,
                colleague=colleague,
                account=account,
                content_type=examined.content_type,
                size=len(examined.data),
                sha256=hashlib.sha256(examined.data).hexdigest(),
                path=path,
                is_encrypted=is_encrypted,
                caption=" ".join(caption.split())[:200],
                client_id=client_id,
            )
    except IntegrityError:
        vault.delete(path)
        if (known := _known(assessment, client_id)) is None:
            raise
        return Added(known, is_new=False)
    except BaseException:
        vault.delete(path)
        raise
    return Added(evidence, is_new=True)


def _known(assessment: Assessment, client_id: str) -> Evidence | None:
    return Evidence.objects.filter(assessment=assessment, client_id=client_id).first() if client_id else None


def _check_place(assessment: Assessment, item: str, colleague: Colleague | None) -> None:
    asked = selectors.instrument_of(assessment, "en").items_of(None, assessment.form)
    found = next((one for one in asked if one.id == item), None)
    if found is None or (colleague is not None and colleague.role and colleague.role not in found.who):
        raise EvidenceError("item", f"Item {item!r} is not among the questions here. Add evidence to one of them.")
    if not assessment.is_claimed:
        raise EvidenceError(
            "unclaimed",
            "This check belongs to nobody yet, so no evidence can be kept for it. Claim it for an account first.",
        )
    if assessment.status == Assessment.Status.VALIDATED:
        raise EvidenceError(
            "closed", "This check is validated, so its evidence is closed. Reopen its answers to add more."
        )


def _check_count(assessment: Assessment, item: str) -> None:
    held = assessment.evidence
    if held.filter(item=item).count() >= MAX_AN_ITEM:
        raise EvidenceError("many_here", f"This question has {MAX_AN_ITEM} files already. Delete one to add another.")
    if held.count() >= MAX_AN_ASSESSMENT:
        raise EvidenceError("many", f"This check has {MAX_AN_ASSESSMENT} files already. Delete one to add another.")


def read_evidence(*, evidence: Evidence, by: Any = None, as_assessor: bool = False) -> bytes:
    """Return the content of evidence; that an assessor opened it becomes an act of the audit trail.

    Raises
    ------
    EvidenceError
        The file is gone, cannot be decrypted, or is not what was stored.
    """
    data = vault.read(evidence.path, is_encrypted=evidence.is_encrypted)
    if hashlib.sha256(data).hexdigest() != evidence.sha256:
        raise EvidenceError("changed", "The file of this evidence is not what was stored. Bring it back from a backup.")
    if as_assessor:
        members.record(by=by, act="evidence.opened", on=f"evidence:{evidence.pk.hex}")
    return data


@transaction.atomic
def remove_evidence(*, evidence: Evidence) -> None:
    """Delete one piece of evidence; its file goes once the row is gone for certain."""
    evidence.delete()
    _delete_files([evidence.path])


def remove_all_evidence(of: QuerySet[Evidence]) -> int:
    """Delete evidence; call it inside the transaction that deletes what the evidence belongs to."""
    with transaction.atomic():
        paths = list(of.values_list("path", flat=True))
        of.delete()
        _delete_files(paths)
    return len(paths)


def _delete_files(paths: Iterable[str]) -> None:
    for path in paths:
        transaction.on_commit(lambda path=path: vault.delete(path))


# ---------------------------------------------------------------- jobs
def delete_old_evidence() -> int:
    """Delete evidence whose time is over; return how much.

    The time runs from the completion of the validation; without one from the submission; in a draft from the last
    answer. It does not run while somebody validates.
    """
    since = timezone.now() - timedelta(days=settings.EVIDENCE_DAYS)
    waiting = Validation.objects.filter(status__in=selectors.RUNNING).values("assessment")
    kept = Assessment.objects.filter(is_sample=False, evidence__isnull=False).exclude(pk__in=waiting).distinct()
    deleted = 0
    for assessment in kept.annotate(completed=Max("validations__completed_at")).iterator():
        if _time_of(assessment) < since:
            deleted += remove_all_evidence(assessment.evidence.filter(added_at__lt=since))
    return deleted


def _time_of(assessment: Any) -> Any:
    if not assessment.is_submitted:
        return assessment.last_answer_at
    return max(filter(None, (assessment.submitted_at, assessment.completed)))


def delete_orphans() -> int:
    """Delete files that no row knows, as a crash may leave them; return how many. Say how many rows lost their file."""
    known = set(Evidence.objects.values_list("path", flat=True))
    orphans = [path for path in vault.stored(older_than_seconds=_GRACE_SECONDS) if path not in known]
    for path in orphans:
        # a row may have come since the list was made
        if not Evidence.objects.filter(path=path).exists():
            vault.delete(path)
    missing = sum(not vault.exists(path) for path in known)
    if missing:
        log.warning("Files of evidence that are not in their folder: %s. Bring them back from a backup.", missing)
    return len(orphans)


def encrypt_anew() -> int:
    """Write all evidence under the newest key; return how many files. A stop in the middle loses nothing."""
    if not vault.encrypts():
        raise EvidenceError(
            "no_key", "MINGA_EVIDENCE_KEY is not set, so there is no key to encrypt with. Set it, then try again."
        )
    done = 0
    for pk in list(Evidence.objects.order_by("pk").values_list("pk", flat=True)):
        done += _encrypt_one(pk)
    return done


def _encrypt_one(pk: Any) -> int:
    evidence = Evidence.objects.filter(pk=pk).first()
    if evidence is None:
        return 0
    data = read_evidence(evidence=evidence)
    path, is_encrypted = vault.write(data)
    try:
        with transaction.atomic():
            changed = Evidence.objects.filter(pk=pk, path=evidence.path).update(path=path, is_encrypted=is_encrypted)
            _delete_files([evidence.path] if changed else [path])
    except BaseException:
        vault.delete(path)
        raise
    return changed

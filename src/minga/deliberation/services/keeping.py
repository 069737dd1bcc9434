"""What was sent, in the course of time: opening its file, forgetting who sent it, and files that nobody knows."""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import IntakeFile, Source
from minga.deliberation.selectors.sources import files_known
from minga.deliberation.vault import vault
from minga.members import services as members

log = logging.getLogger("minga.deliberation")

#: A file without a row may belong to an upload that is being stored right now.
_GRACE_SECONDS = 3600


def read_file(*, source: Source, by: Any = None) -> bytes:
    """Return the file that a source came as; that somebody opened it becomes an act of the audit trail.

    Raises
    ------
    ActError
        There is none, it is gone, cannot be decrypted, or is not what was stored.
    """
    if not source.file_path:
        raise ActError("missing", "No file is kept of this source. Its text stands on its page.")
    data = vault.read(source.file_path, is_encrypted=source.is_encrypted)
    if source.file_hash and hashlib.sha256(data).hexdigest() != source.file_hash:
        raise ActError("damaged", "The file is not what was stored. Bring it back from a backup.")
    members.record(by=by, act="source.opened", on=source)
    return data


def forget_senders() -> int:
    """Delete who sent what, and their files, some time after a consultation closed; return of how many sources.

    The words stay, and what is needed to count them: strata, language, and whether they may be shown.
    """
    before = timezone.now() - timedelta(days=settings.SENDER_DAYS)
    due = Source.objects.filter(
        stripped_at=None, is_sample=False, consultation__closed_at__lt=before,
        consultation__state__in=["closed", "adopted"],
    )  # fmt: skip
    return sum(_forget(pk, path) for pk, path in list(due.values_list("pk", "file_path")))


@transaction.atomic
def _forget(pk: Any, path: str) -> int:
    changed = Source.objects.filter(pk=pk, stripped_at=None).update(
        author_name="", author_organization="", author_address="", name="", file_path="", file_hash="", media_type="",
        is_encrypted=False, stripped_at=timezone.now(), revision=F("revision") + 1,
    )  # fmt: skip
    if path and changed:
        transaction.on_commit(partial(vault.delete, path), robust=True)
    return changed


def delete_orphans() -> int:
    """Delete files that no row knows, as a crash may leave them; return how many. Say how many rows lost their file."""
    known = files_known()
    orphans = [path for path in vault.stored(older_than_seconds=_GRACE_SECONDS) if path not in known]
    for path in orphans:
        # a row may have come since the list was made
        if not _is_known(path):
            vault.delete(path)
    missing = sum(not vault.exists(path) for path in known)
    if missing:
        log.warning("Files of sources that are not in their folder: %s. Bring them back from a backup.", missing)
    return len(orphans)


def _is_known(path: str) -> bool:
    return Source.objects.filter(file_path=path).exists() or IntakeFile.objects.filter(path=path).exists()


def encrypt_anew() -> int:
    """Write all files of sources and uploads under the newest key; return how many. A stop loses nothing."""
    if not vault.encrypts():
        raise ActError(
            "no_key", "MINGA_EVIDENCE_KEY is not set, so there is no key to encrypt with. Set it, then try again."
        )
    return sum(_encrypt(path) for path in sorted(files_known()))


def _encrypt(old: str) -> int:
    holders: Any = Source.objects.filter(file_path=old).values_list("is_encrypted", flat=True)
    row = holders.first()
    if row is None:
        row = IntakeFile.objects.filter(path=old).values_list("is_encrypted", flat=True).first()
    if row is None:
        return 0
    path, is_encrypted = vault.write(vault.read(old, is_encrypted=row))
    try:
        with transaction.atomic():
            # a source and the upload that it came with may share one file
            changed = Source.objects.filter(file_path=old).update(file_path=path, is_encrypted=is_encrypted)
            changed += IntakeFile.objects.filter(path=old).update(path=path, is_encrypted=is_encrypted)
            transaction.on_commit(partial(vault.delete, old if changed else path), robust=True)
    except BaseException:
        vault.delete(path)
        raise
    return min(1, changed)

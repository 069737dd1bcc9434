"""Daily tidying of what the house itself leaves behind."""

from __future__ import annotations

import time
from pathlib import Path

from django.conf import settings

from minga.web import tasks

KEPT_DAYS = 30


def tidy() -> dict[str, int]:
    """Delete finished tasks and mail files after a month; return how many of each."""
    return {"tasks": tasks.forget_finished(KEPT_DAYS), "mails": _delete_old_mail()}


def _delete_old_mail() -> int:
    """Without a mail server messages are kept as files; they hold addresses and links, so not for ever."""
    before = time.time() - KEPT_DAYS * 86_400
    old = [path for path in (Path(settings.VAR) / "mail").glob("*.log") if path.stat().st_mtime < before]
    for path in old:
        path.unlink()
    return len(old)

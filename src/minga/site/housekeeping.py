"""Daily tidying of what the house itself leaves behind."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from minga.web import tasks

KEPT_DAYS = 30


def tidy() -> dict[str, int]:
    """Delete finished tasks, mail files and what a restore put aside after a month; return how many of each."""
    before = timezone.now() - timedelta(days=KEPT_DAYS)
    return {
        "tasks": tasks.forget_finished(KEPT_DAYS),
        "mails": _delete(_old_mail(before)),
        "put aside by a restore": _delete(_put_aside(before)),
    }


def _old_mail(before: datetime) -> Iterator[Path]:
    """Without a mail server messages are kept as files; they hold addresses and links, so not for ever."""
    files = (Path(settings.VAR) / "mail").glob("*.log")
    yield from (path for path in files if path.stat().st_mtime < before.timestamp())


def _put_aside(before: datetime) -> Iterator[Path]:
    """What a restore kept of the time before it holds what people may have deleted since; its name says when it was."""
    for pattern in ("before-restore-*.zip", "*.replaced-*"):
        for path in Path(settings.VAR).glob(pattern):
            said = re.search(r"(\d{8}-\d{6})(\.zip)?$", path.name)
            if said and datetime.strptime(f"{said[1]}+0000", "%Y%m%d-%H%M%S%z") < before:
                yield path


def _delete(paths: Iterator[Path]) -> int:
    gone = list(paths)
    for path in gone:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    return len(gone)

"""Bring a site up to date before it serves: tables, static files, start content. Changes nothing the second time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.management.commands.collectstatic import Command as Collect
from django.core.management import call_command
from django.db import connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.module_loading import import_string

import minga
from minga.web import rooms
from minga.web.models import ScheduledRun

Say = Callable[[str], None]

_STAMP = "collected-from"


def prepare(say: Say) -> None:
    """Bring database, static files and start content up to date, saying what is done."""
    settings.VAR.mkdir(parents=True, exist_ok=True)
    migrate(say)
    collect_static(say)
    load_start_content(say)


def unapplied(using: str = "default") -> list[str]:
    """Name the migrations that the database still lacks."""
    executor = MigrationExecutor(connections[using])
    targets = executor.loader.graph.leaf_nodes()
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in executor.migration_plan(targets)]


def migrate(say: Say, using: str = "default") -> None:
    """Apply the migrations that are missing, and make the table of the cache."""
    missing = unapplied(using)
    if missing:
        say(f"Preparing the database: {len(missing)} steps")
        call_command("migrate", database=using, interactive=False, verbosity=0)
    call_command("createcachetable", database=using, verbosity=0)


def load_start_content(say: Say) -> None:
    """Have every room load what a site starts with, if this database has not had it from these files yet."""
    now = content_fingerprint()
    if outcome_of("start content").get("files") == now:
        return
    say("Loading the start content")
    with transaction.atomic():
        rooms.call_each("load_start_content")
        note("start content", {"files": now})


def outcome_of(name: str) -> dict[str, Any]:
    """Return what was noted when this was last done to this database; empty where it never was."""
    return ScheduledRun.objects.filter(name=name).values_list("outcome", flat=True).first() or {}


def note(name: str, outcome: dict[str, Any]) -> None:
    """Note in the database itself that this was done to it, so that a copy or a restore knows it too."""
    now = timezone.now()
    ScheduledRun.objects.update_or_create(
        name=name, defaults={"started_at": now, "finished_at": now, "outcome": outcome}
    )


def content_fingerprint() -> str:
    """Hash the version and the data files of all rooms."""
    package = Path(minga.__file__).parent
    mark = hashlib.sha256(minga.__version__.encode())
    for path in sorted(path for end in ("yaml", "csv") for path in package.rglob(f"*.{end}")):
        stat = path.stat()
        mark.update(f"{path.relative_to(package)}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return mark.hexdigest()


def collect_static(say: Say) -> None:
    """Collect the static files under hashed names, if any of them changed since the last time."""
    stamp, now = Path(settings.STATIC_ROOT) / _STAMP, _static_fingerprint()
    if stamp.exists() and stamp.read_text() == now:
        return
    say("Collecting the static files")
    command = Collect()
    # the settings of this process were read before anything was collected
    command.storage = import_string(settings.HASHED_STORAGE)()
    call_command(command, interactive=False, verbosity=0)
    stamp.write_text(now)


def _static_fingerprint() -> str:
    """Hash names, sizes and times of all static files: enough to see that one changed."""
    mark = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            stat = Path(storage.path(name)).stat()
            mark.update(f"{name}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return mark.hexdigest()

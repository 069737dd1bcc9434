"""Work in the background: what django-tasks leaves out.

A killed worker leaves its task "running" for ever, so a worker that starts puts what it was doing back into the
queue; hence every task must be safe to run twice. There is a schedule, and a place where a task says how far it is.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TextIO
from uuid import UUID

from django.conf import settings
from django.db import close_old_connections, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks import task

from minga.web.models import Progress, ScheduledRun

log = logging.getLogger("minga.tasks")

MAX_ATTEMPTS = 3
_LOOK_SECONDS = 30


class TaskError(ValueError):
    """Work in the background cannot be done as asked."""


# ---------------------------------------------------------------- progress
def set_progress(task_id: str | UUID, done: int, total: int) -> None:
    """Note how far a task has come; the page that waits for it reads this."""
    Progress.objects.update_or_create(task=task_id, defaults={"done": done, "total": total})


def progress_of(task_id: str | UUID) -> tuple[int, int] | None:
    """Return done and total, or None where the task has said nothing yet."""
    return Progress.objects.filter(task=task_id).values_list("done", "total").first()


# ---------------------------------------------------------------- after a crash
@dataclass(frozen=True)
class Requeued:
    """What a starting worker did with the tasks it had been running when it died."""

    again: int
    given_up: int


def requeue_orphans(worker_id: str, max_attempts: int = MAX_ATTEMPTS) -> Requeued:
    """Put back what this worker still holds as running: it died with it. After `max_attempts` it is given up."""
    from django_tasks_db.models import DBTaskResult

    again = given_up = 0
    with transaction.atomic():
        for row in DBTaskResult.objects.select_for_update().filter(status="RUNNING"):
            if not row.worker_ids or row.worker_ids[-1] != worker_id:
                continue
            if len(row.worker_ids) < max_attempts:
                row.status = "READY"
                row.save(update_fields=["status"])
                again += 1
            else:
                row.set_failed(TaskError(f"The worker died {len(row.worker_ids)} times while running this task."))
                given_up += 1
    return Requeued(again, given_up)


# ---------------------------------------------------------------- the schedule
@dataclass(frozen=True)
class Scheduled:
    """Work done every so often; `run` is the dotted name of a function that returns what it did, as counts."""

    name: str
    every: timedelta
    run: str


def schedule() -> dict[str, Scheduled]:
    """Return what settings.SCHEDULE holds, by name."""
    return {
        name: Scheduled(name, timedelta(hours=entry["hours"]), entry["run"])
        for name, entry in settings.SCHEDULE.items()
    }


def enqueue_due() -> list[str]:
    """Queue the scheduled work whose time has come; of several workers only one queues it."""
    return [entry.name for entry in schedule().values() if _queue_if_due(entry)]


def _queue_if_due(entry: Scheduled) -> bool:
    """Mark the work as started and queue it, both or neither: who dies in between has done nothing."""
    with transaction.atomic():
        if not _claim(entry):
            return False
        run_scheduled.enqueue(entry.name)
    return True


def _claim(entry: Scheduled) -> bool:
    """Mark the work as started if its time has come. The condition is in the UPDATE, so that two cannot win."""
    now = timezone.now()
    ScheduledRun.objects.get_or_create(name=entry.name)
    late = Q(started_at=None) | Q(started_at__lte=now - entry.every)
    return ScheduledRun.objects.filter(late, name=entry.name).update(started_at=now) == 1


@task(queue_name="long")
def run_scheduled(name: str) -> dict[str, Any]:
    """Run one entry of the schedule and keep its outcome."""
    entry = schedule().get(name)
    if entry is None:
        raise TaskError(f"{name!r} is not in the schedule. It holds {', '.join(schedule())}.")
    ScheduledRun.objects.update_or_create(name=name, defaults={"started_at": timezone.now()})
    outcome = import_string(entry.run)()
    ScheduledRun.objects.filter(name=name).update(finished_at=timezone.now(), outcome=outcome)
    return dict(outcome)


def forget_finished(days: int = 30) -> int:
    """Delete finished tasks, and what they said of their progress, after `days`."""
    from django_tasks_db.models import DBTaskResult

    before = timezone.now() - timedelta(days=days)
    Progress.objects.filter(changed_at__lt=before).delete()
    return DBTaskResult.objects.finished().filter(finished_at__lt=before).delete()[0]


# ---------------------------------------------------------------- the worker
def work(worker_id: str, *, once: bool = False, parent: int | None = None) -> Requeued:
    """Run tasks until stopped, or with `once` until the queue is empty; return what was put back at the start."""
    from django_tasks_db.management.commands.db_worker import Worker

    with _only_worker(worker_id):
        requeued = requeue_orphans(worker_id)
        if requeued.again or requeued.given_up:
            log.warning("after a crash, tasks queued again: %d; given up: %d", requeued.again, requeued.given_up)
        worker = Worker(
            queue_names=["*"],
            interval=1,
            batch=once,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=worker_id,
            excluded_queue_names=[],
        )
        if once:
            enqueue_due()
        else:
            worker.configure_signals()
            threading.Thread(target=_look_regularly, args=(parent,), daemon=True).start()
        worker.run()
    return requeued


def _look_regularly(parent: int | None) -> None:
    """Queue what is due, and stop the worker when the server that started it is gone."""
    pause, waited = threading.Event(), float(_LOOK_SECONDS)
    while True:
        if parent is not None and os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)
            return
        if waited >= _LOOK_SECONDS:
            waited = 0.0
            _enqueue_due_safely()
        waited += 1
        pause.wait(1)


def _enqueue_due_safely() -> None:
    close_old_connections()
    try:
        enqueue_due()
    except Exception:  # the database may be away for a moment; the next look finds what is due
        log.exception("the schedule could not be read; trying again in %d seconds", _LOOK_SECONDS)
    finally:
        close_old_connections()


@contextmanager
def _only_worker(worker_id: str) -> Iterator[None]:
    """Hold the worker's name: a second one would take over tasks that the first is still running."""
    path = Path(settings.VAR) / f"worker-{worker_id}.lock"
    with path.open("w") as lock:
        if not _locked(lock):
            raise TaskError(
                f"A worker called {worker_id!r} is already running on this machine. Give another name with --id."
            )
        yield


def _locked(lock: TextIO) -> bool:
    try:
        import fcntl
    except ImportError:  # no file locks on this system; the operator keeps names apart
        return True
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True

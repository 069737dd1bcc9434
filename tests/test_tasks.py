"""Work in the background survives a killed worker, is tried a few times only, and runs on schedule."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone

from tests.sites import Site


# ---------------------------------------------------------------- with a real worker
@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(tmp_path_factory.mktemp("site"), settings={"PYTHONPATH": os.getcwd()}).prepared()


def enqueue(site: Site, task: str, notes: Path) -> None:
    site.python(f"from tests import task_examples; task_examples.{task}.enqueue({str(notes)!r})")


def kill_worker_in_the_middle(site: Site, notes: Path) -> None:
    """Start a worker, wait until it works on the task, kill it."""
    before = len(notes.read_text().splitlines()) if notes.exists() else 0
    worker = subprocess.Popen(
        [sys.executable, "-m", "minga.site.cli", "site", "worker", "--id", "north"],
        env=site.environment,
        stderr=subprocess.DEVNULL,
    )
    try:
        patience = time.monotonic() + 180
        while not notes.exists() or len(notes.read_text().splitlines()) == before:
            assert time.monotonic() < patience, "the worker never began the task"
            assert worker.poll() is None, "the worker stopped by itself"
            time.sleep(0.05)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait(60)


def state_of(site: Site, task: str) -> str:
    return site.python(f"""
        from django_tasks_db.models import DBTaskResult
        row = DBTaskResult.objects.get(task_path="tests.task_examples.{task}")
        print(row.status, len(row.worker_ids), row.return_value)
    """)


@pytest.mark.slow
def test_a_task_whose_worker_was_killed_is_run_again_by_the_next(site: Site, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    enqueue(site, "slow_once", notes)
    kill_worker_in_the_middle(site, notes)
    assert state_of(site, "slow_once") == "RUNNING 1 None"
    told = site.minga("site", "worker", "--id", "north", "--once")
    assert "queued again: 1; given up: 0" in told.stderr
    assert state_of(site, "slow_once") == "SUCCESSFUL 2 2"


@pytest.mark.slow
def test_a_task_that_kills_its_worker_each_time_is_given_up_after_three_attempts(site: Site, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    enqueue(site, "never_ends", notes)
    for _attempt in range(3):
        kill_worker_in_the_middle(site, notes)
    told = site.minga("site", "worker", "--id", "north", "--once")
    assert "queued again: 0; given up: 1" in told.stderr
    assert len(notes.read_text().splitlines()) == 3
    assert state_of(site, "never_ends") == "FAILED 3 None"


@pytest.mark.slow
def test_a_second_worker_of_the_same_name_is_refused(site: Site) -> None:
    told = site.python("""
        import subprocess, sys
        from minga.web import tasks
        with tasks._only_worker("south"):
            second = [sys.executable, "-m", "minga.site.cli", "site", "worker", "--id", "south", "--once"]
            done = subprocess.run(second, capture_output=True, text=True)
            print(done.returncode, done.stderr)
    """)
    assert told.startswith("1 A worker called 'south' is already running")


@pytest.mark.slow
def test_a_worker_runs_what_is_due_once_a_day(tmp_path: Path) -> None:
    # a site of its own: workers that were killed elsewhere may have died over scheduled work
    site = Site(tmp_path / "var", settings={"PYTHONPATH": os.getcwd()}).prepared()
    site.minga("site", "worker", "--once")
    outcome = """
        from minga.web.models import ScheduledRun
        for row in ScheduledRun.objects.filter(name__in=["retention", "housekeeping"]).order_by("name"):
            print(row.name, row.finished_at.isoformat(), sorted(row.outcome)[0])
    """
    first = site.python(outcome)
    assert first.startswith("housekeeping ")
    assert "retention " in first
    site.minga("site", "worker", "--once")
    assert site.python(outcome) == first


@pytest.mark.slow
def test_retention_can_be_run_by_hand_and_says_what_it_deleted(site: Site) -> None:
    counts = site.json("site", "retention")
    assert "expired sessions" in counts
    assert all(isinstance(count, int) for count in counts.values())


# ---------------------------------------------------------------- in one process
@pytest.fixture
def tasks():
    from minga.web import tasks

    return tasks


@pytest.mark.page
@pytest.mark.django_db
def test_progress_is_what_was_said_last_and_nothing_before(tasks):
    job = uuid4()
    assert tasks.progress_of(job) is None
    tasks.set_progress(job, 1, 40)
    tasks.set_progress(job, 12, 40)
    assert tasks.progress_of(str(job)) == (12, 40)


@pytest.mark.page
@pytest.mark.django_db
def test_only_the_first_of_two_workers_queues_what_is_due(tasks, settings):
    settings.SCHEDULE = {"tidy": {"hours": 24, "run": "minga.site.housekeeping.tidy"}}
    assert tasks.enqueue_due() == ["tidy"]
    assert tasks.enqueue_due() == []


@pytest.mark.page
@pytest.mark.django_db
@pytest.mark.parametrize(("hours", "due"), [(23, []), (25, ["tidy"])])
def test_work_is_due_again_after_its_hours(tasks, settings, hours, due):
    from minga.web.models import ScheduledRun

    settings.SCHEDULE = {"tidy": {"hours": 24, "run": "minga.site.housekeeping.tidy"}}
    ScheduledRun.objects.create(name="tidy", started_at=timezone.now() - timedelta(hours=hours))
    assert tasks.enqueue_due() == due


@pytest.mark.page
@pytest.mark.django_db
def test_work_that_is_not_in_the_schedule_is_refused_with_what_is(tasks):
    with pytest.raises(tasks.TaskError, match=r"'payroll' is not in the schedule\. It holds retention, housekeeping"):
        tasks.run_scheduled.call("payroll")


def finished(days_ago: int):
    from django_tasks_db.models import DBTaskResult

    return DBTaskResult.objects.create(
        status="SUCCESSFUL",
        args_kwargs={"args": [], "kwargs": {}},
        task_path="minga.web.tasks.run_scheduled",
        backend_name="default",
        run_after=timezone.now(),
        finished_at=timezone.now() - timedelta(days=days_ago),
    )


@pytest.mark.page
@pytest.mark.django_db
def test_housekeeping_deletes_finished_tasks_and_mail_after_a_month(settings, tmp_path):
    from django_tasks_db.models import DBTaskResult

    from minga.site import housekeeping

    settings.VAR = tmp_path
    (tmp_path / "mail").mkdir()
    for name, days in (("old.log", 31), ("new.log", 29)):
        path = tmp_path / "mail" / name
        path.touch()
        os.utime(path, (time.time() - days * 86_400,) * 2)
    finished(31)
    young = finished(29)
    assert housekeeping.tidy() == {"tasks": 1, "mails": 1, "put aside by a restore": 0}
    assert list(DBTaskResult.objects.all()) == [young]
    assert [path.name for path in (tmp_path / "mail").iterdir()] == ["new.log"]


@pytest.mark.page
@pytest.mark.django_db
def test_what_a_restore_put_aside_goes_after_a_month(settings, tmp_path):
    from minga.site import housekeeping

    settings.VAR = tmp_path
    now = timezone.now()
    names = []
    for days in (31, 29):
        stamp = f"{now - timedelta(days=days):%Y%m%d-%H%M%S}"
        (tmp_path / f"uploads.replaced-{stamp}" / "deep").mkdir(parents=True)
        (tmp_path / f"before-restore-{stamp}.zip").touch()
        names += [f"uploads.replaced-{stamp}", f"before-restore-{stamp}.zip"]
    assert housekeeping.tidy()["put aside by a restore"] == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names[2:])

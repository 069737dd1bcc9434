"""Tasks for test_tasks.py to run in a real worker."""

from __future__ import annotations

import time
from pathlib import Path

from django_tasks import task


@task()
def slow_once(path: str) -> int:
    """Note the attempt; the first one never ends by itself."""
    notes = Path(path)
    with notes.open("a") as file:
        file.write("attempt\n")
    attempts = len(notes.read_text().splitlines())
    if attempts == 1:
        time.sleep(300)
    return attempts


@task()
def never_ends(path: str) -> None:
    """Note the attempt and hang, every time."""
    with Path(path).open("a") as file:
        file.write("attempt\n")
    time.sleep(300)

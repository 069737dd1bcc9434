"""Several hands at once: programs on one SQLite file, and connections to PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests import forks
from tests.sites import Site

_BEGIN = "from minga.web.setup import django_setup; django_setup()\n"


def starter(folder: Path) -> Callable[..., subprocess.Popen[str]]:
    """Make a SQLite site in a folder; return a function that runs code on it in a program of its own."""
    Site(folder).prepared()

    def start(code: str, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", _BEGIN + code, *arguments]
        return subprocess.Popen(command, env=_environment(folder), stdout=subprocess.PIPE, text=True)

    return start


def alone(folder: Path, code: str) -> str:
    """Run code on the site in a folder while nobody else works there; return what it prints."""
    done = forks.run(["-c", _BEGIN + code], _environment(folder))
    assert done.returncode == 0, done.stderr
    return done.stdout


def _environment(folder: Path) -> dict[str, str]:
    settings = {"MINGA_VAR": str(folder), "MINGA_DATABASE_URL": "", "DJANGO_SETTINGS_MODULE": "minga.site.settings"}
    return os.environ | settings


def needs_connections() -> None:
    """Skip where a test's database has one connection only."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite in memory has one connection; its processes are tested on a file above.")


def with_connections(work: Callable[[Any], Any], names: Iterable[Any]) -> list[Any]:
    """Let each name do the work in a thread with a connection of its own, all at the same moment; return what came."""
    names, done = list(names), []
    together = threading.Barrier(len(names))

    def at_once(name: Any) -> None:
        together.wait()
        try:
            done.append(work(name))
        finally:
            connection.close()

    threads = [threading.Thread(target=at_once, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    return done

"""Sites of their own for tests: each in a folder of its own, driven by the `minga` command as an operator would."""

from __future__ import annotations

import fcntl
import json
import os
import random
import shutil
import socket
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests import forks

#: Written anew by Django or by SQLite, or derived from the other tables.
DERIVED = ("django_migrations", "django_session", "sqlite_", "web_cache", "web_search_")
#: A restore is itself an act, so the trail grows by it.
GROWS = ("members_auditact", "members_audithead")


@dataclass
class Site:
    """A site in a folder; `database` is a URL, or empty for SQLite."""

    var: Path
    database: str = ""
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("MINGA_", "DJANGO_"))}
        own = {"MINGA_VAR": str(self.var), "MINGA_DATABASE_URL": self.database, "MINGA_LOG_LEVEL": "WARNING"}
        return kept | own | self.settings

    def minga(self, *arguments: str, expect: int = 0, typed: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run `minga …`; the exit code must be the expected one."""
        done = forks.run(["-m", "minga.site.cli", *arguments], self.environment, typed)
        assert done.returncode == expect, f"{arguments}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def program(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `minga …` as a program of its own that loads everything itself, as an operator would start it."""
        command = [sys.executable, "-m", "minga.site.cli", *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, f"{arguments}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def json(self, *arguments: str, expect: int = 0) -> Any:
        return json.loads(self.minga(*arguments, "--json", expect=expect).stdout)

    def prepared(self) -> Site:
        """Make the site ready to serve, by a copy of one on which `minga site prepare` ran: that takes seconds."""
        return self._copy("prepared", lambda kept: kept.program("site", "prepare"))

    def with_sample(self) -> Site:
        """Make it the site of the sample alliance, in the same way; its logins stand in `logins.json`."""

        def make(kept: Site) -> None:
            kept.prepared()
            kept.settings = {"MINGA_SAMPLE": "on"}
            logins = json.loads(kept.program("site", "sample", "--json").stdout)["logins"]
            (kept.var / "logins.json").write_text(json.dumps(logins), encoding="utf-8")

        self.settings |= {"MINGA_SAMPLE": "on"}
        return self._copy("sample", make)

    def _copy(self, name: str, make: Callable[[Site], None]) -> Site:
        assert not self.database, "only a site in a folder can be copied"
        shutil.copytree(_kept(name, make), self.var, dirs_exist_ok=True)
        return self

    def python(self, code: str, expect: int = 0) -> str:
        """Run code inside the site and return what it prints."""
        start = "from minga.web.setup import django_setup; django_setup()\n"
        done = forks.run(["-c", start + textwrap.dedent(code)], self.environment)
        assert done.returncode == expect, done.stderr
        return done.stdout.strip()

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Read every row of the SQLite database past Django, by table."""
        with closing(sqlite3.connect(self.var / "minga.sqlite3")) as connection:
            names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {
                name: sorted((_plain(row) for row in connection.execute(f'SELECT * FROM "{name}"')), key=repr)
                for name in sorted(names)
                if not name.startswith(DERIVED)
            }


def _kept(name: str, make: Callable[[Site], None]) -> Path:
    """Return the folder of a site that is made once for all processes of a test run (`MINGA_TEST_SITES`)."""
    place = Path(os.environ["MINGA_TEST_SITES"]) / name
    with place.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            half = place.with_suffix(".half")
            shutil.rmtree(half, ignore_errors=True)
            make(Site(half))
            half.rename(place)
    return place


def free_port() -> int:
    """Find a port to serve on, below those that connections get: one of them could take it before the server does."""
    chance = random.SystemRandom()  # the tests' own randomness begins alike in every process
    for _try in range(100):
        port = chance.randrange(15_000, 32_000)
        with closing(socket.socket()) as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Put the keys of JSON into one order: PostgreSQL keeps what it says, not how it is written."""
    return tuple(_in_order(value) if isinstance(value, str) and value[:1] in ("{", "[") else value for value in row)


def _in_order(text: str) -> str:
    """Sort the keys of JSON; leave a text alone that only begins like it, such as a TOML definition."""
    try:
        return json.dumps(json.loads(text), sort_keys=True)
    except json.JSONDecodeError:
        return text


def assert_same_rows(before: Site, after: Site) -> None:
    """Compare all rows of two SQLite sites; the audit trail may only have grown."""
    first, second = before.rows(), after.rows()
    assert first.keys() == second.keys()
    for table, rows in first.items():
        if table == "members_auditact":
            assert set(rows) <= set(second[table]), f"{table} lost acts"
        elif table not in GROWS:
            assert rows == second[table], f"{table} differs"


@contextmanager
def postgres_database() -> Iterator[str]:
    """Make an empty database on the PostgreSQL that `make test` starts, and drop it at the end."""
    server = os.environ.get("MINGA_TEST_POSTGRES", "")
    if not server:
        message = "MINGA_TEST_POSTGRES names no PostgreSQL server, so moving between databases was not tested."
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    import psycopg

    name = f"minga_{uuid4().hex[:12]}"
    with closing(psycopg.connect(server, autocommit=True)) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield server.rsplit("/", 1)[0] + f"/{name}"
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

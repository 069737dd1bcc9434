"""Test databases whose tables are made once for all processes of a run: the migrations take seconds each time."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db import connections


@contextmanager
def migrated_once() -> Iterator[None]:
    """Let the first process migrate the test database and keep a copy; the others start from that.

    They migrate as well, and would apply what the copy lacked. Without parallel processes nothing is copied.
    """
    if "PYTEST_XDIST_WORKER" not in os.environ:
        yield
        return
    database = connections["default"]
    copy = _Sqlite(database) if database.vendor == "sqlite" else _Postgres(database)
    with (_folder() / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if copy.mark.exists():
            fcntl.flock(lock, fcntl.LOCK_UN)
            with copy.used():
                yield
            return
        yield
        copy.keep()


def drop_kept() -> None:
    """Drop the copy on PostgreSQL; the one on SQLite goes with its folder."""
    for mark in _folder().glob("migrated-*.postgresql"):
        with _server() as server:
            server.execute(f'DROP DATABASE IF EXISTS "{mark.stem}" WITH (FORCE)')
        mark.unlink()


def _folder() -> Path:
    return Path(os.environ["MINGA_TEST_SITES"])


class _Sqlite:
    def __init__(self, database: Any) -> None:
        self.database, self.mark = database, _folder() / "migrated.sqlite3"

    def keep(self) -> None:
        half = self.mark.with_suffix(".half")
        with closing(sqlite3.connect(half)) as kept:
            self.database.connection.backup(kept)
        half.rename(self.mark)

    @contextmanager
    def used(self) -> Iterator[None]:
        """Fill the database in memory; it stays while it is open here, until Django has opened it too."""
        name = self.database.creation._get_test_db_name()
        with closing(sqlite3.connect(name, uri=True)) as filled:
            with closing(sqlite3.connect(self.mark)) as kept:
                kept.backup(filled)
            yield


class _Postgres:
    def __init__(self, database: Any) -> None:
        self.database, self.name = database, f"migrated-{_folder().name}"
        self.mark = _folder() / f"{self.name}.postgresql"

    def keep(self) -> None:
        self.database.close()  # PostgreSQL copies only what nobody is connected to
        with _server() as server:
            server.execute(f'CREATE DATABASE "{self.name}" TEMPLATE "{self.database.settings_dict["NAME"]}"')
        self.mark.touch()

    @contextmanager
    def used(self) -> Iterator[None]:
        self.database.settings_dict["TEST"]["TEMPLATE"] = self.name
        yield


def _server() -> Any:
    import psycopg

    return closing(psycopg.connect(os.environ["MINGA_DATABASE_URL"], autocommit=True))

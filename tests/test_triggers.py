"""What must never change is held by the database itself, after all migrations: SQLite forgets it easily."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from types import ModuleType

import pytest

from minga.deliberation import triggers as of_drafts
from minga.indicators import triggers as of_editions
from minga.members import triggers as of_the_trail
from tests.sites import Site


@pytest.mark.parametrize("room", [of_drafts, of_editions, of_the_trail], ids=lambda room: room.__name__)
def test_every_trigger_of_a_room_stands_on_a_new_site(room: ModuleType, tmp_path: Path):
    site = Site(tmp_path).prepared()
    with sqlite3.connect(site.var / "minga.sqlite3") as database:
        found = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    wanted = {re.findall(r"TRIGGER IF NOT EXISTS (\w+)", statement)[0] for statement in room._SQLITE}
    assert wanted
    assert wanted <= found, "a migration that builds a table anew must put its triggers back"

"""Triggers that hold a rule in the database itself, on SQLite and PostgreSQL: where they run, and where not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def is_throwaway(connection: Any) -> bool:
    """Tell a test's SQLite database: Django empties it by deleting rows, which triggers would forbid."""
    if connection.vendor != "sqlite":
        return False
    name = str(connection.settings_dict["NAME"])
    return connection.is_in_memory_db() or name == str(connection.settings_dict.get("TEST", {}).get("NAME"))


def run(connection: Any, statements: Mapping[str, Sequence[str]]) -> None:
    """Run the statements written for a database's kind."""
    with connection.cursor() as cursor:
        for statement in statements.get(connection.vendor, []):
            cursor.execute(statement)

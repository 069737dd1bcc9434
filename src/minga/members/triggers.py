"""Triggers that keep the audit trail append-only in the database itself, on SQLite and PostgreSQL.

A migration that alters the table must call `install` again: SQLite builds the table anew and loses them.
They stop mistakes and careless scripts. Who owns the database can drop them; then the hash chain speaks.
"""

from __future__ import annotations

from typing import Any

TABLE = "members_auditact"

_SQLITE = [
    f"CREATE TRIGGER IF NOT EXISTS {TABLE}_no_{verb} BEFORE {verb.upper()} ON {TABLE} "
    f"BEGIN SELECT RAISE(ABORT, 'The audit trail is append-only: record a new act instead.'); END"
    for verb in ("update", "delete")
]
_POSTGRESQL = [
    f"CREATE OR REPLACE FUNCTION {TABLE}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'The audit trail is append-only: record a new act instead.'; END $$",
    f"CREATE OR REPLACE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE ON {TABLE} "
    f"FOR EACH ROW EXECUTE FUNCTION {TABLE}_append_only()",
]
_REMOVE = {
    "sqlite": [f"DROP TRIGGER IF EXISTS {TABLE}_no_update", f"DROP TRIGGER IF EXISTS {TABLE}_no_delete"],
    "postgresql": [f"DROP TRIGGER IF EXISTS {TABLE}_no_change ON {TABLE}"],
}


def install(connection: Any) -> None:
    """Put the triggers in place."""
    _run(connection, {"sqlite": _SQLITE, "postgresql": _POSTGRESQL})


def remove(connection: Any) -> None:
    """Take the triggers away."""
    _run(connection, _REMOVE)


def is_throwaway(connection: Any) -> bool:
    """Tell a test's SQLite database: Django empties it by deleting rows, which the triggers would forbid."""
    if connection.vendor != "sqlite":
        return False
    name = str(connection.settings_dict["NAME"])
    return connection.is_in_memory_db() or name == str(connection.settings_dict.get("TEST", {}).get("NAME"))


def _run(connection: Any, statements: dict[str, list[str]]) -> None:
    with connection.cursor() as cursor:
        for statement in statements.get(connection.vendor, []):
            cursor.execute(statement)

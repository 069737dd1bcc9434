"""Triggers that keep the audit trail append-only in the database itself, on SQLite and PostgreSQL.

A migration that alters the table must call `install` again: SQLite builds the table anew and loses them.
They stop mistakes and careless scripts. Who owns the database can drop them; then the hash chain speaks.
"""

from __future__ import annotations

from typing import Any

from minga.web.triggers import is_throwaway, run

__all__ = ["install", "is_throwaway", "remove"]

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
    run(connection, {"sqlite": _SQLITE, "postgresql": _POSTGRESQL})


def remove(connection: Any) -> None:
    """Take the triggers away."""
    run(connection, _REMOVE)

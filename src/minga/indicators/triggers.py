"""Triggers that keep a published edition as it is in the database itself, on SQLite and PostgreSQL.

What the site refuses, a careless script or another program cannot do either: change what a published edition consists
of, make it unpublished, or delete what was proposed or published. Withdrawing stays possible, and so does forgetting
who proposed it. A migration that alters the table must call `install` again: SQLite builds the table anew and loses
them. Who owns the database can drop them; then the hashes of the edition speak.
"""

from __future__ import annotations

from typing import Any

from minga.web.triggers import is_throwaway, run

__all__ = ["install", "is_throwaway", "remove"]

TABLE = "indicators_edition"
#: the columns of `Edition.CONTENT`; a test holds the two together
CONTENT = (
    "index_id", "name", "definition", "definition_hash", "data", "data_hash", "results", "results_hash",
    "seed", "note", "notes", "published_at", "proposed_by_mark", "approved_by_mark",
)  # fmt: skip
_SAID = {
    "update": "A published edition never changes: withdraw it, or make a new one.",
    "delete": "Only a draft can be deleted: withdraw a published edition.",
}


def _when(verb: str, differs: str) -> str:
    """When a change is forbidden; `differs` is how the database compares what may be empty."""
    if verb == "delete":
        return "OLD.state <> 'draft'"
    changed = " OR ".join(f"NEW.{column} {differs} OLD.{column}" for column in CONTENT)
    back = "NEW.state NOT IN ('published', 'withdrawn') OR (OLD.state = 'withdrawn' AND NEW.state <> 'withdrawn')"
    return f"OLD.state IN ('published', 'withdrawn') AND ({changed} OR {back})"


_SQLITE = [
    f"CREATE TRIGGER IF NOT EXISTS {TABLE}_no_{verb} BEFORE {verb.upper()} ON {TABLE} FOR EACH ROW "
    f"WHEN {_when(verb, 'IS NOT')} BEGIN SELECT RAISE(ABORT, '{said}'); END"
    for verb, said in _SAID.items()
]
_POSTGRESQL = [
    statement
    for verb, said in _SAID.items()
    for statement in (
        f"CREATE OR REPLACE FUNCTION {TABLE}_no_{verb}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{said}'; END $$",
        f"CREATE OR REPLACE TRIGGER {TABLE}_no_{verb} BEFORE {verb.upper()} ON {TABLE} FOR EACH ROW "
        f"WHEN ({_when(verb, 'IS DISTINCT FROM')}) EXECUTE FUNCTION {TABLE}_no_{verb}()",
    )
]
_REMOVE = {
    "sqlite": [f"DROP TRIGGER IF EXISTS {TABLE}_no_{verb}" for verb in _SAID],
    "postgresql": [f"DROP TRIGGER IF EXISTS {TABLE}_no_{verb} ON {TABLE}" for verb in _SAID],
}


def install(connection: Any) -> None:
    """Put the triggers in place."""
    run(connection, {"sqlite": _SQLITE, "postgresql": _POSTGRESQL})


def remove(connection: Any) -> None:
    """Take the triggers away."""
    run(connection, _REMOVE)

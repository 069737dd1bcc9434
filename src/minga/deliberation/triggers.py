"""Triggers that keep published versions of drafts as they are in the database itself, on SQLite and PostgreSQL.

What the site refuses, a careless script or another program cannot do either: change or delete a clause of a published
version, add to it afterwards, change the version itself, or undo an adoption. Which answers led to a change may still
be noted, and marks of persons may be forgotten. A migration that alters one of the tables must call `install` again,
as 0011 does: SQLite builds the table anew and loses them (tests/test_triggers.py looks). Who owns the database can drop
them; then the hash of the version speaks.
"""

from __future__ import annotations

from typing import Any

from minga.web.triggers import is_throwaway, run

__all__ = ["install", "is_throwaway", "remove"]

_SAID = {
    "deliberation_clauseversion": "A published version of a draft never changes: write the next one.",
    "deliberation_draftversion": "A published version of a draft never changes: write the next one.",
    "deliberation_draft": "An adopted draft never changes, and versions only count up.",
}
#: what must stay, by table; a test holds this together with the tables
CONTENT = {
    "deliberation_clauseversion": (
        "clause_id", "version", "kind", "parent_id", "position", "heading", "text", "came_from", "revision",
    ),
    "deliberation_draftversion": ("draft_id", "number", "note", "text_hash", "published_at"),
    "deliberation_draft": (
        "consultation_id", "slug", "title", "language", "version", "state", "adopted_at", "decision",
    ),
}  # fmt: skip


def _is_frozen(row: str) -> str:
    """Whether a clause's row belongs to a published version, or to a draft that is adopted."""
    published = (
        "FROM deliberation_clause c JOIN deliberation_draftversion v ON v.draft_id = c.draft_id "
        f"WHERE c.id = {row}.clause_id AND v.number >= {row}.version"
    )
    adopted = (
        "FROM deliberation_clause c JOIN deliberation_draft d ON d.id = c.draft_id "
        f"WHERE c.id = {row}.clause_id AND d.state = 'adopted'"
    )
    return f"(EXISTS (SELECT 1 {published}) OR EXISTS (SELECT 1 {adopted}))"


def _differs(table: str, operator: str) -> str:
    """Whether any of the columns that must stay is another one now."""
    return "(" + " OR ".join(f"NEW.{column} {operator} OLD.{column}" for column in CONTENT[table]) + ")"


def _rules(operator: str) -> dict[tuple[str, str], str]:
    """When a change is forbidden, by table and verb; `operator` is how the database compares what may be empty."""
    clauses, versions, drafts = CONTENT
    return {
        (clauses, "insert"): _is_frozen("NEW"),
        (clauses, "update"): (
            f"{_differs(clauses, operator)} AND ({_is_frozen('OLD')} OR {_is_frozen('NEW')})"
        ),
        (clauses, "delete"): _is_frozen("OLD"),
        (versions, "update"): _differs(versions, operator),
        (versions, "delete"): "TRUE",
        (drafts, "update"): (
            f"NEW.version < OLD.version OR (OLD.state = 'adopted' AND {_differs(drafts, operator)})"
        ),
        (drafts, "delete"): "EXISTS (SELECT 1 FROM deliberation_draftversion v WHERE v.draft_id = OLD.id)",
    }  # fmt: skip


_SQLITE = [
    f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb} BEFORE {verb.upper()} ON {table} FOR EACH ROW "
    f"WHEN {rule} BEGIN SELECT RAISE(ABORT, '{_SAID[table]}'); END"
    for (table, verb), rule in _rules("IS NOT").items()
]
# a WHEN of PostgreSQL may not look into other tables, so the rule stands in the function
_POSTGRESQL = [
    statement
    for (table, verb), rule in _rules("IS DISTINCT FROM").items()
    for statement in (
        f"CREATE OR REPLACE FUNCTION {table}_no_{verb}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {rule} THEN RAISE EXCEPTION '{_SAID[table]}'; END IF; "
        f"RETURN {'OLD' if verb == 'delete' else 'NEW'}; END $$",
        f"CREATE OR REPLACE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} FOR EACH ROW "
        f"EXECUTE FUNCTION {table}_no_{verb}()",
    )
]
_REMOVE = {
    "sqlite": [f"DROP TRIGGER IF EXISTS {table}_no_{verb}" for table, verb in _rules("IS NOT")],
    "postgresql": [f"DROP TRIGGER IF EXISTS {table}_no_{verb} ON {table}" for table, verb in _rules("IS NOT")],
}


def install(connection: Any) -> None:
    """Put the triggers in place."""
    run(connection, {"sqlite": _SQLITE, "postgresql": _POSTGRESQL})


def remove(connection: Any) -> None:
    """Take the triggers away."""
    run(connection, _REMOVE)

"""Triggers that keep published versions of drafts as they are in the database itself, on SQLite and PostgreSQL.

What the site refuses, a careless script or another program cannot do either: change or delete a clause of a published
version, add to it afterwards, change the version itself, or undo an adoption. What an adopted text cites, itself or
through the answers that it carries, stays too. Which answers led to a change may still be noted, and marks of persons
may be forgotten. A migration that alters one of the tables, or one that the rules look into, must call `remove` first
and `install` afterwards, as 0013 does: SQLite builds the table anew and loses them (tests/test_triggers.py looks). Who
owns the database can drop them; then the hash of the version speaks.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from minga.web.triggers import is_throwaway, run

__all__ = ["install", "is_throwaway", "remove"]

_CITED = "What an adopted draft rests on never changes."
_SAID = {
    "deliberation_clauseversion": "A published version of a draft never changes: write the next one.",
    "deliberation_draftversion": "A published version of a draft never changes: write the next one.",
    "deliberation_draft": "An adopted draft never changes, and versions only count up.",
    "deliberation_citation": _CITED,
    "deliberation_clauseversion_dispositions": _CITED,
}
#: what must stay, by table; a test holds this together with the tables
CONTENT: Mapping[str, tuple[str, ...]] = {
    "deliberation_clauseversion": (
        "clause_id", "version", "kind", "parent_id", "position", "heading", "text", "came_from", "revision",
    ),
    "deliberation_draftversion": ("draft_id", "number", "note", "text_hash", "published_at"),
    "deliberation_draft": (
        "consultation_id", "slug", "title", "language", "version", "state", "adopted_at", "decision",
    ),
    "deliberation_citation": (
        "consultation_id", "clause_id", "disposition_id", "kind", "link", "label", "value", "cited_on", "ended_at",
    ),
    "deliberation_clauseversion_dispositions": ("clauseversion_id", "disposition_id"),
}  # fmt: skip
#: the tables that were guarded before 0013
VERSIONS = ("deliberation_clauseversion", "deliberation_draftversion", "deliberation_draft")


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


def _is_cited(row: str) -> str:
    """Whether an adopted draft rests on a piece of evidence: a clause of it cites that, or an answer behind one."""
    adopted = "deliberation_draft d ON d.id = c.draft_id AND d.state = 'adopted'"
    by_clause = f"FROM deliberation_clause c JOIN {adopted} WHERE c.id = {row}.clause_id"
    by_answer = (
        "FROM deliberation_clauseversion_dispositions led JOIN deliberation_clauseversion v "
        f"ON v.id = led.clauseversion_id JOIN deliberation_clause c ON c.id = v.clause_id JOIN {adopted} "
        f"WHERE led.disposition_id = {row}.disposition_id"
    )
    return f"(EXISTS (SELECT 1 {by_clause}) OR EXISTS (SELECT 1 {by_answer}))"


def _led_to_adopted(row: str) -> str:
    """Whether an answer is noted as what led to a clause of an adopted draft."""
    adopted = (
        "FROM deliberation_clauseversion v JOIN deliberation_clause c ON c.id = v.clause_id "
        "JOIN deliberation_draft d ON d.id = c.draft_id AND d.state = 'adopted' "
        f"WHERE v.id = {row}.clauseversion_id"
    )
    return f"EXISTS (SELECT 1 {adopted})"


def _differs(table: str, operator: str) -> str:
    """Whether any of the columns that must stay is another one now."""
    return "(" + " OR ".join(f"NEW.{column} {operator} OLD.{column}" for column in CONTENT[table]) + ")"


def _rules(operator: str) -> dict[tuple[str, str], str]:
    """When a change is forbidden, by table and verb; `operator` is how the database compares what may be empty."""
    clauses, versions, drafts, evidence, led = CONTENT
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
        (evidence, "insert"): _is_cited("NEW"),
        (evidence, "update"): (
            f"{_differs(evidence, operator)} AND ({_is_cited('OLD')} OR {_is_cited('NEW')})"
        ),
        (evidence, "delete"): _is_cited("OLD"),
        (led, "update"): f"{_differs(led, operator)} AND {_led_to_adopted('OLD')}",
        (led, "delete"): _led_to_adopted("OLD"),
    }  # fmt: skip


def _sqlite(tables: Collection[str]) -> list[str]:
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb} BEFORE {verb.upper()} ON {table} FOR EACH ROW "
        f"WHEN {rule} BEGIN SELECT RAISE(ABORT, '{_SAID[table]}'); END"
        for (table, verb), rule in _rules("IS NOT").items()
        if table in tables
    ]


def _postgresql(tables: Collection[str]) -> list[str]:
    # a WHEN of PostgreSQL may not look into other tables, so the rule stands in the function
    return [
        statement
        for (table, verb), rule in _rules("IS DISTINCT FROM").items()
        if table in tables
        for statement in (
            f"CREATE OR REPLACE FUNCTION {table}_no_{verb}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {rule} THEN RAISE EXCEPTION '{_SAID[table]}'; END IF; "
            f"RETURN {'OLD' if verb == 'delete' else 'NEW'}; END $$",
            f"CREATE OR REPLACE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} FOR EACH ROW "
            f"EXECUTE FUNCTION {table}_no_{verb}()",
        )
    ]


_SQLITE = _sqlite(CONTENT)
_REMOVE = {
    "sqlite": [f"DROP TRIGGER IF EXISTS {table}_no_{verb}" for table, verb in _rules("IS NOT")],
    "postgresql": [f"DROP TRIGGER IF EXISTS {table}_no_{verb} ON {table}" for table, verb in _rules("IS NOT")],
}


def install(connection: Any, tables: Collection[str] = CONTENT) -> None:
    """Put the triggers of these tables in place."""
    run(connection, {"sqlite": _sqlite(tables), "postgresql": _postgresql(tables)})


def remove(connection: Any) -> None:
    """Take the triggers away."""
    run(connection, _REMOVE)

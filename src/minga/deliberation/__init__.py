"""Deliberation: consultations in which every voice is counted, grouped and answered.

The door for Python users, ``from minga import deliberation``. Names load on first use, so importing this package costs
nothing and needs no Django.

From an export of Pol.is to the map and its files:

    talk = deliberation.read_polis("export.zip")
    opinions = deliberation.opinion_map(talk)
    found = deliberation.groups(opinions)
    stats = deliberation.group_stats(opinions.table, found)
    shown = deliberation.representative(stats, mod_out=opinions.rejected)
    deliberation.write_map(found, "out")

- Conversations: read_polis, remarks, write_polis, read_events, write_events, vote_table, check_sign.
- The map: opinion_map, groups, stability, anomalies, with_and_without; in_words, map_tables, map_facts, map_svg,
  write_map.
- Statements: group_stats, representative, consensus, common_ground, divisiveness, priorities, next_statement.
- Voices and their answers: read_trace, audit, adoptable, receipt, changed_evidence, lineage, coverage,
  participation, newcombe.
- Texts: template, write_draft, replies, write_replies, report_pages.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from minga.deliberation.engine.anomalies import Without, anomalies, with_and_without
    from minga.deliberation.engine.audit import adoptable, audit, changed_evidence, receipt
    from minga.deliberation.engine.common_ground import common_ground
    from minga.deliberation.engine.conversation import Conversation
    from minga.deliberation.engine.coverage import Coverage, coverage, participation
    from minga.deliberation.engine.errors import DeliberationError, ExportError, MapError, TraceError, VoteError
    from minga.deliberation.engine.events import read_events, write_events
    from minga.deliberation.engine.exports import check_sign, read_polis
    from minga.deliberation.engine.files import map_facts, map_tables, write_map
    from minga.deliberation.engine.grouping import Groups, groups
    from minga.deliberation.engine.intervals import newcombe
    from minga.deliberation.engine.lineage import Lineage, lineage
    from minga.deliberation.engine.map_words import in_words
    from minga.deliberation.engine.picture import map_svg
    from minga.deliberation.engine.polis_matrix import remarks
    from minga.deliberation.engine.polis_writing import write_polis
    from minga.deliberation.engine.projection import OpinionMap, opinion_map
    from minga.deliberation.engine.report_pages import report_pages
    from minga.deliberation.engine.routing import next_statement, priorities
    from minga.deliberation.engine.stability import stability
    from minga.deliberation.engine.statistics import consensus, divisiveness, group_stats, representative
    from minga.deliberation.engine.templates import TemplateClause, template
    from minga.deliberation.engine.texts.document import ClauseText, DraftText, Labels, Note, VersionLine
    from minga.deliberation.engine.texts.drafts import write_draft
    from minga.deliberation.engine.texts.replies import replies, write_replies
    from minga.deliberation.engine.trace import Trace, read_trace
    from minga.deliberation.engine.votes import VoteTable, vote_table

_WHERE = {
    "ClauseText": "texts.document",
    "Conversation": "conversation",
    "Coverage": "coverage",
    "DeliberationError": "errors",
    "DraftText": "texts.document",
    "ExportError": "errors",
    "Groups": "grouping",
    "Labels": "texts.document",
    "Lineage": "lineage",
    "MapError": "errors",
    "Note": "texts.document",
    "OpinionMap": "projection",
    "TemplateClause": "templates",
    "Trace": "trace",
    "TraceError": "errors",
    "VersionLine": "texts.document",
    "VoteError": "errors",
    "VoteTable": "votes",
    "Without": "anomalies",
    "adoptable": "audit",
    "anomalies": "anomalies",
    "audit": "audit",
    "changed_evidence": "audit",
    "check_sign": "exports",
    "common_ground": "common_ground",
    "consensus": "statistics",
    "coverage": "coverage",
    "divisiveness": "statistics",
    "group_stats": "statistics",
    "groups": "grouping",
    "in_words": "map_words",
    "lineage": "lineage",
    "map_facts": "files",
    "map_svg": "picture",
    "map_tables": "files",
    "newcombe": "intervals",
    "next_statement": "routing",
    "opinion_map": "projection",
    "participation": "coverage",
    "priorities": "routing",
    "read_events": "events",
    "read_polis": "exports",
    "read_trace": "trace",
    "receipt": "audit",
    "remarks": "polis_matrix",
    "replies": "texts.replies",
    "report_pages": "report_pages",
    "representative": "statistics",
    "stability": "stability",
    "template": "templates",
    "vote_table": "votes",
    "with_and_without": "anomalies",
    "write_draft": "texts.drafts",
    "write_events": "events",
    "write_map": "files",
    "write_polis": "polis_writing",
    "write_replies": "texts.replies",
}

__all__ = [
    "ClauseText", "Conversation", "Coverage", "DeliberationError", "DraftText", "ExportError", "Groups", "Labels",
    "Lineage", "MapError", "Note", "OpinionMap", "TemplateClause", "Trace", "TraceError", "VersionLine", "VoteError",
    "VoteTable", "Without", "adoptable", "anomalies", "audit", "changed_evidence", "check_sign", "common_ground",
    "consensus", "coverage", "divisiveness", "group_stats", "groups", "in_words", "lineage", "map_facts", "map_svg",
    "map_tables", "newcombe", "next_statement", "opinion_map", "participation", "priorities", "read_events",
    "read_polis", "read_trace", "receipt", "remarks", "replies", "report_pages", "representative", "stability",
    "template", "vote_table", "with_and_without", "write_draft", "write_events", "write_map", "write_polis",
    "write_replies",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(import_module(f"minga.deliberation.engine.{_WHERE[name]}"), name)
    raise AttributeError(f"module 'minga.deliberation' has no attribute {name!r}")


def __dir__() -> list[str]:
    return list(_WHERE)

"""Deliberation: consultations in which every voice is counted, grouped and answered.

The door for Python users, ``from minga import deliberation``. Names load on first use, so importing this package costs
nothing and needs no Django.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from minga.deliberation.engine.anomalies import Without, anomalies, with_and_without
    from minga.deliberation.engine.conversation import Conversation
    from minga.deliberation.engine.errors import DeliberationError, ExportError, MapError, TraceError, VoteError
    from minga.deliberation.engine.exports import check_sign, read_polis, write_polis
    from minga.deliberation.engine.files import map_facts, map_tables, read_events, write_events, write_map
    from minga.deliberation.engine.grouping import Groups, groups
    from minga.deliberation.engine.projection import OpinionMap, opinion_map
    from minga.deliberation.engine.routing import next_statement, priorities
    from minga.deliberation.engine.stability import stability
    from minga.deliberation.engine.statistics import consensus, divisiveness, group_stats, representative
    from minga.deliberation.engine.votes import VoteTable, vote_table

_WHERE = {
    "Conversation": "conversation",
    "DeliberationError": "errors",
    "ExportError": "errors",
    "Groups": "grouping",
    "MapError": "errors",
    "OpinionMap": "projection",
    "TraceError": "errors",
    "VoteError": "errors",
    "VoteTable": "votes",
    "Without": "anomalies",
    "anomalies": "anomalies",
    "check_sign": "exports",
    "consensus": "statistics",
    "divisiveness": "statistics",
    "group_stats": "statistics",
    "groups": "grouping",
    "map_facts": "files",
    "map_tables": "files",
    "next_statement": "routing",
    "opinion_map": "projection",
    "priorities": "routing",
    "read_events": "files",
    "read_polis": "exports",
    "representative": "statistics",
    "stability": "stability",
    "vote_table": "votes",
    "with_and_without": "anomalies",
    "write_events": "files",
    "write_map": "files",
    "write_polis": "exports",
}

__all__ = [
    "Conversation", "DeliberationError", "ExportError", "Groups", "MapError", "OpinionMap", "TraceError",
    "VoteError", "VoteTable", "Without", "anomalies", "check_sign", "consensus", "divisiveness", "group_stats",
    "groups", "map_facts", "map_tables", "next_statement", "opinion_map", "priorities", "read_events",
    "read_polis", "representative", "stability", "vote_table", "with_and_without", "write_events", "write_map",
    "write_polis",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(import_module(f"minga.deliberation.engine.{_WHERE[name]}"), name)
    raise AttributeError(f"module 'minga.deliberation' has no attribute {name!r}")


def __dir__() -> list[str]:
    return list(_WHERE)

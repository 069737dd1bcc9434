"""The file of answers with their senders: that somebody took it along is an act of the audit trail."""

from __future__ import annotations

from typing import Any

from minga.deliberation.models import Consultation
from minga.deliberation.selectors.team_file import TeamRow, team_rows
from minga.members import services as members


def take_along(*, consultation: Consultation, by: Any = None) -> list[TeamRow]:
    """Return every voice with its sender and its answer; names and addresses leave the site with it."""
    members.record(by=by, act="answers.taken_along", on=consultation)
    return team_rows(consultation)

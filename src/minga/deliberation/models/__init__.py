"""What is stored: consultations, voices and themes, answers, drafts, commitments, conversations, moderation, maps."""

from __future__ import annotations

from minga.deliberation.models.answers import Citation, Disposition
from minga.deliberation.models.commitments import Commitment, CommitmentUpdate
from minga.deliberation.models.consultations import Consultation, Level, Round, TeamMember
from minga.deliberation.models.conversations import Conversation, EntryCode, Participant, Statement, Vote
from minga.deliberation.models.drafts import (
    Clause,
    ClauseNote,
    ClauseRevision,
    ClauseVersion,
    Draft,
    DraftVersion,
)
from minga.deliberation.models.intake import Intake, IntakeFile
from minga.deliberation.models.moderation import AnomalyFlag, MapRun, ModerationAct
from minga.deliberation.models.voices import Source, Theme, ThemeLink, ThemeVersion, Voice

__all__ = [
    "AnomalyFlag",
    "Citation",
    "Clause",
    "ClauseNote",
    "ClauseRevision",
    "ClauseVersion",
    "Commitment",
    "CommitmentUpdate",
    "Consultation",
    "Conversation",
    "Disposition",
    "Draft",
    "DraftVersion",
    "EntryCode",
    "Intake",
    "IntakeFile",
    "Level",
    "MapRun",
    "ModerationAct",
    "Participant",
    "Round",
    "Source",
    "Statement",
    "TeamMember",
    "Theme",
    "ThemeLink",
    "ThemeVersion",
    "Voice",
    "Vote",
]

"""What is stored: pinned instruments, assessments and scores, answers, people around them, validations, panels."""

from __future__ import annotations

from minga.readiness.models.answers import AccessKey, Answer, AnswerVersion, Given
from minga.readiness.models.assessments import Assessment, AssessmentScore, InstrumentEdition
from minga.readiness.models.panels import Panel, PanelAnswer, PanelAnswerVersion, PanelKey, Panellist
from minga.readiness.models.people import Agreement, Colleague, Programme, Share
from minga.readiness.models.validation import Evidence, Finding, Validation

__all__ = [
    "AccessKey",
    "Agreement",
    "Answer",
    "AnswerVersion",
    "Assessment",
    "AssessmentScore",
    "Colleague",
    "Evidence",
    "Finding",
    "Given",
    "InstrumentEdition",
    "Panel",
    "PanelAnswer",
    "PanelAnswerVersion",
    "PanelKey",
    "Panellist",
    "Programme",
    "Share",
    "Validation",
]

"""Readiness: instruments, scores, peers and priorities for digital change and AI in an enterprise.

The door for Python users. Names load on first use, so importing this package costs nothing and needs no Django.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from minga.readiness.engine.answers import AnswerMatrix, AnswerProblem, answer_matrix, check_answers
    from minga.readiness.engine.benchmark import compare, peers
    from minga.readiness.engine.checking import check_instrument
    from minga.readiness.engine.differences import diff
    from minga.readiness.engine.errors import (
        AnswerError,
        Finding,
        InstrumentError,
        OverlayError,
        ProfileError,
        ReadinessError,
    )
    from minga.readiness.engine.form_answers import read_submissions
    from minga.readiness.engine.gates import gates
    from minga.readiness.engine.incoming import Incoming
    from minga.readiness.engine.instrument import Instrument, Item, load_instrument
    from minga.readiness.engine.overlays import Overlay, known_overlays, load_overlay, merge
    from minga.readiness.engine.panel_result import PanelResult, panel_result, released
    from minga.readiness.engine.paper import paper
    from minga.readiness.engine.priorities import prioritize
    from minga.readiness.engine.report import assemble
    from minga.readiness.engine.report_types import Priorities, Report, Step
    from minga.readiness.engine.respondents import combine_assessor, combine_respondents
    from minga.readiness.engine.scoring import Scores, score
    from minga.readiness.engine.sheet import read_sheet
    from minga.readiness.engine.xlsform import to_xlsform
    from minga.readiness.engine.xlsform_reading import FormDraft, from_xlsform

_WHERE = {
    "AnswerError": "errors",
    "AnswerMatrix": "answers",
    "AnswerProblem": "answers",
    "Finding": "errors",
    "FormDraft": "xlsform_reading",
    "Incoming": "incoming",
    "Instrument": "instrument",
    "InstrumentError": "errors",
    "Item": "instrument",
    "Overlay": "overlays",
    "OverlayError": "errors",
    "PanelResult": "panel_result",
    "Priorities": "report_types",
    "ProfileError": "errors",
    "ReadinessError": "errors",
    "Report": "report_types",
    "Scores": "scoring",
    "Step": "report_types",
    "answer_matrix": "answers",
    "assemble": "report",
    "check_answers": "answers",
    "check_instrument": "checking",
    "combine_assessor": "respondents",
    "combine_respondents": "respondents",
    "compare": "benchmark",
    "diff": "differences",
    "from_xlsform": "xlsform_reading",
    "gates": "gates",
    "known_overlays": "overlays",
    "load_instrument": "instrument",
    "load_overlay": "overlays",
    "merge": "overlays",
    "panel_result": "panel_result",
    "paper": "paper",
    "peers": "benchmark",
    "prioritize": "priorities",
    "read_sheet": "sheet",
    "read_submissions": "form_answers",
    "released": "panel_result",
    "score": "scoring",
    "to_xlsform": "xlsform",
}

__all__ = [
    "AnswerError",
    "AnswerMatrix",
    "AnswerProblem",
    "Finding",
    "FormDraft",
    "Incoming",
    "Instrument",
    "InstrumentError",
    "Item",
    "Overlay",
    "OverlayError",
    "PanelResult",
    "Priorities",
    "ProfileError",
    "ReadinessError",
    "Report",
    "Scores",
    "Step",
    "answer_matrix",
    "assemble",
    "check_answers",
    "check_instrument",
    "combine_assessor",
    "combine_respondents",
    "compare",
    "diff",
    "from_xlsform",
    "gates",
    "known_overlays",
    "load_instrument",
    "load_overlay",
    "merge",
    "panel_result",
    "paper",
    "peers",
    "prioritize",
    "read_sheet",
    "read_submissions",
    "released",
    "score",
    "to_xlsform",
]


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(import_module(f"minga.readiness.engine.{_WHERE[name]}"), name)
    raise AttributeError(f"module 'minga.readiness' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__

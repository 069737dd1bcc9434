"""Whether people can say something to the clauses of a draft."""

from __future__ import annotations

from minga.deliberation.models import Consultation, Draft


def may_take_notes(draft: Draft) -> bool:
    """Whether a version is published that people can comment on, and nothing is adopted yet."""
    return (
        draft.state == Draft.State.WRITING
        and draft.version > 0
        and draft.consultation.state in {Consultation.State.OPEN, Consultation.State.CLOSED}
    )

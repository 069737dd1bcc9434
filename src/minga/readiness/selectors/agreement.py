"""What lies far apart, what was agreed on it, and whether the agreement still stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from minga.readiness.engine.instrument import Instrument
from minga.readiness.engine.respondents import DISCUSS_FROM
from minga.readiness.models import Agreement, Answer, Assessment
from minga.readiness.selectors.people import Voices, counted_answers, voices_heard, voices_of


@dataclass(frozen=True)
class Discussion:
    """One item on which people lie far apart, with the newest agreement on it, if there is one."""

    voices: Voices
    agreement: Agreement | None
    #: False where somebody changed the answer after the agreement: then it is a proposal, and must be recorded anew
    stands: bool

    @property
    def version(self) -> int:
        """The version that whoever looks at this sees; 0 for none."""
        return self.agreement.version if self.agreement else 0


def newest_agreements(assessment: Assessment) -> dict[str, Agreement]:
    """Return the newest agreement of each item."""
    return {one.item: one for one in assessment.agreements.order_by("item", "version")}


def discussions(assessment: Assessment, instrument: Instrument) -> list[Discussion]:
    """Return the items of the form whose levels lie two or more apart, with what was agreed on them."""
    answers = list(counted_answers(assessment))
    asked = {item.id for item in instrument.items_of(None, assessment.form)}
    apart = [one for one in voices_of(answers, instrument) if one.spread >= DISCUSS_FROM and one.item.id in asked]
    if not apart:
        return []
    agreed = newest_agreements(assessment)
    moved = _moved_since(assessment, answers, agreed)
    return [
        Discussion(one, agreed.get(one.item.id), one.item.id in agreed and one.item.id not in moved) for one in apart
    ]


def _moved_since(assessment: Assessment, answers: Sequence[Answer], agreed: dict[str, Agreement]) -> set[str]:
    """Return the items whose levels changed after the agreement; a new note alone changes nothing."""
    later = [one for one in answers if one.item in agreed and one.saved_at > agreed[one.item].at]
    return {one.item for one in later if _level_then(assessment, one, agreed[one.item]) != (one.given, one.level)}


def _level_then(assessment: Assessment, answer: Answer, agreement: Agreement) -> tuple[str, int | None] | None:
    before = assessment.history.filter(
        item=answer.item, colleague=answer.colleague_id, version__isnull=False, at__lte=agreement.at
    )
    return before.order_by("-version").values_list("given", "level").first()


def open_discussions(assessment: Assessment, instrument: Instrument) -> list[Discussion]:
    """Return what still has to be agreed on before the assessment can be submitted."""
    return [one for one in discussions(assessment, instrument) if not one.stands]


def agreed_levels(assessment: Assessment, instrument: Instrument) -> dict[str, Agreement]:
    """Return the agreements that count, by item."""
    found = discussions(assessment, instrument)
    return {one.voices.item.id: one.agreement for one in found if one.stands and one.agreement is not None}


def is_agreed(assessment: Assessment, instrument: Instrument) -> bool:
    """Whether colleagues took part, and nothing is left to agree on."""
    return voices_heard(assessment) > 1 and not open_discussions(assessment, instrument)

"""The agreement step: a level that people who differed agreed on, with its reason; nothing is overwritten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from minga.readiness import selectors
from minga.readiness.engine.errors import AgreementError, AnswerError
from minga.readiness.models import Agreement, Assessment


@dataclass(frozen=True)
class Agreed:
    """What became of an agreement: saved, unchanged, or conflict; `agreement` is what is there now."""

    outcome: str
    agreement: Agreement


@transaction.atomic
def agree(
    *, assessment: Assessment, item: str, level: int, reason: str, seen_version: int, account: Any = None
) -> Agreed:
    """Keep the level that people agreed on, and why.

    `seen_version` is the version of the agreement that the sender saw (0 for none). A newer one is never overwritten:
    the outcome is then `conflict`, and the sender decides anew after reading it.

    Raises
    ------
    AgreementError
        There is nothing to agree on, a colleague has not finished, the reason is missing, or the check is closed.
    AnswerError
        The level is off the scale.
    """
    Assessment.objects.select_for_update().get(pk=assessment.pk)
    assessment.refresh_from_db(fields=["status", "form"])
    refuse_while_open(assessment)
    instrument = selectors.instrument_of(assessment, "en")
    if not instrument.scale.min <= level <= instrument.top_level:
        raise AnswerError(
            f"Item {item!r} has the agreed level {level}, but levels run from {instrument.scale.min} to "
            f"{instrument.top_level}. Correct the level."
        )
    if not reason.strip():
        raise AgreementError(
            f"The agreement on item {item!r} has no reason. Say in a sentence why this level is right."
        )
    found = next((one for one in selectors.discussions(assessment, instrument) if one.voices.item.id == item), None)
    if found is None:
        raise AgreementError(
            f"There is nothing to agree on at item {item!r}: the levels lie less than two apart. Leave it out."
        )
    present = found.agreement
    same = (level, reason.strip())
    if present and found.stands and (present.level, present.reason) == same:
        return Agreed("unchanged", present)
    if present and present.version != seen_version:
        return Agreed("conflict", present)
    version = present.version + 1 if present else 1
    made = Agreement.objects.create(
        assessment=assessment, item=item, version=version, level=level, reason=same[1], account=account
    )
    return Agreed("saved", made)


def refuse_while_open(assessment: Assessment) -> None:
    """Refuse the agreement step before everybody has finished, and after the assessment was submitted.

    Raises
    ------
    AgreementError
    """
    if assessment.is_submitted:
        raise AgreementError("The assessment has been submitted, so nothing can be agreed on. Reopen it on its page.")
    if not selectors.are_all_finished(assessment):
        raise AgreementError(
            "Not every colleague has finished, so the levels stay closed. Wait, or take back the open invitations."
        )


def refuse_to_submit(assessment: Assessment) -> None:
    """Refuse to submit while a colleague has not finished, or an item needs an agreed level.

    Raises
    ------
    AgreementError
    """
    if not selectors.are_all_finished(assessment):
        raise AgreementError(
            "Not every colleague has finished. Wait, or take back the open invitations; then submit again."
        )
    instrument = selectors.instrument_of(assessment, "en")
    left = [one.voices.item.id for one in selectors.open_discussions(assessment, instrument)]
    if left:
        raise AgreementError(
            f"The levels of {', '.join(left)} lie two or more apart. Record the level that people agree on, with a "
            "reason, for each of them; then submit again."
        )

"""Who takes part in a conversation, as far as people said: counts that may be shown, beside the stated population."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from minga.deliberation.engine.coverage import dissimilarity
from minga.deliberation.engine.spelling import one_spelling
from minga.deliberation.engine.vocabulary import STRATA
from minga.deliberation.engine.withholding import NOT_STATED, Counted, withheld_values
from minga.deliberation.models import Conversation


def participation_of(conversation: Conversation, voters: Iterable[str], least: int) -> dict[str, Any]:
    """Count voters by what they said about themselves.

    Returns
    -------
    by stratum: ``rows`` (``value``, ``people``, ``share``, ``reference``, ``withheld``), ``not_stated`` and
    ``dissimilarity``, which is null without a stated population, and counts withheld values together. Where those who
    said nothing are withheld, shares and ``dissimilarity`` of what is shown are null: they would tell their number; so
    is ``dissimilarity`` where all values are. ``rest`` is what the stated shares leave to all others, null without any
    """
    counted = set(voters)
    people = [
        told
        for pseudonym, told in conversation.participants.filter(banned_at=None).values_list("pseudonym", "strata")
        if str(pseudonym) in counted
    ]
    population = conversation.consultation.reference_population or {}
    return {
        stratum: stratum_of((told.get(stratum) for told in people), population.get(stratum) or {}, least)
        for stratum in STRATA
    }


def stratum_of(
    said: Iterable[str | None], reference: Mapping[str, float], least: int, withheld: Iterable[str] | None = None
) -> dict[str, Any]:
    """Count people by what each said of one thing, and set them beside a population; as in `participation_of`.

    `withheld` are the values that another table about the same people withholds; then these are, and no others.
    """
    said = list(said)
    spelled = one_spelling([*said, *reference])
    counts = Counter(spelled.get(value or "") or NOT_STATED for value in said)
    if withheld is None:
        withheld = withheld_values({value: Counted(count) for value, count in counts.items()}, least)
    hidden = {spelled.get(value, value) for value in withheld}
    silent = counts.pop(NOT_STATED, 0)
    wanted = {spelled.get(value) or value: share for value, share in reference.items() if share > 0}
    # a share tells how many said anything, and so how many did not
    has_shares = NOT_STATED not in hidden
    return {
        "rows": [_row(one, counts, wanted, is_hidden=one in hidden, has_shares=has_shares) for one in sorted(counts)],
        "not_stated": silent if has_shares else None,
        "dissimilarity": dissimilarity(counts, wanted, hidden) if wanted and has_shares else None,
        "rest": max(round(1 - sum(wanted.values()), 6), 0.0) if wanted else None,
    }


def _row(
    value: str, counts: Mapping[str, int], wanted: Mapping[str, float], *, is_hidden: bool, has_shares: bool
) -> dict[str, Any]:
    people = None if is_hidden else counts[value]
    return {
        "value": value,
        "people": people,
        "share": None if people is None or not has_shares else people / sum(counts.values()),
        "withheld": is_hidden,
        "reference": wanted.get(value),
    }

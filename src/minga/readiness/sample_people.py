"""The sample's people around a check: two colleagues who saw it differently and agreed, and an adviser's clients."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from minga.readiness import report, selectors, services
from minga.readiness.engine.instrument import Instrument
from minga.readiness.models import Agreement, Answer, AnswerVersion, Assessment, AssessmentScore, Colleague, Share

#: Who was asked, and what the two saw at least two levels away from the owner; agreed on was the level between.
_ROLES = ("production", "quality")
_AGREED = {
    "DAT2": "Sample: we looked at last week’s records. Two shifts write them down at once, one in the evening.",
    "SKL1": "Sample: a few show the others how the tablets work; most have never used one alone.",
    "DAT6": "Sample: of cracked loaves we have enough pictures, named by our baker; of nothing else.",
}
_TWO_APART, _ONE_APART_EVERY = 2, 3
CLIENT = "Sample Olive Mill 1"
_ANSWERED_BY_TELEPHONE = 9


def let_colleagues_differ(check: Assessment, *, owner: Any) -> None:
    """Let two colleagues answer a submitted check too, agree where the levels lie far apart, and submit it again."""
    at, instrument = check.last_answer_at, selectors.instrument_of(check, "en")
    own = {item: int(level) for item, level in selectors.own_levels(check, instrument).items() if level.isdigit()}
    check.status = Assessment.Status.DRAFT
    check.save(update_fields=["status"])
    for role in _ROLES:
        _answer(services.invite_colleague(assessment=check, role=role, account=owner).colleague, own, instrument)
    for item, reason in _AGREED.items():
        services.agree(
            assessment=check, item=item, level=_between(own[item]), reason=reason, seen_version=0, account=owner
        )
    services.refuse_to_submit(check)
    _tell_its_time(check, at)
    check.status, check.last_answer_at = Assessment.Status.AGREED, at
    check.save(update_fields=["status", "last_answer_at"])
    check.scores.all().delete()
    AssessmentScore.objects.bulk_create(
        AssessmentScore(assessment=check, **row) for row in report.score_rows(check) if row["score"] is not None
    )


def _answer(colleague: Colleague, own: dict[str, int], instrument: Instrument) -> None:
    """Answer as a colleague: like the owner, sometimes one level higher, and far from it where they will agree."""
    check = colleague.assessment
    for number, item in enumerate(selectors.items_for(instrument, check.form, role=colleague.role)):
        if item.id not in own:
            continue
        level = own[item.id]
        if item.id in _AGREED:
            level = _away(level)
        elif number % _ONE_APART_EVERY == 0:
            level = min(level + 1, instrument.top_level)
        services.save_answer(
            assessment=check,
            colleague=colleague,
            item=item.id,
            value=str(level),
            seen_version=0,
            language=check.language,
        )
    services.finish(colleague=colleague)


def _away(level: int) -> int:
    """Return the level two away from the owner's: above it, and below it where the scale ends."""
    return level + _TWO_APART if level <= 3 else level - _TWO_APART


def _between(level: int) -> int:
    return (level + _away(level)) // 2


def _tell_its_time(check: Assessment, at: datetime) -> None:
    """Set the moments back into the story; what was agreed on comes last, else it would not stand."""
    check.colleagues.update(invited_at=at - timedelta(days=6), finished_at=at - timedelta(days=2))
    Answer.objects.filter(assessment=check).exclude(colleague=None).update(saved_at=at - timedelta(days=2))
    AnswerVersion.objects.filter(assessment=check).exclude(colleague=None).update(at=at - timedelta(days=2))
    Agreement.objects.filter(assessment=check).update(at=at)


def give_clients(*, adviser: Any, check: Assessment, owner: Any, begin: datetime) -> None:
    """Let the adviser in twice: to read the owner's check, and to write down what a client says on the telephone."""
    let_in = services.share_with_adviser(assessment=check, adviser=adviser, by=owner)
    Share.objects.filter(pk=let_in.pk).update(given_at=check.last_answer_at + timedelta(days=3))
    at = min(begin, timezone.now() - timedelta(days=1))
    client, _share = services.start_for_client(
        adviser=adviser,
        how=Share.How.TELEPHONE,
        given_on=at.date(),
        name=CLIENT,
        country="TN",
        sector="10",
        size="1-9",
        language="fr",
        is_sample=True,
        # the same id each time, so that links to the sample stay
        pk=uuid.uuid5(uuid.NAMESPACE_URL, f"minga-sample/{CLIENT}"),
    )
    asked = selectors.instrument_of(client, "en").items_of(None, client.form)
    for number, item in enumerate(asked[:_ANSWERED_BY_TELEPHONE]):
        services.save_answer(
            assessment=client,
            item=item.id,
            value=str(1 + number % 3),
            seen_version=0,
            language=client.language,
            account=adviser,
            is_assisted=True,
        )
    Answer.objects.filter(assessment=client).update(saved_at=at)
    AnswerVersion.objects.filter(assessment=client).update(at=at)
    Assessment.objects.filter(pk=client.pk).update(started_at=at, last_answer_at=at)

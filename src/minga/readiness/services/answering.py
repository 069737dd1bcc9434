"""Answering: one item at a time, goals, submitting and opening again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from minga.readiness import selectors
from minga.readiness.engine.errors import AnswerError, ProfileError
from minga.readiness.engine.instrument import Instrument
from minga.readiness.models import Answer, AnswerVersion, Assessment, AssessmentScore, Colleague, Given
from minga.readiness.services.agreeing import refuse_to_submit
from minga.readiness.services.validating import end_validity
from minga.readiness.services.versions import Saved, keep_version, read_value

Scores = Iterable[dict[str, Any]] | Callable[[], Iterable[dict[str, Any]]]


@transaction.atomic
def save_answer(
    *,
    assessment: Assessment,
    item: str,
    value: str,
    seen_version: int,
    language: str,
    reason: str = "",
    note: str = "",
    client_id: str = "",
    account: Any = None,
    colleague: Colleague | None = None,
    is_assisted: bool = False,
) -> Saved:
    """Save the answer to one item; when this returns inside a committed transaction, it is on the disk.

    `value` is a level, `dk` or `na`. `seen_version` is the version of the answer that the sender saw (0 for none):
    a newer one is never overwritten, the late answer is set aside in the history and the outcome is `conflict`.
    The same `client_id` twice counts once. A `colleague`'s answers stand beside those of the business, with versions of
    their own. `is_assisted` marks what an adviser wrote down for the business.

    Raises
    ------
    AnswerError
        The item or the value is not in the instrument or not for this colleague, or the assessment is closed.
    """
    locked = Assessment.objects.select_for_update().get(pk=assessment.pk)
    if locked.is_submitted:
        raise AnswerError(
            "This assessment has been submitted, so its answers are closed. Reopen it on its page, then answer again."
        )
    instrument = selectors.instrument_of(assessment, "en")
    given, level = _check(instrument, item, value, reason)
    if colleague is not None:
        _check_colleague(colleague, instrument, item)
    whose = {"assessment": assessment, "colleague": colleague, "item": item}
    saved = keep_version(
        Answer,
        AnswerVersion,
        whose=whose,
        content={"given": given, "level": level, "reason": reason.strip(), "note": note.strip()},
        seen_version=seen_version,
        client_id=client_id,
        language=language,
        account=account,
        is_assisted=is_assisted,
    )
    if saved.is_new:
        assessment.last_answer_at = saved.answer.saved_at
        changed = {"last_answer_at": saved.answer.saved_at} | ({"is_assisted": True} if is_assisted else {})
        Assessment.objects.filter(pk=assessment.pk).update(**changed)
    return saved


def _check(instrument: Instrument, item: str, value: str, reason: str) -> tuple[str, int | None]:
    """Read a value against its item."""
    if value != Given.NOT_APPLICABLE or not instrument.has_item(item):
        return read_value(instrument, item, value)
    if not instrument.item(item).na_allowed:
        raise AnswerError(
            f"Item {item!r} cannot be answered with 'na': it applies to every business. "
            "Give a level, or 'dk' if you do not know."
        )
    if not reason.strip():
        raise AnswerError(f"Item {item!r} is answered with 'na' but without a reason. Say why it does not apply.")
    return Given.NOT_APPLICABLE, None


def _check_colleague(colleague: Colleague, instrument: Instrument, item: str) -> None:
    """Refuse what a colleague was not asked, or is asked no longer."""
    if not Colleague.objects.filter(pk=colleague.pk, withdrawn_at=None).exists():
        raise AnswerError("This invitation was taken back, so nothing can be answered here. Ask whoever invited you.")
    if colleague.role and colleague.role not in instrument.item(item).who:
        raise AnswerError(
            f"Item {item!r} is not for the role {colleague.role!r}. Send one of the items that this role is asked."
        )


@transaction.atomic
def choose_goals(
    *,
    assessment: Assessment,
    goals: Sequence[str],
    cash_limit: str,
    horizon_limit: str,
    location: str | None = None,
) -> None:
    """Keep what matters to the enterprise and how far it can go; used by the priorities, never by a score.

    `location` is where the site is, empty for no answer; None leaves what is stored.
    """
    codes = selectors.instrument_of(assessment, "en").codes
    unknown = [goal for goal in goals if goal not in codes.kpi]
    if unknown or len(goals) > 3:
        raise ProfileError(
            f"The goals {', '.join(goals)} cannot be used. Choose at most three of {', '.join(codes.kpi)}."
        )
    if cash_limit not in codes.cost_band or horizon_limit not in codes.horizon:
        raise ProfileError(
            f"The limits {cash_limit!r} and {horizon_limit!r} are unknown. Choose one of {', '.join(codes.cost_band)}, "
            f"and one of {', '.join(codes.horizon)}."
        )
    if location is not None:
        assessment.location = checked_location(location)
    assessment.goals, assessment.goals_chosen = list(goals), True
    assessment.cash_limit, assessment.horizon_limit = cash_limit, horizon_limit
    assessment.save(update_fields=["goals", "goals_chosen", "cash_limit", "horizon_limit", "location"])


def checked_location(location: str) -> str:
    """Return where a site is, as it was given.

    Raises
    ------
    ProfileError
        It is none of the choices, nor empty.
    """
    if location and location not in Assessment.Location.values:
        raise ProfileError(
            f"Location {location!r} is unknown. Choose one of {', '.join(Assessment.Location.values)}, or leave it out."
        )
    return location


@transaction.atomic
def submit_assessment(*, assessment: Assessment, scores: Scores) -> None:
    """Close an assessment as self-declared, or agreed where colleagues took part, and keep its scores for peers.

    `scores`: one row a score, with `kind`, `node` and `score` (None where not scored), or what computes them: it is
    called once no answer can change any more.

    Raises
    ------
    AgreementError
        A colleague has not finished, or levels that lie far apart are not agreed on yet.
    """
    Assessment.objects.select_for_update().get(pk=assessment.pk)
    refuse_to_submit(assessment)
    states = Assessment.Status
    instrument = selectors.instrument_of(assessment, "en")
    assessment.status = states.AGREED if selectors.is_agreed(assessment, instrument) else states.SELF_DECLARED
    assessment.submitted_at = timezone.now()
    assessment.save(update_fields=["status", "submitted_at"])
    assessment.scores.all().delete()
    AssessmentScore.objects.bulk_create(
        AssessmentScore(assessment=assessment, kind=row["kind"], node=row["node"], score=row["score"])
        for row in (scores() if callable(scores) else scores)
        if row["score"] is not None
    )
    mark_latest(assessment)


def mark_latest(assessment: Assessment) -> None:
    """Let one assessment an enterprise count among peers: the one submitted last."""
    same = selectors.same_enterprise(assessment)
    same.filter(is_latest=True).update(is_latest=False)
    submitted = same.filter(submitted_at__isnull=False).order_by("-submitted_at").first()
    if submitted is not None:
        Assessment.objects.filter(pk=submitted.pk).update(is_latest=True)
    assessment.is_latest = submitted is not None and submitted.pk == assessment.pk


@transaction.atomic
def reopen_assessment(*, assessment: Assessment, form: str | None = None) -> None:
    """Open the answers again, in the same or the full form; the scores leave the peers until it is submitted anew.

    What colleagues agreed on stays where no level moves. Colleagues stay finished, though a longer form asks them
    further questions, which they can answer: whose levels lay side by side once can never be taken out, since the
    difference would show them. A validation, asked for or done, ends: its levels were set beside the answers as they
    were.
    """
    end_validity(assessment)
    assessment.status, assessment.submitted_at = Assessment.Status.DRAFT, None
    assessment.form = form or assessment.form
    assessment.save(update_fields=["status", "submitted_at", "form"])
    assessment.scores.all().delete()
    mark_latest(assessment)

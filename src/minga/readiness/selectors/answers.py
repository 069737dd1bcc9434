"""Answers, how far an assessment is, and when it would be deleted."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max, QuerySet
from django.http import Http404

from minga.readiness.engine.instrument import Instrument, Item
from minga.readiness.models import Answer, AnswerVersion, Assessment
from minga.readiness.selectors.access import running_shares


def answers_of(assessment: Assessment) -> dict[str, Answer]:
    """Return the present answers of the business itself by item; those of its colleagues are kept apart."""
    return {answer.item: answer for answer in assessment.answers.filter(colleague=None)}


def own_values(assessments: Collection[Assessment]) -> dict[uuid.UUID, dict[str, str]]:
    """Return what businesses themselves gave, by assessment and item, for many assessments in one query."""
    found: dict[uuid.UUID, dict[str, str]] = {}
    for answer in Answer.objects.filter(assessment__in=assessments, colleague=None):
        found.setdefault(answer.assessment_id, {})[answer.item] = answer.value
    return found


def answered_by_others(assessments: Collection[Assessment]) -> set[uuid.UUID]:
    """Return which of many assessments hold an answer of a colleague, so that more than one voice may count."""
    others = Answer.objects.filter(assessment__in=assessments, colleague__isnull=False)
    return set(others.values_list("assessment", flat=True).distinct())


def history_of(assessment: Assessment) -> QuerySet[AnswerVersion]:
    """Return everything that the business itself ever gave, in its order."""
    return assessment.history.filter(colleague=None)


@dataclass(frozen=True)
class FactorProgress:
    """How far one page of the form is."""

    id: str
    name: str
    asks: str
    asked: int
    answered: int

    @property
    def is_done(self) -> bool:
        return self.answered == self.asked


@dataclass(frozen=True)
class Progress:
    """How far an assessment is, and about how long the rest takes."""

    factors: tuple[FactorProgress, ...]
    minutes_in_all: int
    saved_at: datetime | None

    @property
    def asked(self) -> int:
        return sum(factor.asked for factor in self.factors)

    @property
    def answered(self) -> int:
        return sum(factor.answered for factor in self.factors)

    @property
    def open(self) -> int:
        """How many questions have no answer yet."""
        return self.asked - self.answered

    @property
    def minutes_left(self) -> int:
        """Whole minutes, never zero while something is open."""
        open_share = (self.asked - self.answered) / self.asked if self.asked else 0
        return max(1, round(open_share * self.minutes_in_all)) if open_share else 0

    @property
    def next_factor(self) -> str | None:
        """The first page with an open item."""
        return next((factor.id for factor in self.factors if not factor.is_done), None)


def items_for(instrument: Instrument, form: str, *, factor: str | None = None, role: str = "") -> tuple[Item, ...]:
    """Return the items of a form that a role is asked; without a role all of them."""
    return tuple(item for item in instrument.items_of(factor, form) if not role or role in item.who)


def progress(
    assessment: Assessment, instrument: Instrument, answers: Mapping[str, Answer], *, role: str = ""
) -> Progress:
    """Count what is answered; `I do not know` is an answer here, and a missing one in the score."""
    factors = []
    for factor in instrument.factors:
        items = items_for(instrument, assessment.form, factor=factor.id, role=role)
        if items:
            done = sum(item.id in answers for item in items)
            factors.append(FactorProgress(factor.id, factor.name, factor.asks, len(items), done))
    saved = max((answer.saved_at for answer in answers.values()), default=None)
    minutes = minutes_of(instrument, assessment.form)
    if role:
        everything = len(instrument.items_of(None, assessment.form))
        minutes = max(1, round(minutes * sum(factor.asked for factor in factors) / everything))
    return Progress(tuple(factors), minutes, saved)


def minutes_of(instrument: Instrument, form: str) -> int:
    """Return about how many minutes a form takes."""
    if form == Assessment.Form.SHORT and instrument.short_form:
        return instrument.short_form.minutes
    return instrument.time_needed_minutes or 2 * len(instrument.items)


def items_of_page(instrument: Instrument, factor: str, form: str, *, role: str = "") -> tuple[Item, ...]:
    """Return the items of one page, those of a role if one is named.

    Raises
    ------
    Http404
        The form asks nothing of this factor, or nothing that concerns the role.
    """
    items = items_for(instrument, form, factor=factor, role=role) if factor in instrument.factor_ids else ()
    if not items:
        raise Http404
    return items


def deleted_on(assessment: Assessment) -> datetime | None:
    """Return when an assessment that nobody claims is deleted; None for a claimed one.

    While an adviser is let in it is kept too, and the time runs anew when that access ends.
    """
    if assessment.is_claimed or assessment.is_sample:
        return None
    if running_shares().filter(assessment=assessment).exists():
        return None
    ended = assessment.shares.aggregate(last=Max("revoked_at"))["last"]
    since = max(assessment.last_answer_at, ended) if ended else assessment.last_answer_at
    return since + timedelta(days=settings.UNCLAIMED_DAYS)

"""The people around an assessment: colleagues and how far they are, never what they said; voices once they count."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from minga.readiness import keys
from minga.readiness.engine.instrument import Instrument, Item
from minga.readiness.models import AccessKey, Answer, Assessment, Colleague
from minga.readiness.selectors.answers import items_for

#: Enough for any business that answers by role; more would be a survey, and mail to strangers.
MOST_COLLEAGUES = 30


def colleagues_of(assessment: Assessment) -> QuerySet[Colleague]:
    """Return the colleagues who are asked: invitations that were taken back are left out."""
    return assessment.colleagues.filter(withdrawn_at=None).order_by("number")


def is_invitation(link: str) -> bool:
    """Whether the secret of a link invites a colleague who has not come in yet."""
    waiting = Colleague.objects.filter(withdrawn_at=None, account=None).exclude(keys__kind=AccessKey.Kind.BROWSER)
    return AccessKey.objects.filter(
        kind=AccessKey.Kind.LINK, secret_hash=keys.hash_of(link), colleague__in=waiting
    ).exists()


def find_colleague(pk: uuid.UUID, *, account: Any = None, secret: str | None = None) -> Colleague:
    """Return a colleague's place to that colleague alone: by the account that keeps it, or by the browser's key.

    Raises
    ------
    Http404
        It does not exist, was taken back, or is not theirs: they look the same from outside.
    """
    asked = Colleague.objects.filter(pk=pk, withdrawn_at=None).select_related("assessment__edition")
    colleague = asked.defer("assessment__edition__texts").first()
    if colleague is None or not (_keeps(colleague, account) or _opens(colleague, secret)):
        raise Http404
    return colleague


def _keeps(colleague: Colleague, account: Any) -> bool:
    return bool(getattr(account, "is_authenticated", False)) and colleague.account_id == account.pk


def _opens(colleague: Colleague, secret: str | None) -> bool:
    if not secret:
        return False
    held = colleague.keys.filter(kind=AccessKey.Kind.BROWSER, secret_hash=keys.hash_of(secret))
    return held.exists()


def places_of(account: Any) -> QuerySet[Colleague]:
    """Return where an account was asked as a colleague, newest first."""
    if not getattr(account, "is_authenticated", False):
        return Colleague.objects.none()
    asked = Colleague.objects.filter(account=account, withdrawn_at=None).select_related("assessment")
    return asked.order_by("-invited_at")


def answers_of_colleague(colleague: Colleague) -> dict[str, Answer]:
    """Return what one colleague answered, by item; for that colleague alone."""
    return {answer.item: answer for answer in colleague.answers.all()}


@dataclass(frozen=True)
class ColleagueProgress:
    """What the owner may know of a colleague: who was asked, and how far, never what was said."""

    colleague: Colleague
    role: str
    asked: int
    answered: int
    is_opened: bool

    @property
    def is_finished(self) -> bool:
        return self.colleague.finished_at is not None


def colleagues_progress(assessment: Assessment, instrument: Instrument) -> list[ColleagueProgress]:
    """Say of every colleague how many questions were asked and answered."""
    counted = colleagues_of(assessment).annotate(
        answered=Count("answers", distinct=True),
        browsers=Count("keys", filter=Q(keys__kind=AccessKey.Kind.BROWSER), distinct=True),
    )
    return [
        ColleagueProgress(
            colleague=one,
            role=instrument.codes.roles.get(one.role, one.role),
            asked=len(items_for(instrument, assessment.form, role=one.role)),
            answered=one.answered,
            is_opened=bool(one.browsers or one.answered) or one.account_id is not None,
        )
        for one in counted
    ]


def roles_to_ask(instrument: Instrument, form: str) -> list[tuple[str, str, int]]:
    """Return the roles that a form has questions for: code, name and number of questions."""
    counted = [
        (role, name, len(items_for(instrument, form, role=role))) for role, name in instrument.codes.roles.items()
    ]
    return [one for one in counted if one[2]]


@dataclass(frozen=True)
class Voices:
    """What everybody in a business gave to one item; levels stand in their own order, not in that of people."""

    item: Item
    levels: tuple[int, ...]
    #: what the business itself gave; None where it gave no level
    own: int | None
    #: how many said that they do not know, or that it does not apply
    without_level: int

    @property
    def spread(self) -> int:
        return self.levels[-1] - self.levels[0] if self.levels else 0


def are_all_finished(assessment: Assessment) -> bool:
    """Whether every colleague who is still asked said: I am finished."""
    return not colleagues_of(assessment).filter(finished_at=None).exists()


def counted_answers(assessment: Assessment) -> QuerySet[Answer]:
    """Return the answers that make the result: the business's own, and those of colleagues who finished."""
    finished = Q(colleague__withdrawn_at=None, colleague__finished_at__isnull=False)
    return assessment.answers.filter(Q(colleague=None) | finished)


def voices_of(answers: Sequence[Answer], instrument: Instrument) -> list[Voices]:
    """Lay answers side by side, item by item, without saying whose they are."""
    by_item: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        by_item[answer.item].append(answer)
    found = []
    for item in instrument.items:
        given = by_item.get(item.id, [])
        if given:
            levels = tuple(sorted(one.level for one in given if one.level is not None))
            own = next((one.level for one in given if one.colleague_id is None), None)
            found.append(Voices(item, levels, own, len(given) - len(levels)))
    return found


def voices_heard(assessment: Assessment) -> int:
    """Return how many people gave answers that make the result: the business itself counts as one."""
    whose = counted_answers(assessment).order_by().values_list("colleague").distinct()
    return whose.count()

"""Asking colleagues: an invitation by role, its end, and what the colleague alone decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from minga.members import services as members
from minga.readiness import keys, selectors
from minga.readiness.engine.errors import ProfileError, ReadinessError
from minga.readiness.models import AccessKey, Assessment, Colleague
from minga.readiness.services.proving import remove_all_evidence
from minga.readiness.services.starting import give_key, resume


@dataclass(frozen=True)
class HandedOver:
    """A code and a link for somebody else; they are known only now, and both end when one of them is used."""

    code: str
    link: str


@dataclass(frozen=True)
class Invitation(HandedOver):
    """What the owner hands over to a colleague."""

    colleague: Colleague


@transaction.atomic
def invite_colleague(*, assessment: Assessment, role: str = "", account: Any = None) -> Invitation:
    """Ask one more colleague; `role` is one of the instrument, empty for every question.

    Raises
    ------
    ProfileError
        The role has no question in this form, the assessment is closed, or there are too many colleagues.
    """
    locked = Assessment.objects.select_for_update().get(pk=assessment.pk)
    if locked.is_submitted:
        raise ProfileError(
            "This assessment has been submitted, so colleagues cannot be asked. Reopen it on its page, then invite."
        )
    known = [code for code, _name, _asked in _roles(assessment)]
    if role and role not in known:
        raise ProfileError(f"The role {role!r} has no question here. Choose one of {', '.join(known)}, or none.")
    asked = selectors.colleagues_of(assessment).count()
    if asked >= selectors.MOST_COLLEAGUES:
        raise ProfileError(
            f"There are {asked} invitations already, and {selectors.MOST_COLLEAGUES} is the most. "
            "Take back one that nobody opened."
        )
    last = assessment.colleagues.aggregate(last=Max("number"))["last"] or 0
    colleague = Colleague.objects.create(assessment=assessment, role=role, number=last + 1)
    members.record(by=account, act="colleague.invited", on=assessment.reference)
    return _handed_over(colleague)


def _roles(assessment: Assessment) -> list[tuple[str, str, int]]:
    return selectors.roles_to_ask(selectors.instrument_of(assessment, "en"), assessment.form)


def _handed_over(colleague: Colleague) -> Invitation:
    kinds = AccessKey.Kind
    code, link = (
        give_key(assessment=colleague.assessment, colleague=colleague, kind=kind) for kind in (kinds.CODE, kinds.LINK)
    )
    return Invitation(code, link, colleague)


@transaction.atomic
def renew_invitation(*, colleague: Colleague) -> Invitation:
    """Make a new link and code for an invitation that nobody opened yet.

    Raises
    ------
    ProfileError
        The colleague opened it: a key in other hands would show what was answered.
    """
    if is_opened(colleague):
        raise ProfileError(
            "This invitation was opened already, so only the colleague can make a new code. "
            "Take it back and invite again if the way in is lost."
        )
    return _handed_over(colleague)


def is_opened(colleague: Colleague) -> bool:
    """Whether the colleague came in: by a browser's key or an account, or answered in whatever way."""
    came = colleague.account_id is not None or colleague.finished_at is not None
    return came or colleague.keys.filter(kind=AccessKey.Kind.BROWSER).exists() or colleague.answers.exists()


@transaction.atomic
def withdraw_invitation(*, colleague: Colleague, account: Any = None) -> None:
    """Take an invitation back: what was answered and sent is deleted, and its keys stop.

    Raises
    ------
    ReadinessError
        The colleague has finished: the levels may lie side by side already, and taking one voice out would show
        what it said.
    """
    locked = Colleague.objects.select_for_update().get(pk=colleague.pk)
    if locked.finished_at is not None:
        raise ReadinessError(
            "This colleague has finished, so the answers count and only the colleague can delete them. "
            "Taking them out here would show what they were."
        )
    if locked.withdrawn_at is not None:
        return
    locked.answers.all().delete()
    locked.history.all().delete()
    remove_all_evidence(locked.evidence.all())
    locked.keys.all().delete()
    locked.withdrawn_at, locked.account = timezone.now(), None
    locked.save(update_fields=["withdrawn_at", "account"])
    members.record(by=account, act="colleague.withdrawn", on=locked.assessment.reference)


@transaction.atomic
def finish(*, colleague: Colleague) -> None:
    """Let a colleague say: I am finished; answers can still change until the owner submits.

    Raises
    ------
    ReadinessError
        The assessment was submitted meanwhile.
    """
    _refuse_if_closed(colleague)
    if colleague.finished_at is None:
        colleague.finished_at = timezone.now()
        colleague.save(update_fields=["finished_at"])


def _refuse_if_closed(colleague: Colleague) -> None:
    if Assessment.objects.select_for_update().get(pk=colleague.assessment_id).is_submitted:
        raise ReadinessError(
            "The assessment has been submitted, so the answers in it are closed. Ask its owner to reopen it."
        )


@transaction.atomic
def delete_colleague(*, colleague: Colleague) -> None:
    """Delete what a colleague gave, at the colleague's own wish, with its history and keys.

    Raises
    ------
    ReadinessError
        The assessment was submitted: the answers are part of its result, under a role and without a name.
    """
    _refuse_if_closed(colleague)
    remove_all_evidence(colleague.evidence.all())
    colleague.delete()


@transaction.atomic
def keep_place(*, colleague: Colleague, account: Any, secret: str | None = None) -> None:
    """Keep a colleague's place in an account; codes, links and this browser's key stop.

    Raises
    ------
    ProfileError
        Another account keeps it.
    """
    kept_by = Colleague.objects.select_for_update().get(pk=colleague.pk).account_id
    if kept_by not in {None, account.pk}:
        raise ProfileError("These questions belong to another account. Sign in with the one that you used first.")
    colleague.account = account
    colleague.save(update_fields=["account"])
    colleague.keys.exclude(kind=AccessKey.Kind.BROWSER).delete()
    leave_browser(colleague=colleague, secret=secret)


def leave_browser(*, colleague: Colleague, secret: str | None) -> None:
    """End the key of one browser, so that whoever uses the device next finds nothing.

    Its row stays, opening nothing: it is the sign that the invitation was opened, and cannot be renewed by others.
    """
    if secret:
        held = colleague.keys.filter(kind=AccessKey.Kind.BROWSER, secret_hash=keys.hash_of(secret))
        held.update(secret_hash=keys.hash_of(keys.new_secret()))


def open_place(*, code: str) -> tuple[Colleague, str] | None:
    """Exchange a colleague's code, however it is written, for a key; None where it opens no colleague's questions."""
    drawn = keys.tidy_code(code)
    if drawn is None:
        return None
    is_one = AccessKey.objects.filter(
        kind=AccessKey.Kind.CODE, colleague__isnull=False, secret_hash=keys.hash_of(drawn)
    ).exists()
    opened = resume(kind=AccessKey.Kind.CODE, secret=drawn) if is_one else None
    return opened if opened is not None and isinstance(opened[0], Colleague) else None  # type: ignore[return-value]

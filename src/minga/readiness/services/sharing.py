"""Letting somebody in: a share is a consent with a date and words, and ends at once when it is taken back."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils import timezone

from minga.members import services as members
from minga.readiness import selectors
from minga.readiness.engine.errors import ProfileError
from minga.readiness.models import AccessKey, Assessment, Share
from minga.readiness.services.inviting import HandedOver
from minga.readiness.services.starting import give_key, start_assessment

#: The words a business agrees to; a new text gets a new version, and old consents keep theirs.
READING_TEXT, ANSWERING_TEXT, ASSISTED_TEXT = "adviser-reads-1", "adviser-answers-1", "assisted-1"


def giver_of(assessment: Assessment) -> dict[str, Any]:
    """Say who consents: the person of its account, or whoever holds the key of an assessment without one."""
    person = members.person_for(assessment.account) if assessment.account else None
    return {"person": person} if person else {"subject_key": assessment.reference}


@transaction.atomic
def open_share(*, assessment: Assessment, by: Any = None, given_on: date | None = None, **fields: Any) -> Share:
    """Store a share with the consent behind it, and a line in the audit trail.

    `fields` are those of Share: `account` or `programme`, `may_answer`, `how`, `text_version`. `given_on` is the day
    on which it was agreed to, today if it is left out. Two at once are made one after the other.
    """
    Assessment.objects.select_for_update().get(pk=assessment.pk)
    _end_lapsed(assessment, by, account=fields.get("account"), programme=fields.get("programme"))
    share = Share.objects.create(assessment=assessment, **fields)
    if given_on is not None and given_on != timezone.localdate():
        share.given_at = timezone.make_aware(datetime.combine(given_on, time(12)))
        share.save(update_fields=["given_at"])
    members.give_consent(
        scope=selectors.SHARING,
        text_version=share.text_version,
        object=share.reference,
        **giver_of(assessment),
    )
    members.record(by=by, act="share.given", on=assessment.reference)
    return share


def _end_lapsed(assessment: Assessment, by: Any, **whom: Any) -> None:
    """Close a share whose consent was taken back elsewhere, or went with its giver, so that a new one can begin."""
    standing = selectors.open_shares().values("pk")
    for share in assessment.shares.filter(**whom, revoked_at=None).exclude(pk__in=standing):
        revoke_share(share=share, by=by)


@transaction.atomic
def revoke_share(*, share: Share, by: Any = None) -> None:
    """End a share: whoever was let in opens nothing from the next page on; twice is once."""
    share = Share.objects.select_for_update().select_related("assessment").get(pk=share.pk)
    if share.revoked_at is not None:
        return
    share.revoked_at = timezone.now()
    share.save(update_fields=["revoked_at"])
    for consent in selectors.consents_to(share):
        members.revoke_consent(
            scope=consent.scope, object=consent.object, person=consent.person, subject_key=consent.subject_key
        )
    members.record(by=by, act="share.revoked", on=share.assessment.reference)


@transaction.atomic
def share_with_adviser(*, assessment: Assessment, adviser: Any, may_answer: bool = False, by: Any = None) -> Share:
    """Let an adviser in, by the owner's own word on the site; a wider or narrower right takes the place of the old one.

    Raises
    ------
    ProfileError
        The account holds no running mandate of an adviser.
    """
    if not selectors.is_adviser(adviser):
        raise ProfileError("This account is no adviser of the alliance today. Ask for the code of somebody who is.")
    Assessment.objects.select_for_update().get(pk=assessment.pk)
    _end_open_ones(assessment, adviser, by)
    return open_share(
        assessment=assessment,
        account=adviser,
        may_answer=may_answer,
        how=Share.How.ONLINE,
        text_version=ANSWERING_TEXT if may_answer else READING_TEXT,
        by=by,
    )


def _end_open_ones(assessment: Assessment, adviser: Any, by: Any) -> None:
    for share in assessment.shares.filter(account=adviser, revoked_at=None):
        revoke_share(share=share, by=by)


@transaction.atomic
def start_for_client(
    *, adviser: Any, how: str, given_on: date | None = None, **business: Any
) -> tuple[Assessment, Share]:
    """Start an assessment for a client who agreed to it, face to face, on the telephone or in writing.

    It belongs to nobody until the client claims it. `business` is what `start_assessment` asks for.

    Raises
    ------
    ProfileError
        The account holds no running mandate of an adviser, the consent was not given to a person, or lies ahead.
    """
    if not selectors.is_adviser(adviser):
        raise ProfileError("This account is no adviser of the alliance today. Ask the secretariat for the mandate.")
    spoken = [Share.How.IN_PERSON, Share.How.TELEPHONE, Share.How.WRITTEN]
    if how not in spoken:
        raise ProfileError(f"The consent was given {how!r}. Choose one of {', '.join(spoken)}.")
    if given_on is not None and given_on > timezone.localdate():
        raise ProfileError(f"The consent is dated {given_on}, which lies ahead. Give the day on which it was given.")
    assessment = start_assessment(**business)
    share = open_share(
        assessment=assessment,
        account=adviser,
        may_answer=True,
        how=how,
        text_version=ASSISTED_TEXT,
        given_on=given_on,
        by=adviser,
    )
    return assessment, share


@transaction.atomic
def paper_for_client(*, assessment: Assessment) -> HandedOver:
    """Make the code and the link by which a client opens what the adviser began; both end when one is used.

    Raises
    ------
    ProfileError
        The client opened it already, or claimed it: a key in other hands would open everything.
    """
    if assessment.is_claimed or assessment.keys.filter(colleague=None, kind=AccessKey.Kind.BROWSER).exists():
        raise ProfileError("The client has opened this check already and makes codes alone now.")
    code, link = (give_key(assessment=assessment, kind=kind) for kind in (AccessKey.Kind.CODE, AccessKey.Kind.LINK))
    return HandedOver(code, link)

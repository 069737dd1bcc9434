"""Who may open which assessment, and which ones belong to one enterprise."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.http import Http404

from minga.members import selectors as members
from minga.readiness import keys
from minga.readiness.models import AccessKey, Assessment, Share

#: Roles in an organization that may answer for it, as members calls them.
OWNER, RESPONDENT, ADVISER = "owner", "respondent", "adviser"
#: The consent to let an adviser or a programme in, as members calls it.
SHARING = "sharing"


def _assessments() -> QuerySet[Assessment]:
    return Assessment.objects.select_related("edition", "organization").defer("edition__texts")


def opened_by_account(account: Any) -> QuerySet[Assessment]:
    """Return what an account may open: its own, and those of organizations it answers for.

    Advisers, assessors and the secretariat open nothing by their role alone; see `running_shares`.
    """
    if not getattr(account, "is_authenticated", False):
        return _assessments().none()
    return _assessments().filter(Q(account=account) | Q(organization__in=_organizations(account, OWNER, RESPONDENT)))


def _organizations(account: Any, *roles: str) -> QuerySet[Any, Any]:
    """Return the ids of organizations in which an account's person holds one of these roles today."""
    held = members.running_mandates().filter(person__account=account, role__in=roles, organization__isnull=False)
    return held.values("organization")


def find(
    pk: uuid.UUID,
    *,
    account: Any = None,
    secret: str | None = None,
    right: Assessment.OpenedFor = Assessment.OpenedFor.OWNING,
) -> Assessment:
    """Return an assessment to whoever may open it; what they may do with it stands in its `opened_for`.

    Parameters
    ----------
    pk : the id in the address; alone it opens nothing
    account : who is signed in
    secret : what the browser's cookie, or a program's header, holds
    right : what is wanted; an adviser whom the business let in reads, or reads and answers, and never owns

    Raises
    ------
    Http404
        It does not exist, or is not theirs: the two look the same from outside.
    """
    found = opened_by_account(account).filter(pk=pk).first()
    if found is not None:
        return found
    share = _share_of(pk, account)
    if share is not None:
        found = _assessments().get(pk=pk)
        found.opened_for, found.opened_by = _right_of(share), account
    elif secret:
        held = AccessKey.objects.filter(
            assessment=pk, colleague=None, kind=AccessKey.Kind.BROWSER, secret_hash=keys.hash_of(secret)
        ).exists()
        found = _assessments().filter(pk=pk).first() if held else None
    if found is None or _RIGHTS.index(found.opened_for) < _RIGHTS.index(right):
        raise Http404
    return found


#: Each right holds the ones before it.
_RIGHTS = tuple(Assessment.OpenedFor)


def _right_of(share: Share) -> Assessment.OpenedFor:
    return Assessment.OpenedFor.ANSWERING if share.may_answer else Assessment.OpenedFor.READING


def _share_of(pk: uuid.UUID, account: Any) -> Share | None:
    if not getattr(account, "is_authenticated", False):
        return None
    return running_shares().filter(assessment=pk, account=account).first()


def running_shares() -> QuerySet[Share]:
    """Return by which consents advisers are let in today.

    Three things must hold: nobody took the share back, the consent behind it stands, and the adviser's mandate runs.
    """
    return open_shares().filter(account__isnull=False, account__in=_accounts_of_advisers())


def open_shares() -> QuerySet[Share]:
    consented = members.consented_objects(SHARING)
    named = Share.objects.annotate(consent=Concat(Value("share:"), Cast("pk", CharField())))
    return named.filter(revoked_at=None, consent__in=consented)


def _accounts_of_advisers() -> QuerySet[Any, Any]:
    return members.running_mandates().filter(role=ADVISER, person__account__isnull=False).values("person__account")


def may_decide(assessment: Assessment, account: Any) -> bool:
    """Whether someone who may open an assessment may also delete it or lend its figures.

    A guest with the key decides while nobody has claimed it; afterwards its account, or an owner of its organization.
    """
    if assessment.opened_for != Assessment.OpenedFor.OWNING:
        return False
    if not assessment.is_claimed:
        return True
    if not getattr(account, "is_authenticated", False):
        return False
    if assessment.account_id == account.pk:
        return True
    owned = _organizations(account, OWNER).filter(organization=assessment.organization_id)
    return assessment.organization_id is not None and owned.exists()


def organizations_owned_by(account: Any) -> list[Any]:
    """Return the organizations in whose name an account may start or claim an assessment."""
    person = members.person_of(account)
    if person is None:
        return []
    return list(members.organizations_of(person).filter(pk__in=_organizations(account, OWNER)))


def assessments_of(account: Any) -> QuerySet[Assessment]:
    """Return an account's assessments, newest first."""
    return opened_by_account(account).order_by("-started_at")


def earlier_of(assessment: Assessment) -> Assessment | None:
    """Return the last submitted assessment of the same enterprise before this one; to an adviser, the last shared."""
    if assessment.opened_by is not None:
        return earlier_ones_for(assessment.opened_by, assessment).first()
    return earlier_ones(assessment).first()


def earlier_ones(assessment: Assessment) -> QuerySet[Assessment]:
    """Return the submitted assessments of the same enterprise before this one, newest first."""
    same = _same_enterprise(assessment)
    if same is None:
        return Assessment.objects.none()
    before = assessment.submitted_at or assessment.last_answer_at
    submitted = _assessments().filter(same, submitted_at__lt=before)
    return submitted.exclude(pk=assessment.pk).order_by("-submitted_at")


def earlier_ones_for(account: Any, assessment: Assessment) -> QuerySet[Assessment]:
    """Return those of them that an account may open too: an adviser sees only what was shared with her."""
    shared = running_shares().filter(account=account) if getattr(account, "is_authenticated", False) else None
    may_open = Q(pk__in=opened_by_account(account).values("pk"))
    if shared is not None:
        may_open |= Q(pk__in=shared.values("assessment"))
    return earlier_ones(assessment).filter(may_open)


def _same_enterprise(assessment: Assessment) -> Q | None:
    if assessment.organization_id is not None:
        return Q(organization=assessment.organization_id)
    if assessment.account_id is not None:
        # one account may answer for several businesses: the same name, country and sector are the same business
        return Q(
            account=assessment.account_id,
            organization=None,
            name=assessment.name,
            country=assessment.country,
            sector=assessment.sector,
        )
    return None


def same_enterprise(assessment: Assessment) -> QuerySet[Assessment]:
    """Return all assessments of an enterprise, this one among them."""
    same = _same_enterprise(assessment)
    return Assessment.objects.filter(same if same is not None else Q(pk=assessment.pk))


def enterprises_assessed(*, is_sample: bool, country: str | None = None) -> int:
    """Count enterprises with a submitted assessment."""
    found = Assessment.objects.filter(is_latest=True, is_sample=is_sample)
    return (found.filter(country=country) if country else found).count()

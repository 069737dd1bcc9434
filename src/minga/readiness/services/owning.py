"""Owning an assessment: lending its scores, claiming it, and its end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from minga.members import services as members
from minga.readiness import keys, selectors
from minga.readiness.engine.errors import ProfileError
from minga.readiness.models import AccessKey, Assessment
from minga.readiness.services.answering import mark_latest
from minga.readiness.services.proving import remove_all_evidence
from minga.readiness.services.sharing import giver_of, revoke_share

#: The words a person agrees to; a new text gets a new version, and old consents keep theirs.
BENCHMARK_TEXT = "benchmark-1"


@transaction.atomic
def give_benchmark(*, assessment: Assessment) -> None:
    """Lend the scores of an assessment to groups of peers; the answers themselves are never lent."""
    members.give_consent(
        scope=selectors.BENCHMARK,
        text_version=BENCHMARK_TEXT,
        object=assessment.reference,
        **giver_of(assessment),
    )


@transaction.atomic
def revoke_benchmark(*, assessment: Assessment) -> None:
    """Take the scores out of all groups of peers again, from the next page on."""
    for giver in (giver_of(assessment), {"subject_key": assessment.reference}):
        members.revoke_consent(scope=selectors.BENCHMARK, object=assessment.reference, **giver)


@transaction.atomic
def claim_assessment(
    *, assessment: Assessment, account: Any, organization: Any = None, secret: str | None = None
) -> None:
    """Give an assessment to an account; codes and links that were handed out stop working.

    `secret` is the key of the browser that claims. It ends too: on a shared computer, whoever comes after the
    sign-out must not find the answers open.

    Raises
    ------
    ProfileError
        It belongs to somebody already; of two who claim it at once, the first one has it.
    """
    if Assessment.objects.select_for_update().get(pk=assessment.pk).is_claimed:
        raise ProfileError("This assessment already belongs to an account. Ask its owner to let you answer.")
    assessment.account, assessment.organization = account, organization
    assessment.save(update_fields=["account", "organization"])
    own_keys = assessment.keys.filter(colleague=None)
    own_keys.exclude(kind=AccessKey.Kind.BROWSER).delete()
    if secret:
        own_keys.filter(secret_hash=keys.hash_of(secret)).delete()
    members.claim_consents(subject_key=assessment.reference, person=members.person_for(account))
    if assessment.is_submitted:
        mark_latest(assessment)


@transaction.atomic
def delete_assessment(*, assessment: Assessment) -> None:
    """Delete an assessment with all that hangs on it, its evidence too; the one before it counts among peers again."""
    revoke_benchmark(assessment=assessment)
    for share in assessment.shares.filter(revoked_at=None):
        revoke_share(share=share)
    others = list(selectors.same_enterprise(assessment).exclude(pk=assessment.pk))
    remove_all_evidence(assessment.evidence.all())
    assessment.delete()
    if others:
        mark_latest(others[0])


def delete_unclaimed() -> int:
    """Delete assessments that nobody claimed and nobody answered for the retention time; return how many."""
    since = timezone.now() - timedelta(days=settings.UNCLAIMED_DAYS)
    old = Assessment.objects.filter(account=None, organization=None, is_sample=False, last_answer_at__lt=since)
    # an adviser's client is kept while the adviser is let in, and as long again after that ended
    old = old.exclude(pk__in=selectors.running_shares().values("assessment")).exclude(shares__revoked_at__gte=since)
    deleted = 0
    for assessment in old.iterator():
        delete_assessment(assessment=assessment)
        deleted += 1
    return deleted

"""Consents: given in certain words, dated, and taken back at any time."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from minga.members.engine.errors import MembersError
from minga.members.models import Consent, Person
from minga.members.services.trail import record


@transaction.atomic
def give_consent(
    *,
    scope: str,
    text_version: str,
    person: Person | None = None,
    subject_key: str = "",
    object: str = "",
) -> Consent:
    """Store that a person, or the holder of an opaque key, agreed; agreeing twice to one text is once."""
    if scope not in Consent.Scope.values:
        raise MembersError(f"There is no consent to {scope!r}. Use one of {', '.join(Consent.Scope.values)}.")
    if person is None and not subject_key:
        raise MembersError("A consent was to be stored without saying whose. Name the person or the subject key.")
    consent, made = Consent.objects.get_or_create(
        person=person,
        subject_key="" if person else subject_key,
        scope=scope,
        object=object,
        text_version=text_version,
        revoked_at=None,
    )
    if made and scope == Consent.Scope.PUBLICATION:
        record(by=person, act="consent.given", on=object, reason=scope)
    return consent


@transaction.atomic
def revoke_consent(*, scope: str, object: str = "", person: Person | None = None, subject_key: str = "") -> int:
    """Take a consent back, in every version of its text; returns how many ended."""
    if person is None and not subject_key:
        raise MembersError("A consent was to be taken back without saying whose. Name the person or the subject key.")
    giver = {"person": person} if person else {"subject_key": subject_key, "person": None}
    open_ones = Consent.objects.filter(scope=scope, object=object, revoked_at=None, **giver)
    count = open_ones.update(revoked_at=timezone.now())
    if count and scope == Consent.Scope.PUBLICATION:
        record(by=person, act="consent.revoked", on=object, reason=scope)
    return count


@transaction.atomic
def claim_consents(*, subject_key: str, person: Person) -> int:
    """Give a person the consents made under a key, when an account claims what the key stood for."""
    if not subject_key:
        raise MembersError("Consents were to be claimed without a subject key. Name it.")
    return Consent.objects.filter(subject_key=subject_key, person=None).update(person=person, subject_key="")

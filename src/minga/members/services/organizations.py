"""Organizations, bodies, memberships and dated mandates."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from minga.members import selectors
from minga.members.engine import roles
from minga.members.engine.errors import MembersError
from minga.members.models import (
    Body,
    Consent,
    Invitation,
    Mandate,
    Membership,
    Organization,
    Person,
    new_code,
)
from minga.members.services.consents import give_consent, revoke_consent
from minga.members.services.trail import record
from minga.trust import content_hash

INVITATION_DAYS = 14
#: version of the words on the organization's page that the consent to a listing agrees to
LISTING_TEXT = "directory-1"

_EDITABLE = ("name", "type", "country", "sector", "size", "languages", "women_led")


@transaction.atomic
def create_organization(*, by: Person | None, is_sample: bool = False, **fields: Any) -> Organization:
    """Begin an organization; whoever does becomes its owner."""
    organization = Organization(is_sample=is_sample, **fields)
    organization.full_clean()
    organization.save()
    record(by=by, act="organization.created", on=organization)
    if by:
        join(person=by, organization=organization)
        grant_mandate(person=by, role=roles.OWNER, organization=organization, by=by)
    return organization


@transaction.atomic
def edit_organization(*, organization: Organization, by: Person | None, **fields: Any) -> list[str]:
    """Change what an organization says about itself; returns which fields changed."""
    unknown = sorted(set(fields) - set(_EDITABLE))
    if unknown:
        raise MembersError(f"{', '.join(unknown)} of an organization cannot be edited. Edit {', '.join(_EDITABLE)}.")
    stored = Organization.objects.select_for_update().get(pk=organization.pk)
    changed = [name for name, value in fields.items() if getattr(stored, name) != value]
    for name in changed:
        setattr(stored, name, fields[name])
        setattr(organization, name, fields[name])
    if changed:
        stored.full_clean()
        stored.save(update_fields=changed)
        record(by=by, act="organization.changed", on=organization, reason=", ".join(sorted(changed)))
    return changed


@transaction.atomic
def create_body(*, name: str, kind: str, by: Person | None = None, is_sample: bool = False) -> Body:
    """Begin a standing body of the alliance."""
    body = Body.objects.create(name=name, kind=kind, is_sample=is_sample)
    record(by=by, act="body.created", on=body, reason=kind)
    return body


@transaction.atomic
def join(*, person: Person, organization: Organization, role: str = "", since: date | None = None) -> Membership:
    """Make a person belong to an organization; twice is once."""
    membership, _made = Membership.objects.get_or_create(
        person=person,
        organization=organization,
        until=None,
        defaults={"role": role, "since": since or timezone.localdate()},
    )
    return membership


@transaction.atomic
def leave(*, person: Person, organization: Organization) -> None:
    """End a person's membership and mandates in an organization today."""
    for mandate in selectors.mandates_of(person).filter(organization=organization):
        end_mandate(mandate=mandate, by=person)
    Membership.objects.filter(person=person, organization=organization, until=None).update(until=timezone.localdate())


@transaction.atomic
def grant_mandate(
    *,
    person: Person,
    role: str,
    organization: Organization | None = None,
    body: Body | None = None,
    by: Person | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Mandate:
    """Give a person a role in an organization or body; one that runs already is returned as it is."""
    roles.check_place(role, in_organization=organization is not None, in_body=body is not None)
    starts_on = starts_on or timezone.localdate()
    if ends_on and ends_on < starts_on:
        raise MembersError(f"The mandate was to end on {ends_on}, before it starts on {starts_on}. Correct the dates.")
    running = selectors.mandates_of(person, starts_on).filter(role=role, organization=organization, body=body)
    if mandate := running.first():
        return mandate
    mandate = Mandate.objects.create(
        person=person, role=role, organization=organization, body=body, starts_on=starts_on, ends_on=ends_on
    )
    record(by=by, act="mandate.granted", on=person, reason=f"{role} in {mandate.place.reference}")
    return mandate


@transaction.atomic
def end_mandate(*, mandate: Mandate, by: Person | None = None, on: date | None = None) -> None:
    """End a role. The last member of the secretariat and an organization's last owner must first be replaced."""
    last_day = on or timezone.localdate() - timedelta(days=1)
    _refuse_to_leave_empty(mandate)
    if last_day < mandate.starts_on:
        # It began today and ends at once: a mandate that held on no day is not kept.
        mandate.delete()
    else:
        mandate.ends_on = last_day
        mandate.save(update_fields=["ends_on"])
    place = mandate.place.reference
    record(by=by, act="mandate.ended", on=mandate.person, reason=f"{mandate.role} in {place}")


def _refuse_to_leave_empty(mandate: Mandate) -> None:
    if mandate.role not in {roles.OWNER, roles.SECRETARIAT}:
        return
    others = selectors.running_mandates().filter(role=mandate.role).exclude(person=mandate.person)
    if mandate.role == roles.OWNER:
        others = others.filter(organization=mandate.organization)
    # The accounts behind them must be able to sign in, or nobody could act.
    if not others.filter(person__account__is_active=True).exists():
        who = "owner of this organization" if mandate.role == roles.OWNER else "member of the secretariat"
        raise MembersError(f"This is the last {who}. Give the role to somebody else first.")


@transaction.atomic
def invite(*, organization: Organization, role: str, by: Person) -> str:
    """Make a code that gives whoever uses it first a role; it is shown once and only its hash is kept."""
    roles.check_place(role, in_organization=True, in_body=False)
    code = new_code()
    Invitation.objects.create(
        organization=organization,
        role=role,
        code_hash=content_hash(code),
        expires_at=timezone.now() + timedelta(days=INVITATION_DAYS),
    )
    record(by=by, act="invitation.made", on=organization, reason=role)
    return code


@transaction.atomic
def accept_invitation(*, code: str, by: Person) -> Mandate:
    """Use a code: the person gets its role, and the code opens nothing any more."""
    tidy = "".join(letter for letter in code.upper() if letter.isalnum())
    tidy = "-".join(tidy[start : start + 4] for start in range(0, len(tidy), 4))
    found = Invitation.objects.select_for_update().filter(code_hash=content_hash(tidy), expires_at__gt=timezone.now())
    invitation = found.select_related("organization").first()
    if invitation is None:
        raise MembersError(
            "This code opens nothing: it is mistyped, used already or too old. "
            "Check it letter by letter, or ask the organization for a new one."
        )
    organization, role = invitation.organization, invitation.role
    invitation.delete()
    if role in {roles.OWNER, roles.RESPONDENT}:
        join(person=by, organization=organization)
    return grant_mandate(person=by, role=role, organization=organization, by=by)


@transaction.atomic
def list_in_directory(*, organization: Organization, by: Person | None, listed: bool) -> None:
    """Show an organization in the public directory, or take it out whoever consented to it."""
    if listed:
        give_consent(
            scope=Consent.Scope.PUBLICATION,
            text_version=LISTING_TEXT,
            person=by,
            object=organization.reference,
        )
        return
    for consent in Consent.objects.filter(
        scope=Consent.Scope.PUBLICATION, object=organization.reference, revoked_at=None
    ).select_related("person"):
        revoke_consent(
            scope=consent.scope, object=consent.object, person=consent.person, subject_key=consent.subject_key
        )


@transaction.atomic
def grant_in_alliance(*, person: Person, role: str, by: Person | None = None, ends_on: date | None = None) -> Mandate:
    """Give a role in the body that holds it: the secretariat, or the network of advisers and assessors."""
    roles.check_place(role, in_organization=False, in_body=True)
    kind, name = (
        (Body.Kind.SECRETARIAT, gettext_noop("Secretariat"))
        if role == roles.SECRETARIAT
        else (Body.Kind.NETWORK, gettext_noop("Advisers and assessors"))
    )
    body = Body.objects.filter(kind=kind).order_by("pk").first() or create_body(name=name, kind=kind, by=by)
    return grant_mandate(person=person, role=role, body=body, by=by, ends_on=ends_on)


@transaction.atomic
def delete_organization(*, organization: Organization, by: Person | None) -> None:
    """Delete an organization with its roles, memberships, codes and listing."""
    record(by=by, act="organization.deleted", on=organization)
    list_in_directory(organization=organization, by=by, listed=False)
    organization.delete()

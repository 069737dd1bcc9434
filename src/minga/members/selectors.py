"""Every read of members."""

from __future__ import annotations

from datetime import date

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat, Replace
from django.utils import timezone

from minga.members.engine import roles
from minga.members.models import (
    Account,
    ApiToken,
    AuditAct,
    Body,
    Competence,
    Consent,
    Invitation,
    Mandate,
    Membership,
    Organization,
    Person,
)


def person_of(account: Account | AnonymousUser) -> Person | None:
    """Find the person of an account; None for visitors."""
    if not account.is_authenticated:
        return None
    # within one request the many parts of a page ask for the same person (see `know_roles`)
    known: Person | None = getattr(account, "person_today", None)
    if known is None:
        known = Person.objects.filter(account=account).first()
        if hasattr(account, "roles_today"):
            account.person_today = known  # type: ignore[union-attr]
    return known


def running_mandates(on: date | None = None) -> QuerySet[Mandate]:
    """Return the mandates that hold on a day, today by default."""
    day = on or timezone.localdate()
    return Mandate.objects.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)


def mandates_of(person: Person, on: date | None = None) -> QuerySet[Mandate]:
    """Return a person's mandates that hold on a day, with their places."""
    return running_mandates(on).filter(person=person).select_related("organization", "body").order_by("pk")


def roles_of(person: Person, on: date | None = None) -> set[str]:
    """Return the roles a person may act in anywhere on a day; guarded ones need a second step of sign-in."""
    return set(_with_second_factor(mandates_of(person, on)).values_list("role", flat=True))


def has_role(
    account: Account | AnonymousUser,
    role: str,
    organization: Organization | None = None,
    *,
    on: date | None = None,
) -> bool:
    """Whether an account's person may act in a role on a day: in this organization, or anywhere if none is named.

    A guarded role (assessor, secretariat) is nobody's before its holder has a second step of sign-in. A program that
    shows a token acts for the secretariat only if the token says so.
    """
    if not account.is_authenticated or not account.is_active or not _token_allows(account, role):
        return False
    if organization is None and on is None and (known := getattr(account, "roles_today", None)) is not None:
        return role in known
    held = running_mandates(on).filter(person__account=account, role=role)
    if role in roles.GUARDED:
        held = _with_second_factor(held)
    return (held.filter(organization=organization) if organization else held).exists()


def know_roles(account: Account | AnonymousUser) -> bool:
    """Ask once for every role that an account may act in, so that many questions of one request cost one query.

    For the account of one request, whose roles are those with which it came in; nothing else may hold on to it.

    Returns
    -------
    bool
        Whether the account must set up a second step before it can do anything else.
    """
    if not account.is_authenticated:
        return False
    held = frozenset(running_mandates().filter(person__account=account).values_list("role", flat=True))
    is_guarded = account.is_superuser or not held.isdisjoint(roles.GUARDED) or settings.SECOND_FACTOR == "all"
    # the usual guest of the site costs no further question
    is_due = is_guarded and not settings.SAMPLE and not has_second_factor(account)
    account.roles_today = held - roles.GUARDED if is_due else held  # type: ignore[union-attr]
    return is_due


def is_secretariat(account: Account | AnonymousUser) -> bool:
    """Whether an account works for the secretariat today."""
    return has_role(account, roles.SECRETARIAT)


#: What a token must be allowed before it acts for the secretariat.
ADMIN_SCOPE = "admin"


def _token_allows(account: Account | AnonymousUser, role: str) -> bool:
    """Whether nothing in the way this account came in keeps it from acting in a role."""
    scopes = getattr(account, "token_scopes", None)
    return scopes is None or role != roles.SECRETARIAT or ADMIN_SCOPE in scopes


#: What counts as a second step. Recovery codes alone do not: they stand in for one of these.
_SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def _with_second_factor(held: QuerySet[Mandate]) -> QuerySet[Mandate]:
    """Leave out guarded roles of people without a second step; everybody knows the passwords of a sample site."""
    if settings.SAMPLE:
        return held
    return held.filter(~Q(role__in=roles.GUARDED) | Exists(_factors(OuterRef("person__account"))))


def _factors(account: Account | OuterRef) -> QuerySet[Authenticator]:
    return Authenticator.objects.filter(user=account, type__in=_SECOND_FACTORS)


def has_second_factor(account: Account | AnonymousUser) -> bool:
    """Whether signing in to an account takes a second step."""
    return account.is_authenticated and _factors(account).exists()


def holds_guarded_role(account: Account | AnonymousUser) -> bool:
    """Whether an account's person holds a role that needs a second step, set up or not."""
    if not account.is_authenticated:
        return False
    held = running_mandates().filter(person__account=account, role__in=roles.GUARDED)
    return account.is_superuser or held.exists()


def needs_second_factor(account: Account | AnonymousUser) -> bool:
    """Whether an account may not be without a second step."""
    if settings.SAMPLE or not account.is_authenticated:
        return False
    return settings.SECOND_FACTOR == "all" or holds_guarded_role(account)


def second_factor_due(account: Account | AnonymousUser) -> bool:
    """Whether an account must set up a second step before it can do anything else."""
    return needs_second_factor(account) and not has_second_factor(account)


def second_factors_of(account: Account) -> QuerySet[Authenticator]:
    """Return apps, passkeys and recovery codes of an account, the oldest first."""
    return Authenticator.objects.filter(user=account).order_by("created_at", "pk")


def tokens_of(person: Person) -> QuerySet[ApiToken]:
    """Return a person's API tokens, the newest first."""
    return person.api_tokens.order_by("-created_at", "-pk")


def organizations_of(person: Person) -> QuerySet[Organization]:
    """Return the organizations in which a person belongs or holds a role today."""
    member = Membership.objects.filter(person=person, organization=OuterRef("pk"), until=None)
    mandated = running_mandates().filter(person=person, organization=OuterRef("pk"))
    return Organization.objects.filter(Exists(member) | Exists(mandated)).order_by("name", "pk")


def organizations_visible_to(account: Account | AnonymousUser) -> QuerySet[Organization]:
    """Return the organizations an account may see: the listed, its own, and for the secretariat all."""
    if is_secretariat(account):
        return Organization.objects.order_by("name", "pk")
    listed = Q(pk__in=listed_organizations().order_by().values("pk"))
    if person := person_of(account):
        listed |= Q(pk__in=organizations_of(person).order_by().values("pk"))
    return Organization.objects.filter(listed).order_by("name", "pk")


def listed_organizations() -> QuerySet[Organization]:
    """Return the public directory: organizations with a standing consent to be listed, sample ones among them."""
    consented = Consent.objects.filter(
        scope=Consent.Scope.PUBLICATION, revoked_at=None, object=OuterRef("listing_reference")
    )
    # The databases write a UUID with or without dashes; the reference has none.
    mark = Replace(Cast("mark", CharField()), Value("-"), Value(""))
    return (
        Organization.objects.annotate(listing_reference=Concat(Value("organization:"), mark))
        .filter(Exists(consented))
        .order_by("name", "pk")
    )


def is_listed(organization: Organization) -> bool:
    """Whether somebody entitled agreed to have the organization listed."""
    return has_consent(Consent.Scope.PUBLICATION, object=organization.reference)


def people_of(organization: Organization) -> QuerySet[Mandate]:
    """Return who holds which role in an organization today."""
    return running_mandates().filter(organization=organization).select_related("person").order_by("role", "pk")


def open_invitations(organization: Organization) -> QuerySet[Invitation]:
    """Return the codes that still open something."""
    return organization.invitations.filter(expires_at__gt=timezone.now()).order_by("expires_at")


def consents_of(person: Person) -> QuerySet[Consent]:
    """Return a person's consents, the latest first."""
    return Consent.objects.filter(person=person).order_by("-given_at")


def has_consent(scope: str, *, object: str = "", person: Person | None = None, subject_key: str = "") -> bool:
    """Whether a consent to this scope about this object stands, from this giver if one is named."""
    standing = Consent.objects.filter(scope=scope, object=object, revoked_at=None)
    if person:
        standing = standing.filter(person=person)
    if subject_key:
        standing = standing.filter(subject_key=subject_key)
    return standing.exists()


def consented_objects(scope: str) -> QuerySet[Consent, str]:
    """Return the references of all objects with a standing consent, for use in a subquery or a set."""
    return Consent.objects.filter(scope=scope, revoked_at=None).exclude(object="").values_list("object", flat=True)


def standing_consents(scope: str, object: str) -> QuerySet[Consent]:
    """Return the consents to this scope about this object that stand, with their givers."""
    return Consent.objects.filter(scope=scope, object=object, revoked_at=None).select_related("person").order_by("pk")


def acts() -> QuerySet[AuditAct]:
    """Return the audit trail, the latest act first."""
    return AuditAct.objects.order_by("-sequence")


def acts_about(person: Person) -> QuerySet[AuditAct]:
    """Return the acts a person did or that were done on her."""
    return AuditAct.objects.filter(Q(actor=person.reference) | Q(on=person.reference))


def with_names(consents: list[Consent]) -> list[tuple[Consent, str]]:
    """Say what each consent is about in words, where this room knows it."""
    marks = {one.object.partition(":")[2] for one in consents if one.object.startswith("organization:")}
    names = {one.reference: one.name for one in Organization.objects.filter(mark__in=marks)} if marks else {}
    return [(one, names.get(one.object, "")) for one in consents]


def search_directory(*, words: str = "", country: str = "", type: str = "") -> QuerySet[Organization]:
    """Return the listed organizations that fit."""
    found = listed_organizations()
    if words.strip():
        found = found.filter(name__icontains=words.strip())
    if country:
        found = found.filter(country=country)
    if type:
        found = found.filter(type=type)
    return found


def organizations_without_another_owner(person: Person) -> QuerySet[Organization]:
    """Return the organizations that nobody would own if this person went."""
    owned = running_mandates().filter(role=roles.OWNER, organization=OuterRef("pk"))
    return organizations_of(person).filter(Exists(owned.filter(person=person)), ~Exists(owned.exclude(person=person)))


def bodies() -> QuerySet[Body]:
    """Return the alliance's standing bodies."""
    return Body.objects.order_by("name", "pk")


def mandates_in_bodies() -> QuerySet[Mandate]:
    """Return who holds which role in the alliance's bodies today."""
    held = running_mandates().filter(body__isnull=False).select_related("person__account", "body")
    held = held.prefetch_related("person__competences")
    return held.order_by("body__name", "role", "pk")


def holds_real_data() -> bool:
    """Whether the database holds an organization or an account that is not part of the sample."""
    real_accounts = Account.objects.filter(Q(person=None) | Q(person__is_sample=False))
    return Organization.objects.filter(is_sample=False).exists() or real_accounts.exists()


def people_in_bodies() -> QuerySet[Person]:
    """Return who advises or assesses for the alliance today."""
    held = running_mandates().filter(body__isnull=False, role__in=(roles.ADVISER, roles.ASSESSOR))
    return Person.objects.filter(pk__in=held.values("person"))


def competences_of(person: Person, *, sector: str = "", on: date | None = None) -> list[Competence]:
    """Return what a person is known to be able to do on a day: in a sector (ISIC division), or in any if none is named.

    A record without sectors fits every sector.
    """
    day = on or timezone.localdate()
    valid = Competence.objects.filter(Q(valid_until=None) | Q(valid_until__gte=day), person=person)
    return [one for one in valid.order_by("pk") if not sector or not one.sectors or sector in one.sectors]

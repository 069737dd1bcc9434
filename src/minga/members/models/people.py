"""People, organizations and bodies, who holds which role where, and what people agreed to."""

from __future__ import annotations

import secrets
import uuid

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from minga.members.engine import roles, vocabulary
from minga.members.engine.errors import MembersError
from minga.members.models.accounts import Account


def check_country(code: str) -> None:
    """Accept the codes of the countries table."""
    try:
        vocabulary.country(code)
    except MembersError:
        raise ValidationError(_("%(code)s is not the code of a country."), params={"code": code}) from None


def check_division(code: str) -> None:
    """Accept the two-digit divisions of ISIC revision 4."""
    if code not in {one.code for one in vocabulary.sectors("division")}:
        raise ValidationError(_("%(code)s is not a division of ISIC revision 4."), params={"code": code})


class Person(models.Model):
    """A human. ``mark`` is a random sign for the audit trail: it tells nothing once the person is erased."""

    mark = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.OneToOneField(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="person", verbose_name=_("account")
    )
    name = models.CharField(_("name"), max_length=200, blank=True)
    languages = models.JSONField(_("languages"), default=list, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    is_sample = models.BooleanField(_("sample"), default=False)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.name or str(_("Person without a name"))

    @property
    def reference(self) -> str:
        """How the audit trail calls this person."""
        return f"person:{self.mark.hex}"


class Organization(models.Model):
    """A member body, an enterprise that checks itself, or any other organization."""

    class Type(models.TextChoices):
        GOVERNMENT = "government", _("Government")
        INTERNATIONAL = "international", _("International organization")
        COMPANY = "company", _("Company")
        SME = "sme", _("Small or medium-sized enterprise")
        UNIVERSITY = "university", _("University or research institute")
        ASSOCIATION = "association", _("Business association or chamber")
        CIVIL_SOCIETY = "civil_society", _("Civil society organization")
        OTHER = "other", _("Other")

    class Size(models.TextChoices):
        MICRO = "1-9", _("1 to 9 people")
        SMALL = "10-49", _("10 to 49 people")
        MEDIUM = "50-249", _("50 to 249 people")
        LARGE = "250+", _("250 people or more")

    mark = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200)
    type = models.CharField(_("type"), max_length=20, choices=Type.choices)
    country = models.CharField(_("country"), max_length=2, validators=[check_country])
    sector = models.CharField(_("sector (ISIC division)"), max_length=2, blank=True, validators=[check_division])
    size = models.CharField(_("size"), max_length=6, choices=Size.choices, blank=True)
    languages = models.JSONField(_("working languages"), default=list, blank=True)
    women_led = models.BooleanField(_("led by women, by its own declaration"), null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    is_sample = models.BooleanField(_("sample"), default=False)

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        indexes = [models.Index(fields=["country", "sector", "size"], name="organization_group")]

    def __str__(self) -> str:
        return self.name

    @property
    def reference(self) -> str:
        """How the audit trail and consents call this organization."""
        return f"organization:{self.mark.hex}"


class Membership(models.Model):
    """A person works for, or belongs to, an organization for some time."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("function in the organization"), max_length=200, blank=True)
    since = models.DateField(_("since"), default=timezone.localdate)
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organization"], condition=Q(until=None), name="one_open_membership"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="membership_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} – {self.organization}"


class Body(models.Model):
    """A standing body of the alliance, in which people hold mandates."""

    class Kind(models.TextChoices):
        SECRETARIAT = "secretariat", _("Secretariat")
        ASSEMBLY = "assembly", _("General assembly")
        COUNCIL = "council", _("Council")
        COMMITTEE = "committee", _("Committee")
        WORKING_GROUP = "working_group", _("Working group")
        NETWORK = "network", _("Network of advisers or assessors")

    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    is_sample = models.BooleanField(_("sample"), default=False)

    class Meta:
        verbose_name = _("body")
        verbose_name_plural = _("bodies")

    def __str__(self) -> str:
        return self.name

    @property
    def reference(self) -> str:
        """How the audit trail calls this body."""
        return f"body:{self.pk}"


class Mandate(models.Model):
    """A role that a person holds in an organization or a body from one day to another, both included."""

    class Role(models.TextChoices):
        OWNER = roles.OWNER, _("Owner")
        RESPONDENT = roles.RESPONDENT, _("Respondent")
        ADVISER = roles.ADVISER, _("Adviser")
        ASSESSOR = roles.ASSESSOR, _("Assessor")
        SECRETARIAT = roles.SECRETARIAT, _("Secretariat")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="mandates")
    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.CASCADE, related_name="mandates"
    )
    body = models.ForeignKey(Body, null=True, blank=True, on_delete=models.PROTECT, related_name="mandates")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    starts_on = models.DateField(_("from"), default=timezone.localdate)
    ends_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        constraints = [
            models.CheckConstraint(
                condition=Q(organization=None, body__isnull=False) | Q(organization__isnull=False, body=None),
                name="mandate_in_one_place",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="mandate_ends_after_it_begins"
            ),
        ]
        indexes = [models.Index(fields=["role", "organization"], name="mandate_role")]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_role_display()}"

    @property
    def place(self) -> Organization | Body:
        """Where the mandate is held."""
        place = self.organization or self.body
        if place is None:
            raise MembersError(f"Mandate {self.pk} is held nowhere. Name its organization or body.")
        return place


class Competence(models.Model):
    """What an assessor or adviser is known to be able to do, on which proof, until when."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="competences")
    field = models.CharField(_("field"), max_length=200)
    #: ISIC divisions; empty: any
    sectors = models.JSONField(_("sectors"), default=list, blank=True)
    basis = models.TextField(_("training, examination or practice that shows it"))
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    class Meta:
        verbose_name = _("competence")
        verbose_name_plural = _("competences")

    def __str__(self) -> str:
        return self.field


class Consent(models.Model):
    """What someone agreed to, when, in which words, and when they took it back.

    Given by a person, or by whoever holds an opaque key (an assessment without an account).
    """

    class Scope(models.TextChoices):
        BENCHMARK = "benchmark", _("Use in comparisons of peers")
        PUBLICATION = "publication", _("Publication")
        CONTACT = "contact", _("Contact")
        SHARING = "sharing", _("Letting an adviser or a programme in")

    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.CASCADE, related_name="consents")
    subject_key = models.CharField(max_length=64, blank=True)
    scope = models.CharField(_("scope"), max_length=20, choices=Scope.choices)
    object = models.CharField(_("what it is about"), max_length=100, blank=True)
    text_version = models.CharField(_("version of the text"), max_length=40)
    given_at = models.DateTimeField(_("given"), default=timezone.now)
    revoked_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.CheckConstraint(condition=Q(person__isnull=False) | ~Q(subject_key=""), name="consent_has_a_giver")
        ]
        indexes = [
            models.Index(fields=["scope", "object"], name="consent_object"),
            models.Index(fields=["subject_key"], name="consent_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.get_scope_display()} {self.object}".strip()


def new_code() -> str:
    """Make a code of 16 letters and digits that read aloud without mistakes (80 bits)."""
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    drawn = "".join(secrets.choice(letters) for _place in range(16))
    return "-".join(drawn[start : start + 4] for start in range(0, 16, 4))


class Invitation(models.Model):
    """A code, used once, that gives whoever signs in with it a role in an organization. Only its hash is kept."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(_("role"), max_length=20, choices=Mandate.Role.choices)
    code_hash = models.CharField(max_length=71, unique=True)
    expires_at = models.DateTimeField(_("valid until"))
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return f"{self.organization}: {self.get_role_display()}"

"""People around an assessment: colleagues who answer, what they agreed on, whom its owner lets in, programmes."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from minga.readiness.models.assessments import Assessment


class Colleague(models.Model):
    """Somebody in the business who was asked to answer the items of a role; known by role, not by name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="colleagues")
    #: a role of the instrument, such as production; empty: every item
    role = models.CharField(max_length=20, blank=True)
    #: counts within the assessment, so that two production heads can be told apart without names
    number = models.PositiveSmallIntegerField()
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    invited_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    #: the owner took the invitation back: the answers stay out of everything
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "number"], name="readiness_colleagues_are_numbered")
        ]

    def __str__(self) -> str:
        return f"colleague {self.number} ({self.role or 'all'})"


class Agreement(models.Model):
    """A level that people who differed agreed on, and why; the newest row of an item counts, none is changed."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="agreements")
    item = models.CharField(max_length=40)
    #: counts from 1 for each item; whoever saw an older one is told, and nothing is overwritten
    version = models.PositiveIntegerField()
    level = models.PositiveSmallIntegerField()
    reason = models.TextField()
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "item", "version"], name="readiness_one_agreement_a_version")
        ]

    def __str__(self) -> str:
        return f"{self.item}: agreed on {self.level}"


class Programme(models.Model):
    """Help that a ministry, an association or a centre gives to businesses, and that asks whether it worked."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("what it offers"), blank=True)
    #: who runs it: its owners see the groups, never a single business
    organization = models.ForeignKey(
        "members.Organization", on_delete=models.CASCADE, related_name="readiness_programmes"
    )
    country = models.CharField(_("country"), max_length=2, blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    code_hash = models.CharField(max_length=64, blank=True)
    is_sample = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

    @property
    def reference(self) -> str:
        """How the audit trail calls this programme."""
        return f"programme:{self.pk.hex}"

    @property
    def is_running(self) -> bool:
        """Whether businesses can join today."""
        return self.ends_on is None or self.ends_on >= timezone.localdate()


class Share(models.Model):
    """A business lets an adviser or a programme in, until it takes that back: a dated, revocable consent."""

    class How(models.TextChoices):
        ONLINE = "online", _("given on this site")
        IN_PERSON = "in-person", _("given face to face")
        TELEPHONE = "telephone", _("given on the telephone")
        WRITTEN = "written", _("given in writing")

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="shares")
    #: exactly one of the two is let in
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="readiness_shares"
    )
    programme = models.ForeignKey(Programme, null=True, blank=True, on_delete=models.CASCADE, related_name="shares")
    #: an adviser may write answers down, not only read; a programme never may
    may_answer = models.BooleanField(default=False)
    how = models.CharField(max_length=10, choices=How.choices, default=How.ONLINE)
    text_version = models.CharField(max_length=40)
    given_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(account__isnull=False, programme=None)
                | models.Q(account=None, programme__isnull=False, may_answer=False),
                name="readiness_share_with_one",
            ),
            models.UniqueConstraint(
                fields=["assessment", "account"],
                condition=models.Q(revoked_at=None),
                name="readiness_one_open_share_an_account",
            ),
            models.UniqueConstraint(
                fields=["assessment", "programme"],
                condition=models.Q(revoked_at=None),
                name="readiness_one_open_share_a_programme",
            ),
        ]

    def __str__(self) -> str:
        return f"share {self.pk} of {self.assessment_id}"

    @property
    def reference(self) -> str:
        """How the consent behind it calls this share."""
        return f"share:{self.pk}"

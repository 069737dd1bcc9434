"""Pinned instruments, assessments, and the scores of submitted ones."""

from __future__ import annotations

import uuid
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class InstrumentEdition(models.Model):
    """A merged instrument exactly as it was asked, found by its content hash.

    What can change a result never changes; a translation may be mended, since the hash covers the original.
    """

    content_hash = models.CharField(max_length=80, unique=True)
    instrument = models.CharField(max_length=100)
    version = models.CharField(max_length=30)
    overlays = models.JSONField(default=list)
    #: the whole instrument in each language it is written in: {"en": {...}, "fr": {...}}
    texts = models.JSONField()
    texts_hash = models.CharField(max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.instrument} {self.version} ({self.content_hash[:18]}…)"


class Assessment(models.Model):
    """One enterprise answers one instrument."""

    class Form(models.TextChoices):
        SHORT = "short", _("short form")
        FULL = "full", _("full form")

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("a check", "draft")
        SELF_DECLARED = "self-declared", _("self-declared")
        #: submitted, and colleagues who differed agreed on their levels
        AGREED = "agreed", _("agreed among colleagues")
        #: an assessor set the levels that count, until `valid_until`
        VALIDATED = "validated", _("validated by an assessor")

    class Size(models.TextChoices):
        MICRO = "1-9", _("1 to 9 people")
        SMALL = "10-49", _("10 to 49 people")
        MEDIUM = "50-249", _("50 to 249 people")
        LARGE = "250+", _("250 people or more")

    class Location(models.TextChoices):
        CITY = "city", _("Capital or large city")
        TOWN = "town", _("Other town")
        RURAL = "rural", _("Rural area")

    class OpenedFor(StrEnum):
        """What somebody may do with an assessment that was found for them; each right holds the ones before it."""

        READING = "reading"
        ANSWERING = "answering"
        OWNING = "owning"

    #: set by `selectors.find`, never stored: an adviser who was let in is no owner
    opened_for: OpenedFor = OpenedFor.OWNING
    #: set beside it: the account of that adviser
    opened_by: Any = None

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(InstrumentEdition, on_delete=models.PROTECT, related_name="assessments")
    form = models.CharField(max_length=10, choices=Form.choices, default=Form.SHORT)
    language = models.CharField(max_length=10)
    name = models.CharField(max_length=120, blank=True)
    country = models.CharField(max_length=2)
    sector = models.CharField(max_length=2)
    size = models.CharField(max_length=10, choices=Size.choices)
    #: where the site is, empty where it was not said: for gaps between groups, never for a score
    location = models.CharField(max_length=5, choices=Location.choices, blank=True, default="")
    #: section of ISIC and M49 region: kept beside sector and country so that a peer group is one query
    section = models.CharField(max_length=1)
    region = models.CharField(max_length=60)
    goals = models.JSONField(default=list)
    cash_limit = models.CharField(max_length=4, default="c2")
    horizon_limit = models.CharField(max_length=4, default="h2")
    #: False until the respondent has looked at goals and limits; the report then says it used defaults
    goals_chosen = models.BooleanField(default=False)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.DRAFT)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="assessments"
    )
    organization = models.ForeignKey(
        "members.Organization", null=True, blank=True, on_delete=models.SET_NULL, related_name="assessments"
    )
    is_sample = models.BooleanField(default=False)
    started_at = models.DateTimeField(auto_now_add=True)
    last_answer_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    #: when an assessor's levels began to count, and until when they do
    validated_at = models.DateTimeField(null=True, blank=True)
    valid_until = models.DateTimeField(null=True, blank=True)
    #: somebody else wrote answers down for the business: an adviser at the site or on the telephone
    is_assisted = models.BooleanField(default=False)
    #: the newest submitted assessment of its enterprise: only this one counts in a peer group
    is_latest = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["is_latest", "is_sample", "section", "size", "region"], name="readiness_peers"),
            models.Index(fields=["last_answer_at"], name="readiness_retention"),
        ]

    def __str__(self) -> str:
        return f"assessment {self.id}"

    @property
    def reference(self) -> str:
        """How consents call this assessment."""
        return f"assessment:{self.pk.hex}"

    @property
    def is_claimed(self) -> bool:
        """Whether an account or an organization answers for it; others are deleted after the retention time."""
        return self.account_id is not None or self.organization_id is not None

    @property
    def is_submitted(self) -> bool:
        """Whether its answers are closed."""
        return self.status != self.Status.DRAFT

    @property
    def is_validated(self) -> bool:
        """Whether an assessor's levels count today; a validation ends by itself."""
        return (
            self.status == self.Status.VALIDATED and self.valid_until is not None and self.valid_until > timezone.now()
        )

    @property
    def has_expired(self) -> bool:
        """Whether it was validated once, and the time is over."""
        return self.status == self.Status.VALIDATED and not self.is_validated


class AssessmentScore(models.Model):
    """A score as it was when the assessment was submitted, so that peers are one query."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="scores")
    #: local, link, and the same with the levels of an assessor: local-validated, link-validated
    kind = models.CharField(max_length=20)
    node = models.CharField(max_length=40)
    score = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "kind", "node"], name="readiness_one_score_a_node")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.node}: {self.score}"

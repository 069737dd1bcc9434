"""What is stored: pinned instruments, assessments, answers with their history, keys, scores of submitted ones."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


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
        DRAFT = "draft", _("draft")
        SELF_DECLARED = "self-declared", _("self-declared")

    class Size(models.TextChoices):
        MICRO = "1-9", _("1 to 9 people")
        SMALL = "10-49", _("10 to 49 people")
        MEDIUM = "50-249", _("50 to 249 people")
        LARGE = "250+", _("250 people or more")

    class Location(models.TextChoices):
        CITY = "city", _("Capital or large city")
        TOWN = "town", _("Other town")
        RURAL = "rural", _("Rural area")

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


class Given(models.TextChoices):
    """What a person can give: a level, or one of two reasons for none."""

    LEVEL = "level", _("level")
    UNKNOWN = "dk", _("I do not know")
    NOT_APPLICABLE = "na", _("does not apply")


class AnswerContent(models.Model):
    """What an answer says; shared by the present answer and its history."""

    given = models.CharField(max_length=5, choices=Given.choices)
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    reason = models.TextField(blank=True)
    note = models.TextField(blank=True)

    class Meta:
        abstract = True


class Answer(AnswerContent):
    """The present answer to an item."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="answers")
    item = models.CharField(max_length=40)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "item"], name="readiness_one_answer_an_item"),
            models.CheckConstraint(
                condition=models.Q(given="level", level__isnull=False)
                | (~models.Q(given="level") & models.Q(level__isnull=True)),
                name="readiness_level_only_with_level",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.value}"

    @property
    def value(self) -> str:
        """The answer as forms and files write it: 0 to 5, dk or na."""
        return str(self.level) if self.given == Given.LEVEL else self.given


class AnswerVersion(AnswerContent):
    """Everything that was ever given to an item, in its order; rows are added, never changed."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="history")
    item = models.CharField(max_length=40)
    #: the version it became; empty where it met a newer answer and was set aside
    version = models.PositiveIntegerField(null=True, blank=True)
    seen_version = models.PositiveIntegerField()
    client_id = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=10)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "item", "client_id"],
                condition=~models.Q(client_id=""),
                name="readiness_one_version_a_client_id",
            ),
            models.UniqueConstraint(fields=["assessment", "item", "version"], name="readiness_one_row_a_version"),
        ]

    def __str__(self) -> str:
        return f"{self.item}, version {self.version or 'set aside'}"


class AccessKey(models.Model):
    """What opens an assessment for someone without an account; only its hash is kept."""

    class Kind(models.TextChoices):
        BROWSER = "browser", _("browser")
        CODE = "code", _("printed code")
        LINK = "link", _("link")

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="keys")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    secret_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.kind} key of {self.assessment_id}"


class AssessmentScore(models.Model):
    """A score as it was when the assessment was submitted, so that peers are one query."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="scores")
    kind = models.CharField(max_length=10)
    node = models.CharField(max_length=40)
    score = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "kind", "node"], name="readiness_one_score_a_node")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.node}: {self.score}"

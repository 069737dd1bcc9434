"""Answers with their history, and the keys that let people without an account give them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from minga.readiness.models.assessments import Assessment


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
    """The present answer to an item: of the business itself, or of one colleague who was asked."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="answers")
    colleague = models.ForeignKey(
        "readiness.Colleague", null=True, blank=True, on_delete=models.CASCADE, related_name="answers"
    )
    item = models.CharField(max_length=40)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "item"],
                condition=models.Q(colleague=None),
                name="readiness_one_answer_an_item",
            ),
            models.UniqueConstraint(fields=["colleague", "item"], name="readiness_one_answer_a_colleague"),
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
    colleague = models.ForeignKey(
        "readiness.Colleague", null=True, blank=True, on_delete=models.CASCADE, related_name="history"
    )
    #: an adviser wrote down what the business said
    is_assisted = models.BooleanField(default=False)
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
                condition=~models.Q(client_id="") & models.Q(colleague=None),
                name="readiness_one_version_a_client_id",
            ),
            models.UniqueConstraint(
                fields=["colleague", "item", "client_id"],
                condition=~models.Q(client_id=""),
                name="readiness_colleagues_client_id",
            ),
            models.UniqueConstraint(
                fields=["assessment", "item", "version"],
                condition=models.Q(colleague=None),
                name="readiness_one_row_a_version",
            ),
            models.UniqueConstraint(fields=["colleague", "item", "version"], name="readiness_colleagues_version"),
        ]

    def __str__(self) -> str:
        return f"{self.item}, version {self.version or 'set aside'}"

    @property
    def came_from(self) -> str:
        """Where it was given: ``paper`` typed in on the site, ``import`` from a file, or empty for the site itself."""
        source = self.client_id.partition(":")[0]
        return source if source in {"paper", "import"} else ""


class AccessKey(models.Model):
    """What opens an assessment for someone without an account; only its hash is kept."""

    class Kind(models.TextChoices):
        BROWSER = "browser", _("browser")
        CODE = "code", _("printed code")
        LINK = "link", _("link")

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="keys")
    #: set: the key opens this colleague's questions and nothing else
    colleague = models.ForeignKey(
        "readiness.Colleague", null=True, blank=True, on_delete=models.CASCADE, related_name="keys"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    secret_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.kind} key of {self.assessment_id}"

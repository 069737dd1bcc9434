"""What an outsider checks: validations, the assessor's findings, and the evidence behind an answer."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from minga.readiness.models.assessments import Assessment


class Validation(models.Model):
    """An assessor looks at the evidence of a submitted assessment and sets own levels."""

    class Status(models.TextChoices):
        REQUESTED = "requested", _("requested")
        ASSIGNED = "assigned", _("waiting for the assessor")
        UNDER_WAY = "under-way", _("under way")
        COMPLETED = "completed", _("completed")
        DECLINED = "declined", _("declined by the assessor")
        WITHDRAWN = "withdrawn", _("withdrawn by the business")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="validations")
    assessor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="readiness_validations"
    )
    #: 1, or 2 where a second assessor looks without seeing what the first set
    number = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.REQUESTED)
    #: the assessor's word on conflicts of interest, given before anything is shown
    has_conflict = models.BooleanField(null=True, blank=True)
    conflict = models.TextField(blank=True)
    declared_at = models.DateTimeField(null=True, blank=True)
    requested_at = models.DateTimeField(auto_now_add=True)
    assigned_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    visited_on = models.DateField(null=True, blank=True)
    summary = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "number"],
                condition=~models.Q(status__in=["declined", "withdrawn"]),
                name="readiness_one_running_validation",
            )
        ]

    def __str__(self) -> str:
        return f"validation {self.id}"


class Finding(models.Model):
    """What an assessor found on one item; both this and the business's own level are kept."""

    validation = models.ForeignKey(Validation, on_delete=models.CASCADE, related_name="findings")
    item = models.CharField(max_length=40)
    #: empty while the item is only marked for the visit
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    comment = models.TextField(blank=True)
    to_visit = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["validation", "item"], name="readiness_one_finding_an_item")]

    def __str__(self) -> str:
        return f"{self.item}: {self.level}"


class Evidence(models.Model):
    """A photo or document behind an answer: for the owner and the assessor alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="evidence")
    item = models.CharField(max_length=40)
    colleague = models.ForeignKey(
        "readiness.Colleague", null=True, blank=True, on_delete=models.SET_NULL, related_name="evidence"
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    #: what the content is, found by looking at it; never what the sender called it
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    #: where it lies under the folder of evidence
    path = models.CharField(max_length=120)
    is_encrypted = models.BooleanField(default=False)
    caption = models.CharField(max_length=200, blank=True)
    client_id = models.CharField(max_length=64, blank=True)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "client_id"], condition=~models.Q(client_id=""), name="readiness_evidence_once"
            )
        ]

    def __str__(self) -> str:
        return f"evidence {self.id}"

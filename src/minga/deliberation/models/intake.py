"""Uploads on their way in: what was sent, what a dry run found in it, and how far taking it in has come."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from minga.deliberation.models.consultations import Consultation, Round


class Intake(models.Model):
    """An upload of submissions. Its files lie in the vault until it is taken in, given up or forgotten."""

    class State(models.TextChoices):
        READING = "reading", _("being read")
        CHECKED = "checked", _("checked, waiting for your word")
        RUNNING = "running", _("being taken in")
        DONE = "done", _("taken in")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="intakes")
    round = models.ForeignKey(Round, null=True, blank=True, on_delete=models.SET_NULL, related_name="intakes")
    state = models.CharField(max_length=10, choices=State.choices, default=State.READING)
    #: what the form said of all of it: kind, language, may_publish, strata; and the columns of each spreadsheet
    given = models.JSONField(default=dict)
    #: what the dry run found: entries without their text, problems with file, place, column and remedy
    found = models.JSONField(default=dict, blank=True)
    #: entries that were taken in or left out as known, in the order of the files; taking in goes on from here
    done = models.PositiveIntegerField(default=0)
    #: of these, the ones that became sources
    taken = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    #: key under which the task tells how far it is
    task = models.UUIDField(null=True, blank=True)
    #: goes up when the columns are chosen anew or the import is begun, so that two people cannot both do it
    revision = models.PositiveIntegerField(default=0)
    by_mark = models.CharField(max_length=80, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        ordering = ["-made_at", "pk"]

    def __str__(self) -> str:
        return f"upload {self.pk}"

    @property
    def reference(self) -> str:
        """How the audit trail calls this upload."""
        return f"intake:{self.pk.hex}"


class IntakeFile(models.Model):
    """A file of an upload, as it was sent."""

    intake = models.ForeignKey(Intake, on_delete=models.CASCADE, related_name="files")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    #: where it lies under settings.SOURCES_ROOT
    path = models.CharField(max_length=80)
    is_encrypted = models.BooleanField(default=False)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["intake", "number"], name="deliberation_intake_file")]

    def __str__(self) -> str:
        return f"file {self.number}"

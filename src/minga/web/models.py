"""What the ground floor itself stores: when scheduled work last ran, and how far long work has come."""

from __future__ import annotations

from django.db import models


class ScheduledRun(models.Model):
    """When one kind of scheduled work was last started and finished."""

    name = models.CharField(max_length=80, unique=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    outcome = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.name


class Progress(models.Model):
    """How many of how many steps a task has done."""

    task = models.UUIDField(primary_key=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.done}/{self.total}"

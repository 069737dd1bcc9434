"""The audit trail: acts that are only ever added, and where their chain ends."""

from __future__ import annotations

import uuid
from datetime import UTC
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from minga.members.engine.errors import MembersError


class AppendOnly(models.QuerySet["AuditAct"]):
    """Acts are added and read; nothing else."""

    def update(self, **fields: Any) -> int:
        raise _append_only("changed")

    def bulk_update(self, *arguments: Any, **options: Any) -> int:
        raise _append_only("changed")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise _append_only("deleted")


def _append_only(verb: str) -> MembersError:
    return MembersError(f"An act of the audit trail was to be {verb}; acts are only added. Record a new act instead.")


class AuditAct(models.Model):
    """One administrative act, chained to the one before it. Holds references and reasons, no personal content."""

    sequence = models.PositiveBigIntegerField(_("number"), unique=True)
    at = models.DateTimeField(_("when"))
    act = models.CharField(_("act"), max_length=80)
    actor = models.CharField(_("by"), max_length=80, blank=True)
    on = models.CharField(_("on"), max_length=120, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    previous = models.CharField(max_length=71)
    hash = models.CharField(max_length=71)

    objects = AppendOnly.as_manager()

    class Meta:
        verbose_name = _("act")
        verbose_name_plural = _("acts")
        ordering = ["sequence"]

    def __str__(self) -> str:
        return f"{self.sequence} {self.act}"

    def save(self, *arguments: Any, **options: Any) -> None:
        if not self._state.adding:
            raise _append_only("changed")
        super().save(*arguments, **options)

    def delete(self, *arguments: Any, **options: Any) -> tuple[int, dict[str, int]]:
        raise _append_only("deleted")

    def content(self) -> dict[str, str]:
        """What the hash covers besides the number and the hash before."""
        return {
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "act": self.act,
            "actor": self.actor,
            "on": self.on,
            "reason": self.reason,
        }


class AuditHead(models.Model):
    """Where the trail ends. Its one row is locked while an act is added, so the chain never forks."""

    chain = models.UUIDField(default=uuid.uuid4, editable=False)
    count = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=71, blank=True)

    class Meta:
        verbose_name = _("end of the audit trail")
        verbose_name_plural = _("ends of the audit trail")

    def __str__(self) -> str:
        return f"{self.count} {self.hash}"

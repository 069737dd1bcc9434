"""Commitments: what follows from an adopted draft, who does it until when, and how far it is."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from minga.deliberation.models.drafts import Clause, Draft


class Commitment(models.Model):
    """An action promised in a clause of an adopted draft."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("planned")
        GOING = "going", _("under way")
        DONE = "done", _("done")
        CHANGED = "changed", _("changed")
        DROPPED = "dropped", _("dropped")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="commitments")
    clause = models.ForeignKey(Clause, on_delete=models.PROTECT, related_name="commitments")
    #: counts within the draft: A12
    number = models.PositiveIntegerField()
    title = models.CharField(_("what will be done"), max_length=200)
    about = models.TextField(_("details"), blank=True)
    language = models.CharField(max_length=10, default="en")
    #: who answers for it, as shown in public: an office or an organization
    owner = models.CharField(_("who answers for it"), max_length=200)
    organization = models.ForeignKey(
        "members.Organization", null=True, blank=True, on_delete=models.SET_NULL, related_name="commitments"
    )
    due_on = models.DateField(_("due on"))
    #: how one will see that it worked, with the permanent link of a figure where there is one
    indicator = models.CharField(_("indicator"), max_length=300, blank=True)
    indicator_link = models.CharField(_("link to the indicator"), max_length=500, blank=True)
    #: the value before anything was done, against which the later ones are read
    baseline = models.CharField(_("value at the beginning"), max_length=200, blank=True)
    target = models.CharField(_("target"), max_length=200, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.PLANNED)
    #: goes up with each update, so that two people cannot overwrite each other
    version = models.PositiveIntegerField(default=1)
    #: the last occasion of which a mail reminded those who answer for it
    reminded_of = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = ["due_on", "number"]
        constraints = [models.UniqueConstraint(fields=["draft", "number"], name="deliberation_commitment_number")]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The permanent short name."""
        return f"A{self.number}"

    @property
    def reference(self) -> str:
        """How the audit trail calls this commitment."""
        return f"commitment:{self.pk.hex}"

    @property
    def is_measured(self) -> bool:
        """Whether anything says how one will see that it worked."""
        return bool(self.indicator or self.indicator_link or self.baseline or self.target)

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.status not in ENDED

    @property
    def is_overdue(self) -> bool:
        """Whether it should have been done before today."""
        return self.is_open and self.due_on < timezone.localdate()


#: States in which nothing more is to be done.
ENDED = (Commitment.Status.DONE, Commitment.Status.DROPPED)


class CommitmentUpdate(models.Model):
    """What was reported about a commitment; rows are added, never changed."""

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="updates")
    version = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Commitment.Status.choices)
    note = models.TextField(_("what happened"), blank=True)
    #: of the indicator, on the day of the report
    value = models.CharField(_("value of the indicator now"), max_length=200, blank=True)
    due_on = models.DateField()
    by_mark = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["version"]
        constraints = [models.UniqueConstraint(fields=["commitment", "version"], name="deliberation_commitment_update")]

    def __str__(self) -> str:
        return f"update {self.version}"

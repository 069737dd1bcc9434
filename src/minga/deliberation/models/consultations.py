"""Consultations: what people are asked about, by whom, in which rounds, and who works on it."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Level(models.TextChoices):
    """How far a consultation or one of its rounds reaches."""

    COUNTRY = "country", _("country")
    REGION = "region", _("region")
    CITY = "city", _("city")
    ALLIANCE = "alliance", _("the whole alliance")


class Consultation(models.Model):
    """A question put to people, from the first voice to the last commitment."""

    class State(models.TextChoices):
        DRAFT = "draft", _("in preparation")
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed, being answered")
        ADOPTED = "adopted", pgettext_lazy("a consultation", "adopted")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(_("word in the address"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=200)
    about = models.TextField(_("what it is about, and what happens with the voices"), blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    #: {"fr": {"title": "...", "about": "..."}}
    translations = models.JSONField(default=dict, blank=True)
    level = models.CharField(_("reach"), max_length=10, choices=Level.choices, default=Level.ALLIANCE)
    country = models.CharField(_("country"), max_length=2, blank=True)
    place = models.CharField(_("region or city"), max_length=120, blank=True)
    #: whose owners run it beside the secretariat; empty where the secretariat runs it alone
    organization = models.ForeignKey(
        "members.Organization", null=True, blank=True, on_delete=models.SET_NULL, related_name="consultations"
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    #: the published rules of moderation, in the words of those who run it
    policy = models.TextField(_("rules of moderation"), blank=True)
    #: shares of a stated population by stratum, for the index of dissimilarity: {"gender": {"woman": 0.5, ...}}
    reference_population = models.JSONField(default=dict, blank=True)
    reference_source = models.CharField(_("source of the population figures"), max_length=300, blank=True)
    #: the last day on which voices are wanted, as it was announced; closing is an act of somebody
    closes_on = models.DateField(_("planned last day"), null=True, blank=True)
    #: where letters and e-mails can be sent, as people read it
    letters_to = models.CharField(_("address for letters and e-mails"), max_length=300, blank=True)
    is_sample = models.BooleanField(_("sample"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    #: the last thing that anybody did in it, from which the retention time runs
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        ordering = ["-created_at", "pk"]

    def __str__(self) -> str:
        return self.slug

    @property
    def reference(self) -> str:
        """How the audit trail calls this consultation."""
        return f"consultation:{self.pk.hex}"

    @property
    def is_public(self) -> bool:
        """Whether everyone may see that it exists."""
        return self.state != self.State.DRAFT

    @property
    def is_open(self) -> bool:
        """Whether voices are taken in from everyone."""
        return self.state == self.State.OPEN


class Round(models.Model):
    """A part of a consultation at one level; what a smaller place says counts in the larger one that it belongs to."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="rounds")
    #: the round of the larger place into which this one rolls up
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="children")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(_("title"), max_length=200)
    level = models.CharField(_("reach"), max_length=10, choices=Level.choices)
    country = models.CharField(_("country"), max_length=2, blank=True)
    place = models.CharField(_("region or city"), max_length=120, blank=True)
    opens_on = models.DateField(_("opens on"), null=True, blank=True)
    closes_on = models.DateField(_("closes on"), null=True, blank=True)

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["consultation", "number"], name="deliberation_round_number")]

    def __str__(self) -> str:
        return self.title


class TeamMember(models.Model):
    """Somebody who works on a consultation, beside the secretariat."""

    class Task(models.TextChoices):
        LEAD = "lead", _("leads it: everything below, and the team")
        MODERATOR = "moderator", _("moderates: statements and comments")
        ANALYST = "analyst", _("takes in voices, sorts and answers them")
        EDITOR = "editor", _("writes the draft")

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="team")
    person = models.ForeignKey("members.Person", on_delete=models.CASCADE, related_name="consultation_tasks")
    task = models.CharField(_("task"), max_length=10, choices=Task.choices)
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consultation", "person", "task"], name="deliberation_one_task_once")
        ]

    def __str__(self) -> str:
        return f"{self.task} of {self.consultation_id}"

"""Panels: people of a sector or a place who answer the industry instrument in two rounds, each alone."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from minga.readiness.models.answers import AccessKey, AnswerContent
from minga.readiness.models.assessments import InstrumentEdition


class Panel(models.Model):
    """A panel for a sector or for all industry, in a country, one of its regions or a city."""

    class Reach(models.TextChoices):
        COUNTRY = "country", _("the whole country")
        REGION = "region", _("a region of the country")
        CITY = "city", _("a city")

    class Stage(models.TextChoices):
        FIRST = "first", _("first round")
        SECOND = "second", _("second round")
        CLOSED = "closed", _("both rounds are closed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(InstrumentEdition, on_delete=models.PROTECT, related_name="panels")
    name = models.CharField(_("name"), max_length=120)
    #: how the people were chosen, and by whom: shown beside the result
    about = models.TextField(blank=True)
    country = models.CharField(max_length=2)
    reach = models.CharField(max_length=10, choices=Reach.choices, default=Reach.COUNTRY)
    #: the name of the region or city, empty for a country
    place = models.CharField(max_length=120, blank=True)
    #: a division of ISIC, empty for all industry
    sector = models.CharField(max_length=2, blank=True)
    #: whose owners run the panel beside the secretariat; empty where the secretariat runs it alone
    organization = models.ForeignKey(
        "members.Organization", null=True, blank=True, on_delete=models.SET_NULL, related_name="readiness_panels"
    )
    #: the panel agrees on an item if its middle half lies within so many levels; fixed before anybody answers
    within = models.FloatField(default=1.0)
    #: how many people of each group were planned: {"workers": 2, ...}
    planned = models.JSONField(default=dict)
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.FIRST)
    #: what the panel did not agree on, in its own words
    dissent = models.TextField(blank=True)
    is_sample = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    #: the last answer or step, from which the retention time runs
    changed_at = models.DateTimeField()
    first_closed_at = models.DateTimeField(null=True, blank=True)
    second_closed_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    #: keys, accounts, reasons and history are gone; what is left names nobody
    stripped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["country", "published_at"], name="readiness_published_panels")]

    def __str__(self) -> str:
        return f"panel {self.id}"

    @property
    def reference(self) -> str:
        """How the audit trail calls this panel."""
        return f"panel:{self.pk.hex}"

    @property
    def round(self) -> int:
        """The round that is open, or was the last one."""
        return 1 if self.stage == self.Stage.FIRST else 2

    @property
    def is_open(self) -> bool:
        """Whether people can answer now."""
        return self.stage != self.Stage.CLOSED

    @property
    def is_published(self) -> bool:
        """Whether everyone may see the result."""
        return self.published_at is not None


class Panellist(models.Model):
    """Somebody who sits in a panel; known by the group they come from, not by name."""

    class Group(models.TextChoices):
        SMALL_FIRM = "small-firm", _("Small firm")
        LARGE_FIRM = "large-firm", _("Large firm")
        WOMEN_BUSINESS = "women-business", _("Women’s business group")
        WORKERS = "workers", _("Workers")
        MINISTRY = "ministry", _("Ministry or public body")
        CENTRE = "centre", _("Technical centre")
        UNIVERSITY = "university", _("University or research")
        FINANCE = "finance", _("Finance")
        OTHER = "other", _("Other")

    class Gender(models.TextChoices):
        WOMAN = "woman", _("Woman")
        MAN = "man", _("Man")
        OTHER = "other", _("Another answer")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    panel = models.ForeignKey(Panel, on_delete=models.CASCADE, related_name="panellists")
    #: counts within the panel, so that two people of one group can be told apart without names
    number = models.PositiveSmallIntegerField()
    group = models.CharField(max_length=20, choices=Group.choices)
    gender = models.CharField(max_length=10, choices=Gender.choices, blank=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    #: consent to be counted in the published composition: when, and to which words; empty where not given or taken back
    counted_at = models.DateTimeField(null=True, blank=True)
    counted_text = models.CharField(max_length=40, blank=True)
    invited_at = models.DateTimeField(auto_now_add=True)
    finished_first_at = models.DateTimeField(null=True, blank=True)
    finished_second_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["panel", "number"], name="readiness_panellists_are_numbered")]

    def __str__(self) -> str:
        return f"panellist {self.number} ({self.group})"

    def finished_at(self, round_number: int) -> datetime | None:
        """When the panellist said: I am finished with this round; None if not yet."""
        return self.finished_first_at if round_number == 1 else self.finished_second_at


class PanelAnswer(AnswerContent):
    """The present answer of a panellist to an item in one round; both rounds are kept."""

    panellist = models.ForeignKey(Panellist, on_delete=models.CASCADE, related_name="answers")
    round = models.PositiveSmallIntegerField()
    item = models.CharField(max_length=40)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["panellist", "round", "item"], name="readiness_one_answer_a_round"),
            models.CheckConstraint(condition=models.Q(round__in=[1, 2]), name="readiness_panel_has_two_rounds"),
            models.CheckConstraint(
                condition=models.Q(given="level", level__isnull=False) | models.Q(given="dk", level__isnull=True),
                name="readiness_panel_level_only_with_level",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item}, round {self.round}: {self.value}"

    @property
    def value(self) -> str:
        """The answer as forms and files write it: 0 to 5, or dk."""
        return str(self.level) if self.level is not None else self.given


class PanelAnswerVersion(AnswerContent):
    """Everything that a panellist ever gave, in its order; rows are added, never changed."""

    panellist = models.ForeignKey(Panellist, on_delete=models.CASCADE, related_name="history")
    round = models.PositiveSmallIntegerField()
    item = models.CharField(max_length=40)
    #: the version it became; empty where it met a newer answer and was set aside
    version = models.PositiveIntegerField(null=True, blank=True)
    seen_version = models.PositiveIntegerField()
    client_id = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=10)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["panellist", "round", "item", "client_id"],
                condition=~models.Q(client_id=""),
                name="readiness_panel_client_id",
            ),
            models.UniqueConstraint(fields=["panellist", "round", "item", "version"], name="readiness_panel_version"),
        ]

    def __str__(self) -> str:
        return f"{self.item}, round {self.round}, version {self.version or 'set aside'}"


class PanelKey(models.Model):
    """What opens a panellist's place without an account; only its hash is kept."""

    panellist = models.ForeignKey(Panellist, on_delete=models.CASCADE, related_name="keys")
    kind = models.CharField(max_length=10, choices=AccessKey.Kind.choices)
    secret_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.kind} key of {self.panellist_id}"

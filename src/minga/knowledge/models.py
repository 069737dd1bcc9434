"""What knowledge stores: a record, its texts by language, and what it can be filtered by, one row a value."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse


class Record(models.Model):
    """A rule, programme, centre, course, case or other thing that helps, with its source."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        PUBLISHED = "published"
        ARCHIVED = "archived"

    slug = models.SlugField(max_length=80, unique=True)
    type = models.CharField(max_length=12)
    level_from = models.PositiveSmallIntegerField()
    level_to = models.PositiveSmallIntegerField()
    cost_band = models.CharField(max_length=2)
    publisher = models.CharField(max_length=300)
    source = models.URLField(max_length=500, blank=True)
    seen = models.TextField(blank=True)
    confidence = models.CharField(max_length=6, blank=True)
    checked_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.DRAFT)
    is_sample = models.BooleanField(default=False)
    content_hash = models.CharField(max_length=80, blank=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(level_from__lt=F("level_to"), level_to__lte=5), name="knowledge_levels_run_up"
            ),
            models.CheckConstraint(condition=Q(is_sample=True) | ~Q(source=""), name="knowledge_real_has_source"),
        ]

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        """Return the record's page in the language now active."""
        return reverse("knowledge:record", args=[self.slug])

    @property
    def reference(self) -> str:
        """How the audit trail calls this record."""
        return f"record:{self.slug}"


class RecordText(models.Model):
    """What a record says in one language."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=3)
    title = models.CharField(max_length=300)
    summary = models.TextField()
    steps = models.JSONField(default=list, blank=True)
    reviewed = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "language"], name="knowledge_one_text_a_language")]

    def __str__(self) -> str:
        return self.title


class _Value(models.Model):
    """One value of a record; a table a kind, so that both databases filter by an index."""

    value = models.CharField(max_length=16)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.value


class RecordCountry(_Value):
    """A country a record is open to; none means every country."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="countries")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["value", "record"], name="knowledge_record_country")]


class RecordSector(_Value):
    """A division of ISIC Rev.4 a record is for; none means every sector."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="sectors")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["value", "record"], name="knowledge_record_sector")]


class RecordFactor(_Value):
    """A readiness factor a record helps."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="factors")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["value", "record"], name="knowledge_record_factor")]


class RecordAudience(_Value):
    """Whom a record is for."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="audiences")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["value", "record"], name="knowledge_record_audience")]


class RecordLanguage(_Value):
    """A language in which the service behind a record is given."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="languages")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["value", "record"], name="knowledge_record_language")]

"""What is stored: indexes, their editions (frozen once published), and what member companies disclose."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from minga.indicators.engine.errors import IndicatorsError


class CompositeIndex(models.Model):
    """An index that the alliance publishes, edition by edition."""

    class Kind(models.TextChoices):
        UPLOADED = "uploaded", _("from uploaded figures")
        READINESS = "readiness", _("from readiness checks")
        RESPONSIBILITY = "responsibility", _("from disclosures of member companies")

    class Units(models.TextChoices):
        COUNTRY = "country", _("countries")
        SECTOR = "sector", _("sectors")
        ORGANIZATION = "organization", _("member companies")
        OTHER = "other", _("other units")

    slug = models.SlugField(_("word in the address"), max_length=60, unique=True)
    titles = models.JSONField(_("title by language"), default=dict)
    summaries = models.JSONField(_("summary by language"), default=dict)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.UPLOADED)
    units = models.CharField(_("what it ranks"), max_length=20, choices=Units.choices, default=Units.OTHER)
    is_sample = models.BooleanField(_("sample"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("index")
        verbose_name_plural = _("indexes")
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.slug

    @property
    def reference(self) -> str:
        """How the audit trail calls this index."""
        return f"index:{self.slug}"


class FrozenEditions(models.QuerySet["Edition"]):
    """Editions are changed one at a time, so that each can refuse."""

    def update(self, **fields: Any) -> int:
        raise _frozen("Editions", "are changed one by one")

    def bulk_update(self, *arguments: Any, **options: Any) -> int:
        raise _frozen("Editions", "are changed one by one")

    def delete(self) -> tuple[int, dict[str, int]]:
        if self.exclude(state=Edition.State.DRAFT).exists():
            raise _frozen("Among these editions", "is one that was proposed or published")
        return super().delete()


def _frozen(what: str, why: str) -> IndicatorsError:
    return IndicatorsError(f"{what} {why}, so nothing was changed. Withdraw a published edition, or make a new one.")


class Edition(models.Model):
    """One published state of an index: definition, data and results that never change once it is published."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("an edition", "draft")
        PROPOSED = "proposed", _("proposed")
        PUBLISHED = "published", _("published")
        WITHDRAWN = "withdrawn", pgettext_lazy("an edition", "withdrawn")

    #: what a published edition consists of
    CONTENT = (
        "index_id", "name", "definition", "definition_hash", "data", "data_hash", "results", "results_hash",
        "seed", "note", "notes", "published_at", "proposed_by_mark", "approved_by_mark",
    )  # fmt: skip

    index = models.ForeignKey(CompositeIndex, on_delete=models.PROTECT, related_name="editions")
    #: the permanent id, such as readiness-2026.1
    name = models.CharField(_("permanent id"), max_length=80, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    definition = models.TextField(_("definition"))
    definition_hash = models.CharField(max_length=80)
    #: {"columns": [...], "rows": [[...], ...]}
    data = models.JSONField(_("data"))
    data_hash = models.CharField(max_length=80)
    results = models.JSONField(_("results"), null=True, blank=True)
    results_hash = models.CharField(max_length=80, blank=True)
    seed = models.PositiveIntegerField(default=1)
    note = models.TextField(_("what is new in this edition"), blank=True)
    #: codes of sentences in `alliance.NOTES`
    notes = models.JSONField(default=list, blank=True)
    #: marks, not keys: a person who is erased leaves an edition that still says two people agreed
    proposed_by_mark = models.CharField(max_length=80, blank=True)
    approved_by_mark = models.CharField(max_length=80, blank=True)
    proposed_by = models.ForeignKey(
        "members.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    #: under which key its calculation tells how far it is
    task = models.UUIDField(null=True, blank=True)
    problem = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    proposed_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawal_reason = models.CharField(max_length=300, blank=True)

    objects = FrozenEditions.as_manager()

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ["-published_at", "-pk"]
        indexes = [models.Index(fields=["index", "state"], name="indicators_edition_state")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state__in=["published", "withdrawn"])
                | (
                    ~models.Q(proposed_by_mark="")
                    & ~models.Q(approved_by_mark="")
                    & ~models.Q(proposed_by_mark=models.F("approved_by_mark"))
                ),
                name="indicators_two_people_publish",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *arguments: Any, **options: Any) -> None:
        """Store it, unless that would change what was published."""
        if not self._state.adding:
            before = Edition.objects.filter(pk=self.pk).first()
            if before is not None and before.is_public:
                self._refuse_changes(before)
        super().save(*arguments, **options)

    def _refuse_changes(self, before: Edition) -> None:
        changed = [name for name in self.CONTENT if getattr(self, name) != getattr(before, name)]
        back = before.state == self.State.WITHDRAWN and self.state != self.State.WITHDRAWN
        if changed or back or self.state not in (self.State.PUBLISHED, self.State.WITHDRAWN):
            raise _frozen(f"Edition {before.name}", f"is {before.get_state_display()}")

    def delete(self, *arguments: Any, **options: Any) -> tuple[int, dict[str, int]]:
        """Delete a draft; everything else stays."""
        if self.state != self.State.DRAFT:
            raise _frozen(f"Edition {self.name}", f"is {self.get_state_display()}")
        return super().delete(*arguments, **options)

    @property
    def reference(self) -> str:
        """How the audit trail calls this edition."""
        return f"edition:{self.name}"

    @property
    def is_public(self) -> bool:
        """Whether everyone may see it, if only its tombstone."""
        return self.state in (self.State.PUBLISHED, self.State.WITHDRAWN)

    @property
    def is_published(self) -> bool:
        return self.state == self.State.PUBLISHED

    @property
    def is_calculated(self) -> bool:
        """Whether results are there."""
        return bool(self.results_hash)

    @cached_property
    def year(self) -> str:
        """The year in the permanent id."""
        return self.name.rpartition("-")[2].partition(".")[0]


class Disclosure(models.Model):
    """What a member company says about its responsibility in the digital economy, with evidence."""

    mark = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.OneToOneField(
        "members.Organization", on_delete=models.CASCADE, related_name="indicator_disclosure"
    )
    #: {"question": {"answer": "yes", "evidence": "https://..."}}
    answers = models.JSONField(default=dict)
    questionnaire = models.CharField(max_length=80)
    changed_by = models.ForeignKey("members.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField()
    is_sample = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("disclosure")
        verbose_name_plural = _("disclosures")

    def __str__(self) -> str:
        return f"disclosure {self.mark}"

    @property
    def reference(self) -> str:
        """How consents call this disclosure."""
        return f"disclosure:{self.mark.hex}"

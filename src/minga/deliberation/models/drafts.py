"""Drafts: an ordered tree of clauses with permanent names, version by version, and what people say beside them."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from minga.deliberation.models.answers import Disposition
from minga.deliberation.models.consultations import Consultation
from minga.deliberation.models.voices import Voice


class Draft(models.Model):
    """A text that comes of a consultation."""

    class Template(models.TextChoices):
        STRATEGY = "strategy", _("national AI strategy")
        GUIDELINE = "guideline", _("ethical guideline")
        RECOMMENDATION = "recommendation", _("policy recommendation")
        STANDARD = "standard", _("technical standard")
        EMPTY = "empty", _("empty page")

    class State(models.TextChoices):
        WRITING = "writing", _("being written")
        ADOPTED = "adopted", _("adopted")
        WITHDRAWN = "withdrawn", _("withdrawn")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="drafts")
    slug = models.SlugField(_("word in the address"), max_length=60)
    title = models.CharField(_("title"), max_length=200)
    template = models.CharField(_("template"), max_length=15, choices=Template.choices, default=Template.EMPTY)
    language = models.CharField(_("language"), max_length=10, default="en")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WRITING)
    #: the last published version; 0 while nothing is published. What is being written is this one plus one.
    version = models.PositiveIntegerField(default=0)
    adopted_at = models.DateTimeField(null=True, blank=True)
    adopted_by_mark = models.CharField(max_length=80, blank=True)
    #: the decision that adopted it, as a permanent link or in words
    decision = models.CharField(_("decision"), max_length=300, blank=True)
    #: when it was withdrawn, and why; everyone reads it where the draft stood
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_why = models.CharField(_("why it is withdrawn"), max_length=600, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        ordering = ["created_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["consultation", "slug"], name="deliberation_draft_slug")]

    def __str__(self) -> str:
        return self.slug

    @property
    def reference(self) -> str:
        """How the audit trail calls this draft."""
        return f"draft:{self.pk.hex}"


class DraftVersion(models.Model):
    """A published state of a draft: from then on its clauses stay as they are."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    note = models.TextField(_("what is new"), blank=True)
    #: SHA-256 of the clauses in canonical JSON
    text_hash = models.CharField(max_length=64)
    published_at = models.DateTimeField(auto_now_add=True)
    by_mark = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = _("version of a draft")
        verbose_name_plural = _("versions of drafts")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["draft", "number"], name="deliberation_version_number")]

    def __str__(self) -> str:
        return f"version {self.number}"


class Clause(models.Model):
    """A clause; its name stays the same through all versions, whatever becomes of its words."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="clauses")
    #: counts within the draft: C12
    number = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("clause")
        verbose_name_plural = _("clauses")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["draft", "number"], name="deliberation_clause_number")]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The permanent short name."""
        return f"C{self.number}"


class ClauseVersion(models.Model):
    """A clause as it stands from one version of the draft on, and how it came to that."""

    class Kind(models.TextChoices):
        ADD = "add", _("added")
        EDIT = "edit", _("changed")
        SPLIT = "split", _("came of a split")
        MERGE = "merge", _("came of a merge")
        DELETE = "delete", _("taken out")
        NONE = "none", _("unchanged: it says so already")

    clause = models.ForeignKey(Clause, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    parent = models.ForeignKey(Clause, null=True, blank=True, on_delete=models.RESTRICT, related_name="+")
    #: the place among the clauses of the same parent
    position = models.PositiveIntegerField(default=0)
    heading = models.CharField(_("heading"), max_length=200, blank=True)
    text = models.TextField(_("text"), blank=True)
    #: names of clauses it came from in a split or merge
    came_from = models.JSONField(default=list, blank=True)
    #: ids of answers behind what it was split from that belong to other parts of it alone
    left_behind = models.JSONField(default=list, blank=True)
    #: the answers that led to this change
    dispositions = models.ManyToManyField(Disposition, blank=True, related_name="changes")
    #: goes up with each save while the version is being written; what was saved before is in the history
    revision = models.PositiveIntegerField(default=1)
    by_mark = models.CharField(max_length=80, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["version", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["clause", "version"], name="deliberation_clause_version")]

    def __str__(self) -> str:
        return f"{self.clause_id}, version {self.version}"


class ClauseRevision(models.Model):
    """Every state in which a clause was saved while a version was written, and what was set aside; rows are added."""

    clause_version = models.ForeignKey(ClauseVersion, on_delete=models.CASCADE, related_name="history")
    #: the revision it became; empty where it met a newer one and was set aside
    revision = models.PositiveIntegerField(null=True, blank=True)
    heading = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    by_mark = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"revision {self.revision or 'set aside'}"


class ClauseNote(models.Model):
    """What somebody says to a clause: a comment, or other words proposed for it."""

    class Kind(models.TextChoices):
        COMMENT = "comment", _("comment")
        AMENDMENT = "amendment", _("amendment")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SHOWN = "shown", _("shown")
        HIDDEN = "hidden", _("hidden")
        ACCEPTED = "accepted", _("accepted")
        REJECTED = "rejected", _("rejected")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clause = models.ForeignKey(Clause, on_delete=models.CASCADE, related_name="notes")
    #: the version that was read
    version = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    #: the comment, or why the amendment is proposed
    text = models.TextField(_("text"))
    #: the words proposed for the clause
    proposed = models.TextField(_("proposed words"), blank=True)
    language = models.CharField(max_length=10)
    #: the voice that it became, through which it is answered
    voice = models.OneToOneField(Voice, null=True, blank=True, on_delete=models.SET_NULL, related_name="clause_note")
    #: SHA-256 of the secret with which its author finds it again
    author_hash = models.CharField(max_length=64, blank=True, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by_mark = models.CharField(max_length=80, blank=True)
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        ordering = ["created_at", "pk"]
        indexes = [models.Index(fields=["clause", "state"], name="deliberation_notes_of_clause")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

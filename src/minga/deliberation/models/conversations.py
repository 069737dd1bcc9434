"""Conversations: statements, who takes part under which pseudonym, and every vote in its order."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from minga.deliberation.models.consultations import Consultation, Round


class Conversation(models.Model):
    """A question to which people add statements, and vote on those of others."""

    class State(models.TextChoices):
        DRAFT = "draft", _("in preparation")
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")

    class Entry(models.TextChoices):
        ANYONE = "anyone", _("anyone")
        CODE = "code", _("people with an invitation code")
        MEMBER = "member", _("members of the alliance")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="conversations")
    round = models.ForeignKey(Round, null=True, blank=True, on_delete=models.SET_NULL, related_name="conversations")
    slug = models.SlugField(_("word in the address"), max_length=60, unique=True)
    title = models.CharField(_("question"), max_length=200)
    about = models.TextField(_("what it is about"), blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    #: {"fr": {"title": "...", "about": "..."}}
    translations = models.JSONField(default=dict, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    entry = models.CharField(_("who may take part"), max_length=10, choices=Entry.choices, default=Entry.ANYONE)
    #: strict: a statement is shown only after somebody accepted it
    is_strict = models.BooleanField(_("statements wait for a moderator"), default=True)
    takes_statements = models.BooleanField(_("people may add statements"), default=True)
    may_embed = models.BooleanField(_("may be shown inside other sites"), default=False)
    #: people are told before they vote; without it the votes as files are the team's
    publishes_votes = models.BooleanField(_("each vote is published, without names"), default=False)
    longest = models.PositiveSmallIntegerField(_("most characters of a statement"), default=280)
    #: seed of the draws and of the map
    seed = models.PositiveIntegerField(default=0)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    is_sample = models.BooleanField(_("sample"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        ordering = ["-created_at", "pk"]

    def __str__(self) -> str:
        return self.slug

    @property
    def reference(self) -> str:
        """How the audit trail calls this conversation."""
        return f"conversation:{self.pk.hex}"


class Participant(models.Model):
    """Somebody in one conversation, under a pseudonym of that conversation; no key leads to a person."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="participants")
    #: the name in exports and reports, drawn at random
    pseudonym = models.UUIDField(default=uuid.uuid4, editable=False)
    #: SHA-256 of the browser's secret, or the keyed hash of a member's mark: nobody can read back whose it is
    token_hash = models.CharField(max_length=64)
    is_member = models.BooleanField(_("verified member"), default=False)
    #: what they said about themselves, if they wished: {"gender": ..., "region": ..., "type": ..., "size": ...}
    strata = models.JSONField(default=dict, blank=True)
    language = models.CharField(max_length=10, blank=True)
    joined_at = models.DateTimeField(auto_now_add=True)
    #: a banned person's votes are kept and counted nowhere
    banned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "token_hash"], name="deliberation_participant_token"),
            models.UniqueConstraint(fields=["conversation", "pseudonym"], name="deliberation_pseudonym"),
        ]

    def __str__(self) -> str:
        return f"participant {self.pseudonym}"


class EntryCode(models.Model):
    """An invitation code, used once; only its hash is kept, and not who used it."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="codes")
    code_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"code of {self.conversation_id}"


class Statement(models.Model):
    """A sentence on which people vote."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("a statement", "waiting")
        ACCEPTED = "accepted", pgettext_lazy("a statement", "accepted")
        REJECTED = "rejected", pgettext_lazy("a statement", "rejected")

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="statements")
    #: counts within the conversation, from 0, as exports number them
    number = models.PositiveIntegerField()
    text = models.CharField(_("statement"), max_length=1000)
    language = models.CharField(_("language"), max_length=10)
    #: {"fr": {"text": "...", "by": "human" or "machine"}}
    translations = models.JSONField(default=dict, blank=True)
    #: empty for those that the organizers put in
    author = models.ForeignKey(Participant, null=True, blank=True, on_delete=models.SET_NULL, related_name="statements")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    #: about the conversation itself: shown often, counted in no map
    is_meta = models.BooleanField(_("about the conversation itself"), default=False)
    #: where the organizers want it shown early, in this order; empty: the draw decides
    order = models.PositiveIntegerField(_("order"), null=True, blank=True)
    theme = models.CharField(_("theme"), max_length=80, blank=True)
    #: goes up with each decision, so that two moderators cannot overwrite each other
    version = models.PositiveIntegerField(default=1)
    #: a second moderator is asked to look
    wants_second_look = models.BooleanField(_("second look wanted"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["conversation", "number"], name="deliberation_statement_number")]
        indexes = [models.Index(fields=["conversation", "state"], name="deliberation_statement_state")]

    def __str__(self) -> str:
        return f"{self.number}"


class Vote(models.Model):
    """One act: agree (1), disagree (-1), pass (0), or taken back (empty). The last one for a statement counts."""

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="votes")
    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="votes")
    value = models.SmallIntegerField(null=True)
    #: drawn by the page: the same act sent twice is stored once
    client_id = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participant", "statement", "client_id"], name="deliberation_vote_once"),
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(value__in=[-1, 0, 1]), name="deliberation_vote_value"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value}"

"""Moderation: every decision with its reason, flags that wait for a person, and maps as they were calculated."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from minga.deliberation.models.conversations import Conversation, Participant, Statement


class ModerationAct(models.Model):
    """A decision about a statement or a participant; the public log. Rows are added, never changed."""

    OWN_RULE = "own"

    class Act(models.TextChoices):
        ACCEPT = "accept", pgettext_lazy("a statement", "accepted")
        REJECT = "reject", pgettext_lazy("a statement", "rejected")
        REOPEN = "reopen", _("put back into the queue")
        SECOND_LOOK = "second_look", _("second look asked for")
        NO_SECOND_LOOK = "unlook", _("request for a second look taken back")
        META = "meta", _("marked as about the conversation itself")
        NOT_META = "unmeta", _("no longer marked as about the conversation itself")
        ORDER = "order", _("given a place in the order")
        NO_ORDER = "unorder", _("place in the order taken away")
        REWORD = "reword", _("reworded before others voted")
        TRANSLATE = "translate", _("shown in a translation")
        UNTRANSLATE = "untranslate", _("translation taken away")
        CORRECT = "correct", _("corrected by its author")
        WITHDRAW = "withdraw", _("withdrawn by its author")
        BAN = "ban", _("participant banned")
        UNBAN = "unban", _("ban lifted")
        KEEP = "keep", _("flag looked at: votes stay")

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="moderation")
    statement = models.ForeignKey(Statement, null=True, blank=True, on_delete=models.CASCADE, related_name="moderation")
    participant = models.ForeignKey(
        Participant, null=True, blank=True, on_delete=models.CASCADE, related_name="moderation"
    )
    act = models.CharField(max_length=15, choices=Act.choices)
    #: one of the rules with which every consultation begins, said in the reader's language; or `OWN_RULE`, where the
    #: reason begins with one of the consultation's own, since the team may write other rules tomorrow
    rule = models.CharField(max_length=20, blank=True)
    #: why, in a sentence
    reason = models.TextField(_("reason"), blank=True)
    #: of new words: {"old": ..., "new": ...}, or {"private": true} where the old ones told about somebody; of a
    #: translation also {"language": ..., "by": "human" or "machine"}; of an order {"place": ...}
    detail = models.JSONField(default=dict, blank=True)
    by_mark = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(statement__isnull=False, participant=None) | Q(statement=None, participant__isnull=False),
                name="deliberation_moderates_one_thing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.pk}"


class AnomalyFlag(models.Model):
    """A pattern in somebody's votes that a person should look at; nothing follows from it by itself."""

    class Decision(models.TextChoices):
        OPEN = "open", _("not looked at")
        KEEP = "keep", _("votes stay")
        BAN = "ban", _("votes are counted nowhere")

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="flags")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="flags")
    kind = models.CharField(max_length=20)
    detail = models.JSONField(default=dict, blank=True)
    found_at = models.DateTimeField(auto_now_add=True)
    decision = models.CharField(max_length=5, choices=Decision.choices, default=Decision.OPEN)
    decided_by_mark = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["participant", "kind"], name="deliberation_one_flag_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.participant_id}"


class MapRun(models.Model):
    """The opinion map of a conversation at one moment, calculated in the background."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="maps")
    mode = models.CharField(max_length=10, default="stable")
    #: the last vote that was counted; a run with the same one changes nothing
    last_vote = models.BigIntegerField(default=0)
    #: what moderation looked like: a hash over states and bans, for the same reason
    moderation_hash = models.CharField(max_length=64, blank=True)
    n_participants = models.PositiveIntegerField(default=0)
    n_votes = models.PositiveIntegerField(default=0)
    #: `map_facts`, and the result without flagged votes beside it
    facts = models.JSONField(default=dict)
    #: tables of `map_tables` as {"columns": [...], "rows": [...]}, statements and groups only
    tables = models.JSONField(default=dict)
    #: {"statement number": weight} for the draw of the next one
    weights = models.JSONField(default=dict)
    #: participants (pseudonym, x, y, group, n_votes) as Arrow, so that 100,000 stay small
    points = models.BinaryField(default=bytes)
    made_at = models.DateTimeField(auto_now_add=True)
    seconds = models.FloatField(default=0)
    #: the run that everyone sees as the conversation's report
    is_published = models.BooleanField(default=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], condition=Q(is_published=True), name="deliberation_one_published_map"
            )
        ]

    def __str__(self) -> str:
        return f"map {self.pk}"

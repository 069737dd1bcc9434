"""Voices: what people sent, where it came from, and the themes in it."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from minga.deliberation.models.consultations import Consultation, Round


class Source(models.Model):
    """One submission as it came in: a letter, a row of a spreadsheet, notes of a workshop. It is never changed."""

    class Kind(models.TextChoices):
        FORM = "form", _("form on this site")
        LETTER = "letter", _("letter or other text")
        WORD = "word", _("Word file")
        PDF = "pdf", _("PDF")
        EMAIL = "email", _("e-mail")
        SPREADSHEET = "spreadsheet", _("row of a spreadsheet")
        NOTES = "notes", _("workshop notes")
        MEETING = "meeting", _("meeting")
        CONVERSATION = "conversation", _("conversation on this site")
        COMMENT = "comment", _("comment on a draft")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="sources")
    round = models.ForeignKey(Round, null=True, blank=True, on_delete=models.SET_NULL, related_name="sources")
    kind = models.CharField(_("kind"), max_length=15, choices=Kind.choices)
    #: counts within the consultation: S12
    number = models.PositiveIntegerField()
    #: the name of the file it came as, and where in it (row, message)
    name = models.CharField(_("file"), max_length=200, blank=True)
    place = models.CharField(_("place in the file"), max_length=80, blank=True)
    #: the text as it was taken out of the file
    text = models.TextField(_("text"), blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    #: the file itself: where it lies under settings.SOURCES_ROOT; empty where there was none
    file_path = models.CharField(max_length=80, blank=True)
    file_hash = models.CharField(max_length=64, blank=True)
    is_encrypted = models.BooleanField(default=False)
    media_type = models.CharField(max_length=100, blank=True)
    #: SHA-256 of the text, so that the same submission is not taken in twice
    text_hash = models.CharField(max_length=64, db_index=True)
    #: who sent it; personal, seen only by the team
    author_name = models.CharField(_("name"), max_length=200, blank=True)
    author_organization = models.CharField(_("organization"), max_length=200, blank=True)
    author_address = models.CharField(_("e-mail address"), max_length=254, blank=True)
    account = models.ForeignKey(
        "members.Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="consultation_sources"
    )
    #: {"gender": "woman", "region": "Centre", "type": "company", "size": "10-49"}; what is not known is left out
    strata = models.JSONField(_("strata"), default=dict, blank=True)
    #: agreed to have the words shown in public, without the name
    may_publish = models.BooleanField(_("may be shown in public"), default=False)
    #: what the sender decided about it on the page of the receipt, which nobody overrules; empty: nothing yet
    sender_agrees = models.BooleanField(null=True)
    #: SHA-256 of the secret that opens the private receipt
    receipt_hash = models.CharField(max_length=64, blank=True, db_index=True)
    meeting = models.ForeignKey(
        "meetings.Meeting", null=True, blank=True, on_delete=models.SET_NULL, related_name="consultation_sources"
    )
    received_at = models.DateTimeField()
    #: mark of the person who took it in, not a key
    taken_in_by_mark = models.CharField(max_length=80, blank=True)
    #: the upload that it came with
    intake = models.ForeignKey(
        "deliberation.Intake", null=True, blank=True, on_delete=models.SET_NULL, related_name="sources"
    )
    #: somebody has looked through all of it; until then it waits to be split into voices
    read_at = models.DateTimeField(null=True, blank=True)
    #: goes up with each change of its voices, so that two analysts cannot overwrite each other
    revision = models.PositiveIntegerField(default=0)
    #: names, addresses and the file were deleted, their time being over
    stripped_at = models.DateTimeField(null=True, blank=True)
    is_sample = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["consultation", "number"], name="deliberation_source_number")]

    def __str__(self) -> str:
        return f"S{self.number}"

    @property
    def reference(self) -> str:
        """How the audit trail calls this source."""
        return f"source:{self.pk.hex}"


class Voice(models.Model):
    """One thing that one sender says: what is sorted, answered and traced."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="voices")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="voices")
    #: counts within the consultation: V12, the permanent short name
    number = models.PositiveIntegerField()
    text = models.TextField(_("text"))
    language = models.CharField(_("language"), max_length=10, blank=True)
    #: where the words stand in the text of the source; empty where they were typed
    start = models.PositiveIntegerField(null=True, blank=True)
    end = models.PositiveIntegerField(null=True, blank=True)
    statement = models.ForeignKey(
        "deliberation.Statement", null=True, blank=True, on_delete=models.SET_NULL, related_name="voices"
    )
    #: the way from the meeting to the answer stays: meetings deletes no takeaway on which a voice rests
    takeaway = models.ForeignKey(
        "meetings.Takeaway", null=True, blank=True, on_delete=models.PROTECT, related_name="voices"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    #: the sender took it back; the row stays, without its words
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("voice")
        verbose_name_plural = _("voices")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["consultation", "number"], name="deliberation_voice_number")]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The permanent short name."""
        return f"V{self.number}"


class Theme(models.Model):
    """An entry of the codebook: what several voices are about."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="themes")
    #: counts within the consultation: T12
    number = models.PositiveIntegerField()
    name = models.CharField(_("name"), max_length=200)
    about = models.TextField(_("what belongs here, and what does not"), blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    #: goes up with each change of name or description, so that two people cannot overwrite each other
    version = models.PositiveIntegerField(default=1)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["consultation", "number"], name="deliberation_theme_number")]

    def __str__(self) -> str:
        return self.name

    @property
    def code(self) -> str:
        """The permanent short name."""
        return f"T{self.number}"


class ThemeVersion(models.Model):
    """What a theme was called before, and how it was described; rows are added, never changed."""

    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="history")
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    about = models.TextField(blank=True)
    by_mark = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["theme", "version"], name="deliberation_theme_version")]

    def __str__(self) -> str:
        return f"{self.theme_id}, version {self.version}"


class ThemeLink(models.Model):
    """A person found a theme in a voice; taking it out ends the link, and the row stays."""

    voice = models.ForeignKey(Voice, on_delete=models.CASCADE, related_name="theme_links")
    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="links")
    #: whether it was suggested by similarity and then confirmed
    was_suggested = models.BooleanField(default=False)
    by_mark = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["voice", "theme"], condition=models.Q(ended_at=None), name="deliberation_theme_once_in_a_voice"
            )
        ]

    def __str__(self) -> str:
        return f"theme {self.theme_id} in voice {self.voice_id}"

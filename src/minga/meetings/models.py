"""What is stored: meetings, their sessions, who came, minutes version by version, and takeaways."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Meeting(models.Model):
    """A meeting, a workshop, a visit or an exchange."""

    class Kind(models.TextChoices):
        MEETING = "meeting", _("meeting")
        WORKSHOP = "workshop", _("workshop")
        CONFERENCE = "conference", _("conference")
        HEARING = "hearing", _("public hearing")
        VISIT = "visit", _("visit")
        EXCHANGE = "exchange", _("exchange")

    class State(models.TextChoices):
        DRAFT = "draft", _("in preparation")
        ANNOUNCED = "announced", _("announced")
        HELD = "held", _("held")
        CANCELLED = "cancelled", _("cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.MEETING)
    title = models.CharField(_("title"), max_length=200)
    about = models.TextField(_("what it is about"), blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    country = models.CharField(_("country"), max_length=2, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    online_link = models.URLField(_("link to join online"), max_length=500, blank=True)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    #: the zone in which people read the times, such as Africa/Tunis
    time_zone = models.CharField(_("time zone"), max_length=50, default="UTC")
    #: the body of the alliance that meets, and the organization that hosts; either may be empty
    body = models.ForeignKey("members.Body", null=True, blank=True, on_delete=models.SET_NULL, related_name="meetings")
    organization = models.ForeignKey(
        "members.Organization", null=True, blank=True, on_delete=models.SET_NULL, related_name="hosted_meetings"
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    is_public = models.BooleanField(_("everyone may see it"), default=False)
    #: most people who can come; empty: no limit
    capacity = models.PositiveIntegerField(_("places"), null=True, blank=True)
    #: goes up with each change, as calendars expect (RFC 5545, SEQUENCE); whoever saves says which one they saw
    sequence = models.PositiveIntegerField(default=0)
    #: who came, as counts that may be shown, once the names are deleted: {"total": 12, "type": [...], "gender": [...]}
    figures = models.JSONField(default=dict, blank=True)
    is_sample = models.BooleanField(_("sample"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ["-starts_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gte=F("starts_at")), name="meeting_ends_after_it_begins")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def reference(self) -> str:
        """How the audit trail calls this meeting."""
        return f"meeting:{self.pk.hex}"

    @property
    def is_open(self) -> bool:
        """Whether it is still to come: neither held nor cancelled."""
        return self.state in {self.State.DRAFT, self.State.ANNOUNCED}


class Session(models.Model):
    """A part of a meeting: an entry of its agenda."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="sessions")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(_("title"), max_length=200)
    about = models.TextField(_("what it is about"), blank=True)
    speakers = models.CharField(_("who speaks or leads"), max_length=300, blank=True)
    starts_at = models.DateTimeField(_("begins"), null=True, blank=True)
    minutes_long = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["meeting", "number"], name="meeting_session_number")]

    def __str__(self) -> str:
        return self.title


class Attendance(models.Model):
    """Somebody who was invited, said that they would come, or came."""

    class State(models.TextChoices):
        INVITED = "invited", _("invited")
        REGISTERED = "registered", _("will come")
        ATTENDED = "attended", _("came")
        EXCUSED = "excused", _("cannot come")

    class Gender(models.TextChoices):
        WOMAN = "woman", _("Woman")
        MAN = "man", _("Man")
        OTHER = "other", _("Another answer")

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendances")
    #: empty for a guest who is known by name only
    person = models.ForeignKey(
        "members.Person", null=True, blank=True, on_delete=models.CASCADE, related_name="attendances"
    )
    name = models.CharField(_("name"), max_length=200, blank=True)
    #: of a guest, for mails about this meeting alone; nobody reads it, and it goes once the meeting is over
    email = models.EmailField(blank=True)
    #: in which a guest is written to
    language = models.CharField(max_length=10, blank=True)
    organization = models.CharField(_("organization"), max_length=200, blank=True)
    #: kind of organization, as the members room calls it; empty where not said
    organization_type = models.CharField(_("type of organization"), max_length=20, blank=True)
    #: self-declared, for figures of who takes part; empty where not said
    gender = models.CharField(_("gender"), max_length=10, choices=Gender.choices, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.INVITED)
    #: when somebody agreed to be kept on the list, and to which words
    agreed_at = models.DateTimeField(null=True, blank=True)
    agreed_text = models.CharField(max_length=40, blank=True)
    #: SHA-256 of the code with which a guest comes back; empty for people with an account
    key_hash = models.CharField(max_length=64, blank=True, db_index=True)
    #: the last change of the meeting that a mail told them about
    told = models.PositiveIntegerField(null=True, blank=True)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "person"], condition=Q(person__isnull=False), name="meeting_person_once"
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False) | ~Q(name=""), name="meeting_attendance_of_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.pk}"

    @property
    def shown_name(self) -> str:
        """How those who organize the meeting read the person's name."""
        return str(self.person) if self.person else self.name


class Minutes(models.Model):
    """The minutes of a meeting in one version; rows are added, never changed."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="minutes")
    version = models.PositiveIntegerField()
    text = models.TextField(_("minutes"))
    language = models.CharField(_("language"), max_length=10)
    #: from then on everyone who may see the meeting may read them
    approved_at = models.DateTimeField(null=True, blank=True)
    by_mark = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("minutes")
        verbose_name_plural = _("minutes")
        ordering = ["version"]
        constraints = [models.UniqueConstraint(fields=["meeting", "version"], name="meeting_minutes_version")]

    def __str__(self) -> str:
        return f"version {self.version}"


class Takeaway(models.Model):
    """What is worth keeping of a meeting, in a sentence or two; a consultation can take it in as a voice."""

    class Kind(models.TextChoices):
        POINT = "point", _("point made")
        DECISION = "decision", _("decision")
        ACTION = "action", _("action")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="takeaways")
    session = models.ForeignKey(Session, null=True, blank=True, on_delete=models.SET_NULL, related_name="takeaways")
    number = models.PositiveIntegerField()
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.POINT)
    text = models.TextField(_("in a sentence or two"))
    language = models.CharField(_("language"), max_length=10)
    #: for an action
    owner = models.CharField(_("who does it"), max_length=200, blank=True)
    due_on = models.DateField(_("until"), null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    #: goes up with each change, so that two people cannot overwrite each other
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("takeaway")
        verbose_name_plural = _("takeaways")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["meeting", "number"], name="meeting_takeaway_number")]

    def __str__(self) -> str:
        return f"{self.number}"


class CalendarFeed(models.Model):
    """The secret link under which a calendar program reads a person's own meetings. Only its hash is kept."""

    person = models.OneToOneField("members.Person", on_delete=models.CASCADE, related_name="calendar_feed")
    secret_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("calendar link")
        verbose_name_plural = _("calendar links")

    def __str__(self) -> str:
        return f"{self.pk}"

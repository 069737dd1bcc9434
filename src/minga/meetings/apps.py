"""The card of meetings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from minga.web.rooms import Room


class MeetingsConfig(Room):
    """Meetings, visits and exchanges of the alliance."""

    default = True
    name = "minga.meetings"
    label = "meetings"
    verbose_name = _("Meetings")
    default_auto_field = "django.db.models.BigAutoField"

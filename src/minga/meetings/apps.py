"""The card of meetings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from minga.web.rooms import Processing, RetentionJob, Room


class MeetingsConfig(Room):
    """Meetings, visits and exchanges of the alliance."""

    default = True
    name = "minga.meetings"
    label = "meetings"
    verbose_name = _("Meetings")
    default_auto_field = "django.db.models.BigAutoField"
    api_scopes = ("read",)
    retention = (RetentionJob("lists of who came to meetings", "minga.meetings.services.delete_old_attendance"),)
    export_person = "minga.meetings.services.export_person"
    erase_person = "minga.meetings.services.erase_person"
    load_sample = "minga.meetings.sample.load_sample"
    processing = (
        Processing(
            record=_(
                "List of a meeting: who was invited, comes, came or cannot come; name of guests, and their address if "
                "given; organization and its type; woman or man if said"
            ),
            purpose=_("Preparing a meeting, telling people of changes, and showing who takes part"),
            lawful_basis=_("Contract: you asked for a place. Guests and what you say of yourself: consent"),
            retention=_(
                "365 days after the meeting, or what this site sets; then only counts of five people and more. "
                "Addresses of guests until it is over. Guests leave the list themselves, with their code"
            ),
            seen_by=_(
                "You and those who organize the meeting; everyone as counts of five people and more. Addresses of "
                "guests nobody"
            ),
        ),
        Processing(
            record=_("Minutes and takeaways of meetings: texts, the mark of who wrote them"),
            purpose=_("Keeping what was said and decided, so that it is heeded"),
            lawful_basis=_("Legitimate interest of those who met"),
            retention=_("As long as the meeting is kept; an erased person’s mark points to nobody"),
            seen_by=_("Those who organize the meeting; once approved or held, whoever may see the meeting"),
        ),
        Processing(
            record=_("Link of your own calendar: its fingerprint"),
            purpose=_("Letting your calendar program read your meetings"),
            lawful_basis=_("Contract: you made the link"),
            retention=_("Until you end the link or erase your account"),
            seen_by=_("Nobody: the link itself is not stored"),
        ),
    )

"""Mail to those who come, in the background: nobody who changes a meeting waits for a mail server."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import task

from minga.meetings import calendars, selectors, services, wording
from minga.meetings.engine import zones
from minga.meetings.models import Attendance, Meeting
from minga.web.calendar import write_calendar

log = logging.getLogger("minga.meetings")


#: So long it waits, time after time, before it tries again to write to those to whom no mail went out.
_WAITS = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=3), timedelta(hours=12))


@task(queue_name="default")
def tell_people(pk: str, site: str, tried: int = 0) -> int:
    """Tell everybody who comes or is invited what became of a meeting; return how many were told.

    `site` is the address of the site. Safe to run twice: each person is told of each change once. Whom no mail server
    took a mail for is tried again later; `tried` counts how often.
    """
    meeting = Meeting.objects.filter(pk=pk).first()
    if meeting is None or meeting.state not in (Meeting.State.ANNOUNCED, Meeting.State.CANCELLED):
        return 0
    # noted as told before the mail goes out, so that of two who tell at once one sends it; taken back where it did not
    sent = [_tell(one, site) for one in selectors.to_be_told(meeting) if services.note_as_told(attendance=one)]
    if not all(sent):
        _try_again(pk, site, tried)
    return sum(sent)


def _tell(one: Attendance, site: str) -> bool:
    if send(one, site):
        return True
    services.note_as_not_told(attendance=one)
    return False


def _try_again(pk: str, site: str, tried: int) -> None:
    """Queue the mails that did not go out once more; the next change of the meeting takes them along in any case."""
    if tried < len(_WAITS) and tell_people.get_backend().supports_defer:
        tell_people.using(run_after=timezone.now() + _WAITS[tried]).enqueue(pk, site, tried + 1)


def send(one: Attendance, site: str, code: str = "") -> bool:
    """Write to somebody on the list how the meeting stands, with its date for a calendar; return whether it went out.

    A guest who has just come reads the `code` to the place there: it is known now alone, so it is never queued.
    """
    with translation.override(_language_of(one)):
        words = mail_words(one.meeting, site) | {"is_guest": one.person is None, "code": code}
        words["leave"] = site.rstrip("/") + reverse("meetings:leave", args=[one.meeting.pk])
        subject = " ".join(_subject(one.meeting).split())
        mail = EmailMessage(subject, render_to_string("meetings/mail.txt", words), None, [_address(one)])
        event = calendars.event_of(one.meeting, words["link"], with_link=True)
        mail.attach("meeting.ics", write_calendar([event], language=one.meeting.language), "text/calendar")
        try:
            return bool(mail.send())
        except OSError as wrong:  # no mail server answers; smtplib's errors are of this kind
            # its kind only: the words of an error may hold the address
            log.warning("a mail about a meeting could not be sent (%s)", type(wrong).__name__)
            return False


def _address(one: Attendance) -> str:
    return one.email if one.person is None else str(one.person.account.email)


def _language_of(one: Attendance) -> str:
    """Return the first language of the person that the site speaks, or else that of the meeting."""
    spoken = dict(settings.LANGUAGES)
    own = [one.language] if one.person is None else one.person.languages
    wished = [*own, one.meeting.language]
    return next((code for code in wished if code in spoken), settings.LANGUAGE_CODE)


def _subject(meeting: Meeting) -> str:
    if meeting.state == Meeting.State.CANCELLED:
        return _("Cancelled: %(meeting)s") % {"meeting": meeting.title}
    return _("Meeting: %(meeting)s") % {"meeting": meeting.title}


def mail_words(meeting: Meeting, site: str) -> dict[str, Any]:
    """Return what the mail says, in the language that is active."""
    starts, ends = (zones.in_zone(at, meeting.time_zone) for at in (meeting.starts_at, meeting.ends_at))
    return {
        "meeting": meeting,
        "is_cancelled": meeting.state == Meeting.State.CANCELLED,
        "when": wording.span(starts, ends),
        "zone": wording.zone_label(meeting.time_zone, meeting.starts_at),
        "link": site.rstrip("/") + reverse("meetings:meeting", args=[meeting.pk]),
        "site_name": settings.SITE_NAME,
    }

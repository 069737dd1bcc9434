"""Meetings in the words of the page's language: refusals, zones, and how a meeting is called in a calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language, get_language_bidi, gettext
from django.utils.translation import gettext_lazy as _

from minga import members as world
from minga.meetings import selectors
from minga.meetings.engine import zones
from minga.meetings.engine.attendance import Figures
from minga.meetings.models import Attendance, Meeting
from minga.text import sorting_key

Words = str | Promise

REFUSALS: Mapping[str, Words] = {
    "changed": _(
        "Somebody else changed this meanwhile. Below are your words; what stands now is shown beside them. Bring both "
        "together, then save."
    ),
    "written": _(
        "Somebody else wrote minutes meanwhile. Below is your text; the newer version stands beside it. Bring both "
        "together, then save: nothing is lost."
    ),
    "newer": _("A newer version was written meanwhile. Read it, then approve it."),
    "unheld": _("First mark the meeting as held; then its minutes can be approved."),
    "cancelled": _("This meeting was cancelled. Announce it again before you change it."),
    "state": _("The meeting has moved on meanwhile. Look at its page again."),
    "early": _("The meeting has not begun yet."),
    "closed": _("The list of this meeting is closed: it is over, cancelled, or not open to you."),
    "full": _("All places are taken. If somebody cannot come, a place becomes free here."),
    "order": _("The meeting ends before it begins. Correct one of the times."),
    "zone": _("This time zone is not known here. Choose another one."),
    "host": _("A visit or an exchange needs its host. Choose the organization or write the place."),
    "unlisted": _(
        "A public meeting names its host, and this organization is not listed in the directory. List it on its page "
        "first, or keep the meeting to those who are invited."
    ),
    "taken_in": _(
        "A consultation took this takeaway in as a voice, so it stays: its way to the answer begins here. You can "
        "still change its words."
    ),
    "many": _("There are too many entries already. Delete one before you add another."),
}


def refusal(code: str) -> Words:
    """Say why a step is not possible."""
    return REFUSALS.get(code, _("This is not possible now. Look at the page of the meeting again."))


def language() -> str:
    """Return the language of the page."""
    return get_language() or "en"


def country_choices(codes: set[str] | None = None) -> list[tuple[str, str]]:
    """Return countries by their name in the page's language; all of them, or those with these codes."""
    named = [(one.iso2, one.name(language())) for one in world.countries() if codes is None or one.iso2 in codes]
    return sorted(named, key=lambda pair: sorting_key(pair[1]))


def zone_choices(also: str = "") -> list[tuple[str, str]]:
    """Return the usual zones with what their clocks show against UTC today, and one more if it is in use."""
    names = zones.usual_zones()
    if also and also not in names and zones.is_known(also):
        names = (*names, also)
    return [(name, zone_label(name, timezone.now())) for name in names]


def zone_label(name: str, at: datetime) -> str:
    """Name a zone, with its distance to UTC at a moment: Africa/Tunis (UTC+01:00)."""
    if name == "UTC":
        return name
    offset = f"{zones.in_zone(at, name):%z}"
    return f"{name.replace('_', ' ')} (UTC{offset[:3]}:{offset[3:5]})"


def span(starts: datetime, ends: datetime) -> str:
    """Write from when to when, as the clocks of one zone show it, in the words of the page."""
    same_day = starts.date() == ends.date()
    return gettext("%(begins)s to %(ends)s") % {
        "begins": _isolated(date_format(starts, "DATETIME_FORMAT")),
        "ends": _isolated(date_format(ends, "TIME_FORMAT" if same_day else "DATETIME_FORMAT")),
    }


def _isolated(moment: str) -> str:
    """Keep digits of one moment together where the words around them run from right to left."""
    return f"\u2068{moment}\u2069" if get_language_bidi() else moment


def clock(at: datetime | None, zone: str, *, with_day: bool) -> str:
    """Write a moment as the clocks of a zone show it; "" where there is none."""
    return date_format(zones.in_zone(at, zone), "DATETIME_FORMAT" if with_day else "TIME_FORMAT") if at else ""


@dataclass(frozen=True)
class Times:
    """When a meeting is: on the clocks of its place, and in UTC where they differ."""

    there: str
    zone: str
    utc: str


def times(meeting: Meeting) -> Times:
    """Write when a meeting is, in the words of the page."""
    moments = (meeting.starts_at, meeting.ends_at)
    starts, ends = (zones.in_zone(at, meeting.time_zone) for at in moments)
    in_utc = tuple(zones.in_zone(at, "UTC") for at in moments)
    differs = starts.utcoffset() != timedelta(0)
    return Times(span(starts, ends), zone_label(meeting.time_zone, starts), span(*in_utc) if differs else "")


def counts_in_words(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Name the counts of a list by state."""
    return [{"name": label, "n": counts[state]} for state, label in Attendance.State.choices]


def figures_in_words(found: Figures) -> dict[str, Any]:
    """Name the lines of who came."""
    types = dict(selectors.organization_types()) | {"": _("Not said")}
    genders = dict(Attendance.Gender.choices) | {"": _("Not said")}
    return {
        "total": found["total"],
        "type": [(types.get(line["value"], line["value"]), line["n"]) for line in found["type"]],
        "gender": [(genders.get(line["value"], line["value"]), line["n"]) for line in found["gender"]],
    }


def day(on: date) -> str:
    """Write a day in the words of the page."""
    return date_format(on, "DATE_FORMAT")

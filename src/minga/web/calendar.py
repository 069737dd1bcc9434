"""Calendar files (RFC 5545): what a telephone or an office program takes in as dates. Pure: values in, text out.

Only what the house needs: events at a time, in UTC, and whole days such as due dates. Whoever subscribes reads the
file again and again, so `uid` must stay for ever and `sequence` must go up with each change; a cancelled event stays
in the file and says so, because a program that no longer finds it would keep the old date.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

CONTENT_TYPE = "text/calendar; charset=utf-8"
_PRODUCT = "-//Minga//Calendar//EN"
_MOST_OCTETS = 75
_AGAIN = "PT6H"
#: what no text of a calendar may hold (RFC 5545, 3.3.11): control characters but the tabulator
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s\x00-\x1f\x7f]+")


class CalendarError(ValueError):
    """A date cannot be written as an event of a calendar."""


@dataclass(frozen=True)
class Event:
    """One date.

    ``starts`` is a time with its zone, or a day. ``ends`` is of the same kind: the moment it is over, or the last day,
    which still belongs to it; none for a due date. ``changed_at`` is when these values were last true.
    """

    uid: str
    title: str
    starts: datetime | date
    changed_at: datetime
    ends: datetime | date | None = None
    about: str = ""
    place: str = ""
    url: str = ""
    sequence: int = 0
    is_cancelled: bool = False
    #: of its words, where it is not that of the file
    language: str = ""


def write_calendar(events: Iterable[Event], *, name: str = "", language: str = "") -> str:
    """Write events as one calendar file, with the line ends that the format demands; send it as UTF-8.

    `name` is shown by programs that subscribe. `language` marks the texts, such as ``ar``.

    Raises
    ------
    CalendarError
        A time has no zone, an event ends before it begins, has no uid, or its address is none.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{_PRODUCT}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    if name:
        # the first is RFC 7986, the second what older programs read
        lines += [f"NAME:{_text(name)}", f"X-WR-CALNAME:{_text(name)}"]
        # who subscribes asks again so often: RFC 7986, and what older programs read
        lines += [f"REFRESH-INTERVAL;VALUE=DURATION:{_AGAIN}", f"X-PUBLISHED-TTL:{_AGAIN}"]
    for event in events:
        lines += _event(event, language)
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _event(event: Event, language: str) -> list[str]:
    if not event.uid.strip():
        raise CalendarError(f"The event {event.title!r} has no uid. Give one that stays for ever.")
    spoken = event.language or language
    mark = f";LANGUAGE={spoken}" if spoken else ""
    lines = [
        "BEGIN:VEVENT",
        f"UID:{_text(event.uid)}",
        f"DTSTAMP:{_utc(event.changed_at, event)}",
        f"LAST-MODIFIED:{_utc(event.changed_at, event)}",
        f"SEQUENCE:{event.sequence}",
        *_when(event),
        f"SUMMARY{mark}:{_text(event.title)}",
    ]
    if event.about:
        lines.append(f"DESCRIPTION{mark}:{_text(event.about)}")
    if event.place:
        lines.append(f"LOCATION{mark}:{_text(event.place)}")
    if event.url:
        if not _URL.fullmatch(event.url):
            raise CalendarError(f"{event.url!r} of event {event.uid} is no address. Give a whole one, with https.")
        lines.append(f"URL:{event.url}")
    lines.append(f"STATUS:{'CANCELLED' if event.is_cancelled else 'CONFIRMED'}")
    lines.append("END:VEVENT")
    return lines


def _when(event: Event) -> list[str]:
    starts, ends = event.starts, event.ends
    if isinstance(starts, datetime):
        if ends is not None and not isinstance(ends, datetime):
            raise CalendarError(f"Event {event.uid} begins at a time and ends on a day. Give both as times.")
        lines = [f"DTSTART:{_utc(starts, event)}"]
        if ends is None:
            return lines
        begun, over = _in_utc(starts, event), _in_utc(ends, event)
        _in_order(begun, over, event)
        # an end must be later than the beginning; without one the event lasts no time, which is what is meant
        return [*lines, f"DTEND:{_utc(ends, event)}"] if over > begun else lines
    if isinstance(ends, datetime):
        raise CalendarError(f"Event {event.uid} begins on a day and ends at a time. Give both as days.")
    last = ends or starts
    _in_order(starts, last, event)
    # the end of whole days is the first day that does not belong to them; a due date leaves the day free
    after = last + timedelta(days=1)
    return [f"DTSTART;VALUE=DATE:{_day(starts)}", f"DTEND;VALUE=DATE:{_day(after)}", "TRANSP:TRANSPARENT"]


def _in_order(starts: date, ends: date, event: Event) -> None:
    if ends < starts:
        raise CalendarError(f"Event {event.uid} ends at {ends}, before it begins at {starts}. Correct one of them.")


def _in_utc(moment: datetime, event: Event) -> datetime:
    """Return the moment in UTC: two times of one zone compare by their clocks, wrong in the hour that comes twice."""
    if moment.utcoffset() is None:
        raise CalendarError(f"Time {moment} of event {event.uid} has no zone. Give one, such as UTC.")
    return moment.astimezone(UTC)


def _utc(moment: datetime, event: Event) -> str:
    written = _in_utc(moment, event)
    return f"{_day(written)}T{written:%H%M%S}Z"


def _day(day: date) -> str:
    # %Y leaves out zeros of early years on some systems
    return f"{day.year:04d}{day.month:02d}{day.day:02d}"


def _text(words: str) -> str:
    """Escape a text value; every kind of line end becomes the two characters that the format has for it."""
    words = words.replace("\r\n", "\n").replace("\r", "\n")
    words = _CONTROL.sub("", words)
    for character in ("\\", ";", ","):
        words = words.replace(character, f"\\{character}")
    return words.replace("\n", "\\n")


def _folded(line: str) -> str:
    """Break a line so that none is longer than 75 octets; a character of several octets stays whole."""
    parts, part, octets = [], "", 0
    for character in line:
        size = len(character.encode())
        if octets + size > _MOST_OCTETS:
            parts.append(part)
            part, octets = "", 1  # the space that marks a continuation counts too
        part += character
        octets += size
    return "\r\n ".join([*parts, part])

"""Calendar files: read back with a reader of its own, and one whole file held beside what the standard demands."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minga.web.calendar import CalendarError, Event, write_calendar

GOLDEN = Path(__file__).parent / "golden" / "calendar"
WRITTEN = datetime(2026, 11, 3, 8, 0, tzinfo=UTC)
HEARING = Event(
    uid="hearing@minga.example",
    title="Hearing; voices, questions",
    starts=datetime(2026, 11, 20, 9, 30, tzinfo=ZoneInfo("Africa/Tunis")),
    ends=datetime(2026, 11, 20, 12, 0, tzinfo=ZoneInfo("Africa/Tunis")),
    changed_at=WRITTEN,
)


def read(text):
    """Undo folding and escaping as the standard says, independently of the writer; return events as dictionaries."""
    assert text.endswith("\r\n")
    lines = text.replace("\r\n ", "").split("\r\n")[:-1]
    assert (lines[0], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    events = []
    for line in lines[1:-1]:
        named, value = line.split(":", 1)
        if line == "BEGIN:VEVENT":
            events.append({})
        elif events and line != "END:VEVENT":
            unescaped = re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)
            events[-1][named] = unescaped
    return events


def test_whole_file_is_as_the_standard_demands():
    events = [
        replace(HEARING, about="First line\nSecond line", place="Tunis, Chamber", url="https://minga.example/m/1/"),
        Event("due@minga.example", "المجلس يقرر", date(2026, 12, 31), WRITTEN, sequence=2),
        replace(HEARING, uid="gone@minga.example", sequence=3, is_cancelled=True),
    ]
    text = write_calendar(events, name="Meetings", language="en")
    assert text.encode() == (GOLDEN / "calendar.ics").read_bytes()


def test_times_are_in_utc_also_where_clocks_changed():
    paris = ZoneInfo("Europe/Paris")
    summer = replace(HEARING, starts=datetime(2026, 7, 1, 9, 0, tzinfo=paris), ends=None)
    winter = replace(HEARING, starts=datetime(2026, 12, 1, 9, 0, tzinfo=paris), ends=None)
    kathmandu = replace(HEARING, starts=datetime(2026, 1, 1, 3, 0, tzinfo=ZoneInfo("Asia/Kathmandu")), ends=None)
    written = [one["DTSTART"] for one in read(write_calendar([summer, winter, kathmandu]))]
    assert written == ["20260701T070000Z", "20261201T080000Z", "20251231T211500Z"]


def test_event_in_the_hour_that_comes_twice_is_no_mistake():
    berlin = ZoneInfo("Europe/Berlin")
    starts, ends = (datetime(2026, 10, 25, 2, minute, tzinfo=berlin, fold=fold) for minute, fold in ((30, 0), (15, 1)))
    event = read(write_calendar([replace(HEARING, starts=starts, ends=ends)]))[0]
    assert (event["DTSTART"], event["DTEND"]) == ("20261025T003000Z", "20261025T011500Z")


def test_due_day_is_a_whole_day_that_blocks_no_time():
    due = read(write_calendar([Event("u", "Report", date(2026, 2, 28), WRITTEN)]))[0]
    assert (due["DTSTART;VALUE=DATE"], due["DTEND;VALUE=DATE"]) == ("20260228", "20260301")
    assert due["TRANSP"] == "TRANSPARENT"


def test_last_of_several_days_belongs_to_the_event():
    visit = read(write_calendar([Event("u", "Visit", date(2026, 3, 1), WRITTEN, ends=date(2026, 3, 3))]))[0]
    assert visit["DTEND;VALUE=DATE"] == "20260304"


def test_event_without_length_has_no_end():
    moment = read(write_calendar([replace(HEARING, ends=HEARING.starts)]))[0]
    assert "DTEND" not in moment


def test_cancelled_event_stays_and_says_so():
    gone = read(write_calendar([replace(HEARING, is_cancelled=True, sequence=4)]))[0]
    assert (gone["UID"], gone["STATUS"], gone["SEQUENCE"]) == (HEARING.uid, "CANCELLED", "4")


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (replace(HEARING, starts=datetime(2026, 1, 1), ends=None), "has no zone"),
        (replace(HEARING, changed_at=datetime(2026, 1, 1)), "has no zone"),
        (replace(HEARING, ends=HEARING.starts - timedelta(hours=1)), "before it begins"),
        (replace(HEARING, starts=date(2026, 1, 2), ends=date(2026, 1, 1)), "before it begins"),
        (replace(HEARING, ends=date(2027, 1, 1)), "ends on a day"),
        (replace(HEARING, starts=date(2026, 1, 1)), "ends at a time"),
        (replace(HEARING, uid=" "), "has no uid"),
        (replace(HEARING, url="https://a.example/\r\nATTENDEE:x"), "is no address"),
    ],
)
def test_what_cannot_be_written_is_refused_by_name(event, words):
    with pytest.raises(CalendarError, match=words):
        write_calendar([event])


words = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t;,\\é中🌍"), max_size=300)
moments = st.datetimes(
    min_value=datetime(2000, 1, 1),
    max_value=datetime(2090, 1, 1),
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=-3)), ZoneInfo("Asia/Kathmandu")]),
)


@given(title=words, about=words, place=words, starts=moments)
def test_any_text_comes_back_as_it_was_and_no_line_is_too_long(title, about, place, starts):
    text = write_calendar([Event("u", title, starts, WRITTEN, about=about, place=place)], name=title, language="ar")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    event = read(text)[0]
    assert event["SUMMARY;LANGUAGE=ar"] == title
    assert event.get("DESCRIPTION;LANGUAGE=ar", "") == about
    assert event.get("LOCATION;LANGUAGE=ar", "") == place
    assert event["DTSTART"] == starts.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


@given(st.text(st.characters(categories=["Cc"]), max_size=20))
def test_no_control_character_makes_a_line_of_its_own(signs):
    text = write_calendar([replace(HEARING, title=f"A{signs}B", uid=f"u{signs}1")])
    without = write_calendar([replace(HEARING, title="AB", uid="u1")])
    assert len(text.replace("\r\n ", "").split("\r\n")) == len(without.replace("\r\n ", "").split("\r\n"))


def test_an_event_says_its_own_language_where_it_is_not_that_of_the_file():
    text = write_calendar([replace(HEARING, language="ar"), HEARING], language="fr")
    assert text.count("SUMMARY;LANGUAGE=ar:") == text.count("SUMMARY;LANGUAGE=fr:") == 1


def test_only_a_calendar_with_a_name_is_asked_for_again():
    assert "REFRESH-INTERVAL" not in write_calendar([HEARING])
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT6H" in write_calendar([HEARING], name="Meetings")

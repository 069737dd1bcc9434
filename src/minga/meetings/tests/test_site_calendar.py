"""Meetings as calendar files: one, all public ones, and a person's own by a secret link."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client

from minga.meetings import services
from minga.meetings.models import CalendarFeed, Meeting
from minga.meetings.testing import address, called, owned_by, signed_in
from minga.members import services as members

pytestmark = [pytest.mark.page, pytest.mark.usefixtures("db")]

GOLDEN = Path(__file__).parent / "golden" / "event"


def unfolded(response):
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    return response.content.decode().replace("\r\n ", "")


def uids(response):
    return set(re.findall(r"UID:meeting-([0-9a-f]{32})@minga", unfolded(response)))


def test_meeting_is_written_as_expected_byte_by_byte():
    meeting = called(
        pk=uuid.UUID(int=7),
        title="Hearing, Sfax; AI in workshops",
        about="Bring questions.",
        place="Chamber, Sfax",
        online_link="https://join.example/room-7",
        starts_at=datetime(2031, 3, 5, 8, 30, tzinfo=UTC),
        ends_at=datetime(2031, 3, 5, 11, 0, tzinfo=UTC),
        is_public=True,
    )
    services.add_session(meeting=meeting, title="Welcome")
    services.add_session(meeting=meeting, title="Voices")
    Meeting.objects.update(changed_at=datetime(2031, 1, 2, 3, 4, 5, tzinfo=UTC))
    response = Client().get(address("event", meeting.pk))
    assert response["Content-Disposition"] == 'attachment; filename="meeting.ics"'
    assert response.content == (GOLDEN / "event.ics").read_bytes()


def test_cancelled_meeting_says_so_with_a_higher_sequence():
    meeting = called(is_public=True)
    before = unfolded(Client().get(address("public_calendar")))
    services.cancel(meeting=meeting)
    after = unfolded(Client().get(address("public_calendar")))
    assert "STATUS:CONFIRMED" in before
    assert "SEQUENCE:1\r\n" in before
    assert "STATUS:CANCELLED" in after
    assert "SEQUENCE:2\r\n" in after


def test_public_calendar_holds_public_meetings_of_the_last_year():
    public, cancelled = called(is_public=True), called(is_public=True, state="cancelled")
    recent = called(is_public=True, hours=-300 * 24)
    called(is_public=True, hours=-400 * 24)
    called()
    called(is_public=True, state="draft")
    found = uids(Client().get(address("public_calendar")))
    assert found == {public.pk.hex, cancelled.pk.hex, recent.pk.hex}


def test_own_calendar_opens_by_its_link_alone_and_can_be_ended():
    browser, account, amina = signed_in("amina@example.org")
    host = owned_by(amina)
    invited = called(organization=host, online_link="https://join.example/room-1")
    services.invite_role_holders(meeting=invited)
    joined = called(is_public=True, online_link="https://join.example/room-2")
    services.register(meeting=joined, person=amina)
    called(is_public=True)
    past = called(hours=-3, organization=host, state="held")
    services.add_guest(meeting=past, name="Dina")
    services.invite_role_holders(meeting=past)
    due = datetime(2031, 5, 6, tzinfo=UTC).date()
    services.add_takeaway(meeting=past, kind="action", text="Ask the grid.", language="en", due_on=due)
    done = services.add_takeaway(meeting=past, kind="action", text="Done.", language="en", due_on=due)
    services.set_done(takeaway=done, done=True)
    assert "/account/login/" in Client().get(address("my_calendar")).url
    page = browser.post(address("my_calendar"), {"do": "make"}).content.decode()
    link = re.search(r"http://testserver(/en/meetings/calendar/[0-9a-f]{64}\.ics)", page).group(1)
    assert link not in browser.get(address("my_calendar")).content.decode()
    response = Client().get(link)
    assert uids(response) == {invited.pk.hex, joined.pk.hex, past.pk.hex}
    text = unfolded(response)
    assert "https://join.example/room-2" in text
    assert "https://join.example/room-1" not in text
    assert "SUMMARY;LANGUAGE=en:Due: Ask the grid." in text
    assert "DTSTART;VALUE=DATE:20310506" in text
    assert "Done." not in text
    assert "no-store" in response["Cache-Control"] or "no-cache" in response["Cache-Control"]
    other = link[:-5] + ("0" if link[-5] != "0" else "1") + ".ics"
    assert Client().get(other).status_code == 404
    services.excuse(meeting=joined, person=amina)
    assert joined.pk.hex not in uids(Client().get(link))
    browser.post(address("my_calendar"), {"do": "end"})
    assert Client().get(link).status_code == 404
    assert not CalendarFeed.objects.exists()
    assert account.is_active


def test_actions_stand_in_calendars_once_the_meeting_was_held():
    browser, _account, amina = signed_in("amina@example.org")
    meeting = called(hours=-1, is_public=True)
    services.register(meeting=meeting, person=amina)
    due = datetime(2031, 5, 6, tzinfo=UTC).date()
    services.add_takeaway(meeting=meeting, kind="action", text="Ask the grid.", language="en", due_on=due)
    link = address("feed", services.make_feed(person=amina))
    assert uids(browser.get(link)) == {meeting.pk.hex}
    assert "Ask the grid." not in unfolded(browser.get(link))
    services.hold(meeting=meeting)
    assert "Ask the grid." in unfolded(browser.get(link))


def test_link_dies_with_its_person_and_is_kept_out_of_logs():
    from minga.web.logs import redact

    browser, _account, amina = signed_in("amina@example.org")
    secret = services.make_feed(person=amina)
    assert secret not in redact(f"GET {address('feed', secret)} 200")
    assert Client().get(address("feed", secret)).status_code == 200
    members.erase_person(amina)
    assert Client().get(address("feed", secret)).status_code == 404
    assert browser


def test_programs_read_public_meetings():
    amina = signed_in("amina@example.org")[2]
    host = owned_by(amina)
    meeting = called(
        hours=-3, kind="hearing", country="TN", is_public=True, online_link="https://join.example/7", organization=host
    )
    services.add_session(meeting=meeting, title="Voices", minutes_long=30)
    closed = called(hours=-3)
    api = "/api/v1/meetings"
    listed = Client().get(api).json()["meetings"]
    assert [one["id"] for one in listed] == [str(meeting.pk)]
    assert listed[0]["time_zone"] == "Africa/Tunis"
    assert Client().get(api + "?country=cv").json()["meetings"] == []
    assert Client().get(api + "?kind=hearing&country=tn").json()["meetings"] == listed
    services.add_takeaway(meeting=meeting, kind="point", text="Power fails.", language="en")
    services.write_minutes(meeting=meeting, text="We met.", language="en", seen=0)
    read = Client().get(f"{api}/{meeting.pk}").json()
    assert (read["minutes"], read["takeaways"], read["figures"]) == ("", [], None)
    assert read["sessions"][0]["minutes_long"] == 30
    services.hold(meeting=meeting)
    services.approve_minutes(meeting=meeting, version=1)
    read = Client().get(f"{api}/{meeting.pk}")
    assert (read.json()["minutes"], read.json()["takeaways"][0]["text"]) == ("We met.", "Power fails.")
    assert read.json()["figures"] == {"total": None, "type": [], "gender": []}
    assert read.json()["host"] == "Chamber of Tunis"
    assert "join.example" not in read.content.decode()
    assert Client().get(f"{api}/{closed.pk}").status_code == 404

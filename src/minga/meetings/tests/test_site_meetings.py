"""The pages of meetings: calling one, coming, minutes without lost words, who sees and changes what."""

from __future__ import annotations

import inspect
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from minga.meetings import services, wording
from minga.meetings.engine import zones
from minga.meetings.models import Attendance, Meeting, Session, Takeaway
from minga.meetings.testing import address, called, hearing, owned_by, sent, signed_in, text_of
from minga.members import services as members
from minga.web.testing_access import is_turned_away

pytestmark = [pytest.mark.page, pytest.mark.usefixtures("db")]


# ---------------------------------------------------------------- calling
def test_owner_calls_a_hearing_writes_its_agenda_and_announces_it(amina):
    client, _account, host = amina
    assert address("new") in client.get(address("list")).content.decode()
    response = client.post(address("new"), sent(host))
    meeting = Meeting.objects.get()
    assert response.url == address("meeting", meeting.pk)
    assert (meeting.starts_at, meeting.ends_at) == (
        datetime(2031, 3, 5, 8, 30, tzinfo=UTC),
        datetime(2031, 3, 5, 11, 0, tzinfo=UTC),
    )
    assert (meeting.state, meeting.organization, meeting.is_sample) == ("draft", host, False)
    assert Client().get(address("meeting", meeting.pk)).status_code == 404
    client.post(address("sessions", meeting.pk), {"title": "Welcome", "day": "2031-03-05", "begins": "09:30"})
    client.post(address("sessions", meeting.pk), {"title": "Voices", "begins": "10:00", "minutes_long": "60"})
    client.post(address("session_move", meeting.pk, 2), {"to": "up"})
    assert list(meeting.sessions.values_list("title", flat=True)) == ["Voices", "Welcome"]
    assert meeting.sessions.get(title="Voices").starts_at == datetime(2031, 3, 5, 9, 0, tzinfo=UTC)
    client.post(address("announce", meeting.pk))
    page = text_of(Client().get(address("meeting", meeting.pk)))
    for words in ("Hearing in Tunis", "5 March 2031, 09:30 to 12:00", "Africa/Tunis (UTC+01:00)", "Chamber of Tunis"):
        assert words in page
    assert "In UTC: 5 March 2031, 08:30 to 11:00" in page
    assert "10:00 Voices 60 minutes" in page
    assert "Hearing in Tunis" in text_of(Client().get(address("list")))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"ends": "08:00"}, "The meeting ends before it begins."),
        ({"time_zone": "Europe/Berlin", "day": "2031-03-30", "begins": "02:30"}, "jump over this time"),
        ({"time_zone": "Mars/Olympus"}, "Select a valid choice"),
        ({"kind": "visit", "organization": "", "place": ""}, "Choose the body that meets or the organization"),
        ({"title": ""}, "This field is required"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(amina, fields, words):
    client, _account, host = amina
    response = client.post(address("new"), sent(host) | fields)
    assert response.status_code == 422
    assert words in text_of(response)
    assert not Meeting.objects.exists()


def test_public_meeting_needs_a_listed_host(amina):
    client, account, host = amina
    members.list_in_directory(organization=host, by=members.person_for(account), listed=False)
    response = client.post(address("new"), sent(host))
    assert response.status_code == 422
    assert "not listed in the directory" in text_of(response)
    assert client.post(address("new"), sent(host, is_public="")).status_code == 302


def test_nobody_calls_a_meeting_for_others(amina, khadija):
    assert khadija.get(address("new")).status_code == 404
    assert khadija.post(address("new"), sent(amina[2])).status_code == 404
    other_client, _account, other = signed_in("bao@example.org")
    owned_by(other, name="Chamber of Sfax")
    response = other_client.post(address("new"), sent(amina[2]))
    assert response.status_code == 422
    assert not Meeting.objects.exists()
    assert "/account/login/" in Client().get(address("new")).url


ORGANIZERS_GET = ("edit", "sessions", "people", "minutes", "takeaways", "cancel", "delete")
ORGANIZERS_POST = (*ORGANIZERS_GET, "announce", "hold", "invite", "minutes_approve")


@pytest.mark.parametrize("is_public", [True, False])
def test_only_those_who_organize_change_a_meeting(amina, khadija, is_public):
    meeting = called(hours=-1, organization=amina[2], is_public=is_public)
    session = services.add_session(meeting=meeting, title="Voices")
    services.add_takeaway(meeting=meeting, kind="action", text="Ask.", language="en")
    services.write_minutes(meeting=meeting, text="We met.", language="en", seen=0)
    place = services.add_guest(meeting=meeting, name="Dina")
    before = Meeting.objects.values().get()
    for browser in (Client(), khadija):
        for name in ORGANIZERS_GET:
            assert is_turned_away(browser.get(address(name, meeting.pk)))
        for name in ORGANIZERS_POST:
            assert is_turned_away(browser.post(address(name, meeting.pk), {"text": "x", "seen": "1"}))
        for name in ("session", "session_move", "session_delete"):
            assert is_turned_away(browser.post(address(name, meeting.pk, session.number), {"title": "x"}))
        for name in ("takeaway", "takeaway_done", "takeaway_delete"):
            assert is_turned_away(browser.post(address(name, meeting.pk, 1), {"done": "yes"}))
        assert is_turned_away(browser.get(address("minutes_version", meeting.pk, 1)))
        assert is_turned_away(browser.post(address("person", meeting.pk, place.pk), {"do": "delete"}))
        assert browser.get(address("meeting", meeting.pk)).status_code == (200 if is_public else 404)
        assert browser.get(address("event", meeting.pk)).status_code == (200 if is_public else 404)
    assert Meeting.objects.values().get() == before
    assert (Session.objects.count(), Takeaway.objects.filter(done_at=None).count()) == (1, 1)
    assert Attendance.objects.count() == 1
    for name in ORGANIZERS_GET:
        assert amina[0].get(address(name, meeting.pk)).status_code == 200


def test_things_of_one_meeting_do_not_open_under_another(amina):
    one, other = (called(hours=-1, organization=amina[2]) for _one in range(2))
    services.add_session(meeting=one, title="Voices")
    place = services.add_guest(meeting=one, name="Dina")
    assert amina[0].post(address("session_delete", other.pk, 1)).status_code == 404
    assert amina[0].post(address("person", other.pk, place.pk), {"do": "delete"}).status_code == 404
    assert Attendance.objects.count() == Session.objects.count() == 1


# ---------------------------------------------------------------- changing without losing words
def test_late_change_is_given_back_with_what_stands_now(amina):
    client, _account, host = amina
    meeting = called(organization=host, title="First title")
    stale = sent(host, title="My title", seen=str(meeting.sequence), is_public="")
    services.change_meeting(meeting=meeting, seen=meeting.sequence, title="Their title")
    response = client.post(address("edit", meeting.pk), stale)
    assert response.status_code == 422
    page = response.content.decode()
    assert "Somebody else changed this meanwhile" in page
    assert 'value="My title"' in page
    assert "Their title" in page
    assert Meeting.objects.get().title == "Their title"
    seen = re.search(r'name="seen" value="(\d+)"', page).group(1)
    assert client.post(address("edit", meeting.pk), stale | {"seen": seen}).status_code == 302
    assert Meeting.objects.get().title == "My title"


def test_two_write_minutes_and_both_texts_stay(amina):
    client, _account, host = amina
    meeting = called(hours=-3, organization=host)
    client.post(address("minutes", meeting.pk), {"text": "We met.", "language": "en", "seen": "0"})
    response = client.post(address("minutes", meeting.pk), {"text": "My version.", "language": "en", "seen": "0"})
    assert response.status_code == 422
    page = response.content.decode()
    assert "My version.</textarea>" in page
    assert "We met." in page
    assert 'name="seen" value="1"' in page
    client.post(address("minutes", meeting.pk), {"text": "We met. My version.", "language": "en", "seen": "1"})
    assert list(meeting.minutes.values_list("version", "text")) == [(1, "We met."), (2, "We met. My version.")]
    assert "We met." in text_of(client.get(address("minutes_version", meeting.pk, 1)))


def test_lists_in_minutes_are_lists(amina):
    client, _account, host = amina
    meeting = called(hours=-3, organization=host)
    written = {"text": "We agreed:\r\n\r\n- to <try>\r\n- to tell", "language": "en", "seen": "0"}
    client.post(address("minutes", meeting.pk), written)
    client.post(address("hold", meeting.pk))
    client.post(address("minutes_approve", meeting.pk), {"seen": "1"})
    for page in (address("meeting", meeting.pk), address("minutes_version", meeting.pk, 1)):
        assert "<p>We agreed:</p><ul><li>to &lt;try&gt;</li><li>to tell</li></ul>" in client.get(page).content.decode()


def test_minutes_and_takeaways_open_when_approved_and_held(amina):
    client, _account, host = amina
    meeting = called(hours=-3, organization=host, is_public=True)
    client.post(address("minutes", meeting.pk), {"text": "We met and agreed.", "language": "en", "seen": "0"})
    action = {"kind": "action", "text": "Ask the grid.", "language": "en", "owner": "Chamber", "due_on": "2031-01-01"}
    client.post(address("takeaways", meeting.pk), action)
    visitor = Client()
    page = text_of(visitor.get(address("meeting", meeting.pk)))
    assert "We met and agreed." not in page
    assert "Ask the grid." not in page
    client.post(address("minutes_approve", meeting.pk), {"seen": "1"})
    assert meeting.minutes.get().approved_at is None
    client.post(address("hold", meeting.pk))
    client.post(address("minutes_approve", meeting.pk), {"seen": "1"})
    client.post(address("takeaway_done", meeting.pk, 1), {"done": "yes"})
    page = text_of(visitor.get(address("meeting", meeting.pk)))
    assert "We met and agreed." in page
    assert "Ask the grid. Chamber · until 1 January 2031 done" in page


def test_late_change_of_a_takeaway_or_session_is_given_back(amina):
    client, _account, host = amina
    meeting = called(hours=-3, organization=host)
    services.add_session(meeting=meeting, title="Voices")
    services.add_takeaway(meeting=meeting, kind="point", text="Power fails.", language="en")
    given = {"kind": "point", "text": "Mine.", "language": "en", "seen": "1"}
    assert client.post(address("takeaway", meeting.pk, 1), given | {"text": "Theirs."}).status_code == 302
    response = client.post(address("takeaway", meeting.pk, 1), given)
    assert response.status_code == 422
    assert "Mine.</textarea>" in response.content.decode()
    assert "Theirs." in text_of(response)
    meeting.refresh_from_db()
    stale = {"title": "Mine", "seen": str(meeting.sequence)}
    assert client.post(address("session", meeting.pk, 1), stale | {"title": "Theirs"}).status_code == 302
    response = client.post(address("session", meeting.pk, 1), stale)
    assert response.status_code == 422
    assert "Theirs" in text_of(response)
    assert meeting.sessions.get().title == "Theirs"


# ---------------------------------------------------------------- lists, panels
def test_list_is_filtered_and_says_what_was(amina):
    called(title="Coming visit", kind="visit", country="TN", is_public=True)
    called(title="Coming workshop", kind="workshop", country="CV", is_public=True)
    called(title="Past hearing", hours=-90, is_public=True)
    called(title="Closed meeting")
    page = text_of(Client().get(address("list")))
    for words in ("Coming visit", "Coming workshop", "Past hearing"):
        assert words in page
    assert "Closed meeting" not in page
    page = text_of(Client().get(address("list") + "?kind=visit"))
    assert "Coming visit" in page
    assert "Coming workshop" not in page
    page = text_of(Client().get(address("list") + "?country=CV&body=9999999999999&page=7"))
    assert "Past hearing" not in page


def test_my_page_and_the_hosts_page_lead_to_meetings(amina, khadija):
    meeting = called(title="Board meeting", organization=amina[2])
    services.invite_role_holders(meeting=meeting)
    mine = text_of(amina[0].get("/en/members/me/"))
    assert "Board meeting" in mine
    assert "Board meeting" not in text_of(khadija.get("/en/members/me/"))
    public = called(title="Open day", organization=amina[2], is_public=True)
    page = Client().get(f"/en/members/organizations/{amina[2].mark}/")
    assert address("meeting", public.pk) in page.content.decode()
    assert address("meeting", meeting.pk) not in page.content.decode()


@pytest.mark.parametrize("language", ["ar", "zh", "fr", "ru", "es"])
def test_pages_speak_every_language(amina, language):
    meeting = hearing(hours=-1, organization=amina[2])
    services.add_session(meeting=meeting, title="Voices", starts_at=meeting.starts_at, minutes_long=5)
    for name, rest in (("list", ()), ("meeting", (meeting.pk,)), ("people", (meeting.pk,)), ("edit", (meeting.pk,))):
        with translation.override(language):
            there = reverse(f"meetings:{name}", args=rest)
        assert amina[0].get(there).status_code == 200


def test_page_of_a_meeting_asks_few_questions(amina, django_assert_max_num_queries):
    meeting = hearing(organization=amina[2])
    for number in range(20):
        services.add_session(meeting=meeting, title=f"Session {number}")
        services.come_as_guest(meeting=meeting, name=f"Guest {number}")
    with django_assert_max_num_queries(9):
        Client().get(address("meeting", meeting.pk))
    for number in range(10):
        called(title=f"Meeting {number}", is_public=True)
    with django_assert_max_num_queries(8):
        Client().get(address("list"))


# ---------------------------------------------------------------- times, and what can be changed
def test_an_entry_outside_of_the_meeting_is_refused_and_both_can_be_changed(amina):
    meeting = called(hours=1, organization=amina[2])
    after = wording_clock(meeting.ends_at + timedelta(minutes=30), meeting.time_zone)
    refused = amina[0].post(address("sessions", meeting.pk), {"title": "Too late", "begins": after})
    assert refused.status_code == 422
    assert "Choose a time within it" in refused.content.decode()
    begins = wording_clock(meeting.starts_at, meeting.time_zone)
    long = {"title": "Too long", "begins": begins, "minutes_long": "121"}
    assert amina[0].post(address("sessions", meeting.pk), long).status_code == 422
    assert amina[0].post(address("sessions", meeting.pk), long | {"minutes_long": "120"}).status_code == 302
    page = amina[0].get(address("sessions", meeting.pk)).content.decode()
    assert f'href="{address("session", meeting.pk, 1)}" aria-label="Change: Too long"' in page


def wording_clock(at, zone):
    return f"{zones.in_zone(at, zone):%H:%M}"


def test_times_of_a_meeting_stay_together_from_right_to_left():
    starts = datetime(2031, 3, 5, 14, tzinfo=UTC)
    with translation.override("ar"):
        assert wording.span(starts, starts + timedelta(hours=3)).count("\u2068") == 2
    with translation.override("en"):
        assert "\u2068" not in wording.span(starts, starts + timedelta(hours=3))


def test_words_of_times_are_found_by_who_collects_them_for_translation():
    """A call under another name than gettext is not collected, and stays English for ever."""
    source = Path(inspect.getfile(wording)).read_text(encoding="utf-8")
    assert 'gettext("%(begins)s to %(ends)s")' in source


def test_new_meeting_begins_where_its_only_host_is_at_home(amina):
    called(organization=amina[2])
    page = amina[0].get(address("new")).content.decode()
    assert '<option value="TN" selected>' in page
    assert '<option value="Africa/Tunis" selected>' in page


def test_list_offers_a_subscription():
    assert 'href="webcal://testserver/en/meetings/' in Client().get(address("list")).content.decode()

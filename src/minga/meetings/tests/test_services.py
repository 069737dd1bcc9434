"""What becomes of a meeting, its agenda, its list, its minutes and its takeaways; and who sees it."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import Http404
from django.utils import timezone

from minga.meetings import selectors, services
from minga.meetings.engine.errors import ActError
from minga.meetings.models import Attendance, CalendarFeed, Meeting
from minga.meetings.services.attending import tidy_code
from minga.meetings.testing import called, hearing, owned_by, signed_in
from minga.members import services as members

pytestmark = [pytest.mark.page, pytest.mark.usefixtures("db")]


@pytest.fixture
def amina():
    return signed_in("amina@example.org")


@pytest.fixture
def khadija():
    return signed_in("khadija@example.org")


def refused(code, act, **given):
    with pytest.raises(ActError) as raised:
        act(**given)
    assert raised.value.code == code
    assert str(raised.value).endswith(".")


# ---------------------------------------------------------------- who sees what
def test_public_meeting_is_everyones_once_announced(amina):
    meeting = called(state="draft", is_public=True)
    for account in (AnonymousUser(), amina[1]):
        with pytest.raises(Http404):
            selectors.find_meeting(meeting.pk, account)
    services.announce(meeting=meeting)
    for account in (AnonymousUser(), amina[1]):
        assert selectors.find_meeting(meeting.pk, account) == meeting


def test_closed_meeting_opens_to_its_body_its_host_and_the_invited(amina, khadija):
    _browser, advised, adviser = signed_in("elena@example.org")
    mandate = members.grant_in_alliance(person=adviser, role="adviser")
    meeting = called(organization=owned_by(amina[2]), body=mandate.body)
    secretariat = members.createadmin(email="bao@example.org", password="a long enough password")
    for account in (amina[1], advised, secretariat):
        assert selectors.find_meeting(meeting.pk, account) == meeting
        assert selectors.may_organize(account, meeting)
    with pytest.raises(Http404):
        selectors.find_meeting(meeting.pk, khadija[1])
    Attendance.objects.create(meeting=meeting, person=khadija[2])
    assert selectors.find_meeting(meeting.pk, khadija[1]) == meeting
    assert not selectors.may_organize(khadija[1], meeting)
    with pytest.raises(Http404):
        selectors.find_for_work(meeting.pk, khadija[1])
    with pytest.raises(Http404):
        selectors.find_meeting(meeting.pk, AnonymousUser())


def test_role_that_ended_opens_nothing(amina):
    meeting = called(organization=owned_by(amina[2]))
    assert selectors.may_organize(amina[1], meeting)
    days = [timezone.localdate() - timedelta(days=ago) for ago in (2, 1)]
    amina[2].mandates.update(starts_on=days[0], ends_on=days[1])
    assert not selectors.meetings_visible_to(amina[1]).filter(pk=meeting.pk).exists()


@pytest.mark.bare_roles
def test_guarded_role_without_a_second_step_organizes_nothing():
    _browser, account, person = signed_in("farid@example.org")
    mandate = members.grant_in_alliance(person=person, role="assessor")
    meeting = called(body=mandate.body)
    assert selectors.find_meeting(meeting.pk, account) == meeting
    assert not selectors.may_organize(account, meeting)
    assert not selectors.may_set_up(account)


# ---------------------------------------------------------------- calling and changing
def test_every_change_raises_the_sequence_and_a_late_one_is_refused():
    meeting = called(state="draft")
    assert services.change_meeting(meeting=meeting, seen=0, title="Hearing in Sfax", place="Tunis") == {"title"}
    assert meeting.sequence == 1
    refused("changed", services.change_meeting, meeting=meeting, seen=0, title="Lost words")
    assert services.change_meeting(meeting=meeting, seen=1, title="Hearing in Sfax") == frozenset()
    assert meeting.sequence == 1
    services.announce(meeting=meeting)
    services.cancel(meeting=meeting)
    assert meeting.sequence == 3
    refused("cancelled", services.change_meeting, meeting=meeting, seen=3, title="Too late")
    services.announce(meeting=meeting)
    assert (meeting.state, meeting.sequence) == ("announced", 4)


def test_states_follow_each_other():
    meeting = called(state="draft")
    refused("state", services.cancel, meeting=meeting)
    services.announce(meeting=meeting)
    refused("state", services.announce, meeting=meeting)
    refused("early", services.hold, meeting=meeting)
    refused("state", services.delete_draft, meeting=meeting)
    begun = called(hours=-3)
    services.hold(meeting=begun)
    refused("state", services.cancel, meeting=begun)
    draft = called(state="draft")
    services.delete_draft(meeting=draft)
    assert not Meeting.objects.filter(pk=draft.pk).exists()


def test_meeting_is_checked(amina):
    now = timezone.now()
    refused("order", called, ends_at=now - timedelta(days=9))
    refused("zone", called, time_zone="Mars/Olympus")
    refused("host", called, kind="visit", place="")
    hidden = owned_by(amina[2], is_listed=False)
    refused("unlisted", called, is_public=True, organization=hidden)
    called(organization=hidden)
    members.list_in_directory(organization=hidden, by=amina[2], listed=True)
    called(is_public=True, organization=hidden)


# ---------------------------------------------------------------- agenda
def test_agenda_keeps_its_order_and_counts_as_a_change():
    meeting = called()
    one, two, three = (services.add_session(meeting=meeting, title=title) for title in ("One", "Two", "Three"))
    services.move_session(session=three, up=True)
    services.move_session(session=three, up=True)
    services.move_session(session=three, up=True)
    services.move_session(session=one, up=False)
    assert list(meeting.sessions.values_list("title", flat=True)) == ["Three", "Two", "One"]
    services.delete_session(session=two)
    meeting.refresh_from_db()
    # announcing, three added, three moves (the fourth had no place to go), one deleted
    assert meeting.sequence == 8
    refused("changed", services.change_session, session=one, seen=7, title="Lost")
    services.change_session(session=one, seen=8, title="Questions", minutes_long=30)
    assert list(meeting.sessions.values_list("title", "minutes_long")) == [("Three", None), ("Questions", 30)]


# ---------------------------------------------------------------- who comes
def test_places_run_out_and_come_back(amina, khadija):
    meeting = hearing(capacity=1)
    services.register(meeting=meeting, person=amina[2], organization="Chamber", gender="woman")
    services.register(meeting=meeting, person=amina[2], organization="Chamber of Tunis")
    refused("full", services.register, meeting=meeting, person=khadija[2])
    refused("full", services.come_as_guest, meeting=meeting, name="Dina")
    services.excuse(meeting=meeting, person=amina[2])
    services.register(meeting=meeting, person=khadija[2])
    refused("full", services.register, meeting=meeting, person=amina[2])
    states = dict(meeting.attendances.values_list("person__name", "state"))
    assert states == {"Amina": "excused", "Khadija": "registered"}
    assert meeting.attendances.get(person=amina[2]).gender == ""


def test_only_open_meetings_take_people(amina):
    for meeting in (called(hours=-3), called(state="cancelled"), called(state="draft"), called(state="held", hours=-1)):
        refused("closed", services.register, meeting=meeting, person=amina[2])
        refused("closed", services.excuse, meeting=meeting, person=amina[2])
    for meeting in (called(), called(is_public=True), called(kind="hearing"), hearing(hours=-3)):
        refused("closed", services.come_as_guest, meeting=meeting, name="Dina")


def test_guest_comes_back_with_a_code_that_is_not_stored():
    meeting = hearing()
    place, code = services.come_as_guest(meeting=meeting, name=" Dina ", organization="Dina's shop")
    assert (place.name, place.agreed_text) == ("Dina", "attendance-1")
    assert place.agreed_at is not None
    stored = Attendance.objects.filter(pk=place.pk).values().get()
    assert code not in json.dumps(stored, default=str)
    assert selectors.attendance_by_code(meeting, tidy_code(code.lower().replace("-", " "))) == place
    assert selectors.attendance_by_code(meeting, tidy_code("0000")) is None
    assert selectors.attendance_by_code(hearing(), code) is None
    services.take_off(attendance=place)
    assert not meeting.attendances.exists()


def test_two_at_the_last_place_at_the_same_moment(transactional_db):
    """One gets it. On SQLite writing transactions follow each other by themselves; PostgreSQL needs the lock."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite in memory has one connection; the journey below tries one after the other.")
    meeting = hearing(capacity=1)
    ready, outcomes = threading.Barrier(4), []

    def come(number):
        ready.wait()
        try:
            services.come_as_guest(meeting=meeting, name=f"Guest {number}")
            outcomes.append("place")
        except ActError as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=come, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["full", "full", "full", "place"]
    assert meeting.attendances.count() == 1


def test_role_holders_are_invited_once(amina, khadija):
    office = owned_by(amina[2])
    members.grant_mandate(by=None, person=khadija[2], role="respondent", organization=office)
    meeting = called(organization=office)
    assert services.invite_role_holders(meeting=meeting) == 2
    assert services.invite_role_holders(meeting=meeting) == 0
    assert selectors.counts_of(meeting)["invited"] == 2
    assert services.invite_role_holders(meeting=called()) == 0


def test_nobody_came_before_it_began(amina):
    meeting = called()
    services.register(meeting=meeting, person=amina[2])
    place = meeting.attendances.get()
    refused("early", services.mark, attendance=place, came=True)
    refused("early", services.add_guest, meeting=meeting, name="Dina")
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=timezone.now())
    place.refresh_from_db()
    services.mark(attendance=place, came=True)
    services.mark(attendance=place, came=True)
    services.add_guest(meeting=Meeting.objects.get(pk=meeting.pk), name="Dina")
    assert selectors.counts_of(meeting)["attended"] == 2
    services.mark(attendance=place, came=False)
    assert place.state == "registered"


# ---------------------------------------------------------------- minutes
def test_minutes_are_only_added_and_nobody_overwrites(amina):
    meeting = called(hours=-3)
    first = services.write_minutes(meeting=meeting, text="We met.", language="en", seen=0, by=amina[1])
    assert first.by_mark == amina[2].reference
    assert services.write_minutes(meeting=meeting, text="We met.", language="en", seen=1).pk == first.pk
    services.write_minutes(meeting=meeting, text="We met and agreed.", language="en", seen=1)
    refused("written", services.write_minutes, meeting=meeting, text="Lost?", language="en", seen=1)
    assert list(meeting.minutes.values_list("text", flat=True)) == ["We met.", "We met and agreed."]
    refused("unheld", services.approve_minutes, meeting=meeting, version=2)
    services.hold(meeting=meeting)
    refused("newer", services.approve_minutes, meeting=meeting, version=1)
    assert selectors.approved_minutes(meeting) is None
    services.approve_minutes(meeting=meeting, version=2)
    services.approve_minutes(meeting=meeting, version=2)
    services.write_minutes(meeting=meeting, text="Corrected.", language="en", seen=2)
    assert selectors.approved_minutes(meeting).version == 2
    refused("early", services.write_minutes, meeting=called(), text="x", language="en", seen=0)


# ---------------------------------------------------------------- takeaways
def test_takeaways_are_numbered_and_changed_only_as_seen():
    meeting = called(hours=-3)
    due = timezone.localdate() + timedelta(days=30)
    point = services.add_takeaway(meeting=meeting, kind="point", text="Power fails.", language="en", owner="Nobody")
    action = services.add_takeaway(
        meeting=meeting, kind="action", text="Ask the grid.", language="en", owner="Chamber", due_on=due
    )
    assert (point.number, action.number, point.owner) == (1, 2, "")
    services.change_takeaway(takeaway=action, seen=1, kind="action", text="Write to the grid.", owner="Chamber")
    refused("changed", services.change_takeaway, takeaway=action, seen=1, kind="action", text="Lost")
    assert action.text == "Write to the grid."
    services.set_done(takeaway=action, done=True)
    done_at = action.done_at
    services.set_done(takeaway=action, done=True)
    assert action.done_at == done_at
    refused("action", services.set_done, takeaway=point, done=True)
    services.delete_takeaway(takeaway=point)
    assert services.add_takeaway(meeting=meeting, kind="point", text="Again.", language="en").number == 3
    refused("early", services.add_takeaway, meeting=called(), kind="point", text="x", language="en")


def test_takeaways_open_to_others_once_the_meeting_was_held(amina, khadija):
    meeting = called(hours=-3, is_public=True, organization=owned_by(amina[2]))
    services.add_takeaway(meeting=meeting, kind="point", text="Power fails.", language="en")
    assert selectors.takeaways_open_to(amina[1]).count() == 1
    assert selectors.takeaways_open_to(khadija[1]).count() == 0
    services.hold(meeting=meeting)
    assert selectors.takeaways_open_to(khadija[1]).get().text == "Power fails."
    assert selectors.takeaways_open_to(AnonymousUser()).count() == 1
    closed = called(hours=-3, state="held", organization=meeting.organization)
    services.add_takeaway(meeting=closed, kind="point", text="Closed.", language="en")
    assert selectors.takeaways_open_to(khadija[1]).count() == 1
    assert {one.text for one in selectors.takeaways_open_to(amina[1])} == {"Closed.", "Power fails."}


# ---------------------------------------------------------------- calendars, privacy, retention
def test_calendar_link_opens_until_it_is_revoked_or_made_anew(amina):
    first = services.make_feed(person=amina[2])
    second = services.make_feed(person=amina[2])
    assert first not in json.dumps(list(CalendarFeed.objects.values()), default=str)
    assert selectors.person_of_feed(first) is None
    assert selectors.person_of_feed(second) == amina[2]
    amina[1].is_active = False
    amina[1].save()
    assert selectors.person_of_feed(second) is None
    amina[1].is_active = True
    amina[1].save()
    services.revoke_feed(person=amina[2])
    assert selectors.person_of_feed(second) is None


def test_person_takes_her_meetings_along_and_leaves_no_trace(amina, khadija):
    meeting = hearing()
    for person in (amina[2], khadija[2]):
        services.register(meeting=meeting, person=person, organization="Chamber", gender="woman")
    services.make_feed(person=amina[2])
    taken = members.export_person(amina[2])["rooms"]["meetings"]
    assert [one["organization"] for one in taken["attendance"]] == ["Chamber"]
    assert taken["calendar_link_since"]
    assert json.dumps(taken)
    counts = members.erase_person(amina[2])
    assert counts["meetings"] == 2
    assert meeting.attendances.get().person == khadija[2]


def test_lists_of_old_meetings_are_deleted_and_counts_stay(settings):
    old, young = called(hours=-400 * 24), called(hours=-300 * 24)
    for meeting in (old, young):
        for number in range(6):
            services.add_guest(meeting=meeting, name=f"Guest {number}", organization_type="sme", gender="woman")
        services.hold(meeting=meeting)
    before = selectors.figures_of(old)
    assert services.delete_old_attendance() == 6
    assert services.delete_old_attendance() == 0
    old.refresh_from_db()
    assert not old.attendances.exists()
    assert (
        selectors.figures_of(old)
        == before
        == {
            "total": 6,
            "type": [{"value": "sme", "n": 6}],
            "gender": [{"value": "woman", "n": 6}],
        }
    )
    assert young.attendances.count() == 6
    settings.ATTENDANCE_DAYS = 200
    assert services.delete_old_attendance() == 6

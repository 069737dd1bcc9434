"""Guests of hearings: the mails they asked for, the date for their calendar, and how to get no more."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from minga.meetings import services, tasks
from minga.meetings.models import Attendance, Meeting
from minga.meetings.testing import address, hearing, owned_by, signed_in

pytestmark = [pytest.mark.page, pytest.mark.usefixtures("db")]

DINA = {"name": "Dina", "email": "dina@example.org", "agrees": "on", "organization_type": "", "gender": ""}


@pytest.fixture
def amina():
    """Amina owns a chamber that calls a hearing; returns her browser and the hearing."""
    client, _account, person = signed_in("amina@example.org")
    meeting = hearing(organization=owned_by(person))
    mail.outbox.clear()
    return client, meeting


def come(meeting, language="en", **changed):
    browser = Client()
    return browser, browser.post(address("register", meeting.pk, language=language), DINA | changed)


def code_in(text):
    return re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", text)[0]


def test_guest_with_an_address_gets_the_code_and_the_date_at_once(amina):
    _client, meeting = amina
    _browser, response = come(meeting)
    page = response.content.decode()
    assert "A mail tells you of every change." in page
    (sent,) = mail.outbox
    assert sent.to == ["dina@example.org"]
    assert code_in(sent.body) == code_in(page)
    assert f"http://testserver{address('leave', meeting.pk)}" in sent.body
    ((name, content, kind),) = sent.attachments
    assert (name, kind) == ("meeting.ics", "text/calendar")
    assert "BEGIN:VEVENT" in content
    assert f"UID:meeting-{meeting.pk.hex}@minga" in content


def test_guest_without_an_address_gets_no_mail_and_is_told_so(amina):
    client, meeting = amina
    _browser, response = come(meeting, email="")
    assert "You gave no address" in response.content.decode()
    client.post(address("cancel", meeting.pk))
    assert mail.outbox == []


def test_address_that_is_none_is_refused_and_nobody_is_on_the_list(amina):
    _client, meeting = amina
    _browser, response = come(meeting, email="dina@")
    assert response.status_code == 422
    assert "Dina" in response.content.decode()
    assert not meeting.attendances.exists()


def test_guest_is_told_once_of_each_change_in_the_language_in_which_they_came(amina):
    client, meeting = amina
    come(meeting, language="fr")
    mail.outbox.clear()
    for _again in range(2):
        tasks.tell_people.enqueue(str(meeting.pk), "http://testserver/")
    assert mail.outbox == [], "nothing is new since the first mail"
    client.post(address("cancel", meeting.pk))
    (sent,) = mail.outbox
    assert sent.to == ["dina@example.org"]
    assert f"http://testserver{address('leave', meeting.pk, language='fr')}" in sent.body
    assert "STATUS:CANCELLED" in sent.attachments[0][1]
    assert not re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", sent.body), "the code is known in the first mail alone"


def test_code_of_the_mail_ends_the_mails_and_deletes_name_and_address(amina):
    client, meeting = amina
    come(meeting)
    code = code_in(mail.outbox[0].body)
    assert Client().post(address("leave", meeting.pk), {"code": code}).status_code == 302
    assert not Attendance.objects.exists()
    mail.outbox.clear()
    client.post(address("cancel", meeting.pk))
    assert mail.outbox == []


def test_nobody_reads_the_address_of_a_guest(amina):
    client, meeting = amina
    come(meeting)
    for name in ("meeting", "people"):
        page = client.get(address(name, meeting.pk)).content.decode()
        assert "dina@" not in page
    assert "Dina" in page
    assert "dina@" not in Client().get(address("meeting", meeting.pk)).content.decode()


def test_address_goes_once_the_meeting_is_over_and_the_name_stays(amina):
    _client, meeting = amina
    come(meeting)
    services.delete_old_attendance()
    assert Attendance.objects.get().email == "dina@example.org"
    past = timezone.now() - timedelta(hours=1)
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=past - timedelta(hours=2), ends_at=past)
    services.delete_old_attendance()
    one = Attendance.objects.get()
    assert (one.name, one.email, one.language) == ("Dina", "", "")


def test_mail_server_that_is_away_keeps_the_place_and_the_code_stands_on_the_page(amina, monkeypatch, caplog):
    def away(message):
        raise ConnectionRefusedError(f"refused: {message.to}")

    _client, meeting = amina
    monkeypatch.setattr(tasks.EmailMessage, "send", away)
    _browser, response = come(meeting)
    page = response.content.decode()
    assert "The mail to you could not be sent." in page
    assert code_in(page)
    assert meeting.attendances.count() == 1
    assert "dina" not in caplog.text


def test_people_with_an_account_get_the_date_for_their_calendar_too(amina):
    client, meeting = amina
    khadija = signed_in("khadija@example.org")[0]
    khadija.post(address("register", meeting.pk), {"organization": "", "gender": ""})
    mail.outbox.clear()
    client.post(address("cancel", meeting.pk))
    (sent,) = mail.outbox
    assert sent.to == ["khadija@example.org"]
    assert "STATUS:CANCELLED" in sent.attachments[0][1]
    assert "Your code" not in sent.body


# ---------------------------------------------------------------- a sheet of guests
def sheet(client, meeting, lines, language="en"):
    return client.post(address("people", meeting.pk, language=language), {"lines": lines})


@pytest.fixture
def begun(amina):
    client, meeting = amina
    Meeting.objects.update(starts_at=timezone.now() - timedelta(minutes=5))
    return client, meeting


def test_a_sheet_of_guests_comes_in_at_once(begun):
    client, meeting = begun
    lines = "Dina; Mill; sme; Woman\n\nBilal\tUniversity of Tunis\tUniversity\t\nZoé؛ Mill；sme\n ; ; \n"
    response = sheet(client, meeting, lines)
    assert response.status_code == 302
    said = ("name", "organization", "organization_type", "gender", "state", "agreed_at")
    assert list(meeting.attendances.values_list(*said)) == [
        ("Dina", "Mill", "sme", "woman", "attended", None),
        ("Bilal", "University of Tunis", "university", "", "attended", None),
        ("Zoé", "Mill", "sme", "", "attended", None),
    ]
    assert "3 guests are now on the list." in client.get(response.url).content.decode()


def test_kinds_are_read_in_the_language_of_the_page(begun):
    client, meeting = begun
    assert sheet(client, meeting, "Dina; ; petite ou moyenne entreprise; femme", "fr").status_code == 302
    assert meeting.attendances.values_list("organization_type", "gender").get() == ("sme", "woman")


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("; Mill", "Line 2: The name is missing; it comes first."),
        ("Dina; Mill; factory; woman", "Line 2: “factory” is no kind of organization."),
        ("Dina; Mill; sme; f", "Line 2: “f” is not one of: Woman, Man, Another answer."),
        ("Dina; Mill; sme; woman; Bilal", "Line 2: There are more than four parts."),
        ("D" * 201, "Line 2: A name has at most 200 letters."),
    ],
)
def test_a_line_that_cannot_be_read_is_named_and_nothing_is_lost(begun, line, fault):
    client, meeting = begun
    response = sheet(client, meeting, f"Amal; Foundry\n{line}")
    page = response.content.decode()
    assert response.status_code == 422
    assert fault in page
    assert f"Amal; Foundry\n{line}" in page
    assert not meeting.attendances.exists()


def test_a_sheet_has_an_end_and_waits_for_the_meeting(amina):
    client, meeting = amina
    assert "has not begun" in sheet(client, meeting, "Amal").content.decode()
    Meeting.objects.update(starts_at=timezone.now() - timedelta(minutes=5))
    assert "501 lines; 500 go in at once" in sheet(client, meeting, "Amal\n" * 501).content.decode()
    assert not meeting.attendances.exists()

"""Mails about a meeting: told once of each change, also when no server took them at first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from minga.meetings import services
from minga.meetings.models import Attendance, Meeting
from minga.meetings.testing import address, called, sent, signed_in, text_of
from minga.members import services as members

pytestmark = [pytest.mark.page, pytest.mark.usefixtures("db")]


def test_those_on_the_list_are_told_once_of_each_change(amina, khadija):
    client, _account, host = amina
    meeting = called(organization=host, is_public=True)
    khadija.post(address("register", meeting.pk), {"organization": "", "gender": ""})
    mail.outbox.clear()
    given = sent(host, title=meeting.title, seen="1", language="en")
    client.post(address("edit", meeting.pk), given)
    assert [one.to for one in mail.outbox] == [["khadija@example.org"]]
    assert mail.outbox[0].subject == "Meeting: Hearing on AI in workshops"
    for words in (
        "5 March 2031, 09:30 to 12:00",
        "Africa/Tunis (UTC+01:00)",
        f"http://testserver/en/meetings/{meeting.pk}/",
    ):
        assert words in mail.outbox[0].body
    client.post(address("edit", meeting.pk), given | {"seen": "2", "about": "Another text"})
    assert len(mail.outbox) == 1
    client.post(address("cancel", meeting.pk))
    assert len(mail.outbox) == 2
    assert "Hearing on AI in workshops" in mail.outbox[1].subject
    assert "This meeting does not take place." in text_of(Client().get(address("meeting", meeting.pk)))


def test_role_holders_are_told_that_they_are_invited(amina):
    client, account, host = amina
    colleague = signed_in("karim@example.org")[2]
    members.grant_mandate(by=None, person=colleague, role="respondent", organization=host)
    meeting = called(organization=host)
    mail.outbox.clear()
    client.post(address("invite", meeting.pk))
    client.post(address("invite", meeting.pk))
    assert sorted(one.to[0] for one in mail.outbox) == [account.email, "karim@example.org"]


def test_mail_server_that_is_away_stops_nobody_and_the_log_names_no_address(amina, khadija, monkeypatch, caplog):
    from minga.meetings import tasks

    def away(message):
        raise ConnectionRefusedError(f"refused: {message.to}")

    meeting = called(organization=amina[2], is_public=True)
    khadija.post(address("register", meeting.pk), {"organization": "", "gender": ""})
    monkeypatch.setattr(tasks.EmailMessage, "send", away)
    assert amina[0].post(address("cancel", meeting.pk)).status_code == 302
    assert Meeting.objects.get().state == "cancelled"
    assert "a mail about a meeting could not be sent (ConnectionRefusedError)" in caplog.text
    assert "@" not in caplog.text


def test_mail_that_no_server_took_is_tried_again_and_goes_out_once(amina, khadija, settings, monkeypatch):
    from django_tasks_db.models import DBTaskResult

    from minga.meetings import tasks

    meeting = called(organization=amina[2], is_public=True)
    khadija.post(address("register", meeting.pk), {"organization": "", "gender": ""})
    mail.outbox.clear()
    site = "http://testserver/"
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "long"]}}
    Meeting.objects.update(sequence=5)
    with monkeypatch.context() as away:
        away.setattr(tasks.EmailMessage, "send", lambda message: 0)
        assert tasks.tell_people.func(str(meeting.pk), site) == 0
        later = DBTaskResult.objects.get()
        assert later.args_kwargs == {"args": [str(meeting.pk), site, 1], "kwargs": {}}
        assert timedelta(minutes=4) < later.run_after - timezone.now() <= timedelta(minutes=5)
        for tried in range(1, 9):
            tasks.tell_people.func(str(meeting.pk), site, tried)
        assert DBTaskResult.objects.count() == 4, "after four times it waits for the next change of the meeting"
    assert mail.outbox == []
    assert tasks.tell_people.func(str(meeting.pk), site, 1) == 1
    assert tasks.tell_people.func(str(meeting.pk), site, 2) == 0
    assert [one.to for one in mail.outbox] == [["khadija@example.org"]]


def test_mail_that_failed_late_does_not_forget_that_a_newer_change_was_told(amina, khadija):

    meeting = called(organization=amina[2], is_public=True)
    khadija.post(address("register", meeting.pk), {"organization": "", "gender": ""})
    slow = Attendance.objects.select_related("meeting").get()
    Attendance.objects.update(told=slow.meeting.sequence + 1)
    services.note_as_not_told(attendance=slow)
    assert Attendance.objects.get().told == slow.meeting.sequence + 1

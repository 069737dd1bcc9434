"""Coming to a meeting: people, organizations and guests; the last place; who came, and what everyone sees of it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from minga.meetings.models import Attendance, Meeting
from minga.meetings.testing import address, called, hearing, text_of

pytestmark = [pytest.mark.page, pytest.mark.usefixtures("db")]


def test_person_comes_sees_the_link_and_excuses_herself(amina, khadija):
    meeting = called(organization=amina[2], is_public=True, online_link="https://join.example/room-7", capacity=3)
    assert "join.example" not in khadija.get(address("meeting", meeting.pk)).content.decode()
    assert khadija.get(address("register", meeting.pk)).status_code == 200
    assert khadija.post(address("register", meeting.pk), {"organization": "", "gender": "woman"}).status_code == 302
    page = khadija.get(address("meeting", meeting.pk)).content.decode()
    assert "https://join.example/room-7" in page
    assert "2 of 3 are free" in page
    assert "join.example" in khadija.get(address("event", meeting.pk)).content.decode().replace("\r\n ", "")
    assert "join.example" not in Client().get(address("event", meeting.pk)).content.decode().replace("\r\n ", "")
    khadija.post(address("excuse", meeting.pk))
    assert "join.example" not in khadija.get(address("meeting", meeting.pk)).content.decode()
    assert Attendance.objects.get().state == "excused"


def test_nobody_comes_for_an_organization_that_is_not_theirs(amina, khadija):
    meeting = called(organization=amina[2], is_public=True)
    assert khadija.post(address("register", meeting.pk), {"organization": str(amina[2].pk)}).status_code == 422
    assert amina[0].post(address("register", meeting.pk), {"organization": str(amina[2].pk)}).status_code == 302
    place = Attendance.objects.get()
    assert (place.organization, place.organization_type) == ("Chamber of Tunis", "association")


def test_guest_comes_to_a_hearing_and_leaves_it(amina):
    meeting = hearing(organization=amina[2])
    dina = Client()
    assert dina.post(address("register", meeting.pk), {"name": "Dina"}).status_code == 422
    assert not Attendance.objects.exists()
    response = dina.post(address("register", meeting.pk), {"name": "Dina", "agrees": "on"})
    code = re.search(r'class="code"[^>]*>([0-9A-Z-]{19})<', response.content.decode()).group(1)
    assert "You are on the list." in text_of(dina.get(address("meeting", meeting.pk)))
    assert "You are on the list." not in text_of(Client().get(address("meeting", meeting.pk)))
    other = Client()
    assert other.post(address("leave", meeting.pk), {"code": "0000-0000-0000-0000"}).status_code == 422
    assert other.post(address("leave", meeting.pk), {"code": code.lower()}).status_code == 302
    assert not Attendance.objects.exists()
    second = Client()
    second.post(address("register", meeting.pk), {"name": "Dina", "agrees": "on"})
    assert second.post(address("leave", meeting.pk)).status_code == 302
    assert not Attendance.objects.exists()


def test_visitors_sign_in_for_anything_but_a_hearing():
    meeting = called(is_public=True)
    assert "/account/login/" in Client().get(address("register", meeting.pk)).url
    assert "/account/login/" in Client().post(address("register", meeting.pk), {"name": "D", "agrees": "on"}).url
    assert Client().post(address("excuse", meeting.pk)).status_code == 404
    assert not Attendance.objects.exists()


def test_last_place_is_given_once(khadija):
    meeting = hearing(capacity=1)
    Client().post(address("register", meeting.pk), {"name": "Dina", "agrees": "on"})
    khadija.post(address("register", meeting.pk), {"organization": "", "gender": ""})
    assert Attendance.objects.get().name == "Dina"
    assert "All places are taken." in text_of(khadija.get(address("meeting", meeting.pk)))


def test_guests_cannot_flood_a_hearing():
    meeting, browser = hearing(), Client()
    codes = [browser.post(address("register", meeting.pk), {"name": f"G{n}", "agrees": "on"}) for n in range(31)]
    assert codes[-1].status_code == 429
    assert Attendance.objects.count() == 30


# ---------------------------------------------------------------- the list and the figures
def test_list_marks_who_came_and_everyone_sees_counts_alone(amina):
    client, _account, host = amina
    meeting = hearing(organization=host)
    for number in range(6):
        gender = "woman" if number else "man"
        guest = {"name": f"Guest {number}", "agrees": "on", "organization_type": "sme", "gender": gender}
        Client().post(address("register", meeting.pk), guest)
    Meeting.objects.update(starts_at=timezone.now() - timedelta(minutes=5))
    for place in Attendance.objects.all():
        client.post(address("person", meeting.pk, place.pk), {"do": "came"})
    client.post(address("people", meeting.pk), {"name": "Walk-in", "organization": "Mill", "gender": "woman"})
    client.post(address("hold", meeting.pk))
    listed = text_of(client.get(address("people", meeting.pk)))
    assert "Guest 3" in listed
    assert "Walk-in" in listed
    page = text_of(Client().get(address("meeting", meeting.pk)))
    assert "7 people came." in page
    assert "Guest 3" not in page
    assert "Man withheld" in page
    assert "Woman withheld" in page
    assert "Small or medium-sized enterprise withheld" in page
    client.post(address("person", meeting.pk, Attendance.objects.first().pk), {"do": "delete"})
    client.post(address("person", meeting.pk, Attendance.objects.first().pk), {"do": "not"})
    assert "5 people came." in text_of(Client().get(address("meeting", meeting.pk)))

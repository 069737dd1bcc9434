"""From a meeting to what became of what was said there: its page leads to the voices, and these cannot lose it."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from minga.deliberation.models import Consultation, Source, Voice
from minga.deliberation.services import answering, harvesting
from minga.deliberation.testing_talk import signed_in
from minga.deliberation.testing_voices import consultation, themed
from minga.meetings import services as meetings
from minga.members import services as members

pytestmark = [pytest.mark.page, pytest.mark.django_db]

SAID = ("Power fails at noon.", "Nobody reads twenty pages.", "Courses are far away.")


@pytest.fixture
def amina():
    """Return the browser and the person of Amina, whose chamber hosts the meeting."""
    account = members.create_account(email="amina@chamber.example", password=uuid4().hex, name="Amina")
    person = members.person_for(account)
    chamber = members.create_organization(by=person, name="Chamber of Praia", type="association", country="CV")
    members.list_in_directory(organization=chamber, by=person, listed=True)
    return signed_in(account), chamber


def heard(meeting, asked, said=SAID):
    """Note what was said at a meeting, and take it in as voices."""
    noted = [meetings.add_takeaway(meeting=meeting, kind="point", text=text, language="en") for text in said]
    harvesting.voices_from_takeaways(consultation=asked, meeting=meeting, takeaways=noted)
    return noted


def held(chamber, **fields):
    """Call a public hearing of the chamber that began three hours ago, and mark it as held."""
    begun = timezone.now() - timedelta(hours=3)
    given = {"title": "Hearing in Praia", "kind": "hearing", "is_public": True, "place": "Praia"} | fields
    times = {"starts_at": begun, "ends_at": begun + timedelta(hours=2), "time_zone": "Atlantic/Cape_Verde"}
    meeting = meetings.call_meeting(organization=chamber, **given, **times)
    meetings.announce(meeting=meeting)
    meetings.hold(meeting=meeting)
    return meeting


def page_of(meeting, browser=None):
    response = (browser or Client()).get(reverse("meetings:meeting", args=[meeting.pk]))
    assert response.status_code == 200
    return response.content.decode()


def address(voice):
    return reverse("deliberation:voice", args=[voice.consultation.slug, voice.number])


def test_meeting_leads_to_each_voice_with_its_answer_and_its_consultation(amina):
    asked, meeting = consultation(), held(amina[1])
    heard(meeting, asked)
    first, second, third = Voice.objects.order_by("number")
    answering.give_answer(target=themed(asked, "Courses", [third]), answer="accepted")
    answering.give_answer(target=first, answer="out_of_scope", reason="Power belongs to the energy plan of next year.")
    shown = page_of(meeting)
    assert reverse("deliberation:consultation", args=[asked.slug]) in shown
    rows = [row for row in shown.split("<li") if "/voices/" in row]
    assert [address(voice) in row for voice, row in zip((first, second, third), rows, strict=True)] == [True] * 3
    assert "out of scope" in rows[0]
    assert "waits for its answer" in rows[1]
    assert "accepted" in rows[2]


def test_a_meeting_of_which_nothing_was_taken_in_shows_no_empty_part(amina):
    meeting = held(amina[1])
    meetings.add_takeaway(meeting=meeting, kind="point", text="Nobody asked.", language="en")
    assert "What became of the takeaways" not in page_of(meeting)


@pytest.mark.parametrize("how", ["in preparation", "not to be shown", "taken back"])
def test_what_may_not_be_shown_is_shown_to_nobody_here(amina, how):
    asked, meeting = consultation(), held(amina[1])
    heard(meeting, asked)
    assert "What became of the takeaways" in page_of(meeting)
    if how == "in preparation":
        Consultation.objects.update(state="draft")
    elif how == "not to be shown":
        Source.objects.update(may_publish=False)
    else:
        for voice in Voice.objects.all():
            take_back(voice)
    assert "/voices/" not in page_of(meeting)
    assert "What became of the takeaways" not in page_of(meeting, amina[0])


def take_back(voice):
    Voice.objects.filter(pk=voice.pk).update(withdrawn_at=voice.created_at, text="")


def test_a_takeaway_that_is_a_voice_cannot_be_deleted_and_the_page_says_why(amina):
    browser, chamber = amina
    meeting = held(chamber)
    (noted,) = heard(meeting, consultation(), SAID[:1])
    with pytest.raises(ValueError, match="voice of a consultation") as refused:
        meetings.delete_takeaway(takeaway=noted)
    assert refused.value.code == "taken_in"
    at = reverse("meetings:takeaway_delete", args=[meeting.pk, noted.number])
    said = browser.post(at, follow=True).content.decode()
    assert "A consultation took this takeaway in as a voice, so it stays" in said
    assert Voice.objects.get().takeaway == noted
    free = meetings.add_takeaway(meeting=meeting, kind="point", text="Nobody took this in.", language="en")
    meetings.delete_takeaway(takeaway=free)
    assert [one.number for one in meeting.takeaways.all()] == [noted.number]


def test_more_takeaways_ask_the_database_no_more_often(amina):
    asked, small, large = consultation(), held(amina[1]), held(amina[1], title="Another")
    heard(small, asked, SAID[:1])
    heard(large, asked, [f"Point {number}." for number in range(12)])
    page_of(small)
    counted = []
    for meeting in (small, large):
        with CaptureQueriesContext(connection) as asked_for:
            page_of(meeting)
        counted.append(len(asked_for))
    assert counted[0] == counted[1]


def test_a_closed_meeting_leads_to_no_voice_of_its_own(amina):
    """Its words were not public, so neither is what became of them."""
    browser, chamber = amina
    meeting = held(chamber, is_public=False)
    heard(meeting, consultation())
    assert "/voices/" not in page_of(meeting, browser)

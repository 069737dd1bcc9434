"""Letters that nobody has read: no page says that everyone was heard while one of them waits."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from minga.deliberation.models import Draft, Source
from minga.deliberation.selectors import adoption, consulting
from minga.deliberation.services import answering
from minga.deliberation.testing_voices import at_work, consultation, heard, sent
from minga.deliberation.tests.test_site_answering_pages import address, html

pytestmark = [pytest.mark.page, pytest.mark.django_db]


@pytest.fixture
def asked():
    """One voice is answered, and two letters lie unread; one that was taken back is none."""
    made = consultation(state="closed")
    answering.give_answer(target=heard(made, "Flour is dear."), answer="accepted")
    sent(made, "A letter")
    sent(made, "Another letter")
    sent(made, "")
    return made


def test_sorting_and_answering_are_not_done_while_a_letter_is_unread(asked):
    told = consulting.progress(asked)
    steps = dict(told.steps())
    assert (told.unread, steps["sort"], steps["answer"], steps["adopt"]) == (2, "now", "now", "later")
    Source.objects.update(read_at=timezone.now())
    steps = dict(consulting.progress(asked).steps())
    assert (steps["sort"], steps["answer"]) == ("done", "done")


def test_everyone_reads_how_many_letters_are_not_yet_read(asked):
    page = address("consultation", asked.slug)
    shown = html(Client().get(page))
    assert "2 letters are not yet read." in shown
    assert "Each one has its answer." not in shown
    Source.objects.update(read_at=timezone.now())
    shown = html(Client().get(page))
    assert "not yet read" not in shown
    assert "Each one has its answer." in shown


def test_desk_of_answers_leads_to_the_letters_instead_of_saying_that_nothing_waits(asked):
    analyst, _account = at_work(asked, "analyst")
    waiting = address("sources", asked.slug) + "?state=waiting"
    shown = html(analyst.get(address("answers", asked.slug)))
    assert f'<a href="{waiting}">2 letters are not yet read.</a>' in shown
    assert "Nothing waits" not in shown
    Source.objects.update(read_at=timezone.now())
    assert "Nothing waits" in html(analyst.get(address("answers", asked.slug)))


@pytest.mark.parametrize("state", ["open", "closed"])
def test_adoption_lists_the_letters_among_what_is_missing(asked, state):
    asked.state = state
    asked.save()
    draft = Draft.objects.create(consultation=asked, slug="strategy", title="Strategy", version=1)
    lead, _account = at_work(asked, "lead")
    shown = html(lead.get(address("desk_adopt", asked.slug, draft.slug)))
    assert f'{address("sources", asked.slug)}?state=waiting">2 letters are not yet read</a>' in shown
    assert "Every voice has its answer." not in shown


def test_a_letter_that_shall_be_looked_at_again_hinders_adoption_too(asked):
    Source.objects.update(read_at=timezone.now())
    draft = Draft.objects.create(consultation=asked, slug="strategy", title="Strategy", version=1)
    assert adoption.refusal(draft, asked, "person:1") is None
    Source.objects.filter(voices__isnull=False).update(read_at=None)
    assert adoption.refusal(draft, asked, "person:1").code == "unheard"

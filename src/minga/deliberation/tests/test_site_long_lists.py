"""Lists that are longer than a page, with what they count, and titles in the language of the page."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from minga.deliberation import testing_voices as people
from minga.deliberation.models import Voice
from minga.deliberation.selectors import answering as answers
from minga.deliberation.selectors import overview, sources
from minga.deliberation.services import answering, drafting
from minga.deliberation.services import consulting as services
from minga.deliberation.testing_conversations import conversation, said
from minga.deliberation.tests.test_site_commitments import address, adopted, promise

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def html(response, status=200):
    assert response.status_code == status, response.content.decode()
    return " ".join(response.content.decode().split())


def test_desk_shows_commitments_page_by_page_what_is_late_first():
    asked = people.consultation()
    _draft, clause = adopted(asked)
    for days in range(1, 53):
        promise(clause, title=f"Promise {days}", due_on=date.today() + timedelta(days=days))
    late = promise(clause, title="The late one")
    type(late).objects.filter(pk=late.pk).update(due_on=date.today() - timedelta(days=1))
    client = people.at_work(asked, "lead")[0]
    first = html(client.get(address("desk_commitments", asked.slug)))
    assert first.count("#report") == 50
    assert first.index("The late one") < first.index("Promise 1<")
    second = html(client.get(address("desk_commitments", asked.slug), {"page": 2}))
    assert re.findall(r">(Promise \d+)<", second) == ["Promise 50", "Promise 51", "Promise 52"]
    assert "Page 2 of 2" in second


def test_what_one_works_on_is_shown_page_by_page():
    asked = people.consultation()
    client, account = people.at_work(asked, "lead")
    for number in range(12):
        more = people.consultation(f"more-{number}", title=f"Question {number}")
        services.add_to_team(consultation=more, email=account.email, task="lead")
    first = html(client.get("/en/deliberation/"))
    link = re.search(r'<a rel="next" href="(\?own=2)"', first).group(1)
    seen = [
        re.findall(r'href="(/en/deliberation/[\w-]+/desk/)"', html(client.get(f"/en/deliberation/{q}")))
        for q in ("", link)
    ]
    assert [len(addresses) for addresses in seen] == [12, 1]
    assert len({one for addresses in seen for one in addresses}) == 13
    assert "own=2" not in html(Client().get("/en/deliberation/"))


def test_desk_of_a_draft_counts_every_answer_that_waits_not_only_those_it_lists(monkeypatch):
    monkeypatch.setattr(answers, "_MOST_TO_CHOOSE", 2)
    asked = people.consultation()
    drafting.make_draft(consultation=asked, title="Plan", slug="plan")
    for number in range(3):
        answering.give_answer(target=people.heard(asked, f"We want {number} ovens."), answer="accepted")
    page = html(people.at_work(asked, "editor")[0].get(address("desk_draft", asked.slug, "plan")))
    assert "3 accepted answers are not carried into the text yet" in page


def test_parts_of_a_consultation_name_a_conversation_in_the_language_of_the_page():
    asked = people.consultation()
    conversation("ovens", consultation=asked, title="Ovens", translations={"fr": {"title": "Les fours"}})
    with translation.override("fr"):
        labels = [str(part.label) for part in (*overview.desk_reports(asked), *overview.desk_moderation(asked))]
    assert len(labels) == 2
    assert all("Les fours" in label and "Ovens" not in label for label in labels)


def test_answer_to_a_statement_names_its_conversation_in_the_language_of_the_page():
    asked = people.consultation()
    talk = conversation("ovens", consultation=asked, title="Ovens", translations={"fr": {"title": "Les fours"}})
    said(talk, "More ovens.")
    client = people.at_work(asked, "analyst")[0]
    page = html(client.get(address("answer_statement", asked.slug, "ovens", 0).replace("/en/", "/fr/")))
    assert '<bdi lang="fr" dir="ltr">Les fours</bdi>' in page


def test_list_of_sources_counts_voices_that_stand_and_those_taken_back_without_joining_all_of_them():
    asked = people.consultation()
    voices = [people.heard(asked, f"We want {number} ovens.") for number in range(3)]
    source = voices[0].source
    Voice.objects.filter(pk=voices[1].pk).update(source=source, number=8, withdrawn_at=timezone.now())
    Voice.objects.filter(pk=voices[2].pk).update(source=source, number=9)
    counts = {one.number: (one.n_voices, one.n_withdrawn) for one in sources.search(asked)}
    assert counts == {source.number: (2, 1), voices[1].source.number: (0, 0), voices[2].source.number: (0, 0)}
    assert [one.number for one in sources.search(asked, state=sources.WITHDRAWN)] == [source.number]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert sources.search(asked).count() == 3
    assert "voice" not in queries[0]["sql"], "to count sources no voice is looked at"

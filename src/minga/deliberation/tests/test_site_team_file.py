"""The file of answers with their senders: for those who sort and answer, never for others, and written down."""

from __future__ import annotations

import io
from datetime import date, datetime

import pytest
from django.test import Client
from openpyxl import load_workbook

from minga.deliberation.models import Consultation
from minga.deliberation.services import answering, drafting, versions
from minga.deliberation.testing_voices import at_work, consultation, heard, themed
from minga.deliberation.tests.test_site_answering_pages import WHY, address, html
from minga.members import selectors as members
from minga.web.testing_access import is_turned_away

pytestmark = [pytest.mark.page, pytest.mark.django_db]


@pytest.fixture
def asked():
    return consultation()


def table(response):
    """Return the first line, and the rows below the header by their voice."""
    assert response.status_code == 200
    lines = list(load_workbook(io.BytesIO(response.content)).worksheets[0].iter_rows(values_only=True))
    rows = [dict(zip(lines[1], line, strict=True)) for line in lines[2:]]
    return lines[0][0], {row["Voice"]: row for row in rows}


def test_every_voice_has_a_row_with_its_sender_answer_and_clauses(asked):
    sent = {"author_name": "Amina", "author_organization": "Bakery", "author_address": "amina@example.org"}
    flour = heard(asked, "=Flour is dear.", name="letters.xlsx", place="row 12", may_publish=False, **sent)
    other = heard(asked, "Flour costs too much.", receipt_hash="a" * 64)
    heard(asked, "Nobody answers me.")
    theme = themed(asked, "Flour", [flour, other])
    accepted = answering.give_answer(target=theme, answer="accepted", responder="Ministry")
    answering.give_answer(target=other, answer="duplicate_of", duplicate_of=flour, reason=WHY, responder="Ministry")
    draft = drafting.make_draft(consultation=asked, title="Plan", slug="plan")
    drafting.add_clause(draft=draft, heading="Food", text="Flour is cheap.", dispositions=[accepted])
    versions.publish_version(draft=draft)
    nadia, _account = at_work(asked, "analyst")
    response = nadia.get(address("answers_team_file", asked.slug))
    assert response["Content-Disposition"] == 'attachment; filename="strategy-answers-team.xlsx"'
    above, rows = table(response)
    assert above.startswith("For the team alone")
    first = rows["V1"]
    assert (first["Source"], first["File"], first["Place in the file"]) == ("S1", "letters.xlsx", "row 12")
    assert (first["Name"], first["Organization"], first["E-mail address"]) == tuple(sent.values())
    assert (first["Words"], first["May be shown"], first["Has a code"]) == ("=Flour is dear.", "no", "no")
    assert (first["Theme"], first["Answer"], first["Who answers"]) == ("Flour", "accepted", "Ministry")
    assert first["Clauses"] == first["Stands today in"] == "Plan, C1 Food"
    assert isinstance(first["Answered on"], date | datetime)
    assert isinstance(first["Received on"], date | datetime)
    assert rows["V2"]["Answer"] == "said by another voice too (V1)\naccepted"
    assert rows["V2"]["Has a code"] == "yes"
    assert (rows["V3"]["Answer"], rows["V3"]["Answered on"]) == (None, None)


def test_what_is_not_published_is_told_to_nobody(asked):
    draft = drafting.make_draft(consultation=asked, title="Plan", slug="plan")
    accepted = answering.give_answer(target=heard(asked, "Flour is dear."), answer="accepted")
    drafting.add_clause(draft=draft, heading="Food", text="Flour is cheap.", dispositions=[accepted])
    _above, rows = table(at_work(asked, "lead")[0].get(address("answers_team_file", asked.slug)))
    assert rows["V1"]["Clauses"] is None


@pytest.mark.parametrize("task", ["moderator", "editor", ""])
def test_who_does_not_see_senders_gets_no_file(asked, task):
    others = at_work(asked, task)[0] if task else Client()
    assert is_turned_away(others.get(address("answers_team_file", asked.slug)))
    assert at_work(consultation("other"), "lead")[0].get(address("answers_team_file", asked.slug)).status_code == 404


def test_taking_it_along_is_written_down_and_the_desk_leads_to_it(asked):
    nadia, _account = at_work(asked, "analyst")
    page = address("answers_team_file", asked.slug)
    assert f'href="{page}"' in html(nadia.get(address("answers", asked.slug)))
    nadia.get(page)
    assert members.acts().filter(act="answers.taken_along").count() == 1


def test_few_queries_write_many_rows(asked, django_assert_max_num_queries):
    themed(asked, "Flour", [heard(asked, f"Flour {at}") for at in range(30)])
    nadia, _account = at_work(asked, "analyst")
    with django_assert_max_num_queries(30):
        nadia.get(address("answers_team_file", asked.slug))
    assert Consultation.objects.count() == 1

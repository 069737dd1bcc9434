"""Publishing and adopting a draft in which the template still speaks, or that cannot be published yet."""

from __future__ import annotations

import pytest
from django.test import Client

from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import Consultation
from minga.deliberation.selectors import adoption
from minga.deliberation.selectors import drafts as selectors
from minga.deliberation.services import adopting, answering, drafting, versions
from minga.deliberation.testing_voices import at_work, consultation, heard
from minga.deliberation.tests.test_site_answering_pages import address, html

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def begun(kind="guideline", language="en", **fields):
    return drafting.make_draft(consultation=consultation(**fields), title="Plan", slug="plan", kind=kind,
                               language=language)  # fmt: skip


def write(draft, row, text):
    clause = draft.clauses.get(number=row.number)
    row = drafting.rows.latest(draft, clause)
    seen = selectors.words_mark(row.heading, row.text)
    drafting.save_clause(clause=clause, heading=row.heading, text=text, seen=seen)


@pytest.mark.parametrize("language", ["en", "fr", "pt"])
def test_a_clause_is_a_prompt_until_somebody_writes_it(language):
    draft = begun(language=language)
    rows = selectors.clauses_at(draft, 1)
    assert [one.code for one in adoption.prompts(draft, 1)] == [one.code for one in rows]
    write(draft, rows[0], rows[0].text.replace(" ", "\r\n", 1))
    assert len(adoption.prompts(draft, 1)) == len(rows), "a line break is no new word"
    write(draft, rows[0], "Firms say what their systems decide.")
    assert [one.code for one in adoption.prompts(draft, 1)] == [one.code for one in rows[1:]]


def test_an_empty_page_holds_no_prompt():
    draft = begun("empty")
    drafting.add_clause(draft=draft, heading="Data", text="Firms may share data.")
    assert adoption.prompts(draft, 1) == []


def test_publishing_warns_of_prompts_and_of_answers_that_no_clause_carries():
    draft = begun()
    answer = answering.give_answer(target=heard(draft.consultation, "We want training."), answer="accepted")
    bao, _account = at_work(draft.consultation, "lead")
    page = address("desk_publish", "strategy", "plan")
    shown = html(bao.get(page))
    assert f'<a href="{address("desk_clause", "strategy", "plan", 1)}">' in shown
    assert f'<a href="{address("answer_voice", "strategy", answer.voice.number)}">V1 We want training.</a>' in shown
    refused = html(bao.post(page, {"note": "First words"}), 422)
    assert "First words</textarea>" in refused
    assert 'name="unwritten"' in refused
    assert bao.post(page, {"note": "First words", "unwritten": "on"}).status_code == 302
    draft.refresh_from_db()
    assert draft.version == 1


def test_readers_see_which_clauses_nobody_has_written_yet():
    draft = begun("strategy")
    first = selectors.clauses_at(draft, 1)[0]
    write(draft, first, "Firms say what their systems decide.")
    versions.publish_version(draft=draft)
    unwritten = adoption.prompts(draft, 1)
    shown = html(Client().get(address("draft", "strategy", "plan")))
    assert shown.count("not yet written</span>") == len(unwritten) > 3
    assert "not yet written</span>" in html(Client().get(address("clause", "strategy", "plan", unwritten[0].number)))
    assert "not yet written</span>" not in html(Client().get(address("clause", "strategy", "plan", first.number)))
    file = Client().get(address("draft_file", "strategy", "plan", 1, "md")).content.decode()
    assert file.count("Not yet written.") == len(unwritten)
    assert unwritten[0].text[:40] not in file
    assert "Firms say what their systems decide." in file


def test_everything_that_stands_in_the_way_is_listed_at_once_with_links():
    draft = begun()
    answer = answering.give_answer(target=heard(draft.consultation, "We want training."), answer="accepted")
    waiting = heard(draft.consultation, "And farmers?")
    lead, account = at_work(draft.consultation, "lead")
    page = address("desk_adopt", "strategy", "plan")
    shown = html(lead.get(page))
    publish = f'<a href="{address("desk_publish", "strategy", "plan")}">'
    desk = f'<a href="{address("desk", "strategy")}">Desk</a>: The consultation still takes voices in.'
    for words in (
        f"{publish}Publish a version</a>: No version of this draft is published.",
        desk,
        f'<a href="{address("desk_clause", "strategy", "plan", 1)}">C1 ',
        f'/voice/{waiting.number}/">{waiting.code}</a>: This voice has no answer',
        "no clause carries it",
    ):
        assert words in shown
    clause = draft.clauses.get(number=1)
    row = drafting.rows.latest(draft, clause)
    seen = selectors.words_mark(row.heading, row.text)
    drafting.save_clause(clause=clause, heading="Ours", text="Ours.", seen=seen, dispositions=[answer])
    shown = html(lead.get(page))
    assert "no clause carries it" not in shown
    assert f"{publish}V1 We want training.</a>: It stands in a text that is not published yet." in shown
    assert "Publish version 1." in shown
    versions.publish_version(draft=draft, by=account)
    shown = html(lead.get(page))
    assert "not published yet" not in shown
    assert f'<a href="{address("team", "strategy")}">Team</a>: You published the last version yourself.' in shown
    assert desk in shown


def test_adoption_refuses_prompts_and_names_them_with_links():
    draft = begun()
    versions.publish_version(draft=draft)
    Consultation.objects.update(state="closed")
    draft.refresh_from_db()
    lead, account = at_work(draft.consultation, "lead")
    shown = html(lead.get(address("desk_adopt", "strategy", "plan")))
    assert f'<a href="{address("desk_clause", "strategy", "plan", 1)}">C1 ' in shown
    assert "Every voice has its answer." not in shown
    with pytest.raises(ActError, match="template") as refused:
        adopting.adopt(draft, account, "Council, 3 May")
    assert refused.value.code == "prompts"


def test_a_consultation_in_preparation_shows_no_form_to_publish():
    draft = begun(state="draft")
    bao, _account = at_work(draft.consultation, "lead")
    shown = html(bao.get(address("desk_publish", "strategy", "plan")))
    assert "still in preparation" in shown
    assert 'name="note"' not in shown


def test_a_refused_note_stands_in_the_form_again():
    draft = begun(state="draft")
    bao, _account = at_work(draft.consultation, "lead")
    shown = html(bao.post(address("desk_publish", "strategy", "plan"), {"note": "Read the goals first."}), 422)
    assert "Read the goals first." in shown
    assert "still in preparation" in shown


def test_who_adopts_is_told_of_clauses_without_a_voice_and_may_adopt_all_the_same():
    draft = begun("empty")
    heard(draft.consultation, "We want training.")
    answer = answering.give_answer(target=draft.consultation.voices.get(), answer="accepted")
    drafting.add_clause(draft=draft, heading="Training", text="All are trained.", dispositions=[answer])
    drafting.add_clause(draft=draft, heading="Ours", text="Nobody asked for this.")
    versions.publish_version(draft=draft)
    Consultation.objects.update(state="closed")
    lead, _account = at_work(draft.consultation, "lead")
    page = address("desk_adopt", "strategy", "plan")
    shown = html(lead.get(page))
    missing, _mark, advice = shown.partition("Good to know")
    assert "What is missing" not in missing
    assert f'href="{address("desk_clause", "strategy", "plan", 2)}">C2</a>: No voice stands behind' in advice
    assert "C1</a>" not in advice
    assert f'{address("answer_voice", "strategy", 1)}">V1</a>: Nobody found a theme' in advice
    assert lead.post(page, {"decision": "Council, 3 May"}).status_code == 302

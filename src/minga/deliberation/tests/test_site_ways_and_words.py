"""Every page leads on: statements, themes, clauses, meetings; and words carry their language wherever they stand."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.apps import apps
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from minga.deliberation import testing_voices as people
from minga.deliberation.models import Clause, ClauseVersion, Commitment, Draft, Statement
from minga.deliberation.selectors import drafts
from minga.deliberation.selectors import moderating as moderated
from minga.deliberation.services import answering, drafting, mapping, moderating, reshaping, stating, versions
from minga.deliberation.services.sources import take_in
from minga.deliberation.testing_conversations import conversation, joined, said, with_camps
from minga.deliberation.testing_talk import press, talk
from minga.deliberation.tests.test_site_answering_pages import address

pytestmark = [pytest.mark.page, pytest.mark.django_db]

WHY = "The council discussed this in May and keeps to the earlier text."
ARABIC = "نريد كهرباء في الليل."


def html(where, client=None):
    response = (client or Client()).get(where)
    assert response.status_code == 200, response.content.decode()[:2000]
    return response.content.decode()


def written(asked, answer, language="en"):
    """Publish a draft of one clause that follows from an answer."""
    draft = drafting.make_draft(consultation=asked, title="Plan", slug="plan", language=language)
    clause = drafting.add_clause(draft=draft, heading="Power", text="Power at night.", dispositions=[answer])
    versions.publish_version(draft=draft)
    draft.refresh_from_db()
    clause.draft = draft
    return draft, clause


def promised(draft, clause):
    Draft.objects.filter(pk=draft.pk).update(state="adopted", adopted_at=timezone.now(), decision="Council 12")
    return Commitment.objects.create(
        draft=draft, clause=clause, number=1, title="A tariff", owner="وزارة الطاقة", due_on=date(2030, 1, 1),
        target="2 %",
    )  # fmt: skip


# ---------------------------------------------------------------- statements
@pytest.fixture
def answered():
    """A statement of a closed conversation that was accepted and led to a clause."""
    where = with_camps(2)
    statement = where.statements.first()
    answer = answering.give_answer(target=statement, answer="accepted", responder="Ministry of Energy")
    return where, statement, *written(where.consultation, answer)


def test_statement_behind_a_clause_leads_to_its_page_in_the_report(answered):
    where, statement, draft, clause = answered
    home = address("clause", where.consultation.slug, draft.slug, clause.number)
    assert f'href="{address("conversation", where.slug)}"' in html(home)
    mapping.publish_map(run=mapping.refresh_map(conversation=where))
    assert f'href="{address("report_statement", where.slug, statement.number)}"' in html(home)
    assert f'href="{address("conversation", where.slug)}"' not in html(home)


def test_page_of_a_statement_leads_to_the_clauses_and_the_promises(answered):
    where, statement, draft, clause = answered
    commitment = promised(draft, clause)
    page = html(address("report_statement", where.slug, statement.number))
    assert "Clauses it changed" in page
    assert f'href="{address("clause", where.consultation.slug, draft.slug, clause.number)}"' in page
    assert "What was promised" in page
    assert f'href="{address("commitment", commitment.pk)}"' in page


def test_page_of_a_statement_follows_a_merge_to_the_clause_of_today(answered):
    where, statement, draft, clause = answered
    both = Clause.objects.create(draft=draft, number=9)
    ClauseVersion.objects.create(clause=both, version=2, kind="merge", came_from=[clause.code], text="Both.")
    Draft.objects.update(version=2)
    page = html(address("report_statement", where.slug, statement.number))
    assert re.search(rf'Went on as: <a href="{address("clause", where.consultation.slug, draft.slug, 9)}">C9</a>', page)


def test_clause_that_is_not_published_is_not_named_on_the_page_of_a_statement():
    where = with_camps(2)
    statement = where.statements.first()
    answer = answering.give_answer(target=statement, answer="accepted")
    draft = drafting.make_draft(consultation=where.consultation, title="Plan", slug="plan")
    drafting.add_clause(draft=draft, heading="Secret so far", text="Words.", dispositions=[answer])
    page = html(address("report_statement", where.slug, statement.number))
    assert "Secret so far" not in page
    assert "Clauses it changed" not in page


def test_rejected_statement_is_owed_no_answer():
    where = conversation()
    statement = said(where, "Buy our robots!", state="rejected")
    page = html(address("report_statement", where.slug, statement.number))
    assert "It has not been answered" not in page
    assert "written by the organizers" not in page


def test_author_of_a_statement_is_named_only_as_far_as_it_is_sure():
    where = conversation(is_strict=False)
    first = said(where, "Skills first.")
    assert moderated.written_by(first) == "organizers"
    own = stating.add_statement(participant=joined(where), text="Power first, please.", language="en")
    assert moderated.written_by(own) == "participant"
    Statement.objects.filter(pk=own.pk).update(author=None)
    own.refresh_from_db()
    assert moderated.written_by(own) == "unknown"
    moderating.decide(statement=own, state="accepted", seen_version=own.version)
    assert moderated.written_by(own) == "unknown"
    assert "its author is not known any more" in html(address("report_statement", where.slug, own.number))
    advert = said(where, "Buy our robots!", state="waiting")
    moderating.decide(statement=advert, state="rejected", seen_version=1, rule="advertising")
    assert moderated.written_by(advert) == ""
    moderating.decide(statement=first, state="waiting", seen_version=1)
    moderating.decide(statement=first, state="accepted", seen_version=2)
    assert moderated.written_by(first) == "organizers"


# ---------------------------------------------------------------- the way of a voice
def test_theme_behind_a_clause_and_a_promise_has_its_name_and_leads_to_its_voices():
    asked = people.consultation()
    theme = people.themed(asked, "Power and lines", [people.heard(asked, ARABIC, language="ar")])
    answer = answering.give_answer(target=theme, answer="accepted_in_part", reason=WHY, responder="Ministry")
    draft, clause = written(asked, answer)
    commitment = promised(draft, clause)
    link = f'href="{address("public_theme", asked.slug, theme.number)}"'
    assert link in html(address("clause", asked.slug, draft.slug, clause.number))
    page = html(address("commitment", commitment.pk))
    assert f"<a {link}>Theme T1</a>" in page
    assert '<span lang="en" dir="ltr">Power and lines</span>' in page
    assert f'<span lang="en" dir="ltr">{WHY}</span>' in page
    assert f'<span lang="ar" dir="rtl">{ARABIC}</span>' in page
    assert "<bdi>وزارة الطاقة</bdi> answers for it." in page


def test_answer_in_another_language_than_the_page_says_in_which():
    asked = people.consultation()
    voice = people.heard(asked, ARABIC, language="ar")
    theme = people.themed(asked, "Power and lines", [voice])
    draft, clause = written(asked, answering.give_answer(target=theme, answer="accepted_in_part", reason=WHY))
    commitment = promised(draft, clause)
    with translation.override("fr"):
        where = reverse("deliberation:voice", args=[asked.slug, voice.number])
        told = reverse("deliberation:commitment", args=[commitment.pk])
    page = html(where)
    assert page.count('<span class="tag">en anglais</span>') == 2, "beside the answer and beside the clause"
    assert '<bdi lang="en" dir="ltr">Power and lines</bdi>' in page
    assert f'href="{told}" lang="en" dir="ltr"' in page
    assert '<span class="tag">en anglais</span>' not in html(address("voice", asked.slug, voice.number))


def test_hidden_words_beside_a_change_are_in_the_language_of_the_page():
    class Added:
        kind, text, is_blank = "added", "electricity", False

    with translation.override("ar"):
        shown = render_to_string("deliberation/_drafting_pieces.html", {"pieces": [Added]})
    assert shown.count('<span class="unseen" lang="ar" dir="rtl">') == 2


def test_same_clause_twice_is_told_apart_by_its_version():
    asked = people.consultation()
    answer = answering.give_answer(target=people.heard(asked, "Power at night."), answer="accepted")
    draft, clause = written(asked, answer)
    seen = drafts.words_mark("Power", "Power at night.")
    drafting.save_clause(clause=clause, heading="Power", text="Cheap power at night.", seen=seen, dispositions=[answer])
    versions.publish_version(draft=draft)
    page = html(address("voice", asked.slug, 1))
    assert f"{clause.code}, since version 1</a>" in page
    assert f"{clause.code}, since version 2</a>" in page


def test_voice_without_a_theme_waits_for_none_once_the_text_is_adopted():
    asked = people.consultation()
    people.heard(asked, "Power at night.")
    assert "No theme was found in it yet." in html(address("voice", asked.slug, 1))
    asked.state = "adopted"
    asked.save()
    page = html(address("voice", asked.slug, 1))
    assert "No theme was found in it." in page
    assert "No theme was found in it yet." not in page


def test_removed_clause_says_where_the_reason_stands():
    asked = people.consultation()
    answer = answering.give_answer(target=people.heard(asked, "Take this out."), answer="accepted")
    draft, clause = written(asked, answer)
    drafting.add_clause(draft=draft, heading="Stays", text="Words.")
    reshaping.delete_clause(clause=clause, seen=drafts.words_mark("Power", "Power at night."), dispositions=[answer])
    draft.refresh_from_db()
    versions.publish_version(draft=draft)
    page = html(address("clause", asked.slug, draft.slug, clause.number))
    assert "No voice stands behind this clause so far" not in page
    assert "Why it was changed and taken out stands below" in page


@pytest.mark.parametrize("is_public", [True, False])
def test_voice_from_a_meeting_leads_to_it_if_everyone_may_see_it(is_public):
    asked = people.consultation()
    meeting = apps.get_model("meetings", "Meeting").objects.create(
        title="Hearing in Praia", kind="hearing", state="held", is_public=is_public, starts_at=timezone.now(),
        ends_at=timezone.now(),
    )  # fmt: skip
    people.heard(asked, "Power at night.", kind="meeting", meeting=meeting)
    page = html(address("voice", asked.slug, 1))
    assert (f'href="/en/meetings/{meeting.pk}/"' in page) is is_public
    assert ("Hearing in Praia" in page) is is_public


# ---------------------------------------------------------------- buttons
def test_what_deletes_words_is_called_so():
    taken = take_in(people.consultation(), "form", "Power at night.")
    client = Client()
    client.post(address("receipt"), {"code": taken.receipt_code})
    for name in ("my_receipt", "receipt_withdraw"):
        page = html(address(name, taken.source.pk), client)
        assert "Delete my words" in page
        assert "Take it back" not in page


def test_names_of_links_to_files_hold_no_markup(answered):
    where, _statement, draft, _clause = answered
    page = html(address("draft", where.consultation.slug, draft.slug))
    assert 'aria-label="<' not in page
    assert '<span>Markdown</span><span class="unseen"> with what stands behind each clause</span></a>' in page


def test_buttons_of_my_votes_say_on_which_statement():
    asked = talk()
    browser = Client()
    number = press(browser, asked)
    page = html(address("mine", asked.slug), browser)
    assert f'id="said-{number}"' in page
    assert page.count(f'aria-describedby="said-{number}"') == 3

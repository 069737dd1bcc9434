"""Commitments: what is promised, who may report, what nobody can overwrite, and the tracker that everyone reads."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from minga.deliberation import testing_conversations as talks
from minga.deliberation import testing_voices as people
from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import Citation, Commitment, CommitmentUpdate, Draft
from minga.deliberation.selectors import commitments as selectors
from minga.deliberation.selectors import overview
from minga.deliberation.services import answering, citing, committing, drafting, versions
from minga.members import selectors as members_selectors
from minga.members import services as members
from minga.web.testing_access import is_turned_away

pytestmark = [pytest.mark.page, pytest.mark.django_db]

WHY = "The money of this year went into repairs after the storm."


def address(name, *rest):
    with translation.override("en"):
        return reverse(f"deliberation:{name}", args=rest)


@pytest.fixture
def asked():
    return people.consultation()


def adopted(asked, text="Small firms get advice.", language="en"):
    """Write, publish and adopt a draft of one clause, behind which Amina's voice stands."""
    voice = people.heard(asked, "Send advisers to small bakeries.")
    theme = people.themed(asked, "Advice", [voice])
    draft = drafting.make_draft(consultation=asked, title="A strategy", language=language)
    answer = answering.give_answer(target=theme, answer="accepted", reason="", responder="Unit for AI")
    clause = drafting.add_clause(draft=draft, heading="Advice", text=text, dispositions=[answer])
    versions.publish_version(draft=draft)
    Draft.objects.filter(pk=draft.pk).update(state="adopted", adopted_at=timezone.now(), decision="Council 12")
    draft.refresh_from_db()
    return draft, clause


@pytest.fixture
def clause(asked):
    return adopted(asked)[1]


def promise(clause, **fields):
    given = {"title": "Train 40 advisers", "owner": "Unit for AI", "due_on": date.today() + timedelta(days=90)}
    return committing.commit(clause=clause, **given | fields)


def firm(name="Chamber of Praia", **fields):
    """Make an organization, and a browser of somebody who owns it."""
    client, account = people.at_work(people.consultation(slug=f"x{uuid4().hex[:8]}"))
    owner = members.person_for(account)
    office = members.create_organization(by=None, name=name, type="association", country="CV")
    members.grant_mandate(by=None, person=owner, role=fields.get("role", "owner"), organization=office)
    return client, account, office


# ---------------------------------------------------------------- promising
def test_commitments_count_within_their_draft_and_remember_how_they_began(clause):
    first, second = promise(clause), promise(clause, title="Second")
    assert [first.code, second.code] == ["A1", "A2"]
    assert [(each.version, each.status) for each in first.updates.all()] == [(1, "planned")]
    acts = [act.act for act in members_selectors.acts()]
    assert acts.count("commitment.made") == 2


@pytest.mark.parametrize(
    ("fields", "code"),
    [({"title": " "}, "title"), ({"owner": ""}, "owner"), ({"indicator_link": "javascript:alert(1)"}, "link")],
)
def test_commitment_without_words_owner_or_a_true_link_is_refused(clause, fields, code):
    with pytest.raises(ActError) as refused:
        promise(clause, **fields)
    assert refused.value.code == code
    assert not Commitment.objects.exists()


def test_nothing_is_promised_before_the_draft_is_adopted(asked):
    draft = drafting.make_draft(consultation=asked, title="A strategy", language="en")
    clause = drafting.add_clause(draft=draft, heading="Advice", text="Small firms get advice.")
    versions.publish_version(draft=draft)
    with pytest.raises(ActError) as refused:
        promise(clause)
    assert refused.value.code == "draft"


def test_organization_answers_by_its_name_where_no_office_is_named(clause):
    _client, _account, office = firm()
    assert promise(clause, owner="", organization=office).owner == "Chamber of Praia"


# ---------------------------------------------------------------- reporting
def test_who_reports_on_an_older_state_is_refused(clause):
    one = promise(clause)
    committing.report(commitment=one, seen=1, status="going", note="Forty people asked.")
    stale = Commitment.objects.get(pk=one.pk)
    with pytest.raises(ActError) as refused:
        committing.report(commitment=stale, seen=1, status="done", note="All trained.")
    assert refused.value.code == "changed"
    stale.refresh_from_db()
    assert (stale.status, stale.version, stale.updates.count()) == ("going", 2, 2)


@pytest.mark.parametrize("status", ["changed", "dropped"])
def test_changing_or_dropping_a_promise_needs_a_reason(clause, status):
    one = promise(clause)
    with pytest.raises(ActError) as refused:
        committing.report(commitment=one, seen=1, status=status, note="Short.")
    assert refused.value.code == "why"
    assert committing.report(commitment=one, seen=1, status=status, note=WHY).status == status


def test_putting_off_needs_a_reason_and_both_dates_stay_in_the_history(clause):
    one = promise(clause)
    first, later = one.due_on, one.due_on + timedelta(days=60)
    with pytest.raises(ActError) as refused:
        committing.report(commitment=one, seen=1, status="planned", due_on=later)
    assert refused.value.code == "why"
    committing.report(commitment=one, seen=1, status="planned", due_on=later, note=WHY)
    assert list(one.updates.values_list("due_on", flat=True)) == [first, later]


def test_report_that_says_nothing_is_refused(clause):
    with pytest.raises(ActError) as refused:
        committing.report(commitment=promise(clause), seen=1, status="planned")
    assert refused.value.code == "nothing"


def test_nothing_is_done_without_a_word_and_without_its_value_where_it_is_measured(clause):
    one = promise(clause, indicator="Advisers trained", target="40")
    for said, code in (({}, "done"), ({"value": "41"}, "done"), ({"note": "All are trained."}, "value")):
        with pytest.raises(ActError) as refused:
            committing.report(commitment=one, seen=1, status="done", **said)
        assert refused.value.code == code
    lead, _account = people.at_work(one.draft.consultation, "lead")
    sent = {"seen": 1, "status": "done", "note": "All are trained.", "due_on": one.due_on.isoformat()}
    page = lead.post(address("commitment_report", one.pk), sent)
    assert page.status_code == 422
    assert "give its value on the day on which it is done" in page.content.decode()
    lead.post(address("commitment_report", one.pk), sent | {"value": "41"})
    one.refresh_from_db()
    assert (one.status, one.version) == ("done", 2)
    committing.report(commitment=one, seen=2, status="done", value="42")
    plain = promise(clause, title="Second")
    committing.report(commitment=plain, seen=1, status="done", note="It is written.")


def test_amending_keeps_the_promise_and_says_why(clause):
    one = promise(clause)
    with pytest.raises(ActError) as refused:
        committing.amend(commitment=one, seen=1, note=WHY, title="Train 4 advisers")
    assert refused.value.code == "field"
    committing.amend(commitment=one, seen=1, note=WHY, owner="Ministry of Industry", target="40")
    one.refresh_from_db()
    assert (one.title, one.owner, one.target, one.version) == ("Train 40 advisers", "Ministry of Industry", "40", 2)
    with pytest.raises(ActError) as refused:
        committing.amend(commitment=one, seen=1, note=WHY, owner="Nobody else")
    assert refused.value.code == "changed"


# ---------------------------------------------------------------- the tracker
def test_late_is_what_is_due_before_today_and_not_ended(clause):
    yesterday = timezone.localdate() - timedelta(days=1)
    late = promise(clause, due_on=yesterday)
    promise(clause, title="Due today", due_on=timezone.localdate())
    done = promise(clause, title="Done", due_on=yesterday)
    committing.report(commitment=done, seen=1, status="done", note="Done.")
    assert list(selectors.late(selectors.public_commitments())) == [late]
    assert selectors.counted(selectors.public_commitments()) == selectors.Count(3, 1, 1)
    page = Client().get(address("commitments")).content.decode()
    assert "planned, overdue" in page
    only = Client().get(address("commitments"), {"status": "overdue"}).content.decode()
    assert "Train 40 advisers" in only
    assert "Due today" not in only


def test_tracker_filters_by_status_country_and_owner(asked, clause):
    other = adopted(people.consultation(slug="other", country="TN"))[1]
    promise(clause)
    promise(other, title="Lend machines", owner="Bank of Tunis")
    for chosen, shown in (
        ({"country": "TN"}, {"Lend machines"}),
        ({"owner": "bank"}, {"Lend machines"}),
        ({"status": "done"}, set()),
        ({"country": "ZZ"}, {"Lend machines", "Train 40 advisers"}),
    ):
        page = Client().get(address("commitments"), chosen).content.decode()
        assert {title for title in ("Lend machines", "Train 40 advisers") if title in page} == shown
    own = Client().get(address("consultation_commitments", asked.slug)).content.decode()
    assert "Train 40 advisers" in own
    assert "Lend machines" not in own


def test_tracker_asks_no_more_queries_for_more_commitments(clause, django_assert_max_num_queries):
    for number in range(3):
        promise(clause, title=f"Promise {number}")
    with django_assert_max_num_queries(25) as few:
        Client().get(address("commitments"))
    for number in range(20):
        promise(clause, title=f"Another {number}")
    with django_assert_max_num_queries(len(few)):
        Client().get(address("commitments"))


def test_commitment_shows_clause_voice_answer_and_reports(asked, clause):
    one = promise(clause, indicator="Advisers per 1,000 firms", indicator_link="https://example.org/f", target="2")
    committing.report(commitment=one, seen=1, status="going", note="Ten are trained.")
    page = Client().get(address("commitment", one.pk)).content.decode()
    for words in ("Small firms get advice.", "Send advisers to small bakeries.", "Voice V1", "Unit for AI",
                  "Ten are trained.", "Advisers per 1,000 firms", "https://example.org/f",
                  'target: <bdi lang="en" dir="ltr">2'):  # fmt: skip
        assert words in page
    assert '<form method="post" action="/en/deliberation/commitments' not in page


def test_words_of_a_sender_who_did_not_agree_stay_hidden(asked, clause):
    asked.sources.update(may_publish=False)
    page = Client().get(address("commitment", promise(clause).pk)).content.decode()
    assert "Send advisers" not in page
    assert "not shown in public" in page


def test_files_hold_what_the_page_shows(clause):
    one = promise(clause, title="=Train 40 advisers")
    read = list(csv.DictReader(io.StringIO(Client().get(address("commitments_file", "csv")).content.decode())))
    assert (read[0]["title"], read[0]["code"], read[0]["clause"]) == ("'=Train 40 advisers", "A1", "C1")
    (plain,) = Client().get(address("commitments_file", "json")).json()["commitments"]
    assert plain["title"] == "=Train 40 advisers"
    assert plain["address"] == f"http://testserver{address('commitment', one.pk)}"
    assert Client().get(address("commitments_file", "exe")).status_code == 404


def test_calendar_holds_the_due_date_and_says_when_a_promise_is_dropped(asked, clause):
    one = promise(clause, due_on=date(2027, 3, 1))
    response = Client().get(address("consultation_commitments_file", asked.slug, "ics"))
    text = response.content.decode()
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert "DTSTART;VALUE=DATE:20270301\r\n" in text
    assert "SEQUENCE:0\r\n" in text
    assert "STATUS:CONFIRMED\r\n" in text
    committing.report(commitment=one, seen=1, status="dropped", note=WHY)
    text = Client().get(address("consultation_commitments_file", asked.slug, "ics")).content.decode()
    assert "SEQUENCE:1\r\n" in text
    assert "STATUS:CANCELLED\r\n" in text


# ---------------------------------------------------------------- who may what
def test_commitments_of_a_consultation_in_preparation_are_nobodys_business(asked, clause):
    one = promise(clause)
    asked.state = "draft"
    asked.save()
    assert Client().get(address("commitment", one.pk)).status_code == 404
    assert Client().get(address("consultation_commitments", asked.slug)).status_code == 404
    assert "Train 40" not in Client().get(address("commitments")).content.decode()


def sent(**fields):
    return {"seen": "1", "status": "going", "note": "Ten are trained."} | fields


def test_members_of_the_owning_organization_report_but_decide_nothing(clause):
    client, account, office = firm()
    one = promise(clause, organization=office)
    page = client.get(address("commitments")).content.decode()
    assert "Yours to report on" in page
    shown = client.get(address("commitment", one.pk)).content.decode()
    assert 'name="note"' in shown
    assert 'name="due_on"' not in shown
    assert client.post(address("commitment_report", one.pk), sent(status="dropped", note=WHY)).status_code == 422
    later = (one.due_on + timedelta(days=90)).isoformat()
    response = client.post(address("commitment_report", one.pk), sent(due_on=later))
    assert response.status_code == 302
    one.refresh_from_db()
    assert (one.status, one.due_on.isoformat() == later) == ("going", False)
    assert [each["note"] for each in committing.export_commitments(account)] == ["Ten are trained."]
    assert committing.erase_commitments(account) == 1
    assert CommitmentUpdate.objects.get(version=2).by_mark == ""


def test_others_cannot_report(asked, clause):
    _client, _account, office = firm()
    one = promise(clause, organization=office)
    stranger, _account, _office = firm("Another chamber")
    adviser, _account, _other = firm("Third", role="owner")
    for client in (stranger, adviser):
        assert 'name="note"' not in client.get(address("commitment", one.pk)).content.decode()
        assert client.post(address("commitment_report", one.pk), sent()).status_code == 404
    response = Client().post(address("commitment_report", one.pk), sent())
    assert "/account/login/" in response.url
    assert one.updates.count() == 1


def test_words_of_the_later_one_of_two_stay_in_the_form(asked, clause):
    one = promise(clause)
    client, _account = people.at_work(asked, "lead")
    assert client.post(address("commitment_report", one.pk), sent(note="First.")).status_code == 302
    response = client.post(address("commitment_report", one.pk), sent(note="My long words."))
    page = response.content.decode()
    assert response.status_code == 422
    assert "My long words." in page
    assert "First." in page
    assert 'name="seen" value="2"' in page
    assert client.post(address("commitment_report", one.pk), sent(note="My long words.", seen="2")).status_code == 302


def test_desk_makes_a_commitment_and_puts_it_right(asked, clause):
    client, _account = people.at_work(asked, "editor")
    page = client.get(address("desk_commitment_new", asked.slug)).content.decode()
    assert "A strategy: 1 Advice" in page
    fields = {"clause": f"{clause.draft.slug}/C1", "title": "Train 40 advisers", "owner": "", "organization": "",
              "due_on": "2027-03-01"}  # fmt: skip
    response = client.post(address("desk_commitment_new", asked.slug), fields)
    assert response.status_code == 422
    assert "Somebody must answer for it." in response.content.decode()
    response = client.post(address("desk_commitment_new", asked.slug), fields | {"owner": "Unit for AI"})
    one = Commitment.objects.get()
    assert response.url == address("commitment", one.pk)
    changes = {"seen": "1", "note": WHY, "owner": "Ministry", "organization": "", "target": "40 people"}
    assert client.post(address("desk_commitment", asked.slug, one.pk), changes).status_code == 302
    one.refresh_from_db()
    assert (one.owner, one.target) == ("Ministry", "40 people")
    assert WHY in client.get(address("commitment", one.pk)).content.decode()


def test_desk_is_for_the_team_and_making_for_lead_and_editor(asked, clause):
    one = promise(clause)
    moderator, _account = people.at_work(asked, "moderator")
    assert moderator.get(address("desk_commitments", asked.slug)).status_code == 200
    assert moderator.get(address("desk_commitment_new", asked.slug)).status_code == 404
    assert moderator.get(address("desk_commitment", asked.slug, one.pk)).status_code == 404
    for name, rest in (("desk_commitments", ()), ("desk_commitment_new", ()), ("desk_commitment", (one.pk,))):
        assert is_turned_away(Client().get(address(name, asked.slug, *rest)))
    other, _account = people.at_work(people.consultation(slug="other"), "lead")
    assert other.get(address("desk_commitment", "other", one.pk)).status_code == 404


def test_desk_reminds_of_what_is_late(asked, clause):
    promise(clause, due_on=timezone.localdate() - timedelta(days=3))
    (part,) = overview.desk_commitments(asked)
    assert (part.count, part.overdue) == (1, 1)
    client, _account = people.at_work(asked, "lead")
    assert "1 commitment is overdue." in client.get(address("desk_commitments", asked.slug)).content.decode()
    assert "1 overdue" in client.get(address("desk", asked.slug)).content.decode()


# ---------------------------------------------------------------- days that are past, and what is measured
def typed(due, **fields):
    return {"clause": "a-strategy/C1", "title": "Train 40 advisers", "owner": "Unit for AI", "due_on": due.isoformat(),
            "organization": ""} | fields  # fmt: skip


def test_a_day_that_is_past_is_asked_about_and_can_be_put_right_with_the_reason_kept(asked, clause):
    lead, _account = people.at_work(asked, "lead")
    new, past = address("desk_commitment_new", asked.slug), date.today() - timedelta(days=400)
    assert 'name="is_past"' not in lead.get(new).content.decode()
    refused = lead.post(new, typed(past))
    assert refused.status_code == 422
    assert "This day is past" in refused.content.decode()
    assert 'name="is_past"' in refused.content.decode()
    assert not Commitment.objects.exists()
    assert lead.post(new, typed(past, is_past="on")).status_code == 302
    made = Commitment.objects.get()
    assert made.is_overdue
    right = date.today() + timedelta(days=30)
    page = address("desk_commitment", asked.slug, made.pk)
    assert f'value="{past.isoformat()}"' in lead.get(page).content.decode()
    sent = {"organization": "", "owner": "Unit for AI", "seen": "1", "due_on": right.isoformat()}
    assert lead.post(page, sent | {"note": "Short."}).status_code == 422
    assert lead.post(page, sent | {"note": WHY}).status_code == 302
    made.refresh_from_db()
    assert made.due_on == right
    assert [(one.due_on, one.note) for one in made.updates.order_by("version")] == [(past, ""), (right, WHY)]
    assert WHY in Client().get(address("commitment", made.pk)).content.decode()


@pytest.mark.parametrize("link", ["", "https://example.org/figure"])
def test_a_target_without_words_about_it_is_shown(clause, link):
    made = promise(clause, indicator="", indicator_link=link, target="400 people")
    shown = Client().get(address("commitment", made.pk)).content.decode()
    assert 'target: <bdi lang="en" dir="ltr">400 people</bdi>' in shown
    assert f'href="{link}"' in shown or not link


def test_page_of_a_commitment_names_statements_and_days_as_the_page_of_the_clause_does(asked):
    voting = talks.conversation(consultation=asked)
    statement = talks.said(voting, "Lend machines.")
    answer = answering.give_answer(target=statement, answer="accepted")
    draft = drafting.make_draft(consultation=asked, title="A strategy", language="en")
    clause = drafting.add_clause(draft=draft, heading="Advice", text="Firms borrow.", dispositions=[answer])
    versions.publish_version(draft=draft)
    citing.cite(of=answer, link="https://example.org/figure", value="12 %", label="Firms")
    Citation.objects.update(cited_on=date(2026, 3, 1))
    Draft.objects.filter(pk=draft.pk).update(state="adopted", adopted_at=timezone.now(), decision="Council 12")
    shown = Client().get(address("commitment", promise(clause).pk)).content.decode()
    assert f"Statement {statement.number}<" in shown
    assert f"{voting.slug}/{statement.number}<" not in shown
    assert "2026-03-01" not in shown
    assert "12 % · 1 March 2026" in shown


def test_calendar_of_commitments_speaks_the_language_of_the_draft_and_keeps_its_names_on_another_host(asked):
    one = promise(adopted(asked, language="fr")[1])
    type(asked).objects.update(is_sample=True)
    text = Client().get(address("consultation_commitments_file", asked.slug, "ics")).content.decode()
    text = text.replace("\r\n ", "")
    assert f"UID:commitment-{one.pk.hex}@minga\r\n" in text
    assert "SUMMARY;LANGUAGE=fr:" in text
    assert one.title in text
    assert re.search(r"SUMMARY;LANGUAGE=fr:.*\((sample|exemple|échantillon)", text)

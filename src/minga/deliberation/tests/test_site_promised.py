"""What belongs to commitments: the record that leads back, values over time, sorting, the years, and reminders."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from minga.deliberation import tasks
from minga.deliberation import testing_voices as people
from minga.deliberation.engine.texts.behind import Behind
from minga.deliberation.selectors import commitments as selectors
from minga.deliberation.selectors import promised, publishing
from minga.deliberation.services import answering, committing, theming
from minga.deliberation.tests.test_site_commitments import WHY, address, adopted, firm, promise, sent
from minga.members import selectors as members_selectors

pytestmark = [pytest.mark.page, pytest.mark.django_db]


@pytest.fixture
def asked():
    return people.consultation()


@pytest.fixture
def clause(asked):
    return adopted(asked)[1]


# ---------------------------------------------------------------- the record
def test_record_of_a_commitment_leads_back_to_everything_it_follows_from(asked, clause):
    """From the file alone: the consultation, the adopted version, the clause, the voices, and back again."""
    one = promise(clause)
    (row,) = Client().get(address("commitments_file", "json")).json()["commitments"]
    assert (row["consultation"], row["draft"], row["draft_version"]) == (asked.slug, clause.draft.slug, 1)
    assert (row["clause"], row["voices"]) == ("C1", ["V1"])
    for name, words in (
        ("consultation_address", row["consultation_title"]),
        ("draft_address", "Small firms get advice."),
        ("clause_address", "Train 40 advisers"),
        ("address", "Send advisers to small bakeries."),
    ):
        page = Client().get(row[name].removeprefix("http://testserver"))
        assert words in page.content.decode(), name
    (line,) = csv.DictReader(io.StringIO(Client().get(address("commitments_file", "csv")).content.decode("utf-8-sig")))
    assert line == {name: " ".join(value) if name == "voices" else str(value) for name, value in row.items()}
    whole = Client().get(f"/api/v1/deliberation/commitments/{row['id']}").json()
    known = {"country", "is_sample", "version"}
    assert {name: whole[name] for name in row if name not in known} == {
        name: value for name, value in row.items() if name not in known
    }
    assert whole["clause_text"] == "Small firms get advice."
    said = {each["kind"]: each for each in whole["behind"]}
    assert said["voice"]["text"] == "Send advisers to small bakeries."
    assert said["voice"]["address"].endswith(f"/{asked.slug}/voices/1/")
    assert [each["status"] for each in whole["updates"]] == ["planned"]
    listed = Client().get("/api/v1/deliberation/commitments").json()["commitments"]
    assert listed == [{name: whole[name] for name in listed[0]}]
    acts = {act.act: act.reason for act in members_selectors.acts() if act.on == one.reference}
    assert asked.reference in acts["commitment.made"]
    assert acts["commitment.made"].startswith(f"C1 in version 1 of {clause.draft.reference}")


def test_record_names_voices_that_may_not_be_shown_without_their_words(asked, clause):
    asked.sources.update(may_publish=False)
    one = promise(clause)
    whole = Client().get(f"/api/v1/deliberation/commitments/{one.pk}").json()
    assert whole["voices"] == ["V1"]
    (voice,) = [each for each in whole["behind"] if each["kind"] == "voice"]
    assert (voice["text"], voice["address"]) == ("not shown in public", "")


def test_record_of_a_commitment_that_nobody_may_see_is_not_there(asked, clause):
    one = promise(clause)
    asked.state = "draft"
    asked.save()
    assert Client().get(f"/api/v1/deliberation/commitments/{one.pk}").status_code == 404
    assert Client().get(f"/api/v1/deliberation/commitments/{uuid4()}").status_code == 404


def test_voices_of_records_are_those_of_the_trace(asked, clause):
    """Fewer queries find the same voices as the whole trace, over own answers, themes and what was taken back."""
    more = [people.heard(asked, words) for words in ("Advise us.", "Not here.", "Later.")]
    theme = clause.draft.consultation.themes.get()
    theming.put_under(theme=theme, voices=more)
    answering.give_answer(target=more[1], answer="rejected", reason=WHY, responder="Unit for AI")
    one = promise(clause)
    behind = Behind(publishing.published_trace(asked, clause.draft))
    (answer,) = behind.answers(f"{clause.draft.slug}/C1")
    assert list(promised.voices_behind([one])[one.pk]) == sorted(behind.voices(answer["disposition"]))
    assert promised.voices_behind([one])[one.pk] == ("V1", "V2", "V4")


def test_adopted_text_with_its_trace_names_what_was_promised_in_each_clause(asked, clause):
    one = promise(clause)
    there = address("draft_file", asked.slug, clause.draft.slug, 1, "md")
    text = Client().get(there, {"trace": "1"}).content.decode()
    assert f"[Commitment A1](http://testserver{address('commitment', one.pk)}): Train 40 advisers" in text
    assert "Commitment A1" not in Client().get(there).content.decode()


# ---------------------------------------------------------------- measuring
def test_values_of_the_indicator_are_reported_one_after_the_other(clause):
    one = promise(clause, indicator="Advisers", baseline="3 in 2025", target="40")
    committing.report(commitment=one, seen=1, status="planned", value="10 in 2026")
    committing.report(commitment=one, seen=2, status="going", value="25 in 2027", note="Three courses.")
    committing.report(commitment=one, seen=3, status="going", note="The fourth begins.")
    page = Client().get(address("commitment", one.pk)).content.decode()
    for words in ("3 in 2025", "10 in 2026", "25 in 2027"):
        assert words in page
    assert 'last reported: <bdi lang="en" dir="ltr">25 in 2027' in page
    (row,) = Client().get(address("commitments_file", "json")).json()["commitments"]
    assert (row["baseline"], row["value"], row["target"]) == ("3 in 2025", "25 in 2027", "40")
    whole = Client().get(f"/api/v1/deliberation/commitments/{one.pk}").json()
    assert [each["value"] for each in whole["updates"]] == ["", "10 in 2026", "25 in 2027", ""]


def test_value_is_asked_for_only_where_something_is_measured(asked, clause):
    client, _account = people.at_work(asked, "lead")
    plain, measured = promise(clause), promise(clause, indicator="Advisers")
    assert 'name="value"' not in client.get(address("commitment", plain.pk)).content.decode()
    assert 'name="value"' in client.get(address("commitment", measured.pk)).content.decode()
    response = client.post(address("commitment_report", measured.pk), sent(value="12", note="", status="planned"))
    assert response.status_code == 302
    assert measured.updates.get(version=2).value == "12"


def test_tracker_filters_by_consultation_and_sorts(asked, clause):
    other = adopted(people.consultation(slug="other", country="TN"))[1]
    first = promise(clause, owner="Zone office")
    promise(other, title="Lend machines", owner="Bank of Tunis", due_on=date.today() + timedelta(days=200))

    def order(**chosen):
        page = Client().get(address("commitments"), chosen).content.decode()
        return sorted(
            (title for title in ("Lend machines", "Train 40 advisers") if title in page),
            key=lambda each: page.index(each),
        )

    assert order(consultation="other") == ["Lend machines"]
    assert order() == ["Train 40 advisers", "Lend machines"]
    assert order(sort="owner") == ["Lend machines", "Train 40 advisers"]
    assert order(sort="reported") == ["Lend machines", "Train 40 advisers"]
    committing.report(commitment=first, seen=1, status="going", note="Begun.")
    assert order(sort="reported") == ["Train 40 advisers", "Lend machines"]
    assert order(sort="nonsense") == order()


def test_years_count_by_the_day_first_named(clause):
    today = timezone.localdate()
    kept = promise(clause, due_on=today + timedelta(days=1))
    committing.report(commitment=kept, seen=1, status="done", note="Done.")
    moved = promise(clause, due_on=today + timedelta(days=1))
    later = today + timedelta(days=800)
    committing.report(commitment=moved, seen=1, status="planned", due_on=later, note=WHY)
    (row,) = promised.years(selectors.public_commitments())
    assert row["year"] == (today + timedelta(days=1)).year
    assert (row["promised"], row["done"], row["in_time"], row["put_off"]) == (2, 1, 1, 1)
    assert "Year by year" in Client().get(address("commitments")).content.decode()


# ---------------------------------------------------------------- reminders
@pytest.fixture
def outbox():
    mail.outbox.clear()
    return mail.outbox


def test_those_who_answer_are_reminded_once_before_and_every_month_after(clause, outbox, monkeypatch, settings):
    settings.ADDRESS = "https://minga.example"
    _client, account, office = firm()
    one = promise(clause, organization=office, due_on=timezone.localdate() + timedelta(days=20))
    assert tasks.remind_of_commitments() == {"mails": 0}
    start = timezone.now()
    for days, mails in ((6, 1), (7, 0), (20, 0), (21, 1), (22, 0), (50, 0), (51, 1)):
        monkeypatch.setattr(timezone, "now", lambda days=days: start + timedelta(days=days))
        assert tasks.remind_of_commitments() == {"mails": mails}, days
    assert {tuple(each.to) for each in outbox} == {(account.email,)}
    assert outbox[0].subject == "Commitment to report on: Train 40 advisers"
    assert f"https://minga.example{address('commitment', one.pk)}" in outbox[0].body
    assert "due on" in outbox[0].body
    assert "overdue since" in outbox[1].body


def test_one_mail_holds_all_that_a_person_answers_for(clause, outbox):
    _client, _account, office = firm()
    for number in range(3):
        promise(clause, organization=office, title=f"Promise {number}", due_on=timezone.localdate())
    assert tasks.remind_of_commitments() == {"mails": 1}
    assert outbox[0].subject == "Commitments to report on: 3"
    assert all(f"Promise {number}" in outbox[0].body for number in range(3))


def test_who_leads_is_reminded_where_no_organization_answers(asked, clause, outbox):
    _client, lead = people.at_work(asked, "lead")
    people.at_work(asked, "moderator")
    promise(clause, due_on=timezone.localdate() - timedelta(days=1))
    tasks.remind_of_commitments()
    assert [each.to for each in outbox] == [[lead.email]]


@pytest.mark.parametrize("status", ["done", "dropped"])
def test_nobody_is_reminded_of_what_ended_or_is_sample(asked, clause, outbox, status):
    _client, _account, office = firm()
    ended = promise(clause, organization=office, due_on=timezone.localdate())
    committing.report(commitment=ended, seen=1, status=status, note=WHY)
    assert tasks.remind_of_commitments() == {"mails": 0}
    promise(clause, organization=office, due_on=timezone.localdate())
    asked.is_sample = True
    asked.save()
    assert tasks.remind_of_commitments() == {"mails": 0}
    assert outbox == []


def test_mail_server_that_is_away_stops_no_other_mail_and_is_tried_again(clause, monkeypatch, outbox):
    for name in ("One", "Two"):
        _client, _account, office = firm(name)
        promise(clause, organization=office, due_on=timezone.localdate())
    sent_to = []

    def away(_subject, _text, _sender, to):
        sent_to.extend(to)
        if len(sent_to) == 1:
            raise ConnectionRefusedError
        return 1

    monkeypatch.setattr(tasks, "send_mail", away)
    assert tasks.remind_of_commitments() == {"mails": 1}
    assert len(sent_to) == 2
    assert tasks.remind_of_commitments() == {"mails": 1}
    assert sent_to[2] == sent_to[0], "who got none gets it the next time, and nobody gets two"
    assert tasks.remind_of_commitments() == {"mails": 0}

"""Statements of one's own: corrected, withdrawn, written again; and asked about telephone numbers before they go in."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import Statement, Vote
from minga.deliberation.selectors.taking_part import shown_statements
from minga.deliberation.services import moderating, stating
from minga.deliberation.services.stating import add_statement
from minga.deliberation.testing_conversations import joined, said, voted
from minga.deliberation.testing_talk import address, talk
from minga.deliberation.testing_voices import at_work
from minga.deliberation.tests.test_site_my_place import sits, words_of

pytestmark = [pytest.mark.page, pytest.mark.django_db]
WORDS = "Every bakery should share its recipes."


def own_page(where, statement):
    with translation.override("en"):
        return reverse("deliberation:my_statement", args=[where.slug, statement.number])


def written(where, words=WORDS):
    person = joined(where)
    return person, add_statement(participant=person, text=words, language="en")


# ---------------------------------------------------------------- correcting
def test_author_corrects_a_statement_that_waits():
    asked = talk()
    person, statement = written(asked)
    browser = sits(person)
    assert own_page(asked, statement) in words_of(browser.get(address("mine", asked)))
    sent = {"do": "correct", "version": 1, "text": "Every bakery should share  its oven."}
    assert browser.post(own_page(asked, statement), sent).status_code == 302
    statement.refresh_from_db()
    assert (statement.text, statement.state, statement.version) == ("Every bakery should share its oven.", "waiting", 2)
    assert list(statement.moderation.values_list("act", "by_mark")) == [("correct", "")]
    with pytest.raises(ActError, match="meanwhile"):
        moderating.decide(statement=statement, state="accepted", seen_version=1)


def test_accepted_words_that_are_changed_wait_for_a_moderator_again():
    asked = talk()
    person, statement = written(asked)
    moderating.decide(statement=statement, state="accepted", seen_version=1)
    stating.correct_statement(participant=person, number=statement.number, text="Share ovens.", seen_version=2)
    statement.refresh_from_db()
    assert statement.state == "waiting"
    assert statement not in shown_statements(asked)


def test_words_on_which_others_voted_stay():
    asked = talk(is_strict=False)
    person, statement = written(asked)
    voted(joined(asked), statement, -1)
    response = sits(person).post(own_page(asked, statement), {"do": "correct", "version": 1, "text": "Share ovens."})
    assert response.status_code == 422
    assert "they stay" in words_of(response)
    statement.refresh_from_db()
    assert statement.text == WORDS


def test_corrected_words_are_held_to_the_same_rules_as_new_ones():
    asked = talk()
    said(asked, "Ovens are fine.")
    person, statement = written(asked)
    browser = sits(person)
    for words in ("Ovens are fine.", "a" * 300, " "):
        response = browser.post(own_page(asked, statement), {"do": "correct", "version": 1, "text": words})
        assert response.status_code == 422
    assert browser.post(own_page(asked, statement), {"do": "correct", "version": 7, "text": "Else."}).status_code == 422
    statement.refresh_from_db()
    assert statement.text == WORDS


def test_nobody_else_reaches_somebodys_statement():
    asked = talk()
    _person, statement = written(asked)
    stranger = sits(joined(asked), "another secret of forty letters and more")
    for browser in (Client(), stranger):
        assert browser.get(own_page(asked, statement)).status_code == 404
        assert browser.post(own_page(asked, statement), {"do": "withdraw", "version": 1}).status_code == 404
    with pytest.raises(ActError):
        stating.withdraw_statement(participant=joined(asked), number=statement.number, seen_version=1)


# ---------------------------------------------------------------- withdrawing
def test_withdrawn_statement_keeps_its_number_and_loses_its_words():
    asked = talk()
    person, statement = written(asked)
    browser = sits(person)
    assert browser.post(own_page(asked, statement), {"do": "withdraw", "version": 1}).status_code == 302
    statement.refresh_from_db()
    assert (statement.state, statement.text) == ("rejected", "")
    assert not Vote.objects.filter(statement=statement).exists()
    page = words_of(browser.get(address("mine", asked)))
    assert "withdrawn by you" in page
    assert "Correct or withdraw it" not in page
    _other, newer = written(asked, "Something else altogether.")
    assert newer.number == statement.number + 1, "no number is given twice"
    with pytest.raises(ActError) as refused:
        moderating.decide(statement=statement, state="accepted", seen_version=2)
    assert refused.value.code == "withdrawn"
    became = moderating.decide_many(conversation=asked, seen=[(statement.number, 2)], state="accepted")
    assert became.withdrawn == (statement.number,)


def test_words_that_wait_in_the_open_and_have_votes_are_withdrawn_and_stay_hidden():
    asked = talk(is_strict=False)
    person, statement = written(asked)
    voter = joined(asked)
    voted(voter, statement, 1)
    stating.withdraw_statement(participant=person, number=statement.number, seen_version=1)
    statement.refresh_from_db()
    assert (statement.state, statement.text) == ("rejected", WORDS)
    page = words_of(sits(voter).get(address("mine", asked)))
    assert WORDS not in page
    assert "withdrawn by its author" in page
    assert "rejected by the moderators" not in page


def test_what_was_accepted_and_voted_on_is_everybodys():
    asked = talk()
    person, statement = written(asked)
    moderating.decide(statement=statement, state="accepted", seen_version=1)
    voted(joined(asked), statement, 1)
    browser = sits(person)
    assert "Correct or withdraw it" not in words_of(browser.get(address("mine", asked)))
    assert browser.post(own_page(asked, statement), {"do": "withdraw", "version": 2}).status_code == 422
    statement.refresh_from_db()
    assert statement.state == "accepted"


def test_author_reads_why_a_statement_was_left_out_and_writes_it_again():
    asked = talk()
    person, statement = written(asked)
    moderating.decide(
        statement=statement, state="rejected", seen_version=1, rule="advertising", reason="It names one shop."
    )
    browser = sits(person)
    page = words_of(browser.get(address("mine", asked)))
    assert "No statement may advertise anything." in page
    assert "It names one shop." in page
    assert address("log", asked) in page
    again = f"{address('add_statement', asked)}?again={statement.number}"
    assert again in page
    assert f">\n{WORDS}</textarea>" in words_of(browser.get(again))
    assert WORDS not in words_of(Client().get(again)), "nobody else sees the words"


# ---------------------------------------------------------------- ways to reach somebody
def test_a_telephone_number_is_asked_about_once_and_may_stay():
    asked = talk()
    browser, page = Client(), address("add_statement", asked)
    sent = {"text": "Call the bakery at +238 991 23 45.", "language": "en"}
    response = browser.post(page, sent)
    assert response.status_code == 422
    assert "Take it out?" in words_of(response)
    assert "<bdi>+238 991 23 45</bdi>" in words_of(response)
    assert asked.statements.count() == 3
    assert browser.post(page, sent | {"kept": "1"}).status_code == 302
    assert asked.statements.last().text == sent["text"]


def test_a_telephone_number_is_taken_out_and_the_rest_is_sent():
    asked = talk()
    browser, page = Client(), address("add_statement", asked)
    sent = {"text": "Call the bakery at +238 991 23 45.", "language": "en"}
    response = browser.post(page, sent | {"contacts": "out"})
    assert "Call the bakery at …." in words_of(response)
    assert not Statement.objects.filter(text__contains="bakery").exists()
    assert browser.post(page, sent | {"text": "Call the bakery at …."}).status_code == 302
    assert asked.statements.last().text == "Call the bakery at …."


# ---------------------------------------------------------------- the team's way in
def test_conversation_leads_its_team_to_their_work():
    asked = talk()
    moderator = at_work(asked.consultation, "moderator")[0]
    page = words_of(moderator.get(address("conversation", asked)))
    assert address("queue", asked) in page
    assert address("set_up", asked) not in page
    assert address("set_up", asked) in words_of(
        at_work(asked.consultation, "lead")[0].get(address("conversation", asked))
    )
    assert address("queue", asked) not in words_of(Client().get(address("conversation", asked)))

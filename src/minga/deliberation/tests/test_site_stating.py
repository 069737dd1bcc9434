"""Adding a statement: what is similar is shown first, the same words stand once, and a moderator reads what is new."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import Conversation, Participant, Statement, Vote
from minga.deliberation.services import stating
from minga.deliberation.testing_conversations import joined, said
from minga.deliberation.testing_talk import address, press, talk

pytestmark = [pytest.mark.page, pytest.mark.django_db]

TRAINING = "Workers of small bakeries need training before they use machines."


def sent(where, text, browser=None, **fields):
    given = {"text": text, "language": "en"} | fields
    return (browser or Client()).post(address("add_statement", where), given)


def words_of(response):
    return response.content.decode()


def test_a_new_statement_waits_for_a_moderator_and_its_author_agrees_with_it():
    asked = talk()
    browser = Client()
    response = sent(asked, "  Flour should\u00a0be  weighed by\nhand. ", browser)
    assert response.url == address("conversation", asked)
    added = asked.statements.get(number=3)
    assert (added.text, added.state, added.language) == ("Flour should be weighed by hand.", "waiting", "en")
    vote = Vote.objects.get()
    assert (vote.value, vote.statement, vote.participant) == (1, added, added.author)
    assert "A moderator reads your statement" in words_of(browser.get(response.url))
    assert "waits for a moderator" in words_of(browser.get(address("mine", asked)))


def test_in_an_open_conversation_others_vote_on_it_at_once():
    asked = talk(statements=0, is_strict=False)
    sent(asked, "Flour should be weighed by hand.")
    page = words_of(Client().get(address("conversation", asked)))
    assert "Flour should be weighed by hand." in page
    assert "Written by another participant" in page


def test_the_page_tells_the_limit_the_rules_and_what_happens():
    page = words_of(Client().get(address("add_statement", talk(longest=120))))
    for words in ('maxlength="120"', "At most 120 characters", "Rules of moderation", "You count as agreeing with it"):
        assert words in page


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "required"),
        (" …!? ", "There are no words in it."),
        ("a word " * 8, "Your sentence has 55 characters, and 50 are possible."),
    ],
)
def test_what_cannot_be_sent_stays_on_the_page_with_the_reason(text, words):
    asked = talk(longest=50)
    response = sent(asked, text)
    assert response.status_code == 422
    assert words in words_of(response)
    assert text.strip()[:6] in words_of(response)
    assert asked.statements.count() == 3


def test_similar_statements_are_shown_before_anything_is_stored_and_can_be_voted_on_there():
    asked = talk()
    similar = said(asked, TRAINING)
    browser = Client()
    response = sent(asked, "Training is needed for the workers of a small bakery", browser)
    page = words_of(response)
    assert response.status_code == 422
    assert "Others have said something similar." in page
    assert TRAINING in page
    assert "Mine is different: send it" in page
    assert "Training is needed for the workers of a small bakery" in page
    assert not Participant.objects.exists()
    client = re.search(r'name="client" value="([^"]+)"', page).group(1)
    browser.post(address("vote", asked), {"statement": similar.number, "client": client, "vote": "agree"})
    assert Vote.objects.get().statement == similar


def test_who_means_something_else_sends_it_all_the_same():
    asked = talk()
    said(asked, TRAINING)
    response = sent(asked, "Training is needed for the workers of a small bakery", seen="1")
    assert response.status_code == 302
    assert asked.statements.count() == 5


def test_a_similar_statement_is_found_in_its_translation():
    asked = talk(statements=0)
    translations = {"fr": {"text": "Les ouvriers des petites boulangeries ont besoin de formation.", "by": "human"}}
    said(asked, TRAINING, translations=translations)
    with_words = stating.alike(
        conversation=asked, text="Il faut une formation pour les ouvriers des boulangeries", language="fr"
    )
    assert [one.language for one in with_words] == ["fr"]


def test_rejected_and_waiting_statements_are_not_shown_as_similar():
    asked = talk(statements=0)
    said(asked, TRAINING, state=Statement.State.REJECTED)
    said(asked, TRAINING.replace("need", "want"), state=Statement.State.WAITING)
    assert stating.alike(conversation=asked, text=TRAINING, language="en") == []


def test_the_same_words_are_refused_kindly_with_the_statement_to_vote_on():
    asked = talk()
    said(asked, TRAINING)
    for text in (TRAINING.upper(), TRAINING.rstrip(".") + "!"):
        response = sent(asked, text, seen="1")
        assert response.status_code == 422
        assert "Somebody has said the same already." in words_of(response)
        assert "Mine is different" not in words_of(response)
    assert asked.statements.count() == 4
    assert not asked.statements.filter(author__isnull=False).exists()


def test_the_same_words_that_wait_for_a_moderator_are_not_put_to_the_vote_before():
    asked = talk()
    sent(asked, TRAINING)
    response = sent(asked, TRAINING.upper())
    assert response.status_code == 422
    assert "a moderator reads it first" in words_of(response)
    assert "I agree with this" not in words_of(response)
    Conversation.objects.update(is_strict=False)
    assert "I agree with this" in words_of(sent(asked, TRAINING.upper()))
    assert asked.statements.count() == 4


def test_the_same_page_sent_twice_is_one_statement():
    asked = talk()
    browser = Client()
    for _time in range(2):
        assert sent(asked, TRAINING, browser).status_code == 302
    assert asked.statements.count() == 4
    assert Vote.objects.count() == 1


def test_words_that_a_moderator_left_out_may_be_said_by_somebody_else():
    asked = talk()
    said(asked, TRAINING, state=Statement.State.REJECTED)
    assert sent(asked, TRAINING).status_code == 302


def test_only_organizers_add_statements_where_people_may_not():
    asked = talk(takes_statements=False)
    browser = Client()
    assert address("add_statement", asked) not in words_of(browser.get(address("conversation", asked)))
    assert browser.get(address("add_statement", asked)).status_code == 302
    assert "Only the organizers add statements" in words_of(browser.get(address("conversation", asked)))
    sent(asked, TRAINING, browser)
    with pytest.raises(ActError) as refused:
        stating.add_statement(participant=joined(asked), text=TRAINING, language="en")
    assert refused.value.code == "no_statements"
    assert asked.statements.count() == 3


@pytest.mark.parametrize("closed", [{"state": "closed"}, {"entry": "code"}, {"entry": "member"}])
def test_who_may_not_vote_may_not_add_either(closed):
    asked = talk()
    Conversation.objects.update(**closed)
    assert sent(asked, TRAINING).status_code == 302
    assert asked.statements.count() == 3


def test_somebody_whose_statements_nobody_has_read_yet_adds_no_more():
    asked = talk(statements=0)
    browser = Client()
    for number in range(stating.MOST_WAITING):
        assert sent(asked, f"Thought {number} {'x' * number}", browser, seen="1").status_code == 302
    response = sent(asked, "One thought more", browser, seen="1")
    assert "Many of your statements still wait" in words_of(response)
    assert asked.statements.count() == stating.MOST_WAITING
    Statement.objects.update(state=Statement.State.ACCEPTED)
    assert sent(asked, "One thought more", browser, seen="1").status_code == 302


def test_numbers_go_on_without_gaps_whoever_adds():
    asked = talk(statements=2)
    for text in ("Ask the bakers.", "Ask the millers.", "Ask the farmers."):
        stating.add_statement(participant=joined(asked), text=text, language="en")
    assert list(asked.statements.values_list("number", flat=True)) == [0, 1, 2, 3, 4]


def test_words_are_escaped_wherever_they_are_shown():
    asked = talk(statements=0, is_strict=False)
    browser = Client()
    sent(asked, "<script>alert('bread')</script> is no bread", browser)
    for page in (Client().get(address("conversation", asked)), browser.get(address("mine", asked))):
        assert "<script>alert" not in words_of(page)
        assert "&lt;script&gt;" in words_of(page)
    assert press(Client(), asked) == 0

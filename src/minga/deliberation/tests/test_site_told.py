"""What people are told before they vote: at the buttons themselves, on the page and in the frame of another site."""

from __future__ import annotations

import pytest
from django.test import Client

from minga.deliberation.models import Conversation
from minga.deliberation.testing_talk import address, press, signed_in_member, talk

pytestmark = [pytest.mark.page, pytest.mark.django_db]

ALL = "Votes are published line by line at the end"
COUNTS = "Only counts are published."
HERE = "The key to your votes stays in this browser."


def before_the_buttons(page: str) -> str:
    """Return what the card of the statement says before its first button."""
    card = page.partition("talk__card")[2]
    return card.partition('value="agree"')[0]


def framed(where: Conversation) -> str:
    """Return the page in the frame of a foreign site."""
    browser = Client(headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "iframe"})
    return str(browser.get(address("embed", where)).content.decode())


@pytest.mark.parametrize(("publishes_votes", "told", "other"), [(True, ALL, COUNTS), (False, COUNTS, ALL)])
def test_page_and_frame_say_at_the_buttons_what_is_published(publishes_votes, told, other):
    asked = talk(may_embed=True, publishes_votes=publishes_votes)
    for page in (Client().get(address("conversation", asked)).content.decode(), framed(asked)):
        assert told in before_the_buttons(page)
        assert HERE in before_the_buttons(page)
        assert other not in page
        assert "holds the key to it, in a cookie" in before_the_buttons(page)


def test_people_with_a_place_are_told_as_well():
    """Who came with a code has a place before the first vote."""
    asked = talk(publishes_votes=True)
    browser = Client()
    press(browser, asked)
    assert ALL in before_the_buttons(browser.get(address("conversation", asked)).content.decode())


def test_members_are_not_told_of_a_key_that_they_do_not_have():
    asked = talk(entry="member")
    amina = signed_in_member()[0]
    told = before_the_buttons(amina.get(address("conversation", asked)).content.decode())
    assert "Nobody sees which votes are yours." in told
    assert "this site finds again when you sign in" in told
    assert HERE not in told
    assert "No account is needed" not in told


def test_the_statement_comes_first_and_what_it_is_about_is_folded_above_it():
    asked = talk(may_embed=True, about="For everybody who bakes.")
    for page in (Client().get(address("conversation", asked)).content.decode(), framed(asked)):
        head = page.partition("talk__card")[0]
        assert "For everybody who bakes." in head.partition("talk__about")[2].partition("</details>")[0]
    Conversation.objects.update(state="closed")
    closed = Client().get(address("conversation", asked)).content.decode()
    assert "For everybody who bakes." in closed
    assert "talk__about" not in closed


def test_who_votes_while_adding_a_statement_is_told_too():
    asked = talk(publishes_votes=True)
    assert "votes are published line by line" in Client().get(address("add_statement", asked)).content.decode()

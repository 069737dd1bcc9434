"""A conversation inside another site: who may vote there, under which key, and how one goes on in a tab."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from minga.deliberation.models import Conversation, Participant, Vote
from minga.deliberation.testing_talk import address, mark, press, shown, talk

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def in_frame(**headers: str) -> Client:
    """Return a browser whose page stands in a frame of a foreign site; Lax cookies do not come along there."""
    return Client(headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "iframe"} | headers)


def keep(browser: Client, response: HttpResponse) -> str:
    """Put the cookie of a frame where the browser keeps it, and drop those that a frame never sends; return it whole.

    Python's own jar does not know the word ``Partitioned``, so the site writes the header itself.
    """
    told = response.headers["Set-Cookie"]
    browser.cookies.clear()
    name, _equals, value = told.partition(";")[0].partition("=")
    browser.cookies[name] = value
    return told


def vote(browser: Client, where: Conversation, page: str, **headers: str) -> Any:
    """Press a button of the page in a frame."""
    given = {"statement": shown(page), "client": mark(page), "vote": "agree", "from": "embed"}
    return browser.post(address("vote_in_frame", where), given, headers={"Sec-Fetch-Site": "same-origin"} | headers)


def opened(browser: Client, where: Conversation) -> str:
    """Open the frame and keep its cookie; return the page."""
    response = browser.get(address("embed", where))
    keep(browser, response)
    return str(response.content.decode())


def test_only_a_conversation_that_may_stand_in_other_sites_does():
    asked = talk()
    assert Client().get(address("embed", asked)).status_code == 404
    Conversation.objects.update(may_embed=True)
    response = Client().get(address("embed", asked))
    assert response.status_code == 200
    assert "X-Frame-Options" not in response
    assert "frame-ancestors *;" in response["Content-Security-Policy"] + ";"
    for name in ("conversation", "mine", "add_statement", "about_me"):
        other = Client().get(address(name, asked))
        assert other["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in other["Content-Security-Policy"]


def test_in_a_frame_of_the_same_site_one_votes_in_place():
    asked = talk(may_embed=True)
    own = Client(headers={"Sec-Fetch-Site": "same-site", "Sec-Fetch-Dest": "iframe"})
    page = own.get(address("embed", asked)).content.decode()
    given = {"statement": shown(page), "client": mark(page), "vote": "agree", "from": "embed"}
    response = own.post(address("vote", asked), given)
    assert response.url == address("embed", asked) + "#talk"
    assert Vote.objects.count() == 1


def test_a_browser_that_does_not_say_where_it_stands_is_led_to_a_tab():
    asked = talk(may_embed=True)
    page = Client().get(address("embed", asked)).content.decode()
    assert "Take part (opens a new tab)" in page
    assert "<form" not in page


# ---------------------------------------------------------------- a foreign site
def test_in_a_frame_of_a_foreign_site_one_person_has_one_place():
    asked = talk(may_embed=True)
    browser = in_frame()
    first = opened(browser, asked)
    assert "csrfmiddlewaretoken" not in first
    assert vote(browser, asked, first).url == address("embed", asked) + "#talk"
    second = browser.get(address("embed", asked), headers={"Sec-Fetch-Site": "same-origin"}).content.decode()
    assert shown(second) not in (None, shown(first))
    vote(browser, asked, second)
    assert Vote.objects.count() == 2
    assert Participant.objects.count() == 1


def test_the_key_of_a_frame_is_the_foreign_sites_alone_and_takes_no_other_ones_place():
    asked = talk(may_embed=True)
    told = keep(Client(), in_frame().get(address("embed", asked)))
    assert told.startswith(f"framed_{asked.pk.hex}=")
    assert {"HttpOnly", "Secure", "SameSite=None", "Partitioned", "Path=/"} <= set(told.split("; "))
    own = Client()
    press(own, asked)
    page = own.get(address("embed", asked), headers={"Sec-Fetch-Site": "cross-site"})
    assert "Set-Cookie" not in page.headers
    assert address("vote", asked) in page.content.decode()


def test_a_browser_that_keeps_nothing_is_told_so_and_no_vote_gets_lost_in_silence():
    asked = talk(may_embed=True)
    browser = in_frame()
    page = browser.get(address("embed", asked)).content.decode()
    browser.cookies.clear()
    answer = vote(browser, asked, page)
    assert "your vote is not stored" in answer.content.decode()
    assert 'id="talk"' in answer.content.decode()
    assert "X-Frame-Options" not in answer
    assert not Participant.objects.exists()


@pytest.mark.parametrize("sent_from", ["cross-site", "same-site", "none", ""])
@pytest.mark.parametrize("name", ["vote_in_frame", "out_of_frame"])
def test_only_the_page_itself_votes_and_goes_on(name, sent_from):
    asked = talk(may_embed=True)
    browser = Client(enforce_csrf_checks=True)
    page = in_frame().get(address("embed", asked)).content.decode()
    given = {"statement": shown(page), "client": mark(page), "vote": "agree"}
    headers = {"Sec-Fetch-Site": sent_from} if sent_from else {}
    assert browser.post(address(name, asked), given, headers=headers).status_code == 403
    assert not Participant.objects.exists()


def test_where_frames_are_not_allowed_no_vote_comes_from_one():
    asked = talk(may_embed=True)
    browser = in_frame()
    page = opened(browser, asked)
    Conversation.objects.update(may_embed=False)
    assert vote(browser, asked, page).status_code == 404
    assert not Vote.objects.exists()


def test_what_refuses_a_vote_stands_in_the_frame_itself():
    asked = talk(may_embed=True)
    browser = in_frame()
    page = opened(browser, asked)
    Conversation.objects.update(state="closed")
    answer = vote(browser, asked, page)
    assert answer.status_code == 200
    assert "No votes are taken any more" in answer.content.decode()
    assert "notice error" in answer.content.decode()
    assert not Vote.objects.exists()


@pytest.mark.parametrize("entry", ["code", "member"])
def test_where_not_everybody_may_vote_a_foreign_frame_leads_to_a_tab(entry):
    asked = talk(may_embed=True, entry=entry)
    page = in_frame().get(address("embed", asked)).content.decode()
    assert "data-vote" not in page
    assert 'target="_blank"' in page


# ---------------------------------------------------------------- on, in a tab
def sealed(browser: Client, where: Conversation) -> str:
    """Vote in a frame; return the key that its page hands over."""
    vote(browser, where, opened(browser, where))
    page = browser.get(address("embed", where)).content.decode()
    return str(re.search(r'name="key" value="([^"]+)"', page)[1])  # type: ignore[index]


def go_on(tab: Client, where: Conversation, key: str) -> HttpResponse:
    """Press the button that opens the conversation in a tab."""
    return tab.post(address("out_of_frame", where), {"key": key}, headers={"Sec-Fetch-Site": "same-origin"})


def test_the_tab_goes_on_at_the_place_of_the_frame():
    asked = talk(may_embed=True)
    tab = Client()
    response = go_on(tab, asked, sealed(in_frame(), asked))
    assert response.url == address("conversation", asked)
    press(tab, asked)
    assert Participant.objects.count() == 1
    assert Vote.objects.count() == 2


def test_a_tab_that_has_a_place_keeps_it():
    asked = talk(may_embed=True)
    tab = Client()
    press(tab, asked)
    go_on(tab, asked, sealed(in_frame(), asked))
    assert "1 answered, 2 left" in tab.get(address("conversation", asked)).content.decode()
    assert Participant.objects.count() == 2


def test_a_key_of_another_conversation_or_of_nobody_opens_nothing():
    asked, other = talk(may_embed=True), talk("mills", may_embed=True)
    key = sealed(in_frame(), other)
    for wrong in (key, key[:-1], "", "x"):
        tab = Client()
        assert go_on(tab, asked, wrong).url == address("conversation", asked)
        assert not tab.cookies
        press(tab, asked)
    assert Participant.objects.filter(conversation=asked).count() == 4

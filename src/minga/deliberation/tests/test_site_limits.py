"""How often people act in conversations: a hall shares one address, and nobody gains by throwing a key away."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.test import Client

from minga.deliberation import limits
from minga.deliberation.models import Participant, Vote
from minga.deliberation.services import setting_up
from minga.deliberation.testing_talk import address, mark, press, shown, talk

pytestmark = [pytest.mark.page, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def few(settings, monkeypatch):
    """Let two people come from one address within an hour, and each vote three times and state twice."""
    settings.RATE_LIMITS, settings.PEOPLE_PER_ADDRESS = True, 2
    monkeypatch.setattr(limits, "VOTES", replace(limits.VOTES, times=3))
    monkeypatch.setattr(limits, "STATEMENTS", replace(limits.STATEMENTS, times=2))
    cache.clear()


def vote(browser, asked):
    """Press a button, also where the answer is a refusal; return its status."""
    page = browser.get(address("conversation", asked)).content.decode()
    given = {"statement": shown(page), "client": mark(page), "vote": "agree"}
    return browser.post(address("vote", asked), given).status_code


def type_code(asked, code, browser=None):
    return (browser or Client()).post(address("entry_code", asked), {"code": code})


def by_program(browser, asked, name, **body):
    address_of = f"/api/v1/deliberation/conversations/{asked.slug}/{name}"
    return browser.post(address_of, body, content_type="application/json")


# ---------------------------------------------------------------- votes
def test_who_throws_the_key_away_is_a_new_participant_each_time():
    asked = talk()
    assert [vote(Client(), asked) for _time in range(3)] == [302, 302, 429]
    assert Participant.objects.count() == 2


def test_those_who_have_a_place_go_on_when_no_new_people_are_let_in():
    asked = talk()
    first, second = Client(), Client()
    press(first, asked)
    press(second, asked)
    assert vote(Client(), asked) == 429
    assert vote(first, asked) == vote(second, asked) == 302
    assert vote(Client(REMOTE_ADDR="192.0.2.7"), asked) == 302


def test_one_participant_votes_so_often_and_the_neighbour_is_not_held_up():
    asked = talk(statements=9)
    eager, neighbour = Client(), Client()
    # the first vote is that of a new participant, the others are the participant's own
    assert [vote(eager, asked) for _time in range(5)] == [302, 302, 302, 302, 429]
    assert [vote(neighbour, asked) for _time in range(4)] == [302] * 4


def test_the_page_says_how_many_minutes_it_takes(monkeypatch):
    at = SimpleNamespace(time=lambda: 3600.0 * 400_000 + 1210)
    monkeypatch.setattr("minga.web.ratelimit.time", at)
    asked = talk()
    for _time in range(2):
        press(Client(), asked)
    late = Client()
    page = late.get(address("conversation", asked)).content.decode()
    given = {"statement": shown(page), "client": mark(page), "vote": "agree"}
    answer = late.post(address("vote", asked), given)
    assert answer["Retry-After"] == "2390"
    assert "Wait 40 minutes, then try again." in answer.content.decode()


def test_in_a_frame_the_refusal_stands_in_the_frame():
    asked = talk(may_embed=True)
    for _time in range(2):
        press(Client(), asked)
    browser = Client(headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "iframe"})
    response = browser.get(address("embed", asked))
    name, _equals, value = response.headers["Set-Cookie"].partition(";")[0].partition("=")
    browser.cookies[name] = value
    page = response.content.decode()
    given = {"statement": shown(page), "client": mark(page), "vote": "agree"}
    answer = browser.post(address("vote_in_frame", asked), given, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 200
    assert "than the site accepts in this time" in answer.content.decode()
    assert "X-Frame-Options" not in answer
    assert Vote.objects.count() == 2


# ---------------------------------------------------------------- statements
def test_statements_are_counted_by_participant_too():
    asked = talk()
    own, neighbour = Client(), Client()
    for browser in (own, neighbour):
        press(browser, asked)
    sent = [own.post(address("add_statement", asked), {"text": "", "language": "en"}).status_code for _time in range(3)]
    assert sent == [422, 422, 429]
    assert neighbour.post(address("add_statement", asked), {"text": "", "language": "en"}).status_code == 422


# ---------------------------------------------------------------- invitation codes
def test_a_hall_full_of_people_comes_in_by_their_codes():
    asked = talk(entry="code")
    codes = setting_up.make_codes(conversation=asked, count=35)
    assert {type_code(asked, code).status_code for code in codes} == {302}


def test_wrong_codes_are_counted_and_then_none_is_looked_at():
    asked = talk(entry="code")
    code = setting_up.make_codes(conversation=asked, count=1)[0]
    assert [type_code(asked, "0000-0000-0000-0000").status_code for _time in range(4)] == [422, 422, 429, 429]
    assert type_code(asked, code).status_code == 429
    assert type_code(asked, code, Client(REMOTE_ADDR="192.0.2.7")).status_code == 302


# ---------------------------------------------------------------- programs
def test_programs_are_counted_in_the_same_way():
    asked = talk()
    came = [by_program(Client(), asked, "participants") for _time in range(3)]
    assert [answer.status_code for answer in came] == [201, 201, 429]
    guest = Client(headers={"X-Minga-Key": came[0].json()["key"]})
    body = {"statement": 0, "vote": 1, "client_id": "a"}
    assert [by_program(guest, asked, "votes", **body).status_code for _time in range(4)] == [200, 200, 200, 429]


def test_programs_may_mistype_a_code_so_often():
    asked = talk(entry="code")
    came = [by_program(Client(), asked, "participants", code="0000") for _time in range(4)]
    assert [answer.status_code for answer in came] == [422, 422, 429, 429]

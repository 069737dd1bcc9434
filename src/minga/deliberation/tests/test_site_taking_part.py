"""Taking part: one statement at a time, without an account and without JavaScript; one person, one place."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from minga.deliberation.models import Conversation, EntryCode, MapRun, Participant, Statement, Vote
from minga.deliberation.selectors import taking_part as selectors
from minga.deliberation.services import taking_part as services
from minga.deliberation.testing_conversations import said
from minga.deliberation.testing_talk import (
    address,
    mark,
    press,
    shown,
    signed_in,
    signed_in_member,
    talk,
)
from minga.deliberation.testing_voices import at_work, consultation
from minga.members import services as members
from minga.web import codes

pytestmark = [pytest.mark.page, pytest.mark.django_db]


# ---------------------------------------------------------------- the page
def test_a_visitor_reads_what_happens_and_leaves_nothing_in_the_database():
    asked = talk()
    response = Client().get(address("conversation", asked))
    page = response.content.decode()
    assert response.status_code == 200
    for words in ("How shall bakeries use AI?", "No account is needed", "random sign", "Written by the organizers"):
        assert words in page
    assert "0 answered, 3 left" in page
    assert address("verify", asked) not in page
    assert not Participant.objects.exists()


def test_the_key_stays_in_a_cookie_of_its_own_that_scripts_and_other_sites_do_not_get():
    one, other = talk(), talk("mills")
    browser = Client()
    for asked in (one, other):
        browser.get(address("conversation", asked))
    cookies = {name: cookie for name, cookie in browser.cookies.items() if name.startswith("talk_")}
    assert set(cookies) == {f"talk_{one.pk.hex}", f"talk_{other.pk.hex}"}
    assert all(cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["max-age"] for cookie in cookies.values())
    first, second = (cookie.value.partition(":")[0] for cookie in cookies.values())
    assert first != second


def test_somebody_votes_on_everything_one_by_one():
    asked = talk()
    browser = Client()
    numbers = [press(browser, asked, button) for button in ("agree", "disagree", "pass")]
    assert sorted(numbers) == [0, 1, 2]
    by_number = dict(zip(numbers, (1, -1, 0), strict=True))
    assert dict(Vote.objects.values_list("statement__number", "value")) == by_number
    assert Participant.objects.count() == 1
    page = browser.get(address("conversation", asked)).content.decode()
    assert "You have voted on everything" in page
    assert "3 answered, 0 left" in page
    assert shown(page) is None


def test_statement_names_its_card():
    page = Client().get(address("conversation", talk())).content.decode()
    named = re.search(r'aria-labelledby="([^"]+)"', page.partition("talk__card")[2])[1]
    assert re.search(rf'<blockquote class="talk__said" id="{named}"', page)


def test_without_a_script_the_next_page_says_what_was_counted_and_leads_to_changing_it():
    asked = talk()
    browser = Client()
    press(browser, asked, "disagree")
    page = browser.get(address("conversation", asked)).content.decode()
    assert "Counted: You disagree." in page
    assert f'href="{address("mine", asked)}">Change it</a>' in page
    assert "Counted:" not in browser.get(address("conversation", asked)).content.decode()


def test_a_reload_asks_the_same_again_and_two_people_are_asked_differently():
    asked = talk(statements=30)
    browser = Client()
    numbers = {shown(browser.get(address("conversation", asked)).content.decode()) for _time in range(4)}
    assert len(numbers) == 1
    firsts = {shown(Client().get(address("conversation", asked)).content.decode()) for _person in range(12)}
    assert len(firsts) > 3


def test_the_first_vote_does_not_change_the_sign_under_which_is_drawn():
    """A lost answer is asked for again: the same page, sent twice by a new browser, is one person with one vote."""
    asked = talk()
    browser = Client()
    page = browser.get(address("conversation", asked)).content.decode()
    given = {"statement": shown(page), "client": mark(page), "vote": "agree"}
    for _time in range(3):
        assert browser.post(address("vote", asked), given).status_code == 302
    assert Vote.objects.count() == Participant.objects.count() == 1


def test_another_button_on_the_same_page_is_another_act():
    asked = talk()
    browser = Client()
    page = browser.get(address("conversation", asked)).content.decode()
    for button in ("agree", "disagree", "disagree"):
        browser.post(address("vote", asked), {"statement": shown(page), "client": mark(page), "vote": button})
    assert list(Vote.objects.order_by("pk").values_list("value", flat=True)) == [1, -1]


@pytest.mark.parametrize(
    "given",
    [
        {"statement": "0", "vote": "agree"},
        {"statement": "0", "vote": "perhaps", "client": "a" * 12},
        {"statement": "x", "vote": "agree", "client": "a" * 12},
        {"statement": "0", "vote": "agree", "client": "a" * 60},
        {"statement": "99", "vote": "agree", "client": "a" * 12},
    ],
)
def test_a_damaged_vote_is_not_stored_and_says_so(given):
    asked = talk()
    response = Client().post(address("vote", asked), given, follow=True)
    assert 'role="status"' in response.content.decode()
    assert 'class="notice error"' in response.content.decode()
    assert not Vote.objects.exists()


def test_nobody_is_said_to_have_taken_out_what_never_stood_there():
    asked = talk(statements=1)
    given = {"statement": "9999", "vote": "agree", "client": "a" * 12}
    never = Client().post(address("vote", asked), given, follow=True)
    assert "this conversation has no such statement" in never.content.decode()
    Statement.objects.update(state=Statement.State.REJECTED)
    taken_out = Client().post(address("vote", asked), given | {"statement": "0"}, follow=True)
    assert "a moderator looks at this statement or left it out" in taken_out.content.decode()


def test_page_asks_few_questions_of_the_database_and_is_small(django_assert_max_num_queries):
    asked = talk(statements=40)
    browser = Client()
    press(browser, asked)
    with django_assert_max_num_queries(10):
        response = browser.get(address("conversation", asked))
    assert len(response.content) < 20_000
    assert response["Cache-Control"].startswith("max-age=0")


# ---------------------------------------------------------------- which statement comes next
def test_rejected_statements_are_never_asked_and_waiting_ones_only_in_open_mode():
    asked = talk(statements=1)
    said(asked, "Buy my ovens!", state=Statement.State.REJECTED)
    said(asked, "Bakers should be asked.", state=Statement.State.WAITING)
    browser = Client()
    assert press(browser, asked) == 0
    assert shown(browser.get(address("conversation", asked)).content.decode()) is None
    Conversation.objects.update(is_strict=False)
    assert shown(browser.get(address("conversation", asked)).content.decode()) == 2
    press(browser, asked)
    assert shown(browser.get(address("conversation", asked)).content.decode()) is None


def test_the_organizers_order_goes_first_then_the_weights_of_the_latest_map():
    asked = talk(statements=4)
    asked.statements.filter(number=3).update(order=1)
    asked.statements.filter(number=1).update(order=2)
    MapRun.objects.create(conversation=asked, weights={"0": 1e-9, "2": 1.0})
    assert selectors.next_turn(asked, None, "anybody").statement.number == 3
    browser = Client()
    assert [press(browser, asked) for _time in range(4)] == [3, 1, 2, 0]


def test_a_new_statement_weighs_one_and_one_about_the_conversation_comes_soon():
    asked = talk(statements=2)
    MapRun.objects.create(conversation=asked, weights={"0": 0.0})
    drawn = [selectors.next_turn(asked, None, f"person {at}").statement.number for at in range(40)]
    assert set(drawn) == {1}
    said(asked, "I understand what is asked here.", is_meta=True)
    drawn = [selectors.next_turn(asked, None, f"person {at}").statement.number for at in range(200)]
    assert drawn.count(2) > 170


def test_what_was_taken_back_is_not_pressed_on_anybody_again():
    asked = talk(statements=1)
    browser = Client()
    press(browser, asked)
    browser.post(address("vote", asked), {"statement": 0, "client": "b" * 12, "vote": "back", "from": "mine"})
    assert Vote.objects.order_by("-pk").first().value is None
    assert shown(browser.get(address("conversation", asked)).content.decode()) is None


# ---------------------------------------------------------------- languages
def test_a_statement_is_shown_in_the_language_of_the_page_and_says_who_translated_it():
    asked = talk(statements=0)
    words = {"fr": {"text": "Il faut former les boulangers.", "by": "machine"}}
    said(asked, "Train the bakers.", translations=words)
    page = Client().get(address("conversation", asked, "fr")).content.decode()
    assert 'lang="fr" dir="ltr">Il faut former les boulangers.</blockquote>' in page
    assert "Train the bakers." in page
    english = Client().get(address("conversation", asked)).content.decode()
    assert "Il faut former" not in english
    arabic = Client().get(address("conversation", asked, "ar")).content.decode()
    assert 'lang="en" dir="ltr">Train the bakers.</blockquote>' in arabic


@pytest.mark.parametrize(("by", "words"), [("human", "translated by a person"), ("machine", "it may be wrong")])
def test_translations_of_people_and_machines_are_told_apart(by, words):
    asked = talk(statements=0)
    said(asked, "Il faut former.", language="fr", translations={"en": {"text": "Training is needed.", "by": by}})
    page = Client().get(address("conversation", asked)).content.decode()
    assert "Training is needed." in page
    assert words in page


# ---------------------------------------------------------------- doors
def test_before_the_opening_only_the_team_sees_the_page_and_nobody_votes():
    asked = talk(state=Conversation.State.DRAFT)
    assert Client().get(address("conversation", asked)).status_code == 404
    assert Client().post(address("vote", asked), {}).status_code == 404
    browser, _account = at_work(asked.consultation, "moderator")
    page = browser.get(address("conversation", asked)).content.decode()
    assert "This conversation has not begun" in page
    browser.post(address("vote", asked), {"statement": 0, "client": "a" * 12, "vote": "agree"})
    assert not Vote.objects.exists()


@pytest.mark.parametrize("over", [{"state": "closed"}, {"closes_at": timezone.now() - timedelta(minutes=1)}])
def test_a_closed_conversation_takes_no_votes_and_stays_readable(over):
    asked = talk()
    browser = Client()
    press(browser, asked)
    Conversation.objects.update(**over)
    page = browser.get(address("conversation", asked)).content.decode()
    assert "This conversation is closed" in page
    response = browser.post(address("vote", asked), {"statement": 1, "client": "a" * 12, "vote": "agree"}, follow=True)
    assert "nothing was changed" in response.content.decode()
    assert Vote.objects.count() == 1
    assert browser.get(address("mine", asked)).status_code == 200


def test_an_invitation_code_lets_one_browser_in_once():
    asked = talk(entry="code")
    code = codes.new_code()
    EntryCode.objects.create(conversation=asked, code_hash=codes.hash_of(code))
    browser = Client()
    page = browser.get(address("conversation", asked)).content.decode()
    assert shown(page) is None
    assert address("entry_code", asked) in page
    browser.post(address("vote", asked), {"statement": 0, "client": "a" * 12, "vote": "agree"})
    assert not Vote.objects.exists()
    wrong = browser.post(address("entry_code", asked), {"code": "0000-0000-0000-0000"})
    assert wrong.status_code == 422
    assert "This code opens nothing here" in wrong.content.decode()
    typed = {"code": f" {code.lower().replace('-', ' ')} "}
    assert browser.post(address("entry_code", asked), typed).status_code == 302
    assert press(browser, asked) in {0, 1, 2}
    assert Client().post(address("entry_code", asked), typed).status_code == 422
    assert Participant.objects.count() == 1


def test_the_same_code_page_sent_twice_is_one_place():
    asked = talk(entry="code")
    EntryCode.objects.create(conversation=asked, code_hash=codes.hash_of("7QK4-0M2X-V9TB-3HFA"))
    browser = Client()
    browser.get(address("entry_code", asked))
    for _time in range(2):
        assert browser.post(address("entry_code", asked), {"code": "7QK4-0M2X-V9TB-3HFA"}).status_code == 302
    assert Participant.objects.count() == 1


def test_a_code_of_another_conversation_opens_nothing():
    asked, other = talk(entry="code"), talk("mills", entry="code")
    EntryCode.objects.create(conversation=other, code_hash=codes.hash_of("7QK4-0M2X-V9TB-3HFA"))
    assert Client().post(address("entry_code", asked), {"code": "7QK4-0M2X-V9TB-3HFA"}).status_code == 422
    assert EntryCode.objects.get().used_at is None


def test_members_only_asks_visitors_to_sign_in_and_strangers_to_join_an_organization():
    asked = talk(entry="member")
    page = Client().get(address("conversation", asked)).content.decode()
    assert "Sign in" in page
    assert shown(page) is None
    stranger = signed_in(members.create_account(email="chloe@example.org", password="a long password", name="Chloé"))
    assert "belongs to no organization yet" in stranger.get(address("conversation", asked)).content.decode()
    for browser in (Client(), stranger):
        browser.post(address("vote", asked), {"statement": 0, "client": "a" * 12, "vote": "agree"})
    assert not Participant.objects.exists()


def test_a_second_browser_of_a_member_is_the_same_place():
    asked = talk(entry="member")
    browser, person = signed_in_member()
    first = press(browser, asked)
    second = press(signed_in(person.account), asked)
    assert first != second
    place = Participant.objects.get()
    assert place.is_member
    assert place.votes.count() == 2
    assert not [name for name in browser.cookies if name.startswith("talk_")]


def test_a_members_sign_tells_nothing_without_the_sites_key(settings):
    asked, other = talk(entry="member"), talk("mills", entry="member")
    _browser, person = signed_in_member()
    sign = selectors.token_of_member(asked, person)
    assert sign != selectors.token_of_member(other, person)
    assert person.mark.hex not in sign
    assert codes.hash_of(f"{asked.pk.hex}:{person.mark.hex}") != sign
    settings.SECRET_KEY = "another key of fifty characters and more, as it must be."
    assert selectors.token_of_member(asked, person) != sign


def test_a_guest_who_verifies_takes_the_votes_along():
    asked = talk()
    browser, person = signed_in_member()
    press(browser, asked)
    guest = Participant.objects.get()
    assert not guest.is_member
    assert address("verify", asked) in browser.get(address("conversation", asked)).content.decode()
    assert browser.post(address("verify", asked)).status_code == 302
    place = Participant.objects.get()
    assert place.is_member
    assert place.votes.count() == 1
    assert place.pk != guest.pk
    # in another browser, and after signing out nothing of it is open
    other = signed_in(person.account)
    press(other, asked)
    assert place.votes.count() == 2
    page = Client().get(address("mine", asked)).content.decode()
    assert "This browser has no place" in page


def test_a_guest_who_is_known_as_a_member_keeps_the_votes_given_as_one():
    asked = talk()
    first, person = signed_in_member()
    press(first, asked, "agree")
    first.post(address("verify", asked))
    number = Vote.objects.get().statement.number
    guest = services.join(conversation=asked, secret="of another browser")
    for one in asked.statements.all():
        Vote.objects.create(participant=guest, statement=one, value=-1, client_id="x", at=timezone.now())
    own = services.verify(conversation=asked, person=person, secret="of another browser")
    values = dict(own.votes.values_list("statement__number", "value"))
    assert values == {0: -1, 1: -1, 2: -1} | {number: 1}
    assert Participant.objects.count() == 1


def test_nobody_gets_rid_of_a_ban_by_verifying():
    asked = talk()
    _browser, person = signed_in_member()
    guest = services.join(conversation=asked, secret="s")
    Participant.objects.update(banned_at=timezone.now())
    assert guest.pk
    assert services.verify(conversation=asked, person=person, secret="s").banned_at is not None


def test_who_is_no_member_is_not_verified():
    asked = talk()
    browser = signed_in(members.create_account(email="chloe@example.org", password="a long password", name="Chloé"))
    response = browser.post(address("verify", asked), follow=True)
    assert "Only members of the alliance are verified" in response.content.decode()
    assert not Participant.objects.exists()
    Client().post(address("verify", asked))
    assert not Participant.objects.exists()


def test_a_banned_person_votes_as_others_do_and_is_told_nothing():
    asked = talk()
    browser = Client()
    press(browser, asked)
    browser.get(address("conversation", asked))  # says once what was counted
    before = browser.get(address("conversation", asked)).content.decode()
    Participant.objects.update(banned_at=timezone.now())
    after = browser.get(address("conversation", asked)).content.decode()

    def plain(page):
        page = re.sub(r'name="client" value="[^"]+"|nonce="[^"]+"', "", page)
        return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page)

    assert plain(after) == plain(before)
    press(browser, asked)
    assert Vote.objects.count() == 2


def test_nobody_is_sent_to_a_page_of_somebody_elses_choice():
    asked = talk()
    given = {"statement": 0, "client": "a" * 12, "vote": "agree", "from": "https://example.org/"}
    assert Client().post(address("vote", asked), given).url == address("conversation", asked) + "#talk"


# ---------------------------------------------------------------- about me
def test_what_somebody_says_of_themselves_is_theirs_to_leave_out():
    asked = talk()
    browser = Client()
    page = browser.get(address("about_me", asked)).content.decode()
    assert "Every question may stay open" in page
    assert browser.post(address("about_me", asked), {"gender": "woman", "region": " Praia "}).status_code == 302
    place = Participant.objects.get()
    assert place.strata == {"gender": "woman", "region": "Praia"}
    browser.post(address("about_me", asked), {"gender": "", "region": ""})
    place.refresh_from_db()
    assert place.strata == {}
    assert browser.post(address("about_me", asked), {"gender": "robot"}).status_code == 422


def test_a_conversation_in_preparation_is_closed_to_the_team_of_another_consultation():
    asked = talk(state=Conversation.State.DRAFT)
    browser, _account = at_work(consultation("mills"), "lead")
    assert browser.get(address("conversation", asked)).status_code == 404

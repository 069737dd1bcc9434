"""My place: my group and what it stands for, votes to change and take back, and leaving without a trace."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from minga.deliberation.engine.snapshot import points
from minga.deliberation.models import Conversation, EntryCode, MapRun, Participant, Statement, Vote
from minga.deliberation.selectors import my_place
from minga.deliberation.selectors import taking_part as selectors
from minga.deliberation.services import mapping, participants
from minga.deliberation.services import taking_part as services
from minga.deliberation.testing_conversations import joined, said, voted, with_camps
from minga.deliberation.testing_talk import address, mark, press, signed_in_member, talk

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def words_of(response):
    return response.content.decode()


def sits(participant, secret="a secret of forty letters and more, truly"):
    """Hand a participant's place to a browser."""
    from django.core.signing import get_cookie_signer

    Participant.objects.filter(pk=participant.pk).update(token_hash=selectors.token_of_secret(secret))
    browser = Client()
    name = f"talk_{participant.conversation.pk.hex}"
    browser.cookies[name] = get_cookie_signer(salt=name + "minga.deliberation.talk").sign(secret)
    return browser


# ---------------------------------------------------------------- my group
def test_somebody_sees_the_own_group_and_what_it_stands_for():
    asked = with_camps()
    run = mapping.refresh_map(conversation=asked)
    assert run.facts["k"] == 2
    person = asked.participants.order_by("pk").first()
    page = words_of(sits(person).get(address("mine", asked)))
    standing = my_place.standing_of(person)
    assert standing.group.letter in "AB"
    assert standing.group.people == 30
    assert len(standing.group.stands_for) >= 3
    assert "30 people vote much alike" in page
    for statement, _agrees in standing.group.stands_for:
        assert statement.text in page
    # the other camp sees the other group
    other = asked.participants.order_by("pk")[1]
    assert my_place.standing_of(other).group.letter != standing.group.letter


def test_the_published_map_comes_before_a_newer_one():
    asked = with_camps()
    first = mapping.refresh_map(conversation=asked)
    MapRun.objects.filter(pk=first.pk).update(is_published=True)
    newer = MapRun.objects.create(conversation=asked, points=first.points)
    person = asked.participants.first()
    assert my_place.standing_of(person).run.pk == first.pk
    MapRun.objects.update(is_published=False)
    assert my_place.standing_of(person).run.pk == newer.pk


def test_who_is_on_no_map_or_in_no_group_reads_why():
    asked = talk()
    browser = Client()
    press(browser, asked)
    assert "There is no map yet." in words_of(browser.get(address("mine", asked)))
    grouped = with_camps()
    mapping.refresh_map(conversation=grouped)
    late = joined(grouped)
    assert "before you voted" in words_of(sits(late).get(address("mine", grouped)))
    alike = with_camps(camps=1, slug="alike")
    mapping.refresh_map(conversation=alike)
    assert "no clear groups" in words_of(sits(alike.participants.first()).get(address("mine", alike)))


def test_who_voted_after_the_map_reads_when_the_next_one_comes(settings):
    settings.MAP_VOTES = 1
    grouped = with_camps()
    mapping.refresh_map(conversation=grouped)
    late = sits(joined(grouped))
    assert "about an hour after the last one, or sooner, once there is 1 new vote." in words_of(
        late.get(address("mine", grouped))
    )
    settings.MAP_VOTES = 40
    page = words_of(late.get(address("mine", grouped)))
    assert "once there are 40 new votes." in page
    assert "Group A" not in page, "a map that is not published shows its groups to those on it alone"


def test_who_voted_after_the_published_map_sees_its_groups_meanwhile():
    grouped = with_camps()
    mapping.publish_map(run=mapping.refresh_map(conversation=grouped))
    page = words_of(sits(joined(grouped)).get(address("mine", grouped)))
    assert "once the team publishes a newer one" in page
    assert f'<a href="{address("report", grouped)}#group-A">Group A</a>: 30 people' in page
    assert "Group B" in page


def late_as(asked, pattern, votes=12):
    """Let somebody in after the map, who votes as another one does."""
    late = joined(asked)
    for one in pattern.votes.exclude(value=None).order_by("statement__number")[:votes]:
        voted(late, one.statement, one.value)
    return late


def test_everybody_on_a_map_stands_nearest_to_their_own_group():
    asked = with_camps()
    run = mapping.refresh_map(conversation=asked)
    on_it = {row["pseudonym"]: row["group"] for row in points(bytes(run.points)).iter_rows(named=True)}
    grouped = [one for one in asked.participants.all() if on_it[str(one.pseudonym)] is not None]
    assert len(grouped) == 60
    assert [my_place._nearest(one, run) for one in grouped] == [on_it[str(one.pseudonym)] for one in grouped]


def test_who_voted_often_after_the_map_sees_the_nearest_group_as_provisional_and_the_next_map_settles_it():
    asked = with_camps()
    mapping.refresh_map(conversation=asked)
    first, other = asked.participants.order_by("pk")[:2]
    for pattern in (first, other):
        late = late_as(asked, pattern)
        there, here = my_place.standing_of(pattern), my_place.standing_of(late)
        assert (here.group.letter, here.is_provisional, here.is_on_map) == (there.group.letter, True, False)
        assert not there.is_provisional
        page = words_of(sits(late, late.token_hash).get(address("mine", asked)))
        assert "provisional" in page
        assert "your votes are nearest to theirs" in page
        assert "you among them" not in page
    run = mapping.refresh_map(conversation=asked)
    settled = my_place.standing_of(late)
    assert (settled.run.pk, settled.is_provisional, settled.group.letter) == (run.pk, False, here.group.letter)
    assert "provisional" not in words_of(sits(late, late.token_hash).get(address("mine", asked)))


def test_a_place_is_provisional_from_seven_votes_on_and_not_for_votes_that_count_nowhere():
    asked = with_camps()
    run = mapping.refresh_map(conversation=asked)
    few = late_as(asked, asked.participants.order_by("pk").first(), votes=6)
    newer = said(asked, "Nobody had heard of this when the map was made.")
    voted(few, newer, 1)
    assert my_place.standing_of(few).group is None
    seventh = asked.statements.exclude(votes__participant=few).exclude(pk=newer.pk).order_by("-number").first()
    voted(few, seventh, 0)
    assert my_place.standing_of(few).is_provisional
    voted(few, seventh, None)
    assert my_place.standing_of(few).group is None, "a vote that was taken back is none"
    voted(few, seventh, 0)
    few.banned_at = timezone.now()
    assert my_place.standing_of(few).group is None
    few.banned_at = None
    for hidden in ("mean", "pc1"):  # as maps of older versions were kept
        kept = run.tables["statements"]
        kept["columns"] = [f"old {name}" if name == hidden else name for name in kept["columns"]]
        run.save(update_fields=["tables"])
        assert my_place.standing_of(few).group is None
        assert "before you voted" in words_of(sits(few).get(address("mine", asked)))


def test_where_no_groups_are_clear_nobody_stands_in_one_provisionally():
    alike = with_camps(camps=1, slug="alike")
    mapping.refresh_map(conversation=alike)
    late = late_as(alike, alike.participants.first())
    assert my_place.standing_of(late).group is None


def test_a_group_below_the_smallest_that_may_be_shown_is_not(settings):
    asked = with_camps()
    mapping.refresh_map(conversation=asked)
    settings.MIN_PERSONS = 31
    assert my_place.standing_of(asked.participants.first()).group is None


# ---------------------------------------------------------------- my votes
def test_votes_are_changed_and_taken_back_as_rows_of_their_own():
    asked = talk(statements=1)
    browser = Client()
    press(browser, asked, "agree")
    for button, words in (("disagree", "You disagree"), ("back", "Taken back"), ("pass", "You passed")):
        page = words_of(browser.get(address("mine", asked)))
        given = {"statement": 0, "client": mark(page), "vote": button, "from": "mine"}
        response = browser.post(address("vote", asked), given)
        assert response.url == address("mine", asked)
        assert words in words_of(browser.get(response.url))
    assert list(Vote.objects.order_by("pk").values_list("value", flat=True)) == [1, -1, None, 0]


def test_many_votes_come_in_pages_and_a_change_leads_back_to_its_page():
    asked = talk(statements=0)
    person = joined(asked)
    for number in range(31):
        voted(person, said(asked, f"Thought {number}."), 1)
    browser = sits(person)
    first = words_of(browser.get(address("mine", asked)))
    assert first.count("You agree") == 30
    second = words_of(browser.get(address("mine", asked) + "?page=2"))
    assert second.count("You agree") == 1
    given = {"statement": 0, "client": mark(second), "vote": "pass", "from": "mine", "page": "2"}
    response = browser.post(address("vote", asked), given)
    assert response.url == address("mine", asked) + "?page=2"
    assert "Thought 0." in words_of(browser.get(address("mine", asked)))  # the latest act stands first
    given["page"] = "2&next=https://example.org"
    assert browser.post(address("vote", asked), given).url == address("mine", asked)


def test_a_vote_on_a_statement_that_was_left_out_can_only_be_taken_back():
    asked = talk(statements=1)
    browser = Client()
    press(browser, asked)
    Statement.objects.update(state=Statement.State.REJECTED)
    page = words_of(browser.get(address("mine", asked)))
    assert "left out by a moderator" in page
    assert 'value="back"' in page
    assert 'value="disagree"' not in page
    given = {"statement": 0, "client": "c" * 12, "from": "mine"}
    refused = browser.post(address("vote", asked), given | {"vote": "disagree"}, follow=True)
    assert "Your vote was not stored: a moderator looks at this statement or left it out" in words_of(refused)
    browser.post(address("vote", asked), given | {"vote": "back"})
    assert list(Vote.objects.order_by("pk").values_list("value", flat=True)) == [1, None]


def test_nobody_sees_or_changes_the_place_of_somebody_else():
    asked = talk()
    mine, other = Client(), Client()
    press(mine, asked)
    other.get(address("conversation", asked))
    assert "This browser has no place" in words_of(other.get(address("mine", asked)))
    assert other.get(address("mine_json", asked)).status_code == 404
    assert other.get(address("leave_conversation", asked)).status_code == 302
    other.post(address("leave_conversation", asked))
    assert Vote.objects.count() == 1
    # a key that was altered opens nothing
    name = f"talk_{asked.pk.hex}"
    other.cookies[name] = mine.cookies[name].value[:-2] + "xx"
    assert "This browser has no place" in words_of(other.get(address("mine", asked)))


def test_a_member_sees_the_page_of_another_conversation_as_somebody_new():
    one, other = talk(entry="member"), talk("mills", entry="member")
    browser, _person = signed_in_member()
    press(browser, one)
    assert "You agree" in words_of(browser.get(address("mine", one)))
    assert "This browser has no place" in words_of(browser.get(address("mine", other)))


# ---------------------------------------------------------------- leaving
def test_deleting_my_trace_leaves_nothing_and_others_votes_as_they_were():
    asked = talk(is_strict=False)
    browser, other = Client(), Client()
    press(browser, asked)
    browser.post(address("about_me", asked), {"gender": "woman"})
    for text in ("Ask the bakers first of all.", "Nobody has voted on machines for dough."):
        browser.post(address("add_statement", asked), {"text": text, "language": "en", "seen": "1"})
    voted_on = asked.statements.get(number=3)
    other.get(address("conversation", asked))
    other.post(address("vote", asked), {"statement": 3, "client": "d" * 12, "vote": "disagree"})
    # the author's own vote does not keep a statement
    page = words_of(browser.get(address("leave_conversation", asked)))
    assert "cannot be brought back" in page
    assert browser.post(address("leave_conversation", asked)).status_code == 302
    assert Vote.objects.count() == 1
    assert not asked.statements.filter(number=4).exists()
    voted_on.refresh_from_db()
    sign = voted_on.author
    assert (sign.strata, sign.token_hash[0]) == ({}, "-")
    assert "This browser has no place" in words_of(browser.get(address("mine", asked)))
    asked.statements.filter(number__lt=3).update(state=Statement.State.REJECTED)
    # it still counts as somebody's, not as the organizers'
    assert "Written by another participant" in words_of(Client().get(address("conversation", asked)))
    assert Participant.objects.count() == 2


def test_a_trace_can_be_deleted_after_the_end_and_a_ban_stays_in_the_log():
    asked = talk()
    person = joined(asked, strata={"gender": "man"}, banned_at=timezone.now())
    voted(person, asked.statements.first(), 1)
    asked.moderation.create(participant=person, act="ban", reason="A machine.")
    Conversation.objects.update(state=Conversation.State.CLOSED)
    assert services.delete_trace(participant=person) == 1
    person.refresh_from_db()
    assert (person.strata, person.banned_at is None) == ({}, False)
    assert asked.moderation.get().participant == person


def test_a_place_on_a_shared_device_is_closed_and_its_votes_stay():
    asked = talk()
    browser = Client()
    press(browser, asked)
    assert browser.post(address("close_place", asked)).status_code == 302
    assert "This browser has no place" in words_of(browser.get(address("mine", asked)))
    assert Vote.objects.count() == 1


# ---------------------------------------------------------------- data protection
def test_everything_that_is_kept_can_be_taken_along():
    asked = talk()
    browser = Client()
    number = press(browser, asked, "disagree")
    browser.post(address("about_me", asked), {"region": "Praia"})
    browser.post(address("add_statement", asked), {"text": "Ask the bakers.", "language": "en"})
    response = browser.get(address("mine_json", asked))
    kept = json.loads(response.content)
    assert "attachment" in response["Content-Disposition"]
    assert kept["said_of_oneself"] == {"region": "Praia"}
    assert [(one["statement"], one["vote"]) for one in kept["votes"]] == [(number, -1), (3, 1)]
    assert [one["text"] for one in kept["statements"]] == ["Ask the bakers."]


def test_a_member_who_is_erased_leaves_no_votes_and_guests_are_not_touched():
    asked, other = talk(entry="member"), talk("mills")
    browser, person = signed_in_member()
    press(browser, asked)
    press(browser, other)
    press(Client(), other)
    exported = participants.export_taking_part(person)
    assert [one["conversation"] for one in exported] == ["ovens"]
    assert participants.erase_taking_part(person) == 1
    assert set(Vote.objects.values_list("statement__conversation__slug", flat=True)) == {"mills"}
    assert participants.export_taking_part(person) == []


def test_some_time_after_the_end_nothing_leads_from_a_browser_to_its_votes(settings):
    settings.PARTICIPANT_DAYS = 30
    asked, running = talk(), talk("mills")
    old, new = Client(), Client()
    press(old, asked)
    press(new, running)
    EntryCode.objects.create(conversation=asked, code_hash=uuid4().hex)
    Participant.objects.update(strata={"gender": "woman"})
    assert participants.forget_participants() == 0
    ended = {"state": Conversation.State.CLOSED, "closed_at": timezone.now() - timedelta(days=31)}
    Conversation.objects.filter(pk=asked.pk).update(**ended)
    assert participants.forget_participants() == 1
    assert participants.forget_participants() == 0
    place = Participant.objects.get(conversation=asked)
    assert (place.strata, place.votes.count()) == ({}, 1)
    assert not EntryCode.objects.exists()
    assert "This browser has no place" in words_of(old.get(address("mine", asked)))
    assert "You agree" in words_of(new.get(address("mine", running)))
    assert said(asked, "Still there.").pk


def test_words_that_a_moderator_rejected_are_shown_to_their_author_alone():
    where = talk()
    author, other = joined(where), joined(where)
    statement = said(where, "Maria of the mill steals.", author=author)
    voted(author, statement, 1)
    voted(other, statement, -1)
    Statement.objects.filter(pk=statement.pk).update(state="rejected")
    for name in ("mine", "mine_json"):
        assert "Maria" in words_of(sits(author, "a" * 40).get(address(name, where)))
        browser = sits(other, "b" * 40)
        response = browser.get(address(name, where))
        assert response.status_code == 200
        assert "Maria" not in words_of(response)

"""Flagged votes: how they voted and when, a bloc as one case, and a decision of a person for each."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from minga.deliberation.models import AnomalyFlag
from minga.deliberation.selectors import flags as selectors
from minga.deliberation.services import mapping
from minga.deliberation.testing_conversations import conversation, joined, said, voted, with_camps
from minga.deliberation.testing_voices import at_work
from minga.web.testing_access import is_turned_away

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def address(name, *rest):
    with translation.override("en"):
        return reverse(f"deliberation:{name}", args=rest)


@pytest.fixture
def talk():
    return conversation()


@pytest.fixture
def moderator(talk):
    """Nadia moderates."""
    return at_work(talk.consultation, "moderator")


def flagged(talk, kind="one_answer", **detail):
    person = joined(talk)
    AnomalyFlag.objects.create(conversation=talk, participant=person, kind=kind, detail={"people": 1} | detail)
    return person


def test_flag_is_closed_with_a_reason_and_a_ban_is_lifted_again(talk, moderator):
    client, _account = moderator
    person = flagged(talk)
    page = address("flags", talk.slug)
    assert "Ten or more votes, all the same" in client.get(page).content.decode()
    assert client.post(page, {"participant": person.pk, "act": "ban", "words": "bot"}).status_code == 422
    banned = {"participant": person.pk, "act": "ban", "words": "Votes of a machine."}
    assert client.post(page, banned).status_code == 302
    person.refresh_from_db()
    assert person.banned_at is not None
    assert person.flags.get().decision == "ban"
    assert client.post(page, banned).status_code == 422, "it was decided already"
    client.post(page, {"participant": person.pk, "act": "unban", "words": "A school class, as it turned out."})
    client.post(page, {"participant": person.pk, "act": "keep", "words": "A school class, as it turned out."})
    person.refresh_from_db()
    assert person.banned_at is None
    assert person.flags.get().decision == "keep"
    assert list(person.moderation.values_list("act", flat=True)) == ["ban", "unban", "keep"]


def test_participant_of_another_conversation_cannot_be_banned_here(talk, moderator):
    client, _account = moderator
    stranger, own = joined(conversation("other")), flagged(talk)
    for people in ([stranger.pk], [own.pk, stranger.pk]):
        sent = {"participant": people, "act": "ban", "words": "Votes of a machine."}
        assert client.post(address("flags", talk.slug), sent).status_code == 404
    own.refresh_from_db()
    assert own.banned_at is None


def test_page_tells_how_somebody_voted_when_and_how_fast(talk, moderator):
    client, _account = moderator
    person = flagged(talk, "speed", figure=0.42)
    begun = timezone.now().replace(year=2026, month=3, day=4, hour=11, minute=2, second=3)
    for place, value in enumerate((1, 1, 1, -1, 0)):
        voted(person, said(talk, f"Statement of kind {place}."), value, at=begun + timedelta(minutes=place))
    voted(person, talk.statements.first(), None, at=begun + timedelta(minutes=9))
    told = selectors.how_they_voted([person])[person.pk]
    assert (told.votes, told.agree, told.disagree, told.passed) == (4, 2, 1, 1), "the last act on each counts"
    page = client.get(address("flags", talk.slug)).content.decode()
    assert "11:02:03" in page
    assert "11:11:03" in page
    assert "Middle time between two votes: 0.42 s" in page


def test_a_bloc_is_one_case_from_which_people_can_be_left_out(talk, moderator):
    client, _account = moderator
    bloc = [flagged(talk, "identical", bloc=1, mark="a", people=5, figure=12.0) for _one in range(5)]
    other = flagged(talk, "identical", bloc=1, mark="b", people=5, figure=10.0)
    alone = flagged(talk)
    assert [len(case.people) for case in selectors.cases(talk, "open")] == [5, 1, 1]
    page = client.get(address("flags", talk.slug)).content.decode()
    assert "A bloc of 5 people" in page
    assert page.count('type="checkbox" name="participant"') == 5
    sent = {"participant": [one.pk for one in bloc[:4]], "act": "ban", "words": "A campaign of a shop.", "case": "x"}
    assert client.post(address("flags", talk.slug), sent).status_code == 302
    assert talk.participants.filter(banned_at__isnull=False).count() == 4
    assert [len(case.people) for case in selectors.cases(talk, "open")] == [1, 1, 1]
    assert {case.people[0].pk for case in selectors.cases(talk, "open")} == {bloc[4].pk, other.pk, alone.pk}
    nobody = client.post(address("flags", talk.slug), {"act": "ban", "words": "A campaign of a shop."})
    assert nobody.status_code == 422
    assert "Choose at least one person" in nobody.content.decode()


def test_who_joins_a_bloc_later_belongs_to_the_same_case():
    where = with_camps(2)
    begun = timezone.now()

    def come(people):
        for _one in range(people):
            person = joined(where)
            for statement in where.statements.all():
                voted(person, statement, 1, at=begun)

    come(6)
    mapping.refresh_map(conversation=where)
    assert [len(case.people) for case in selectors.cases(where, "open")] == [6]
    come(2)
    mapping.refresh_map(conversation=where)
    assert [len(case.people) for case in selectors.cases(where, "open")] == [8]
    client, _account = at_work(where.consultation, "moderator")
    page = client.get(address("flags", where.slug)).content.decode()
    assert "With and without everybody who is flagged" in page
    assert "A bloc of 8 people" in page
    assert is_turned_away(Client().get(address("flags", where.slug)))

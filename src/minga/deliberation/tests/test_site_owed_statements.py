"""What all groups agree on is owed an answer, whether the team publishes the report of a conversation or not."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import Conversation, Participant
from minga.deliberation.selectors import answering as owed
from minga.deliberation.selectors import tracing
from minga.deliberation.services import adopting, answering, drafting, mapping, versions
from minga.deliberation.testing_conversations import conversation, joined, said, voted
from minga.deliberation.testing_voices import at_work, consultation
from minga.deliberation.tests.test_site_answering_pages import address, html

pytestmark = [pytest.mark.page, pytest.mark.django_db]

AGREED = "Machines should be checked by people."


@pytest.fixture
def talk():
    """Return a closed conversation in which seven people agree on one statement, and on nothing else."""
    asked = consultation(state="open")
    made = conversation("ovens", consultation=asked, state="open")
    shared, contested = said(made, AGREED), said(made, "Machines should bake alone.")
    for number in range(7):
        person = joined(made)
        voted(person, shared, 1)
        voted(person, contested, 1 if number % 2 else -1)
    return made


@pytest.fixture
def draft(talk):
    """Return a draft that nothing else keeps from being adopted."""
    made = drafting.make_draft(consultation=talk.consultation, title="Plan", slug="plan", kind="empty")
    drafting.add_clause(draft=made, heading="Checks", text="People check machines.")
    versions.publish_version(draft=made)
    closed(talk)
    made.refresh_from_db()
    return made


def closed(talk):
    Conversation.objects.filter(pk=talk.pk).update(state="closed", closed_at=timezone.now())
    type(talk.consultation).objects.filter(pk=talk.consultation_id).update(state="closed", closed_at=timezone.now())
    talk.refresh_from_db()


def refused(draft, account):
    with pytest.raises(ActError) as stopped:
        adopting.adopt(draft, account, "Council, 3 May")
    return stopped.value.code


def test_a_report_that_was_never_published_opens_no_gate(talk, draft):
    lead, account = at_work(talk.consultation, "lead")
    mapping.refresh_map(conversation=talk)
    assert refused(draft, account) == "missing"
    shown = html(lead.get(address("desk_adopt", "strategy", "plan")))
    assert f'<a href="{address("answer_statement", "strategy", "ovens", 0)}">' in shown
    assert AGREED in html(lead.get(address("answers", "strategy")))
    answering.give_answer(
        target=talk.statements.get(number=0), answer="rejected", reason="People check what they can; the law says more."
    )
    adopting.adopt(draft, account, "Council, 3 May")


def test_a_report_that_was_taken_back_opens_no_gate(talk, draft):
    _lead, account = at_work(talk.consultation, "lead")
    mapping.publish_map(run=mapping.refresh_map(conversation=talk))
    mapping.take_back_map(conversation=talk)
    assert refused(draft, account) == "missing"


def test_everyone_reads_of_it_only_once_the_report_is_published(talk, draft):
    run = mapping.refresh_map(conversation=talk)
    page, file = address("coverage", "strategy"), address("coverage_json", "strategy")
    assert AGREED not in html(Client().get(page))
    assert Client().get(file).json()["consensus_without_answer"] == []
    mapping.publish_map(run=run)
    assert AGREED in html(Client().get(page))
    assert len(Client().get(file).json()["consensus_without_answer"]) == 1


def test_votes_that_stand_in_no_map_stop_the_adoption_and_the_page_leads_to_the_map(talk, draft):
    lead, account = at_work(talk.consultation, "lead")
    assert refused(draft, account) == "unmapped"
    shown = html(lead.get(address("desk_adopt", "strategy", "plan")))
    assert f'<a href="{address("report", "ovens")}">{talk.title}</a>' in shown
    mapping.refresh_map(conversation=talk)
    assert refused(draft, account) == "missing"
    voted(joined(talk), talk.statements.get(number=1), 1)  # a vote that came after the map
    assert refused(draft, account) == "unmapped"


def test_a_map_in_another_number_of_groups_does_not_take_the_place_of_the_one_of_the_data(talk, draft):
    _lead, account = at_work(talk.consultation, "lead")
    run = mapping.refresh_map(conversation=talk)
    type(run).objects.filter(pk=run.pk).update(moderation_hash="of three groups that somebody asked for")
    assert refused(draft, account) == "unmapped"


@pytest.mark.parametrize("how", ["nobody voted", "all are banned"])
def test_a_conversation_without_votes_that_count_stops_nothing(talk, draft, how):
    _lead, account = at_work(talk.consultation, "lead")
    if how == "nobody voted":
        talk.participants.all().delete()
    else:
        Participant.objects.update(banned_at=timezone.now())
    assert mapping.refresh_map(conversation=talk) is None
    adopting.adopt(draft, account, "Council, 3 May")


def test_four_people_are_no_groups_that_agree(talk, draft):
    for person in talk.participants.all()[:3]:
        person.delete()
    _lead, account = at_work(talk.consultation, "lead")
    mapping.refresh_map(conversation=talk)
    assert tracing.consensus_of(talk.consultation) == {}
    adopting.adopt(draft, account, "Council, 3 May")


def test_while_people_still_vote_only_the_published_report_is_owed_answers(talk):
    run = mapping.refresh_map(conversation=talk)
    assert owed.consensus_without_answer(talk.consultation) == []
    mapping.publish_map(run=run)
    assert [(one.number, side) for one, side in owed.consensus_without_answer(talk.consultation)] == [(0, "agree")]

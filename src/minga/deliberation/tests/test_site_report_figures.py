"""What stands beside the figures of a report: chance, people in no group, what was left out, what stays withheld."""

from __future__ import annotations

import pytest
from django.test import Client

from minga.deliberation import conversation_report
from minga.deliberation.engine.snapshot import UNGROUPED, table_of
from minga.deliberation.models import Statement
from minga.deliberation.services import bulk
from minga.deliberation.testing_conversations import conversation, joined, planted, said, voted, with_camps
from minga.deliberation.tests.test_site_report import address, published, text_of

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def seen(where):
    return text_of(Client().get(address("report", where.slug)))


def with_newcomers():
    """Two camps, and six people who vote on half of the statements: too little to stand in a group."""
    where = with_camps(2)
    for newcomer in [joined(where) for _person in range(6)]:
        for number in range(6):
            voted(newcomer, where.statements.get(number=number), 1)
    return where


def test_votes_that_hang_together_by_chance_alone_are_said_to_do_so():
    where = conversation()
    bulk.take_in(conversation=where, tables=planted(300, 40, 1, seed=3))
    published(where)
    assert "hang together no more than they would by chance" in seen(where)


def test_share_by_chance_stands_beside_what_the_map_shows():
    where = with_camps(2)
    run = published(where)
    chance = run.facts["chance"]
    assert chance["beaten"]
    assert f"the two directions still show {round(100 * chance['by_chance'])} %." in seen(where)


def test_map_of_an_older_version_knows_nothing_of_chance():
    where = with_camps(2)
    run = published(where)
    for name in ("chance", "left_out"):
        del run.facts[name]
    run.save(update_fields=["facts"])
    assert "dealt by chance" not in seen(where)
    assert "0 statements that were rejected" in seen(where)


def test_people_in_no_group_are_counted():
    where = with_newcomers()
    published(where)
    assert "6 people stand in no group" in seen(where)


def test_few_people_in_no_group_are_not_counted():
    where = with_camps(2)
    voted(joined(where), where.statements.first(), 1)
    published(where)
    assert "A few people stand in no group" in seen(where)


def test_how_far_groups_are_apart_gives_no_withheld_votes_away():
    where = with_newcomers()
    run = published(where)
    votes = table_of(run.tables, "votes")
    hidden = {row["statement"] for row in votes if row["withheld"] and row["group"] != UNGROUPED}
    told = conversation_report.build(run, "en").divisive
    assert {one.words.number for one in told if one.row["apart"] is None} == hidden & {one.words.number for one in told}
    assert any(one.row["apart"] is not None for one in told)


def test_what_was_left_out_is_counted_whether_or_not_anybody_voted_on_it():
    where = with_camps(2)
    said(where, "Rejected before anybody saw it.", state=Statement.State.REJECTED)
    said(where, "Nobody has read this yet.", state=Statement.State.WAITING)
    published(where)
    expected = 2 if where.is_strict else 1
    assert f"{expected} statement" in seen(where).partition("Left out")[2]


def test_group_is_not_described_by_what_all_others_say_too():
    where = with_camps(2)
    run = published(where)
    for group in conversation_report.build(run, "en").groups:
        assert group.stands_for
        assert all(one.row["repness"] is None or one.row["repness"] > 1 for one in group.stands_for)

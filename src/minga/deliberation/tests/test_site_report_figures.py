"""What stands beside the figures of a report: chance, people in no group, what was left out, what stays withheld."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from minga.deliberation import conversation_report
from minga.deliberation.engine.grouping import groups
from minga.deliberation.engine.projection import opinion_map
from minga.deliberation.engine.snapshot import closed_statements, snapshot
from minga.deliberation.models import MapRun, Statement
from minga.deliberation.selectors import my_place, tracing, votes
from minga.deliberation.services import bulk
from minga.deliberation.testing_conversations import conversation, joined, planted, said, voted, with_camps
from minga.deliberation.tests.other_votes import cast, worlds
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


def with_few():
    """Two camps; three people in no group vote on two statements, few of a camp on one, few of all on one."""
    where = with_camps(2)
    for newcomer in [joined(where) for _person in range(3)]:
        for number in (0, 1):
            voted(newcomer, where.statements.get(number=number), 1)
    people = list(where.participants.order_by("pk")[:60])
    for number, voters in (("12", people[:24:2]), ("13", people[:27]), ("14", people[:3])):
        asked = said(where, f"Few of somebody know of machine {number}.")
        others = people[1:7:2] if number == "12" else []
        for at, person in enumerate([*voters, *others]):
            voted(person, asked, 1 if at % 4 else -1)
    for newcomer in [joined(where) for _person in range(6)]:
        voted(newcomer, where.statements.get(number=12), 1)
    return where


def pages_of(where):
    """Return every public page of a report, and what programs read of it."""
    client = Client()
    found = {"": client.get(address("report", where.slug)).content}
    for order in (*conversation_report.ORDERS, "A", "B"):
        found[order] = client.get(address("report_statements", where.slug), {"order": order}).content
    for one in where.statements.all():
        found[one.number] = client.get(address("report_statement", where.slug, one.number)).content
    for name in ("routing_log", "routing_csv"):
        found[name] = client.get(address(name, where.slug)).content
    found["api"] = client.get(f"/api/v1/deliberation/conversations/{where.slug}/report").content
    found["owed"] = client.get(address("coverage", where.consultation.slug)).content
    return {name: re.sub(rb'nonce="[^"]*"', b"", page) for name, page in found.items()}


def test_other_votes_of_those_who_are_withheld_give_the_same_pages_letter_by_letter():
    where = with_few()
    run = published(where)
    tables = votes.read_tables(where)
    found = groups(opinion_map(tables, seed=where.seed, strict=where.is_strict))
    assert snapshot(found, tables.statements).tables == run.tables, "the same map"
    pages, closed = pages_of(where), closed_statements(run.tables)
    assert closed == {12, 14}
    counts = [cast(found)]
    for other in worlds(found):
        again = snapshot(other, tables.statements)
        assert (again.tables, again.weights) != (run.tables, run.weights)
        MapRun.objects.filter(pk=run.pk).update(tables=again.tables, weights=again.weights)
        assert pages_of(where) == pages
        counts.append(cast(other))
    for place in ((0, -1), (1, -1), (12, 0), (12, 1), (14, 0), (14, 1)):
        assert len({each.get(place, (0, 0, 0)) for each in counts}) > 1, place


def test_statement_all_groups_share_is_one_on_which_five_of_each_voted_so_that_no_votes_on_it_are_withheld():
    where = with_camps(2)
    people = list(where.participants.order_by("pk"))
    for voters in (people, [*people[:40:2], people[1]]):
        asked = said(where, f"Clean water for {len(voters)}.")
        for person in voters:
            voted(person, asked, 1)
    run = published(where)
    named = [f"{where.slug}/{number}" for number in (12, 13)]
    assert closed_statements(run.tables) == {13}
    for is_public in (False, True):
        assert {*named} & tracing.consensus_of(where.consultation, is_public=is_public).keys() == {named[0]}
    across = [one.words.number for one in conversation_report.build(run, "en").across]
    assert (12 in across, 13 in across) == (True, False)


def test_map_of_an_older_version_compares_no_groups_by_votes_that_it_withholds():
    """It ranked and picked all statements, and withheld a group to hide few people in none, whose row it kept."""
    where = with_camps(2)
    run = published(where)
    number = conversation_report.build(run, "en").groups[0].stands_for[0].words.number
    kept = run.tables["votes"]
    at, hidden = kept["columns"].index("statement"), kept["columns"].index("withheld")
    for row in kept["rows"]:
        row[hidden] |= row[at] == number
    kept["rows"].append([number, -1, None, None, None, None, True])
    run.save(update_fields=["tables"])
    for one in (*(each for group in conversation_report.build(run, "en").groups for each in group.stands_for),
                *conversation_report.build(run, "en").across):  # fmt: skip
        assert one.words.number != number
    rows = conversation_report.statement_rows(run, "en", "A")
    assert sorted(row["rank"]["rank"] for row in rows if row["rank"]) == list(range(1, 12))
    assert next(row for row in rows if row["words"].number == number)["weight"] is None
    assert [cell.rank for cell in conversation_report.cells_of(run, number)[1]] == [None, None]
    groups_of_people = [my_place.standing_of(one).group for one in where.participants.all()[:4]]
    assert all(group.stands_for for group in groups_of_people)
    assert number not in {said.number for group in groups_of_people for said, _agrees in group.stands_for}


@pytest.mark.parametrize(("people", "expected"), [(5, [12]), (None, [])])
def test_statements_that_would_join_or_leave_are_named_only_where_five_people_or_more_are_flagged(people, expected):
    run = published(with_few())
    moved = [{"statement": number, "side": "agree", "change": "gone"} for number in (12, 14)]
    told = {"people": people, "all": False, "k": 2, "k_without": 2, "agreement": 1.0, "largest_change": 0.04}
    run.facts["without"] = told | {"consensus": moved}
    built = conversation_report.build(run, "en").without
    assert [one.words.number for one in built["moved"]] == expected
    assert built["largest"] == 4


def test_programs_read_no_split_of_a_statement_on_which_few_voted():
    where = with_few()
    published(where)
    told = Client().get(f"/api/v1/deliberation/conversations/{where.slug}/report").json()
    rows = {row["number"]: row for row in told["statements"]}
    assert rows[14]["split_percent"] is rows[14]["agree_percent"] is None
    assert rows[12]["split_percent"] is not None


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
    where = with_few()
    run = published(where)
    hidden = closed_statements(run.tables)
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
        assert all(one.row["repness"] > 1 for one in group.stands_for)

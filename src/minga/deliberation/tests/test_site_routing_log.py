"""The routing log: everybody can check that no statement was starved or pushed, and nobody learns how few voted."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from minga.deliberation import routing_log
from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import MapRun, Statement
from minga.deliberation.selectors.routing import WAS_PUBLIC
from minga.deliberation.services import mapping
from minga.deliberation.services import moderating as moderation
from minga.deliberation.testing_conversations import joined, said, voted, with_camps
from minga.deliberation.testing_voices import at_work
from minga.deliberation.tests.test_site_report import address, published, text_of

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def page_of(where, **asked):
    return text_of(Client().get(address("routing_log", where.slug), asked))


def rows_of(where):
    """Read the file as a programme does: by map, then by statement."""
    response = Client().get(address("routing_csv", where.slug))
    assert "attachment" in response["Content-Disposition"]
    found = {}
    for row in csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))):
        found.setdefault(int(row["map"]), {})[int(row["statement"])] = row
    return found


def more_votes(where, number, people, value=1):
    """Let so many more people of both camps vote on a statement on which nobody of them had."""
    statement = where.statements.get(number=number)
    fresh = where.participants.exclude(votes__statement=statement).order_by("pk")
    for person in fresh[:people]:
        voted(person, statement, value)


def with_two_reports():
    """Two camps, and two statements that all of them have not voted on; 4 vote on one and 20 on the other later."""
    where = with_camps(2)
    for number in (12, 13):
        said(where, f"Nobody thought of machine {number}.")
        more_votes(where, number, 20)
    first = published(where)
    more_votes(where, 12, 4, -1)
    more_votes(where, 13, 20, -1)
    return where, first, published(where)


# ---------------------------------------------------------------- what everybody can check
def test_log_says_votes_gains_and_weights_of_every_map_that_was_public():
    where, first, second = with_two_reports()
    rows = rows_of(where)
    assert list(rows) == [second.pk, first.pk]
    assert [rows[first.pk][number]["votes"] for number in (12, 13)] == ["20", "20"]
    assert [rows[second.pk][number]["votes"] for number in (12, 13)] == ["24", "40"]
    assert [rows[second.pk][number]["gained"] for number in (0, 12, 13)] == ["0", "4", "20"]
    assert rows[first.pk][12]["gained"] == "20", "on the first map all votes were gained since the beginning"
    for number, row in rows[second.pk].items():
        assert float(row["weight"]) == pytest.approx(second.weights[str(number)], abs=0.005)
    page = page_of(where)
    assert "the report of now" in page
    assert "Gained: since the map of" in page
    assert "since the beginning" in page_of(where, map=first.pk)


def test_a_weight_is_the_product_of_its_factors():
    where = with_camps(2)
    run = published(where)
    for line in routing_log.log_of(where, "en")[0].lines:
        assert line.drawn.factors.weight == pytest.approx(run.weights[str(line.words.number)], rel=1e-12)


def test_report_leads_to_the_log_and_only_a_public_one():
    where = with_camps(2)
    mapping.refresh_map(conversation=where)
    analyst, _account = at_work(where.consultation, "analyst")
    link = address("routing_log", where.slug)
    assert link not in analyst.get(address("report", where.slug)).content.decode()
    for name in ("routing_log", "routing_csv"):
        assert {each.get(address(name, where.slug)).status_code for each in (Client(), analyst)} == {404}
    mapping.publish_map(run=where.maps.get())
    assert link in Client().get(address("report", where.slug)).content.decode()


def test_places_in_the_order_states_and_weights_are_those_of_the_day():
    where = with_camps(2)
    new, gone, about = (said(where, f"Machine {name} has no votes.") for name in ("one", "two", "three"))
    first = published(where)
    moderation.set_details(statement=new, is_meta=False, order=1, theme="", seen_version=1)
    moderation.decide(statement=gone, state="rejected", seen_version=1, rule="private")
    moderation.set_details(statement=about, is_meta=True, order=None, theme="", seen_version=1)
    voted(joined(where), where.statements.get(number=0), 1)
    second = published(where)
    said(where, "Written after the last map.")
    rows = rows_of(where)
    told = {
        (run.pk, number): [rows[run.pk][number][name] for name in ("state", "place", "votes", "weight", "note")]
        for run in (first, second)
        for number in (12, 13, 14)
    }
    fresh = ["accepted", "", "0", "1.00", "no_votes"]
    assert [told[first.pk, number] for number in (12, 13, 14)] == [fresh, fresh, fresh]
    assert told[second.pk, 12] == ["accepted", "1", "0", "1.00", "no_votes"]
    assert told[second.pk, 13] == ["rejected", "", "0", "", "not_drawn"]
    assert told[second.pk, 14] == ["accepted", "", "0", "49.00", "no_votes"]
    assert 15 not in rows[second.pk]
    page = page_of(where)
    assert "place 1" in page
    assert "not drawn" in page
    assert "Machine two has no votes" not in page


# ---------------------------------------------------------------- what nobody learns
def test_maps_that_were_not_published_or_were_taken_back_are_in_no_log():
    where = with_camps(2)
    secret = mapping.refresh_map(conversation=where)
    more = said(where, "Nobody thought of machine 12.")
    more_votes(where, more.number, 20)
    taken = published(where)
    mapping.take_back_map(conversation=where)
    more_votes(where, more.number, 20, -1)
    shown = published(where)
    more_votes(where, more.number, 9, -1)
    newest = mapping.refresh_map(conversation=where)
    assert newest.pk != shown.pk
    rows = rows_of(where)
    assert list(rows) == [shown.pk]
    assert rows[shown.pk][12]["gained"] == "40"
    analyst, _account = at_work(where.consultation, "analyst")
    for run in (secret, taken, newest):
        for client in (Client(), analyst):
            assert client.get(address("routing_log", where.slug), {"map": run.pk}).status_code == 404
    mapping.publish_map(run=taken)
    assert list(rows_of(where)) == [shown.pk, taken.pk]
    mapping.take_back_map(conversation=where)
    assert Client().get(address("routing_log", where.slug)).status_code == 404


def test_how_few_voted_between_two_maps_cannot_be_told_from_their_weights():
    """Whatever these four had found on the first map, the log of both stays the same letter by letter."""
    where, first, second = with_two_reports()
    rows = rows_of(where)
    assert [rows[first.pk][number]["note"] for number in (0, 12, 13)] == ["", "close", ""]
    assert [bool(rows[second.pk][number]["weight"]) for number in (0, 12, 13)] == [True, True, True]
    pages = _pages(where, first, second)
    kept, weights = first.tables["statements"], dict(first.weights)
    name, agreed, against = (kept["columns"].index(each) for each in ("comment-id", "n_agree", "n_disagree"))
    for turned in (1, 2, 4):
        for row in kept["rows"]:
            if row[name] == 12:
                row[agreed], row[against] = row[agreed] - turned, row[against] + turned
        MapRun.objects.filter(pk=first.pk).update(tables=first.tables, weights=weights | {"12": 1.5 * turned})
        assert _pages(where, first, second) == pages


def test_a_single_vote_that_was_changed_between_two_maps_cannot_be_told_from_their_weights():
    where = with_camps(2)
    first = published(where)
    changed = where.participants.first().votes.exclude(value=None).order_by("statement__number").first()
    voted(changed.participant, changed.statement, 1 if changed.value < 1 else -1)
    published(where)
    rows, number = rows_of(where), changed.statement.number
    assert rows[first.pk][number]["votes"] == str(sum(rows_of_votes(first, number)))
    assert {row["statement"] for row in rows[first.pk].values() if row["note"] == "close"} == {str(number)}


def rows_of_votes(run, number):
    """Return agreement, disagreement and passes of everybody on a statement, as a map kept them."""
    kept = run.tables["totals"]
    row = next(dict(zip(kept["columns"], each, strict=True)) for each in kept["rows"] if each[0] == number)
    return row["agree"], row["disagree"], row["pass"]


def _pages(where, *runs):
    log, table = address("routing_log", where.slug), address("routing_csv", where.slug)
    found = [*(Client().get(log, {"map": run.pk}) for run in runs), Client().get(table)]
    return [re.sub(rb'nonce="[^"]*"', b"", response.content) for response in found]


# ---------------------------------------------------------------- what is kept for it
def test_maps_that_were_public_stay_for_the_log_without_where_each_person_stood(monkeypatch):
    monkeypatch.setattr(mapping, "NEWEST", 1)
    monkeypatch.setattr(mapping, "DAYS", 0)
    where = with_camps(2)
    first = published(where)
    MapRun.objects.filter(pk=first.pk).update(made_at=timezone.now() - timedelta(days=40))
    for number in range(3):
        voted(joined(where), where.statements.get(number=number), 1)
        run = mapping.refresh_map(conversation=where)
        if number == 1:
            mapping.publish_map(run=run)
    kept = {one.pk: one for one in where.maps.all()}
    assert first.pk in kept
    assert len(kept) == 3, "the first, the published one and the newest"
    assert (bytes(kept[first.pk].points), kept[first.pk].facts[WAS_PUBLIC]) == (b"", True)
    assert list(rows_of(where))[-1] == first.pk
    with pytest.raises(ActError, match="deleted meanwhile"):
        mapping.publish_map(run=first)
    assert where.maps.get(is_published=True).pk != first.pk


def test_log_of_many_statements_comes_in_pages():
    where = with_camps(2)
    for number in range(12, 55):
        said(where, f"Machine {number} has no votes.")
    published(where)
    assert "Machine 54" not in page_of(where)
    assert "Machine 54" in page_of(where, page=2)
    assert Statement.objects.count() == len(next(iter(rows_of(where).values())))

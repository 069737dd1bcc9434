"""Maps of conversations: calculated in the background, the same once, honest about doubt, published by the team."""

from __future__ import annotations

import json
from datetime import timedelta

import polars as pl
import pytest
from django.core.cache import cache
from django.utils import timezone

from minga.deliberation import tasks
from minga.deliberation.engine.errors import ActError
from minga.deliberation.engine.snapshot import points, table_of
from minga.deliberation.models import AnomalyFlag, MapRun, ModerationAct
from minga.deliberation.selectors import votes
from minga.deliberation.services import bulk, mapping
from minga.deliberation.testing_conversations import QUEUE, conversation, joined, planted, said, voted, with_camps

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def test_two_camps_are_found_and_kept_with_everything_that_the_report_needs():
    run = mapping.refresh_map(conversation=with_camps(2))
    assert run.facts["k"] == 2
    assert sorted(run.facts["sizes"]) == [30, 30]
    assert (run.n_participants, run.mode) == (60, "stable")
    assert set(run.weights) == {str(number) for number in range(12)}
    people = points(bytes(run.points))
    assert people.columns == ["pseudonym", "n_votes", "x", "y", "group"]
    assert people.height == 60
    json.dumps(run.tables, allow_nan=False)  # PostgreSQL takes no NaN
    assert {row["group_id"] for row in table_of(run.tables, "ranked")} == {0, 1}
    assert len(table_of(run.tables, "ranked")) == 24


def test_same_votes_and_moderation_make_no_second_map():
    where = with_camps(2)
    first = mapping.refresh_map(conversation=where)
    assert mapping.refresh_map(conversation=where) == first
    assert MapRun.objects.count() == 1


def test_new_vote_ban_and_rejection_make_a_new_map_each():
    where = with_camps(2)
    seen = {mapping.refresh_map(conversation=where).pk}
    person = joined(where)
    voted(person, where.statements.first(), 1)
    seen.add(mapping.refresh_map(conversation=where).pk)
    where.participants.filter(pk=person.pk).update(banned_at=timezone.now())
    seen.add(mapping.refresh_map(conversation=where).pk)
    where.statements.filter(number=3).update(state="rejected")
    last = mapping.refresh_map(conversation=where)
    assert len(seen | {last.pk}) == 4
    assert last.facts["moderated_out"] == [3]


def test_ban_that_is_lifted_gives_the_newest_map_of_all_again():
    where = with_camps(2)
    first = mapping.refresh_map(conversation=where)
    person = where.participants.filter(pk=where.participants.first().pk)
    person.update(banned_at=timezone.now())
    assert mapping.refresh_map(conversation=where).n_participants == 59
    person.update(banned_at=None)
    again = mapping.refresh_map(conversation=where)
    assert again.pk != first.pk, "the first one is not the newest any more"
    assert (votes.latest_map(where), again.n_participants) == (again, 60)


def test_banned_people_and_votes_taken_back_count_nowhere():
    where = conversation()
    statement = said(where, "Robots for all.")
    banned, changed, stays = joined(where, banned_at=timezone.now()), joined(where), joined(where)
    voted(banned, statement, 1)
    voted(changed, statement, 1)
    voted(changed, statement, None)
    voted(stays, statement, 1)
    voted(stays, statement, -1)
    tables = votes.read_tables(where)
    assert tables.votes.select("participant", "vote").rows() == [(str(stays.pseudonym), -1)]
    with_all = votes.read_tables(where, with_banned=True)
    assert with_all.votes.height == 2


def test_conversation_without_votes_has_no_map():
    assert mapping.refresh_map(conversation=conversation()) is None


@pytest.mark.once
def test_random_votes_give_no_clear_groups_and_still_what_all_agree_on():
    where = conversation()
    bulk.take_in(conversation=where, tables=planted(400, 100, 1, seed=3))
    run = mapping.refresh_map(conversation=where)
    assert (run.facts["k"], run.facts["clear_groups"], run.facts["sizes"]) == (1, False, [])
    assert {row["k"] for row in run.facts["evidence"]} == {2, 3, 4, 5}
    assert all(row["stability"] is None or row["stability"] < 0.75 for row in run.facts["evidence"])
    assert table_of(run.tables, "ranked") == []
    assert len(table_of(run.tables, "totals")) == 100


def test_flags_wait_for_a_person_and_figures_without_them_stand_beside():
    where = with_camps(2)
    people = [joined(where) for _one in range(6)]
    begun = timezone.now()
    for person in people:
        for statement in where.statements.all():
            voted(person, statement, 1, at=begun)
    run = mapping.refresh_map(conversation=where)
    flags = AnomalyFlag.objects.filter(participant__in=people)
    assert set(flags.values_list("kind", "decision")) >= {("identical", "open"), ("one_answer", "open")}
    assert run.n_participants == 66, "nothing is removed"
    assert run.facts["without"]["people"] == 6
    assert run.facts["without"]["k_without"] == 2
    mapping.refresh_map(conversation=where, k=3)
    assert flags.count() == AnomalyFlag.objects.filter(participant__in=people).count(), "no flag is set twice"


def test_votes_within_a_second_of_each_other_are_flagged_as_fast():
    where = with_camps(2)
    fast, slow = joined(where), joined(where)
    begun = timezone.now().replace(microsecond=0)
    for place, statement in enumerate(where.statements.order_by("number")):
        value = 1 if place % 2 else -1
        voted(fast, statement, value, at=begun + timedelta(milliseconds=900 * place))
        voted(slow, statement, value, at=begun + timedelta(milliseconds=1100 * place))
    mapping.refresh_map(conversation=where)
    flag = AnomalyFlag.objects.get(kind="speed")
    assert flag.participant == fast
    assert flag.detail["figure"] == pytest.approx(0.9)


def test_cells_of_few_voters_are_withheld_with_what_would_give_them_away():
    where = with_camps(2)
    statement = said(where, "Asked late.")
    for person in list(where.participants.order_by("pk"))[:7]:
        voted(person, statement, 1)
    run = mapping.refresh_map(conversation=where)
    cells = [row for row in table_of(run.tables, "votes") if row["statement"] == statement.number]
    assert len(cells) == 2, "four of one camp, three of the other"
    assert all(row["withheld"] and row["agree"] is None for row in cells)
    total = next(row for row in table_of(run.tables, "totals") if row["statement"] == statement.number)
    assert (total["agree"], total["withheld"]) == (7, False)


def test_participation_withholds_small_values_and_compares_with_the_population():
    where = with_camps(2)
    where.consultation.reference_population = {"gender": {"woman": 0.5, "man": 0.5}}
    where.consultation.save()
    people = list(where.participants.order_by("pk"))
    for person, gender in zip(people, ["woman"] * 10 + ["man"] * 30 + ["other"] * 2, strict=False):
        person.strata = {"gender": gender}
        person.save()
    told = mapping.refresh_map(conversation=where).facts["participation"]["gender"]
    rows = {row["value"]: row for row in told["rows"]}
    assert rows["other"]["withheld"]
    assert rows["other"]["people"] is None
    assert rows["woman"]["withheld"], "a second value hides the first"
    assert rows["man"]["people"] == 30
    assert told["not_stated"] == 18
    assert 0 < told["dissimilarity"] < 1


def test_number_of_groups_that_cannot_be_is_refused():
    where = with_camps(2, people=16)
    with pytest.raises(ActError, match="groups"):
        mapping.refresh_map(conversation=where, k=5)


def test_old_maps_are_thinned_out_and_the_published_one_stays():
    where = with_camps(2)
    first = mapping.refresh_map(conversation=where)
    mapping.publish_map(run=first)
    statement, person = where.statements.first(), joined(where)
    for value in (1, 0, -1, 1, 0, -1, 1, 0):
        voted(person, statement, value)
        mapping.refresh_map(conversation=where)
    kept = list(where.maps.order_by("-pk").values_list("pk", flat=True))
    assert first.pk in kept
    assert len(kept) <= mapping.NEWEST + 2, "the newest, one of today, and the published one"


def test_publishing_another_map_takes_the_first_one_back():
    where = with_camps(2)
    first = mapping.refresh_map(conversation=where)
    mapping.publish_map(run=first)
    voted(joined(where), where.statements.first(), 1)
    second = mapping.refresh_map(conversation=where)
    mapping.publish_map(run=second)
    assert votes.published_map(where) == second
    mapping.take_back_map(conversation=where)
    assert votes.published_map(where) is None


def test_map_is_due_after_enough_votes_or_after_an_hour_with_any_change(settings):
    settings.TASKS, settings.MAP_VOTES = QUEUE, 20
    where = with_camps(2, people=20, statements=5)
    assert tasks.refresh_due()["maps"] == 1
    run = mapping.refresh_map(conversation=where)
    assert tasks.refresh_due()["maps"] == 0
    person = joined(where)
    voted(person, where.statements.first(), 1)
    assert tasks.refresh_due()["maps"] == 0, "one vote can wait"
    MapRun.objects.filter(pk=run.pk).update(made_at=timezone.now() - timezone.timedelta(hours=2))
    assert tasks.refresh_due()["maps"] == 1
    mapping.refresh_map(conversation=where)
    MapRun.objects.update(made_at=timezone.now() - timezone.timedelta(hours=2))
    assert tasks.refresh_due()["maps"] == 0
    cache.clear()
    where.participants.filter(pk=person.pk).delete()
    assert tasks.refresh_due()["maps"] == 1, "who deletes a vote changes the map as well"
    ModerationAct.objects.create(conversation=where, statement=where.statements.first(), act="reject", reason="x")
    assert tasks.refresh_due()["maps"] == 1, "moderation counts as a change"


def test_task_says_what_it_did():
    where = with_camps(2)
    assert tasks.refresh_map.func(str(where.pk)).startswith("map ")
    assert tasks.refresh_map.func("00000000-0000-0000-0000-000000000000") == "gone"
    assert tasks.refresh_map.func(str(conversation("empty").pk)) == "nothing"


def test_export_read_in_and_out_is_the_same_votes():
    where = with_camps(3, people=30)
    tables = votes.read_tables(where)
    other = conversation("other")
    bulk.take_in(conversation=other, tables=tables)
    again = votes.read_tables(other)
    count = pl.col("vote").sum()
    assert (
        again.votes.group_by("statement").agg(count).sort("statement").rows()
        == tables.votes.group_by("statement").agg(count).sort("statement").rows()
    )
    with pytest.raises(ActError, match="already"):
        bulk.take_in(conversation=other, tables=tables)

"""What ``help(deliberation)`` tells a newcomer is true and complete."""

from __future__ import annotations

import dataclasses
import inspect
import re

import polars as pl
import pytest

from minga import deliberation
from minga.deliberation.testing_conversations import planted
from minga.deliberation.tests.traces import built, small


def test_the_first_example_runs_from_an_export_to_its_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    deliberation.write_polis(planted(people=40, statements=12, camps=2), "export")
    lines = [line.strip() for line in deliberation.__doc__.splitlines() if line.startswith("    ")]
    names = {"deliberation": deliberation}
    exec("\n".join(lines).replace("export.zip", "export"), names)
    assert names["found"].k == 2
    assert isinstance(names["shown"], pl.DataFrame)
    assert (tmp_path / "out" / "map.json").exists()


def test_every_function_is_listed_by_its_subject():
    offered = {name for name in deliberation.__all__ if inspect.isfunction(getattr(deliberation, name))}
    subjects = deliberation.__doc__.partition("Conversations:")[2]
    assert set(re.findall(r"\b[a-z_]+\b(?=[,.;])", subjects)) == offered


@pytest.fixture(scope="module")
def talk():
    """Return a conversation of Amina and 39 others in two camps, its map and its groups."""
    conversation = planted(people=40, statements=12, camps=2)
    opinions = deliberation.opinion_map(conversation)
    return conversation, opinions, deliberation.groups(opinions)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda c, m, f: deliberation.groups(c), "The map is given as Conversation, but must be an OpinionMap. Make"),
        (lambda c, m, f: deliberation.groups(m.table), "The map is given as VoteTable, but must be an OpinionMap"),
        (lambda c, m, f: deliberation.groups(m, keep=3), "keep is 3, but must be a list of names"),
        (lambda c, m, f: deliberation.groups(m, keep="3"), "keep is '3', but must be a list of names"),
        (lambda c, m, f: deliberation.priorities(c), "The map is given as Conversation, but must be an OpinionMap"),
        (
            lambda c, m, f: deliberation.next_statement(c, deliberation.priorities(m), 1),
            "The table of votes is given as Conversation, but must be a VoteTable. Make one with vote_table().",
        ),
        (
            lambda c, m, f: deliberation.next_statement(m.table, None, 1),
            "The table of weights is given as NoneType, but must be a table. Give that of priorities().",
        ),
        (
            lambda c, m, f: deliberation.representative(m.points),
            "The table of statistics lacks the column group_id, statement_id, na,",
        ),
        (lambda c, m, f: deliberation.representative(f), "The table of statistics is given as Groups, but must be a t"),
        (
            lambda c, m, f: deliberation.common_ground(deliberation.group_stats(m.table, f), m.statements),
            'The table "statements" lacks the column comment-id. Give the table of map_tables().',
        ),
        (
            lambda c, m, f: deliberation.representative(deliberation.group_stats(m.table, f), mod_out=["1"]),
            "mod_out holds '1', but the votes name them by whole numbers",
        ),
        (
            lambda c, m, f: deliberation.representative(deliberation.group_stats(m.table, f), mod_out=1),
            "mod_out is 1, but must be a list of names",
        ),
        (lambda c, m, f: deliberation.consensus(m.table, f, mod_out=["1"]), "mod_out holds '1', but the votes name"),
        (lambda c, m, f: deliberation.consensus(m.table, f, mod_out=1), "mod_out is 1, but must be a list of names"),
        (
            lambda c, m, f: deliberation.stability(m),
            "What is judged is given as OpinionMap, but must be a Groups. Give",
        ),
        (lambda c, m, f: deliberation.with_and_without(m, [1]), "What is compared is given as OpinionMap"),
        (lambda c, m, f: deliberation.with_and_without(f, [99999]), "people names 99999, who is not on the map"),
    ],
)
def test_what_is_handed_in_wrongly_is_named_in_words(talk, call, words):
    with pytest.raises(deliberation.DeliberationError) as refused:
        call(*talk)
    assert words in str(refused.value)


def test_every_result_says_in_a_line_or_two_what_it_is(talk):
    conversation, opinions, found = talk
    kept = built(small())
    counted = deliberation.coverage(kept.voices, kept.links, kept.dispositions, kept.clauses)
    votes = len(opinions.table.value)
    said = (
        (conversation, f"Conversation(people: 40, statements: 12, votes: {votes})"),
        (opinions.table, f"VoteTable(people: 40, statements: 12, votes: {votes})"),
        (
            opinions,
            f"OpinionMap(people: 40, statements: 12, votes: {votes}; mode: stable, seed: 0, axes show: 35%, 12%",
        ),
        (found, "Groups(k: 2, people: 20 and 18;\n       OpinionMap(people: 40,"),
        (deliberation.groups(opinions, 2), "Groups(k: 2 as set, people: 20 and 18;\n       OpinionMap("),
        (
            deliberation.with_and_without(found, [1]),
            "Without(people left out: 1; groups: 2, without them: 2, agreement: 1",
        ),
        (kept, "Trace(voices: 3, links to themes: 3, answers: "),
        (kept.lineage, "Lineage(clauses that stand: 1, taken out: 0)"),
        (counted, "Coverage(read: 3 of 3, answered: 3 of 3, "),
    )
    for result, words in said:
        assert words in repr(result)
        assert len(repr(result)) < 240
        assert repr(result).count("\n") <= 1


def test_two_results_can_be_compared_with_each_other(talk):
    conversation, opinions, found = talk
    for one in (conversation, opinions, opinions.table, found):
        assert one == one
        assert one != dataclasses.replace(one)


def test_a_map_is_put_into_words_without_the_command_line(talk):
    words = deliberation.in_words(talk[2])
    assert f"40 people cast {len(talk[1].table.value)} votes on 12 statements;" in words
    assert "2 groups: 20 and 18 people." in words
    with pytest.raises(deliberation.MapError, match="What is put into words is given as OpinionMap"):
        deliberation.in_words(talk[1])


@pytest.mark.filterwarnings("error")
def test_people_who_stay_are_named_without_a_warning(talk):
    assert deliberation.groups(talk[1], keep=[1, 2]).k == 2

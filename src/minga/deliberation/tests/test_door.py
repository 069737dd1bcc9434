"""What ``help(deliberation)`` tells a newcomer is true and complete."""

from __future__ import annotations

import inspect
import re

import polars as pl
import pytest

from minga import deliberation
from minga.deliberation.testing_conversations import planted


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

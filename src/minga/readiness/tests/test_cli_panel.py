"""`minga readiness panel`: both rounds from files, in words and as JSON."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from minga.readiness import load_instrument
from minga.readiness.cli import app

ITEMS = load_instrument("generic-industry").item_ids


def run(*arguments):
    return CliRunner().invoke(app, ["panel", *(str(argument) for argument in arguments)])


def written(folder, name, levels):
    rows = "".join(f"p{at},{item},{level}\n" for item in ITEMS for at, level in enumerate(levels))
    path = folder / name
    path.write_text(f"panellist,item,level\n{rows}", encoding="utf-8")
    return path


def test_two_rounds_are_told_in_words(tmp_path):
    first = written(tmp_path, "first.csv", [1, 1, 2, 3, 4, 5])
    second = written(tmp_path, "second.csv", [2, 2, 2, 3, 3, 3])
    said = run(first, second)
    assert said.exit_code == 0, said.stdout
    assert "6 people in the first round, 6 in the second" in said.stdout
    assert "Agreed on 21 of 21 items" in said.stdout
    # each of the 21 items: one stayed at 2, one at 3; 1 -> 2 twice, 4 -> 3 and 5 -> 3 came nearer to 2.5
    assert "42 of 126 answers stayed, 84 came nearer to the middle" in said.stdout
    assert "I-SKL1  level 2, median 2.5, middle half 2 to 3, n 6, agreed" in said.stdout


def test_json_holds_both_rounds(tmp_path):
    said = run(written(tmp_path, "a.csv", [1] * 5), written(tmp_path, "b.csv", [3] * 5), "--json")
    result = json.loads(said.stdout)
    assert result["schema"] == "minga.readiness.panel/1"
    assert {(one["first"]["level"], one["second"]["level"]) for one in result["items"]} == {(1, 3)}
    assert result["levels"][-1]["level"] == 3
    assert result["stability"] == 0


def test_first_round_alone_is_enough(tmp_path):
    said = run(written(tmp_path, "a.csv", [1, 1, 1, 1, 5]))
    assert said.exit_code == 0
    assert "second" not in said.stdout


def test_public_leaves_out_small_groups(tmp_path):
    said = json.loads(run(written(tmp_path, "a.csv", [3, 3, 3, 3]), "--public", "--json").stdout)
    assert {one["first"]["is_withheld"] for one in said["items"]} == {True}


def test_wrong_level_ends_in_a_sentence(tmp_path):
    said = run(written(tmp_path, "a.csv", [9]))
    assert said.exit_code == 2
    assert "level '9', but levels run from 0 to 5" in said.stderr


def test_file_that_is_not_there_is_named(tmp_path):
    said = run(tmp_path / "nothing.csv")
    assert said.exit_code == 2
    assert "cannot be read as a table" in said.stderr

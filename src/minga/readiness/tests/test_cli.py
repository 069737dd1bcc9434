"""`minga readiness`: files in, files out, wrong rows named, exit codes that mean something."""

from __future__ import annotations

import csv
import json

import pytest
from typer.testing import CliRunner

from minga.readiness.cli import app
from minga.readiness.tests.engine_support import GENERIC, everything


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def write(folder, levels, name="answers.csv", enterprise="Amina"):
    rows = "".join(f"{enterprise},owner,{item},{level}\n" for item, level in levels.items())
    path = folder / name
    path.write_text(f"enterprise,respondent,item,level\n{rows}", encoding="utf-8")
    return path


@pytest.fixture
def answers(tmp_path):
    return write(tmp_path, everything(2))


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_check_passes_what_comes_with_minga():
    result = run("check")
    assert result.exit_code == 0
    assert "0 findings" in result.stdout


def test_check_names_file_line_and_item_and_ends_with_1(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("schema: minga.readiness.overlay/1\nid: x\nversoin: 1\n", encoding="utf-8")
    result = run("check", path)
    assert result.exit_code == 1
    assert "mine.yaml, line 3: The file has the unknown key 'versoin'. Did you mean 'version'?" in result.stdout
    found = json.loads(run("check", path, "--json").stdout)
    assert any(f["key"] == "versoin" and f["line"] == 3 for f in found["findings"])


def test_score_writes_both_tables_with_both_kinds(tmp_path, answers):
    result = run("score", answers, "--out", tmp_path / "out")
    assert result.exit_code == 0
    text = (tmp_path / "out" / "scores.csv").read_text(encoding="utf-8")
    assert text.startswith("enterprise,kind,node,score,answered,lower,upper\n")
    rows = rows_of(tmp_path / "out" / "scores.csv")
    assert {(row["kind"], row["node"]) for row in rows} == {
        (kind, node) for kind in ("local", "link") for node in (*GENERIC.factor_ids, "total")
    }
    assert {float(row["score"]) for row in rows} == {2.0}
    assert len(rows_of(tmp_path / "out" / "items.csv")) == 41


def test_wrong_rows_are_named_with_their_line_and_the_rest_is_scored(tmp_path):
    path = write(tmp_path, everything(2))
    with path.open("a", encoding="utf-8") as file:
        file.write("Amina,owner,INT1,9\nBao,owner,XX9,3\nBao\n")
    result = run("score", path, "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert "answers.csv, line 43: Item 'INT1' of enterprise Amina has level '9'" in result.stderr
    assert "answers.csv, line 44: Item 'XX9' of enterprise Bao is not in" in result.stderr
    assert "answers.csv, line 45: The row has 1 cell, but" in result.stderr
    assert "3 rows were refused" in result.stderr
    total = [row for row in rows_of(tmp_path / "out" / "scores.csv") if row["node"] == "total"]
    assert {row["score"] for row in total if row["enterprise"] == "Amina"} == {"2.0"}


def test_factor_without_enough_answers_has_an_empty_score(tmp_path):
    path = write(tmp_path, {item: 2 for item in GENERIC.item_ids if not item.startswith("POL")})
    run("score", path, "--out", tmp_path / "out")
    rows = rows_of(tmp_path / "out" / "scores.csv")
    row = next(row for row in rows if row["node"] == "policies" and row["kind"] == "local")
    assert (row["score"], row["answered"], row["lower"], row["upper"]) == ("", "0.0", "", "")


def test_score_with_overlays_and_short_form(tmp_path):
    path = write(tmp_path, {item: 4 for item in GENERIC.item_ids if item != "INT3"})
    result = run("score", path, "--overlay", "sector-food-processing", "--form", "short", "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert found["form"] == "short"
    assert len(found["scores"]) == 16


def test_score_prints_a_table_for_a_person(answers):
    result = run("score", answers)
    assert "not yet calibrated" in " ".join(result.stdout.split())
    assert "integration" in result.stdout


def test_answers_without_the_column_respondent_are_fine(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("enterprise;item;level\n" + "".join(f"Bao;{i};na\n" for i in ("SAF3", "INC6")), encoding="utf-8")
    assert run("score", path).exit_code == 0


def test_merge_says_who_set_what(tmp_path):
    result = run("merge", "generic-enterprise", "country-jordan", "--out", tmp_path / "m.json")
    assert "items.INC3.text from country-jo" in result.stdout
    assert json.loads((tmp_path / "m.json").read_text(encoding="utf-8"))["default_language"] == "ar"


def test_contradicting_overlays_end_with_1(tmp_path):
    path = tmp_path / "two.yaml"
    path.write_text(
        "schema: minga.readiness.overlay/1\nid: two\nversion: 1.0.0\n"
        'base: {id: minga-generic-enterprise, version: ">=1"}\napplies_to: {country: [JO]}\nlanguage: en\n'
        "status: example\nrationale: x\noperations:\n  - {op: weight, factor: inclusiveness, weight: 2}\n",
        encoding="utf-8",
    )
    result = run("merge", "generic-enterprise", "country-jordan", path)
    assert result.exit_code == 1
    assert "two.yaml, line 10: Overlays country-jo and two both set 'weights.inclusiveness'" in result.stderr


@pytest.fixture
def profile(tmp_path):
    path = tmp_path / "profile.csv"
    path.write_text("enterprise,goals,cash_limit,horizon_limit,sector\nAmina,scrap;oee,c1,h2,10\n", encoding="utf-8")
    return path


def test_prioritize_prints_sentences_or_json(answers, profile):
    assert "Going from level 2 to 3" in run("prioritize", answers, "--profile", profile).stdout
    found = json.loads(run("prioritize", answers, "--profile", profile, "--json").stdout)
    assert found["priorities"][0]["first"][0]["rank"] == 1


def test_report_with_peers_as_markdown_text_and_json(tmp_path, answers, profile):
    others = tmp_path / "others.csv"
    lines = [f"firm {n},{item},{n % 6}\n" for n in range(11) for item in GENERIC.item_ids]
    others.write_text("enterprise,item,level\n" + "".join(lines), encoding="utf-8")
    where = tmp_path / "where.csv"
    where.write_text("enterprise,sector\n" + "".join(f"firm {n},10\n" for n in range(11)), encoding="utf-8")
    peers = ("--peers", others, "--peer-profiles", where, "--by", "sector")
    text = run("report", answers, "--profile", profile, *peers)
    assert text.exit_code == 0
    assert "11 of sector 10" in text.stdout
    assert run("report", answers, "--format", "markdown").stdout.startswith("# Readiness of Amina")
    assert json.loads(run("report", answers, "--json").stdout)["enterprise"] == "Amina"
    run("report", answers, "--out", tmp_path / "r.txt")
    assert "What to do first" in (tmp_path / "r.txt").read_text(encoding="utf-8")


def test_paper_is_written_and_says_when_a_language_is_missing(tmp_path):
    assert run("paper", "--language", "ar", "--out", tmp_path / "form.html").exit_code == 0
    assert 'dir="rtl"' in (tmp_path / "form.html").read_text(encoding="utf-8")
    assert "no translation into 'pt'" in run("paper", "--language", "pt").stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("score", "none.csv"), "There is no file none.csv"),
        (("paper", "--instrument", "generic-firm"), "one of: generic-enterprise"),
        (("paper", "--instrument", "generic-industry", "--form", "short"), "has no short form"),
    ],
)
def test_wrong_calls_end_with_2_and_a_sentence(arguments, words):
    result = run(*arguments)
    assert result.exit_code == 2
    assert words in result.stderr


def test_goal_that_is_no_goal_ends_with_2(tmp_path, answers):
    path = tmp_path / "p.csv"
    path.write_text("enterprise,goals\nAmina,fame\n", encoding="utf-8")
    result = run("prioritize", answers, "--profile", path)
    assert result.exit_code == 2
    assert "'fame' in 'goals'" in result.stderr


def test_profile_that_would_be_overlooked_is_named(tmp_path, answers):
    path = tmp_path / "p.csv"
    path.write_text("enterprise,goals\nAmina,scrap\nAmina,energy\n", encoding="utf-8")
    twice = run("prioritize", answers, "--profile", path)
    assert twice.exit_code == 2
    assert "p.csv holds Amina more than once. Keep one row an enterprise." in twice.stderr
    path.write_text("enterprise,goals\nAmina,scrap\namina,energy\n", encoding="utf-8")
    for command in ("prioritize", "report"):
        stray = run(command, answers, "--profile", path)
        assert stray.exit_code == 0
        assert "p.csv also names amina, of which there are no answers." in stray.stderr

"""The command line: a conversation from files to map and back, faults in plain words, JSON for programs."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from minga import deliberation
from minga.deliberation.cli import app
from minga.deliberation.tests.data import golden, with_groups, without_structure
from minga.deliberation.tests.traces import SAME, small, written
from tests.support import shared_data


@pytest.fixture
def conversation(tmp_path):
    """A folder with votes of three groups."""
    votes = with_groups(2, people=90)[0]
    statements = pl.DataFrame({"statement": range(40), "text": [f"Statement <{at}> & more" for at in range(40)]})
    whole = deliberation.Conversation(votes, statements, votes.select("participant").unique(maintain_order=True))
    deliberation.write_polis(whole, tmp_path / "talk")
    return tmp_path / "talk"


def run(*words: object, code: int = 0) -> str:
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == code, done.output
    return done.output


@pytest.mark.parametrize("mode", ["stable", "polis"])
def test_map_writes_tables_with_the_columns_of_the_golden_files(mode, tmp_path):
    said = run("map", shared_data("deliberation/biodiversity"), "--mode", mode, "--out", tmp_path)
    assert "536 people cast 29,719 votes on 314 statements" in said
    assert "2 groups" in said
    assert pl.read_csv(tmp_path / "participants.csv").columns == [
        "participant",
        "n_votes",
        "in_conv",
        "x",
        "y",
        "group",
    ]
    for name in ("statements", "group_stats"):
        assert pl.read_csv(tmp_path / f"{name}.csv").columns == golden("biodiversity", name).columns
    told = json.loads((tmp_path / "map.json").read_text(encoding="utf-8"))
    assert told["k"] == 2
    assert told["seed"] == 0
    assert set(told["silhouettes"]) == {"2", "3", "4", "5"}
    assert bool(told["stability"]) == (mode == "stable")
    assert len(told["variance"]) == 2
    assert told["separation"] == "no_gap"
    assert [(row["group"], row["other"], row["finding"]) for row in told["borders"]] == [(0, 1, "no_gap")]


def test_command_line_says_whether_there_is_a_gap(conversation, tmp_path):
    said = run("map", conversation, "--out", tmp_path / "out")
    row = json.loads((tmp_path / "out" / "map.json").read_text(encoding="utf-8"))["borders"][0]
    figure = f"for every 100 people in the middle of a group, {100 * row['crowding']:.0f} stand at the border"
    assert f"Between groups A and B there is a gap: {figure}." in said


def test_map_of_a_conversation_without_groups_says_so(tmp_path):
    votes = without_structure(1, people=200, statements=40)
    whole = deliberation.Conversation(
        votes, votes.select("statement").unique().sort("statement"), votes.select("participant").unique()
    )
    deliberation.write_polis(whole, tmp_path / "talk")
    assert "No clear groups" in run("map", tmp_path / "talk", "--out", tmp_path / "out")
    told = json.loads((tmp_path / "out" / "map.json").read_text(encoding="utf-8"))
    assert (told["k"], told["clear_groups"], told["representative"]) == (1, False, {})
    assert pl.read_csv(tmp_path / "out" / "participants.csv")["group"].null_count() == 200
    assert pl.read_csv(tmp_path / "out" / "group_stats.csv").height == 0


def test_other_draws_of_people_are_spoken_of_only_where_people_were_drawn(conversation, tmp_path):
    assert "need not be camps" in run("map", conversation, "--out", tmp_path / "out")
    one = tmp_path / "one"
    one.mkdir()
    (one / "votes.csv").write_text("timestamp,comment-id,voter-id,vote\n1,1,1,1\n", encoding="utf-8")
    said = run("map", one, "--out", tmp_path / "out")
    assert "No clear groups: the people on the map do not part into groups of 5 or more." in said
    said = run("map", one, "--mode", "polis", "--out", tmp_path / "out")
    assert "No clear groups: all people who voted often enough stand at one place of the map." in said


def test_json_is_what_the_file_says(conversation, tmp_path):
    said = json.loads(run("map", conversation, "-k", 3, "--out", tmp_path / "out", "--json"))
    assert said == json.loads((tmp_path / "out" / "map.json").read_text(encoding="utf-8"))
    assert said["k_was_set"]
    assert len(said["sizes"]) == 3


def test_import_and_export_bring_a_conversation_back(conversation, tmp_path):
    assert "events" in run("import", conversation, "--out", tmp_path / "log.jsonl")
    run("export", tmp_path / "log.jsonl", "--out", tmp_path / "back")
    for name in ("votes.csv", "comments.csv"):
        assert (tmp_path / "back" / name).read_text("utf-8") == (conversation / name).read_text("utf-8")
    told = json.loads(run("map", tmp_path / "log.jsonl", "--out", tmp_path / "out", "--json"))
    assert told["participants"] == 90


@pytest.mark.parametrize("command", ["map", "import", "export"])
def test_a_folder_without_votes_is_refused_in_words(command, tmp_path):
    (tmp_path / "empty").mkdir()
    said = run(command, tmp_path / "empty", "--out", tmp_path / "out", code=1)
    assert "neither votes.csv nor participants-votes.csv" in said


def test_an_unknown_mode_is_a_wrong_command_line(conversation, tmp_path):
    run("map", conversation, "--mode", "best", "--out", tmp_path, code=2)


def test_report_writes_plain_pages(conversation, tmp_path):
    said = run("report", conversation, "--out", tmp_path / "pages")
    assert "3 groups" in said
    assert {path.name for path in (tmp_path / "pages").iterdir()} == {"index.html", "statements.html", "style.css"}
    assert "Statement &lt;1&gt; &amp; more" in (tmp_path / "pages" / "statements.html").read_text(encoding="utf-8")
    told = json.loads(run("report", conversation, "--out", tmp_path / "pages", "--json"))
    assert told["k"] == 3


@pytest.mark.parametrize("command", ["map", "report", "export"])
def test_a_file_where_a_folder_is_needed_is_said(command, conversation):
    said = run(command, conversation, "--out", conversation / "votes.csv", code=1)
    assert "votes.csv: a file stands where a folder is needed. Give another --out" in said


def test_a_folder_that_cannot_be_made_is_said(conversation):
    said = run("map", conversation, "--out", "/proc/nowhere", code=1)
    assert "/proc/nowhere cannot be read or written" in said


def test_import_makes_the_folder_of_its_file_and_refuses_a_folder_in_its_place(conversation, tmp_path):
    run("import", conversation, "--out", tmp_path / "new" / "log.jsonl")
    assert (tmp_path / "new" / "log.jsonl").is_file()
    said = run("import", conversation, "--out", conversation, code=1)
    assert "a folder stands where a file is to be written" in said


def test_trace_says_what_is_missing_and_leaves_with_1_until_all_is_answered(tmp_path):
    parts = small()
    held = parts["dispositions"].pop(2)
    said = run("trace", written(tmp_path, parts), "--by", "language", "--out", tmp_path / "out", code=1)
    assert "answered          2 of      3" in said
    assert "Voice 'bao' has no answer" in said
    assert "cannot be adopted" in said
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "coverage.csv", "strata.csv", "problems.csv", "receipts.jsonl",
    }  # fmt: skip
    receipts = (tmp_path / "out" / "receipts.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["status"] for line in receipts] == ["answered", "read", "answered"]
    parts["dispositions"].append(held)
    assert "may be adopted" in run("trace", written(tmp_path, parts))
    assert json.loads(run("trace", tmp_path, "--json"))["adoptable"]
    assert "statement '12'" in run("trace", tmp_path, "--consensus", "12", code=1)


def test_trace_prints_the_receipt_of_one_voice(tmp_path):
    told = json.loads(run("trace", written(tmp_path, small()), "--voice", "amina"))
    assert told["answers"][0]["changes"][0]["clause"] == "1"
    assert "no voice 'dara'" in run("trace", tmp_path, "--voice", "dara", code=1)


def test_trace_of_an_empty_folder_is_refused_in_words(tmp_path):
    assert "voices.csv" in run("trace", tmp_path, code=1)


def test_trace_without_a_voice_and_a_clause_is_nothing_to_adopt(tmp_path):
    empty: dict[str, list] = {name: [] for name in ("voices", "links", "dispositions", "clauses")}
    said = run("trace", written(tmp_path, empty), code=1)
    assert "holds no voice" in said
    assert "may be adopted" not in said


def test_trace_says_how_each_group_fared_beside_the_others(tmp_path):
    """Of six women two were answered, of six men all; five of the others are too few beside one."""
    parts = {
        "voices": [
            {"voice": f"v{at}", "gender": "woman" if at < 6 else "man", "region": "ABC"[at % 2 + (at == 11)]}
            for at in range(12)
        ],
        "links": [{"voice": f"v{at}", "theme": "t"} for at in range(12)],
        "dispositions": [
            {"disposition": f"d{at}", "voice": f"v{at}", "answer": "rejected", "reason": f"{SAME} Number {at}."}
            for at in (0, 1, *range(6, 12))
        ],
        "clauses": [],
    }  # fmt: skip
    for name, rows in parts.items():
        table = (
            pl.DataFrame(rows) if rows else pl.DataFrame(schema=dict.fromkeys(("clause", "version", "kind"), pl.String))
        )
        table.write_csv(tmp_path / f"{name}.csv")
    said = run("trace", tmp_path, "--by", "gender", "--by", "region", code=1)
    low, high = deliberation.newcombe(6, 6, 2, 6)
    assert (
        f"man         6 people  answered      6 of      6   100%  +66.7 (+{100 * low:.1f} to +{100 * high:.1f})" in said
    )
    assert "woman       6 people  answered      2 of      6    33%  -66.7" in said
    assert "By region, each beside all others" in said
    assert said.count("withheld: ") == 3
    assert "By " not in run("trace", tmp_path, code=1)


def test_voice_that_was_taken_back_is_counted_nowhere(tmp_path):
    parts = small()
    written(tmp_path, parts)
    rows = ["voice,text,withdrawn", "amina,A,no", "bao,B,no", "chen,,yes"]
    (tmp_path / "voices.csv").write_text("\n".join(rows), encoding="utf-8")
    assert "answered          2 of      2" in run("trace", tmp_path)


def test_export_of_a_consultation_writes_answers_and_draft(tmp_path):
    folder = written(tmp_path, small())
    said = run("export", folder, "--out", tmp_path / "out", "--title", "Law & order", "--with-trace", "--format", "csv",
               "--format", "md")  # fmt: skip
    assert "answers.csv, draft.md" in said
    draft = (tmp_path / "out" / "draft.md").read_text(encoding="utf-8")
    assert draft.startswith("# Law \\& order")
    assert "Voice amina" in draft
    answers = (tmp_path / "out" / "answers.csv").read_text(encoding="utf-8")
    assert answers.splitlines()[0] == "voice,text,theme,answer,reason,responder,date,clause,now,duplicate_of"
    assert answers.splitlines()[3].split(",")[3] == "duplicate_of"
    days = ("--published", "1=2026-03-01", "--published", "2=2026-05-02")
    told = json.loads(run("export", folder, "--out", tmp_path / "all", "--json", *days))
    names = {path.rpartition("/")[2] for path in told["written"]}
    assert names == {f"answers.{each}" for each in ("csv", "xlsx", "html", "docx")} | {
        f"draft.{each}" for each in ("md", "html", "docx", "xml")
    }
    assert "no format 'odt'" in run("export", folder, "--out", tmp_path / "no", "--format", "odt", code=1)


def test_export_hides_the_words_of_senders_who_did_not_agree(tmp_path):
    written(tmp_path, small())
    (tmp_path / "voices.csv").write_text(
        "voice,text,may_publish\namina,Words of amina,yes\nbao,Words of bao,no\nchen,Words of chen,\n", encoding="utf-8"
    )
    run("export", tmp_path, "--out", tmp_path / "out", "--format", "csv", "--format", "md", "--with-trace")
    for name in ("answers.csv", "draft.md"):
        text = (tmp_path / "out" / name).read_text(encoding="utf-8")
        assert "Words of amina" in text
        assert "Words of bao" not in text
        assert "Words of chen" not in text


@pytest.mark.parametrize("option", [("-k", 6), ("-k", 0), ("--seed", -1), ("--seed", 2**63)])
def test_a_value_off_its_range_is_a_wrong_command_line(option, conversation, tmp_path):
    for command in ("map", "report"):
        run(command, conversation, "--out", tmp_path / "out", *option, code=2)
    assert not (tmp_path / "out").exists()


def test_the_ending_of_a_log_may_be_in_capital_letters(conversation, tmp_path):
    run("import", conversation, "--out", tmp_path / "log.JSONL")
    assert "90 people cast" in run("map", tmp_path / "log.JSONL", "--out", tmp_path / "out")


def test_files_that_contradict_each_other_are_spoken_of_beside_the_result(tmp_path):
    (tmp_path / "votes.csv").write_text("comment-id,voter-id,vote\n0,1,1\n", encoding="utf-8")
    (tmp_path / "participants-votes.csv").write_text("participant,0\n1,-1\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["map", str(tmp_path), "--out", str(tmp_path / "out"), "--json"])
    assert "contradict each other in 1 places, first participant 1 on statement 0" in done.stderr
    assert json.loads(done.stdout)["votes"] == 1


def test_help_calls_what_is_read_as_the_docs_do():
    docs = Path(__file__).parents[4] / "docs"
    reference = (docs / "reference" / "commands.md").read_text(encoding="utf-8")
    for command, word in (("map", "SOURCE"), ("export", "SOURCE"), ("trace", "FOLDER")):
        assert word in CliRunner().invoke(app, [command, "--help"]).output
        assert f"`{word}`" in reference.split(f"minga deliberation {command}\n")[1].split("\n#")[0]


def test_one_person_casts_one_vote(tmp_path):
    (tmp_path / "votes.csv").write_text("comment-id,voter-id,vote\n0,1,1\n", encoding="utf-8")
    assert "1 person cast 1 vote on 1 statement;" in run("map", tmp_path, "--out", tmp_path / "out")

"""Exports of Pol.is: everything that is read comes out as it went in, and what is wrong is named."""

from __future__ import annotations

import csv
import dataclasses
import json
import zipfile
from pathlib import Path

import polars as pl
import pytest

from minga import deliberation
from minga.deliberation.tests.data import MATH, REAL, real
from tests.support import shared_data

ALL = (*REAL, *(f"polis-math/{name}" for name in MATH))
VOTES = "timestamp,datetime,comment-id,voter-id,vote\n1000,x,0,7,1\n2000,x,0,8,-1\n3000,x,4,7,0\n4000,x,0,7,-1\n"
COMMENTS = (
    'timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,comment-body\n1,x,0,7,1,1,1,"One,\ntwo"\n'
)


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def folder(place: Path, **files: str) -> Path:
    for name, text in files.items():
        (place / f"{name.replace('_', '-')}.csv").write_text(text, encoding="utf-8")
    return place


@pytest.mark.parametrize("name", ALL)
def test_every_file_comes_out_with_the_rows_and_values_it_had(name, tmp_path):
    source = shared_data(f"deliberation/{name}")
    written = deliberation.write_polis(deliberation.read_polis(source), tmp_path)
    assert {path.name for path in written} == {
        path.name for path in source.glob("*.csv") if not path.name.startswith("golden")
    }
    for path in written:
        assert rows(path) == rows(source / path.name), path.name


@pytest.mark.parametrize("name", ALL)
def test_a_log_of_events_keeps_everything(name, tmp_path):
    source = shared_data(f"deliberation/{name}")
    deliberation.write_events(deliberation.read_polis(source), tmp_path / "log.jsonl")
    written = deliberation.write_polis(deliberation.read_events(tmp_path / "log.jsonl"), tmp_path / "out")
    assert len(written) >= 2
    for path in written:
        assert rows(path) == rows(source / path.name), path.name


@pytest.mark.parametrize("name", REAL)
def test_votes_rebuild_the_published_matrix_cell_for_cell(name):
    conversation = real(name)
    columns = [column for column in conversation.participants.columns if column.isdigit()]
    rebuilt = deliberation.vote_table(conversation).wide()
    assert rebuilt.columns[1:] == columns
    assert rebuilt.select(columns).equals(conversation.participants.select(pl.col(columns).cast(pl.Int8)))


def test_zip_file_reads_as_its_folder_does(tmp_path):
    source = shared_data("deliberation/london-policing")
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as packed:
        for path in source.glob("*.csv"):
            packed.write(path, f"export/{path.name}")
    assert deliberation.read_polis(tmp_path / "export.zip").votes.equals(real("london-policing").votes)


def test_text_over_several_lines_stays_whole(tmp_path):
    found = deliberation.read_polis(folder(tmp_path, votes=VOTES, comments=COMMENTS))
    assert found.statements["text"].to_list() == ["One,\ntwo"]


@pytest.mark.parametrize(
    "header",
    ["timestamp,comment-id,voter-id,vote", "timestamp,comment_id,voter_id,vote", "Timestamp,Comment ID,Voter ID,Vote"],
)
def test_headers_of_both_kinds_and_without_datetime(header, tmp_path):
    found = deliberation.read_polis(folder(tmp_path, votes=f"{header}\n1,0,7,1\n2,3,7,-1\n"))
    assert found.votes.select("statement", "participant", "vote").rows() == [(0, 7, 1), (3, 7, -1)]
    assert rows(deliberation.write_polis(found, tmp_path / "out")[0])[0] == header.split(",")


def test_only_the_matrix_is_enough_and_xid_is_kept(tmp_path):
    matrix = (
        "participant,xid,group-id,n-comments,n-votes,n-agree,n-disagree,0,4\n7,ab-1,0,0,2,1,0,1,0\n8,,,0,1,0,1,,-1\n"
    )
    found = deliberation.read_polis(folder(tmp_path, participants_votes=matrix))
    assert sorted(found.votes.select("participant", "statement", "vote").rows()) == [(7, 0, 1), (7, 4, 0), (8, 4, -1)]
    assert found.participants["xid"].to_list() == ["ab-1", None]
    assert found.statements["statement"].to_list() == [0, 4]


def test_last_vote_by_time_counts_or_the_first_if_asked(tmp_path):
    shuffled = VOTES.splitlines()
    text = "\n".join([shuffled[0], shuffled[4], *shuffled[1:4]]) + "\n"
    found = deliberation.read_polis(folder(tmp_path, votes=text))
    last = deliberation.vote_table(found).wide().filter(pl.col("participant") == 7)
    first = deliberation.vote_table(found, last_wins=False).wide().filter(pl.col("participant") == 7)
    assert (last["0"].item(), first["0"].item()) == (-1, 1)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"comments": COMMENTS}, "neither votes.csv nor participants-votes.csv"),
        ({"votes": ""}, "votes.csv is empty"),
        ({"votes": "timestamp,comment-id,vote\n1,0,1\n"}, "lacks a column for participant"),
        (
            {"votes": VOTES.replace("3000,x,4,7,0", "3000,x,4,7,2")},
            "row 4 (the header is row 1): participant 7 gave statement 4 the vote 2,",
        ),
        (
            {"votes": VOTES.replace("3000,x,4,7,0", "3000,x,four,7,0")},
            "row 4 (the header is row 1): 'four' in the column 'comment-id'",
        ),
        (
            {"votes": VOTES.replace("3000,x,4,7,0", "3000,x,4,,0")},
            "row 4 (the header is row 1): the column 'voter-id' is empty",
        ),
        ({"votes": VOTES.replace("voter-id", "comment-id")}, "lacks a column for participant"),
        ({"votes": VOTES + "\n5000,x\n"}, "votes.csv, row 7 (the header is row 1) has 2 cells, the header 5"),
        ({"votes": VOTES + "5000,x,0,7,1,1\n"}, "votes.csv, row 6 (the header is row 1) has 6 cells, the header 5"),
        (
            {"votes": VOTES + "\n\n5000,x,0,9,7\n"},
            "row 8 (the header is row 1): participant 9 gave statement 0 the vote 7,",
        ),
        (
            {"votes": VOTES.replace("0,8", f"0,{10**20}")},
            "row 3 (the header is row 1): 100000000000000000000 in the column 'voter-id' is too large",
        ),
        (
            {"votes": VOTES.replace(",", ";").replace("7;0\n", "7\n")},
            "has 4 cells, the header 5. Give every row as many cells as the header; put a text that holds a semicolon",
        ),
        (
            {"participants_votes": "participant,s1,s2\n1,1,-1\n"},
            "participants-votes.csv has no column of a statement, so it holds no vote. Such a column is headed by the "
            "whole number of the statement; other columns found: 's1', 's2'. Number the statements",
        ),
        (
            {"votes": VOTES, "comments": COMMENTS.replace("1,1,1,", "1,1,5,")},
            "comments.csv, row 2 (the header is row 1): moderated of statement 0 is 5, but that is 1",
        ),
        ({"votes": VOTES.replace("0,7,1", "0,7.5,1")}, "'7.5' in the column 'voter-id' is not a whole number"),
        ({"votes": VOTES + '5000,"x,0,7,1\n'}, "votes.csv cannot be read as CSV at line 6"),
        (
            {"votes": VOTES, "comments": COMMENTS + "1,x,0,7,1,1,-1,Again\n"},
            "comments.csv, rows 2 and 3 (the header is row 1): statement 0 is listed twice",
        ),
        (
            {"participants_votes": "participant,4,0\n\n1,1,0\n2,5,0\n"},
            "participants-votes.csv, row 4 (the header is row 1): participant 2 gave statement 4 the vote 5",
        ),
        (
            {"participants_votes": "participant,4,0\n1,1,0\n3,1,0\n1,1,0\n"},
            "participants-votes.csv, rows 2 and 4 (the header is row 1): participant 1 is listed twice",
        ),
        ({"participants_votes": "participant,001,1\n1,1,0\n"}, "'001' and '1', which are the same statement"),
        (
            {"participants_votes": f"participant,{10**19}\n1,1\n"},
            "the column 10000000000000000000 is too large for a statement",
        ),
    ],
)
def test_what_is_wrong_is_named(files, words, tmp_path):
    with pytest.raises(deliberation.ExportError) as refused:
        deliberation.read_polis(folder(tmp_path, **files))
    assert words in str(refused.value)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(deliberation.ExportError, match=r"There is no folder or file .*nowhere\. Check the path\."):
        deliberation.read_polis(tmp_path / "nowhere")


def test_half_a_zip_file_is_called_damaged(tmp_path):
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as packed:
        packed.writestr("votes.csv", VOTES)
    for name in ("export.zip", "download"):
        (tmp_path / name).write_bytes((tmp_path / "export.zip").read_bytes()[:120])
        with pytest.raises(deliberation.ExportError, match=f"{name} is damaged: it is no whole zip file."):
            deliberation.read_polis(tmp_path / name)


def test_a_single_table_is_neither_folder_nor_zip_file(tmp_path):
    place = folder(tmp_path, votes=VOTES) / "votes.csv"
    with pytest.raises(deliberation.ExportError, match="neither a folder nor a zip file"):
        deliberation.read_polis(place)


@pytest.mark.parametrize("mark", [";", "\t"])
def test_cells_may_be_parted_by_semicolons_and_tabs(mark, tmp_path):
    files = {"votes": VOTES, "comments": COMMENTS.replace("One,", "One"), "summary": "topic,Work; and machines\n"}
    turned = {name: text.replace(",", mark) for name, text in files.items()}
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    one = deliberation.read_polis(folder(tmp_path / "one", **files))
    two = deliberation.read_polis(folder(tmp_path / "two", **turned))
    assert one.votes.equals(two.votes)
    assert one.statements.equals(two.statements)
    assert one.topic == "Work; and machines"


def test_whole_numbers_may_end_in_a_point_and_noughts(tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    matrix = "participant,group-id,0,4\n7.0,0.0,-1.0,0.0\n8,,-1.,\n"
    two = folder(tmp_path / "two", votes=VOTES.replace(",1\n", ",1.0\n"), participants_votes=matrix)
    one = deliberation.read_polis(folder(tmp_path / "one", votes=VOTES))
    found = deliberation.read_polis(two)
    assert found.votes.equals(one.votes)
    assert found.participants.rows() == [(7, 0, -1, 0), (8, None, -1, None)]


def test_a_statement_may_have_a_negative_number_in_the_matrix_too(tmp_path):
    found = deliberation.read_polis(folder(tmp_path, participants_votes="participant,-1,0\n-7,1,-1\n8,,1\n"))
    assert sorted(found.votes.select("participant", "statement", "vote").rows()) == [
        (-7, -1, 1),
        (-7, 0, -1),
        (8, 0, 1),
    ]
    path = deliberation.write_polis(found, tmp_path / "out")[2]
    assert rows(path) == rows(tmp_path / "participants-votes.csv")


def test_files_that_contradict_each_other_are_spoken_of(tmp_path):
    matrix = "participant,group-id,0,4,s9\n7,0,1,0,1\n8,0,,,-1\n"
    found = deliberation.read_polis(folder(tmp_path, votes=VOTES, participants_votes=matrix))
    first, second = deliberation.remarks(found)
    assert first == (
        "votes.csv and participants-votes.csv contradict each other in 2 places, first participant 7 on statement 0: "
        "-1 in votes.csv, 1 in the matrix. votes.csv counts. If the matrix is right, take votes.csv away and read the "
        "files again."
    )
    assert "the columns s9 hold nothing but 1, 0 and -1" in second


@pytest.mark.parametrize("name", REAL)
def test_there_is_nothing_to_remark_on_published_conversations(name):
    assert deliberation.remarks(real(name)) == []


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (
            [{"event": "participant", "participant": 1}, {"event": "participant", "participant": 1}],
            "lines 2 and 3: participant 1 is listed twice. Each person has one line.",
        ),
        (
            [{"event": "statement", "statement": 0, "moderated": state} for state in (1, -1)],
            "lines 2 and 3: statement 0 is listed twice. They differ in whether it was rejected.",
        ),
    ],
)
def test_a_log_names_each_person_once(lines, words, tmp_path):
    vote = {"event": "vote", "participant": 1, "statement": 0, "vote": 1}
    (tmp_path / "log.jsonl").write_text("\n".join(map(json.dumps, [vote, *lines])), encoding="utf-8")
    with pytest.raises(deliberation.ExportError) as refused:
        deliberation.read_events(tmp_path / "log.jsonl")
    assert words in str(refused.value)


@pytest.mark.parametrize("name", [*REAL, *(f"polis-math/{name}" for name in MATH)])
def test_votes_with_the_sign_of_the_database_are_refused(name, tmp_path):
    source = deliberation.read_polis(shared_data(f"deliberation/{name}"))
    turned = deliberation.Conversation(
        source.votes.with_columns(-pl.col("vote")), source.statements, source.participants, {}, source.layout
    )
    with pytest.raises(deliberation.ExportError, match="sign of every vote"):
        deliberation.check_sign(turned)


@pytest.mark.parametrize(
    ("line", "words"),
    [("{", "line 2 is not JSON"), ('{"event": "dance"}', "line 2 is no event"), ("[]", "line 2 is no event")],
)
def test_a_wrong_line_of_a_log_is_named(line, words, tmp_path):
    good = json.dumps({"event": "vote", "participant": 1, "statement": 0, "vote": 1})
    (tmp_path / "log.jsonl").write_text(f"{good}\n{line}\n", encoding="utf-8")
    with pytest.raises(deliberation.ExportError, match=words):
        deliberation.read_events(tmp_path / "log.jsonl")


def test_a_log_of_votes_alone_is_a_conversation(tmp_path):
    lines = [{"event": "vote", "participant": p, "statement": s, "vote": 1} for p in (3, 1) for s in (5, 2)]
    (tmp_path / "log.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    found = deliberation.read_events(tmp_path / "log.jsonl")
    assert found.participants["participant"].to_list() == [3, 1]
    assert found.statements["statement"].to_list() == [2, 5]


@pytest.mark.parametrize("text", [VOTES + "\n", VOTES.replace("2000", "\n,,,,\n2000"), VOTES.replace("\n", "\r")])
def test_blank_rows_and_the_ends_of_lines_of_old_programs_do_not_matter(text, tmp_path):
    (tmp_path / "votes.csv").write_bytes(text.encode())
    assert deliberation.read_polis(tmp_path).votes.equals(deliberation.read_polis(folder(tmp_path, votes=VOTES)).votes)


def test_a_summary_may_be_as_long_as_anybody_writes(tmp_path):
    found = deliberation.read_polis(
        folder(tmp_path, votes=VOTES, summary="topic,x\nconversation-description," + "x" * 200_000)
    )
    assert len(found.summary["conversation-description"]) == 200_000


@pytest.mark.parametrize(("word", "counts"), [("true", False), ("FALSE", True), ("1", False), ("0", True)])
def test_statements_about_the_conversation_may_be_marked_in_words(word, counts, tmp_path):
    comments = f"comment-id,is-meta,comment-body\n0,{word},x\n4,0,y\n"
    found = deliberation.read_polis(folder(tmp_path, votes=VOTES, comments=comments))
    out = deliberation.opinion_map(found).statements.filter("mod_out")["statement"].to_list()
    assert out == ([] if counts else [0])


def test_a_column_whose_name_only_looks_like_a_digit_is_no_statement(tmp_path):
    found = deliberation.read_polis(folder(tmp_path, participants_votes="participant,1,²\n7,1,1\n"))
    assert found.votes["statement"].to_list() == [1]


def test_a_zip_file_with_two_conversations_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as packed:
        packed.writestr("one/votes.csv", VOTES)
        packed.writestr("other/votes.csv", VOTES)
    with pytest.raises(deliberation.ExportError, match="several conversations, in the folders one, other"):
        deliberation.read_polis(tmp_path / "two.zip")


def test_a_damaged_zip_file_is_named(tmp_path):
    with zipfile.ZipFile(tmp_path / "good.zip", "w") as packed:
        packed.writestr("votes.csv", VOTES)
    broken = (tmp_path / "good.zip").read_bytes().replace(b"1000,x", b"9000,x")
    (tmp_path / "bad.zip").write_bytes(broken)
    with pytest.raises(deliberation.ExportError, match=r"votes\.csv is damaged"):
        deliberation.read_polis(tmp_path / "bad.zip")


def swapped(source: deliberation.Conversation, place: Path, **tables: pl.DataFrame) -> list[Path]:
    """Write a conversation some of whose tables somebody has laid out in another way."""
    return deliberation.write_polis(dataclasses.replace(source, **tables), place)


def test_columns_are_written_by_their_names_whatever_their_order(tmp_path):
    source = real("biodiversity")
    turned = source.votes.select("timestamp", "datetime", "participant", "statement", "vote")
    path = swapped(source, tmp_path, votes=turned)[0]
    assert rows(path) == rows(shared_data("deliberation/biodiversity/votes.csv"))


def test_a_dropped_column_is_left_out_and_an_added_one_moves_no_other(tmp_path):
    source = real("biodiversity")
    told = source.statements.drop("author").with_columns(language=pl.lit("en"))
    path = swapped(source, tmp_path, statements=told)[1]
    header, first = rows(path)[:2]
    before = dict(zip(*rows(shared_data("deliberation/biodiversity/comments.csv"))[:2], strict=True))
    assert dict(zip(header, first, strict=True)) == {k: v for k, v in before.items() if k != "author-id"} | {
        "lang": "en"
    }
    assert header[-1] == "lang"


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({"votes": lambda c: c.votes.drop("participant")}, "votes.csv cannot be written: the table lacks participant"),
        ({"statements": lambda c: c.statements.drop("statement")}, "comments.csv cannot be written: the table lacks"),
        (
            {"votes": lambda c: c.votes.with_columns(pl.col("vote").alias("comment-id"))},
            "votes.csv cannot be written: two columns of the table would be called 'comment-id'",
        ),
        (
            {"votes": lambda c: c.votes.with_columns(pl.format("s{}", "statement").alias("statement"))},
            "votes.csv cannot be written: a statement is called 's",
        ),
        (
            {"participants": lambda c: c.participants.with_columns(participant=pl.col("participant") + 0.5)},
            "participants-votes.csv cannot be written: a participant is called 1.5",
        ),
    ],
)
def test_what_could_not_be_read_again_is_not_written(tables, words, tmp_path):
    source = real("london-policing")
    with pytest.raises(deliberation.ExportError) as refused:
        swapped(source, tmp_path / "out", **{name: made(source) for name, made in tables.items()})
    assert words in str(refused.value)
    assert not (tmp_path / "out").exists()


def test_votes_that_were_removed_are_in_no_file(tmp_path):
    source = real("london-policing")
    kept = source.votes.filter(pl.col("participant") != 2)
    paths = swapped(source, tmp_path, votes=kept)
    header, *people = rows(paths[2])
    second = dict(zip(header, next(row for row in people if row[0] == "2"), strict=True))
    assert not any(value for name, value in second.items() if name.isdigit())
    assert [second[name] for name in ("n-votes", "n-agree", "n-disagree")] == ["0", "0", "0"]
    before = rows(shared_data("deliberation/london-policing/participants-votes.csv"))
    assert [row for row in [header, *people] if row[0] != "2"] == [row for row in before if row[0] != "2"]


def test_a_vote_that_was_changed_or_added_stands_in_the_matrix_too(tmp_path):
    source = real("london-policing")
    later = pl.DataFrame({"timestamp": 2 * 10**12, "datetime": "", "statement": [1, 99], "participant": 2, "vote": 0})
    paths = swapped(source, tmp_path, votes=pl.concat([source.votes, later.cast(source.votes.schema)]))
    header, *people = rows(paths[2])
    second = dict(zip(header, next(row for row in people if row[0] == "2"), strict=True))
    assert (second["1"], second["99"], second["n-votes"]) == ("0", "0", "31")
    assert header[-1] == "99"

"""From voices to clauses: nothing unanswered is adopted, all have a receipt, and tables come from files."""

from __future__ import annotations

import json
import re
import time

import polars as pl
import pytest

from minga import deliberation
from minga.deliberation.engine.trace import Trace
from minga.deliberation.tests.traces import REASON, SAME, built, covered, log, seeded, small, table, written


@pytest.fixture(scope="module")
def trace() -> Trace:
    return seeded()


# ---------------------------------------------------------------- audit and receipts
def test_what_holds_has_no_problem_and_can_be_adopted():
    problems = deliberation.audit(built(small()))
    assert problems.rows() == []
    assert deliberation.adoptable(problems)


@pytest.mark.parametrize(
    ("change", "rule", "blocks"),
    [
        (lambda p: p["dispositions"].pop(3) and p["dispositions"].pop(3), "voice_unanswered", True),
        (lambda p: p["dispositions"].pop(4), "theme_unanswered", False),
        (lambda p: p["links"].pop(2), "voice_unread", False),
        (lambda p: p["dispositions"][2].update(reason="Too dear."), "reason_short", True),
        (lambda p: p["dispositions"][2].update(reason=None), "reason_short", True),
        (lambda p: p["clauses"][1].update(disposition=None), "accepted_without_clause", True),
        (lambda p: p["dispositions"][2].update(answer="perhaps"), "answer_unknown_kind", True),
        (lambda p: p["dispositions"][2].update(voice="bao"), "answer_target", True),
        (lambda p: p["dispositions"][3].update(duplicate_of=None), "duplicate_unnamed", True),
        (lambda p: p["dispositions"][3].update(duplicate_of="chen"), "duplicate_circle", True),
        (lambda p: p["dispositions"][3].update(duplicate_of="dara"), "voice_unknown", True),
        (lambda p: p["links"][1].update(voice="dara"), "voice_unknown", True),
        (lambda p: p["dispositions"][2].update(theme="rent"), "theme_unknown", True),
        (lambda p: p["dispositions"][1].update(supersedes="d9"), "answer_unknown", True),
        (lambda p: p["dispositions"][0].update(supersedes="d1"), "answer_circle", True),
        (lambda p: p["dispositions"][4].update(supersedes="d0"), "replaced_twice", True),
        (lambda p: p["clauses"].append({"clause": "1", "version": "3", "kind": "delete"}), "change_undone", True),
        (lambda p: p["clauses"].append({"clause": "2", "version": "2", "kind": "add"}), "clause_unsourced", False),
        (lambda p: p["clauses"].append({"clause": "2", "version": "2", "kind": "grow"}), "clause_lineage", True),
        (lambda p: p["clauses"][1].update(clause="77"), "clause_lineage", True),
        (lambda p: p["clauses"][1].update(clause="77", kind="delete"), "clause_lineage", True),
        (lambda p: p["links"].append({"voice": "amina"}), "link_incomplete", True),
        (lambda p: p["links"].append({"theme": "cost"}), "link_incomplete", True),
        (lambda p: p["evidence"][0].update(value=None), "evidence_incomplete", True),
        (lambda p: p["evidence"][0].update(clause=None), "evidence_target", True),
        (lambda p: p["evidence"][0].update(clause="9"), "clause_unknown", True),
        (lambda p: p["dispositions"][4].update(covered_by="9"), "clause_unknown", True),
        (
            lambda p: (
                p["dispositions"][4].update(covered_by="1"),
                p["clauses"].append({"clause": "1", "version": "3", "kind": "delete"}),
            ),
            "cover_gone",
            True,
        ),
    ],
)
def test_each_fault_is_found_by_its_rule(change, rule, blocks):
    parts = small()
    change(parts)
    problems = deliberation.audit(built(parts))
    found = problems.filter(pl.col("rule") == rule)
    assert found.height, problems
    assert found["blocks"].to_list() == [blocks] * found.height
    assert deliberation.adoptable(problems) is not problems["blocks"].any()
    assert found["message"].str.len_chars().min() > 30


@pytest.mark.parametrize(
    ("change", "rule", "words"),
    [
        (
            lambda p: p["dispositions"][3].update(duplicate_of="chen"),
            "duplicate_circle",
            "dispositions.csv, row 5: voice 'chen' is said to be a duplicate of itself, so nobody answers it. Name ",
        ),
        (
            lambda p: p["evidence"][0].update(value=None),
            "evidence_incomplete",
            "evidence.csv, row 2: the evidence for '1' lacks its link or the value cited.",
        ),
        (
            lambda p: p["evidence"][0].update(clause=None),
            "evidence_target",
            "evidence.csv, row 2 belongs to no clause and no answer. Name one.",
        ),
    ],
)
def test_circles_and_citations_are_named_with_their_rows(change, rule, words):
    parts = small()
    change(parts)
    problems = deliberation.audit(built(parts))
    assert problems.filter(pl.col("rule") == rule)["message"].item().startswith(words)


def test_two_voices_that_repeat_each_other_are_both_named():
    parts = small()
    parts["dispositions"][1].update(answer="duplicate_of", duplicate_of="chen", reason=SAME)
    circles = deliberation.audit(built(parts)).filter(pl.col("rule") == "duplicate_circle")
    assert circles["where"].to_list() == ["amina", "chen"]
    assert all("is a duplicate of itself over others" in message for message in circles["message"])


def test_a_clause_named_as_covering_a_voice_is_told_but_counts_as_no_change():
    parts = small()
    before = covered(built(parts)).measures.rows()
    parts["dispositions"] = [*parts["dispositions"][2:3], *parts["dispositions"][4:]]
    parts["clauses"][1].update(disposition=None)
    parts["dispositions"][1].update(covered_by=" 1 ")
    trace = built(parts)
    told = deliberation.receipt(trace, "amina")["answers"][0]
    assert (told["answer"], told["covered_by"], told["changes"]) == ("already_covered", "1", [])
    assert covered(trace).of("accepted") == (0, 3)
    assert covered(trace).of("traced") == (0, 0)
    assert covered(trace).of("unsourced") == (1, 1)
    assert before != covered(trace).measures.rows()
    assert deliberation.audit(trace)["rule"].to_list() == ["clause_unsourced"]
    # only an answer that says so names a clause
    parts["dispositions"][1].update(answer="rejected")
    assert deliberation.receipt(built(parts), "amina")["answers"][0]["covered_by"] is None


def test_files_from_before_clauses_could_be_named_are_read(tmp_path):
    for name, rows in small().items():
        old = table(name, rows)
        if name == "dispositions":
            old = old.drop("covered_by")
        old.write_csv(tmp_path / f"{name}.csv")
    trace = deliberation.read_trace(tmp_path)
    assert deliberation.audit(trace).rows() == []
    assert deliberation.receipt(trace, "bao")["answers"][0]["covered_by"] is None


def test_a_clause_that_was_split_covers_on_in_its_parts():
    parts = small()
    parts["dispositions"][4].update(covered_by="1")
    parts["clauses"] += [{"clause": name, "version": "3", "kind": "split", "came_from": "1"} for name in ("1a", "1b")]
    assert deliberation.audit(built(parts)).rows() == []


def test_a_draft_with_one_unanswered_voice_cannot_be_adopted(trace):
    named = deliberation.audit(trace).filter(pl.col("rule") == "voice_unanswered")
    read, whole = covered(trace).of("answered")
    assert named.height == whole - read > 0
    assert not deliberation.adoptable(deliberation.audit(trace))


def test_statements_all_groups_agree_on_need_an_answer():
    parts = small()
    assert deliberation.audit(built(parts), consensus=[12])["rule"].to_list() == ["consensus_unanswered"]
    parts["dispositions"].append(
        {"disposition": "d5", "statement": "12", "answer": "already_covered", "reason": REASON.format("of clause 1")}
    )
    assert deliberation.adoptable(deliberation.audit(built(parts), consensus=[12]))


@pytest.mark.parametrize(
    ("change", "rule", "words"),
    [
        (lambda p: p["links"][1].update(voice="dara"), "voice_unknown", r"links\.csv, row 3 names 'dara' as voice"),
        (lambda p: p["links"][1].update(theme=None), "link_incomplete", "row 3 names the voice 'bao' but no theme"),
        (lambda p: p["dispositions"][2].update(answer="no"), "answer_unknown_kind", "row 4: answer 'd2' is 'no'"),
        (lambda p: p["dispositions"][2].update(reason="No."), "reason_short", "row 4: answer 'd2'"),
    ],
)
def test_a_fault_is_named_with_its_row(change, rule, words):
    parts = small()
    change(parts)
    problems = deliberation.audit(built(parts)).filter(pl.col("rule") == rule)
    assert re.search(words, problems["message"][0]), problems["message"][0]


def test_a_link_without_a_theme_is_no_reading():
    parts = small()
    parts["links"][1].update(theme=" ")
    assert covered(built(parts)).of("read") == (2, 3)
    assert deliberation.receipt(built(parts), "bao")["themes"] == []


def test_a_link_given_twice_counts_once_and_blanks_around_names_mean_nothing():
    parts = small()
    parts["links"].append({"voice": " bao ", "theme": "cost "})
    parts["voices"][1].update(voice="bao ")
    told = deliberation.receipt(built(parts), "bao")
    assert (told["themes"], len(told["answers"])) == (["cost"], 1)
    assert deliberation.audit(built(parts)).height == 0


def test_an_answer_of_unknown_kind_answers_nobody():
    parts = small()
    parts["dispositions"][2].update(answer="Rejectd")
    assert covered(built(parts)).of("answered") == (2, 3)


def test_what_people_agreed_on_is_a_source_of_a_clause():
    parts = small()
    parts["dispositions"].append({"disposition": "d5", "statement": "12", "answer": "accepted"})
    parts["clauses"].append({"clause": "2", "version": "2", "kind": "add", "disposition": "d5"})
    assert covered(built(parts)).of("unsourced") == (0, 2)
    assert deliberation.audit(built(parts)).height == 0
    parts["dispositions"][-1].update(answer="rejected", reason=REASON.format("of it"))
    assert covered(built(parts)).of("unsourced") == (1, 2)


@pytest.mark.parametrize(
    ("rows", "before"),
    [
        ([("c1", 1, "add", None, "One."), ("c2", 1, "add", None, "Two."), ("c1", 2, "merge", "c1 c2", "Both."),
          ("c2", 2, "delete")], "One.\n\nTwo."),
        ([("c1", 1, "add", None, "One two."), ("c1", 2, "split", "c1", "One."), ("c2", 2, "split", "c1", "Two.")],
         "One two."),
        ([("c1", 1, "add", None, "One."), ("c2", 1, "add", None, "Two."), ("c5", 1, "add", None, "Five."),
          ("c1", 2, "merge", "c1 c2", "Both."), ("c1", 3, "merge", "c1 c5", "All.")], "Both.\n\nFive."),
        ([("c1", 1, "add", None, "One."), ("c5", 2, "add", None, "Five."), ("c1", 2, "merge", "c1 c5", "Both.")],
         "One.\n\nFive."),
    ],
)  # fmt: skip
def test_receipts_show_the_words_that_this_change_came_from(rows, before):
    clauses = log(*rows)
    last = clauses.filter(pl.col("clause") == "c1")["version"].max()
    is_last = (pl.col("clause") == "c1") & (pl.col("version") == last)
    led = clauses.with_columns(disposition=pl.when(is_last).then(pl.lit("d1")))
    answers = table("dispositions", [{"disposition": "d1", "voice": "amina", "answer": "accepted"}])
    whole = Trace(table("voices", [{"voice": "amina"}]), table("links", []), answers, led)
    (change,) = deliberation.receipt(whole, "amina")["answers"][0]["changes"]
    assert change["before"] == before


def test_receipts_of_many_voices_take_no_longer_for_each(monkeypatch):
    names = [f"v{at}" for at in range(2000)]
    whole = Trace(pl.DataFrame({"voice": names}), table("links", []), table("dispositions", []), log(("c", 1, "add")))
    monkeypatch.setattr(pl.DataFrame, "filter", None)
    started = time.process_time()
    assert {deliberation.receipt(whole, name)["status"] for name in names} == {"unread"}
    assert time.process_time() - started < 1


def test_every_voice_has_a_receipt(trace):
    statuses = [deliberation.receipt(trace, voice)["status"] for voice in trace.voices["voice"]]
    assert len(statuses) == 500
    assert statuses.count("answered") == covered(trace).of("answered")[0]


def test_receipt_shows_answer_change_and_evidence():
    told = deliberation.receipt(built(small()), "amina")
    (answer,) = told["answers"]
    (change,) = answer["changes"]
    assert (told["text"], told["themes"], told["status"]) == ("AMINA", ["data"], "answered")
    assert [row["answer"] for row in answer["earlier"]] == ["rejected"]
    assert (change["before"], change["after"]) == ("Data may be shared.", "With consent, share data.")
    assert change["stands"]
    assert answer["evidence"] == [{"link": "/i/asem/fra", "value": "63.2", "label": "Index", "cited_on": "2026-05-01"}]
    json.dumps(told)


def test_receipt_of_a_duplicate_holds_that_of_the_first():
    told = deliberation.receipt(built(small()), "chen")
    assert [each["voice"] for each in told["same_as"]] == ["amina"]


def test_receipt_of_nobody_is_refused():
    with pytest.raises(deliberation.TraceError, match="no voice 'dara'"):
        deliberation.receipt(built(small()), "dara")


def test_a_citation_keeps_its_value_and_shows_when_the_figure_changed():
    whole = built(small())
    assert deliberation.changed_evidence(whole, {"/i/asem/fra": "63.2"}).height == 0
    changed = deliberation.changed_evidence(whole, {"/i/asem/fra": "64.0"})
    assert changed.select("cited", "current").rows() == [("63.2", "64.0")]


# ---------------------------------------------------------------- files
def test_tables_come_from_files(tmp_path):
    found = deliberation.read_trace(written(tmp_path, small()))
    assert deliberation.audit(found).height == 0
    (tmp_path / "evidence.csv").unlink()
    assert deliberation.read_trace(tmp_path).evidence.height == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda p: p["voices"].append({"voice": "amina"}), "row 5 names the voice 'amina' twice; it stands in row 2"),
        (lambda p: p["voices"].append({"voice": "amina "}), "row 5 names the voice 'amina' twice"),
        (lambda p: p["voices"].append({"text": "x"}), "without a voice: row 5"),
        (lambda p: p["clauses"][0].update(version="first"), "row 2: clause '1' has the version 'first'"),
    ],
)
def test_files_that_do_not_hold_together_are_refused(change, words, tmp_path):
    parts = small()
    change(parts)
    with pytest.raises(deliberation.TraceError, match=words):
        deliberation.read_trace(written(tmp_path, parts))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(deliberation.TraceError, match=r"voices\.csv"):
        deliberation.read_trace(tmp_path)

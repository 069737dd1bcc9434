"""From voices to clauses: coverage equals counting by hand, nothing unanswered is adopted, all have a receipt."""

from __future__ import annotations

import json
import re
import time

import numpy as np
import polars as pl
import pytest

from minga import deliberation
from minga.deliberation.engine.intervals import newcombe, ratio_interval, wilson
from minga.deliberation.engine.lineage import with_beginnings
from minga.deliberation.engine.trace import ANSWERS, TABLES, Trace

SAME = "Amina said the same before, and her words were answered."
REASON = "The council discussed this in May and keeps to the earlier text, because {}."


def table(name: str, rows: list[dict[str, object]]) -> pl.DataFrame:
    needed, known = TABLES[name]
    return pl.DataFrame(rows, schema=dict.fromkeys((*needed, *known), pl.String), orient="row", strict=False)


def seeded(seed: int = 1, n: int = 500) -> Trace:
    """Draw voices, themes, answers and clauses, some of them missing, replaced or undone."""
    random = np.random.default_rng(seed)
    voices = [
        {
            "voice": f"v{at}", "text": f"words {at}", "author": f"p{at // 2}",
            "region": str(random.choice(["north", "south", "east"], p=[0.6, 0.35, 0.05])),
            "gender": [None, "woman", "man"][random.integers(3)],
        }
        for at in range(n)
    ]  # fmt: skip
    links = [
        {"voice": f"v{at}", "theme": f"t{theme}"} for at in range(n) for theme in range(12) if random.random() < 0.1
    ]
    answers: list[dict[str, object]] = []
    for target, names in (("theme", [f"t{at}" for at in range(9)]), ("voice", [f"v{at}" for at in range(0, n, 3)])):
        for name in names:
            kind = str(random.choice(ANSWERS[:5]))
            answers.append(
                {"disposition": f"d{len(answers)}", target: name, "answer": kind, "reason": REASON.format(name)}
            )
            if random.random() < 0.2:
                later = {"disposition": f"d{len(answers)}", target: name, "supersedes": answers[-1]["disposition"]}
                answers.append(later | {"answer": "rejected", "reason": REASON.format("of cost")})
    clauses: list[dict[str, object]] = [{"clause": f"c{at}", "version": 1, "kind": "add"} for at in range(30)]
    for answer in answers:
        if str(answer["answer"]).startswith("accepted") and random.random() < 0.8:
            clauses.append(
                {
                    "clause": f"c{random.integers(30)}",
                    "version": 2,
                    "kind": "edit",
                    "disposition": answer["disposition"],
                }
            )
    clauses += [{"clause": f"c{at}", "version": 3, "kind": "delete"} for at in range(3)]
    clauses += [{"clause": name, "version": 4, "kind": "split", "came_from": "c3"} for name in ("c3a", "c3b")]
    clauses += [{"clause": "c45", "version": 4, "kind": "merge", "came_from": "c4 c5"}]
    return Trace(
        pl.DataFrame(voices),
        pl.DataFrame(links),
        table("dispositions", answers),
        table("clauses", clauses).with_columns(pl.col("version").cast(pl.Int64)),
    )


def by_hand(trace: Trace) -> dict[str, tuple[int, int]]:
    """Count slowly, row by row, without the engine."""
    voices = trace.voices["voice"].to_list()
    links = trace.links.rows()
    rows = trace.dispositions.rows(named=True)
    standing = [row for row in rows if not any(other["supersedes"] == row["disposition"] for other in rows)]
    gone = {"c0", "c1", "c2"}  # deleted in version 3; c3, c4 and c5 live on in what came from them
    final = {}
    for voice in voices:
        own = [row for row in standing if row["voice"] == voice]
        themes = {theme for name, theme in links if name == voice}
        final[voice] = own or [row for row in standing if row["theme"] in themes]
    accepted = [voice for voice in voices if any("accepted" in row["answer"] for row in final[voice])]
    changes = [row for row in trace.clauses.rows(named=True) if row["disposition"]]
    traced = [
        voice
        for voice in accepted
        if any(
            change["disposition"] == row["disposition"] and change["clause"] not in gone
            for row in final[voice]
            if "accepted" in row["answer"]
            for change in changes
        )
    ]
    heard = {row["disposition"] for own in final.values() for row in own}
    with_voice = {change["clause"] for change in changes if change["disposition"] in heard}
    last = {f"c{at}" for at in range(6, 30)} | {"c3a", "c3b", "c45"}
    origin = {"c3a": {"c3"}, "c3b": {"c3"}, "c45": {"c4", "c5"}}
    unsourced = [clause for clause in last if not ({clause} | origin.get(clause, set())) & with_voice]
    rejected = [row for row in standing if row["answer"] == "rejected"]
    own_reason = [row for row in rejected if [other["reason"] for other in rows].count(row["reason"]) == 1]
    answered = [voice for voice in voices if final[voice]]
    return {
        "read": (len({name for name, _theme in links}), len(voices)),
        "answered": (len(answered), len(voices)),
        "accepted": (len(accepted), len(answered)),
        "traced": (len(traced), len(accepted)),
        "unsourced": (len(unsourced), len(last)),
        "own_reason": (len(own_reason), len(rejected)),
    }


@pytest.fixture(scope="module")
def trace() -> Trace:
    return seeded()


def covered(trace: Trace, strata=()):
    return deliberation.coverage(trace.voices, trace.links, trace.dispositions, trace.clauses, strata)


# ---------------------------------------------------------------- coverage
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_coverage_equals_counting_by_hand(seed):
    drawn = seeded(seed)
    expected = by_hand(drawn)
    assert {name: covered(drawn).of(name) for name in expected} == expected
    assert all(0 < numerator < denominator for numerator, denominator in expected.values())


def test_strata_add_up_and_are_compared_with_the_rest(trace):
    found = covered(trace, ["gender"])
    rows = found.strata.filter(pl.col("measure") == "answered")
    assert sorted(rows["value"].to_list()) == ["man", "not stated", "woman"]
    assert rows["numerator"].sum() == found.of("answered")[0]
    woman = rows.row(by_predicate=pl.col("value") == "woman", named=True)
    rest = rows.filter(pl.col("value") != "woman")
    cases, of = rest["numerator"].sum(), rest["denominator"].sum()
    assert woman["difference"] == pytest.approx(woman["numerator"] / woman["denominator"] - cases / of)
    assert (woman["lower"], woman["upper"]) == pytest.approx(
        newcombe(woman["numerator"], woman["denominator"], cases, of)
    )
    assert woman["ratio_lower"] < woman["ratio"] < woman["ratio_upper"]


def test_groups_under_five_people_are_withheld_and_cannot_be_worked_out(trace):
    few = trace.voices.with_columns(
        region=pl.when(pl.col("author") == "p7").then(pl.lit("island")).otherwise(pl.col("region"))
    )
    found = deliberation.coverage(few, trace.links, trace.dispositions, trace.clauses, ["region"]).strata
    hidden = found.filter(pl.col("withheld"))
    assert "island" in hidden["value"].to_list()
    assert hidden["numerator"].null_count() == hidden.height
    assert found.filter(pl.col("measure") == "answered")["withheld"].sum() >= 2


def test_people_are_counted_not_their_voices():
    voices = pl.DataFrame(
        {"voice": [f"v{at}" for at in range(20)], "author": ["p1"] * 10 + ["p2"] * 10, "place": ["a"] * 20}
    )
    found = deliberation.coverage(
        voices, pl.DataFrame(schema={"voice": pl.String, "theme": pl.String}), table("dispositions", []),
        table("clauses", []).with_columns(pl.col("version").cast(pl.Int64)), ["place"],
    )  # fmt: skip
    assert found.strata["withheld"].all()


def test_coverage_of_no_voice_at_all_is_empty(trace):
    nothing = trace.voices.head(0), trace.links.head(0), table("dispositions", []), trace.clauses.head(0)
    found = deliberation.coverage(*nothing, ["region"])
    assert found.of("read") == (0, 0)
    assert found.strata.height == 0


def test_groups_needed_to_be_shown_can_only_be_larger(trace):
    shown = [
        deliberation.coverage(
            trace.voices, trace.links, trace.dispositions, trace.clauses, ["region"], min_group=size
        ).strata["withheld"].sum()
        for size in (5, 60)
    ]  # fmt: skip
    assert shown[0] == 0 < shown[1]


def test_a_stratum_nobody_has_is_named(trace):
    with pytest.raises(deliberation.TraceError, match="no column language"):
        covered(trace, ["language"])


def test_participation_beside_a_population():
    voices = pl.DataFrame({"voice": [f"v{at}" for at in range(20)], "region": ["n"] * 15 + ["s"] * 5})
    found = deliberation.participation(voices, "region", {"n": 50, "s": 50})
    assert found["share"].to_list() == [0.75, 0.25]
    assert found["dissimilarity"].to_list() == [0.25, 0.25]
    with pytest.raises(deliberation.TraceError, match="positive"):
        deliberation.participation(voices, "region", {"n": 0})


# ---------------------------------------------------------------- intervals
def test_intervals_are_those_of_the_published_examples():
    assert newcombe(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert newcombe(9, 10, 3, 10) == pytest.approx((0.1705, 0.8090), abs=5e-5)
    assert newcombe(10, 10, 0, 20) == pytest.approx((0.6791, 1.0), abs=5e-5)
    assert newcombe(0, 0, 5, 10) == pytest.approx((-0.7634, 0.5341), abs=5e-5)
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)


@pytest.mark.parametrize(
    ("counts", "words"),
    [((5, 3, 1, 2), "5 cases of 3"), ((float("nan"), 1, 1, 2), "nan is no count"), ((-1, 3, 1, 2), "-1 is no count")],
)
def test_counts_that_cannot_be_are_refused(counts, words):
    for interval in (newcombe, ratio_interval):
        with pytest.raises(deliberation.TraceError, match=words):
            interval(*counts)


def test_interval_of_a_ratio_holds_it_and_turns_round():
    low, high = ratio_interval(30, 40, 20, 40)
    assert low < 1.5 < high
    other_low, other_high = ratio_interval(20, 40, 30, 40)
    assert (1 / other_high, 1 / other_low) == pytest.approx((low, high))
    assert ratio_interval(3, 10, 0, 10)[1] == float("inf")
    assert ratio_interval(0, 10, 3, 10)[0] == 0.0


def test_interval_of_a_difference_leaves_zero_out_exactly_when_that_of_the_ratio_leaves_one_out():
    for cases in range(1, 30):
        low, high = newcombe(cases, 30, 15, 40)
        ratio_low, ratio_high = ratio_interval(cases, 30, 15, 40)
        assert (low > 0, high < 0) == (ratio_low > 1, ratio_high < 1)


# ---------------------------------------------------------------- clauses
def log(*rows: tuple[object, ...]) -> pl.DataFrame:
    names = ("clause", "version", "kind", "came_from", "text")
    return pl.DataFrame(
        [dict(zip(names, (*row, *[None] * (5 - len(row))), strict=True)) for row in rows],
        schema={"clause": pl.String, "version": pl.Int64, "kind": pl.String, "came_from": pl.String, "text": pl.String},
    )


def test_clauses_live_on_in_what_came_from_them():
    found = deliberation.lineage(
        log(
            ("a", 1, "add"), ("b", 1, "add"), ("c", 1, "add"),
            ("a1", 2, "split", "a"), ("a", 2, "split", "a"),
            ("bc", 3, "merge", "b c"), ("a1", 4, "merge", "a1 bc"), ("a", 5, "delete"),
        )
    )  # fmt: skip
    assert found.live == {"a1"}
    assert found.deleted == {"a"}
    assert found.ancestors("a1") == {"a", "a1", "b", "bc", "c"}
    assert found.descendants("b") == {"b", "bc", "a1"}
    assert found.stands("b", "edit")
    assert found.stands("a", "delete")
    assert not found.stands("b", "delete")


def test_versions_are_numbers_even_as_text():
    rows = [{"clause": "a", "version": "2", "kind": "add"}, {"clause": "a", "version": "10", "kind": "delete"}]
    assert deliberation.lineage(table("clauses", rows)).live == frozenset()


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("a", 1, "appear")], "the change is 'appear'"),
        ([("a", 1, "split")], "names no clause it came from"),
        ([("a", 1, "split", "z")], "came from 'z', which no earlier version holds"),
        ([("a", 1, "add"), ("b", 2, "split", "a"), ("a", 3, "merge", "b")], "row 4: .* in a circle.* a new name"),
        ([("a", 1, "add"), ("b", 2, "edit")], r"row 3: clause 'b', version 2: .* 'edit', but no earlier version"),
        ([("a", 1, "add"), ("b", 2, "delete")], "row 3: .*'delete', but no earlier version holds this clause"),
        ([("a", 1, "add"), ("b", 2, "none")], "row 3: .*'none', but no earlier version holds this clause"),
        ([("a", 1, "add"), (" ", 2, "add")], "row 3 names no clause"),
        ([(None, 1, "add")], "row 2 names no clause"),
    ],
)
def test_a_lineage_that_cannot_be_is_refused(rows, words):
    with pytest.raises(deliberation.TraceError, match=words):
        deliberation.lineage(log(*rows))


def test_a_version_that_is_no_number_is_named_with_its_row():
    rows = [{"clause": "a", "version": version, "kind": "add"} for version in ("1", "one")]
    with pytest.raises(deliberation.TraceError, match=r"row 3: clause 'a' has the version 'one'.* Number the versions"):
        deliberation.lineage(table("clauses", rows))
    halves = pl.DataFrame({"clause": ["a"], "version": [1.5], "kind": ["add"]})
    with pytest.raises(deliberation.TraceError, match=r"version 1\.5"):
        deliberation.lineage(halves)


def test_a_clause_made_and_taken_out_in_one_version_may_be_known_by_its_end_alone():
    rows = log(("a", 1, "add"), ("b", 2, "delete"), ("a", 2, "merge", "a b"))
    assert deliberation.lineage(with_beginnings(rows)).live == {"a"}
    assert with_beginnings(rows.head(1)).rows() == rows.head(1).rows()


# ---------------------------------------------------------------- audit and receipts
def small() -> dict[str, list[dict[str, object]]]:
    """Three voices, all answered: one led to a change, one follows its theme, one says the same as the first."""
    return {
        "voices": [{"voice": name, "text": name.upper()} for name in ("amina", "bao", "chen")],
        "links": [
            {"voice": "amina", "theme": "data"},
            {"voice": "bao", "theme": "cost"},
            {"voice": "chen", "theme": "data"},
        ],
        "dispositions": [
            {"disposition": "d0", "voice": "amina", "answer": "rejected", "reason": REASON.format("it was early")},
            {"disposition": "d1", "voice": "amina", "answer": "accepted", "supersedes": "d0"},
            {"disposition": "d2", "theme": "cost", "answer": "out_of_scope", "reason": REASON.format("of the budget")},
            {"disposition": "d3", "voice": "chen", "answer": "duplicate_of", "duplicate_of": "amina", "reason": SAME},
            {"disposition": "d4", "theme": "data", "answer": "already_covered", "reason": REASON.format("of clause 1")},
        ],
        "clauses": [
            {"clause": "1", "version": "1", "kind": "add", "text": "Data may be shared."},
            {"clause": "1", "version": "2", "kind": "edit", "disposition": "d1", "text": "With consent, share data."},
        ],
        "evidence": [
            {"clause": "1", "link": "/i/asem/fra", "value": "63.2", "label": "Index", "cited_on": "2026-05-01"}
        ],
    }  # fmt: skip


def built(parts: dict[str, list[dict[str, object]]]) -> Trace:
    tables = {name: table(name, rows) for name, rows in parts.items()}
    numbered = tables.pop("clauses").with_columns(pl.col("version").cast(pl.Int64))
    return Trace(**tables, clauses=numbered)


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
          ("c2", 2, "delete")], "One.\nTwo."),
        ([("c1", 1, "add", None, "One two."), ("c1", 2, "split", "c1", "One."), ("c2", 2, "split", "c1", "Two.")],
         "One two."),
        ([("c1", 1, "add", None, "One."), ("c2", 1, "add", None, "Two."), ("c5", 1, "add", None, "Five."),
          ("c1", 2, "merge", "c1 c2", "Both."), ("c1", 3, "merge", "c1 c5", "All.")], "Both.\nFive."),
        ([("c1", 1, "add", None, "One."), ("c5", 2, "add", None, "Five."), ("c1", 2, "merge", "c1 c5", "Both.")],
         "One.\nFive."),
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
def written(folder, parts):
    for name, rows in parts.items():
        table(name, rows).write_csv(folder / f"{name}.csv")
    return folder


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

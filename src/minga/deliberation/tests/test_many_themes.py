"""A voice under several themes counts as answered with one answer, and audit says what is still open: word and rule."""

from __future__ import annotations

import polars as pl

from minga import deliberation
from minga.deliberation.engine.trace import Trace

REASON = "The council keeps to the earlier text, since the budget of this year is spent."


def trace_of(*dispositions: dict[str, str]) -> Trace:
    """Make a trace of Amina, who spoke of power and of rent, Bao of rent alone, and these answers."""
    given = [{"disposition": f"d{at}", "reason": REASON} | row for at, row in enumerate(dispositions)]
    names = ("disposition", "voice", "theme", "statement", "answer", "reason")
    return Trace(
        pl.DataFrame({"voice": ["amina", "bao"], "text": ["Power and rent.", "Rent."]}),
        pl.DataFrame({"voice": ["amina", "amina", "bao"], "theme": ["power", "rent", "rent"]}),
        pl.DataFrame(given, schema=dict.fromkeys(names, pl.String)),
        pl.DataFrame(schema={"clause": pl.String, "version": pl.Int64, "kind": pl.String}),
    )


def counted(trace: Trace) -> tuple[int, int]:
    return deliberation.coverage(trace.voices, trace.links, trace.dispositions, trace.clauses).of("answered")


def found(trace: Trace) -> dict[tuple[str, str], str]:
    problems = deliberation.audit(trace)
    return {(rule, where): message for rule, where, message, _blocks in problems.rows()}


def test_one_answered_theme_answers_a_voice_of_two_and_audit_counts_who_still_waits():
    trace = trace_of({"theme": "power", "answer": "rejected"})
    assert counted(trace) == (1, 2)
    said = found(trace)
    assert set(said) == {("theme_unanswered", "rent"), ("voice_unanswered", "bao")}
    assert "(voices: 2, without any answer: 1). The others have one of" in said["theme_unanswered", "rent"]
    assert not deliberation.adoptable(deliberation.audit(trace)), "because of Bao, who waits"


def test_theme_in_which_nobody_was_answered_speaks_of_no_others():
    nobody = found(trace_of({"statement": "1", "answer": "rejected"}))["theme_unanswered", "rent"]
    assert nobody.endswith("(voices: 2, without any answer: 2). Answer the theme.")


def test_a_theme_whose_voices_are_all_answered_elsewhere_is_advice_and_stops_nothing():
    trace = trace_of(
        {"theme": "power", "answer": "rejected"}, {"voice": "bao", "answer": "out_of_scope"}
    )  # fmt: skip
    assert counted(trace) == (2, 2)
    said = found(trace)
    assert set(said) == {("theme_unanswered", "rent")}
    assert "(voices: 2, without any answer: 0). Each of them has one of its own or of another" in said.popitem()[1]
    assert deliberation.adoptable(deliberation.audit(trace))


def test_nothing_is_left_to_say_once_both_themes_are_answered():
    trace = trace_of({"theme": "power", "answer": "rejected"}, {"theme": "rent", "answer": "rejected"})
    assert counted(trace) == (2, 2)
    assert found(trace) == {}

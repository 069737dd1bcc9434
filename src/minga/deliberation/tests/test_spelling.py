"""One spelling for names that people typed in several ways."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from minga.deliberation.engine.spelling import one_spelling


def test_capitals_accents_and_spaces_make_no_second_region():
    typed = ["SFAX", "sfax", " Sfax ", "Le  Kef", "le kef", "Gabes", "Gabès", "صفاقس", None, ""]
    chosen = one_spelling(typed)
    assert {chosen[name] for name in typed[:3]} == {"Sfax"}
    assert chosen["le kef"] == "Le Kef"
    assert chosen["Gabes"] == "Gabès"
    assert chosen["صفاقس"] == "صفاقس"
    assert None not in chosen


@given(st.lists(st.sampled_from(["Sfax", "SFAX", "sfax ", "Tunis", "tunis"])))
def test_how_often_a_spelling_was_used_changes_nothing(names):
    assert one_spelling(names) == one_spelling(sorted(set(names)))
    assert one_spelling(one_spelling(names).values()) == {name: name for name in one_spelling(names).values()}

"""Clauses keep their names through splits and merges; a history that cannot be is refused."""

from __future__ import annotations

import polars as pl
import pytest

from minga import deliberation
from minga.deliberation.engine.lineage import with_beginnings
from minga.deliberation.tests.traces import log, table


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
        ([("a", 1, "add"), ("a", 2, "add")], "row 3: .* is added, but it stands in the draft already. Call the change"),
        ([("a", -1, "add")], "row 2: clause 'a' has the version -1, which is no whole number of at least 1"),
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


def test_a_clause_may_be_added_again_once_it_was_taken_out_or_for_several_answers():
    rows = [("a", 1, "add"), ("a", 1, "add"), ("a", 2, "delete"), ("a", 3, "add")]
    assert deliberation.lineage(log(*rows)).live == {"a"}


def test_a_clause_made_and_taken_out_in_one_version_may_be_known_by_its_end_alone():
    rows = log(("a", 1, "add"), ("b", 2, "delete"), ("a", 2, "merge", "a b"))
    assert deliberation.lineage(with_beginnings(rows)).live == {"a"}
    assert with_beginnings(rows.head(1)).rows() == rows.head(1).rows()


# ---------------------------------------------------------------- answers through splits and merges
def linked(*rows):
    names = ("clause", "version", "kind", "came_from", "disposition", "left_behind")
    return deliberation.lineage(
        pl.DataFrame([(*row, *[None] * (6 - len(row))) for row in rows], schema=names, orient="row")
    )


def test_answers_from_before_a_split_stand_behind_all_parts_and_later_ones_behind_their_own():
    found = linked(
        ("a", 1, "add", None, "before"),
        ("a", 2, "split", "a", "first"), ("b", 2, "split", "a", "second"),
        ("a", 3, "edit", None, "after"),
    )  # fmt: skip
    assert found.held["a"] == {"before", "first", "after"}
    assert found.held["b"] == {"before", "second"}
    assert found.carriers("a", "before") == {"a", "b"}
    assert found.carriers("a", "after") == {"a"}


def test_a_part_keeps_no_answer_in_force_that_was_linked_beside_it():
    found = linked(
        ("a", 1, "add"), ("a", 2, "split", "a"), ("b", 2, "split", "a"), ("a", 3, "edit", None, "after"),
        ("a", 4, "delete"),
    )  # fmt: skip
    assert found.stands("a", "edit")
    assert not found.carries("a", "edit", "after")


def test_an_answer_goes_with_the_part_it_belongs_to():
    found = linked(
        ("a", 1, "add", None, "one"), ("a", 1, "add", None, "two"),
        ("a", 2, "split", "a", None, "two"), ("b", 2, "split", "a", None, "one"),
        ("c", 3, "split", "b", None, "one"), ("b", 3, "split", "b"),
    )  # fmt: skip
    assert found.held == {"a": {"one"}, "b": {"two"}, "c": {"two"}}


def test_a_clause_that_ends_hands_on_all_it_had():
    found = linked(
        ("a", 1, "add", None, "one"), ("b", 1, "add", None, "two"),
        ("b", 2, "delete", None, "three"), ("a", 2, "merge", "a b", "four"),
        ("c", 3, "split", "a"), ("d", 3, "split", "a"),
    )  # fmt: skip
    assert found.held["a"] == {"one", "two", "three", "four"}
    assert found.held["c"] == found.held["d"] == found.held["a"]

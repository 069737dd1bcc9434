"""From one version to the next: what was added, moved, split, merged and taken out, and that nothing is passed over."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from minga.deliberation.engine.changes import changes


@dataclass(frozen=True)
class Row:
    code: str
    text: str = ""
    heading: str = ""
    parent: str | None = None
    depth: int = 0
    kind: str = "add"
    version: int = 1
    came_from: tuple[str, ...] = ()


def rows(codes, **fields):
    return [Row(code, text=f"Words of {code}.", **fields) for code in codes.split()]


def found(before, after):
    return [f"{one.code} {one.kind}{' moved' if one.is_moved else ''}" for one in changes(before, after, 2)]


def test_what_stays_is_the_same():
    assert found(rows("C1 C2"), rows("C1 C2")) == ["C1 same", "C2 same"]


def test_words_added_and_taken_out_stand_in_their_places():
    after = [Row("C1", "Words of C1."), Row("C4", "New.", version=2), Row("C3", "Other words.", kind="edit", version=2)]
    assert found(rows("C1 C2 C3"), after) == ["C1 same", "C2 delete", "C4 add", "C3 edit"]


def test_clause_taken_out_at_the_beginning_stands_first():
    assert found(rows("C1 C2"), rows("C2")) == ["C1 delete", "C2 same"]


def test_only_the_clause_that_changed_its_place_is_moved():
    assert found(rows("C1 C2 C3 C4"), rows("C4 C1 C2 C3")) == ["C4 same moved", "C1 same", "C2 same", "C3 same"]


def test_clause_put_under_another_one_is_moved():
    after = [Row("C1", "Words of C1."), Row("C2", "Words of C2.", parent="C1", depth=1)]
    assert found(rows("C1 C2"), after) == ["C1 same", "C2 same moved"]


def test_clause_whose_parent_was_taken_out_went_up_by_itself():
    before = [Row("C1", "One."), Row("C2", "Two.", parent="C1", depth=1)]
    assert found(before, [Row("C2", "Two.")]) == ["C1 delete", "C2 same"]


def test_parts_of_a_split_are_not_told_as_new_words():
    after = [
        Row("C1", "First sentence.", kind="split", version=2, came_from=("C1",)),
        Row("C2", "Second sentence, longer.", kind="split", version=2, came_from=("C1",)),
    ]
    first, second = changes([Row("C1", "First sentence. Second sentence.")], after, 2)
    assert [(piece.kind, piece.text.strip()) for piece in first.text if not piece.is_blank] == [
        ("same", "First sentence."),
    ]
    assert [piece.text.strip() for piece in second.text if piece.kind == "added"] == [", longer"]
    assert (first.came_from, second.came_from) == ((), ("C1",))


def test_merge_is_compared_with_both_texts():
    after = [Row("C1", "Words of C1.\n\nWords of C2, too.", kind="merge", version=2, came_from=("C1", "C2"))]
    merged, gone = changes(rows("C1 C2"), after, 2)
    assert (merged.kind, merged.came_from, gone.kind) == ("merge", ("C2",), "delete")
    assert "".join(piece.text for piece in merged.text if piece.kind == "added") == ", too"


orders = st.permutations([f"C{number}" for number in range(1, 7)]).flatmap(
    lambda codes: st.integers(0, 6).map(lambda n: list(codes)[:n])
)


@given(orders, orders)
def test_every_clause_is_told_once(before, after):
    told = changes([Row(code, code) for code in before], [Row(code, code) for code in after], 2)
    assert sorted(one.code for one in told) == sorted({*before, *after})
    assert [one.code for one in told if one.kind != "delete"] == after
    assert {one.code for one in told if one.kind == "delete"} == set(before) - set(after)
    assert {one.code for one in told if one.kind == "add"} == set(after) - set(before)

"""What changed in a clause, laid out as the clause is: no mark of a list is shown, and no word is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minga.deliberation.engine.differences import differences
from minga.deliberation.engine.texts.compared import compared_blocks
from minga.text.blocks import blocks


def laid_out(before, after):
    """Write what was removed in [], what was added in {}."""
    signs = {"same": "{}", "removed": "[{}]", "added": "{{{}}}"}
    return [
        (one.kind, *("".join(signs[each.kind].format(each.text) for each in item) for item in one.items))
        for one in compared_blocks(differences(before, after))
    ]


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("", "- one\n- two", [("points", "{one}", "{two}")]),
        ("- one\n- two", "- one\n- three", [("points", "one", "[two]{three}")]),
        ("- one", "- one\n- two", [("points", "one", "{two}")]),
        ("- one\n- two", "- one", [("points", "one", "[two]")]),
        ("2. b\n4. d", "3. b\n4. d", [("numbers", "b", "d")]),
        ("All.", "All:\n- one", [("paragraph", "All[.]{:}"), ("points", "{one}")]),
        ("Two", "- Three", [("paragraph", "[Two]"), ("points", "{Three}")]),
        ("The skills come first.", "Skills come first.", [("paragraph", "[The skills ]{Skills }come first.")]),
        ("One.\n\nTwo.", "One.\n\nTwo!", [("paragraph", "One."), ("paragraph", "Two[.]{!}")]),
        ("3. c\n   still c", "3. c\n   still c", [("numbers", "c still c")]),
    ],
)
def test_lists_are_compared_as_lists(before, after, found):
    said = laid_out(before, after)
    assert [(kind, *(item.replace("\n", "") for item in items)) for kind, *items in said] == found


@given(st.lists(st.sampled_from(["- a b", "1. c", "d e", "", "  f", "2) g"]), max_size=6))
def test_words_that_nobody_changed_are_laid_out_as_the_clause_is(lines):
    text = "\n".join(lines)
    shown = [
        (one.kind, tuple("".join(each.text for each in item) for item in one.items), one.start)
        for one in compared_blocks(differences(text, text))
    ]
    assert shown == [(one.kind, one.items, one.start) for one in blocks(text)]


#: A mark stays where words before it on its line were taken out.
MARKS = {"-", "1."}


@given(*[st.lists(st.sampled_from(["- a b", "- c", "1. c", "d e", "d f", ""]), max_size=5)] * 2)
def test_no_word_is_lost(before, after):
    found = compared_blocks(differences("\n".join(before), "\n".join(after)))
    for kind, lines in (("added", before), ("removed", after)):
        said = " ".join(
            "".join(each.text for each in item if each.kind != kind) for block in found for item in block.items
        )
        bare = " ".join(item for one in blocks("\n".join(lines)) for item in one.items)
        assert sorted(set(said.split()) - MARKS) == sorted(set(bare.split()) - MARKS)

"""Word by word: nothing is lost, languages without blanks are compared by character, and cutting loses no word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minga.deliberation.engine.differences import Piece, differences, is_changed, words_of
from minga.deliberation.engine.passages import cut, passages

texts = st.text(st.sampled_from("ab cé.\n-'数据علم\u064b "), max_size=60)


def kinds(before, after):
    return [(piece.kind, piece.text) for piece in differences(before, after)]


def test_one_word_replaced_is_one_removal_and_one_addition():
    assert kinds("Firms may share data.", "Firms shall share data.") == [
        ("same", "Firms "),
        ("removed", "may "),
        ("added", "shall "),
        ("same", "share data."),
    ]


def test_chinese_is_compared_by_character():
    assert kinds("企业可以共享数据", "企业应当共享数据") == [
        ("same", "企业"),
        ("removed", "可以"),
        ("added", "应当"),
        ("same", "共享数据"),
    ]


def test_arabic_words_with_vowel_signs_stay_whole():
    assert words_of("عِلْمٌ نافع") == ["عِلْمٌ ", "نافع"]
    assert kinds("عِلْمٌ نافع", "عِلْمٌ جديد") == [("same", "عِلْمٌ "), ("removed", "نافع"), ("added", "جديد")]


def test_words_with_hyphen_or_apostrophe_stay_whole():
    assert words_of("L’accès e-mail, oui") == ["L’accès ", "e-mail", ", ", "oui"]


def test_new_paragraph_leaves_the_others_alone():
    found = kinds("One.\nTwo.\n", "One.\nNew.\nTwo.\n")
    assert found == [("same", "One.\n"), ("added", "New.\n"), ("same", "Two.\n")]


def test_words_before_a_new_paragraph_stay_and_only_the_end_of_the_line_is_new():
    found = kinds("It is so.", "It is so.\n\nNew.")
    assert found == [("same", "It is so."), ("added", "\n\nNew.")]


def test_change_of_blanks_alone_is_told_as_blank():
    found = differences("a b", "a\nb")
    assert [piece.kind for piece in found if not piece.is_blank] == ["same", "same"]
    assert is_changed(found)


def test_neighbouring_changes_are_told_as_one():
    assert kinds("a big red house", "a small blue house") == [
        ("same", "a "),
        ("removed", "big red "),
        ("added", "small blue "),
        ("same", "house"),
    ]


@given(texts, texts)
def test_both_texts_can_be_read_back(before, after):
    found = differences(before, after)
    assert "".join(piece.text for piece in found if piece.kind != "added") == before
    assert "".join(piece.text for piece in found if piece.kind != "removed") == after
    assert is_changed(found) == (before != after)
    assert all(piece.text for piece in found)


@given(texts)
def test_equal_texts_are_one_piece(text):
    assert differences(text, text) == ((Piece("same", text),) if text else ())


def test_long_texts_are_compared_in_time():
    """Forty paragraphs of a hundred words, each with one word changed: words are compared within paragraphs only."""
    before = "\n".join(" ".join(f"the word{i % 7} of {i}" for i in range(25)) + f" end{n}" for n in range(40))
    found = differences(before, before.replace("word3", "term3"))
    assert sum(piece.kind == "added" for piece in found) >= 100


def test_long_texts_are_compared_line_by_line_as_far_as_lines_stay_in_place(monkeypatch):
    lines = [" ".join(f"word{i % 7} of {line}" for i in range(40)) for line in range(5)]
    before, after = "\n".join(lines), "\n".join(lines).replace("word3", "term3")
    moved = "\n".join([f"Something else is said now, {line}." for line in range(4)] + [after])
    in_place = differences(before, after)
    monkeypatch.setattr("minga.deliberation.engine.differences._MANY", 10**9)
    assert differences(before, after) == in_place
    assert sum(piece.kind == "added" for piece in in_place) == 30
    whole = differences(before, moved)
    monkeypatch.undo()
    assert differences(before, moved) == whole


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("One.\n\nTwo.\n\n\nThree.", ["One.\n\n", "Two.\n\n\n", "Three."]),
        ("First line\nsecond line", ["First line\n", "second line"]),
        ("It is so. Version 1.2 stays! Why? Yes", ["It is so. ", "Version 1.2 stays! ", "Why? ", "Yes"]),
        ("数据共享。谁负责？", ["数据共享。", "谁负责？"]),
        ("ما هذا؟ نعم.", ["ما هذا؟ ", "نعم."]),
        ("alone", ["alone"]),
        ("", []),
    ],
)
def test_passages_are_paragraphs_lines_or_sentences(text, found):
    assert passages(text) == found


@given(texts, st.sets(st.integers(0, 8)))
def test_cutting_loses_no_word(text, begins):
    assert "".join(passages(text)) == text
    assert "".join("".join(cut(text, begins)).split()) == "".join(text.split())


def test_cut_begins_a_part_where_it_is_told():
    assert cut("One.\n\nTwo.\n\nThree.", {2}) == ["One.\n\nTwo.", "Three."]
    assert cut("One.\n\nTwo.", ()) == ["One.\n\nTwo."]

"""Names stand in lists where their readers look for them."""

from __future__ import annotations

import pytest

from minga.text import sorting_key


@pytest.mark.parametrize(
    "in_order",
    [
        ["Égypte", "Estonie", "Éthiopie", "Finlande"],
        ["الأردن", "إستونيا", "المغرب", "النرويج"],
        ["阿富汗", "埃及", "巴西", "中国", "佐治亚"],  # ā āi bā zhōng zuǒ
        ["Австрия", "Йемен", "Эстония", "Япония"],
    ],
    ids=["French", "Arabic", "Chinese", "Russian"],
)
def test_names_are_sorted_as_readers_of_the_language_expect(in_order):
    backwards = in_order[::-1]
    assert sorted(backwards, key=sorting_key) == in_order


def test_chinese_names_are_not_sorted_by_their_numbers_in_unicode():
    assert "中国" < "巴西"
    assert sorting_key("巴西") < sorting_key("中国")


def test_what_cannot_be_written_still_has_a_place():
    assert sorting_key("\ud800") == b"?"

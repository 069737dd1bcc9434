"""Whatever a browser sends as a number is read or refused; nothing of it breaks a page."""

from __future__ import annotations

import pytest

from minga.web.numbers import read_number


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("7", 7), ("007", 7), ("999999999", 999_999_999)])
def test_digits_are_read(text, number):
    assert read_number(text) == number


@pytest.mark.parametrize(
    "text", [None, "", " 1", "-1", "+1", "1.0", "1_0", "²", "٣", "1000000000", "9" * 5000, "one", "\x00"]
)
def test_everything_else_is_no_number(text):
    assert read_number(text) is None

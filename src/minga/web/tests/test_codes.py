"""Codes for people without an account: however they are typed, they are one code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minga.web import codes

CODE = "7QK4-0M2X-V9TB-3HFA"


@pytest.mark.parametrize(
    "typed",
    [
        "7qk40m2xv9tb3hfa",
        " 7QK4 0M2X – V9TB 3HFA ",
        "7QK4-OM2X-V9TB-3HFA",
        "٧QK4-٠M٢X-V٩TB-٣HFA",
        "۷QK۴-۰M۲X-V۹TB-۳HFA",
        "７ＱＫ４－０Ｍ２Ｘ－Ｖ９ＴＢ－３ＨＦＡ",
        "\u200f7QK4-0M2X-V9TB-3HFA\u200e",
    ],
)
def test_one_code_has_many_spellings(typed):
    assert codes.tidy_code(typed) == CODE


@given(st.text(max_size=40))
def test_whatever_is_typed_becomes_a_code_or_nothing(typed):
    tidy = codes.tidy_code(typed)
    assert tidy is None or codes.tidy_code(tidy) == tidy

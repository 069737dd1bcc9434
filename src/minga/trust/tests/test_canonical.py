from __future__ import annotations

import json
import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minga.trust import TrustError, canonical_json, content_hash
from minga.trust.canonical import MAX_EXACT_INTEGER

finite = st.floats(allow_nan=False, allow_infinity=False)
numbers = finite | st.integers(-MAX_EXACT_INTEGER, MAX_EXACT_INTEGER)
values = st.recursive(
    st.none() | st.booleans() | numbers | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        # Appendix B of RFC 8785.
        (0.0, "0"),
        (-0.0, "0"),
        (5e-324, "5e-324"),
        (-5e-324, "-5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (9007199254740992.0, "9007199254740992"),
        (295147905179352830000.0, "295147905179352830000"),
        (9.999999999999997e22, "9.999999999999997e+22"),
        (1e23, "1e+23"),
        (1.0000000000000001e23, "1.0000000000000001e+23"),
        (999999999999999700000.0, "999999999999999700000"),
        (999999999999999900000.0, "999999999999999900000"),
        (1e21, "1e+21"),
        (9.999999999999997e-7, "9.999999999999997e-7"),
        (0.000001, "0.000001"),
        (333333333.33333325, "333333333.33333325"),
        (1424953923781206.2, "1424953923781206.2"),
        (4.5, "4.5"),
        (2e-3, "0.002"),
        (-12.25, "-12.25"),
        (7, "7"),
    ],
)
def test_numbers_are_written_as_the_standard_says(number, text):
    assert canonical_json(number).decode() == text


def test_the_example_of_the_standard_gives_its_text():
    source = (
        '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],'
        '"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}'
    )
    expected = (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    assert canonical_json(json.loads(source)).decode() == expected


def test_keys_stand_in_the_order_of_their_utf16_units():
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    written = json.loads(canonical_json(dict.fromkeys(keys, 0)))
    assert list(written) == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


@given(values)
def test_what_is_written_reads_back_as_the_same_value(value):
    # A JSON number is a double: 1e22 is written without a point and must not become an integer again.
    assert json.loads(canonical_json(value), parse_int=float) == value


@given(st.dictionaries(st.text(), numbers, min_size=2))
def test_the_order_of_keys_does_not_matter(value):
    assert canonical_json(dict(reversed(value.items()))) == canonical_json(value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_keeps_every_bit(number):
    assert float(canonical_json(number)) == number


@given(values, values)
def test_different_values_have_different_hashes(one, other):
    assert (content_hash(one) == content_hash(other)) == (canonical_json(one) == canonical_json(other))


def test_the_hash_is_sha256_over_the_text():
    # printf '{}' | sha256sum
    assert content_hash({}) == "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_none_is_refused_with_its_place(bad):
    with pytest.raises(TrustError, match=r"\$\.scores\[1\] is (nan|inf|-inf).*null"):
        canonical_json({"scores": [1, bad]})


@pytest.mark.parametrize("bad", [date(2026, 1, 1), {1, 2}, b"bytes", object()])
def test_what_json_cannot_hold_is_refused_with_its_kind(bad):
    with pytest.raises(TrustError, match=rf"\$\.on is a {type(bad).__name__}"):
        canonical_json({"on": bad})


def test_keys_must_be_text():
    with pytest.raises(TrustError, match="the key 1, a int; keys must be text"):
        canonical_json({1: "one"})


def test_an_integer_that_json_would_round_is_refused():
    with pytest.raises(TrustError, match=r"9007199254740993.*as text"):
        canonical_json(2**53 + 1)


def test_half_a_surrogate_pair_is_refused():
    for value in ("\ud800", {"\ud800": 1}):
        with pytest.raises(TrustError, match="surrogate pair"):
            canonical_json(value)


def test_a_list_that_contains_itself_is_refused():
    circle: list[object] = []
    circle.append(circle)
    with pytest.raises(TrustError, match="nested more than 200 deep"):
        canonical_json(circle)

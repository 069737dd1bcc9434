"""Telephone numbers and e-mail addresses in public words: found in six languages, and figures left in peace."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minga.text.contacts import contacts, pieces, without_contacts


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("Call me: +238 991 23 45, in the evening.", "telephone", "+238 991 23 45"),
        ("Call 991 23 45 about ovens.", "telephone", "991 23 45"),
        ("Mon numéro est le 06 12 34 56 78.", "telephone", "06 12 34 56 78"),
        ("Mi teléfono: (011) 4371-2345", "telephone", "(011) 4371-2345"),
        ("Llame al 600 123 456 por la tarde.", "telephone", "600 123 456"),
        ("Звоните 8 (495) 123-45-67 вечером", "telephone", "8 (495) 123-45-67"),
        ("اتصل بي على ٠٥٥١٢٣٤٥٦٧ مساء", "telephone", "٠٥٥١٢٣٤٥٦٧"),
        ("请打13800138000找我", "telephone", ""),
        ("请打 13800138000 找我", "telephone", "13800138000"),
        ("Tel. 555-1234", "telephone", "555-1234"),
        ("Write to amina.b+oven@bakery.example, please.", "email", "amina.b+oven@bakery.example"),
        ("amina (at) bakery.example knows", "email", "amina (at) bakery.example"),
        ("写信给 amina＠bakery.example", "email", "amina＠bakery.example"),
    ],
)
def test_ways_to_reach_somebody_are_found_where_they_stand(text, kind, words):
    found = [(one.kind, text[one.start : one.end]) for one in contacts(text)]
    assert found == ([(kind, words)] if words else found)
    assert found, "also between Chinese signs"


@pytest.mark.parametrize(
    "text",
    [
        "By 2030-2035 every bakery has one.",
        "The years 2024–2026 were good.",
        "On 2026-11-22 and on 22.11.2026 we met.",
        "It costs 1 000 000, or 10.000.000 francs, or 12,500,000.",
        "67 000 000 people live there.",
        "Follow ISO/IEC 27001:2022 and Regulation (EU) 2024/1689.",
        "Pi is 3.14159265 or so.",
        "See https://example.org/report/123456789 for more.",
        "Turnover of 12345678 € a year, 1234567890%.",
        "In 2020 there were 150 ovens, in 2025 300 of them.",
        "Nothing to call here @ all.",
        "",
    ],
)
def test_figures_dates_and_addresses_of_pages_are_no_numbers_to_call(text):
    assert contacts(text) == []


def test_words_are_cut_and_taken_out_where_they_stand():
    text = "Call +238 991 23 45 or a@b.example now"
    assert pieces(text) == [
        ("Call ", ""),
        ("+238 991 23 45", "telephone"),
        (" or ", ""),
        ("a@b.example", "email"),
        (" now", ""),
    ]
    assert without_contacts(text) == "Call … or … now"


@given(st.text(alphabet="0123456789 +-().@abاé٣中\u00a0", max_size=60))
def test_pieces_put_together_are_the_text_and_nothing_is_left_to_take_out(text):
    assert "".join(words for words, _kind in pieces(text)) == text
    assert all(one.start < one.end for one in contacts(text))

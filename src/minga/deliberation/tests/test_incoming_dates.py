"""Dates come in as people write them, and nobody guesses which of two numbers is the day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minga.deliberation.engine.incoming_dates import (
    DAY_FIRST,
    MONTH_FIRST,
    UNDECIDED,
    day_order,
    needs_order,
    read_date,
)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("31/10/2026", "2026-10-31"),
        ("3/31/2026 14:02:11", "2026-03-31"),
        ("31-10-26", "2026-10-31"),
        ("1.4.26", "2026-04-01"),
        ("4/4/2026", "2026-04-04"),
        ("12 mars 2026", "2026-03-12"),
        ("le 1er août 2026", "2026-08-01"),
        ("jeudi 12 mars 2026", "2026-03-12"),
        ("12-févr.-26", "2026-02-12"),
        ("Tue, 3 Mar 2026 09:15:00 +0100", "2026-03-03"),
        ("March 3rd, 2026", "2026-03-03"),
        ("3 de abril de 2026", "2026-04-03"),
        ("3 сентября 2026 г.", "2026-09-03"),
        ("12 مارس 2026", "2026-03-12"),
        ("١٢ أفريل ٢٠٢٦", "2026-04-12"),
        ("5 جويلية 2026", "2026-07-05"),
        ("5 كانون الثاني 2026", "2026-01-05"),
        ("5 تشرين الأول، 2026", "2026-10-05"),
        ("٣١/١٠/٢٠٢٦", "2026-10-31"),
        ("2026年3月31日", "2026-03-31"),
        ("2026/3/31 下", None),
        ("46326", "2026-10-31"),
        ("46326.5", "2026-10-31"),
        ("2026-03-31T09:00:00", "2026-03-31"),
        ("31/31/2026", None),
        ("30 février 2026", None),
        ("1/1/1066", None),
        ("23 personnes", None),
        ("12", None),
    ],
)
def test_dates_are_read_as_people_write_them(cell, day):
    found = read_date(cell)
    assert (found.date().isoformat() if found else None) == day


@pytest.mark.parametrize(
    ("cell", "hour"), [("3/31/2026 2:02 PM", 14), ("31/3/2026 12:30 am", 0), ("31/3/2026 9h05", 9), ("46326.75", 18)]
)
def test_hours_are_kept(cell, hour):
    assert read_date(cell).hour == hour


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["1/4/26", "31/10/2026"], DAY_FIRST),
        (["1/4/26", "3/31/2026 14:02:11"], MONTH_FIRST),
        (["1/4/26", "2/5/26"], UNDECIDED),
        (["1/4/26", "31/10/2026", "3/31/2026"], UNDECIDED),
        (["4/4/2026", "2026-03-31", "12 mars 2026", "1.4.2026", ""], ""),
    ],
)
def test_one_number_above_twelve_tells_the_order_of_the_column(cells, order):
    assert day_order(cells) == order


def test_a_date_of_two_small_numbers_needs_the_order():
    assert needs_order("1/4/26")
    assert read_date("1/4/26") is None
    assert read_date("1/4/26", DAY_FIRST).date() == date(2026, 4, 1)
    assert read_date("1/4/26", MONTH_FIRST).date() == date(2026, 1, 4)


@given(st.dates(date(1990, 1, 1), date(2199, 12, 31)))
def test_a_day_is_the_same_in_every_spelling(day):
    serial = str((day - date(1899, 12, 30)).days)
    spelled = [f"{day:%Y-%m-%d}", f"{day.day}.{day.month}.{day.year}", f"{day:%d %B %Y}", f"{day:%B %d, %Y}"]
    if day < date(2100, 1, 1):
        spelled.append(serial)
    assert {read_date(one).date() for one in spelled} == {day}
    assert read_date(f"{day:%d/%m/%Y}", DAY_FIRST).date() == read_date(f"{day:%m/%d/%Y}", MONTH_FIRST).date() == day


@given(st.text(max_size=30))
def test_any_words_are_a_date_or_none(text):
    found = read_date(text, DAY_FIRST)
    assert found is None or isinstance(found + timedelta(0), datetime)

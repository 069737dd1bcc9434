"""Commitments year by year: in which year they count, and what is kept in time."""

from __future__ import annotations

from datetime import date

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from minga.deliberation.engine.promises import yearly

KINDS = {"first_due": pl.Date, "due": pl.Date, "status": pl.String, "done_on": pl.Date}
TODAY = date(2027, 3, 1)


def counted(*rows):
    return yearly(pl.DataFrame(rows, schema=KINDS, orient="row"), TODAY).to_dicts()


def test_commitment_that_was_put_off_counts_in_the_year_first_named():
    (row,) = counted((date(2026, 5, 1), date(2028, 5, 1), "going", None))
    assert row == {"year": 2026, "promised": 1, "done": 0, "in_time": 0, "put_off": 1, "dropped": 0, "overdue": 0}


def test_done_after_the_day_first_named_is_done_but_not_in_time():
    late = (date(2026, 5, 1), date(2026, 9, 1), "done", date(2026, 8, 1))
    early = (date(2026, 5, 1), date(2026, 5, 1), "done", date(2026, 5, 1))
    (row,) = counted(late, early)
    assert (row["done"], row["in_time"], row["put_off"]) == (2, 1, 1)


def test_overdue_is_what_is_open_and_due_before_today():
    (row,) = counted(
        (date(2027, 2, 28), date(2027, 2, 28), "planned", None),
        (TODAY, TODAY, "planned", None),
        (date(2027, 2, 1), date(2027, 2, 1), "dropped", None),
    )
    assert (row["promised"], row["overdue"], row["dropped"]) == (3, 1, 1)


def test_nothing_promised_gives_no_year():
    assert counted() == []


days = st.dates(date(2025, 1, 1), date(2029, 12, 31))
rows = st.lists(st.tuples(days, days, st.sampled_from(["planned", "going", "done", "dropped"]), st.none() | days))


@given(rows, st.randoms())
def test_years_hold_every_commitment_once_in_whatever_order_they_come(given_rows, random):
    found = counted(*given_rows)
    assert sum(row["promised"] for row in found) == len(given_rows)
    assert [row["year"] for row in found] == sorted({first.year for first, *_rest in given_rows})
    for row in found:
        assert 0 <= row["in_time"] <= row["done"]
        assert row["done"] + row["dropped"] + row["overdue"] <= row["promised"]
    mixed = list(given_rows)
    random.shuffle(mixed)
    assert counted(*mixed) == found

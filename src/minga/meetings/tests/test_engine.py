"""Time zones and counts of who came."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minga.meetings.engine import zones
from minga.meetings.engine.attendance import figures
from minga.meetings.engine.errors import ZoneError
from minga.stats.release import ReleaseError


@pytest.mark.parametrize(
    ("day", "clock", "zone", "utc"),
    [
        (date(2026, 11, 20), time(9, 30), "Africa/Tunis", datetime(2026, 11, 20, 8, 30, tzinfo=UTC)),
        (date(2026, 7, 1), time(9, 0), "Europe/Paris", datetime(2026, 7, 1, 7, 0, tzinfo=UTC)),
        (date(2026, 12, 1), time(9, 0), "Europe/Paris", datetime(2026, 12, 1, 8, 0, tzinfo=UTC)),
        (date(2026, 1, 1), time(3, 0), "Asia/Kathmandu", datetime(2025, 12, 31, 21, 15, tzinfo=UTC)),
        (date(2026, 10, 25), time(2, 30), "Europe/Berlin", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (date(2026, 11, 20), time(9, 30), "UTC", datetime(2026, 11, 20, 9, 30, tzinfo=UTC)),
    ],
)
def test_clock_of_a_place_is_stored_in_utc_and_read_back(day, clock, zone, utc):
    found = zones.moment(day, clock, zone)
    assert found == utc
    assert zones.in_zone(found, zone).replace(tzinfo=None) == datetime.combine(day, clock)


def test_time_that_clocks_jump_over_does_not_exist():
    with pytest.raises(ZoneError, match="Europe/Berlin jump over 02:30 on 2026-03-29"):
        zones.moment(date(2026, 3, 29), time(2, 30), "Europe/Berlin")


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "Africa"])
def test_unknown_zone_is_named(name):
    with pytest.raises(ZoneError, match="There is no time zone"):
        zones.zone(name)


def test_zone_that_vanished_is_read_in_utc():
    assert zones.in_zone(datetime(2026, 1, 1, tzinfo=UTC), "Mars/Olympus").tzinfo is UTC


def test_every_usual_zone_is_known():
    assert zones.usual_zones() == zones.USUAL
    assert len(set(zones.USUAL)) == len(zones.USUAL)


def people(**groups):
    rows = [tuple(group.split("_")) for group, count in groups.items() for _one in range(count)]
    return pl.DataFrame(rows, schema=["type", "gender"], orient="row")


def test_small_counts_are_withheld_and_none_can_be_subtracted():
    found = figures(people(sme_woman=8, government_man=6, university_man=2))
    assert found["total"] == 16
    assert found["type"] == [
        {"value": "sme", "n": 8},
        {"value": "government", "n": None},
        {"value": "university", "n": None},
    ]
    assert found["gender"] == [{"value": "man", "n": 8}, {"value": "woman", "n": 8}]


def test_few_people_give_no_figure():
    assert figures(people(sme_woman=4)) == {"total": None, "type": [], "gender": []}


def test_nobody_gives_no_figure():
    assert figures(pl.DataFrame(schema={"type": pl.String, "gender": pl.String}))["total"] is None


def test_threshold_is_raised_never_lowered():
    assert figures(people(sme_woman=8), least=10)["total"] is None
    with pytest.raises(ReleaseError):
        figures(people(sme_woman=8), least=2)


@given(st.lists(st.sampled_from(["sme", "company", "government", "university"]), min_size=5, max_size=60))
def test_shown_lines_never_tell_of_fewer_than_five(types):
    found = figures(pl.DataFrame({"type": types, "gender": [""] * len(types)}))
    shown = [line["n"] for line in found["type"] if line["n"] is not None]
    assert all(n >= 5 for n in shown)
    left = len(types) - sum(shown)
    assert left == 0 or left >= 5

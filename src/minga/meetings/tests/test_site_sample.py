"""The sample's meetings: what a visitor finds, and that a second load changes nothing."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from minga.meetings import selectors
from minga.meetings.models import Meeting
from minga.meetings.sample import load_sample

pytestmark = [pytest.mark.page, pytest.mark.usefixtures("db")]


def test_sample_tells_of_a_hearing_a_visit_and_a_workshop():
    load_sample()
    before = list(Meeting.objects.order_by("pk").values())
    load_sample()
    assert list(Meeting.objects.order_by("pk").values()) == before
    assert {one["kind"]: one["state"] for one in before} == {
        "hearing": "held",
        "visit": "held",
        "workshop": "announced",
    }
    assert all(one["is_sample"] and one["title"].endswith("(sample)") for one in before)
    hearing = selectors.sample_hearing()
    page = Client().get(f"/en/meetings/{hearing.pk}/").content.decode()
    assert "26 people came." in page
    assert "withheld" in page
    assert 'dir="rtl"' in page
    assert "Sample guest 1" not in page
    open_to_all = selectors.takeaways_open_to(AnonymousUser())
    assert open_to_all.filter(meeting=hearing).count() == 8
    assert {one.language for one in open_to_all} == {"fr", "ar", "en"}

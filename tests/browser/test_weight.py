"""What a first view costs over the wire, with an empty cache."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.house import House
from tests.browser.page_types import PAGE_TYPES
from tests.browser.visits import Visits

pytestmark = pytest.mark.browser

#: Page type and how many bytes its first view may cost; the compressor pads at random by up to 100 bytes.
_BUDGET = {
    "home": 60_000,
    "start": 60_000,
    "answer": 60_000,
    "find help": 60_000,
    "record": 45_000,
    "report": 60_000,
    "directory": 60_000,
    "privacy": 60_000,
    "conversation": 50_000,
}


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("name", _BUDGET)
def test_first_view_is_light(name: str, language: str, browser: Browser, house: House):
    kind = next(kind for kind in PAGE_TYPES if kind.name == name)
    visits = Visits(browser, house)  # a context of its own: its cache is empty
    cost = visits.cost(kind, language)
    visits.close()
    assert 2_000 < cost <= _BUDGET[name], f"{name} in {language} costs {cost} bytes"

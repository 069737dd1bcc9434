"""Every page type passes the accessibility rules of WCAG 2.2 AA, in both directions of writing, light and dark."""

from __future__ import annotations

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.page_types import PAGE_TYPES, PageType, in_turn
from tests.browser.visits import Visits

pytestmark = pytest.mark.browser

_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
_LANGUAGES = ["en", "ar", "zh"]
_WIDE = {"viewport": {"width": 1280, "height": 900}, "bypass_csp": True}
_NARROW = {"viewport": {"width": 320, "height": 700}, "bypass_csp": True}


@pytest.fixture(scope="module")
def axe() -> Axe:
    return Axe()


def _colours(kind: PageType, language: str) -> list[str]:
    """Look at a page type in light colours in one language and in dark ones in the other: no word changes a colour."""
    if os.environ.get("EVERY_PAGE"):
        return ["light", "dark"]
    first = _LANGUAGES[PAGE_TYPES.index(kind) % len(_LANGUAGES)]
    return ["light"] if language == first else ["dark"]


def _faults(axe: Axe, page: Page) -> list[str]:
    found = axe.run(page, options=_RULES).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:200]} | {node['failureSummary']}" for rule in found for node in rule["nodes"]
    ]


@pytest.mark.parametrize(("kind", "language"), in_turn(_LANGUAGES, each=2))
def test_page_has_no_barrier(kind: PageType, language: str, visits: Visits, axe: Axe):
    page = visits.open(kind, language, **_WIDE)
    assert page.get_attribute("html", "dir") == ("rtl" if language == "ar" else "ltr")
    for colours in _colours(kind, language):
        page.emulate_media(color_scheme=colours, reduced_motion="reduce")
        assert _faults(axe, page) == [], f"{kind.name}, {language}, {colours}"


def test_every_page_type_is_looked_at_in_light_and_in_dark_colours():
    asked = {(one.values[0], colours) for one in in_turn(_LANGUAGES, each=2) for colours in _colours(*one.values)}
    assert asked == {(kind, colours) for kind in PAGE_TYPES for colours in ("light", "dark")}


@pytest.mark.parametrize("name", ["home", "answer", "report", "record", "privacy", "audit trail"])
def test_page_has_no_barrier_on_a_phone(name: str, visits: Visits, axe: Axe):
    kind = next(kind for kind in PAGE_TYPES if kind.name == name)
    page = visits.open(kind, "en", **_NARROW)
    assert _faults(axe, page) == []


def test_the_check_finds_planted_barriers(visits: Visits, axe: Axe):
    """A check that cannot fail proves nothing."""
    page = visits.open(PAGE_TYPES[0], "en", **_WIDE)
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"/x\"><button></button>')")
    found = " ".join(_faults(axe, page))
    assert "image-alt" in found
    assert "button-name" in found

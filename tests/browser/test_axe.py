"""Every page type passes the accessibility rules of WCAG 2.2 AA, in both directions of writing, light and dark.

In a second language the rules are looked at where that one is open already: on a phone, in `test_narrow`.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.barriers import bring_axe, colour_faults, faults, other_faults
from tests.browser.page_types import ON_A_PHONE, PAGE_TYPES, WIDE, PageType, in_turn
from tests.browser.visits import Visits

pytestmark = pytest.mark.browser

_WIDE = {"viewport": {"width": 1280, "height": 900}, "bypass_csp": True}
_NARROW = {"viewport": {"width": 320, "height": 700}, "bypass_csp": True}


def _in(colours: str, page: Page) -> Page:
    page.emulate_media(color_scheme=colours, reduced_motion="reduce")
    return page


@pytest.mark.parametrize(("kind", "language"), in_turn(WIDE))
def test_page_has_no_barrier(kind: PageType, language: str, visits: Visits):
    page = visits.open(kind, language, **_WIDE)
    assert page.evaluate("document.documentElement.dir") == ("rtl" if language == "ar" else "ltr")
    bring_axe(page)
    assert faults(_in("light", page)) == [], f"{kind.name}, {language}, light"
    assert colour_faults(_in("dark", page)) == [], f"{kind.name}, {language}, dark"


def test_every_page_type_is_looked_at_in_two_languages_and_most_in_both_directions():
    met: dict[PageType, set[str]] = {kind: set() for kind in PAGE_TYPES}
    for one in (*in_turn(WIDE), *in_turn(ON_A_PHONE)):
        met[one.values[0]].add(one.values[1])
    assert all(len(languages) >= 2 for languages in met.values())
    assert sum("ar" in languages for languages in met.values()) >= len(PAGE_TYPES) * 2 / 3


@pytest.mark.parametrize("name", ["home", "answer", "report", "record", "privacy", "audit trail"])
def test_page_has_no_barrier_on_a_phone(name: str, visits: Visits):
    kind = next(kind for kind in PAGE_TYPES if kind.name == name)
    page = visits.open(kind, "en", **_NARROW)
    bring_axe(page)
    assert faults(page) == [], f"{name}, en"


def _plant(page: Page, html: str) -> None:
    page.evaluate("html => document.querySelector('main').insertAdjacentHTML('beforeend', html)", html)


def test_the_check_finds_planted_barriers(visits: Visits):
    """A check that cannot fail proves nothing."""
    page = visits.open(PAGE_TYPES[0], "en", **_WIDE)
    _plant(page, '<img src="/x"><button></button>')
    bring_axe(page)
    for look in (faults, other_faults):
        found = " ".join(look(page))
        assert "image-alt" in found
        assert "button-name" in found


def test_the_check_finds_what_is_pale_in_one_of_the_colours_only(visits: Visits):
    page = visits.open(PAGE_TYPES[0], "en", **_WIDE)
    _plant(page, '<p style="color: light-dark(black, #444); background: light-dark(white, #333)">pale in the dark</p>')
    bring_axe(page)
    assert faults(_in("light", page)) == []
    (found,) = colour_faults(_in("dark", page))
    assert found.startswith("color-contrast")
    assert "pale in the dark" in found

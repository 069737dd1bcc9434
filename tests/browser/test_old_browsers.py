"""Browsers that do not know light-dark(), and people who ask their system for few colours."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.browser.house import House
from tests.browser.steps import new_context

pytestmark = pytest.mark.browser

#: What the body, the cards, the buttons and the drawing look like in the end.
_LOOK = """() => [["body", "backgroundColor"], ["body", "color"], [".lead", "color"], [".button", "backgroundColor"],
  [".button", "color"], [".button.plain", "color"], [".card", "backgroundColor"], [".card", "borderBlockStartColor"],
  [".card a", "color"], [".tag", "color"], [".sample-strip", "backgroundColor"], [".loop path", "stroke"]]
  .map(([what, how]) => `${what} ${how}: ${getComputedStyle(document.querySelector(what))[how]}`)"""


def _forget_light_dark(route: Route) -> None:
    """Give the sheet as a browser reads it that has never heard of light-dark()."""
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace("light-dark(", "unknown-function("))


@pytest.fixture(params=["light", "dark"])
def both(request: pytest.FixtureRequest, browser: Browser, house: House) -> Iterator[tuple[Page, Page]]:
    """Open the first page in a browser of today and in an old one."""
    opened = []
    for is_old in (False, True):
        context = new_context(browser, color_scheme=request.param)
        page = context.new_page()
        if is_old:
            page.route("**/*.css", _forget_light_dark)
        page.goto(f"{house.address}/en/")
        opened.append(page)
    yield opened[0], opened[1]
    for page in opened:
        page.context.close()


def test_an_old_browser_shows_the_same_colours(both: tuple[Page, Page]):
    modern, old = both
    assert "rgba(0, 0, 0, 0)" not in modern.evaluate(_LOOK)[0]
    assert old.evaluate(_LOOK) == modern.evaluate(_LOOK)


def test_forced_colours_keep_buttons_and_choices_apart(browser: Browser, house: House):
    context = new_context(browser, storage_state=house.remembers["guest"], forced_colors="active")
    page = context.new_page()
    page.goto(f"{house.address}/en{house.open_check}integration/")
    button = page.locator("form[data-save] button.button").first
    back, text = button.evaluate("one => [getComputedStyle(one).backgroundColor, getComputedStyle(one).color]")
    assert back != text
    assert page.locator("label:has(:checked)").first.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
    context.close()


def test_more_contrast_makes_quiet_text_plain(browser: Browser, house: House):
    context = new_context(browser, contrast="more")
    page = context.new_page()
    page.goto(f"{house.address}/en/")
    assert page.locator(".lead").evaluate("one => getComputedStyle(one).color") == "rgb(0, 0, 0)"
    context.close()

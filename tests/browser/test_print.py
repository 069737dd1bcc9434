"""A page on paper: one column, no menu, links without colour, everything opened."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.page_types import PAGE_TYPES
from tests.browser.visits import Visits

pytestmark = pytest.mark.browser

_SHEET = {"viewport": {"width": 700, "height": 990}}  # A4 within its margins


def _on_paper(visits: Visits, name: str, language: str = "en", **look: Any) -> Page:
    kind = next(kind for kind in PAGE_TYPES if kind.name == name)
    page = visits.open(kind, language, unfold=False, **_SHEET, **look)
    page.emulate_media(media="print")
    return page


def _seen(page: Page, selector: str) -> int:
    return int(page.locator(selector).evaluate_all("all => all.filter((one) => one.checkVisibility()).length"))


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("name", ["report", "record", "home", "continue later, code made"])
def test_a_page_prints_without_what_only_a_screen_needs(name: str, language: str, visits: Visits):
    page = _on_paper(visits, name, language, color_scheme="dark")
    for selector in (".masthead nav", ".masthead__languages", ".footer", ".band", ".button", "details > summary"):
        assert _seen(page, selector) == 0, selector
    assert _seen(page, ".wordmark") == 1
    assert _seen(page, ".sample-strip") == 1, "a printed sample must say that it is one"
    colours = page.evaluate(
        "() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
    )
    assert colours == ["rgb(255, 255, 255)", "rgb(28, 34, 48)"], "paper is white, in the dark too"
    links = page.locator("main a[href]").evaluate_all(
        "all => all.filter((one) => one.checkVisibility())"
        ".map((one) => getComputedStyle(one).color === getComputedStyle(one.parentElement).color)"
    )
    assert all(links)
    assert page.evaluate("document.documentElement.scrollWidth") <= 700
    page.close()


def test_the_report_is_one_column_and_shows_the_table_beside_the_chart(visits: Visits):
    page = _on_paper(visits, "report")
    columns = page.locator(".two > *").evaluate_all(
        "all => new Set(all.map((one) => one.getBoundingClientRect().left)).size"
    )
    assert columns == 1
    expect(page.locator("svg.chart")).to_be_visible()
    assert _seen(page, "details table") >= 1, "what is folded on the screen is open on paper"
    page.close()


def test_the_report_becomes_a_few_sheets_of_paper(visits: Visits):
    page = _on_paper(visits, "report")
    paper = page.pdf(format="A4", prefer_css_page_size=True)
    sheets = paper.count(b"/Type /Page") - paper.count(b"/Type /Pages")
    assert 2 <= sheets <= 8
    page.close()


def test_the_printed_code_can_be_read(visits: Visits):
    page = _on_paper(visits, "continue later, code made", "ar")
    code = page.locator(".code")
    expect(code).to_be_visible()
    assert len(code.inner_text().replace("-", "")) == 16
    assert code.evaluate("one => getComputedStyle(one).direction") == "ltr"
    page.close()

"""Nadia moderates by the keys of a keyboard, and switches them off when she dictates."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import steps
from tests.browser.house import House
from tests.browser.page_types import TALK

pytestmark = pytest.mark.browser

_CHOSEN = "input[name=chosen]:checked"


@pytest.fixture
def nadia(browser: Browser, house: House) -> Iterator[Page]:
    """Nadia of the secretariat looks at every statement of a conversation."""
    context = steps.new_context(browser, storage_state=house.remembers["secretariat"])
    page = context.new_page()
    page.goto(f"{house.address}/en{TALK}queue/?state=accepted")
    yield page
    context.close()


def test_keys_go_through_the_list_choose_and_lead_to_the_reason(nadia: Page):
    boxes = nadia.locator("input[name=chosen]")
    nadia.keyboard.press("j")
    expect(boxes.first).to_be_focused()
    nadia.keyboard.press("j")
    expect(boxes.nth(1)).to_be_focused()
    nadia.keyboard.press("x")
    nadia.keyboard.press("k")
    expect(boxes.nth(1)).to_be_checked()
    expect(nadia.locator(_CHOSEN)).to_have_count(1)
    nadia.keyboard.press("c")
    expect(nadia.locator(_CHOSEN)).to_have_count(boxes.count())
    nadia.keyboard.press("c")
    expect(nadia.locator(_CHOSEN)).to_have_count(0)
    nadia.keyboard.press("r")
    expect(nadia.get_by_label("Which rule?")).to_be_focused()
    nadia.get_by_label("Why, in a sentence").fill("jkxcar")
    expect(nadia.locator(_CHOSEN)).to_have_count(0)


def test_a_key_decides_on_what_is_chosen(nadia: Page):
    nadia.get_by_label("Which rule?").select_option("question")
    nadia.locator("input[name=chosen]").nth(2).focus()
    nadia.keyboard.press("r")
    expect(nadia.locator(".messages")).to_contain_text("1 statement is decided.")
    nadia.goto(nadia.url.replace("accepted", "rejected"))
    nadia.keyboard.press("j")
    nadia.keyboard.press("a")
    expect(nadia.locator(".messages")).to_contain_text("1 statement is decided.")


def test_keys_that_are_switched_off_do_nothing_and_stay_off(nadia: Page):
    nadia.get_by_label("Keys without Ctrl or Alt").uncheck()
    expect(nadia.get_by_text("j and k go down and up")).to_be_hidden()
    nadia.reload()
    nadia.keyboard.press("c")
    nadia.keyboard.press("j")
    expect(nadia.locator(_CHOSEN)).to_have_count(0)
    expect(nadia.locator("input[name=chosen]:focus")).to_have_count(0)
    nadia.get_by_label("Choose all on this page").check()
    expect(nadia.locator(_CHOSEN)).to_have_count(nadia.locator("input[name=chosen]").count())


def test_the_decision_stays_in_reach_and_covers_nothing(nadia: Page):
    boxes = nadia.locator("input[name=chosen]")
    boxes.nth(boxes.count() - 1).scroll_into_view_if_needed()
    expect(nadia.get_by_role("button", name="Accept the chosen ones")).to_be_in_viewport()
    for width in (1280, 320):
        nadia.set_viewport_size({"width": width, "height": 800})
        over = nadia.evaluate(
            """() => { const act = document.querySelector(".queue__act").getBoundingClientRect();
                const listed = [...document.querySelectorAll(".queue__list li")];
                const rows = listed.map((one) => one.getBoundingClientRect());
                const beside = (row) => row.right <= act.left || act.right <= row.left;
                return rows.some((row) => !beside(row) && row.top < act.bottom && act.top < row.bottom) }"""
        )
        assert over is False

"""Chloé votes without JavaScript on a small telephone, Karim by the keys of a keyboard; both find their votes again."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.page_types import TALK

pytestmark = pytest.mark.browser

SAID = "Apprentices should try every new machine first."


def test_a_visitor_votes_adds_a_statement_and_leaves_without_javascript(browser: Browser, address: str):
    context = browser.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=False)
    context.set_default_timeout(15_000)
    chloe = context.new_page()
    chloe.goto(f"{address}/en{TALK}")
    asked = []
    for button in ("agree", "disagree", "pass"):
        asked.append(chloe.locator(".talk__said").inner_text())
        chloe.click(f"button[value={button}]")
        expect(chloe.locator(".talk__said")).not_to_have_text(asked[-1])
    assert len(set(asked)) == 3
    expect(chloe.get_by_text("3 answered")).to_be_visible()
    chloe.click("a[href$='/add/']")
    chloe.fill("textarea[name=text]", SAID)
    chloe.click("main form button.button")
    expect(chloe.locator(".messages")).to_contain_text("A moderator reads your statement")
    chloe.click("a[href$='/mine/']")
    expect(chloe.get_by_text(SAID).first).to_be_visible()
    card = chloe.locator(".talk__votes li", has_text=asked[0])
    card.locator("button[value=back]").click()
    expect(chloe.locator(".talk__votes li", has_text=asked[0])).to_contain_text("Taken back")
    assert chloe.evaluate("document.documentElement.scrollWidth <= 320") is True
    chloe.click("a[href$='/mine/leave/']")
    chloe.click("main form button.danger")
    expect(chloe.get_by_text("No account is needed")).to_be_visible()
    context.close()


def test_keys_vote_without_loading_the_page_and_a_lost_line_stores_nothing_twice(browser: Browser, address: str):
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(15_000)
    karim = context.new_page()
    karim.goto(f"{address}/en{TALK}")
    karim.evaluate("window.stays = true")
    first = karim.locator(".talk__said").inner_text()
    karim.focus("#statement")
    karim.keyboard.press("2")
    expect(karim.locator(".talk__said")).not_to_have_text(first)
    expect(karim.locator("#statement")).to_be_focused()
    second = karim.locator(".talk__said").inner_text()
    context.set_offline(True)
    karim.keyboard.press("1")
    expect(karim.locator(".talk__lost")).to_be_visible()
    expect(karim.locator(".talk__said")).to_have_text(second)
    context.set_offline(False)
    karim.keyboard.press("1")
    expect(karim.locator(".talk__said")).not_to_have_text(second)
    assert karim.evaluate("window.stays") is True
    expect(karim.get_by_text("2 answered")).to_be_visible()
    karim.goto(f"{address}/en{TALK}mine/")
    expect(karim.locator(".talk__votes li", has_text=first)).to_contain_text("You disagree")
    expect(karim.locator(".talk__votes li", has_text=second)).to_contain_text("You agree")
    context.close()
